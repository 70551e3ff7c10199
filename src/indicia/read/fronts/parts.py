"""Long texts in parts: each a document of its own, named by the characters of the whole that it holds (RFC 5147).

A part ends where a line, a paragraph or an element ends, so that nothing that belongs together is torn apart. Never more than
one part is in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.fronts.decode import decode
from indicia.read.fronts.opened import Readable
from indicia.read.fronts.sniff import FileKind
from indicia.read.fronts.streams import read_up_to

_PARAGRAPH = re.compile(rb"\n[ \t]*\n")
_ELEMENT = re.compile(rb"<(?:p|div|tr|li|h[1-6]|table|section|article|ul|ol|pre|blockquote)[\s>]", re.IGNORECASE)
_SEPARATOR = re.compile(rb"[\s,;|]")
_NEAR = 1 << 16  # how far before the end of a part a better place to cut is looked for


class TextPart(NamedTuple):
    """`text` is the whole's text from `start` to `end`, counted in code points after line ends became line feeds."""

    text: str
    data: bytes
    start: int
    end: int


def parts_of(head: bytes, stream: Readable, kind: FileKind, size: int, first: int) -> Iterator[TextPart]:
    """The parts of what begins with `head` and goes on in `stream`, each of about `size` bytes, the first of about `first`, as
    they are read."""
    waiting, at, over = head, 0, False
    while True:
        if not over:
            more = read_up_to(stream, size - len(waiting))
            over = len(more) < size - len(waiting)
            waiting += more
        if not waiting:
            return
        most = size if at else min(first, size)
        cut = len(waiting) if over and len(waiting) <= most else _cut(waiting[:most], kind)
        data, waiting = waiting[:cut], waiting[cut:]
        text = decode(data)[0]
        yield TextPart(text, data, at, at + len(text))
        at += len(text)


def _cut(data: bytes, kind: FileKind) -> int:
    """Where to end a part: before an element or a tag, after a paragraph, a line or a word; at worst between two characters."""
    low = max(1, len(data) - _NEAR)
    if kind is FileKind.HTML and (cut := _last(_ELEMENT, data, low, after=False) or data.rfind(b"<", low)) > 0:
        return cut
    if kind is not FileKind.CSV and (cut := _last(_PARAGRAPH, data, low, after=True)):
        return cut
    if line := data.rfind(b"\n", low) + 1:
        return line
    if cut := _last(_SEPARATOR, data, low, after=True):
        return cut
    cut = len(data)
    while cut > low and data[cut - 1] & 0xC0 == 0x80:  # within a character of several bytes
        cut -= 1
    return cut - 1 if cut > low and data[cut - 1] >= 0xC0 else cut


def _last(pattern: re.Pattern[bytes], data: bytes, low: int, *, after: bool) -> int:
    found = 0
    for match in pattern.finditer(data, low):
        found = match.end() if after else match.start()
    return found
