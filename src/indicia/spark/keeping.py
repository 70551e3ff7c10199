"""Which sightings the driver is sent: those that the whole hunt keeps, and few others.

Every worker keeps of its logs at least what the whole keeps of them. It tells how many sightings of each source that are; the
driver adds these up in the order of the hunt, and says from where on nothing more of a source is wanted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec
import pyarrow as pa

from indicia.hunt.sight.found import Found, Seen, Source, source_of_sighting
from indicia.hunt.sight.notes import tells_success
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.records import Outcome, Sighting


class HuntPlace(Protocol):
    """Where logs stand in a hunt: the number of a piece, or a run of rows."""

    def __lt__(self, other: Any, /) -> bool: ...
    def __ge__(self, other: Any, /) -> bool: ...
    def __hash__(self) -> int: ...


P = TypeVar("P", bound=HuntPlace)
T = TypeVar("T")
_LENGTH = 8  # bytes that say how many there are when they are unpacked


class KeptSightings(NamedTuple):
    """The sightings in logs of one format, packed."""

    form: str
    data: bytes


class Tally(msgspec.Struct, array_like=True):
    """How many sightings of a source are kept, and where successes are kept beyond the bound, how many of them succeeded."""

    source: Source
    kept: int
    succeeded: int


class Bounds(NamedTuple, Generic[P]):
    """From which place on no more sightings of a source are wanted but successes, and from which on not even those.

    `beyond` are the places that have any which are not wanted.
    """

    full: dict[Source, P]
    closed: dict[Source, P]
    beyond: frozenset[P]


def packed(value: object) -> bytes:
    """A value as bytes, compressed: a thousand sightings of a rule say much alike."""
    data = msgspec.msgpack.encode(value)
    return len(data).to_bytes(_LENGTH, "big") + bytes(pa.compress(data, codec="zstd", asbytes=True))


def unpacked(data: bytes, kind: type[T]) -> T:
    """The value again."""
    size = int.from_bytes(data[:_LENGTH], "big")
    with without_collecting():
        return msgspec.msgpack.decode(pa.decompress(data[_LENGTH:], size, codec="zstd", asbytes=True), type=kind)


def tally_of(scanner: Scanner, found: Found) -> list[Tally]:
    """What is kept of each source in some logs."""
    kept, succeeded = Counter[Source](), Counter[Source]()
    for source, outcome, _ in _each_seen(scanner, found):
        kept[source] += 1
        succeeded[source] += tells_success(source[0]) and outcome() is Outcome.SUCCESS
    return [Tally(source, many, succeeded[source]) for source, many in kept.items()]


def bounds_of(tallies: Iterable[tuple[P, Iterable[Tally]]], most: int) -> Bounds[P]:
    """What follows from the tallies of all pieces of a hunt, in their order."""
    full, closed, beyond = dict[Source, P](), dict[Source, P](), set[P]()
    kept, succeeded = Counter[Source](), Counter[Source]()
    for place, tally in tallies:
        for each in tally:
            if kept[each.source] >= most:
                full.setdefault(each.source, place)
                beyond.add(place)
            if succeeded[each.source] >= 2 * most:  # whatever the first `most` are, as many successes are kept behind them
                closed.setdefault(each.source, place)
        for each in tally:
            kept[each.source] += each.kept
            succeeded[each.source] += each.succeeded
    return Bounds(full, closed, frozenset(beyond))


def within(scanner: Callable[[], Scanner], bounds: Bounds[P], place: P, kept: KeptSightings) -> KeptSightings:
    """Those sightings of a place that are wanted."""
    if place not in bounds.beyond:
        return kept
    full, closed = ({source for source, since in some.items() if place >= since} for some in (bounds.full, bounds.closed))
    found = unpacked(kept.data, Found).arrived()
    wanted = Found()
    numbers: defaultdict[int, int] = defaultdict(count().__next__)
    for source, outcome, seen in _each_seen(scanner(), found):
        if source in full and (source in closed or not tells_success(source[0]) or outcome() is not Outcome.SUCCESS):
            continue
        if isinstance(seen, Seen):
            wanted.seen.append(Seen(seen.rule, seen.indicator, numbers[seen.event], seen.fields))
        else:
            wanted.sightings.append(seen)
    wanted.events = [found.events[number] for number in numbers]
    return KeptSightings(kept.form, packed(wanted.to_travel()))


def _each_seen(scanner: Scanner, found: Found) -> Iterator[tuple[Source, Callable[[], Outcome], Seen | Sighting]]:
    for whole in found.sightings:
        yield source_of_sighting(whole), lambda whole=whole: whole.outcome, whole  # type: ignore[misc]
    for seen in found.seen:
        event = found.events[seen.event]
        yield scanner.source_of(seen, event), lambda seen=seen, event=event: scanner.sighting(seen, event).outcome, seen  # type: ignore[misc]
