"""Event logs in a process apart (`indicia.apart`): takes some chunks of 64 KB, gives their records."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

CHUNK = 65_536
FILE_HEADER = 4_096
FILE_MAGIC = b"ElfFile\0"
SMALLEST_RECORD = 28
AT_ONCE = 256  # records
LONGEST = 64 << 20  # characters of JSON in one answer: a template that thousands of records share can unfold to any size


def parsed(data: bytes) -> tuple[list[str], list[str]]:
    """The JSON of all records in some chunks that the parser can read, and what it said of the others. Raises: MemoryError."""
    from evtx import PyEvtxParser

    count = len(data) // CHUNK
    header = FILE_MAGIC + struct.pack("<QQQIHHHH", 0, count - 1, 1, 128, 1, 3, FILE_HEADER, count)
    records = PyEvtxParser(io.BytesIO(header.ljust(FILE_HEADER, b"\0") + data), 1).records_json()
    json_of = itemgetter("data")
    found: list[str] = []
    errors: list[str] = []
    known = held = 0
    while len(errors) <= count * (CHUNK // SMALLEST_RECORD):
        known = len(found)
        try:
            # Unlike +=, this keeps what came before an error.
            found.extend(islice(map(json_of, filter(None, records)), AT_ONCE))
        except RuntimeError as error:
            errors.append(" ".join(str(error).split()))
        else:
            if len(found) == known:
                break
        held += sum(map(len, found[known:]))
        if held > LONGEST:
            raise MemoryError(f"more than {LONGEST >> 20} million characters")
    return found, errors


def answer(request: bytes) -> Iterator[bytes]:
    """`<III` (records, errors, bytes of the records), the JSON of the records a line each, and what was said of the others."""
    found, errors = parsed(request)
    lines, faults = ("\n".join(some).encode("utf-8", "replace") for some in (found, errors))
    yield struct.pack("<III", len(found), len(errors), len(lines)) + lines + faults
