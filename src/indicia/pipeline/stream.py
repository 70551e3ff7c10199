"""Reading a stream of documents, one JSON line each, on all cores, in order and in bounded memory."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import select
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, BinaryIO, Final, Generic, NamedTuple, Self, TypeVar

import msgspec
import orjson

from indicia.hunt.worker import end_with
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document
from indicia.read.rows import reading_row
from indicia.records import Severity

# Processes that answer chunks of lines in order, where one of them may be killed without anything being lost.
#
# The standard library's pool will not do: its processes share one pipe back, and when one is killed while it writes there, its
# reader waits for the rest for ever. Here each has a pipe of its own, which ends with it, and there are no threads.
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


class LineWorkers(Generic[A]):
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


# The lines of a stream, in bounded memory, and a sign where it pauses.
LONGEST_LINE = 16 * 1024 * 1024  # bytes; more than any text that a person reads
TOO_LONG: Final = b"\x00too long"  # stands for a line that is longer; no JSON begins so
PAUSE: Final = None  # nothing has come for now: whoever holds lines back should deal with them

_READ = 256 * 1024


def lines_of(stream: BinaryIO, *, longest: int = LONGEST_LINE) -> Iterator[bytes | None]:
    """The lines of `stream` without their ends, as soon as they are there; PAUSE before each wait for more.

    TOO_LONG stands for a line of more than `longest` bytes; no more than that is ever held.
    """
    held: list[bytes] = []  # the beginning of a line whose end has not come yet
    size = 0
    while True:
        if _would_wait(stream):
            yield PAUSE
        data = stream.read1(_READ) if hasattr(stream, "read1") else stream.read(_READ)
        if not data:
            break
        *whole, rest = data.split(b"\n")
        for piece in whole:
            yield b"".join([*held, piece]) if size + len(piece) <= longest else TOO_LONG
            held, size = [], 0
        size += len(rest)
        if size > longest:
            held = []
        elif rest:
            held.append(rest)
    if size:
        yield b"".join(held) if size <= longest else TOO_LONG


def _would_wait(stream: BinaryIO) -> bool:
    """Whether reading would wait for the writer. False where the system cannot tell, as for files and Windows pipes."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return not select.select([stream.fileno()], [], [], 0)[0]
    return False


_CHUNK = 64  # lines per task: sending them costs nothing, and order holds little back
_CHUNK_BYTES = 64 * 1024  # of text in a task, so that long documents are spread over all processes too


class LineAnswer(NamedTuple):
    """The JSON answer to one line, and whether the line could be used."""

    data: bytes
    fine: bool


class _Line(msgspec.Struct):
    text: str
    id: str | int | None = None
    date: str | None = None


def _refused(number: int, what: str, hint: str) -> LineAnswer:
    return LineAnswer(orjson.dumps({"error": what, "line": number, "hint": hint}), False)


def read_line(line: bytes, number: int, published: str | None = None, whole: bool = False) -> LineAnswer:
    """What was read in one line, or `{"error", "line", "hint"}` saying what is wrong with it. Never raises for what it holds.

    `published` is the date of a document that does not tell its own. `whole`: the answer to a line with claims also holds the
    records that it was drawn from, `{"document", "claims"}`, as `whole`.
    """
    if line == TOO_LONG:
        return _refused(number, "is longer than a line may be", "split the document")
    try:
        given = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _refused(number, f"not a document: {error}", 'needs {"id", "text"}')
    name = str(given.id) if given.id is not None else f"line {number}"
    day, problems = published, []
    if given.date:
        try:
            day = datetime.fromisoformat(given.date).date().isoformat()
        except ValueError:
            problems.append({"where": name, "what": f"not a date: {given.date!r}", "severity": Severity.SKIPPED.value})
    try:
        document = document_from_text(given.text, name=name, published=day)
        reading = read_document(document, load())
        row: dict[str, Any] = reading_row(reading, document)
        if whole and reading.claims:
            row["whole"] = msgspec.to_builtins({"document": document, "claims": reading.claims})
        row["id"] = name if given.id is None or (isinstance(given.id, int) and abs(given.id) >= 1 << 63) else given.id
        if problems:
            row["problems"] = [*problems, *row.get("problems", ())]
        return LineAnswer(orjson.dumps(row), True)
    except Exception as error:  # one document must not end the run of all others
        return _refused(number, f"a fault in Indicia: {type(error).__name__}: {error}", "please report it with this document")


def _read_chunk(chunk: Chunk, published: str | None, whole: bool) -> list[LineAnswer]:
    return [read_line(line, number, published, whole) for number, line in chunk]


def _lost(number: int) -> LineAnswer:
    return _refused(number, "the process that read this document was killed twice", "split the document, or free memory")


def read_lines(
    lines: Iterable[bytes | None],
    *,
    jobs: int | None = None,
    published: str | None = None,
    tell: Callable[[str], None] = lambda text: None,
    apart: bool = False,
    whole: bool = False,
) -> Generator[LineAnswer, None, None]:
    """One answer per non-empty line, in the order of the lines. `jobs` defaults to the number of cores.

    A None among the lines says that no more have come yet: what has come is answered first. `tell` hears of processes that were
    killed; their documents are read again. `apart`: no document is read in this process, however few they are. `whole`: see
    `read_line`.
    """
    jobs = jobs or os.cpu_count() or 1
    chunks = _chunks(lines)
    seen = 0
    for chunk in chunks if not apart else ():
        seen += len(chunk)
        if jobs > 1 and (seen >= _CHUNK or sum(len(line) for _, line in chunk) >= _CHUNK_BYTES):
            break
        for number, line in chunk:  # starting processes costs more than reading little
            yield read_line(line, number, published, whole)
    else:
        chunk = []
        if not apart:
            return
    with LineWorkers(partial(_read_chunk, published=published, whole=whole), jobs, lost=_lost, tell=tell) as workers:
        for answers in workers.each(chain([chunk], chunks)):
            yield from answers


def _chunks(lines: Iterable[bytes | None]) -> Iterator[Chunk]:
    """Numbered lines in tasks; an empty task where the stream pauses, after all that came before."""
    chunk: Chunk = []
    size = 0
    number = 0
    for line in lines:
        if line is None:
            if chunk:
                yield chunk
            yield []
            chunk, size = [], 0
            continue
        number += 1
        if not line.strip():
            continue
        chunk.append((number, line))
        size += len(line)
        if len(chunk) >= _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
