"""Reading a stream of documents, one JSON line each, on all cores and in bounded memory."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any

import msgspec
import orjson

from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document
from indicia.read.rows import reading_row

__all__ = ["read_line", "read_lines"]

_CHUNK = 64  # lines per task: large enough that sending them costs nothing, small enough that order holds little back
_AHEAD = 4  # chunks in flight per process: bounds memory when the reader of our output is slow


class _Line(msgspec.Struct):
    text: str
    id: str | int | None = None
    date: str | None = None


def read_line(line: bytes, number: int) -> bytes:
    """The JSON answer to one line: what was read, or `{"error", "line"}` saying what is wrong with it."""
    try:
        given = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return orjson.dumps({"error": f"not a document: {error}", "line": number, "hint": 'needs {"id", "text"}'})
    name = str(given.id) if given.id is not None else f"line {number}"
    document = document_from_text(given.text, name=name, published=given.date)
    row: dict[str, Any] = reading_row(read_document(document, load()), document)
    row["id"] = given.id if given.id is not None else name
    return orjson.dumps(row)


def _read_chunk(chunk: list[tuple[int, bytes]]) -> list[bytes]:
    return [read_line(line, number) for number, line in chunk]


def read_lines(lines: Iterable[bytes], *, jobs: int | None = None) -> Iterator[bytes]:
    """One JSON answer per non-empty input line, in the order of the input. `jobs` defaults to the number of cores."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    jobs = jobs or os.cpu_count() or 1
    first = list(islice(numbered, _CHUNK))
    if jobs == 1 or len(first) < _CHUNK:  # starting processes costs more than this little work
        yield from _read_chunk(first)
        for number, line in numbered:
            yield read_line(line, number)
        return
    load()
    waiting: deque[Future[list[bytes]]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("forkserver")) as pool:
        waiting.append(pool.submit(_read_chunk, first))
        while chunk := list(islice(numbered, _CHUNK)):
            waiting.append(pool.submit(_read_chunk, chunk))
            if len(waiting) >= jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
