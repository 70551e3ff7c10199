"""What came of each task, in a file as soon as it is known: a hunt that was stopped goes on from there.

The file begins with a mark and with what was asked. Then comes for each task, in the order of the hunt, which logs it was
about, as they were, and what came of them. What was being written when a hunt ended is cut off, and so is all from the first
task on whose logs are not what they were: what comes of a task hangs on those before it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from indicia import __version__
from indicia.errors import UsageError
from indicia.hunt.logs.formats import Format, LogInput
from indicia.hunt.processes.tasks import Task
from indicia.hunt.processes.workers import receive, send
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.scan import Scanner
from indicia.writing import make_private

Tasks = Iterable[tuple[Format, Task, list[LogInput]]]
MARK = b"indicia hunt\n"
_NOTHING_LEFT = (EOFError, msgspec.MsgspecError, OverflowError, MemoryError)  # what ends in the middle, or was damaged


class _Entry(msgspec.Struct, array_like=True):
    logs: bytes
    came: Found


class Held:
    """The file of one hunt, by what its scanner asks. Use as a context."""

    def __init__(self, path: Path, scanner: Scanner) -> None:
        self._path = path
        self._scanner = scanner
        self._file: BinaryIO | None = None
        self.fault = ""  # why nothing more is written

    def __enter__(self) -> Held:
        """Raises: UsageError for a file that is something else, or of a hunt that asked something else."""
        scanner = self._scanner
        asked = _digest(__version__, scanner.rules.name, scanner.sweep.indicators, scanner.most, scanner.tuning)
        try:
            make_private(self._path)
            file = self._path.open("r+b")
        except OSError as error:
            raise UsageError(f"--resume {self._path} cannot be written to: {error.strerror or error}") from error
        head = file.read(len(MARK) + len(asked))
        if not (MARK + asked).startswith(head):  # one that was just begun may end within it
            file.close()
            what = (
                "was left by a hunt with other rules, options or another version"
                if head.startswith(MARK)
                else "is no file of a hunt"
            )
            raise UsageError(f"--resume {self._path} {what}", hint="name a file that is not there yet")
        file.seek(0)
        file.write(MARK + asked)
        self._file = file
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def going_on(self, tasks: Tasks, scan: Callable[[Tasks], Iterator[tuple[Task, Found]]]) -> Iterator[tuple[Task, Found]]:
        """Every task with what came of it: what is known from the file, then what `scan` finds, which is written down."""
        assert self._file is not None, "used as a context"
        tasks = iter(tasks)
        for each in tasks:
            at = self._file.tell()
            try:
                entry = receive(self._file, _Entry)
            except _NOTHING_LEFT:
                entry = None
            if entry is None or entry.logs != _logs_of(each[1]):
                self._file.seek(at)
                self._file.truncate()
                tasks = chain((each,), tasks)
                break
            yield each[1], entry.came
        for task, came in scan(tasks):
            if not came.files:  # nobody read its logs: that is to be tried again, and so is what comes after
                self.fault = self.fault or "some logs could not be read"
            elif not self.fault and not self._scanner.interrupted:
                self._add(self._file, task, came)
            yield task, came

    def _add(self, file: BinaryIO, task: Task, came: Found) -> None:
        try:
            send(file, _Entry(_logs_of(task), came.to_travel() if came.packed is None else came))
        except OSError as error:
            self.fault = f"it could not be written to: {error.strerror or error}"


def _logs_of(task: Task) -> bytes:
    """Which logs a task is about, and how large each was when, and last changed."""
    return _digest(task, [_state(part.at[0] if part.at is not None else os.fsencode(part.name)) for part in task.parts])


def _state(path: bytes) -> tuple[int, int]:
    try:
        status = Path(os.fsdecode(path)).stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _digest(*some: object) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(some)).digest()
