"""The parser of event logs, which is C, in a process apart."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from indicia.apart import Child, Work, lent
from indicia.hunt.logs.formats import evtx_chunks

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
