"""Reading a stream of documents, one JSON line each, on all cores, in order and in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import orjson

from indicia.knowledge import load
from indicia.pipeline.lines import TOO_LONG
from indicia.pipeline.workers import Chunk, Workers
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document
from indicia.read.rows import reading_row
from indicia.records import Severity

__all__ = ["Answer", "read_line", "read_lines"]

_CHUNK = 64  # lines per task: sending them costs nothing, and order holds little back
_CHUNK_BYTES = 64 * 1024  # of text in a task, so that long documents are spread over all processes too


class Answer(NamedTuple):
    """The JSON answer to one line, and whether the line could be used."""

    data: bytes
    fine: bool


class _Line(msgspec.Struct):
    text: str
    id: str | int | None = None
    date: str | None = None


def _refused(number: int, what: str, hint: str) -> Answer:
    return Answer(orjson.dumps({"error": what, "line": number, "hint": hint}), False)


def read_line(line: bytes, number: int, published: str | None = None, whole: bool = False) -> Answer:
    """What was read in one line, or `{"error", "line", "hint"}` saying what is wrong with it. Never raises for what it holds.

    `published` is the date of a document that does not tell its own. `whole`: the answer to a line with claims also holds the
    records that it was drawn from, `{"document", "claims"}`, as `whole`.
    """
    if line == TOO_LONG:
        return _refused(number, "is longer than a line may be", "split the document")
    try:
        given = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _refused(number, f"not a document: {error}", 'needs {"id", "text"}')
    name = str(given.id) if given.id is not None else f"line {number}"
    day, problems = published, []
    if given.date:
        try:
            day = datetime.fromisoformat(given.date).date().isoformat()
        except ValueError:
            problems.append({"where": name, "what": f"not a date: {given.date!r}", "severity": Severity.SKIPPED.value})
    try:
        document = document_from_text(given.text, name=name, published=day)
        reading = read_document(document, load())
        row: dict[str, Any] = reading_row(reading, document)
        if whole and reading.claims:
            row["whole"] = msgspec.to_builtins({"document": document, "claims": reading.claims})
        row["id"] = name if given.id is None or (isinstance(given.id, int) and abs(given.id) >= 1 << 63) else given.id
        if problems:
            row["problems"] = [*problems, *row.get("problems", ())]
        return Answer(orjson.dumps(row), True)
    except Exception as error:  # one document must not end the run of all others
        return _refused(number, f"a fault in Indicia: {type(error).__name__}: {error}", "please report it with this document")


def _read_chunk(chunk: Chunk, published: str | None, whole: bool) -> list[Answer]:
    return [read_line(line, number, published, whole) for number, line in chunk]


def _lost(number: int) -> Answer:
    return _refused(number, "the process that read this document was killed twice", "split the document, or free memory")


def read_lines(
    lines: Iterable[bytes | None],
    *,
    jobs: int | None = None,
    published: str | None = None,
    tell: Callable[[str], None] = lambda text: None,
    apart: bool = False,
    whole: bool = False,
) -> Generator[Answer, None, None]:
    """One answer per non-empty line, in the order of the lines. `jobs` defaults to the number of cores.

    A None among the lines says that no more have come yet: what has come is answered first. `tell` hears of processes that were
    killed; their documents are read again. `apart`: no document is read in this process, however few they are. `whole`: see
    `read_line`.
    """
    jobs = jobs or os.cpu_count() or 1
    chunks = _chunks(lines)
    seen = 0
    for chunk in chunks if not apart else ():
        seen += len(chunk)
        if jobs > 1 and (seen >= _CHUNK or sum(len(line) for _, line in chunk) >= _CHUNK_BYTES):
            break
        for number, line in chunk:  # starting processes costs more than reading little
            yield read_line(line, number, published, whole)
    else:
        chunk = []
        if not apart:
            return
    with Workers(partial(_read_chunk, published=published, whole=whole), jobs, lost=_lost, tell=tell) as workers:
        for answers in workers.each(chain([chunk], chunks)):
            yield from answers


def _chunks(lines: Iterable[bytes | None]) -> Iterator[Chunk]:
    """Numbered lines in tasks; an empty task where the stream pauses, after all that came before."""
    chunk: Chunk = []
    size = 0
    number = 0
    for line in lines:
        if line is None:
            if chunk:
                yield chunk
            yield []
            chunk, size = [], 0
            continue
        number += 1
        if not line.strip():
            continue
        chunk.append((number, line))
        size += len(line)
        if len(chunk) >= _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
