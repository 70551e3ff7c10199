"""Lines of text for people: runs in one look, with the numbers of the notes that they rest on.

All text in them is inert already (`view.inert`); a writer only has to escape it for its own format.
"""

from __future__ import annotations

from indicia.records import Record


class Bit(Record, frozen=True, kw_only=True):
    """A run of text in one look. `look` is "", strong, em, code, quiet, tag-<tone> or mark-<what>; `href` an anchor in the
    brief."""

    text: str
    look: str = ""
    href: str = ""


class Line(Record, frozen=True, kw_only=True):
    """Text with the numbers of the notes that it rests on."""

    bits: tuple[Bit, ...]
    notes: tuple[int, ...] = ()


def line(*parts: str | Bit, notes: tuple[int, ...] = ()) -> Line:
    """A line of strings and bits."""
    return Line(bits=tuple(Bit(text=part) if isinstance(part, str) else part for part in parts if part != ""), notes=notes)


def plain(text: Line) -> str:
    """The line's text alone."""
    return "".join(bit.text for bit in text.bits)


class Note(Record, frozen=True, kw_only=True):
    """What a sentence rests on: a quote or a log line, and where it stands."""

    number: int
    text: Line
    where: Line
