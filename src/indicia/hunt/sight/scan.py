"""Logs through rules and indicators in one process: what came of it, in records that can be added up."""

from __future__ import annotations

import contextlib
import gc
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import TypeAlias, TypeVar

import numpy as np

from indicia.errors import fault_of
from indicia.hunt.events import NO_TIME, EventBatch, Reach, Times
from indicia.hunt.logs.formats import Format, LogInput
from indicia.hunt.logs.formats.base import Wanted
from indicia.hunt.logs.formats.times import CLOCK
from indicia.hunt.match.book import RuleBook
from indicia.hunt.match.matcher import Match, Matcher
from indicia.hunt.match.needs import LineForm
from indicia.hunt.match.telling import LineFilter
from indicia.hunt.names import TEXT
from indicia.hunt.sight.correlation import fed_within, feed_of
from indicia.hunt.sight.found import Counted, Found, Quota, Seen, Source, fold
from indicia.hunt.sight.indicators import (
    IndicatorSought,
    Sweep,
    fields_with,
    raw_sightings,
    rule_of_indicator,
    sighting_of_indicator,
    title_of_indicator,
)
from indicia.hunt.sight.kinds import REMEMBERED, Kinds
from indicia.hunt.sight.notes import is_said, name_said
from indicia.hunt.sight.sightings import RuleFacts, own_names, sighting_of
from indicia.hunt.tuning import NO_TUNING, RULES, TIME, Tuning
from indicia.records import Event, Problem, Severity, Sighting

T = TypeVar("T")
_Reaches: TypeAlias = dict[str, tuple[Counter[str], Reach]]  # by log: how many events of which kind, and how far they reach
WINDOWS = "windows"
EARLIEST = 315_532_800_000_000  # microseconds since 1970: 1980, before which no log of ours was written
LATEST = 4_102_444_800_000_000  # 2100


class Scanner:
    """Rules and indicators, ready for any number of logs.

    `most` bounds the sightings that are kept per rule and indicator, over all logs: they come in the order of the hunt, so what
    one scanner leaves out is not among the first of all either. What `tuning` leaves out is not kept, and counts apart.
    """

    def __init__(
        self, rules: RuleBook, indicators: Iterable[IndicatorSought], most: int | None, tuning: Tuning = NO_TUNING
    ) -> None:
        self.rules = rules
        self.tuning = tuning
        self.sweep = Sweep(indicators)
        self._matchers: dict[str, Matcher] = {}
        self._facts: dict[int, RuleFacts] = {}
        self._windows_kinds: dict[tuple[str | None, str | None, str | None], frozenset[str]] = {}
        self._wanted: dict[tuple[str, bool], Wanted] = {}
        self._filters: dict[tuple[str, LineForm], LineFilter] = {}
        self.most = most
        self.interrupted = False  # somebody has had enough: what was found until then is whole, and no more is to be scanned
        self.begin()
        self._feeding = {identity for each in rules.correlations for identity in each.rules}

    def begin(self, *, behind: bool = False) -> None:
        """Forgets what came of logs so far; what was compiled stays. For logs that come before those that it had, or again.

        `behind`: for others that stand behind those in the same hunt. Of these it only forgets what it counted and told.
        """
        if not behind:
            self._quota = Quota(self.most)
        self._fed: Counter[str] = Counter()  # by correlation: over all logs, as the quota
        self._kinds = Kinds(self.rules.guards)
        self._asked: defaultdict[str, frozenset[int]] = defaultdict(frozenset)  # by log: the guards that its events pass

    def matcher(self, family: str) -> Matcher:
        """The matcher for one family of logs, made when it is first asked for."""
        found = self._matchers.get(family)
        if found is None:
            found = self._matchers[family] = Matcher(self.rules.plan(family))
        return found

    def scan(
        self,
        form: Format,
        logs: Sequence[LogInput],
        *,
        on_batch: Callable[[EventBatch], None] | None = None,
    ) -> Found:
        """Everything in some logs of one format; what came of them until then, where somebody interrupts it."""
        found = Found()
        clock = _Clock(found.seconds)
        reaches: _Reaches = {log.name: (Counter(), Reach()) for log in logs}
        with clock("compile"):
            wanted = self.wanted(form, whole=on_batch is not None)
        CLOCK.said(self.tuning.timezone, self.tuning.dates)
        try:
            with without_collecting():
                for item in clock.each("parse", _each_read(form, logs, wanted)):
                    if isinstance(item, Problem):
                        fold(found.problems, item)
                        continue
                    self._one(item, found, reaches, clock)
                    if on_batch is not None:
                        with clock("keep"):
                            on_batch(item)
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            CLOCK.said("", "")  # what holds of these logs holds of no others
        for family in (form.family, *form.also):
            self._tell_late(self.matcher(family), found)
        for name, (counts, reach) in reaches.items():
            kind = max(counts, key=counts.__getitem__, default=form.name)
            if kind == TEXT and reach.events and reach.oldest == NO_TIME:
                what = "is a log of no known kind: its lines were searched as text, and few rules ask that"
                fold(found.problems, Problem(where=name, what=what, severity=Severity.SKIPPED, count=reach.events))
            counted = Counted(name, kind, reach.events, reach.oldest, reach.newest, sorted(reach.slots), host=reach.host)
            if (passed := self._asked.pop(name, None)) is not None:
                counted.asked = sum(not passed.isdisjoint(rule.asked_of) for rule in self.rules.rules)
            found.files.append(counted)
        return found

    def _tell_late(self, matcher: Matcher, found: Found) -> None:
        for pattern, count, numbers in matcher.late():
            what = f"the regular expression {pattern[:80]!r} took too long on some values, and counts as not matched there"
            for file in sorted({self.rules.rules[number].file for number in numbers}):
                hint = "it goes back and forth in the text"
                fold(found.problems, Problem(where=file, what=what, count=count, hint=hint))

    def scan_raw(self, log: LogInput) -> Found:
        """Where indicators stand in the bytes of a file of any kind."""
        found = Found()
        for each in raw_sightings(log, self.sweep, self.most) if len(self.sweep) else ():
            if self.tuning.silences(each.rule, each.title):
                found.leave_out(RULES, 1)
            else:
                found.sightings += self._quota.kept((each,))
        return found

    def wanted(self, form: Format, *, whole: bool = False) -> Wanted:
        """The fields that the rules for a format ask for; `whole`: of every event, whether a rule can match it or not."""
        found = self._wanted.get((form.name, whole))
        if found is not None:
            return found
        families = {form.family, *form.also}
        found = Wanted(frozenset().union(*(self.matcher(family).fields for family in families)))
        self._wanted[form.name, whole] = found
        if families == {"windows"}:
            found.of_kind = self._of_windows_kind
        elif not whole and families == {form.family}:
            found.telling = partial(self._telling, form.family)
        return found

    def _telling(self, family: str, lines: LineForm) -> LineFilter:
        key = family, lines
        found = self._filters.get(key)
        if found is None:
            further = self.sweep.scanner if len(self.sweep) else None
            found = self._filters[key] = LineFilter(self.rules.conditions(family), lines, further)
        return found

    def _of_windows_kind(self, channel: str | None, event: str | None, provider: str | None) -> frozenset[str]:
        kind = channel, event, provider
        fields = self._windows_kinds.get(kind)
        if fields is None:
            if len(self._windows_kinds) >= REMEMBERED:
                self._windows_kinds.clear()
            named = {"channel": channel, "eventid": event, "provider_name": provider}
            fields = self._windows_kinds[kind] = self.matcher("windows").fields_of(named)
        return fields

    def _one(self, batch: EventBatch, found: Found, reaches: _Reaches, clock: _Clock) -> None:
        with clock("reach"):
            self._believe(batch, found)
            if not batch.counted:
                pass
            elif batch.file_of is None:
                self._count(batch, batch.files[0], batch.times, reaches)
                self._name(batch, batch.files[0], 0, reaches)
            else:
                for number, name in enumerate(batch.files):
                    rows = np.flatnonzero(batch.file_of == number)
                    self._count(batch, name, batch.times[rows], reaches)
                    if len(rows):
                        self._name(batch, name, int(rows[0]), reaches)
            if batch.others is not None:
                self._count(batch, batch.files[0], batch.others, reaches)
        with clock("kinds"):
            found.shown += self._kinds.new_in(batch)
            if batch.family != WINDOWS and batch.counted:  # of these the whole family tells, and has thousands of rules
                passed = self._kinds.in_all(batch)
                for name in batch.files:
                    self._asked[name] |= passed
        with clock("match"):
            matches = self.matcher(batch.family).match(batch)
        with clock("sightings"):
            events = _Events(batch)
            for match in matches:
                self._keep(batch, match, found, events)
        if len(self.sweep):
            with clock("indicators"):
                self._sweep(batch, found, events)

    @staticmethod
    def _believe(batch: EventBatch, found: Found) -> None:
        """Takes away times that no log was written at: one damaged record must not stretch the reach to 1601."""
        times = batch.times
        if not len(times):
            return
        absurd = (times != NO_TIME) & ((times < EARLIEST) | (times > LATEST))
        if absurd.any():
            batch.times = np.where(absurd, NO_TIME, times)
            rows = np.flatnonzero(absurd)
            files = [0] if batch.file_of is None else np.unique(batch.file_of[rows]).tolist()
            for number in files:
                mine = rows if batch.file_of is None else rows[batch.file_of[rows] == number]
                what = "has an impossible time (before 1980 or after 2100) and counts as a record without one"
                place = f"{batch.files[number]}:{int(batch.positions[mine[0]])}"
                fold(found.problems, Problem(where=place, what=what, severity=Severity.NOTE, count=len(mine)))

    @staticmethod
    def _count(batch: EventBatch, name: str, times: Times, reaches: _Reaches) -> None:
        counts, reach = reaches.setdefault(name, (Counter(), Reach()))
        before = reach.events
        reach.add(times)
        counts[batch.format] += reach.events - before

    @staticmethod
    def _name(batch: EventBatch, name: str, row: int, reaches: _Reaches) -> None:
        """Notes the machine that the first record of a log names."""
        if batch.size and not reaches[name][1].host:
            reaches[name][1].host = batch.rebuild(row)[1]

    def _keep(self, batch: EventBatch, match: Match, found: Found, events: _Events) -> None:
        rule = self.rules.rules[match.rule]
        if (rule.id or rule.name) in self._feeding:
            fed, beyond = fed_within(feed_of(batch, rule, match.rows, self.rules.correlations), self._fed)
            found.feed += fed
            for correlation, count in beyond.items():
                found.beyond[correlation] = found.beyond.get(correlation, 0) + count
        facts = self._facts_of(match.rule)
        if self.tuning.silences(facts.id, facts.title):
            found.leave_out(RULES, len(match.rows))
            return
        matched = list(zip(match.rows.tolist(), match.fields, strict=True))
        if self.tuning.without and is_said(facts.id):
            count = len(matched)
            matched = [each for each in matched if not self.tuning.silences("", name_said(facts.id, events.of(each[0])[0]))]
            found.leave_out(RULES, count - len(matched))
        inside = self.tuning.within(batch.times[[row for row, _ in matched]])
        if inside is not None:
            found.leave_out(TIME, len(matched) - int(inside.sum()))
            matched = list(compress(matched, inside.tolist()))
        found.matches[match.rule] = found.matches.get(match.rule, 0) + len(matched)
        if rule.silent:
            return
        source: Source = (facts.id, None, False)
        for row, fields in matched:
            if not self.tuning.own and self._quota.is_closed(source):
                break
            event, names = events.of(row)
            if self.tuning.own:
                source = (facts.id, None, self.tuning.of_own(event) is not None)
            own = tuple([name for field in fields if (name := names.get(field)) is not None])
            if self._quota.takes(source, lambda event=event, own=own: sighting_of(facts, event, own)):  # type: ignore[misc]
                found.seen.append(Seen(match.rule, -1, events.number(row, found), own))

    def _sweep(self, batch: EventBatch, found: Found, events: _Events) -> None:
        inside = self.tuning.within(batch.times)
        for number, row in self.sweep.find(batch):
            if inside is not None and not inside[row]:
                found.leave_out(TIME, 1)
                continue
            sought = self.sweep.indicators[number]
            if self.tuning.silences(rule_of_indicator(sought), title_of_indicator(sought)):
                found.leave_out(RULES, 1)
                continue
            found.hits[number] = found.hits.get(number, 0) + 1  # the same count, whatever was kept before
            source: Source = (rule_of_indicator(sought), sought.value, False)
            if not self.tuning.own and self._quota.is_closed(source):
                continue
            event = events.of(row)[0]
            if self.tuning.own:
                source = (*source[:2], self.tuning.of_own(event) is not None)
                if self._quota.is_closed(source):
                    continue
            fields = fields_with(sought, event)
            if fields:
                self._quota.counts(source)
                found.seen.append(Seen(-1, number, events.number(row, found), fields))

    def _facts_of(self, rule: int) -> RuleFacts:
        facts = self._facts.get(rule)
        if facts is None:
            facts = self._facts[rule] = RuleFacts(self.rules.rules[rule])
        return facts

    def source_of(self, seen: Seen, event: Event) -> Source:
        """What its sighting counts for."""
        own = bool(self.tuning.own) and self.tuning.of_own(event) is not None
        if seen.indicator < 0:
            return self._facts_of(seen.rule).id, None, own
        sought = self.sweep.indicators[seen.indicator]
        return rule_of_indicator(sought), sought.value, own

    def sighting(self, seen: Seen, event: Event) -> Sighting:
        """The sighting, of this very event."""
        if seen.indicator < 0:
            return self.tuning.marked(sighting_of(self._facts_of(seen.rule), event, seen.fields))
        return self.tuning.marked(sighting_of_indicator(self.sweep.indicators[seen.indicator], event, seen.fields))


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Without the cyclic garbage collector: events and rules are many, and never cycles. Counting references frees them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Events:
    """Whole events of one batch: one that many rules see is put together once."""

    def __init__(self, batch: EventBatch) -> None:
        self._batch = batch
        self._known: dict[int, tuple[Event, Mapping[str, str]]] = {}
        self._numbers: dict[int, int] = {}

    def of(self, row: int) -> tuple[Event, Mapping[str, str]]:
        """The event of a row, and how it spells its fields."""
        known = self._known.get(row)
        if known is None:
            event = self._batch.event(row)
            known = self._known[row] = (event, own_names(event))
        return known

    def number(self, row: int, found: Found) -> int:
        """Where the event of a row stands in what was found; it is put there when it is first asked for."""
        number = self._numbers.get(row)
        if number is None:
            number = self._numbers[row] = len(found.events)
            found.events.append(self.of(row)[0])
        return number


class _Clock:
    """Processor time by step, in seconds: what it means does not depend on what else the machine does."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        self._label = ""
        self._since = 0.0

    def __call__(self, label: str) -> _Clock:
        self._label = label
        return self

    def __enter__(self) -> None:
        self._since = time.process_time()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._label] = self._seconds.get(self._label, 0.0) + time.process_time() - self._since

    def each(self, label: str, items: Iterable[T]) -> Iterator[T]:
        """The items, with the time that it takes to get them."""
        iterator = iter(items)
        while True:
            since = time.process_time()
            try:
                item = next(iterator)
            except StopIteration:
                return
            finally:
                self._seconds[label] = self._seconds.get(label, 0.0) + time.process_time() - since
            yield item


def _each_read(form: Format, logs: Sequence[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
    """What a format reads in some logs. What it does not see to itself (a share that is gone, a fault of ours) costs the log at
    which it was and those whose events it still held, and is told; the others are read."""
    left = list(logs)
    while left:
        begun: list[LogInput] = []
        try:
            for item in form.read(_noting(left, begun), wanted):
                yield item
                yield from CLOCK.guesses(begun[-1].name)
                if not isinstance(item, Problem):
                    del begun[:-1]
        except Exception as error:
            what = f"cannot be read on: {error}"
            if not isinstance(error, OSError | EOFError):
                what = fault_of(error)
            at = begun[-1] if begun else left[0]
            yield Problem(where=at.name, what=what, severity=Severity.FAILED)
            for log in begun[:-1] if form.together else ():
                yield Problem(
                    where=log.name, what=f"was lost with {at.name}, beside which it was read", severity=Severity.FAILED
                )
            left = left[left.index(at) + 1 :]
        else:
            return


def _noting(logs: Iterable[LogInput], begun: list[LogInput]) -> Iterator[LogInput]:
    """The logs; each is noted when its turn comes."""
    for log in logs:
        begun.append(log)
        CLOCK.begin()
        yield log
