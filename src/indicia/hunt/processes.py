"""Several processes for one hunt: logs cut into tasks of similar size, and processes that scan beside this one."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from importlib.abc import MetaPathFinder
from itertools import islice
from queue import Empty, SimpleQueue
from typing import IO, BinaryIO, NamedTuple, Protocol, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from indicia.hunt.logs.formats import Format, LogInput, Stretch
from indicia.hunt.logs.formats.directives import day_of
from indicia.hunt.logs.formats.evtx import nominal_records
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Problem, Severity

# Logs cut into tasks of similar size, so that several processes have something to do until the end.
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


# Processes that scan beside this one: started when there is enough to do, fed one task at a time, ended with the hunt.
#
# Each is a Python of its own that speaks messages over its pipes (so that a script needs no `if __name__ == "__main__"`). One
# that dies costs its task, which is told. This process takes tasks as well, so that one start and one set of rules fewer are
# paid for.
T = TypeVar("T")


class Setup(msgspec.Struct, array_like=True):
    """What a worker is told first."""

    rules: str
    indicators: tuple[IndicatorSought, ...]
    most: int | None
    tuning: Tuning = NO_TUNING


def send(stream: IO[bytes], message: object) -> None:
    """Writes one message."""
    data = msgspec.msgpack.encode(message)
    stream.write(struct.pack("<Q", len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes], kind: type[T]) -> T:
    """Reads one message. Raises: EOFError when the other side is gone."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    (size,) = struct.unpack("<Q", head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return msgspec.msgpack.decode(data, type=kind)


class _Job(NamedTuple):
    """A task, what scans it in this process (None: only another may), and what will have come of it."""

    task: Task
    here: Callable[[], Found] | None
    outcome: Future[Found]


class Workers:
    """A number of worker processes. Use as a context: leaving it ends them, however it is left."""

    def __init__(self, count: int, setup: Setup) -> None:
        self._setup = setup
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._serve, name=f"hunt-{number}", daemon=True) for number in range(count)]
        self._all: list[subprocess.Popen[bytes]] = []
        self._starting = threading.Lock()
        self._ended = False

    def __enter__(self) -> Workers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._starting:
            self._ended = True
        for worker in self._all:
            worker.kill()
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        for worker in self._all:
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what was never read by one that is gone
                        pipe.close()

    def run(
        self, tasks: Iterable[tuple[Task, Callable[[], Found] | None]], stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Task, Found]]:
        """The outcome of each task, in their order. Only a few tasks are cut ahead of those that are done.

        With each comes what does it in this process, which takes one whenever the next outcome is not there yet; with none at
        all, this process does nothing itself. Once it is to be `stopped`, or is interrupted, only what is done comes.
        """
        coming = iter(tasks)
        waiting: deque[_Job] = deque()
        while not stopped():
            for task, here in islice(coming, AHEAD - len(waiting)):
                waiting.append(_Job(task, here, Future()))
                self._jobs.put(waiting[-1])
            if not waiting:
                return
            while waiting[0].here is not None and not waiting[0].outcome.done() and not stopped():
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
                if job is not None and job.here is not None:
                    job.outcome.set_result(job.here())
            if stopped():
                break
            try:
                came = waiting[0].outcome.result()
            except KeyboardInterrupt:
                break
            yield waiting.popleft().task, came
        yield from ((job.task, job.outcome.result()) for job in waiting if job.outcome.done())
        if not stopped():
            raise KeyboardInterrupt

    def _serve(self) -> None:
        """Hands jobs to a worker, one at a time. What went wrong is told by whoever waits for the outcome."""
        worker: subprocess.Popen[bytes] | None = None
        while (job := self._jobs.get()) is not None:
            try:
                worker = worker or self._start()
                assert worker.stdin is not None and worker.stdout is not None
                send(worker.stdin, job.task)
                job.outcome.set_result(receive(worker.stdout, Found))
            except (EOFError, OSError) as error:
                worker = None
                what = f"the process that read it ended: {error or type(error).__name__}"
                problems = [Problem(where=part.name, what=what, severity=Severity.FAILED) for part in job.task.parts]
                job.outcome.set_result(Found(problems=problems))
            except Exception as error:
                job.outcome.set_exception(error)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "indicia.hunt.worker", str(os.getpid())]
        with self._starting:
            if self._ended:
                raise EOFError
            worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            self._all.append(worker)
        assert worker.stdin is not None
        send(worker.stdin, self._setup)
        return worker


AHEAD = 8  # tasks


# For processes that do nothing but hunt.
class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("not loaded in a process that hunts", name=fullname)


def without_pandas() -> None:
    """Keeps pyarrow from loading pandas, where that is installed: it does so at the first list it is given, for half a second.

    Afterwards pyarrow will not hand out data frames in this process. Does nothing where pandas is in use already.
    """
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(finder)
