"""What a brief on paper leaves out: folds and the rest of long tables. Each is counted and named; `--full` prints all."""

from __future__ import annotations

from typing import Any

import msgspec

from indicia.share.brief.blocks import AnyBlock, Brief, Columns, Fold, Para, Section, Table
from indicia.view.lines import Line, line

ELSEWHERE = "brief.html and the full brief"
ROWS = 6  # rows of a table that stay
SLACK = 2  # so few more are not worth cutting


def abridged(brief: Brief) -> Brief:
    """The brief with the first rows of each annex's tables, of each fold its name, and the notes that are still asked for."""
    sections = tuple(
        Section(id=one.id, title=one.title, blocks=tuple(_short(block) for block in one.blocks)) for one in brief.sections
    )
    numbers: dict[int, int] = {}
    gist, page_one, sections = (_renumbered(part, numbers) for part in (brief.gist, brief.page_one, sections))
    by_number = {note.number: note for note in brief.notes}
    notes = tuple(msgspec.structs.replace(by_number[old], number=new) for old, new in numbers.items())
    return msgspec.structs.replace(brief, gist=gist, page_one=page_one, sections=sections, notes=notes)


def _renumbered(part: Any, numbers: dict[int, int]) -> Any:
    """Records with the numbers of their notes counted anew, in the order of first use."""
    if isinstance(part, tuple):
        return tuple(_renumbered(one, numbers) for one in part)
    if isinstance(part, Line):
        return Line(bits=part.bits, notes=tuple(numbers.setdefault(one, len(numbers) + 1) for one in part.notes))
    if isinstance(part, msgspec.Struct):
        return type(part)(**{name: _renumbered(getattr(part, name), numbers) for name in part.__struct_fields__})
    return part


def _short(block: AnyBlock) -> AnyBlock:
    if isinstance(block, Table):
        shown = min(block.shown, ROWS)
        if len(block.rows) <= shown + SLACK:
            return block
        rest = len(block.rows) - shown + block.left_out
        return msgspec.structs.replace(block, rows=block.rows[:shown], left_out=rest, elsewhere=ELSEWHERE)
    if isinstance(block, Columns):
        return Columns(columns=tuple(tuple(_short(inner) for inner in column) for column in block.columns))
    if isinstance(block, Fold):
        return Para(text=line(f"{block.summary}: in {ELSEWHERE}."), role="note")
    return block
