"""Documents and places in them. A document's text never changes; every quote leads back to it by offsets."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from enum import StrEnum
from functools import lru_cache

from indicia.records.base import Record, Whole
from indicia.records.marking import Tlp

__all__ = ["Block", "BlockKind", "Document", "Span", "file_name"]


class BlockKind(StrEnum):
    """What a stretch of a document is, as far as its format tells."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list item"
    ROW = "row"  # of a table; its cells are separated by tabs in the text
    CODE = "code"
    QUOTE = "quote"


class Block(Record, frozen=True, kw_only=True):
    """A stretch [start, end) of the text and the element or page it came from, e.g. `page 3` or `body/article/p[4]`."""

    start: Whole
    end: Whole
    kind: BlockKind = BlockKind.PARAGRAPH
    path: str = ""


class Span(Record, frozen=True, kw_only=True, gc=False):
    """A half-open range [start, end) of code points in a document: `document.text[start:end] == text`, always."""

    document: str
    start: Whole
    end: Whole
    text: str


def file_name(path: str) -> str:
    """The last part of a path; an address on the web and what is no path stay as they are.

    >>> file_name("/home/ann/affair/eu.txt"), file_name(r"C:\\Users\\ann\\eu.txt"), file_name("https://example.org/a/b")
    ('eu.txt', 'eu.txt', 'https://example.org/a/b')
    """
    if "://" in path:
        return path
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1] or path


@lru_cache(maxsize=1)
def _line_ends(text: str) -> array[int]:
    """Where the lines of a text end: counted once, for many places of it are asked for one after the other."""
    return array("Q", [match.start() for match in re.finditer("\n", text)])


class Document(Record, frozen=True, kw_only=True):
    """Immutable text and where it came from.

    `id` depends on the text alone. `published` is an ISO date when the document or its user gave one. `blocks` are in
    order and do not overlap; text between them is layout. `language` is a BCP 47 code, "und" when it cannot be told.
    """

    id: str
    name: str  # as the user gave it: a path, a URL, "-" or an id from a stream
    text: str
    sha256: str  # of the bytes that were read
    media_type: str = "text/plain"
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str = "en"
    marking: Tlp | None = None  # what it is marked; None where it bears no marking
    blocks: tuple[Block, ...] = ()

    @property
    def file_name(self) -> str:
        """The name without the folders above it."""
        return file_name(self.name)

    def span(self, start: int, end: int) -> Span:
        """The span [start, end). Raises: ValueError outside the text."""
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no range {start}:{end} in {self.name} of {len(self.text)} characters")
        return Span(document=self.id, start=start, end=end, text=self.text[start:end])

    def block_at(self, offset: int) -> Block | None:
        """The block that holds `offset`, if any."""
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index >= 0 and offset < self.blocks[index].end:
            return self.blocks[index]
        return None

    def where(self, offset: int) -> str:
        """A place that a person can find: the element or page if the format has them, else `line 12`."""
        block = self.block_at(offset)
        if block is not None and block.path:
            return block.path
        return f"line {bisect_left(_line_ends(self.text), offset) + 1}"
