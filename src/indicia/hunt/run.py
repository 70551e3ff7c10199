"""The hunt from end to end: find logs, run rules and indicators over them, tell the story."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import BinaryIO, TypedDict, Unpack

import msgspec
from msgspec.structs import replace

from indicia import __version__
from indicia.errors import UsageError
from indicia.hunt.logs.formats import FORMATS, Format, LogInput
from indicia.hunt.logs.inputs import FileState, changed_since, find_logs, state_of, what_it_is
from indicia.hunt.logs.keep import Keeper
from indicia.hunt.match.book import load_rules
from indicia.hunt.merge import Total
from indicia.hunt.parts import Part, join
from indicia.hunt.processes import Setup, Task, Workers, receive, send, tasks_of
from indicia.hunt.sight.found import MOST, Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem, Severity
from indicia.writing import make_private

Progress = Callable[[str, float, float | None], None]
WORTH_A_PROCESS = 48 << 20  # bytes: less is read sooner than another process has started


class Asked(TypedDict, total=False):
    """What a hunt may be given beside the logs, `most` and `tuning`."""

    rules: Sequence[Path]
    builtin: bool
    indicators: Iterable[IndicatorSought]
    keep: Path | None
    raw: bool
    progress: Progress | None
    jobs: int | None
    resume: Path | None


def hunt(paths: Sequence[Path], *, most: int | None = MOST, tuning: Tuning = NO_TUNING, **asked: Unpack[Asked]) -> Hunt:
    """What the logs in `paths` (files, folders, archives) show.

    `rules` are Sigma files or folders, beside our own unless `builtin` is False. `keep` names a folder for the events as
    Parquet. `raw` looks for the indicators in the bytes of every file that is no known log as well. `jobs` bounds the
    processes; all cores if None. `most` bounds the sightings that are kept per rule and per indicator (None: all); matches are
    counted regardless. `tuning` says what does not count; that is left out before any bound. `resume` names a file for what
    came of the logs, written as it comes: what an earlier run of the same hunt left there is not read again.

    Everything that cannot be used is a problem or a skipped rule. Raises: InputError for a rule path that is not there,
    UsageError for a file to `resume` from that is of another hunt, or stands among the logs.
    """
    begun = time.perf_counter()
    with without_collecting():
        found = part(paths, most=most, tuning=tuning, **asked)
        since = time.process_time()
        result = join((found,), most=most, tuning=tuning)
    seconds = dict(result.stats) | {"story": time.process_time() - since, "total": time.perf_counter() - begun}
    return replace(result, stats=tuple(sorted(seconds.items())))


def part(
    paths: Sequence[Path],
    *,
    machine: str = "",
    rules: Sequence[Path] = (),
    builtin: bool = True,
    indicators: Iterable[IndicatorSought] = (),
    keep: Path | None = None,
    raw: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    most: int | None = MOST,
    tuning: Tuning = NO_TUNING,
    resume: Path | None = None,
) -> Part:
    """What came of the logs in `paths`, to be joined with what came of others: see `hunt` for what it is given.

    `machine` names whose logs these are.
    """
    with without_collecting(), ExitStack() as stack:
        since = time.process_time()
        found, problems = load_rules([Path(path) for path in rules], builtin=builtin, progress=progress)
        loaded = time.process_time() - since
        since = time.process_time()
        scanner = Scanner(found, indicators, most, tuning)
        total = Total(scanner, most)
        total.counted.problems += problems
        total.counted.seconds["rules"] = loaded
        if scanner.sweep.indicators:  # made ready to be sought: of a million, most of the time
            total.counted.seconds["indicators"] = time.process_time() - since
        states: dict[FileState, None] = {}
        copies = stack.enter_context(TemporaryDirectory(prefix="indicia-")) if any(map(_is_pipe, paths)) else None
        groups = _found_in(sorted(map(Path, paths)), scanner, total, states, raw, Path(copies) if copies else None)
        bytes_of = {log.name: log.size for _, logs in groups for log in logs}
        size, done = float(sum(bytes_of.values())), 0.0
        with Keeper(keep) if keep is not None else nullcontext() as keeper, _held(resume, scanner, paths) as held:
            tasks = ((form, task, logs) for form, some in groups for task, logs in tasks_of(form, some))
            scan = partial(_scanned, scanner=scanner, jobs=jobs, size=size, keeper=keeper)
            try:
                for task, came in scan(tasks) if held is None else held.going_on(tasks, scan):
                    total.add(task.format, came)
                    done += 0 if scanner.interrupted else task.bytes
                    if progress is not None:
                        progress("hunting", min(done, size), size)
            except KeyboardInterrupt:
                scanner.interrupted = True
        if scanner.interrupted:
            what = f"interrupted after {done / 1e6:,.0f} of {size / 1e6:,.0f} MB: this is what was found until then"
            hint = "the same command goes on from there" if held is not None and not held.fault else ""
            total.counted.problems.append(Problem(where="", what=what, severity=Severity.FAILED, hint=hint))
        if held is not None and held.fault:
            what = f"holds only the first part of this hunt: {held.fault}"
            total.counted.problems.append(Problem(where=str(resume), what=what, severity=Severity.NOTE))
        if keeper is not None and keeper.fault:
            what = f"events were not kept: {keeper.fault}"
            total.counted.problems.append(Problem(where=str(keep), what=what, severity=Severity.FAILED))
        total.counted.problems += (problem for state in states if (problem := changed_since(state)) is not None)
        return total.part(bytes_of, machine=machine)


def _is_pipe(path: Path) -> bool:
    try:
        return Path(path).is_fifo()
    except (OSError, ValueError):
        return False


def _found_in(
    paths: Sequence[Path], scanner: Scanner, total: Total, states: dict[FileState, None], raw: bool, copies: Path | None
) -> list[tuple[Format, list[LogInput]]]:
    """The logs by their formats, in the order in which formats are tried: it does not depend on what else is there."""
    groups: dict[str, tuple[Format, list[LogInput]]] = {form.name: (form, []) for form in FORMATS}
    for item in find_logs(paths, copies):
        if isinstance(item, Problem):
            total.passed_over(item)
            continue
        log, form = item
        if (state := state_of(log)) is not None:
            states[state] = None
        if form is None:
            total.unknown(log.name, log.size, what_it_is(log))
            if raw and log.size:
                total.add("", scanner.scan_raw(log))
        else:
            groups[form.name][1].append(log)
    return [(form, logs) for form, logs in groups.values() if logs]


def _held(resume: Path | None, scanner: Scanner, paths: Sequence[Path]) -> AbstractContextManager[Held | None]:
    if resume is None:
        return nullcontext()
    if any(resume.resolve().is_relative_to(Path(path).resolve()) for path in paths):
        raise UsageError(f"--resume {resume} stands among the logs", hint="name a file elsewhere")

    return Held(resume, scanner)


def _scanned(
    tasks: Iterable[tuple[Format, Task, list[LogInput]]],
    scanner: Scanner,
    jobs: int | None,
    size: float,
    keeper: Keeper | None,
) -> Iterator[tuple[Task, Found]]:
    """Every task and what came of it, in order: here, or in several processes when there is enough to do."""
    count = min(jobs or os.cpu_count() or 1, int(size // WORTH_A_PROCESS) + 1)
    if count <= 1 or not scanner.rules.key or keeper is not None:  # what is kept goes into one file a format, in order
        for form, task, logs in tasks:
            if scanner.interrupted:
                return
            yield task, scanner.scan(form, logs, on_batch=keeper.add if keeper is not None else None)
        return
    with Workers(count - 1, Setup(scanner.rules.key, scanner.sweep.indicators, scanner.most, scanner.tuning)) as workers:
        here = ((task, partial(scanner.scan, form, logs)) for form, task, logs in tasks)
        yield from workers.run(here, stopped=lambda: scanner.interrupted)


# What came of each task, in a file as soon as it is known: a hunt that was stopped goes on from there.
#
# The file begins with a mark and with what was asked. Then comes for each task, in the order of the hunt, which logs it was
# about, as they were, and what came of them. What was being written when a hunt ended is cut off, and so is all from the first
# task on whose logs are not what they were: what comes of a task hangs on those before it.
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
