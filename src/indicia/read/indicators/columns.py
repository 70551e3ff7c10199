"""What the head of a table's column says of the cells below it: whose they are, or that they are where something was read."""

from __future__ import annotations

import re
from bisect import bisect_right

from indicia.records import Block, BlockKind, Document

__all__ = ["Columns"]

_HEADS = (
    (
        "victim",
        re.compile(
            r"(?:(?:intended |named |known )?(?:victims?|targets?|recipients?)|(?:targeted|affected|attacked|compromised|"
            r"abused) (?:\w+ )?(?:organi[sz]ations?|compan(?:y|ies)|hosts?|sites?|domains?|portals?|entit(?:y|ies)|brands?))"
            r"(?: (?:name|host|domain|site|url|organi[sz]ation|e-?mail))?",
            re.IGNORECASE,
        ),
    ),
    (
        "imitated",
        re.compile(
            r"(?:(?:impersonat|imitat|spoof|mimick|typosquatt)ed|legitimate|genuine|official|real|original|"
            r"actual)(?: [\w/]+){0,2}|brands?|lookalike of|mimics|spoofs|impersonates",
            re.IGNORECASE,
        ),
    ),
    (
        "reference",
        re.compile(
            r"(?:(?:public |external |primary )?(?:sources?|references?|reports?|citations?)|publishers?|read more)", re.I
        ),
    ),
)
_LONGEST = 60  # characters of a head


class Columns:
    """The kind of column at an offset: `victim`, `imitated`, `reference`, or nothing in particular."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._rows = [block for block in document.blocks if block.kind is BlockKind.ROW]
        self._starts = [row.start for row in self._rows]
        self._kinds = self._heads(self._rows)

    def _heads(self, rows: list[Block]) -> list[list[str]]:
        """For each row the kinds of the columns of its table, whose first row is its head."""
        kinds: list[list[str]] = []
        for number, row in enumerate(rows):
            if number and self._text[rows[number - 1].end : row.start].count("\n") < 2:
                kinds.append(kinds[-1])
            else:
                kinds.append([_kind(cell) for cell in self._text[row.start : row.end].split("\t")])
        return kinds

    def at(self, offset: int) -> str:
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or offset >= self._rows[number].end:
            return ""
        column = self._text.count("\t", self._starts[number], offset)
        kinds = self._kinds[number]
        return kinds[column] if column < len(kinds) else ""


def _kind(cell: str) -> str:
    head = cell.strip(" *_`:")
    if not head or len(head) > _LONGEST:
        return ""
    return next((kind for kind, pattern in _HEADS if pattern.fullmatch(head)), "")
