"""The hunt on Spark from end to end: workers find and scan what is in files, the driver gets counts, then what is kept."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from pyspark import StorageLevel, TaskContext

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import FileAt, FileState, changed_since, find_files, logs_in, state_of, what_it_is
from indicia.hunt.match.book import load_rules
from indicia.hunt.merge import Total
from indicia.hunt.parts import Count, join, rank_of
from indicia.hunt.processes import LogPart, Task, packed, pieces_of, task_of
from indicia.hunt.rules.ir import Correlation
from indicia.hunt.sight.correlation import Feed, by_time, correlated_in_group
from indicia.hunt.sight.found import MOST, Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem
from indicia.spark.scanning import (
    Bounds,
    Fed,
    HuntPlace,
    KeptSightings,
    Scanned,
    Stand,
    Sum,
    Summed,
    WorkerSetup,
    bounds_of,
    scan,
    scanner_of,
    unpacked,
    within,
)
from indicia.spark.session import clear_errors
from indicia.spark.tables import ColumnMeanings, SparkTable, TimeSpan, fed_of_runs, open_table, scanned

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext
    from pyspark.core.broadcast import Broadcast
    from pyspark.sql import SparkSession

P = TypeVar("P", bound=HuntPlace)


class Gathered(NamedTuple, Generic[P]):
    """What was found in the logs of a source, in the order of the hunt: the sum of each place, and sightings."""

    sums: list[tuple[P, Sum]]
    kept: list[KeptSightings]


def gathered(scanned: RDD[tuple[P, Scanned]], setup: Broadcast[WorkerSetup], most: int | None) -> Gathered[P]:
    """What was found. Of the sightings of each source hardly more come here than the whole hunt keeps."""
    sums = [(place, unpacked(each.data, Sum)) for place, each in sorted(scanned.flatMap(_summed).collect())]
    bounds = bounds_of(((place, each.tally) for place, each in sums), most) if most is not None else None
    kept = scanned.flatMap(partial(_kept, setup, bounds)).collect()
    return Gathered(sums, [each for _, each in sorted(kept, key=itemgetter(0))])


def add_up(total: Total, found: list[Gathered[Any]]) -> None:
    """Adds all of it, in the order of the hunt."""
    for _, each in (each for some in found for each in some.sums):
        total.counted.count(each.found)
    for kept in sorted((each for some in found for each in some.kept), key=lambda each: rank_of(each.form)):
        total.add(kept.form, unpacked(kept.data, Found))


def fed_in(row: tuple[P, Scanned]) -> Iterator[Fed]:
    """What correlations count, where it is that."""
    if isinstance(row[1], Fed):
        yield row[1]


def _summed(row: tuple[P, Scanned]) -> Iterator[tuple[P, Summed]]:
    if isinstance(row[1], Summed):
        yield row[0], row[1]


def _kept(setup: Broadcast[WorkerSetup], bounds: Bounds[P] | None, row: tuple[P, Scanned]) -> Iterator[tuple[P, KeptSightings]]:
    place, each = row
    if isinstance(each, KeptSightings):
        yield place, each if bounds is None else within(lambda: scanner_of(setup.value), bounds, place, each)


# Correlations by Spark's own shuffle: what one group counts comes together on one worker, and only the matches come back.
Key = tuple[str, tuple[str, ...]]  # a correlation and the values of its group-by fields
InHunt = tuple[int, int]  # of a match in the hunt: its task, and which of the task's it is
Matches = tuple[str, InHunt, list[Feed]]  # a correlation, where its group first appears, the group's matches
BESIDE = 1 << 62  # the task of what other correlations give: behind all events


def count_with(fed: RDD[Fed], correlations: Sequence[Correlation], partitions: int) -> Count:
    """What `join` asks for the matches of correlations. Those that ask for events alone are counted together, in one job."""
    named = {each.id or each.name: each for each in correlations}
    members = fed.flatMap(placed)
    of_events = {name: each for name, each in named.items() if named.keys().isdisjoint(each.rules)}
    counted: dict[str, list[Matches]] = {name: [] for name in of_events}
    for match in _counted(members.filter(lambda row: row[0][0] in counted), of_events, partitions):
        counted[match[0]].append(match)

    def count(rule: Correlation, more: Sequence[Feed]) -> list[Feed]:
        name = rule.id or rule.name
        if name in counted:
            return in_hunt_order(counted[name])
        mine = members.filter(lambda row: row[0][0] == name)
        if more:
            mine = mine.union(fed.context.parallelize(list(placed(Fed(BESIDE, list(more)))), 1))
        return in_hunt_order(_counted(mine, {name: rule}, partitions))

    return count


def in_hunt_order(groups: Iterable[Matches]) -> list[Feed]:
    """The matches of one correlation as one machine gives them: at the same place the group that appeared first."""
    return sorted((hit for _, _, hits in sorted(groups, key=lambda group: group[1]) for hit in hits), key=by_time)


def matches_in(rule: Correlation, key: Key, members: Iterable[tuple[InHunt, bytes]]) -> Matches:
    """The matches of one group, whatever order its members have come in."""
    ordered = sorted(members)
    feeds = [msgspec.msgpack.decode(data, type=Feed) for _, data in ordered]
    return key[0], ordered[0][0], list(correlated_in_group(rule, feeds))


def placed(fed: Fed) -> Iterator[tuple[Key, tuple[InHunt, bytes]]]:
    """What a task has for correlations, by group, each with its place."""
    for number, feed in enumerate(fed.feed):
        yield (feed.correlation, feed.group), ((fed.task, number), msgspec.msgpack.encode(feed))


def _counted(placed: RDD[tuple[Key, tuple[InHunt, bytes]]], rules: dict[str, Correlation], partitions: int) -> list[Matches]:
    groups = placed.groupByKey(partitions, partitionFunc=spread)
    matches = groups.map(lambda group: matches_in(rules[group[0][0]], group[0], group[1]))
    return list(matches.filter(itemgetter(2)).collect())


def spread(key: Key) -> int:
    """A number that is the same in every process, which a hash of texts is not."""
    return zlib.crc32(msgspec.msgpack.encode(key))


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
