"""Processes that answer chunks of lines in order, where one of them may be killed without anything being lost.

The standard library's pool will not do: its processes share one pipe back, and when one is killed while it writes there, its
reader waits for the rest for ever. Here each has a pipe of its own, which ends with it, and there are no threads.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Self, TypeVar

from indicia.hunt.processes.lifeline import end_with

__all__ = ["Chunk", "Workers"]

_AHEAD = 4  # chunks in flight per process: bounds memory when the reader of our output is slow

A = TypeVar("A")
Chunk = list[tuple[int, bytes]]  # numbered lines


@dataclass(slots=True, eq=False)
class _Task(Generic[A]):
    chunk: Chunk
    killed: int = 0  # processes that were killed while they read it
    given: bool = False
    answers: list[A] | None = None


@dataclass(slots=True, eq=False)
class _Worker(Generic[A]):
    process: BaseProcess
    pipe: Connection
    task: _Task[A] | None = None


class Workers(Generic[A]):
    """`jobs` processes that run `read` over chunks. `lost` is the answer for a line that kills whoever reads it."""

    def __init__(
        self, read: Callable[[Chunk], list[A]], jobs: int, *, lost: Callable[[int], A], tell: Callable[[str], None]
    ) -> None:
        self._read = read
        self._jobs = jobs
        self._lost = lost
        self._tell = tell
        self._tasks: deque[_Task[A]] = deque()
        self._workers: list[_Worker[A]] = []

    def __enter__(self) -> Self:
        self._workers = [self._start() for _ in range(self._jobs)]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for worker in self._workers:
            if kind is not None:  # nobody waits for what is being read
                worker.process.kill()
            worker.pipe.close()  # which ends one that waits for more
        for worker in self._workers:
            worker.process.join()

    def _start(self) -> _Worker[A]:
        context = multiprocessing.get_context("spawn")  # started by this process itself, so that it ends with it
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._read, os.getpid()), daemon=True)
        process.start()
        theirs.close()  # so that the pipe ends with the process
        return _Worker(process, ours)

    def each(self, chunks: Iterable[Chunk]) -> Iterator[list[A]]:
        """The answers to each chunk, in order. An empty chunk asks for all answers that are still due."""
        for chunk in chunks:
            if chunk:
                self._tasks.append(_Task(chunk))
                self._give()
            while self._tasks and (not chunk or len(self._tasks) >= self._jobs * _AHEAD):
                yield self._next()
        while self._tasks:
            yield self._next()

    def _next(self) -> list[A]:
        """The answers to the task whose turn it is, whatever happens to the process that reads it."""
        while (answers := self._tasks[0].answers) is None:
            self._give()
            busy = {worker.pipe: worker for worker in self._workers if worker.task is not None}
            for pipe in wait(list(busy)):
                self._take(busy[pipe])  # type: ignore[index]
        self._tasks.popleft()
        return answers

    def _give(self) -> None:
        """A task to each process that has none."""
        due = (task for task in list(self._tasks) if not task.given)
        for worker in [one for one in self._workers if one.task is None]:
            task = next(due, None)
            if task is None:
                return
            task.given, worker.task = True, task
            try:
                worker.pipe.send(task.chunk)
            except OSError:
                self._died(worker)

    def _take(self, worker: _Worker[A]) -> None:
        task = worker.task
        try:
            answers = worker.pipe.recv()
        except (EOFError, OSError):
            self._died(worker)
            return
        if task is not None:
            task.answers, worker.task = answers, None

    def _died(self, worker: _Worker[A]) -> None:
        """Puts another process in the place of one that was killed, and its task back."""
        task = worker.task
        worker.process.join()
        worker.pipe.close()
        self._workers[self._workers.index(worker)] = self._start()
        if task is None:
            return
        task.killed += 1
        task.given = False
        first, last = task.chunk[0][0], task.chunk[-1][0]
        if task.killed == 1:
            self._tell(f"the process that read lines {first} to {last} was killed; they are read again")
        elif len(task.chunk) == 1:
            self._tell(f"line {first} kills the process that reads it")
            task.answers, task.given = [self._lost(first)], True
        else:  # whichever line it is, the others shall have their answers
            alone = [_Task[A]([line], killed=1) for line in task.chunk]
            self._tasks = deque(one for old in self._tasks for one in (alone if old is task else (old,)))


def _serve(pipe: Connection, read: Callable[[Chunk], list[Any]], parent: int) -> None:
    """Answers chunk after chunk until the other end is closed, or the process `parent` is gone."""
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to every process of a terminal; the parent deals with it
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(read(pipe.recv()))
