"""Plain text and Markdown. Plain text stays as it is; its paragraphs, lists, tables of tabs and headings become blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indicia.read.fronts.dates import date_in_head, only_a_date
from indicia.read.fronts.opened import Parsed
from indicia.records import Block, BlockKind

_ITEM = re.compile(r"\s{0,8}(?:[-*•‣▪o–]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")
_HEADING = re.compile(r"[A-Z0-9][^\n]{1,90}")
# An address, a path, a hash or code on a line of its own is no heading.
_NO_HEADING = re.compile(r"[\w\])}][./\\@\[({:=]+[\w\[({]|[\[{<>}\]]|\b[0-9a-fA-F]{16}")
_ENDS_SENTENCE = (".", "!", "?", ";", ",", '"', "”", ")")


def _kind(line: str, alone: bool) -> BlockKind:
    if "\t" in line.strip():
        return BlockKind.ROW
    if _ITEM.match(line):
        return BlockKind.LIST_ITEM
    bare = line.strip()
    if (
        alone
        and _HEADING.fullmatch(bare)
        and not _NO_HEADING.search(bare)
        and not bare.endswith(_ENDS_SENTENCE)
        and len(bare.split()) <= 12
        and bare.count(". ") == 0
    ):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def read_plain(text: str) -> Parsed:
    """The text unchanged. A blank line ends a block; so does the start of a list item; a row is a line with tabs in it."""
    blocks: list[Block] = []
    start, end, kind = -1, -1, BlockKind.PARAGRAPH

    def close() -> None:
        nonlocal start
        if start >= 0:
            blocks.append(Block(start=start, end=end, kind=kind))
            start = -1

    position = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            close()
        else:
            alone = start < 0 and (number + 1 >= len(lines) or not lines[number + 1].strip())
            this = _kind(line, alone)
            if this is not BlockKind.PARAGRAPH or kind in {BlockKind.ROW, BlockKind.HEADING}:
                close()
            if start < 0:
                start, kind = position + len(line) - len(line.lstrip()), this
            end = position + len(line.rstrip())
        position += len(line) + 1
    close()
    return Parsed(text=text, blocks=blocks, title=_title(text, blocks), published=date_in_head(text))


def _title(text: str, blocks: Sequence[Block]) -> str | None:
    """The heading with which a text begins, or which follows its date; None where prose comes first."""
    for block in blocks:
        line = text[block.start : block.end].strip()
        if not only_a_date(line):
            return line if block.kind is BlockKind.HEADING else None
    return None
