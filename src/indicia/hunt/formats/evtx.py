"""Windows event logs (EVTX): every chunk and every record is tried, and one that is broken costs itself alone.

A file is a header and chunks of 64 KB that stand by themselves, each read by itself (evtxrows.py), so that a broken file
header or an unclosed log does not matter. A chunk that does not read smoothly is handed to the evtx library under a header of
our own. Where that gives fewer records than the chunk's header promises, stepping stones are laid over the broken ones.

References: libyal/libevtx, "Windows XML Event Log (EVTX) format"; omerbenamram/evtx.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence

from indicia.hunt.events import EventBatch
from indicia.hunt.formats.base import Format, LogInput, Wanted
from indicia.hunt.formats.binxml import CHUNK
from indicia.hunt.formats.evtxblock import SMALLEST_RECORD
from indicia.hunt.formats.evtxrows import Parser, Piece, batch_of
from indicia.records import Problem, Severity

__all__ = ["CHUNK", "FILE_HEADER", "FORMATS", "nominal_records"]

FILE_HEADER = 4_096
BLOCK = 448 * CHUNK  # bytes read at a time, and of a batch
_FILE_MAGIC = b"ElfFile\0"
_CHUNK_MAGIC = b"ElfChnk\0"
_RECORD_MAGIC = b"\x2a\x2a\0\0"
_FIRST_RECORD = 512


def sniff(head: bytes, name: str) -> bool:
    """The magic of the file, or of its first chunk where the header was lost."""
    if head.startswith(_FILE_MAGIC):
        return True
    return head[FILE_HEADER : FILE_HEADER + 8] == _CHUNK_MAGIC or (
        name.lower().endswith(".evtx") and head.startswith(_CHUNK_MAGIC)
    )


def read(logs: Sequence[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
    """Events in file order; small files share a batch."""
    pieces: list[Piece] = []
    files: list[str] = []
    positions: dict[int, int] = {}
    size = 0
    for log in logs:
        files.append(log.name)
        positions[len(files) - 1] = log.stretch.line if log.stretch else 1
        for item in _pieces(log):
            if isinstance(item, Problem):
                yield item
                continue
            at, data = item
            pieces.append(Piece(len(files) - 1, at, data))
            size += len(data)
            if size >= BLOCK:
                yield from _batch(pieces, files, positions, wanted)
                pieces, files, positions, size = [], [log.name], {0: positions[len(files) - 1]}, 0
    if pieces:
        yield from _batch(pieces, files, positions, wanted)


def _batch(
    pieces: Sequence[Piece], files: Sequence[str], positions: dict[int, int], wanted: Wanted
) -> Iterator[EventBatch | Problem]:
    batch, problems = batch_of(pieces, files, positions, wanted, Parser(_lines_of, _at_any_cost))
    yield from problems
    if batch is not None:
        yield batch


def nominal_records(chunk: bytes) -> int:
    """How many records a chunk's header says it holds."""
    first, last = struct.unpack_from("<QQ", chunk, 8)
    count = last - first + 1
    return count if 0 < count <= CHUNK // SMALLEST_RECORD else 0


def _pieces(log: LogInput) -> Iterator[tuple[int, bytes] | Problem]:
    """The chunks, some in one piece, with their offsets in the file."""
    with log.open() as stream:
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
                if not head.startswith(_FILE_MAGIC):
                    yield Problem(where=log.name, what="the file header is broken", severity=Severity.NOTE)
                at = FILE_HEADER
        end = log.stretch.end if log.stretch else None
        while end is None or at < end:
            size = BLOCK if end is None else min(BLOCK, end - at)
            try:
                data = stream.read(size)
            except (OSError, EOFError) as error:
                yield Problem(where=log.name, what=f"cannot be read on: {error}")
                return
            if not data:
                return
            yield from _parted(log, data, at)
            at += len(data)


def _parted(log: LogInput, data: bytes, at: int) -> Iterator[tuple[int, bytes] | Problem]:
    begin = 0
    for start in range(0, len(data), CHUNK):
        if data.startswith(_CHUNK_MAGIC, start) and start + CHUNK <= len(data):
            continue
        if begin < start:
            yield at + begin, data[begin:start]
        begin = start + CHUNK
        chunk = data[start:begin]
        if len(chunk) < CHUNK:
            if chunk.strip(b"\0"):
                what = f"the last chunk is cut off after {len(chunk)} of {CHUNK} bytes; read as far as it goes"
                yield Problem(where=_where(log.name, at + start), what=what, severity=Severity.NOTE)
            chunk = chunk.ljust(CHUNK, b"\0")
        if chunk.startswith(_CHUNK_MAGIC):
            yield at + start, chunk
        elif chunk.strip(b"\0"):
            yield Problem(where=_where(log.name, at + start), what="a chunk without its magic number cannot be read")
    if begin < len(data):
        yield at + begin, data[begin:] if begin else data


def _lines_of(chunk: bytes) -> list[str]:
    """The JSON of the records of a chunk; none if some cannot be read."""
    found, errors = _parse(chunk)
    return [] if errors else found


def _at_any_cost(chunk: bytes, log: str, at: int) -> tuple[list[str], Problem | None]:
    """The JSON of all records of a chunk that can be read, and what is to be told of the others."""
    found, errors = _parse(chunk)
    missing = nominal_records(chunk) - len(found)
    if errors or missing > 0:
        again = _salvaged(chunk)
        if len(again) > len(found):
            found = again
            missing = nominal_records(chunk) - len(found)
    if missing <= 0 and (found or not errors):
        return found, None
    what = "records cannot be read"
    return found, Problem(where=_where(log, at), what=what, count=max(missing, 1), hint="; ".join(errors)[:200])


def _where(log: str, offset: int) -> str:
    return f"{log} chunk {(offset - FILE_HEADER) // CHUNK + 1}"


def _parse(chunk: bytes) -> tuple[list[str], list[str]]:
    """The JSON of all records that the parser can read, and what it said of the others."""
    from evtx import PyEvtxParser

    header = _FILE_MAGIC + struct.pack("<QQQIHHHH", 0, 0, 1, 128, 1, 3, FILE_HEADER, 1)
    records = PyEvtxParser(io.BytesIO(header.ljust(FILE_HEADER, b"\0") + chunk), 1).records_json()
    found: list[str] = []
    errors: list[str] = []
    while len(errors) <= CHUNK // SMALLEST_RECORD:
        try:
            # Unlike +=, this keeps what came before an error.
            found.extend(record["data"] for record in records if record is not None)
            break
        except RuntimeError as error:
            errors.append(" ".join(str(error).split()))
    return found, errors


def _salvaged(chunk: bytes) -> list[str]:
    """The JSON of every record of a broken chunk that can be read.

    The parser gives up a chunk at its first broken record. So an empty record is laid over each record at which it does, until
    it reaches the end. The tables of shared strings and templates are emptied: they only speed
    things up, and a wrong one costs the whole chunk.
    """
    patched = bytearray(chunk)
    patched[128:512] = bytes(384)
    records = _walk(patched)
    for _ in records:
        found, errors = _parse(bytes(patched))
        if not errors or len(found) + len(errors) >= len(records):
            break
        at, size = records[len(found)]
        _lay_empty(patched, at, size)
    return [text for text in found if text != _EMPTY] if records else []


def _walk(chunk: bytearray) -> list[tuple[int, int]]:
    """Offset and size of each record, a head set before what has none; sets where free space begins."""
    found = []
    at = _FIRST_RECORD
    while at + SMALLEST_RECORD <= CHUNK:
        size = _size_of(chunk, at)
        if not size:
            onward = at + 4
            while (onward := chunk.find(_RECORD_MAGIC, onward)) >= 0 and not _size_of(chunk, onward):
                onward += 4
            size = onward - at
            if onward < 0 or size < SMALLEST_RECORD:
                break
            struct.pack_into("<4sI", chunk, at, _RECORD_MAGIC, size)  # perhaps only its head is broken
            struct.pack_into("<I", chunk, at + size - 4, size)
        found.append((at, size))
        at += size
    struct.pack_into("<I", chunk, 48, at)
    return found


_EMPTY = '{"Event":null}'


def _lay_empty(chunk: bytearray, at: int, size: int) -> None:
    head = struct.pack("<4sIQQ", _RECORD_MAGIC, size, 0, 0)
    chunk[at : at + size] = head.ljust(size - 4, b"\0") + struct.pack("<I", size)


def _size_of(chunk: bytearray, at: int) -> int:
    """The size of the record at `at`, 0 when there is none: a record says its size at both ends."""
    if chunk[at : at + 4] != _RECORD_MAGIC:
        return 0
    (size,) = struct.unpack_from("<I", chunk, at + 4)
    if not SMALLEST_RECORD <= size <= CHUNK - at:
        return 0
    (copy,) = struct.unpack_from("<I", chunk, at + size - 4)
    return size if copy == size else 0


FORMATS = (Format("evtx", "windows", sniff, read),)
