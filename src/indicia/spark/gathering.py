"""How what workers have found comes to the driver: first the counts of all of it, then those sightings that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from indicia.hunt.parts import rank_of
from indicia.hunt.sight.found import Found
from indicia.hunt.total import Total
from indicia.spark.keeping import Bounds, Kept, Place, bounds_of, unpacked, within
from indicia.spark.scanning import Fed, Scanned, Setup, Sum, Summed, scanner_of

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.core.broadcast import Broadcast

__all__ = ["Gathered", "add_up", "fed_in", "gathered"]

P = TypeVar("P", bound=Place)


class Gathered(NamedTuple, Generic[P]):
    """What was found in the logs of a source, in the order of the hunt: the sum of each place, and sightings."""

    sums: list[tuple[P, Sum]]
    kept: list[Kept]


def gathered(scanned: RDD[tuple[P, Scanned]], setup: Broadcast[Setup], most: int | None) -> Gathered[P]:
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


def _kept(setup: Broadcast[Setup], bounds: Bounds[P] | None, row: tuple[P, Scanned]) -> Iterator[tuple[P, Kept]]:
    place, each = row
    if isinstance(each, Kept):
        yield place, each if bounds is None else within(lambda: scanner_of(setup.value), bounds, place, each)
