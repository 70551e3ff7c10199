"""What a worker does: it takes tasks in their order and gives what it sees in them, counts, and what correlations count."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import RuleBook
from indicia.hunt.processes import workers
from indicia.hunt.processes.lean import without_pandas
from indicia.hunt.processes.tasks import Task
from indicia.hunt.processes.worker import scan_task
from indicia.hunt.sight.correlation import Feed
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.spark.keeping import KeptSightings, Tally, packed, tally_of
from indicia.spark.session import spare


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
    setup = workers.Setup(scanner.rules.key, scanner.sweep.indicators, scanner.most, scanner.tuning)
    with workers.Workers(1, setup) as beside:
        outcomes = beside.run((task, None) for _, task in numbered if task.format)
        for number, task in numbered:
            yield number, task, next(outcomes)[1].arrived() if task.format else Found()
