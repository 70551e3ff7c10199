"""What a worker does: it takes tasks in their order and gives what it sees in them, counts, and what correlations count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import count
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec
import pyarrow as pa

from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import RuleBook
from indicia.hunt.processes import Setup, Task, Workers, without_pandas
from indicia.hunt.sight.correlation import Feed
from indicia.hunt.sight.found import Found, Seen, Source, source_of_sighting
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.notes import tells_success
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.hunt.worker import scan_task
from indicia.records import Outcome, Sighting
from indicia.spark.session import spare


# Which sightings the driver is sent: those that the whole hunt keeps, and few others.
#
# Every worker keeps of its logs at least what the whole keeps of them. It tells how many sightings of each source that are; the
# driver adds these up in the order of the hunt, and says from where on nothing more of a source is wanted.
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


class WorkerSetup(NamedTuple):
    """What every worker is told once: rules, by a name for their content, indicators, how many are kept, what counts.

    `hunt` names the hunt.
    """

    rules: str
    book: bytes
    indicators: tuple[IndicatorSought, ...]
    most: int | None
    tuning: Tuning = NO_TUNING
    hunt: str = ""


class Stand(NamedTuple):
    """Where logs stand in a hunt: `source` are files or one table."""

    source: Hashable
    place: Any


class Fed(NamedTuple):
    """What one task has for correlations, in the order of its events."""

    task: int
    feed: list[Feed]


class Sum(msgspec.Struct, array_like=True):
    """What was counted and told in the logs of a place, and how many sightings of each source are kept."""

    found: Found = msgspec.field(default_factory=Found)
    tally: list[Tally] = []


class Summed(NamedTuple):
    """The same as bytes, as it is sent."""

    data: bytes


Scanned = Fed | KeptSightings | Summed


class _Standing(NamedTuple):
    """A scanner that lives as long as its process, and the logs that it had last: of which hunt, and where they stand."""

    scanner: Scanner
    hunt: tuple[str, Hashable]
    place: Any


_standing: dict[
    tuple[str, tuple[IndicatorSought, ...], int | None, Tuning], _Standing
] = {}  # one; a hunt with other rules pushes it out


def scanner_of(setup: WorkerSetup, stand: Stand | None = None) -> Scanner:
    """The scanner of this process for the logs that stand there; None: to put together what was seen.

    Where it has had logs of the same hunt that stand before, it goes on behind them: what it has kept enough of in these the
    whole hunt has, too, whatever else there is. Otherwise it is as if nothing had been scanned yet.
    """
    key = setup.rules, setup.indicators, setup.most, setup.tuning
    found = _standing.get(key)
    if found is None:
        without_pandas()
        _standing.clear()
        scanner = Scanner(RuleBook.received(setup.rules, setup.book), setup.indicators, setup.most, setup.tuning)
        found = _standing[key] = _Standing(scanner, ("", None), None)
    if stand is not None:
        hunt = setup.hunt, stand.source
        found.scanner.begin(behind=bool(setup.hunt) and found.hunt == hunt and found.place < stand.place)
        _standing[key] = found._replace(hunt=hunt, place=stand.place)
    return found.scanner


def scan(setup: WorkerSetup, stand: Stand, tasks: Iterable[tuple[int, Task]], *, again: bool = False) -> Iterator[Scanned]:
    """What is in the tasks (numbered, in order) of one place, task by task, and in the end what was counted in all of them.

    `again`: a worker ended at these tasks. They are scanned beside this process, so that only what ends a process is lost, and
    told, as on one machine.
    """
    with without_collecting():
        scanner = scanner_of(setup, stand)
        total = Sum()
        for number, task, found in (_scanned_beside if again and scanner.rules.key else _scanned_here)(scanner, tasks):
            yield from sent(scanner, number, task.format, found if task.format else _in_bytes(scanner, task), total)
        spare(setup.rules)
        yield Summed(packed(total))


def sent(scanner: Scanner, number: int, form: str, found: Found, total: Sum) -> Iterator[Fed | KeptSightings]:
    """What correlations count and the sightings in what came of one task, as they are sent; the rest is added to the total."""
    total.found.count(found)
    total.tally += tally_of(scanner, found)
    if found.feed:
        yield Fed(number, found.feed)
    if found.seen or found.sightings:
        yield KeptSightings(form, packed(Found(seen=found.seen, events=found.events, sightings=found.sightings).to_travel()))


_Came = tuple[int, Task, Found]


def _in_bytes(scanner: Scanner, task: Task) -> Found:
    """What is in the bytes of files of no known kind."""
    whole = Found()
    for part in task.parts:
        if (log := log_named(part.name, part.at)) is not None:
            found = scanner.scan_raw(log)
            whole.count(found)
            whole.sightings += found.sightings
    return whole


def _scanned_here(scanner: Scanner, tasks: Iterable[tuple[int, Task]]) -> Iterator[_Came]:
    for number, task in tasks:
        yield number, task, scan_task(scanner, task) if task.format else Found()


def _scanned_beside(scanner: Scanner, tasks: Iterable[tuple[int, Task]]) -> Iterator[_Came]:
    numbered = list(tasks)
    setup = Setup(scanner.rules.key, scanner.sweep.indicators, scanner.most, scanner.tuning)
    with Workers(1, setup) as beside:
        outcomes = beside.run((task, None) for _, task in numbered if task.format)
        for number, task in numbered:
            yield number, task, next(outcomes)[1].arrived() if task.format else Found()
