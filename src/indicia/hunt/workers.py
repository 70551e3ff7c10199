"""Several processes that scan: started when there is enough to do, fed one task at a time, ended with the hunt.

Each is a Python of its own that speaks messages over its pipes (so that a script needs no `if __name__ == "__main__"`). One
that dies costs its task, which is told.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TypeVar

import msgspec

from indicia.hunt.indicators import IndicatorSought
from indicia.hunt.scan import Found
from indicia.hunt.tasks import Task
from indicia.records import Problem, Severity

__all__ = ["Setup", "Workers", "receive", "send"]

T = TypeVar("T")


class Setup(msgspec.Struct, array_like=True):
    """What a worker is told first."""

    rules: str
    indicators: tuple[IndicatorSought, ...]
    most: int | None
    keep: str | None = None


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


class Workers:
    """A number of worker processes. Use as a context: leaving it ends them, however it is left."""

    def __init__(self, count: int, setup: Setup) -> None:
        self._setup = setup
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="hunt")
        self._own = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._all:
            worker.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    pipe.close()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Found]]:
        """The outcome of each task, in their order. Only a few tasks are cut ahead of those that are done."""
        waiting: list[tuple[Task, Future[Found]]] = []
        for task in tasks:
            waiting.append((task, self._pool.submit(self._one, task)))
            while len(waiting) > AHEAD:
                first, future = waiting.pop(0)
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()

    def _one(self, task: Task) -> Found:
        worker: subprocess.Popen[bytes] | None = getattr(self._own, "worker", None)
        try:
            if worker is None:
                worker = self._own.worker = self._start()
            assert worker.stdin is not None and worker.stdout is not None
            send(worker.stdin, task)
            return receive(worker.stdout, Found).joined()
        except (EOFError, OSError) as error:
            self._own.worker = None
            what = f"the process that read it ended: {error or type(error).__name__}"
            return Found(problems=[Problem(where=part.name, what=what, severity=Severity.FAILED) for part in task.parts])

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "indicia.hunt.worker"]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._all.append(worker)
        assert worker.stdin is not None
        send(worker.stdin, self._setup)
        return worker


AHEAD = 8  # tasks
