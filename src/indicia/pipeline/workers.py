"""Processes that answer chunks of lines in order, where one of them may be killed without anything being lost."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, NamedTuple, Self, TypeVar

__all__ = ["Chunk", "Workers"]

_AHEAD = 4  # chunks in flight per process: bounds memory when the reader of our output is slow

A = TypeVar("A")
Chunk = list[tuple[int, bytes]]  # numbered lines


class _Waiting(NamedTuple, Generic[A]):
    chunk: Chunk
    answers: Future[list[A]]
    killed: int  # times that a process was killed while this chunk was the next


class Workers(Generic[A]):
    """`jobs` processes that run `read` over chunks. `lost` is the answer for a line that kills whoever reads it."""

    def __init__(
        self, read: Callable[[Chunk], list[A]], jobs: int, *, lost: Callable[[int], A], tell: Callable[[str], None]
    ) -> None:
        self._read = read
        self._jobs = jobs
        self._lost = lost
        self._tell = tell
        self._waiting: deque[_Waiting[A]] = deque()
        self._others = frozenset[int | None]()

    def __enter__(self) -> Self:
        self._others = frozenset(child.pid for child in multiprocessing.active_children())
        self._pool = self._start(self._jobs)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:  # nobody waits for what is being read
            for child in multiprocessing.active_children():
                if child.pid not in self._others:
                    child.terminate()
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context(method), initializer=_leave_interrupts)

    def each(self, chunks: Iterable[Chunk]) -> Iterator[list[A]]:
        """The answers to each chunk, in order. An empty chunk asks for all answers that are still due."""
        for chunk in chunks:
            if chunk:
                self._waiting.append(_Waiting(chunk, self._submit(chunk), 0))
            while self._waiting and (not chunk or len(self._waiting) >= self._jobs * _AHEAD):
                yield self._next()
        while self._waiting:
            yield self._next()

    def _submit(self, chunk: Chunk) -> Future[list[A]]:
        try:
            return self._pool.submit(self._read, chunk)
        except BrokenProcessPool as error:  # killed a moment ago: told, and mended, when it is this chunk's turn
            answers: Future[list[A]] = Future()
            answers.set_exception(error)
            return answers

    def _next(self) -> list[A]:
        """The answers to the chunk whose turn it is, whatever happens to the process that reads it."""
        while True:
            waiting = self._waiting[0]
            try:
                answers = waiting.answers.result()
            except BrokenProcessPool:
                first, last = waiting.chunk[0][0], waiting.chunk[-1][0]
                self._tell(f"a process was killed while lines {first} to {last} or later ones were read; they are read again")
                self._pool.shutdown(wait=True)
                answers = self._one_by_one(waiting.chunk) if waiting.killed else []
                self._pool = self._start(self._jobs)
                again = list(self._waiting)[1 if answers else 0 :]
                self._waiting.clear()
                for number, one in enumerate(again):
                    killed = one.killed + (number == 0 and not answers)
                    self._waiting.append(_Waiting(one.chunk, self._submit(one.chunk), killed))
                if answers:
                    return answers
            else:
                self._waiting.popleft()
                return answers

    def _one_by_one(self, chunk: Chunk) -> list[A]:
        """The answers to a chunk that was next twice when a process was killed: all but the line that does it have theirs."""
        answers: list[A] = []
        pool = self._start(1)
        for line in chunk:
            try:
                answers += pool.submit(self._read, [line]).result()
            except BrokenProcessPool:
                self._tell(f"line {line[0]} kills the process that reads it")
                answers.append(self._lost(line[0]))
                pool = self._start(1)
        pool.shutdown(wait=True)
        return answers


def _leave_interrupts() -> None:
    """Ctrl-C goes to every process of a terminal; the one that started these deals with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
