"""What came of tasks, added up in their order, as one part; and two hunts on one affair as one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from indicia.hunt.events import NO_TIME
from indicia.hunt.parts import Part, rule_run
from indicia.hunt.sight.correlation import MOST_FED, Feed, fed_within
from indicia.hunt.sight.found import MOST, Counted, Found, Quota, file_of, unpack
from indicia.hunt.sight.scan import Scanner
from indicia.hunt.sight.sightings import moved
from indicia.hunt.story import tell
from indicia.records import Event, Hunt, LogFile, Problem, RuleRun, Severity, Sighting

MOST_TEXTS = 200_000  # names and values of events that are looked for again


class Total:
    """Adds up what came of the tasks, in their order."""

    def __init__(self, scanner: Scanner, most: int | None) -> None:
        self.counted = Found()
        self._scanner = scanner
        self._most = most
        self._quota = Quota(most)
        self._pool = _Pool()
        self._sightings: defaultdict[str, list[Sighting]] = defaultdict(list)
        self._feed: list[Feed] = []
        self._fed: Counter[str] = Counter()

    def passed_over(self, problem: Problem) -> None:
        """Notes what was not opened, or could not be."""
        self.counted.problems.append(problem)
        if problem.severity is Severity.FAILED:
            self.counted.files.append(Counted(problem.where, "", 0, NO_TIME, NO_TIME, []))

    def unknown(self, name: str, size: int, told: str) -> None:
        """Notes a file of no known kind, with its size in bytes and what it is (`told`) where that is known."""
        self.counted.files.append(Counted(name, "", 0, NO_TIME, NO_TIME, [], size))
        if size:
            self.counted.problems.append(Problem(where=name, what=f"no log of a known format{f': {told}' if told else ''}"))

    def add(self, form: str, came: Found) -> None:
        """Adds what came of one task: of logs of one format, or of the bytes of a file ("")."""
        self._sightings[form] += self._put_together(came)
        self.counted.count(came)
        fed, beyond = fed_within(came.feed, self._fed)
        self._feed += fed
        self.counted.count(Found(beyond=dict(beyond)))

    def _put_together(self, came: Found) -> Iterator[Sighting]:
        yield from self._quota.kept(came.sightings)
        events = self._pool.events(came)
        for seen in came.seen:
            source = self._scanner.source_of(seen, events[seen.event])
            if not self._quota.is_closed(source):
                seen.fields = self._pool.names(seen.fields)
                sighting = self._scanner.sighting(seen, events[seen.event])
                if self._quota.takes(source, lambda sighting=sighting: sighting):  # type: ignore[misc]
                    yield sighting

    def part(self, bytes_of: Mapping[str, int], *, machine: str = "") -> Part:
        """All of it. `bytes_of` are the sizes of logs, by name."""
        rules, counted, shown = self._scanner.rules, self.counted, set(self.counted.shown)
        return Part(
            machine=machine,
            sightings={form: tuple(some) for form, some in self._sightings.items() if some},
            rules=tuple(
                rule_run(rule, counted.matches.get(number, 0), waits="" if shown.intersection(rule.asked_of) else rule.where)
                for number, rule in enumerate(rules.rules)
            ),
            refused=tuple(rule_run(rule, 0, rule.reason) for rule in rules.refused),
            correlations=rules.correlations,
            feed=tuple(self._feed),
            hits={self._scanner.sweep.indicators[number].value: count for number, count in counted.hits.items()},
            indicators_sought=len(self._scanner.sweep),
            files=tuple(replace(each, bytes=bytes_of.get(each.file, each.bytes)) for each in counted.files),
            problems=(*counted.problems, *self._not_counted()),
            seconds=counted.seconds,
            left_out=counted.left_out,
            asked=self._asked(shown),
        )

    def _asked(self, shown: set[int]) -> dict[str, int]:
        """How many rules could be asked of each family of logs that was there."""
        guards = self._scanner.rules.guards
        asked: Counter[str] = Counter()
        for rule in self._scanner.rules.rules:
            asked.update({guards[number].family for number in shown.intersection(rule.asked_of)})
        return dict(asked)

    def _not_counted(self) -> Iterator[Problem]:
        """Which correlations had more matches than they count."""
        titles = {each.id or each.name: each.title for each in self._scanner.rules.correlations}
        for name, count in sorted(self.counted.beyond.items()):
            what = f"“{titles.get(name, name)}” counts {MOST_FED:,} matches; more were not counted"
            yield Problem(where=titles.get(name, name), what=what, severity=Severity.NOTE, count=count)


class _Pool:
    """Events without repeats in memory: one text for names and values that come again, from whatever process."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}  # as many as there are kinds of event

    def names(self, some: tuple[str, ...]) -> tuple[str, ...]:
        """The same names."""
        return self._names.setdefault(some, some)

    def events(self, part: Found) -> Sequence[Event]:
        """The events in what came of a task."""
        texts = self._texts
        if len(texts) > MOST_TEXTS:
            texts.clear()
        one = texts.setdefault
        return [self._lean(event) for event in part.events] if part.packed is None else unpack(part.packed, one)

    def _lean(self, event: Event) -> Event:
        one, values = self._texts.setdefault, event.fields.values()
        return replace(
            event,
            place=replace(event.place, file=one(event.place.file, event.place.file)),
            time_text=one(event.time_text, event.time_text),
            host=one(event.host, event.host),
            fields=dict(zip(self.names(tuple(event.fields)), map(one, values, values), strict=True)),
        )


# Two hunts on one affair as one: what the later one read again counts anew, everything else stays, and the story is told anew.
#
# Where both hunts are still at hand as parts, `join` says more: only it can see correlations across them.
def merge(before: Hunt, now: Hunt, *, most: int | None = MOST) -> Hunt:
    """The later hunt wins where both read the same file; what it no longer sees there is gone.

    A file of the same name that names another machine is another file: the earlier one is told with its machine in front.
    `most` bounds the sightings kept per rule and per indicator, as in a hunt through all of it.
    """
    before = _apart(before, {file.file: file.host for file in now.files})
    again = {file.file for file in now.files}
    gone = Counter(sighting.rule for sighting in before.sightings if sighting.event.place.file in again)
    kept = [sighting for sighting in before.sightings if sighting.event.place.file not in again]
    files = (*(file for file in before.files if file.file not in again), *now.files)
    story = tell(Quota(most).kept([*kept, *now.sightings]), files, len(now.rules))
    return replace(
        now,
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=tuple(sorted(files, key=lambda file: file.file)),
        rules=tuple(_runs(before, now, gone)),
        problems=(*(problem for problem in before.problems if file_of(problem) not in again), *now.problems),
        indicators_sought=max(before.indicators_sought, now.indicators_sought),
    )


def _apart(before: Hunt, hosts: dict[str, str]) -> Hunt:
    """The earlier hunt with its machine in the names of those files that the later one read on another machine."""
    names = {file.file: f"{file.host}:{file.file}" for file in before.files if _is_of_another(file, hosts)}
    if not names:
        return before
    return replace(
        before,
        sightings=tuple(
            moved(each, names[each.event.place.file]) if each.event.place.file in names else each for each in before.sightings
        ),
        files=tuple(replace(file, file=names.get(file.file, file.file)) for file in before.files),
        problems=tuple(
            replace(problem, where=names[name] + problem.where.removeprefix(name))
            if (name := file_of(problem)) in names
            else problem
            for problem in before.problems
        ),
    )


def _is_of_another(file: LogFile, hosts: dict[str, str]) -> bool:
    host = hosts.get(file.file, "")
    return bool(host) and bool(file.host) and host.lower() != file.host.lower()


def _runs(before: Hunt, now: Hunt, gone: Counter[str]) -> Iterator[RuleRun]:
    """Each rule once, as the later hunt knows it, with the matches of both.

    Of those in files that were read again, only as many can be taken off as were kept as sightings.
    """
    earlier = {run.id: run for run in before.rules}
    left = {run.id: run.matches - gone[run.id] for run in before.rules}
    for run in now.rules:
        known = earlier.get(run.id)
        waits = run.waits if known is None or known.waits else ""
        yield replace(run, matches=run.matches + left.pop(run.id, 0), waits=waits)
    for identity, matches in left.items():
        yield replace(earlier[identity], matches=matches)
