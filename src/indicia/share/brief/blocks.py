"""What a brief is made of, before it is Markdown, HTML or PDF: boxes and sections of a few kinds of blocks, built once.

All text in blocks is inert already (`view.inert`); a writer only has to escape it for its own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicia.records import Record
from indicia.view.lines import Bit, Line, Note, line


class Block(Record, frozen=True, kw_only=True):
    """Base of all blocks."""


class Para(Block, frozen=True, kw_only=True, tag="para"):
    """A paragraph. `role` is "", lead, verdict, note or warn; `tone` colours a verdict."""

    text: Line
    role: str = ""
    tone: str = ""


class Heading(Block, frozen=True, kw_only=True, tag="heading"):
    text: str
    level: int = 3
    id: str = ""


class Bullets(Block, frozen=True, kw_only=True, tag="bullets"):
    items: tuple[Line, ...]
    ordered: bool = False
    role: str = ""


class Row(Record, frozen=True, kw_only=True):
    """One table row; the first cell is its head. `tone` is "", bad, good, quiet."""

    cells: tuple[Line, ...]
    id: str = ""
    tone: str = ""


class Table(Block, frozen=True, kw_only=True, tag="table"):
    """`shown` rows are open, the others folded; `left_out` rows are not in the brief at all, `elsewhere` says where they
    are."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    shown: int = 15
    left_out: int = 0
    elsewhere: str = ""
    rest: str = ""  # what to say of rows that are left out, where the table is not in English
    widths: tuple[int, ...] = ()  # rough share of each column


class Picture(Block, frozen=True, kw_only=True, tag="picture"):
    """An SVG of ours; `alt` says in words what it shows."""

    name: str
    svg: str
    title: str
    alt: str
    size: str = ""  # narrow (half a page), "" or wide


class Passage(Block, frozen=True, kw_only=True, tag="passage"):
    """Source text with the words that count marked, and where it stands."""

    text: Line
    where: Line
    about: Line
    id: str = ""
    tone: str = ""


class Step(Record, frozen=True, kw_only=True):
    """One stage of a chain: `state` is done, tried or missing."""

    name: str
    state: str
    detail: Line


class Steps(Block, frozen=True, kw_only=True, tag="steps"):
    title: str
    items: tuple[Step, ...]


class Code(Block, frozen=True, kw_only=True, tag="code"):
    text: str
    title: str = ""


class Columns(Block, frozen=True, kw_only=True, tag="columns"):
    """Blocks side by side where there is room."""

    columns: tuple[tuple[AnyBlock, ...], ...]


class Fold(Block, frozen=True, kw_only=True, tag="fold"):
    """Blocks behind a summary that a reader may open."""

    summary: str
    blocks: tuple[AnyBlock, ...]


AnyBlock = Para | Heading | Bullets | Table | Picture | Passage | Steps | Code | Columns | Fold


def para(*parts: str | Bit, role: str = "", notes: tuple[int, ...] = ()) -> Para:
    """A paragraph of strings and bits."""
    return Para(text=line(*parts, notes=notes), role=role)


def note(*parts: str | Bit, notes: tuple[int, ...] = ()) -> Para:
    return para(*parts, role="note", notes=notes)


def warn(*parts: str | Bit, notes: tuple[int, ...] = ()) -> Para:
    return para(*parts, role="warn", notes=notes)


def row(*cells: Line | Bit | str, id: str = "", tone: str = "") -> Row:
    """A row of lines, or what a line is made of."""
    return Row(cells=tuple(one if isinstance(one, Line) else line(one) for one in cells), id=id, tone=tone)


def table(
    caption: str,
    columns: Mapping[str, int],
    rows: Iterable[Row],
    *,
    shown: int = 15,
    of: int | None = None,
    elsewhere: str = "the JSON form",
) -> Table:
    """A table; `columns` are its heads with their widths. Where not all rows are given it has so many (`of`) `elsewhere`."""
    made = tuple(rows)
    left_out, where = (max(0, of - len(made)), elsewhere) if of is not None else (0, "")
    head, widths = tuple(columns), tuple(columns.values())
    return Table(caption=caption, head=head, rows=made, shown=shown, left_out=left_out, elsewhere=where, widths=widths)


class Box(Record, frozen=True, kw_only=True):
    """A part of page one. `lead` answers its question in a word or two, in the colour of `tone`; `more` is its annex."""

    id: str
    title: str
    blocks: tuple[AnyBlock, ...]
    lead: str = ""
    tone: str = ""
    more: str = ""


class Section(Record, frozen=True, kw_only=True):
    id: str
    title: str
    blocks: tuple[AnyBlock, ...]


class Labels(Record, frozen=True, kw_only=True):
    """The words of a brief that are the same for every case, in its language. `english` says that the annexes are in
    English."""

    kind: str
    skip: str
    more: str
    annex: str
    annexes: str
    notes: str
    no_notes: str
    english: str = ""


class Brief(Record, frozen=True, kw_only=True):
    """Page one, the annexes after it, and what everything rests on. `gist` is the affair in two sentences."""

    title: str
    kicker: str
    subtitle: str
    marking: str  # as printed: "TLP:GREEN"
    language: str
    labels: Labels
    gist: tuple[Line, ...]
    page_one: tuple[Box, ...]
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    footer: str
