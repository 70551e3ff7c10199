"""Work on a stranger's bytes in a process of its own, bounded in memory and, for each request, in processor time: a parser in C
or an expression that goes back for ever would hang this one, and no clock here would reach it. What is lost is one request.

Run by its path, this file is that process: `python -I apart.py WORK.py MEMORY_BYTES CPU_SECONDS`. WORK.py has a function
`answer(request: bytes) -> Iterable[bytes]`. Requests and pieces of an answer are told by their length (`<q`), the end of an
answer by -1. The process ends when its input does, and after CPU_SECONDS of one request whether its parent lives or not.
"""

from __future__ import annotations

import atexit
import os
import runpy
import signal
import struct
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

CLOCK = 60.0  # seconds by the clock for one request, where processor time cannot be bounded or the machine is busy
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0) or None  # how the system ends a process whose time is up


class Stopped(Exception):  # noqa: N818 - it says what happened
    """The process took too long (`late`), ran out of memory or crashed; the next request starts another."""

    def __init__(self, *, late: bool) -> None:
        super().__init__("took too long" if late else "ran out of memory or crashed")
        self.late = late


class Work(NamedTuple):
    """What a process apart does, and within which bounds."""

    script: str  # path of WORK.py
    memory: int  # bytes
    seconds: int  # of the processor, for one request
    clock: float = CLOCK

    @property
    def command(self) -> Sequence[str]:
        """How the process is started."""
        return (sys.executable, "-I", str(Path(__file__)), self.script, str(self.memory), str(self.seconds))


class Child:
    """One such process, started when first asked. Not to be used by two threads at a time."""

    def __init__(self, work: Work, command: Sequence[str] = ()) -> None:
        self._clock = work.clock
        self._command = command or work.command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: bytes) -> bytes:
        """The whole answer to a request. Raises: Stopped."""
        return b"".join(self.asks(request))

    def asks(self, request: bytes) -> Iterator[bytes]:
        """The answer to a request, piece by piece. Raises: Stopped, after the pieces that came before."""
        process = self._process = self._process or subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self._clock, stop)
        clock.daemon = True
        clock.start()
        whole = False
        try:
            with suppress(OSError):  # it ended: what it said before tells more
                process.stdin.write(struct.pack("<q", len(request)))
                process.stdin.write(request)
                process.stdin.flush()
            while (size := _size(process.stdout.read(8))) >= 0:
                piece = process.stdout.read(size)
                if len(piece) < size:
                    size = _GONE
                    break
                yield piece
            whole = size == _END
        finally:
            clock.cancel()
            if not whole:
                self.close()
        if not whole:
            raise Stopped(late=late.is_set() or process.returncode == _OUT_OF_TIME)

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        with suppress(OSError):  # what it did not take
            process.stdin.close()
        try:
            process.wait(0.2)  # it may be about to end by itself, and then says how
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


_END, _GONE = -1, -2


def _size(head: bytes) -> int:
    return int(struct.unpack("<q", head)[0]) if len(head) == 8 else _GONE


_idle: defaultdict[Work, list[Child]] = defaultdict(list)
_lock = threading.Lock()


@contextmanager
def lent(work: Work) -> Iterator[Child]:
    """A process for as long as the context lasts. It is kept for whoever asks next, so that few are ever started."""
    with _lock:
        child = _idle[work].pop() if _idle[work] else Child(work)
    try:
        yield child
    except BaseException:  # it may have been left within an answer
        child.close()
        raise
    with _lock:
        _idle[work].append(child)


@atexit.register
def _close_all() -> None:
    for children in _idle.values():
        while children:
            children.pop().close()


def serve(answer: Callable[[bytes], Iterable[bytes]], memory: int, seconds: int) -> None:
    """Answers until the input ends: what the process does."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        resource = None  # type: ignore[assignment]
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out: Any = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    while (size := _size(sys.stdin.buffer.read(8))) >= 0:
        if resource is not None:  # processor time, so that a busy machine stops nobody
            usage = resource.getrusage(resource.RUSAGE_SELF)
            bound = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))
        for piece in answer(sys.stdin.buffer.read(size)):
            out.write(struct.pack("<q", len(piece)) + piece)
            out.flush()
        out.write(struct.pack("<q", _END))
        out.flush()


if __name__ == "__main__":
    serve(runpy.run_path(sys.argv[1])["answer"], int(sys.argv[2]), int(sys.argv[3]))
