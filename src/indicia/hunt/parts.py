"""What came of some logs as a value: it can be written, sent and joined, and parts joined say what one run says.

A part holds everything that a story needs and that cannot be made again without the logs: sightings as far as one hunt would
keep them, counts of all matches, how far each log reaches, and what correlations count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC

import msgspec
from msgspec.structs import replace

from indicia.hunt.events import datetime_of
from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.reach import Reach
from indicia.hunt.match.book import RuleHead
from indicia.hunt.rules.ir import Correlation, Refused
from indicia.hunt.sight.correlation import Feed, correlated, feed_of_correlation
from indicia.hunt.sight.found import Counted, file_of, line_of
from indicia.hunt.sight.quota import MOST, Quota
from indicia.hunt.sight.sightings import facts_of, moved, rule_id, sighting_of
from indicia.hunt.story import tell
from indicia.records import Event, Hunt, LogFile, Place, Problem, RuleLevel, RuleRun, Severity, Sighting

__all__ = ["Part", "join"]

_RANK = {form.name: rank for rank, form in enumerate(FORMATS)}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the logs of one machine, or of some of them.

    `machine` stands in front of the names of its logs, so that two machines with the same paths stay two. `sightings` are by
    the format of their logs, in the order of the hunt; `rules` ran, with all their matches; `hits` counts indicators by value;
    `feed` is what `correlations` count.
    """

    machine: str = ""
    sightings: dict[str, tuple[Sighting, ...]] = {}
    rules: tuple[RuleRun, ...] = ()
    refused: tuple[RuleRun, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    feed: tuple[Feed, ...] = ()
    hits: dict[str, int] = {}
    indicators_sought: int = 0
    files: tuple[Counted, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: dict[str, float] = {}


def join(parts: Iterable[Part], *, most: int | None = MOST) -> Hunt:
    """The hunt through all logs of the parts, as if one run had gone through them in this order.

    `most` bounds the sightings kept per rule and per indicator, and is to be what the parts were made with.
    """
    named = [_of_its_machine(part) for part in parts]
    quota, kept = Quota(most), []
    for form in sorted({form for part in named for form in part.sightings}, key=lambda form: (_RANK.get(form, -1), form)):
        for part in named:
            for sighting in part.sightings.get(form, ()):
                if quota.takes((sighting.rule, sighting.indicator), lambda sighting=sighting: sighting):  # type: ignore[misc]
                    kept.append(sighting)
    problems = sorted(dict.fromkeys(problem for part in named for problem in part.problems), key=_by_place)
    files = _log_files((each for part in named for each in part.files), problems)
    correlations = {rule_id(each): each for part in named for each in part.correlations}
    feed: defaultdict[str, list[Feed]] = defaultdict(list)
    for part in named:
        for match in part.feed:
            feed[match.correlation].append(match)
    hits_of = _hits(list(correlations.values()), feed)
    seen = [
        [] if each.silent else [_correlated_sighting(each, match) for match in hits_of[identity]]
        for identity, each in correlations.items()
    ]
    rules = _added(run for part in named for run in part.rules)
    ran = [rule_run(each, len(hits_of[identity])) for identity, each in correlations.items()]
    refused = _added(run for part in named for run in part.refused)
    hits: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for part in named:
        hits.update(part.hits)
        seconds.update(part.seconds)
    problems += _left_out(rules, hits, kept, most)
    story = tell([*kept, *(sighting for some in seen for sighting in some)], files)
    return Hunt(
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=tuple(sorted(files, key=lambda file: file.file)),
        rules=(*rules, *ran, *refused),
        problems=tuple(problems),
        indicators_sought=max((part.indicators_sought for part in named), default=0),
        stats=tuple(sorted(seconds.items())),
    )


def _of_its_machine(part: Part) -> Part:
    """The part with the machine in every name of a log."""
    if not part.machine:
        return part
    files = {each.file for each in part.files}

    def told(name: str) -> str:
        return f"{part.machine}:{name}"

    return replace(
        part,
        sightings={
            form: tuple(moved(each, told(each.event.place.file)) for each in some) for form, some in part.sightings.items()
        },
        feed=tuple(replace(each, file=told(each.file)) for each in part.feed),
        files=tuple(replace(each, file=told(each.file)) for each in part.files),
        problems=tuple(replace(each, where=told(each.where)) if file_of(each) in files else each for each in part.problems),
    )


def _by_place(problem: Problem) -> tuple[str, int, str]:
    return file_of(problem), line_of(problem), problem.what


def _added(runs: Iterable[RuleRun]) -> list[RuleRun]:
    """Each rule once, with all its matches; it waits for its log only where no part showed it."""
    found: dict[tuple[str, str, str, str | None], RuleRun] = {}
    for run in runs:
        key = run.id, run.title, run.file, run.skipped
        before = found.get(key)
        if before is not None:
            waits = run.waits if before.waits else ""
            run = replace(run, matches=before.matches + run.matches, waits=waits)
        found[key] = run
    return list(found.values())


def rule_run(rule: Correlation | RuleHead | Refused, matches: int, skipped: str | None = None, waits: str = "") -> RuleRun:
    """How often a rule matched, or why it did not run."""
    return RuleRun(
        id=rule_id(rule),
        title=rule.title,
        level=RuleLevel(rule.level),
        file=rule.file,
        author=rule.author,
        license=rule.license,
        matches=matches,
        skipped=skipped,
        waits=waits,
    )


def _log_files(counted: Iterable[Counted], problems: Iterable[Problem]) -> list[LogFile]:
    """The record of each log: what its pieces add up to, and how many records of it could not be read."""
    reaches: dict[str, tuple[str, int, Reach]] = {}
    for each in counted:
        reach = Reach(each.events, each.oldest, each.newest, set(each.slots), each.host)
        if each.file in reaches:
            reaches[each.file][2].join(reach)
        else:
            reaches[each.file] = (each.format, each.bytes, reach)
    skipped: Counter[str] = Counter()
    for problem in problems:
        if problem.severity is not Severity.NOTE:
            skipped[file_of(problem)] += problem.count
    return [reach.log_file(name, form, size, skipped[name] if form else 0) for name, (form, size, reach) in reaches.items()]


def _left_out(rules: Sequence[RuleRun], hits: Counter[str], kept: Sequence[Sighting], most: int | None) -> Iterator[Problem]:
    if most is None:
        return
    has_any = {sighting.rule for sighting in kept}  # a rule that only feeds a correlation has none
    for run in rules:
        if run.matches > most and run.id in has_any:
            what = f"matched {run.matches} events; the first {most} are kept as sightings"
            yield Problem(where=run.file, what=what, severity=Severity.NOTE, hint=run.title)
    for value, count in sorted(hits.items()):
        if count > most:
            what = f"seen in {count} events; the first {most} are kept as sightings"
            yield Problem(where=value, what=what, severity=Severity.NOTE)


def _hits(correlations: Sequence[Correlation], feed: Mapping[str, Sequence[Feed]]) -> dict[str, list[Feed]]:
    """The matches of each correlation, those that others ask for first; one that asks for itself, by whatever way, has none."""
    named = {each.id or each.name: each for each in correlations}
    found: dict[str, list[Feed]] = {}

    def of(name: str, asking: frozenset[str]) -> list[Feed]:
        if name in found or name in asking:
            return found.get(name, [])
        rule = named[name]
        some = list(feed.get(name, ()))
        for below in rule.rules:
            if below in named:
                hits = of(below, asking | {name})
                some += [made for hit in hits if (made := feed_of_correlation(named[below], hit, rule)) is not None]
        found[name] = correlated(rule, some)
        return found[name]

    return {rule_id(each): of(each.id or each.name, frozenset()) for each in correlations}


def _correlated_sighting(rule: Correlation, feed: Feed) -> Sighting:
    """The sighting at the event that made the correlation true. Its event holds the fields that were counted, no more."""
    time = datetime_of(feed.time)
    fields = dict(zip(rule.group_by, feed.group, strict=False))
    if rule.field:
        fields.update(zip(rule.field.split(","), feed.value.split("\n"), strict=False))
    event = Event(
        place=Place(file=feed.file, position=feed.position, unit=feed.unit),
        format="correlation",
        time=time,
        time_text=time.astimezone(UTC).isoformat() if time else "",
        host="",
        fields=fields,
    )
    sighting = sighting_of(facts_of(rule), event, fields)
    return replace(sighting, note=f"{rule.kind.value} over {rule.seconds} s")
