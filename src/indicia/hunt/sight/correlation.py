"""Correlation rules: counts and sequences of other rules' matches within a span of time, per value of the group-by fields.

References: SigmaHQ sigma-specification, "Sigma correlation rules specification" 2.1.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from math import ceil, fsum
from statistics import median
from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import replace

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.match.book import RuleHead
from indicia.hunt.match.literals import Ints
from indicia.hunt.match.reference import matches, number_of
from indicia.hunt.names import MACHINE, TEXT, field_key
from indicia.hunt.rules.ir import Correlation, CorrelationKind, Node, Not, fold
from indicia.hunt.sources.deeds import MOST_READ, NOBODY, Actor, actor_in, actor_of
from indicia.records import Event, Place

T = TypeVar("T")
_OF_HEADERS = frozenset({"host", "program", "pid", "message", "level"})  # beside these a line may name more
MOST_FED = 1_000_000  # matches that one correlation counts: what a flood of them adds says nothing new
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class Feed(msgspec.Struct, array_like=True, frozen=True):
    """One match of a rule that a correlation asks for: when, for which group, where it stands, and who did it from where."""

    correlation: str
    rule: str
    time: int  # microseconds since 1970
    group: tuple[str, ...]
    value: str
    file: str
    position: int
    unit: str
    host: str = ""
    who: str = ""
    origin: str = ""
    message: str = ""  # of a line of text, in which both stand: they are sought where they are asked for

    def actor(self) -> Actor:
        """Who did it, from where."""
        return actor_in(self.message) if self.message else Actor(self.who, self.origin)


def feed_of(batch: EventBatch, rule: RuleHead, rows: Ints, correlations: Iterable[Correlation]) -> list[Feed]:
    """The matches of `rule` as its correlations see them. An event without a time or without a group-by field takes no part."""
    name = rule.id or rule.name
    known: dict[Any, Any] = {}  # many matches say the same: one text, and one group, for all of a batch

    def one(value: T) -> T:
        return cast(T, known.setdefault(value, value))

    users = [each for each in correlations if name in each.rules]
    found = []
    for row in rows.tolist():
        time = int(batch.times[row])
        if time == NO_TIME:
            continue
        place = batch.place(row)
        _, host, told = batch.rebuild(row)
        fields = {field_key(key): value for key, value in told.items()}
        fields[MACHINE] = host or place.file
        message = told.get("message", "")[:MOST_READ] if batch.format in ("syslog", TEXT) and told.keys() <= _OF_HEADERS else ""
        actor = NOBODY if message else actor_of(_event(batch.format, place, host, told))
        for each in users:
            group = tuple(fields.get(field_key(_own(each, name, field)), "") for field in each.group_by)
            values = [fields.get(field_key(field), "") for field in each.fields]
            value = "\n".join(values)
            if "" in group or "" in values:
                continue
            identity = each.id or each.name
            found.append(
                Feed(
                    identity,
                    name,
                    time,
                    one(tuple(map(fold, group))),
                    one(fold(value)),
                    place.file,
                    place.position,
                    place.unit,
                    one(host),
                    one(actor.who),
                    one(actor.origin),
                    message,
                )
            )
    return found


def _event(log: str, place: Place, host: str, fields: Mapping[str, str]) -> Event:
    return Event(place=place, format=log, time=None, time_text="", host=host, fields=dict(fields))


def fed_within(feed: Iterable[Feed], counts: Counter[str]) -> tuple[list[Feed], Counter[str]]:
    """As much of a feed as its correlations count beside the `counts` before, to which it is added; how much more there was."""
    kept, beyond = [], Counter[str]()
    for each in feed:
        if counts[each.correlation] < MOST_FED:
            counts[each.correlation] += 1
            kept.append(each)
        else:
            beyond[each.correlation] += 1
    return kept, beyond


def _own(correlation: Correlation, rule: str, field: str) -> str:
    """What a group-by name is called in the events of a rule."""
    return next((own for alias, of, own in correlation.aliases if alias == field and of == rule), field)


def correlated(correlation: Correlation, feeds: Iterable[Feed]) -> list[Feed]:
    """The matches at which the correlation becomes true, in time order: one per group, and again only after a span without.

    What can only grow truer (at least so many) holds as soon as it does. What more matches can undo (exactly, at most, fewer
    than, other than so many; an average) is asked when a span is over, which begins at the first match and at the first match
    after the last span's end.
    """
    groups: defaultdict[tuple[str, ...], list[Feed]] = defaultdict(list)
    for feed in feeds:
        groups[feed.group].append(feed)
    return sorted((hit for some in groups.values() for hit in correlated_in_group(correlation, some)), key=by_time)


def correlated_in_group(correlation: Correlation, feeds: Iterable[Feed]) -> Iterator[Feed]:
    """The same for feeds of one group, which come in the order of the hunt."""
    members = sorted(feeds, key=by_time)
    return _as_it_grows(correlation, members) if _only_grows(correlation) else _at_the_end(correlation, members)


def correlated_until(correlation: Correlation, feeds: Iterable[Feed], before: int, now: int) -> tuple[list[Feed], list[Feed]]:
    """The same for a group that grows: its matches that became certain after `before` and until `now`, and the feeds to keep.

    Both are times, in microseconds, until which all feeds of the group have come; `feeds` are those kept at `before`, in the
    order of the hunt, and what has come since. Whatever the steps, their matches together are those of all feeds at once.
    """
    span = correlation.seconds * 1_000_000
    members = sorted(feeds, key=by_time)
    came = [feed for feed in members if feed.time <= now]
    if _only_grows(correlation):  # whether a match is the first in a span is told by what came two spans before it
        hits = [hit for hit in _as_it_grows(correlation, came) if hit.time > before]
        return hits, [feed for feed in members if feed.time > now - 2 * span]
    over = 0  # those whose span is over
    while over < len(came) and came[over].time + span <= now:
        over = bisect_right(came, came[over].time + span, key=_time)
    return list(_at_the_end(correlation, came[:over])), members[over:]


def delay_of(correlation: Correlation, others: Mapping[str, Correlation], asking: frozenset[str] = frozenset()) -> int:
    """By how many microseconds what a correlation counts may come later than events do: as long as the spans, one behind the
    other, at whose end its matches become certain. `others` are all correlations, by name."""
    below = [others[name] for name in correlation.rules if name in others and name not in asking]
    return max((delay_of(each, others, asking | {each.id or each.name}) + _held_back(each) for each in below), default=0)


def _held_back(correlation: Correlation) -> int:
    return 0 if _only_grows(correlation) else correlation.seconds * 1_000_000


def _time(feed: Feed) -> int:
    return feed.time


def by_time(feed: Feed) -> tuple[int, str, int]:
    """The order in which correlations see matches, and give their own."""
    return feed.time, feed.file, feed.position


def _only_grows(correlation: Correlation) -> bool:
    """Whether what has become true stays so, whatever else matches within the span."""
    return (
        correlation.kind not in _OF_NUMBERS
        and all(sign in (">", ">=") for sign, _ in correlation.limits)
        and (correlation.asked is None or _never_denied(correlation.asked))
    )


def _never_denied(asked: Node) -> bool:
    return not isinstance(asked, Not) and all(map(_never_denied, getattr(asked, "items", ())))


def _as_it_grows(correlation: Correlation, members: Sequence[Feed]) -> Iterator[Feed]:
    span = correlation.seconds * 1_000_000
    window: deque[Feed] = deque()
    counted = _Counted(correlation)
    last = None
    for feed in members:
        window.append(feed)
        counted.add(feed)
        while feed.time - window[0].time > span:
            counted.drop(window.popleft())
        if counted.holds(feed.time - span):
            if last is None or feed.time - last > span:
                yield feed
            last = feed.time


def _at_the_end(correlation: Correlation, members: Sequence[Feed]) -> Iterator[Feed]:
    span = correlation.seconds * 1_000_000
    start = 0
    counted = _Counted(correlation)
    for index, feed in enumerate(members):
        counted.add(feed)
        if index + 1 == len(members) or members[index + 1].time - members[start].time > span:
            if counted.holds(members[start].time):
                yield feed
            start = index + 1
            counted = _Counted(correlation)


class _Counted:
    """What a correlation counts within a span, kept up as matches come (in the order of time) and go."""

    def __init__(self, correlation: Correlation) -> None:
        self._rule = correlation
        self._counts: Counter[str] = Counter()
        self._numbers: list[float] = []
        self._begun: list[list[int]] = [[] for _ in correlation.rules]

    def add(self, feed: Feed) -> None:
        """Another match."""
        match self._rule.kind:
            case CorrelationKind.TEMPORAL_ORDERED:
                self._follow(feed)
            case kind if kind in _OF_NUMBERS:
                if (number := number_of(feed.value)) is not None:
                    self._numbers.append(number)
            case _:
                self._counts[self._key(feed)] += 1

    def drop(self, feed: Feed) -> None:
        """The earliest match is no longer within the span; only asked of what only grows."""
        if self._rule.kind is not CorrelationKind.TEMPORAL_ORDERED:
            self._counts[self._key(feed)] -= 1
            if not self._counts[self._key(feed)]:
                del self._counts[self._key(feed)]

    def holds(self, since: int) -> bool:
        """Whether the condition is true of the matches since then."""
        if self._rule.asked is not None:
            return matches(self._rule.asked, dict.fromkeys(self._counts, "matched"))
        if self._rule.kind in _OF_NUMBERS:
            figure = _figure(self._rule, self._numbers) if self._numbers else None
        elif self._rule.kind is CorrelationKind.TEMPORAL_ORDERED:
            figure = max((length for begun in self._begun for length, time in enumerate(begun, 1) if time >= since), default=0)
        else:
            figure = self._counts[""] if self._rule.kind is CorrelationKind.EVENT_COUNT else len(self._counts)
        return figure is not None and all(_COMPARE[sign](figure, number) for sign, number in self._rule.limits)

    def _key(self, feed: Feed) -> str:
        match self._rule.kind:
            case CorrelationKind.VALUE_COUNT:
                return feed.value
            case CorrelationKind.TEMPORAL:
                return feed.rule
        return ""

    def _follow(self, feed: Feed) -> None:
        """For each rule, when a row of 1, 2, ... matches in order that ends with its own began at the latest."""
        for place in reversed([place for place, rule in enumerate(self._rule.rules) if rule == feed.rule]):
            begun = self._begun[place]
            rows = [feed.time]
            for length in range(place):
                earlier = [other[length] for other in self._begun[:place] if len(other) > length]
                if not earlier:
                    break
                rows.append(max(earlier))
            self._begun[place] = [max(pair) for pair in zip_longest(rows, begun, fillvalue=NO_TIME)]


_OF_NUMBERS = frozenset(
    {
        CorrelationKind.VALUE_SUM,
        CorrelationKind.VALUE_AVG,
        CorrelationKind.VALUE_MEDIAN,
        CorrelationKind.VALUE_PERCENTILE,
    }
)


def _figure(correlation: Correlation, numbers: Sequence[float]) -> float:
    match correlation.kind:
        case CorrelationKind.VALUE_SUM:
            return fsum(numbers)
        case CorrelationKind.VALUE_AVG:
            return fsum(numbers) / len(numbers)
        case CorrelationKind.VALUE_MEDIAN:
            return median(numbers)
    ordered = sorted(numbers)  # the smallest value that so many in a hundred do not exceed
    return ordered[max(0, ceil(correlation.percentile / 100 * len(ordered)) - 1)]


def feed_of_correlation(below: Correlation, hit: Feed, above: Correlation) -> Feed | None:
    """What one correlation's match is to another that asks for it; None where it does not hold what that one groups by."""
    name = below.id or below.name
    fields = {field_key(field): value for field, value in zip(below.group_by, hit.group, strict=True)}
    for field, value in values_of(below, hit).items():
        fields.setdefault(field_key(field), value)
    group = tuple(fields.get(field_key(_own(above, name, field)), "") for field in above.group_by)
    values = [fields.get(field_key(field), "") for field in above.fields]
    if "" in group or "" in values:
        return None
    return replace(hit, correlation=above.id or above.name, rule=name, group=group, value="\n".join(values))


def values_of(correlation: Correlation, feed: Feed) -> dict[str, str]:
    """The values that a match adds to what the correlation counts, by field."""
    if len(correlation.fields) == 1:
        return {correlation.fields[0]: feed.value}
    return dict(zip(correlation.fields, feed.value.split("\n"), strict=False))
