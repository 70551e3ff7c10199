"""The hunt on Spark from end to end: the workers find what is in files and scan them, the driver puts together what is kept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from pyspark import StorageLevel, TaskContext

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import FileAt, FileState, changed_since, find_files, logs_in, state_of, what_it_is
from indicia.hunt.match.book import load_rules
from indicia.hunt.parts import join
from indicia.hunt.processes.tasks import LogPart, Task, packed, pieces_of, task_of
from indicia.hunt.sight.found import MOST
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.total import Total
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem
from indicia.spark.gathering import Gathered, add_up, count_with, fed_in, gathered
from indicia.spark.scanning import Scanned, Stand, WorkerSetup, scan
from indicia.spark.session import clear_errors
from indicia.spark.tables import ColumnMeanings, SparkTable, TimeSpan, fed_of_runs, open_table, scanned

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext
    from pyspark.core.broadcast import Broadcast
    from pyspark.sql import SparkSession


# Logs cut into tasks, as one machine cuts them: files are looked into by the workers, tasks are packed by whoever asked.
class SeenLog(msgspec.Struct, frozen=True, array_like=True):
    """A log as a worker saw it: its format ("" where none fits), its size in bytes, its pieces, and the file that holds it.

    `told` says what a file is that is no log, where that is known.
    """

    name: str
    format: str
    size: int
    pieces: tuple[LogPart, ...]
    state: FileState | None
    told: str = ""


class HuntPlan(msgspec.Struct, frozen=True):
    """The tasks in the order of the hunt, the size of each log in bytes, and the files as they were when they were found."""

    tasks: tuple[Task, ...]
    bytes_of: dict[str, int]
    states: tuple[FileState, ...]


def files_of(paths: Sequence[Path]) -> list[FileAt | Problem]:
    """The files in `paths`, told as they were given and found from any folder of a machine that has them at the same place."""
    return [each if isinstance(each, Problem) else each._replace(path=each.path.absolute()) for each in find_files(paths)]


def look(file: FileAt) -> list[SeenLog | Problem]:
    """What is in one file. Large logs are cut here, for which they are read."""
    seen: list[SeenLog | Problem] = []
    for item in logs_in(file):
        if isinstance(item, Problem):
            seen.append(item)
            continue
        log, form = item
        pieces = (log,) if form is None else tuple(pieces_of(form, log))
        parts = tuple(LogPart(each.name, each.stretch, each.at, each.size) for each in pieces)
        told = "" if form is not None else what_it_is(log)
        seen.append(SeenLog(log.name, form.name if form else "", log.size, parts, state_of(log), told))
    return seen


def plan(items: Iterable[SeenLog | Problem], total: Total, *, raw: bool) -> HuntPlan:
    """Tasks for all logs by their formats, in the order of the hunt. What is no log is noted in `total`.

    `raw`: such files become tasks of no format, the first of all.
    """
    pieces: dict[str, list[LogPart]] = {name: [] for name in ("", *(form.name for form in FORMATS))}
    bytes_of: dict[str, int] = {}
    states: dict[FileState, None] = {}
    for item in items:
        if isinstance(item, Problem):
            total.passed_over(item)
            continue
        if item.state is not None:
            states[item.state] = None
        if not item.format:
            total.unknown(item.name, item.size, item.told)
            if not (raw and item.size):
                continue
        else:
            bytes_of[item.name] = item.size
        pieces[item.format] += item.pieces
    tasks = (task_of(form, some) for form, parts in pieces.items() for some in packed(parts))
    return HuntPlan(tuple(tasks), bytes_of, tuple(states))


PER_CORE = 16  # partitions: enough that all cores end together, few enough that each keeps its bounds over much


def hunt(
    paths: Sequence[Path],
    *,
    session: SparkSession,
    rules: Sequence[Path] = (),
    builtin: bool = True,
    indicators: Iterable[IndicatorSought] = (),
    raw: bool = False,
    most: int | None = MOST,
    tables: Sequence[SparkTable] = (),
    columns: ColumnMeanings | None = None,
    tuning: Tuning = NO_TUNING,
    partitions: int | None = None,
) -> Hunt:
    """What the logs in `paths` show, as `indicia.hunt.hunt` says it, by the workers of `session`.

    Every worker must find the files at the same place. `tables` are gone through as well, by the `columns` of a mapping where
    there is one; where their time is known only the rows in the time of `tuning` are read, and before it as far as correlations
    look back. `partitions` is in how many pieces the files go to the workers; the answer does not depend on it. Raises:
    InputError for a rule path that is not there or a table that cannot be opened, IndiciaError where Spark gives up.
    """
    begun = time.perf_counter()
    context = session.sparkContext
    book, problems = load_rules(rules, builtin=builtin)
    sought = tuple(indicators)
    total = Total(Scanner(book, sought, most, tuning), most)
    total.counted.problems += problems
    back = timedelta(seconds=max((each.seconds for each in book.correlations), default=0))
    wider = TimeSpan(tuning.since and tuning.since - back, tuning.until)
    with clear_errors(), without_collecting():
        planned = plan(_seen(context, files_of(paths)), total, raw=raw and bool(sought))
        pieces = partitions or _pieces(context, len(planned.tasks))
        setup = context.broadcast(WorkerSetup(*book.sent(), sought, most, tuning, uuid4().hex))
        held: list[RDD[Any]] = [_scanned(context, setup, planned.tasks, pieces).persist(StorageLevel.DISK_ONLY)]
        found: list[Gathered[Any]] = [gathered(held[0], setup, most)]
        fed = [held[0].flatMap(fed_in)]
        first = len(planned.tasks)
        for number, table in enumerate(tables):
            rows = scanned(open_table(session, table, columns, wider), setup, number).persist(StorageLevel.DISK_ONLY)
            held.append(rows)
            found.append(gathered(rows, setup, most))
            fed.append(fed_of_runs(rows, (run for run, _ in found[-1].sums), first))
            first += len(found[-1].sums)
        add_up(total, found)
        changed = context.parallelize(planned.states, _pieces(context, len(planned.states))).flatMap(_changed).collect()
        total.counted.problems += changed
        count = count_with(context.union(fed), book.correlations, pieces) if book.correlations else None
        result = join((total.part(planned.bytes_of),), most=most, count=count, tuning=tuning)
        for each in held:
            each.unpersist()
        setup.destroy()
    seconds = dict(result.stats) | {"total": time.perf_counter() - begun}
    return replace(result, stats=tuple(sorted(seconds.items())))


def _pieces(context: SparkContext, things: int) -> int:
    return max(1, min(things, int(context.defaultParallelism) * PER_CORE))


def _seen(context: SparkContext, files: Sequence[FileAt | Problem]) -> Iterator[SeenLog | Problem]:
    """What is in each file, in their order."""
    places = [each for each in files if not isinstance(each, Problem)]
    looked = iter(context.parallelize(places, _pieces(context, len(places))).map(look).collect())
    for each in files:
        yield from (each,) if isinstance(each, Problem) else next(looked)


def _scanned(
    context: SparkContext, setup: Broadcast[WorkerSetup], tasks: Sequence[Task], pieces: int
) -> RDD[tuple[int, Scanned]]:
    """What comes of the tasks, piece by piece."""

    def of_piece(index: int, some: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Scanned]]:
        task = TaskContext.get()
        again = task is not None and task.attemptNumber() > 0
        for each in scan(setup.value, Stand("files", index), some, again=again):
            yield index, each

    return context.parallelize(list(enumerate(tasks)), pieces).mapPartitionsWithIndex(of_piece)


def _changed(state: FileState) -> Iterator[Problem]:
    if (problem := changed_since(state)) is not None:
        yield problem
