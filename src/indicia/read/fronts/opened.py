"""What a front end takes and gives: bounds, the parts of one file, and the documents of a whole source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from indicia.read.text import banners
from indicia.records import Block, Claim, Document, Mention, Problem, Record, Severity, Tlp, file_name, stable_id

_ENDING = re.compile(r"(?:\.\w{1,5}){0,2}(?:#char=[\d,]+)?$")  # of a file's name, and which part of the file it is


class Readable(Protocol):
    """All that a front end needs of a file."""

    def read(self, size: int, /) -> bytes: ...


Progress = Callable[[str, float, "float | None"], None]


class Held(NamedTuple):
    """A source that is there already: what it is called, and its bytes."""

    name: str
    data: bytes


class Limits(Record, frozen=True, kw_only=True):
    """Bounds that keep hostile input harmless. Sizes are bytes, times are seconds."""

    file_bytes: int = 256 * 2**20  # of one file that has to be read whole
    part_bytes: int = 4 * 2**20  # of one part of a long text; a longer text becomes several documents
    first_bytes: int = 2**20  # of its first part, the one that is read for more than indicators
    total_bytes: int = 2048 * 2**20  # of everything that one source unpacks to, and
    small_bytes: int = 8 * 2**20  # so much, beyond which it may be no more than
    total_ratio: int = 20  # times as large as it came: texts are packed three to ten to one
    text_ratio: int = 4  # times as many characters as bytes came, of which claims are read
    files: int = 20_000  # of a folder or an archive
    depth: int = 4  # archives in archives, messages in messages
    ratio: int = 200  # unpacked to packed size, beyond the first megabyte
    pages: int = 5_000  # of a PDF
    pdf_seconds: float = 60.0  # of the processor
    pdf_memory: int = 640 * 2**20
    html_seconds: float = 10.0  # of a page of very many elements
    html_memory: int = 768 * 2**20
    office_seconds: float = 30.0  # of a spreadsheet or an Outlook message
    office_memory: int = 768 * 2**20
    text_characters: int = 16 * 2**20  # of a PDF's text
    elements: int = 1_000_000  # of an HTML or XML tree
    values: int = 10_000_000  # of JSON, at some sixty bytes each


class Opened(Record, frozen=True, kw_only=True):
    """The documents of a source in a stable order, what could not be used, and what machine-readable input says outright.

    If not `in_full`, the documents are worth reading for indicators only.
    """

    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()
    mentions: tuple[Mention, ...] = ()
    in_full: bool = True
    claims: tuple[Claim, ...] = ()  # as the file names them; what our tables know of the names is added in reading

    def __add__(self, other: Opened) -> Opened:
        return Opened(
            documents=self.documents + other.documents,
            problems=self.problems + other.problems,
            mentions=self.mentions + other.mentions,
            in_full=self.in_full and other.in_full,
            claims=self.claims + other.claims,
        )


@dataclass(slots=True, kw_only=True)
class Parsed:
    """What a front end found in the bytes of one file: text with its blocks, and what the file says about itself."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    media_type: str = "text/plain"
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    marking: Tlp | None = None  # what a machine-readable form says, or the file that holds this one
    beside: list[tuple[str, str]] = field(default_factory=list)  # named values, and words ("") that are no part of the text
    bannered: str | None = None  # where banners are looked for, if that is not the text
    problems: list[Problem] = field(default_factory=list)
    attached: Iterable[tuple[str, bytes | Readable]] = ()  # name and content of what is inside, one at a time
    find: Callable[[Document], tuple[Mention, ...]] | None = None  # mentions that the format states outright
    claims: Callable[[Document], tuple[Claim, ...]] | None = None  # and claims


def to_document(name: str, data: bytes, parsed: Parsed) -> Document:
    """The document of `parsed`, which was read from the bytes `data` of the file that the user called `name`."""
    return Document(
        id=stable_id("document", parsed.text),  # whatever the file is called
        name=name,
        text=parsed.text,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=parsed.media_type,
        title=parsed.title,
        published=parsed.published,
        publisher=parsed.publisher,
        language=parsed.language or "en",
        marking=parsed.marking,
        blocks=tuple(parsed.blocks),
    )


def found_marking(name: str, parsed: Parsed) -> Tlp | None:
    """The strictest marking that a file bears: in its text or beside it, in its title or in its name."""
    inner = name.rpartition("!")[2] if "!" in name else file_name(name)
    called = _ENDING.sub("", inner)
    return Tlp.joined(
        (
            parsed.marking,
            banners.banner(parsed.text if parsed.bannered is None else parsed.bannered),
            *(banners.aside(words) for words in (parsed.title or "", called, called.replace(".", " "))),
            *(banners.field(*pair) for pair in parsed.beside),
        )
    )


def failed(where: str, what: str, hint: str = "", count: int = 1) -> Problem:
    """All of that input is lost."""
    return Problem(where=where, what=what, severity=Severity.FAILED, hint=hint, count=count)


def skipped(where: str, what: str, hint: str = "", count: int = 1) -> Problem:
    """A part of that input is lost."""
    return Problem(where=where, what=what, severity=Severity.SKIPPED, hint=hint, count=count)


def noted(where: str, what: str) -> Problem:
    """Nothing is lost."""
    return Problem(where=where, what=what, severity=Severity.NOTE)
