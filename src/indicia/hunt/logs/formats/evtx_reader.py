"""The parser of event logs in a process of its own: in C, a hostile chunk can hang it or fill the memory, and no clock of this
process would reach it."""

from __future__ import annotations

import atexit
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from indicia.hunt.logs.formats import evtx_chunks

__all__ = ["MEMORY", "SECONDS", "ChunkReader", "ParserStopped", "lent_reader"]

MEMORY = 768 << 20  # bytes
SECONDS = 3  # of processor time for one request, of which 4 MB of healthy chunks take a tenth
CLOCK = 60.0  # seconds, where processor time cannot be bounded
COMMAND = (sys.executable, "-I", str(Path(evtx_chunks.__file__)), str(MEMORY), str(SECONDS))


class ParserStopped(Exception):  # noqa: N818 - it says what happened
    """The process took too long, ran out of memory or crashed; the next request starts another."""


class ChunkReader:
    """One such process, started when first asked. Not to be used by two threads at a time."""

    def __init__(self, command: Sequence[str] | None = None, clock: float = CLOCK) -> None:
        self._command = command or COMMAND
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None

    def parse(self, chunks: Sequence[bytes | bytearray | memoryview]) -> tuple[list[str], list[str]]:
        """The JSON of the records in some chunks, and what was said of those that cannot be read. Raises: ParserStopped."""
        process = self._process = self._process or subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None and process.stdout is not None
        clock = threading.Timer(self._clock, process.kill)
        clock.start()
        try:
            process.stdin.write(b"".join((struct.pack("<I", len(chunks)), *chunks)))
            process.stdin.flush()
            head = process.stdout.read(12)
            count, size, told = struct.unpack("<III", head) if len(head) == 12 else (0, 0, 1)
            data, errors = process.stdout.read(size), process.stdout.read(told)
        except OSError:
            data, errors, size, told = b"", b"", 0, 1
        finally:
            clock.cancel()
        if len(data) < size or len(errors) < told:
            self.close()
            raise ParserStopped
        return data.decode().split("\n") if count else [], errors.decode().split("\n") if told else []

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what it did not take
                pipe.close()  # type: ignore[union-attr]


_idle: list[ChunkReader] = []
_lock = threading.Lock()


@contextmanager
def lent_reader() -> Iterator[ChunkReader]:
    """A reader for as long as the context lasts. It is kept for whoever asks next, so that few are ever started."""
    with _lock:
        reader = _idle.pop() if _idle else ChunkReader()
    try:
        yield reader
    except BaseException:  # it may have been left within an answer
        reader.close()
        raise
    with _lock:
        _idle.append(reader)


@atexit.register
def _close_all() -> None:
    while _idle:
        _idle.pop().close()
