"""What came of some logs, in records that can be added up, wherever they were read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from indicia.hunt.sight.correlation import Feed
from indicia.hunt.sight.notes import tells_success
from indicia.hunt.tuning import is_own
from indicia.records import Event, Outcome, Place, Problem, Sighting

# How many sightings are kept of each rule and each indicator. All matches are counted, whatever is kept.
MOST = 1_000  # sightings kept per rule and per indicator

Source = tuple[str, str | None, bool]  # a rule's id; where it is one, the indicator; whether it is of one's own


def source_of_sighting(sighting: Sighting) -> Source:
    """What a sighting counts for. What is one's own must not fill the place of what is not."""
    return sighting.rule, sighting.indicator, is_own(sighting)


class Quota:
    """Of each source the first `most` sightings are kept (None: all), and as many successes beyond them.

    Ten thousand scanners that were turned away must not hide the one request that was not. Sightings come in the order of the
    hunt; whoever sees only a part of them keeps at least what the whole would keep of that part.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._kept: defaultdict[Source, int] = defaultdict(int)
        self._succeeded: defaultdict[Source, int] = defaultdict(int)

    def is_closed(self, source: Source) -> bool:
        """Whether not even a success is wanted any more."""
        if not self._is_full(source):
            return False
        return not tells_success(source[0]) or self._succeeded[source] >= (self._most or 0)

    def takes(self, source: Source, sighting: Callable[[], Sighting]) -> bool:
        """Whether the next sighting is kept, which is then counted. It is put together only where its outcome decides."""
        if self._is_full(source):
            if self.is_closed(source) or sighting().outcome is not Outcome.SUCCESS:
                return False
            self._succeeded[source] += 1
        else:
            self._kept[source] += 1
        return True

    def kept(self, sightings: Iterable[Sighting]) -> Iterator[Sighting]:
        """Those that are kept, in their order."""
        for each in sightings:
            if self.takes(source_of_sighting(each), lambda each=each: each):  # type: ignore[misc]
                yield each

    def counts(self, source: Source) -> None:
        """Counts one that is kept without a question."""
        self._kept[source] += 1

    def _is_full(self, source: Source) -> bool:
        return self._most is not None and self._kept[source] >= self._most


# Events as they travel between processes: every text once, however many events hold it.
Texts = Callable[[str, str], str]  # gives the text that is held already, or holds this one: `dict.setdefault`


class _PackedEvent(msgspec.Struct, array_like=True, gc=False):
    """One event; but for its position and time, everything is a number: of a text, `names` of a list of texts."""

    names: int
    values: list[int]
    file: int
    position: int
    unit: int
    format: int
    time: datetime | None
    time_text: int
    host: int


class Packed(msgspec.Struct, array_like=True, gc=False):
    """Events and the texts in them; `names` are the lists of names that events have."""

    texts: list[str]
    names: list[tuple[str, ...]]
    events: list[_PackedEvent]


def pack(events: Sequence[Event]) -> Packed:
    """The events, packed."""
    texts: defaultdict[str, int] = defaultdict(count().__next__)
    names: defaultdict[tuple[str, ...], int] = defaultdict(count().__next__)
    number = texts.__getitem__
    packed = [
        _PackedEvent(
            names=names[tuple(event.fields)],
            values=list(map(number, event.fields.values())),
            file=number(event.place.file),
            position=event.place.position,
            unit=number(event.place.unit),
            format=number(event.format),
            time=event.time,
            time_text=number(event.time_text),
            host=number(event.host),
        )
        for event in events
    ]
    return Packed(list(texts), list(names), packed)


def unpack(packed: Packed, one: Texts) -> list[Event]:
    """The events again; those whose texts are held already share them."""
    texts = list(map(one, packed.texts, packed.texts))
    names = [tuple(map(one, some, some)) for some in packed.names]
    text = texts.__getitem__
    return [
        Event(
            place=Place(file=text(each.file), position=each.position, unit=text(each.unit)),
            format=text(each.format),
            time=each.time,
            time_text=text(each.time_text),
            host=text(each.host),
            fields=dict(zip(names[each.names], map(text, each.values), strict=True)),
        )
        for each in packed.events
    ]


K = TypeVar("K", int, str)
N = TypeVar("N", int, float)


class Counted(msgspec.Struct, array_like=True):
    """One file's reach, and its size. `format` is "" where it is no log that is known."""

    file: str
    format: str
    events: int
    oldest: int
    newest: int
    slots: list[int]
    bytes: int = 0
    host: str = ""  # as its first record names it
    asked: int = -1  # how many rules could be asked of it, where that is known of this log alone


class Seen(msgspec.Struct, array_like=True, gc=False):
    """A sighting that is not yet put together: the numbers of its rule or indicator (-1: none) and of its event, its fields."""

    rule: int
    indicator: int
    event: int
    fields: tuple[str, ...]


class Found(msgspec.Struct, array_like=True):
    """What came of some logs. `matches` counts per rule number, `hits` per indicator number, beyond what `seen` keeps.

    `shown` are the numbers of the rule book's guards that some event passed: the log sources that these logs show.
    `left_out` are matches that do not count, by reason (see tuning), `beyond` those that a correlation has too many of.
    `sightings` are those that are whole. On their way between processes the events are `packed`.
    """

    seen: list[Seen] = []
    events: list[Event] = []
    packed: Packed | None = None
    sightings: list[Sighting] = []
    matches: dict[int, int] = {}
    hits: dict[int, int] = {}
    files: list[Counted] = []
    problems: list[Problem] = []
    feed: list[Feed] = []
    shown: list[int] = []
    seconds: dict[str, float] = {}
    left_out: dict[str, int] = {}
    beyond: dict[str, int] = {}

    def leave_out(self, reason: str, count: int) -> None:
        """Counts matches that do not count."""
        if count:
            self.left_out[reason] = self.left_out.get(reason, 0) + count

    def to_travel(self) -> Found:
        """The same with the events packed."""
        return replace(self, events=[], packed=pack(self.events))

    def arrived(self) -> Found:
        """The same with the events unpacked."""
        if self.packed is None:
            return self
        texts: dict[str, str] = {}
        return replace(self, events=unpack(self.packed, texts.setdefault), packed=None)

    def count(self, other: Found) -> None:
        """Adds what another has counted and told, which is all of it but sightings and what correlations count."""
        _add(self.matches, other.matches)
        _add(self.hits, other.hits)
        _add(self.seconds, other.seconds)
        _add(self.left_out, other.left_out)
        _add(self.beyond, other.beyond)
        self.files += other.files
        self.problems += other.problems
        self.shown += other.shown


def _add(counts: dict[K, N], more: Mapping[K, N]) -> None:
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + number


def fold(problems: list[Problem], new: Problem) -> None:
    """Adds a problem.

    One of the same kind in the same file is counted with the first, so that bad logs do not fill the memory.
    """
    file = file_of(new)
    for index in range(len(problems) - 1, max(-1, len(problems) - 50), -1):
        old = problems[index]
        if old.what == new.what and file_of(old) == file:
            problems[index] = replace(old, count=old.count + new.count)
            return
    problems.append(new)


_WITHIN = re.compile(r"(?::| chunk | record )\d+$")  # how formats tell where in a log something is


def file_of(problem: Problem) -> str:
    """The log that a problem with a log is about: `u_ex.log:17` -> `u_ex.log`."""
    return _WITHIN.sub("", problem.where)


def line_of(problem: Problem) -> int:
    """The line or record that a problem with a log is about; 0 where it names none."""
    found = _WITHIN.search(problem.where)
    return int("".join(filter(str.isdigit, found[0]))) if found else 0
