"""Logs cut into tasks of similar size, so that several processes have something to do until the end."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from indicia.hunt.formats import Format, LogInput, Stretch
from indicia.hunt.formats.evtx import CHUNK, FILE_HEADER, nominal_records

__all__ = ["Task", "tasks_of"]

SIZE = 32 << 20  # bytes of a task
_LOOKED_AT = 1 << 20


class Part(msgspec.Struct, array_like=True, frozen=True):
    """A log by its name, and the stretch of it that is meant (None: all)."""

    name: str
    stretch: Stretch | None = None


class Task(msgspec.Struct, array_like=True, frozen=True):
    """Some logs of one format, scanned in one go."""

    format: str
    parts: tuple[Part, ...]
    bytes: int


def tasks_of(form: Format, logs: Sequence[LogInput]) -> Iterator[tuple[Task, list[LogInput]]]:
    """Tasks in file order: small logs together, large ones in stretches where the format allows it."""
    group: list[LogInput] = []
    size = 0
    for log in logs:
        if log.path is not None and log.size > SIZE * 3 // 2 and (form.splittable or form.name == "evtx"):
            if group:
                yield _task(form, group, size)
                group, size = [], 0
            for stretch in _chunk_stretches(log) if form.name == "evtx" else _line_stretches(log):
                part = LogInput(log.name, log.open, stretch.end - stretch.start, log.path, stretch)
                yield _task(form, [part], stretch.end - stretch.start)
            continue
        if group and size + log.size > SIZE:
            yield _task(form, group, size)
            group, size = [], 0
        group.append(log)
        size += log.size
    if group:
        yield _task(form, group, size)


def _task(form: Format, logs: list[LogInput], size: int) -> tuple[Task, list[LogInput]]:
    return Task(form.name, tuple(Part(log.name, log.stretch) for log in logs), size), logs


def _chunk_stretches(log: LogInput) -> Iterable[Stretch]:
    """Stretches of whole EVTX chunks; `line` is the number of the first record, by what the chunks' headers say."""
    chunks = SIZE // CHUNK
    number = 1
    with log.open() as stream:
        start = FILE_HEADER
        while start < log.size:
            end = min(start + chunks * CHUNK, log.size)
            yield Stretch(0 if start == FILE_HEADER else start, end, number)
            for at in range(start, end, CHUNK):
                stream.seek(at)
                head = stream.read(32)
                if len(head) == 32 and head.startswith(b"ElfChnk\0"):
                    number += nominal_records(head)
            start = end


def _line_stretches(log: LogInput) -> Iterable[Stretch]:
    """Stretches of whole lines, each with its first line's number and the `#Fields` that hold there."""
    with log.open() as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, line, header = 0, 1, ""
        size = len(data)
        while start < size:
            end = size if size - start < SIZE * 3 // 2 else data.find(b"\n", start + SIZE) + 1 or size
            yield Stretch(start, end, line, header)
            for at in range(start, end, _LOOKED_AT):
                line += data[at : min(at + _LOOKED_AT, end)].count(b"\n")
            at = data.rfind(b"\n#Fields:", start, end)
            if at >= 0 or (start == 0 and data[:8] == b"#Fields:"):
                at += 1
                header = (
                    data[at : data.find(b"\n", at) if data.find(b"\n", at) >= 0 else end].decode("utf-8", "replace").strip()
                )
            start = end
