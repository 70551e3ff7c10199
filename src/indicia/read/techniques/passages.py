"""The passages of a document that are judged one by one: sentences, and lines of lists, headings and tables that are not
sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.text.sentences import sentences
from indicia.records import BlockKind, Document

_LINE = re.compile(r"[^\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_ENDS = (".", "!", "?", ":", ";", "]", "”", '"', "…")


class PassageRange(NamedTuple):
    """A half-open range of the document's text, and whether it stands in a heading or in code."""

    start: int
    end: int
    kind: BlockKind


def _wrapped(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether the line break between two neighbouring lines only wraps a sentence."""
    if following[0] - line[1] > 2 or "\t" in text[line[0] : min(line[1], line[0] + 2000)]:
        return False
    first, last = text[following[0]], text[line[1] - 1]
    if last in _ENDS:
        return False
    return first.islower() or (55 <= line[1] - line[0] <= 130 and (first.isalnum() or first in '(“"'))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines without white space around them; wrapped ones joined."""
    current: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    for match in _LINE.finditer(text, start, end):
        low, high = match.span()
        while low < high and text[low].isspace():
            low += 1
        while high > low and text[high - 1].isspace():
            high -= 1
        if low == high:
            continue
        if current is not None and last is not None and _wrapped(text, last, (low, high)):
            current = (current[0], high)
        else:
            if current is not None:
                yield current
            current = (low, high)
        last = (low, high)
    if current is not None:
        yield current


def passages(document: Document) -> Iterator[PassageRange]:
    """In text order, without overlap; passages without a word are left out. Time linear in the text."""
    text = document.text
    ranges = [(block.start, block.end, block.kind) for block in document.blocks] or [(0, len(text), BlockKind.PARAGRAPH)]
    for start, end, kind in ranges:
        for low, high in _lines(text, start, end):
            for a, b in sentences(text, low, high):
                if b - a >= 4 and _LETTER.search(text, a, b):
                    yield PassageRange(a, b, kind)
