"""The hunt from end to end: find logs, run rules and indicators over them, tell the story."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC
from functools import partial
from pathlib import Path

import msgspec

from indicia.hunt.correlation import Feed, correlated
from indicia.hunt.events import datetime_of
from indicia.hunt.formats import Format, LogInput
from indicia.hunt.indicators import IndicatorSought, raw_sightings
from indicia.hunt.inputs import find_logs
from indicia.hunt.keep import Keeper
from indicia.hunt.packing import unpack
from indicia.hunt.reach import Reach
from indicia.hunt.rulebook import RuleBook, RuleHead, load_rules
from indicia.hunt.rules.ir import Correlation, Refused
from indicia.hunt.scan import Counted, Found, Scanner, file_of, without_collecting
from indicia.hunt.sightings import facts_of, sighting_of
from indicia.hunt.story import judge, tell, tells_success
from indicia.hunt.tasks import Task, tasks_of
from indicia.records import Event, Hunt, LogFile, Outcome, Place, Problem, RuleLevel, RuleRun, Severity, Sighting, stable_id

__all__ = ["hunt"]

Progress = Callable[[str, float, float | None], None]
WORTH_A_PROCESS = 48 << 20  # bytes: less is read sooner than another process has started
MOST_TEXTS = 200_000  # names and values of events that are looked for again
MOST = 1_000  # sightings kept per rule and per indicator; all matches are counted


def hunt(
    paths: Sequence[Path],
    *,
    rules: Sequence[Path] = (),
    builtin: bool = True,
    indicators: Iterable[IndicatorSought] = (),
    keep: Path | None = None,
    raw: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    most: int | None = MOST,
) -> Hunt:
    """What the logs in `paths` (files, folders, archives) show.

    `rules` are Sigma files or folders, beside our own unless `builtin` is False. `keep` names a folder for the events as
    Parquet. `raw` looks for the indicators in the bytes of every file that is no known log as well. `jobs` bounds the
    processes; all cores if None. `most` bounds the sightings that are kept per rule and per indicator (None: all); matches are
    counted regardless.

    Everything that cannot be used is a problem or a skipped rule. Raises: InputError for a rule path that is not there.
    """
    with without_collecting():
        return _hunt([Path(path) for path in paths], rules, builtin, tuple(indicators), keep, raw, progress, jobs, most)


def _hunt(
    paths: Sequence[Path],
    rules: Sequence[Path],
    builtin: bool,
    sought: tuple[IndicatorSought, ...],
    keep: Path | None,
    raw: bool,
    progress: Progress | None,
    jobs: int | None,
    most: int | None,
) -> Hunt:
    begun, processor = time.perf_counter(), time.process_time()
    found, problems = load_rules([Path(path) for path in rules], builtin=builtin, progress=progress)
    loaded = time.process_time()
    scanner = Scanner(found, sought, most)
    outcome = Found(problems=list(problems))
    kept = _Kept(outcome, scanner, most)
    files: list[LogFile] = []
    unchanged = _Unchanged()
    sizes: dict[str, int] = {}
    groups: dict[str, tuple[Format, list[LogInput]]] = {}
    for item in find_logs(paths):
        if isinstance(item, Problem):
            outcome.problems.append(item)
            if item.severity is Severity.FAILED:
                files.append(LogFile(file=item.where, format=""))
            continue
        log, form = item
        sizes[log.name] = log.size
        unchanged.note(log)
        if form is None:
            files.append(LogFile(file=log.name, format="", bytes=log.size))
            if log.size:
                outcome.problems.append(Problem(where=log.name, what="no log of a known format", severity=Severity.NOTE))
                if raw and len(scanner.sweep):
                    kept.add(Found(sightings=list(raw_sightings(log, scanner.sweep, most))))
            continue
        groups.setdefault(form.name, (form, []))[1].append(log)
    total = float(sum(sizes[log.name] for _, logs in groups.values() for log in logs))
    done = 0.0
    with Keeper(keep) if keep is not None else nullcontext() as keeper:
        for task, part in _scanned(groups.values(), scanner, found, sought, most, jobs, total, keeper):
            kept.add(part)
            done += task.bytes
            if progress is not None:
                progress("hunting", min(done, total), total)
    if keeper is not None and keeper.fault:
        outcome.problems.append(
            Problem(where=str(keep), what=f"events were not kept: {keeper.fault}", severity=Severity.FAILED)
        )
    outcome.problems += unchanged.problems()
    files += _log_files(outcome.files, sizes, outcome.problems)
    sightings = outcome.sightings + list(_correlations(found, outcome))
    outcome.problems += _left_out(found, scanner, outcome, most)
    since = time.process_time()
    story = tell(sightings, files)
    outcome.seconds["story"] = time.process_time() - since
    outcome.seconds["rules"] = loaded - processor
    outcome.seconds["total"] = time.perf_counter() - begun
    return Hunt(
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=tuple(sorted(files, key=lambda file: file.file)),
        rules=_runs(found, outcome),
        problems=tuple(outcome.problems),
        indicators_sought=len(scanner.sweep),
        stats=tuple(sorted(outcome.seconds.items())),
    )


def _scanned(
    groups: Iterable[tuple[Format, list[LogInput]]],
    scanner: Scanner,
    rules: RuleBook,
    sought: tuple[IndicatorSought, ...],
    most: int | None,
    jobs: int | None,
    total: float,
    keeper: Keeper | None,
) -> Iterator[tuple[Task, Found]]:
    """Every task and what came of it, in order: here, or in several processes when there is enough to do."""
    tasks = ((form, task, logs) for form, some in groups for task, logs in tasks_of(form, some))
    count = min(jobs or os.cpu_count() or 1, int(total // WORTH_A_PROCESS) + 1)
    if count <= 1 or not rules.key or keeper is not None:  # what is kept goes into one file a format, in order
        for form, task, logs in tasks:
            yield task, scanner.scan(form, logs, on_batch=keeper.add if keeper is not None else None)
        return
    from indicia.hunt.workers import Setup, Workers  # not worth loading for a few logs

    with Workers(count - 1, Setup(rules.key, sought, most)) as workers:
        yield from workers.run((task, partial(scanner.scan, form, logs)) for form, task, logs in tasks)


_Source = tuple[str, str | None]  # a rule's id and, where it is one, the indicator


class _Kept:
    """Adds up what came of the tasks, in their order.

    Of each rule and indicator the first `most` sightings are kept, in the order of files, and as many successes beyond them.
    """

    def __init__(self, total: Found, scanner: Scanner, most: int | None) -> None:
        self._total = total
        self._scanner = scanner
        self._most = most
        self._pool = _Pool()
        self._sources: dict[tuple[int, int], _Source] = {}
        self._kept: defaultdict[_Source, int] = defaultdict(int)
        self._succeeded: defaultdict[_Source, int] = defaultdict(int)

    def add(self, part: Found) -> None:
        """Adds what came of one task."""
        total = self._total
        total.sightings += [each for each in part.sightings if self._wanted((each.rule, each.indicator), each)]
        total.sightings += self._put_together(part)
        for mine, theirs in ((total.matches, part.matches), (total.hits, part.hits)):
            for number, count in theirs.items():
                mine[number] = mine.get(number, 0) + count
        total.files += part.files
        total.problems += part.problems
        total.feed += part.feed
        for label, seconds in part.seconds.items():
            total.seconds[label] = total.seconds.get(label, 0.0) + seconds

    def _put_together(self, part: Found) -> Iterator[Sighting]:
        events = self._pool.events(part)
        for seen in part.seen:
            source = self._sources.get((seen.rule, seen.indicator))
            if source is None:
                source = self._sources[seen.rule, seen.indicator] = self._scanner.source_of(seen)
            if not self._is_closed(source):
                seen.fields = self._pool.names(seen.fields)
                sighting = self._scanner.sighting(seen, events[seen.event])
                if self._wanted(source, sighting):
                    yield sighting

    def _is_full(self, source: _Source) -> bool:
        return self._most is not None and self._kept[source] >= self._most

    def _is_closed(self, source: _Source) -> bool:
        """Whether not even a success is wanted any more."""
        return self._is_full(source) and (not tells_success(source[0]) or self._succeeded[source] >= (self._most or 0))

    def _wanted(self, source: _Source, sighting: Sighting) -> bool:
        if self._is_full(source):
            if self._is_closed(source) or judge(sighting).outcome is not Outcome.SUCCESS:
                return False
            self._succeeded[source] += 1
        self._kept[source] += 1
        return True


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
        return msgspec.structs.replace(
            event,
            place=msgspec.structs.replace(event.place, file=one(event.place.file, event.place.file)),
            time_text=one(event.time_text, event.time_text),
            host=one(event.host, event.host),
            fields=dict(zip(self.names(tuple(event.fields)), map(one, values, values), strict=True)),
        )


def _log_files(counted: Iterable[Counted], sizes: dict[str, int], problems: Iterable[Problem]) -> list[LogFile]:
    """The record of each log: what its parts add up to, and how many records of it could not be read."""
    reaches: dict[str, tuple[str, Reach]] = {}
    for each in counted:
        reach = Reach(each.events, each.oldest, each.newest, set(each.slots))
        if each.file in reaches:
            reaches[each.file][1].join(reach)
        else:
            reaches[each.file] = (each.format, reach)
    skipped: Counter[str] = Counter()
    for problem in problems:
        if problem.severity is not Severity.NOTE:
            skipped[file_of(problem)] += problem.count
    return [reach.log_file(name, form, sizes.get(name, 0), skipped[name]) for name, (form, reach) in reaches.items()]


class _Unchanged:
    """Whether the files are still what they were when they were found."""

    def __init__(self) -> None:
        self._before: dict[Path, tuple[int, int]] = {}

    def note(self, log: LogInput) -> None:
        """Remembers a file as it is now."""
        if log.path is not None and (now := _state(log.path)) is not None:
            self._before[log.path] = now

    def problems(self) -> Iterator[Problem]:
        """The files that have changed since."""
        for path, before in self._before.items():
            now = _state(path)
            if now == before:
                continue
            if now is None:
                yield Problem(where=str(path), what="was removed while it was read", severity=Severity.SKIPPED)
            elif now[0] < before[0]:
                what = f"was cut from {before[0]:,} to {now[0]:,} bytes while it was read: what stood there may be missing"
                yield Problem(where=str(path), what=what, severity=Severity.SKIPPED)
            else:
                what = f"was written to while it was read ({before[0]:,} bytes, then {now[0]:,}): the end may be missing"
                yield Problem(
                    where=str(path), what=what, severity=Severity.NOTE, hint="hunt through it again, or through a copy"
                )


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _correlations(rules: RuleBook, outcome: Found) -> Iterable[Sighting]:
    by_correlation: defaultdict[str, list[Feed]] = defaultdict(list)
    for feed in outcome.feed:
        by_correlation[feed.correlation].append(feed)
    offset = len(rules.rules)
    for number, each in enumerate(rules.correlations):
        hits = correlated(each, by_correlation[each.id or each.name])
        outcome.matches[offset + number] = len(hits)
        for feed in hits:
            yield _correlated_sighting(each, feed)


def _correlated_sighting(rule: Correlation, feed: Feed) -> Sighting:
    """The sighting at the event that made the correlation true. Its event holds the fields that were counted, no more."""
    time = datetime_of(feed.time)
    fields = dict(zip(rule.group_by, feed.group, strict=False))
    if rule.field:
        fields[rule.field] = feed.value
    event = Event(
        place=Place(file=feed.file, position=feed.position, unit=feed.unit),
        format="correlation",
        time=time,
        time_text=time.astimezone(UTC).isoformat() if time else "",
        host="",
        fields=fields,
    )
    sighting = sighting_of(facts_of(rule), event, fields)
    return msgspec.structs.replace(sighting, note=f"{rule.kind.value} over {rule.seconds} s")


def _runs(rules: RuleBook, outcome: Found) -> tuple[RuleRun, ...]:
    runs = [_run(rule, outcome.matches.get(number, 0)) for number, rule in enumerate(rules.rules)]
    runs += [_run(rule, outcome.matches.get(len(rules.rules) + number, 0)) for number, rule in enumerate(rules.correlations)]
    return (*runs, *(_run(refused, 0, refused.reason) for refused in rules.refused))


def _run(rule: RuleHead | Correlation | Refused, matches: int, skipped: str | None = None) -> RuleRun:
    return RuleRun(
        id=rule.id or stable_id("rule", rule.title, rule.file),
        title=rule.title,
        level=RuleLevel(rule.level),
        file=rule.file,
        author=rule.author,
        license=rule.license,
        matches=matches,
        skipped=skipped,
    )


def _left_out(rules: RuleBook, scanner: Scanner, outcome: Found, most: int | None) -> Iterable[Problem]:
    if most is None:
        return
    for number, count in sorted(outcome.matches.items()):
        if number < len(rules.rules) and count > most and not rules.rules[number].silent:
            rule = rules.rules[number]
            what = f"matched {count} events; the first {most} are kept as sightings"
            yield Problem(where=rule.file, what=what, severity=Severity.NOTE, hint=rule.title)
    for number, count in sorted(outcome.hits.items()):
        if count > most:
            what = f"seen in {count} events; the first {most} are kept as sightings"
            yield Problem(where=scanner.sweep.indicators[number].value, what=what, severity=Severity.NOTE)
