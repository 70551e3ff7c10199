"""Logs cut into tasks of similar size, so that several processes have something to do until the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol, TypeVar

import msgspec
import numpy as np

from indicia.hunt.logs.formats import Format, LogInput, Stretch
from indicia.hunt.logs.formats.directives import day_of
from indicia.hunt.logs.formats.evtx import nominal_records
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER

SIZE = 32 << 20  # bytes of a task
MOST_OF_EVTX = 64 << 20  # bytes: events are matched sooner the more of them there are at a time
LEAST_OF_EVTX = 8 << 20  # bytes, at the end of a file: several processes should be done at the same time
_LOOKED_AT = 1 << 20
_FIELDS, _DATE = b"\n#Fields:", b"\n#Date:"


class LogPart(msgspec.Struct, array_like=True, frozen=True):
    """A log by its name, the stretch of it that is meant (None: all), where it is found, and how many bytes are meant."""

    name: str
    stretch: Stretch | None = None
    at: tuple[bytes, str] | None = None
    size: int = 0


class Task(msgspec.Struct, array_like=True, frozen=True):
    """Some logs of one format, scanned in one go."""

    format: str
    parts: tuple[LogPart, ...]
    bytes: int


class _Piece(Protocol):
    """A log, or a stretch of one: a `LogInput` or a `LogPart`."""

    @property
    def name(self) -> str: ...
    @property
    def stretch(self) -> Stretch | None: ...
    @property
    def at(self) -> tuple[bytes, str] | None: ...
    @property
    def size(self) -> int: ...


_P = TypeVar("_P", bound=_Piece)


def tasks_of(form: Format, logs: Sequence[LogInput]) -> Iterator[tuple[Task, list[LogInput]]]:
    """Tasks in file order: small logs together, large ones in stretches where the format allows it."""
    for some in packed(piece for log in logs for piece in pieces_of(form, log)):
        yield task_of(form.name, some), some


def pieces_of(form: Format, log: LogInput) -> Iterator[LogInput]:
    """The log in stretches, where it is large and the format allows it; else as it is."""
    if log.path is None or log.size <= SIZE * 3 // 2 or not (form.splittable or form.name == "evtx"):
        yield log
        return
    for stretch in _chunk_stretches(log) if form.name == "evtx" else _line_stretches(log):
        yield LogInput(log.name, log.open, stretch.end - stretch.start, log.path, stretch, log.at)


def packed(pieces: Iterable[_P]) -> Iterator[list[_P]]:
    """What is scanned in one go: a stretch by itself, small logs together."""
    group: list[_P] = []
    size = 0
    for piece in pieces:
        if group and (piece.stretch is not None or size + piece.size > SIZE):
            yield group
            group, size = [], 0
        if piece.stretch is not None:
            yield [piece]
            continue
        group.append(piece)
        size += piece.size
    if group:
        yield group


def task_of(form: str, pieces: Sequence[_Piece]) -> Task:
    """These pieces as a task for another process."""
    parts = tuple(LogPart(each.name, each.stretch, each.at, each.size) for each in pieces)
    return Task(form, parts, sum(each.size for each in pieces))


def _chunk_stretches(log: LogInput) -> Iterable[Stretch]:
    """Stretches of whole EVTX chunks; `line` is the number of the first record, by what the chunks' headers say."""
    number = 1
    with log.open() as stream:
        start = FILE_HEADER
        while start < log.size:
            chunks = min(MOST_OF_EVTX, max(LEAST_OF_EVTX, (log.size - start) // 4)) // CHUNK
            end = min(start + chunks * CHUNK, log.size)
            yield Stretch(0 if start == FILE_HEADER else start, end, number)
            for at in range(start, end, CHUNK):
                stream.seek(at)
                head = stream.read(32)
                if len(head) == 32 and head.startswith(b"ElfChnk\0"):
                    number += nominal_records(head)
            start = end


def _line_stretches(log: LogInput) -> Iterable[Stretch]:
    """Stretches of whole lines, each with its first line's number, the `#Fields` and the day that hold there.

    Read and not mapped: a file that is cut while it is mapped would end the process.
    """
    with log.open() as stream:
        start, line, header, day = 0, 1, "", ""
        while start < log.size:
            end = log.size if log.size - start < SIZE * 3 // 2 else _line_end(stream, start + SIZE, log.size)
            yield Stretch(start, end, line, header, day)
            stream.seek(start)
            before = b"\n"  # what stands before the first line ends a line, so to speak
            for at in range(start, end, _LOOKED_AT):
                block = stream.read(min(_LOOKED_AT, end - at))
                line += int(np.count_nonzero(np.frombuffer(block, np.uint8) == 10))
                block = before + block
                if (found := block.rfind(_FIELDS)) >= 0:
                    header = _line_at(stream, at - len(before) + found + 1)
                if (dated := block.rfind(_DATE)) >= 0:
                    day = day_of(_line_at(stream, at - len(before) + dated + 1))
                if max(found, dated) >= 0:
                    stream.seek(min(at + _LOOKED_AT, end))
                before = block[-len(_FIELDS) + 1 :]
            start = end


def _line_end(stream: BinaryIO, at: int, size: int) -> int:
    """Behind the first line end at or after `at`."""
    stream.seek(at)
    while block := stream.read(_LOOKED_AT):
        found = block.find(b"\n")
        if found >= 0:
            return min(at + found + 1, size)
        at += len(block)
    return size


def _line_at(stream: BinaryIO, at: int) -> str:
    stream.seek(at)
    return stream.readline(_LOOKED_AT).decode("utf-8", "replace").strip()
