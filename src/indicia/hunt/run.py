"""The hunt from end to end: find logs, run rules and indicators over them, tell the story."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from indicia.hunt.events import NO_TIME
from indicia.hunt.logs.formats import FORMATS, Format, LogInput
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.logs.keep import Keeper
from indicia.hunt.match.book import RuleBook, load_rules
from indicia.hunt.parts import Part, join, rule_run
from indicia.hunt.processes.tasks import Task, tasks_of
from indicia.hunt.sight.correlation import Feed
from indicia.hunt.sight.found import Counted, Found
from indicia.hunt.sight.indicators import IndicatorSought, raw_sightings
from indicia.hunt.sight.packing import unpack
from indicia.hunt.sight.quota import MOST, Quota, Source
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.records import Event, Hunt, Problem, Severity, Sighting
from indicia.walking import told_path

__all__ = ["hunt", "part"]

Progress = Callable[[str, float, float | None], None]
WORTH_A_PROCESS = 48 << 20  # bytes: less is read sooner than another process has started
MOST_TEXTS = 200_000  # names and values of events that are looked for again


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
    begun = time.perf_counter()
    with without_collecting():
        found = part(
            paths,
            rules=rules,
            builtin=builtin,
            indicators=indicators,
            keep=keep,
            raw=raw,
            progress=progress,
            jobs=jobs,
            most=most,
        )
        since = time.process_time()
        result = join((found,), most=most)
    seconds = dict(result.stats) | {"story": time.process_time() - since, "total": time.perf_counter() - begun}
    return replace(result, stats=tuple(sorted(seconds.items())))


def part(
    paths: Sequence[Path],
    *,
    machine: str = "",
    rules: Sequence[Path] = (),
    builtin: bool = True,
    indicators: Iterable[IndicatorSought] = (),
    keep: Path | None = None,
    raw: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    most: int | None = MOST,
) -> Part:
    """What came of the logs in `paths`, to be joined with what came of others: see `hunt` for what it is given.

    `machine` names whose logs these are.
    """
    with without_collecting(), ExitStack() as stack:
        since = time.process_time()
        found, problems = load_rules([Path(path) for path in rules], builtin=builtin, progress=progress)
        loaded = time.process_time() - since
        scanner = Scanner(found, indicators, most)
        total = _Total(scanner, most)
        total.problems += problems
        total.seconds["rules"] = loaded
        unchanged = _Unchanged()
        copies = stack.enter_context(TemporaryDirectory(prefix="indicia-")) if any(map(_is_pipe, paths)) else None
        groups = _found_in([Path(path) for path in paths], total, unchanged, raw, Path(copies) if copies else None)
        bytes_of = {log.name: log.size for _, logs in groups for log in logs}
        size, done = float(sum(bytes_of.values())), 0.0
        with Keeper(keep) if keep is not None else nullcontext() as keeper:
            for task, came in _scanned(groups, scanner, jobs, size, keeper):
                total.add(task.format, came)
                done += task.bytes
                if progress is not None:
                    progress("hunting", min(done, size), size)
        if keeper is not None and keeper.fault:
            what = f"events were not kept: {keeper.fault}"
            total.problems.append(Problem(where=str(keep), what=what, severity=Severity.FAILED))
        total.problems += unchanged.problems()
        return total.part(machine, found, bytes_of)


def _is_pipe(path: Path) -> bool:
    try:
        return Path(path).is_fifo()
    except (OSError, ValueError):
        return False


def _found_in(
    paths: Sequence[Path], total: _Total, unchanged: _Unchanged, raw: bool, copies: Path | None
) -> list[tuple[Format, list[LogInput]]]:
    """The logs by their formats, in the order in which formats are tried: it does not depend on what else is there."""
    groups: dict[str, tuple[Format, list[LogInput]]] = {form.name: (form, []) for form in FORMATS}
    for item in find_logs(paths, copies):
        if isinstance(item, Problem):
            total.problems.append(item)
            if item.severity is Severity.FAILED:
                total.files.append(Counted(item.where, "", 0, NO_TIME, NO_TIME, []))
            continue
        log, form = item
        unchanged.note(log)
        if form is None:
            total.unknown(log, raw)
        else:
            groups[form.name][1].append(log)
    return [(form, logs) for form, logs in groups.values() if logs]


def _scanned(
    groups: Iterable[tuple[Format, list[LogInput]]], scanner: Scanner, jobs: int | None, size: float, keeper: Keeper | None
) -> Iterator[tuple[Task, Found]]:
    """Every task and what came of it, in order: here, or in several processes when there is enough to do."""
    tasks = ((form, task, logs) for form, some in groups for task, logs in tasks_of(form, some))
    count = min(jobs or os.cpu_count() or 1, int(size // WORTH_A_PROCESS) + 1)
    if count <= 1 or not scanner.rules.key or keeper is not None:  # what is kept goes into one file a format, in order
        for form, task, logs in tasks:
            yield task, scanner.scan(form, logs, on_batch=keeper.add if keeper is not None else None)
        return
    from indicia.hunt.processes.workers import Setup, Workers  # not worth loading for a few logs

    with Workers(count - 1, Setup(scanner.rules.key, scanner.sweep.indicators, scanner.most)) as workers:
        yield from workers.run((task, partial(scanner.scan, form, logs)) for form, task, logs in tasks)


class _Total:
    """Adds up what came of the tasks, in their order."""

    def __init__(self, scanner: Scanner, most: int | None) -> None:
        self.problems: list[Problem] = []
        self.files: list[Counted] = []
        self.seconds: dict[str, float] = {}
        self._scanner = scanner
        self._most = most
        self._quota = Quota(most)
        self._pool = _Pool()
        self._sources: dict[tuple[int, int], Source] = {}
        self._sightings: defaultdict[str, list[Sighting]] = defaultdict(list)
        self._matches: Counter[int] = Counter()
        self._hits: Counter[int] = Counter()
        self._feed: list[Feed] = []
        self._shown: set[int] = set()

    def unknown(self, log: LogInput, raw: bool) -> None:
        """Notes a file of no known kind; with `raw`, indicators are looked for in its bytes."""
        self.files.append(Counted(log.name, "", 0, NO_TIME, NO_TIME, [], log.size))
        if not log.size:
            return
        self.problems.append(Problem(where=log.name, what="no log of a known format"))
        if raw and len(self._scanner.sweep):
            for each in raw_sightings(log, self._scanner.sweep, self._most):
                if self._quota.takes((each.rule, each.indicator), lambda each=each: each):  # type: ignore[misc]
                    self._sightings[""].append(each)

    def add(self, form: str, came: Found) -> None:
        """Adds what came of one task."""
        self._sightings[form] += self._put_together(came)
        self._matches.update(came.matches)
        self._hits.update(came.hits)
        self.files += came.files
        self.problems += came.problems
        self._feed += came.feed
        self._shown.update(came.shown)
        for label, seconds in came.seconds.items():
            self.seconds[label] = self.seconds.get(label, 0.0) + seconds

    def _put_together(self, came: Found) -> Iterator[Sighting]:
        events = self._pool.events(came)
        for seen in came.seen:
            source = self._sources.get((seen.rule, seen.indicator))
            if source is None:
                source = self._sources[seen.rule, seen.indicator] = self._scanner.source_of(seen)
            if not self._quota.is_closed(source):
                seen.fields = self._pool.names(seen.fields)
                sighting = self._scanner.sighting(seen, events[seen.event])
                if self._quota.takes(source, lambda sighting=sighting: sighting):  # type: ignore[misc]
                    yield sighting

    def part(self, machine: str, rules: RuleBook, bytes_of: Mapping[str, int]) -> Part:
        """All of it."""
        return Part(
            machine=machine,
            sightings={form: tuple(some) for form, some in self._sightings.items() if some},
            rules=tuple(
                rule_run(rule, self._matches[number], waits="" if self._shown.intersection(rule.asked_of) else rule.where)
                for number, rule in enumerate(rules.rules)
            ),
            refused=tuple(rule_run(rule, 0, rule.reason) for rule in rules.refused),
            correlations=rules.correlations,
            feed=tuple(self._feed),
            hits={self._scanner.sweep.indicators[number].value: count for number, count in self._hits.items()},
            indicators_sought=len(self._scanner.sweep),
            files=tuple(replace(each, bytes=bytes_of.get(each.file, each.bytes)) for each in self.files),
            problems=tuple(self.problems),
            seconds=self.seconds,
        )


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
                yield Problem(where=told_path(path), what="was removed while it was read", severity=Severity.SKIPPED)
            elif now[0] < before[0]:
                what = f"was cut from {before[0]:,} to {now[0]:,} bytes while it was read: what stood there may be missing"
                yield Problem(where=told_path(path), what=what, severity=Severity.SKIPPED)
            else:
                what = f"was written to while it was read ({before[0]:,} bytes, then {now[0]:,}): the end may be missing"
                yield Problem(
                    where=told_path(path), what=what, severity=Severity.NOTE, hint="hunt through it again, or through a copy"
                )


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
