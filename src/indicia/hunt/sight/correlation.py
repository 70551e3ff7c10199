"""Correlation rules: counts and sequences of other rules' matches within a span of time, per value of the group-by fields.

References: SigmaHQ sigma-specification, "Sigma correlation rules specification" 2.1.
"""

from __future__ import annotations

import operator
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.match.book import RuleHead
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import field_key
from indicia.hunt.rules.ir import Correlation, CorrelationKind, fold

__all__ = ["Feed", "correlated", "feed_of"]

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class Feed(msgspec.Struct, array_like=True, frozen=True):
    """One match of a rule that a correlation asks for: when, for which group, and where it stands."""

    correlation: str
    rule: str
    time: int  # microseconds since 1970
    group: tuple[str, ...]
    value: str
    file: str
    position: int
    unit: str


def feed_of(batch: EventBatch, rule: RuleHead, rows: Ints, correlations: Iterable[Correlation]) -> list[Feed]:
    """The matches of `rule` as its correlations see them. An event without a time or without a group-by field takes no part."""
    name = rule.id or rule.name
    users = [each for each in correlations if name in each.rules]
    found = []
    for row in rows.tolist():
        time = int(batch.times[row])
        if time == NO_TIME:
            continue
        place = batch.place(row)
        fields = {field_key(key): value for key, value in batch.rebuild(row)[2].items()}
        for each in users:
            group = tuple(fields.get(field_key(_own(each, name, field)), "") for field in each.group_by)
            value = fields.get(field_key(each.field), "") if each.field else ""
            if "" in group or (each.field and not value):
                continue
            identity = each.id or each.name
            found.append(
                Feed(identity, name, time, tuple(map(fold, group)), fold(value), place.file, place.position, place.unit)
            )
    return found


def _own(correlation: Correlation, rule: str, field: str) -> str:
    """What a group-by name is called in the events of a rule."""
    return next((own for alias, of, own in correlation.aliases if alias == field and of == rule), field)


def correlated(correlation: Correlation, feeds: Sequence[Feed]) -> list[Feed]:
    """The matches at which the correlation becomes true, in time order: one per group, and again only after a span without."""
    groups: defaultdict[tuple[str, ...], list[Feed]] = defaultdict(list)
    for feed in feeds:
        groups[feed.group].append(feed)
    found = []
    for members in groups.values():
        members.sort(key=lambda feed: (feed.time, feed.file, feed.position))
        found += _in_group(correlation, members)
    return sorted(found, key=lambda feed: (feed.time, feed.file, feed.position))


def _in_group(correlation: Correlation, members: Sequence[Feed]) -> list[Feed]:
    span = correlation.seconds * 1_000_000
    window: deque[Feed] = deque()
    counts: Counter[str] = Counter()
    found: list[Feed] = []
    last = None
    for feed in members:
        window.append(feed)
        counts[_counted(correlation, feed)] += 1
        while feed.time - window[0].time > span:
            gone = _counted(correlation, window.popleft())
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if _true(correlation, window, counts):
            if last is None or feed.time - last > span:
                found.append(feed)
            last = feed.time
    return found


def _counted(correlation: Correlation, feed: Feed) -> str:
    match correlation.kind:
        case CorrelationKind.VALUE_COUNT:
            return feed.value
        case CorrelationKind.TEMPORAL | CorrelationKind.TEMPORAL_ORDERED:
            return feed.rule
    return ""


def _true(correlation: Correlation, window: Iterable[Feed], counts: Counter[str]) -> bool:
    compare = _COMPARE[correlation.operator]
    match correlation.kind:
        case CorrelationKind.EVENT_COUNT:
            return compare(counts[""], correlation.count)
        case CorrelationKind.VALUE_COUNT:
            return compare(len(counts), correlation.count)
        case CorrelationKind.TEMPORAL:
            return compare(len(counts), correlation.count)
    wanted = iter(correlation.rules)
    current = next(wanted, None)
    for feed in window:
        if feed.rule == current:
            current = next(wanted, None)
            if current is None:
                return True
    return False
