"""Windows event logs (EVTX): every chunk and every record is tried, and one that is broken costs itself alone.

A file is a header and chunks of 64 KB that stand by themselves. Chunks are handed to the Rust parser some megabytes at a
time, in a process of its own, under a header of our own, so that a broken file header or an unclosed log does not matter. Where
the parser gives fewer records than a chunk's header promises, the chunk is looked at again by itself, with stepping stones laid
over the broken records. A chunk that hangs or crashes the parser costs itself; after the second of a log the rest is left out.
The texts of records that no chunk claims any more are read, too.

References: libyal/libevtx, "Windows XML Event Log (EVTX) format"; omerbenamram/evtx.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from indicia.apart import Child, Stopped, Work, lent
from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs.formats import evtx_chunks
from indicia.hunt.logs.formats.base import Format, LogInput, Wanted
from indicia.hunt.logs.formats.eventtable import EventTable
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER, FILE_MAGIC, SMALLEST_RECORD
from indicia.hunt.logs.formats.lines import lines_of
from indicia.hunt.logs.formats.plainlines import Told, told_batch
from indicia.records import Problem, Severity

# Records in the space of a chunk that no list claims (slack): what was there before a log was cleared or began anew.
#
# Such a record still has its time and its values, but the names of those stand elsewhere in the chunk, where others have been
# written since: with the names that are there now it would say what it never said. So only its texts are read.
#
# References: libyal/libevtx, "Windows XML Event Log (EVTX) format".
FIRST_RECORD = 512
RECORD_MAGIC = b"\x2a\x2a\0\0"
FAMILY = "evtx-slack"  # of which there are no rules; indicators are sought in it
_HEAD = 24  # bytes of a record before its content
_EPOCH = 11_644_473_600_000_000  # microseconds from 1601 to 1970
# Texts of four letters and more, in UTF-16: Latin, Greek, Cyrillic.
_TEXT = re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\x00|[\x86-\xff]\x03|[\x10-\x7f]\x04){4,}")


class Slack(NamedTuple):
    """Such a record: the byte of the log at which it stands, its id, its time (microseconds since 1970), its texts by line."""

    at: int
    id: int
    time: int
    text: str


def size_of(chunk: bytes | bytearray, at: int) -> int:
    """The size of the record at `at`, 0 when there is none: a record says its size at both ends."""
    if chunk[at : at + 4] != RECORD_MAGIC or at + SMALLEST_RECORD > CHUNK:
        return 0
    (size,) = struct.unpack_from("<I", chunk, at + 4)
    if not SMALLEST_RECORD <= size <= CHUNK - at:
        return 0
    (copy,) = struct.unpack_from("<I", chunk, at + size - 4)
    return size if copy == size else 0


def slack_in(data: bytes, starts: Sequence[int], at: int) -> Iterator[Slack]:
    """The unclaimed records in the chunks of `data` that begin at `starts`; `data` begins at `at` in its log.

    Those whose id another of the chunks claims are left out: the chunks of a new log begin as copies of the first.
    """
    claimed = Claimed(struct.unpack_from("<QQ", data, start + 24) for start in starts)
    for start in starts:
        (free,) = struct.unpack_from("<I", data, start + 48)
        begin = max(free, FIRST_RECORD)
        if data.find(RECORD_MAGIC, start + begin, start + CHUNK) < 0:
            continue
        chunk = data[start : start + CHUNK]
        while (begin := chunk.find(RECORD_MAGIC, begin)) >= 0:
            size = size_of(chunk, begin)
            if size:
                identity, time = struct.unpack_from("<QQ", chunk, begin + 8)
                if identity not in claimed:
                    texts = _TEXT.findall(chunk, begin + _HEAD, begin + size - 4)
                    yield Slack(at + start + begin, identity, time // 10 - _EPOCH, b"\n\0".join(texts).decode("utf-16-le"))
            begin += size or 4


class Claimed:
    """Which ids some chunks claim, each from a first to a last."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(spans):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            elif first <= last:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, identity: int) -> bool:
        at = bisect_right(self._firsts, identity) - 1
        return at >= 0 and identity <= self._lasts[at]


def slack_batch(file: str, records: Sequence[Slack]) -> EventBatch:
    """The records as events; they say nothing of how far their log reaches."""
    told = [
        (
            each.at,
            Told(
                FAMILY,
                each.time if abs(each.time) < 1 << 62 else NO_TIME,
                "",
                "",
                {"EventRecordID": str(each.id), "message": each.text},
            ),
        )
        for each in records
    ]
    batch = told_batch(file, FAMILY, told, frozenset({"message"}), "slack at byte")
    batch.counted = False
    return batch


MEMORY = 768 << 20  # bytes
SECONDS = 3  # of processor time for one request, of which 4 MB of healthy chunks take a tenth
WORK = Work(evtx_chunks.__file__, MEMORY, SECONDS)


class ChunkReader:
    """The records of chunks, as a process apart reads them."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def parse(self, chunks: Sequence[bytes | bytearray | memoryview]) -> tuple[list[str], list[str]]:
        """The JSON of the records in some chunks, and what was said of those that cannot be read. Raises: Stopped."""
        given = self._child.ask(b"".join(chunks))
        records, errors, size = struct.unpack_from("<III", given)
        lines, faults = given[12 : 12 + size].decode(), given[12 + size :].decode()
        return lines.split("\n") if records else [], faults.split("\n") if errors else []


@contextmanager
def lent_reader() -> Iterator[ChunkReader]:
    """A reader for as long as the context lasts."""
    with lent(WORK) as child:
        yield ChunkReader(child)


GROUP = 64  # chunks parsed at a time: 4 MB
BATCH = 32_768  # events
_CHUNK_MAGIC = b"ElfChnk\0"
MOST_STOPPED = 2  # chunks of a log that stop the parser; the rest of such a log is left out
MOST_LAID = 100  # records of a chunk over which an empty one is laid: each costs another parse of the whole chunk


def sniff(head: bytes, name: str) -> bool:
    """The magic of the file, or of its first chunk where the header was lost."""
    if head.startswith(FILE_MAGIC):
        return True
    return head[FILE_HEADER : FILE_HEADER + 8] == _CHUNK_MAGIC or (
        name.lower().endswith(".evtx") and head.startswith(_CHUNK_MAGIC)
    )


def read(logs: Iterable[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
    """Events in file order; small files share a batch."""
    table = EventTable(wanted, "evtx", "record")
    for log in logs:
        table.begin(log.name)
        number = log.stretch.line if log.stretch else 1
        for item in _records(log):
            if isinstance(item, Problem | EventBatch):
                yield item
                continue
            if not item:
                continue
            block = lines_of(item, number)
            for index, fault in table.add(block, np.arange(number, number + len(item))):
                yield Problem(where=f"{log.name} record {number + index}", what=f"cannot be understood: {fault}")
            number += len(item)
            if table.is_full(BATCH):
                yield table.batch()
    if table.size:
        yield table.batch()


def nominal_records(chunk: bytes | memoryview) -> int:
    """How many records a chunk's header says it holds."""
    first, last = struct.unpack_from("<QQ", chunk, 8)
    count = last - first + 1
    return count if 0 < count <= CHUNK // SMALLEST_RECORD else 0


def _records(log: LogInput) -> Iterator[list[str] | EventBatch | Problem]:
    """The JSON of the records, a group of chunks at a time, and what no chunk claims."""
    stopped = 0
    with log.open() as stream, lent_reader() as reader:
        at = log.stretch.start if log.stretch else 0
        if at:
            stream.seek(at)
        else:
            try:
                head = stream.read(FILE_HEADER)
            except (OSError, EOFError) as error:
                yield Problem(where=log.name, what=f"cannot be read: {error}")
                return
            if head.startswith(_CHUNK_MAGIC):
                yield Problem(where=log.name, what="the file header is missing", severity=Severity.NOTE)
                stream.seek(0)
            else:
                if not head.startswith(FILE_MAGIC):
                    yield Problem(where=log.name, what="the file header is broken", severity=Severity.NOTE)
                at = FILE_HEADER
        end = log.stretch.end if log.stretch else None
        while end is None or at < end:
            size = GROUP * CHUNK if end is None else min(GROUP * CHUNK, end - at)
            try:
                data = stream.read(size)
            except (OSError, EOFError) as error:
                yield Problem(where=log.name, what=f"cannot be read on: {error}")
                return
            if not data:
                return
            for item in _group(log, data, at, reader):
                if isinstance(item, _Stop):
                    stopped += 1
                    what = f"its parser hung, crashed or ran out of memory (more than {SECONDS} s or {MEMORY >> 20} MB)"
                    yield Problem(where=_where(log, item.at), what=what, severity=Severity.FAILED, count=max(1, item.records))
                else:
                    yield item
                if stopped >= MOST_STOPPED:
                    what = f"{stopped} chunks stopped its parser: what follows them was left out"
                    yield Problem(where=log.name, what=what, severity=Severity.FAILED)
                    return
            yield from _unclaimed(log, data, at)
            at += len(data)


class _Stop(NamedTuple):
    """A chunk that stopped the parser: where it is, and how many records it says it holds."""

    at: int
    records: int


def _group(log: LogInput, data: bytes, at: int, reader: ChunkReader) -> Iterator[list[str] | Problem | _Stop]:
    chunks: list[tuple[int, bytes | memoryview]] = []
    whole = memoryview(data)
    for start in range(0, len(data), CHUNK):
        if data.startswith(_CHUNK_MAGIC, start) and len(data) - start >= CHUNK:
            chunks.append((at + start, whole[start : start + CHUNK]))
            continue
        chunk = data[start : start + CHUNK]
        if len(chunk) < CHUNK:
            if chunk.strip(b"\0"):
                what = f"the last chunk is cut off after {len(chunk)} of {CHUNK} bytes; read as far as possible"
                yield Problem(where=_where(log, at + start), what=what, severity=Severity.NOTE)
            chunk = chunk.ljust(CHUNK, b"\0")
        if chunk.startswith(_CHUNK_MAGIC):
            chunks.append((at + start, chunk))
        elif chunk.strip(b"\0"):
            yield Problem(where=_where(log, at + start), what="a chunk without its magic number cannot be read")
    if not chunks:
        return
    try:
        found, errors = reader.parse([chunk for _, chunk in chunks])
    except Stopped:
        errors = ["stopped"]
    if not errors and len(found) >= sum(nominal_records(chunk) for _, chunk in chunks):
        yield found
        return
    for start, part in chunks:
        chunk = bytes(part)
        try:
            found, errors = reader.parse([chunk])
        except Stopped:
            yield _Stop(start, nominal_records(chunk))
            continue
        missing = nominal_records(chunk) - len(found)
        if errors or missing > 0:
            try:
                again = _salvaged(chunk, reader)
            except Stopped:
                yield _Stop(start, max(0, missing))
                again = []
            if len(again) > len(found):
                found = again
                missing = nominal_records(chunk) - len(found)
        if missing > 0 or (errors and not found):
            what = "records cannot be read"
            yield Problem(where=_where(log, start), what=what, count=max(missing, 1), hint="; ".join(errors)[:200])
        yield found


def _unclaimed(log: LogInput, data: bytes, at: int) -> Iterator[EventBatch | Problem]:
    starts = [start for start in range(0, len(data) - CHUNK + 1, CHUNK) if data.startswith(_CHUNK_MAGIC, start)]
    records = list(slack_in(data, starts, at))
    if records:
        what = "leftover records in unused space (slack): only their texts are read"
        where = _where(log, records[0].at)
        yield Problem(where=where, what=what, severity=Severity.NOTE, count=len(records))
        yield slack_batch(log.name, records)


def _where(log: LogInput, offset: int) -> str:
    return f"{log.name} chunk {(offset - FILE_HEADER) // CHUNK + 1}"


def _salvaged(chunk: bytes, reader: ChunkReader) -> list[str]:
    """The JSON of every record of a broken chunk that can be read.

    The parser gives up a chunk at a broken record, or tells of it and goes on. So an empty record is laid over each at which it
    gave up, until it reaches the end or does not come further. The tables of shared strings and templates are emptied: they
    only speed things up, and a wrong one costs the whole chunk. Raises: Stopped.
    """
    patched = bytearray(chunk)
    patched[128:512] = bytes(384)
    records = _walk(patched)
    known = 0
    for _ in range(MOST_LAID):
        found, errors = reader.parse([patched])
        tried = len(found) + len(errors)
        if not errors or not known < tried < len(records):
            break
        known = tried
        _lay_empty(patched, *records[tried - 1])
    return [text for text in found if text != _EMPTY] if records else []


def _walk(chunk: bytearray) -> list[tuple[int, int]]:
    """Offset and size of each record, a head set before what has none; sets where free space begins."""
    found = []
    at = FIRST_RECORD
    while at + SMALLEST_RECORD <= CHUNK:
        size = size_of(chunk, at)
        if not size:
            onward = at + 4
            while (onward := chunk.find(RECORD_MAGIC, onward)) >= 0 and not size_of(chunk, onward):
                onward += 4
            size = onward - at
            if onward < 0 or size < SMALLEST_RECORD:
                break
            struct.pack_into("<4sI", chunk, at, RECORD_MAGIC, size)  # perhaps only its head is broken
            struct.pack_into("<I", chunk, at + size - 4, size)
        found.append((at, size))
        at += size
    struct.pack_into("<I", chunk, 48, at)
    return found


_EMPTY = '{"Event":null}'


def _lay_empty(chunk: bytearray, at: int, size: int) -> None:
    head = struct.pack("<4sIQQ", RECORD_MAGIC, size, 0, 0)
    chunk[at : at + size] = head.ljust(size - 4, b"\0") + struct.pack("<I", size)


FORMATS = (Format("evtx", "windows", sniff, read, together=True),)
