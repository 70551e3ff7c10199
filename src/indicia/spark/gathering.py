"""How what workers have found comes to the driver: first the counts of all of it, then those sightings that are kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec

from indicia.hunt.parts import Count, rank_of
from indicia.hunt.rules.ir import Correlation
from indicia.hunt.sight.correlation import Feed, by_time, correlated_in_group
from indicia.hunt.sight.found import Found
from indicia.hunt.total import Total
from indicia.spark.keeping import Bounds, HuntPlace, KeptSightings, bounds_of, unpacked, within
from indicia.spark.scanning import Fed, Scanned, Sum, Summed, WorkerSetup, scanner_of

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.core.broadcast import Broadcast

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
    found: list[Matches] = (
        groups.map(lambda group: matches_in(rules[group[0][0]], group[0], group[1])).filter(_has_any).collect()
    )
    return found


def _has_any(matches: Matches) -> bool:
    return bool(matches[2])


def spread(key: Key) -> int:
    """A number that is the same in every process, which a hash of texts is not."""
    return zlib.crc32(msgspec.msgpack.encode(key))
