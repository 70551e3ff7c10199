"""The sightings of a case as a page asks for them: filtered, counted by facet, in order, a few records at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from indicia.case import Columns, Store
from indicia.knowledge import Knowledge
from indicia.records import Case, Context, MentionKind, Outcome, Rank, RuleLevel, Sighting, Stage
from indicia.view.drawing import HEAT, Cell
from indicia.view.inert import visible
from indicia.view.moments import Moment, moments
from indicia.view.notes import Index, Notes

FACETS = ("rule", "host", "stage", "technique", "outcome", "level")
SORTS = ("time", "level", "host", "stage", "rule")
MOST_VALUES = 200  # of one facet
_DAY = 86_400  # seconds
_AT_ONCE = 5_000  # records in memory while many are gone through
_ORDER = {"level": [one.value for one in reversed(RuleLevel)], "stage": [one.value for one in Stage]}
Mask = npt.NDArray[np.bool_]


class Filtered(msgspec.Struct, frozen=True):
    """What the filters leave: places in order, how often each value of each facet would be left, and sightings by day."""

    places: npt.NDArray[np.int64]
    facets: dict[str, list[tuple[str, int]]]
    days: dict[str, int]

    def __len__(self) -> int:
        return len(self.places)


class Sightings:
    """Counts on the columns, reads from the store. Values are made visible, so that an address holds what a page shows."""

    def __init__(self, store: Store, columns: Columns) -> None:
        self.store = store
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns)

    @cached_property
    def _shown(self) -> dict[str, list[tuple[str, ...]]]:
        """For each column, what each number is shown as. A sighting may show several techniques, and everything else once."""
        names = self.columns.names
        shown: dict[str, list[tuple[str, ...]]] = {
            name: [(visible(value),) for value in names[name]] for name in (*FACETS, "chain") if name != "technique"
        }
        shown["technique"] = [tuple(map(visible, parts)) for parts in self.columns.techniques]
        return shown

    @cached_property
    def _codes(self) -> dict[str, dict[str, list[int]]]:
        """For each column, the numbers behind what is shown."""
        found: dict[str, dict[str, list[int]]] = {}
        for name, column in self._shown.items():
            mine: dict[str, list[int]] = defaultdict(list)
            for number, values in enumerate(column):
                for value in values:
                    mine[value].append(number)
            found[name] = dict(mine)
        return found

    def has(self, name: str, value: str) -> bool:
        return value in self._codes[name]

    def find(
        self,
        wanted: Mapping[str, str],
        *,
        among: Sequence[int] | None = None,
        since: date | None = None,
        until: date | None = None,
        words: str = "",
        inside: bool = False,
        sort: str = "time",
        descending: bool = False,
    ) -> Filtered:
        """`wanted` maps facets (and `chain`) to a value; `among` are the only places to look at; days are inclusive; `inside`
        looks for `words` in the middle of words too, which takes a while."""
        size = len(self)
        base = np.ones(size, bool)
        if among is not None:
            base[:] = False
            base[[place for place in among if 0 <= place < size]] = True
        seconds = self.columns.seconds
        if since:
            base &= seconds >= _second(since)
        if until:
            base &= (seconds < _second(until) + _DAY) & (seconds >= 0)
        if words:
            base &= self._with_words(words, inside)
        masks = {name: self._mask(name, value) for name, value in wanted.items()}
        left = base.copy()
        for mask in masks.values():
            left &= mask
        facets = {name: self._counts(name, base, masks, left) for name in FACETS}
        places = np.flatnonzero(left)
        days = self._days(places)
        if sort in SORTS and sort != "time":
            places = places[np.argsort(self._rank(sort)[self.columns.codes[sort][places]], kind="stable")]
        elif sort == "time":
            places = places[np.argsort(seconds[places], kind="stable")]
        if descending:
            places = places[::-1]
        return Filtered(places=places, facets=facets, days=days)

    def _mask(self, name: str, value: str) -> Mask:
        numbers = self._codes[name].get(value, [])
        mask: Mask = self._chosen(name, numbers)[self.columns.codes[name]]
        return mask

    def _chosen(self, name: str, numbers: Sequence[int]) -> Mask:
        chosen = np.zeros(max(1, len(self.columns.names[name])), bool)
        chosen[list(numbers)] = True
        return chosen

    def _with_words(self, words: str, inside: bool) -> Mask:
        """Where a rule's title or a host holds the words, or a log line does, as the store finds them."""
        folded = words.casefold()
        mask = np.zeros(len(self), bool)
        for name in ("rule", "host"):
            numbers = [number for number, (value, *_) in enumerate(self._shown[name]) if folded in value.casefold()]
            mask |= self._chosen(name, numbers)[self.columns.codes[name]]
        found = np.array(self.store.numbers_with(words, inside=inside), np.int64)
        mask[self._places_of_numbers(found)] = True
        return mask

    def _places_of_numbers(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The places of the store's own numbers; those of earlier versions have none."""
        known, places = self._numbers
        if not len(known) or not len(numbers):
            return np.empty(0, np.int64)
        at = np.searchsorted(known, numbers)
        at[at == len(known)] = 0
        found: npt.NDArray[np.int64] = places[at[known[at] == numbers]]
        return found

    @cached_property
    def _numbers(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The store's numbers, sorted, and the place of each."""
        numbers = np.array(self.store.numbers(), np.int64)[: len(self)]
        places = np.argsort(numbers, kind="stable")
        return numbers[places], places

    def _counts(self, name: str, base: Mask, masks: Mapping[str, Mask], left: Mask) -> list[tuple[str, int]]:
        """How many there would be with each value of one facet, the other filters as they are."""
        if name in masks:
            left = base.copy()
            for other, mask in masks.items():
                if other != name:
                    left &= mask
        codes = self.columns.codes[name]
        numbers = np.bincount(codes if left.all() else codes[left], minlength=len(self.columns.names[name]))
        counts: dict[str, int] = defaultdict(int)
        for number in np.flatnonzero(numbers):
            for value in self._shown[name][number]:
                counts[value] += int(numbers[number])
        if name in _ORDER:
            order = {value: place for place, value in enumerate(_ORDER[name])}
            return sorted(counts.items(), key=lambda row: (order.get(row[0], 99), row[0]))
        return sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:MOST_VALUES]

    def _days(self, places: npt.NDArray[np.int64]) -> dict[str, int]:
        seconds = self.columns.seconds[places]
        numbers, counts = np.unique(seconds[seconds >= 0] // _DAY, return_counts=True)
        start = date(1970, 1, 1)
        return {
            (start + timedelta(days=int(number))).isoformat(): int(count)
            for number, count in zip(numbers, counts, strict=True)
            if number < 2_900_000
        }

    def _rank(self, name: str) -> npt.NDArray[np.int64]:
        """For each number of a column, its place in the order of its values."""
        values = self.columns.names[name]
        if name in _ORDER:
            order = {value: place for place, value in enumerate(_ORDER[name])}
            return np.array([order.get(value, 99) for value in values], np.int64)
        ranks = np.empty(len(values), np.int64)
        ranks[sorted(range(len(values)), key=lambda number: values[number].casefold())] = np.arange(len(values))
        return ranks

    def worked_by_day(self) -> dict[str, tuple[int, int]]:
        """For each day with sightings that are not mere attempts: how many, and the place of the first at the worst level."""
        numbers = [number for value, found in self._codes["outcome"].items() if value != "attempt" for number in found]
        places = np.flatnonzero(self._chosen("outcome", numbers)[self.columns.codes["outcome"]])
        counts = self._days(places)
        seconds, levels = self.columns.seconds[places], self._rank("level")[self.columns.codes["level"][places]]
        order = places[np.lexsort((seconds, levels, seconds // _DAY))]
        begins = np.searchsorted(
            self.columns.seconds[order] // _DAY, [_second(date.fromisoformat(day)) // _DAY for day in counts]
        )
        return {day: (count, int(order[begin])) for (day, count), begin in zip(counts.items(), begins, strict=True)}

    @cached_property
    def worst_by_chain(self) -> dict[str, str]:
        """For each chain the worst level among its sightings, those that are mere attempts only where it has no other."""
        chains, levels = self.columns.codes["chain"], self.columns.codes["level"]
        order = {one.value: place for place, one in enumerate(RuleLevel)}
        rank = np.array([order.get(value, 0) for value in self.columns.names["level"]] or [0], np.int64)
        attempt = np.array([value == "attempt" for value in self.columns.names["outcome"]] or [False], bool)
        score = rank[levels] + len(order) * ~attempt[self.columns.codes["outcome"]]
        best = np.full(max(1, len(self.columns.names["chain"])), -1, np.int64)
        np.maximum.at(best, chains, score)
        names = list(order)
        return {id: names[int(best[n]) % len(names)] for n, id in enumerate(self.columns.names["chain"]) if id and best[n] >= 0}

    def read(self, places: Sequence[int] | npt.NDArray[np.int64]) -> tuple[Sighting, ...]:
        """The records at these places."""
        return self.store.sightings_at([int(place) for place in places])

    def each(self, places: Sequence[int] | npt.NDArray[np.int64]) -> Iterator[Sighting]:
        """The same one by one, so that never all of them are in memory."""
        for start in range(0, len(places), _AT_ONCE):
            yield from self.read(places[start : start + _AT_ONCE])

    def by_id(self, ids: Sequence[str]) -> dict[str, Sighting]:
        """Those of `ids` that are sightings of this case."""
        places = self.store.places_of(list(dict.fromkeys(ids)))
        return {one.id: one for one in self.read(list(places.values()))}


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


# The techniques of a case by tactic, as hot as they are sure: worked, seen, tried, stated.
BEST = (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT)
RANKS = list(Rank)


class MatrixColumn(NamedTuple):
    """A column of the matrix: its name, and its techniques with their heat, the hottest first."""

    name: str
    cells: list[tuple[Cell, str]]


def matrix_of(case: Case, knowledge: Knowledge, sightings: Sightings) -> list[MatrixColumn]:
    """The tactics that have a technique which is seen or stated, in ATT&CK's order. Sightings are counted, all of them."""
    attack = knowledge.attack
    found: dict[str, tuple[Rank, int, Outcome]] = {}

    def add(value: str, rank: Rank, count: int, outcome: Outcome) -> None:
        row = attack.technique(value)
        if row is None:
            return
        before = found.get(row.id)
        if before is None or RANKS.index(rank) < RANKS.index(before[0]):
            found[row.id] = (rank, count, outcome)
        elif rank is before[0]:
            found[row.id] = (rank, before[1] + count, min(before[2], outcome, key=BEST.index))

    for (technique, outcome), count in _seen(sightings).items():
        add(technique, Rank.SEEN, count, Outcome(outcome))
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            add(mention.target or mention.value, Rank.STATED, 1, Outcome.UNKNOWN)
    by_tactic: dict[str, list[Cell]] = defaultdict(list)
    for id, (rank, count, outcome) in found.items():
        row = attack.technique(id)
        assert row is not None  # it was found there a moment ago
        cell = Cell(id=id, name=row.name, tactics=tuple(row.tactics), rank=rank, count=count, outcome=outcome)
        for tactic in row.tactics:
            by_tactic[tactic].append(cell)
    order = list(HEAT)
    tactics = [(one.name, by_tactic[one.shortname]) for one in sorted(attack.tactics, key=lambda one: one.order)]
    return [
        MatrixColumn(name, [(cell, cell.heat) for cell in sorted(cells, key=lambda cell: (order.index(cell.heat), cell.id))])
        for name, cells in tactics
        if cells
    ]


def _seen(sightings: Sightings) -> dict[tuple[str, str], int]:
    """How often each technique was sighted with each outcome."""
    columns = sightings.columns
    outcomes = columns.names["outcome"]
    if not len(columns):
        return {}
    keys = columns.codes["technique"].astype(np.int64) * len(outcomes) + columns.codes["outcome"]
    found: dict[tuple[str, str], int] = defaultdict(int)
    counts = np.bincount(keys, minlength=1)
    for key in np.flatnonzero(counts).tolist():
        for technique in columns.techniques[key // len(outcomes)]:
            found[(technique, outcomes[key % len(outcomes)])] += int(counts[key])
    return found


# Everything in a case that has a date, its sightings counted by day.
def moments_of(case: Case, index: Index, sightings: Sightings) -> list[Moment]:
    """All moments, by date; each day with sightings that are more than attempts is called by the worst of them."""
    if case.hunt is not None:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=()))
    found = moments(case, Notes(index))
    days = sightings.worked_by_day()
    worst = sightings.read([place for _, place in days.values()])
    for (day, (count, _)), one in zip(days.items(), worst, strict=True):
        label = one.title if count == 1 else f"{one.title}, and {count - 1:,} more"
        found.append(Moment(date=day, lane="ours", label=label, who=label, traces=(one.id,)))
    return sorted(found, key=lambda one: (one.date, one.lane, one.label))
