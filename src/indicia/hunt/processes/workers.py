"""Processes that scan beside this one: started when there is enough to do, fed one task at a time, ended with the hunt.

Each is a Python of its own that speaks messages over its pipes (so that a script needs no `if __name__ == "__main__"`). One
that dies costs its task, which is told. This process takes tasks as well, so that one start and one set of rules fewer are paid
for.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from queue import Empty, SimpleQueue
from typing import IO, NamedTuple, TypeVar

import msgspec

from indicia.hunt.processes.tasks import Task
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Problem, Severity

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
        command = [sys.executable, "-m", "indicia.hunt.processes.worker", str(os.getpid())]
        with self._starting:
            if self._ended:
                raise EOFError
            worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            self._all.append(worker)
        assert worker.stdin is not None
        send(worker.stdin, self._setup)
        return worker


AHEAD = 8  # tasks
