"""Runs by itself in a child process that lives as long as there are event logs to read. It may hang, crash or be stopped:
what it was reading is lost with it, and nothing else. Usage: python evtx_chunks.py MEMORY_BYTES CPU_SECONDS

Takes `<I` and that many chunks of 64 KB, and gives `<III` (records, bytes of them, bytes of errors), the JSON of the records a
line each, and what the parser said of the others, a line each. Ends when its input does.
"""

from __future__ import annotations

import io
import struct
import sys
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


def main() -> None:
    """Answers until the input ends."""
    memory, seconds = (int(argument) for argument in sys.argv[1:3])
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        resource = None  # type: ignore[assignment]
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while len(head := sys.stdin.buffer.read(4)) == 4:
        (count,) = struct.unpack("<I", head)
        data = sys.stdin.buffer.read(count * CHUNK)
        if resource is not None:  # processor time, so that a busy machine stops nobody; and whether the parent lives or not
            usage = resource.getrusage(resource.RUSAGE_SELF)
            bound = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))
        found, errors = parsed(data)
        lines, faults = ("\n".join(some).encode("utf-8", "replace") for some in (found, errors))
        sys.stdout.buffer.write(struct.pack("<III", len(found), len(lines), len(faults)) + lines + faults)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
