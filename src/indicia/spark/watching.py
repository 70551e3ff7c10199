"""A hunt through a table that grows: what has come since is gone through as a stream, and each sighting is told once.

What correlations count is kept from batch to batch, of each group no more than they can still ask for. A match of theirs is
told when nothing that comes in time can change it: when the newest event is newer by as much as events may come late.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import msgspec
from pyspark import StorageLevel

from indicia.hunt.events import NO_TIME
from indicia.hunt.match.book import load_rules
from indicia.hunt.merge import Total
from indicia.hunt.parts import Part, beyond_bound, of_correlations
from indicia.hunt.rules.ir import Correlation
from indicia.hunt.sight.correlation import Feed, correlated_until, delay_of
from indicia.hunt.sight.found import MOST
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Problem, Record, Severity, Sighting, Tlp, shown_marking, to_json
from indicia.spark.hunting import BESIDE, InHunt, Key, Matches, add_up, gathered, in_hunt_order, placed, spread
from indicia.spark.scanning import Fed, WorkerSetup
from indicia.spark.session import clear_errors
from indicia.spark.tables import (
    CHECKPOINT,
    TOLD,
    ColumnMeanings,
    SparkTable,
    TimeSpan,
    fed_of_runs,
    load_table,
    may_go_on,
    scanned,
    stream_table,
    to_hunt,
)

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession

LATE = timedelta(hours=1)
_BEGINNING = -(1 << 62)  # before all times
_PLACES = 1 << 32  # of what correlations count in one batch
_Member = tuple[Key, tuple[InHunt, bytes]]
_Row = tuple[str, int, str, str, str]


class WatchReport(msgspec.Struct):
    """What one call has come to: events, sightings, and what could not be read or counted."""

    events: int = 0
    sightings: int = 0
    problems: list[Problem] = []


class WatchState(NamedTuple):
    """What a batch leaves to the next: the time (microseconds) until which correlations have counted, what they still need."""

    until: int
    waiting: RDD[_Member]


class Stepped(NamedTuple):
    """What a group has come to: its matches, and what is kept of it."""

    matches: Matches
    kept: list[_Member]


class _Step(NamedTuple):
    """How far a correlation counts in a batch, in microseconds."""

    rule: Correlation
    before: int
    until: int


def watch(
    session: SparkSession,
    table: SparkTable,
    out: str,
    *,
    rules: Sequence[Path] = (),
    builtin: bool = True,
    indicators: Iterable[IndicatorSought] = (),
    columns: ColumnMeanings | None = None,
    tuning: Tuning = NO_TUNING,
    late: timedelta = LATE,
    most: int | None = MOST,
    at_once: int = 1 << 27,
) -> WatchReport:
    """Goes through what a table has gained since the last call, and adds what is found to a folder of Parquet, batch by batch.

    Its rows are `kind` (sightings, problems; `progress` and `waiting` are for the next call), `number`, `id`, `marking`, and
    `row`: JSON. What was stopped or killed goes on with the batch that it was at. Events may come `late`, by their own time:
    those that come later are matched all the same, but no correlation counts them, which is told. `most` bounds the sightings
    of each rule in a batch, `at_once` the bytes of files in it for each core. Raises: InputError where the table cannot be
    opened or does not say where its rows stand, or the folder holds something else.
    """
    context = session.sparkContext
    book, problems = load_rules(rules, builtin=builtin)
    sought = tuple(indicators)
    scanner = Scanner(book, sought, most, tuning)
    setup = context.broadcast(WorkerSetup(*book.sent(), sought, most, tuning, uuid4().hex))
    may_go_on(session, out)
    rows = load_table(session, table)
    told = WatchReport(problems=list(problems))

    def of_batch(some: DataFrame, number: int) -> None:
        # A batch is written as a whole or again, under its own name, so that nothing is told twice.
        came = scanned(some, setup, number).persist(StorageLevel.DISK_ONLY)
        runs = gathered(came, setup, most)
        fed = fed_of_runs(came, (run for run, _ in runs.sums), number * _PLACES)
        total = Total(scanner, most)
        add_up(total, [runs])
        part = total.part({})
        before = _state(session, out, number - 1)
        until = max(before.until, _newest(part) - late // timedelta(microseconds=1))
        found, kept = _counted(fed, before, until, book.correlations, tuning)
        found = [*chain.from_iterable(part.sightings.values()), *found]
        said = [
            *part.problems,
            *beyond_bound(part.rules, part.hits, found, most),
            *_too_late(fed, before.until),
        ]
        told.events += (events := sum(file.events for file in part.files))
        told.sightings += len(found)
        told.problems += said
        progress = msgspec.json.encode({"until": until, "events": events}).decode()
        lines = [*_rows("sightings", found), *_rows("problems", said), ("progress", number, "", _MARKING, progress)]
        written = context.parallelize(lines, 1).union(kept.map(_waiting))
        session.createDataFrame(written, TOLD).write.partitionBy("kind").mode("overwrite").parquet(_batch(out, number))
        came.unpersist()

    with clear_errors():
        stream = stream_table(session, table, rows, at_once * int(context.defaultParallelism))
        chosen = to_hunt(stream, table, columns, TimeSpan(tuning.since, tuning.until))
        begun = chosen.writeStream.foreachBatch(of_batch).option("checkpointLocation", f"{out}/{CHECKPOINT}")
        begun.trigger(availableNow=True).start().awaitTermination()
    return told


_MARKING = shown_marking(Tlp.AMBER)  # as all that was found in our own logs


def _batch(out: str, number: int) -> str:
    return f"{out}/batch={number:06}"


def _rows(kind: str, records: Sequence[Record]) -> Iterator[_Row]:
    for number, each in enumerate(records):
        yield kind, number, str(getattr(each, "id", "")), _MARKING, to_json(each).decode()


def _newest(part: Part) -> int:
    """The time of the newest event; no later than now, so that one wrong clock does not make all others late."""
    times = [file.newest for file in part.files if file.newest != NO_TIME]
    return min(max(times, default=_BEGINNING), time.time_ns() // 1_000)


def _state(session: SparkSession, out: str, number: int) -> WatchState:
    if number < 0:
        return WatchState(_BEGINNING, session.sparkContext.emptyRDD())
    rows = session.read.schema(TOLD).parquet(_batch(out, number))
    (progress,) = rows.filter("kind = 'progress'").select("row").collect()
    until: int = msgspec.json.decode(progress[0])["until"]
    return WatchState(until, rows.filter("kind = 'waiting'").select("row").rdd.map(lambda row: _waited(row[0])))


def _waiting(member: _Member) -> _Row:
    (name, _), (place, data) = member
    feed = msgspec.msgpack.decode(data, type=Feed)
    return "waiting", 0, name, _MARKING, msgspec.json.encode((place, feed)).decode()


def _waited(row: str) -> _Member:
    place, feed = msgspec.json.decode(row, type=tuple[InHunt, Feed])
    return (feed.correlation, feed.group), (place, msgspec.msgpack.encode(feed))


def _too_late(fed: RDD[Fed], until: int) -> Iterator[Problem]:
    if count := int(fed.map(lambda each: sum(feed.time <= until for feed in each.feed)).sum()):
        what = "matches came later than events may, and no correlation counts them"
        yield Problem(where="watch", what=what, severity=Severity.SKIPPED, count=count)


def _counted(
    fed: RDD[Fed], before: WatchState, until: int, correlations: Sequence[Correlation], tuning: Tuning
) -> tuple[list[Sighting], RDD[_Member]]:
    """The sightings of correlations that have become certain, and what is kept for the next batch."""
    context, since = fed.context, before.until
    named = {each.id or each.name: each for each in correlations}
    steps = {name: _Step(each, since - back, until - back) for name, each in named.items() for back in (delay_of(each, named),)}
    of_events = {name for name, each in named.items() if named.keys().isdisjoint(each.rules)}
    members = fed.flatMap(partial(_in_time, since)).union(before.waiting).persist(StorageLevel.DISK_ONLY)
    kept: list[RDD[_Member]] = []

    def stepped(mine: RDD[_Member]) -> list[Matches]:
        groups = mine.groupByKey(int(context.defaultParallelism), partitionFunc=spread)
        came = groups.map(partial(_stepped, steps)).persist(StorageLevel.DISK_ONLY)
        kept.append(came.flatMap(attrgetter("kept")))
        return [each for each in came.map(attrgetter("matches")).collect() if each[2]]

    together = stepped(members.filter(lambda member: member[0][0] in of_events)) if of_events else []

    def count(rule: Correlation, more: Sequence[Feed]) -> list[Feed]:
        name = rule.id or rule.name
        if name in of_events:
            return in_hunt_order(each for each in together if each[0] == name)
        beside = context.parallelize(list(placed(Fed(BESIDE, list(more)))), 1)
        return in_hunt_order(stepped(members.filter(lambda member: member[0][0] == name).union(beside)))

    found, _ = of_correlations(correlations, count, tuning, Counter())
    return found, context.union(kept) if kept else context.emptyRDD()


def _in_time(until: int, fed: Fed) -> Iterator[_Member]:
    return placed(fed._replace(feed=[feed for feed in fed.feed if feed.time > until]))


def _stepped(steps: dict[str, _Step], group: tuple[Key, Iterable[tuple[InHunt, bytes]]]) -> Stepped:
    key, members = group
    ordered = sorted(members)
    feeds = [msgspec.msgpack.decode(data, type=Feed) for _, data in ordered]
    member_of = dict(zip(map(id, feeds), ordered, strict=True))
    step = steps[key[0]]
    hits, kept = correlated_until(step.rule, feeds, step.before, step.until)
    return Stepped((key[0], ordered[0][0], hits), [(key, member_of[id(each)]) for each in kept])
