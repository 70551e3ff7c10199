"""The hunt on Spark from end to end: the workers find what is in files and scan them, parts are joined as a tree."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from pyspark import StorageLevel, TaskContext

from indicia.hunt.logs.inputs import FileAt
from indicia.hunt.logs.unchanged import State, changed_since
from indicia.hunt.match.book import load_rules
from indicia.hunt.parts import Part, combine, join
from indicia.hunt.processes.tasks import Task
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.quota import MOST
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.total import Total
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem
from indicia.spark.counting import count_with
from indicia.spark.plan import SeenLog, files_of, look, plan, with_sizes
from indicia.spark.scanning import Fed, Setup, read_part, scan, write_part
from indicia.spark.session import clear_errors
from indicia.spark.tables import Came, Columns, Span, Table, numbered, open_table, scanned
from indicia.spark.tree import joined

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext
    from pyspark.core.broadcast import Broadcast
    from pyspark.sql import SparkSession

__all__ = ["combined", "fed_in", "hunt", "part_in"]

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
    tables: Sequence[Table] = (),
    columns: Columns | None = None,
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
    total.problems += problems
    back = timedelta(seconds=max((each.seconds for each in book.correlations), default=0))
    wider = Span(tuning.since and tuning.since - back, tuning.until)
    with clear_errors():
        planned = plan(_seen(context, files_of(paths)), total, raw=raw and bool(sought))
        pieces = partitions or _pieces(context, len(planned.tasks))
        setup = context.broadcast(Setup(*book.sent(), sought, most, tuning))
        came = [(_scanned(context, setup, planned.tasks, pieces).persist(StorageLevel.DISK_ONLY), pieces)]
        held: list[RDD[Came]] = []
        for table in tables:  # their runs are not known before they are gone through
            held.append(scanned(open_table(session, table, columns, wider), setup).persist(StorageLevel.DISK_ONLY))
            came.append(numbered(held[-1], len(planned.tasks) + sum(count for _, count in came)))
        parts = [part for some, count in came for part in joined(some.flatMap(part_in), count, partial(combined, most=most))]
        changed = context.parallelize(planned.states, _pieces(context, len(planned.states))).flatMap(_changed).collect()
        found = [total.part({}), *map(read_part, parts), Part(problems=tuple(changed))]
        fed = context.union([some.flatMap(fed_in) for some, _ in came])
        count = count_with(fed, book.correlations, pieces) if book.correlations else None
        with without_collecting():
            result = join([with_sizes(part, planned) for part in found], most=most, count=count, tuning=tuning)
        for each in (came[0][0], *held):
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
    context: SparkContext, setup: Broadcast[Setup], tasks: Sequence[Task], pieces: int
) -> RDD[tuple[int, Fed | bytes]]:
    """What comes of the tasks, piece by piece: what correlations count, and one part each."""

    def of_piece(index: int, some: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Fed | bytes]]:
        task = TaskContext.get()
        for each in scan(setup.value, some, again=task is not None and task.attemptNumber() > 0):
            yield index, each

    return context.parallelize(list(enumerate(tasks)), pieces).mapPartitionsWithIndex(of_piece)


def part_in(row: tuple[int, Fed | bytes]) -> Iterator[tuple[int, bytes]]:
    """The part of tasks, where it is one, with the number of the piece that it came of."""
    if isinstance(row[1], bytes):
        yield row[0], row[1]


def fed_in(row: tuple[int, Fed | bytes]) -> Iterator[Fed]:
    """What correlations count, where it is that."""
    if isinstance(row[1], Fed):
        yield row[1]


def combined(parts: list[bytes], most: int | None) -> bytes:
    """Parts of neighbours as one."""
    return write_part(combine(map(read_part, parts), most=most))


def _changed(state: State) -> Iterator[Problem]:
    if (problem := changed_since(state)) is not None:
        yield problem
