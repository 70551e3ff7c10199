"""What a worker does: it takes tasks in their order and gives what came of them as one part, and what correlations count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import pyarrow as pa

from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import RuleBook
from indicia.hunt.parts import Part
from indicia.hunt.processes import workers
from indicia.hunt.processes.lean import without_pandas
from indicia.hunt.processes.tasks import Task
from indicia.hunt.processes.worker import scan_task
from indicia.hunt.sight.correlation import Feed
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.hunt.total import Total
from indicia.hunt.tuning import NO_TUNING, Tuning

__all__ = ["Fed", "Setup", "read_part", "scan", "scanner_of", "write_part"]


_LENGTH = 8  # bytes that say how many there are when they are unpacked


class Setup(NamedTuple):
    """What every worker is told once: rules, by a name for their content, indicators, how many are kept, what counts."""

    rules: str
    book: bytes
    indicators: tuple[IndicatorSought, ...]
    most: int | None
    tuning: Tuning = NO_TUNING


class Fed(NamedTuple):
    """What one task has for correlations, in the order of its events."""

    task: int
    feed: list[Feed]


_scanners: dict[
    tuple[str, tuple[IndicatorSought, ...], int | None, Tuning], Scanner
] = {}  # as long as the worker lives; hunts with other rules push it out


def scanner_of(setup: Setup) -> Scanner:
    """The scanner of this process, as if nothing had been scanned yet."""
    key = setup.rules, setup.indicators, setup.most, setup.tuning
    found = _scanners.get(key)
    if found is None:
        without_pandas()
        _scanners.clear()
        found = _scanners[key] = Scanner(RuleBook.received(setup.rules, setup.book), setup.indicators, setup.most, setup.tuning)
    found.begin()
    return found


def scan(setup: Setup, tasks: Iterable[tuple[int, Task]], *, again: bool = False) -> Iterator[Fed | bytes]:
    """What correlations count, task by task, and in the end the part of all the tasks (numbered, in order), to be sent.

    `again`: a worker ended at these tasks. They are scanned beside this process, so that only what ends a process is lost, and
    told, as on one machine.
    """
    with without_collecting():
        scanner = scanner_of(setup)
        total = Total(scanner, setup.most)
        for number, task, found in (_scanned_beside if again and scanner.rules.key else _scanned_here)(scanner, tasks):
            if not task.format:
                for each in task.parts:
                    if (log := log_named(each.name, each.at)) is not None:
                        total.add_raw(log)
                continue
            if found.feed:
                yield Fed(number, found.feed)
                found.feed = []
            total.add(task.format, found)
        yield write_part(total.part({}, lean=True))


_Scanned = tuple[int, Task, Found]


def _scanned_here(scanner: Scanner, tasks: Iterable[tuple[int, Task]]) -> Iterator[_Scanned]:
    for number, task in tasks:
        yield number, task, scan_task(scanner, task) if task.format else Found()


def _scanned_beside(scanner: Scanner, tasks: Iterable[tuple[int, Task]]) -> Iterator[_Scanned]:
    numbered = list(tasks)
    setup = workers.Setup(scanner.rules.key, scanner.sweep.indicators, scanner.most, scanner.tuning)
    with workers.Workers(1, setup) as beside:
        outcomes = beside.run((task, None) for _, task in numbered if task.format)
        for number, task in numbered:
            yield number, task, next(outcomes)[1] if task.format else Found()


def write_part(part: Part) -> bytes:
    """A part as bytes: packed, since a thousand sightings of a rule say much alike, and Java holds several parts at once."""
    data = msgspec.msgpack.encode(part)
    return len(data).to_bytes(_LENGTH, "big") + bytes(pa.compress(data, codec="zstd", asbytes=True))


def read_part(data: bytes) -> Part:
    """The part again."""
    size = int.from_bytes(data[:_LENGTH], "big")
    with without_collecting():
        return msgspec.msgpack.decode(pa.decompress(data[_LENGTH:], size, codec="zstd", asbytes=True), type=Part)
