"""What came of some logs as a value: it can be written, sent and joined, and parts joined say what one run says.

A part holds everything that a story needs and that cannot be made again without the logs: sightings as far as one hunt would
keep them, counts of all matches, how far each log reaches, and what correlations count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from itertools import compress

import msgspec
import numpy as np
from msgspec.structs import replace

from indicia.hunt.events import Reach, datetime_of
from indicia.hunt.logs.formats import FORMATS, family_of
from indicia.hunt.match.book import RuleHead
from indicia.hunt.rules.ir import Correlation, CorrelationKind, Refused
from indicia.hunt.sight.correlation import Feed, correlated, feed_of_correlation, values_of
from indicia.hunt.sight.found import MOST, Counted, Quota, file_of, line_of
from indicia.hunt.sight.sightings import RuleFacts, moved, rule_id, sighting_of
from indicia.hunt.story import tell
from indicia.hunt.story.acts import noisy, quietened, told
from indicia.hunt.tuning import NO_TUNING, RULES, TIME, Tuning
from indicia.records import Event, Hunt, LogFile, Place, Problem, RuleLevel, RuleRun, Severity, Sighting

Count = Callable[[Correlation, Sequence[Feed]], list[Feed]]  # the matches of a correlation, of what it counts and of these


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the logs of one machine, or of some of them.

    `machine` stands in front of the names of its logs, so that two machines with the same paths stay two. `sightings` are by
    the format of their logs, in the order of the hunt; `rules` ran, with all their matches; `hits` counts indicators by value;
    `feed` is what `correlations` count; `left_out` are matches that do not count, by reason (see tuning); `asked` says how many
    rules could be asked of each family of logs.
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
    left_out: dict[str, int] = {}
    asked: dict[str, int] = {}


def combine(parts: Iterable[Part], *, most: int | None = MOST) -> Part:
    """One part that says what these say, in this order; of their sightings only those that one hunt would keep of them.

    Parts may be combined in any groups of neighbours, and those again. `most` is to be what they were made with.
    """
    named = [_of_its_machine(part) for part in parts]
    quota = Quota(most)
    sightings: dict[str, tuple[Sighting, ...]] = {}
    for form in sorted({form for part in named for form in part.sightings}, key=rank_of):
        if kept := tuple(quota.kept(sighting for part in named for sighting in part.sightings.get(form, ()))):
            sightings[form] = kept
    hits: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for part in named:
        asked |= Counter(part.asked)
        left_out.update(part.left_out)
        hits.update(part.hits)
        seconds.update(part.seconds)
    return Part(
        sightings=sightings,
        rules=tuple(_added(run for part in named for run in part.rules)),
        refused=tuple(_added(run for part in named for run in part.refused)),
        correlations=tuple({rule_id(each): each for part in named for each in part.correlations}.values()),
        feed=tuple(match for part in named for match in part.feed),
        hits=dict(hits),
        indicators_sought=max((part.indicators_sought for part in named), default=0),
        files=tuple(_whole_files(each for part in named for each in part.files)),
        problems=tuple(dict.fromkeys(problem for part in named for problem in part.problems)),
        seconds=dict(seconds),
        left_out=dict(left_out),
        asked=dict(asked),
    )


def rank_of(form: str) -> tuple[int, str]:
    """Where the logs of a format stand in the order of a hunt; files of no known format ("") come first."""
    return _RANK.get(form, -1), form


_RANK = {form.name: rank for rank, form in enumerate(FORMATS)}


def join(parts: Iterable[Part], *, most: int | None = MOST, count: Count | None = None, tuning: Tuning = NO_TUNING) -> Hunt:
    """The hunt through all logs of the parts, as if one run had gone through them in this order.

    `most` bounds the sightings kept per rule and per indicator; it and `tuning` are to be what the parts were made with.
    `count` gives the matches of correlations where their feed is not in the parts.
    """
    whole = combine(parts, most=most)
    kept = [sighting for some in whole.sightings.values() for sighting in some]
    problems = sorted(whole.problems, key=_by_place)
    files = _log_files(whole.files, problems, whole.asked)
    left_out = Counter(whole.left_out)
    seen, ran = of_correlations(whole.correlations, count or _count_in(whole.feed), tuning, left_out)
    problems += beyond_bound(whole.rules, whole.hits, kept, most)
    runs = (*whole.rules, *ran)
    noise = noisy(kept, {run.id: run.matches for run in runs}, files)
    problems += told(noise, {run.id: run.title for run in runs})
    story = tell(quietened([*kept, *seen], noise), files, len(whole.rules))
    problems += tuning.told(left_out, story.sightings)
    return Hunt(
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=tuple(sorted(files, key=lambda file: file.file)),
        rules=(*runs, *whole.refused),
        problems=tuple(problems),
        indicators_sought=whole.indicators_sought,
        stats=tuple(sorted(whole.seconds.items())),
    )


def of_correlations(
    correlations: Sequence[Correlation], count: Count, tuning: Tuning, left_out: Counter[str]
) -> tuple[list[Sighting], list[RuleRun]]:
    """The sightings of correlations, and how often each held. What does not count is added to `left_out`, by reason."""
    named = {rule_id(each): each for each in correlations}
    hits_of = {
        identity: _tuned(named[identity], hits, tuning, left_out) for identity, hits in _hits(correlations, count).items()
    }
    seen = [
        tuning.marked(_correlated_sighting(each, match))
        for identity, each in named.items()
        if not each.silent
        for match in hits_of[identity]
    ]
    return seen, [rule_run(each, len(hits_of[identity])) for identity, each in named.items()]


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


def _whole_files(counted: Iterable[Counted]) -> Iterator[Counted]:
    """Each log once: what its pieces add up to."""
    reaches: dict[str, tuple[Counted, Reach]] = {}
    asked: dict[str, int] = {}
    for each in counted:
        reach = _reach_of(each)
        asked[each.file] = max(each.asked, asked.get(each.file, -1))
        if each.file in reaches:
            reaches[each.file][1].join(reach)
        else:
            reaches[each.file] = each, reach
    for first, reach in reaches.values():
        slots = sorted(reach.slots)
        told = {"oldest": reach.oldest, "newest": reach.newest, "slots": slots, "host": reach.host}
        yield replace(first, events=reach.events, asked=asked[first.file], **told)


def _reach_of(each: Counted) -> Reach:
    return Reach(each.events, each.oldest, each.newest, set(each.slots), each.host)


def _log_files(files: Iterable[Counted], problems: Iterable[Problem], asked: Mapping[str, int]) -> list[LogFile]:
    """The record of each log, with how many records of it could not be read, and how many rules could be asked of it."""
    skipped: Counter[str] = Counter()
    for problem in problems:
        if problem.severity is not Severity.NOTE:
            skipped[file_of(problem)] += problem.count
    return [
        replace(
            _reach_of(each).log_file(each.file, each.format, each.bytes, skipped[each.file] if each.format else 0),
            asked=(each.asked if each.asked >= 0 else asked.get(family_of(each.format), 0)) if each.format else None,
        )
        for each in files
    ]


def beyond_bound(
    rules: Sequence[RuleRun], hits: Mapping[str, int], kept: Sequence[Sighting], most: int | None
) -> Iterator[Problem]:
    """A note for each rule and indicator of whose matches not all are kept as sightings."""
    if most is None:
        return
    of_rule = Counter(sighting.rule for sighting in kept)  # a rule that only feeds a correlation has none
    for run in rules:
        if run.matches > most and 0 < of_rule[run.id] < run.matches:
            what = f"matched {run.matches} events; the first {most} are kept as sightings"
            yield Problem(where=run.file, what=what, severity=Severity.NOTE, hint=run.title)
    of_value = Counter(sighting.indicator for sighting in kept)
    for value, count in sorted(hits.items()):
        if count > most <= of_value[value]:
            what = f"seen in {count} events; the first {most} are kept as sightings"
            yield Problem(where=value, what=what, severity=Severity.NOTE)


def _count_in(feed: Iterable[Feed]) -> Count:
    by_name: defaultdict[str, list[Feed]] = defaultdict(list)
    for match in feed:
        by_name[match.correlation].append(match)
    return lambda rule, more: correlated(rule, [*by_name.get(rule.id or rule.name, ()), *more])


def _hits(correlations: Sequence[Correlation], count: Count) -> dict[str, list[Feed]]:
    """The matches of each correlation, those that others ask for first; one that asks for itself, by whatever way, has none."""
    named = {each.id or each.name: each for each in correlations}
    found: dict[str, list[Feed]] = {}

    def of(name: str, asking: frozenset[str]) -> list[Feed]:
        if name in found or name in asking:
            return found.get(name, [])
        rule = named[name]
        more: list[Feed] = []
        for below in rule.rules:
            if below in named:
                hits = of(below, asking | {name})
                more += [made for hit in hits if (made := feed_of_correlation(named[below], hit, rule)) is not None]
        found[name] = count(rule, more)
        return found[name]

    return {rule_id(each): of(each.id or each.name, frozenset()) for each in correlations}


def _tuned(rule: Correlation, hits: list[Feed], tuning: Tuning, left_out: Counter[str]) -> list[Feed]:
    """The matches that count."""
    if tuning.silences(rule_id(rule), rule.title):
        left_out[RULES] += len(hits)
        return []
    inside = tuning.within(np.array([hit.time for hit in hits], np.int64))
    if inside is None:
        return hits
    left_out[TIME] += len(hits) - int(inside.sum())
    return list(compress(hits, inside.tolist()))


def _correlated_sighting(rule: Correlation, feed: Feed) -> Sighting:
    """The sighting at the event that made the correlation true.

    Its event holds the fields that were counted, and who did it from where; who, unless it is just that which differs.
    """
    time = datetime_of(feed.time)
    fields = dict(zip(rule.group_by, feed.group, strict=False)) | values_of(rule, feed)
    actor = feed.actor()
    told = {"client": actor.origin, "user": "" if rule.kind is CorrelationKind.VALUE_COUNT else actor.who}
    event = Event(
        place=Place(file=feed.file, position=feed.position, unit=feed.unit),
        format="correlation",
        time=time,
        time_text=time.astimezone(UTC).isoformat() if time else "",
        host=feed.host,
        fields=fields | {name: value for name, value in told.items() if value and name not in fields},
    )
    sighting = sighting_of(RuleFacts(rule), event, fields)
    return replace(sighting, note=f"{rule.kind.value} over {rule.seconds} s")
