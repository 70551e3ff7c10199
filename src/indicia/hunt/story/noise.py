"""Rules that fire on nearly everything that they can: what they say is true of everybody, and tells nobody apart."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from indicia.hunt.sight.said import is_said
from indicia.hunt.sources.deeds import actor_of
from indicia.hunt.story.sentence import printable
from indicia.records import Hunt, LogFile, Outcome, Problem, RuleLevel, Severity, Sighting

LEAST = 30  # matches; fewer are soon read
SHARE = 0.75  # of the records of those logs that the rule matched in
DAYS, ACTORS = 3, 3  # an intruder is one, and in a hurry
_NOISE = "noise: "
_QUIET = (RuleLevel.INFORMATIONAL, RuleLevel.LOW)


def noisy(sightings: Sequence[Sighting], matches: Mapping[str, int], files: Iterable[LogFile]) -> dict[str, str]:
    """The rules that are noise in these logs, each with why: most records of its logs match it, on several days and of several
    people or machines. `matches` counts those of each rule, whatever was kept as sightings."""
    events: Counter[str] = Counter()
    for file in files:
        events[file.format] += file.events
    of_rule: defaultdict[str, list[Sighting]] = defaultdict(list)
    for each in sightings:
        if (
            each.level not in _QUIET
            and each.indicator is None
            and not is_said(each.rule)
            and each.event.format != "correlation"
        ):
            of_rule[each.rule].append(each)
    found = {}
    for rule, some in sorted(of_rule.items()):
        count, whole = matches.get(rule, 0), sum(events[form] for form in {each.event.format for each in some})
        if count >= LEAST and count >= SHARE * whole and _of_many(some):
            found[rule] = f"{_NOISE}{count:,} of {whole:,} records match it, of different people or machines on different days"
    return found


def _of_many(some: Sequence[Sighting]) -> bool:
    days = {each.event.time.date() for each in some if each.event.time is not None}
    actors = {(each.event.host if not (who := actor_of(each.event).who) else who) for each in some}
    return len(days) >= DAYS and len(actors) >= ACTORS


def quietened(sightings: Iterable[Sighting], noise: Mapping[str, str]) -> Iterator[Sighting]:
    """The sightings; those of noisy rules at a low level, with why. What was tried and refused stays what it is."""
    for each in sightings:
        if each.rule in noise and each.outcome is not Outcome.ATTEMPT:
            yield replace(each, level=RuleLevel.LOW, note=noise[each.rule])
        else:
            yield each


def told(noise: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Problem]:
    """A note for each rule that is noise."""
    for rule, why in noise.items():
        title = titles.get(rule, rule)
        yield Problem(
            where=title,
            what=f"{why}; told at a low level",
            severity=Severity.NOTE,
            hint=f'--not "{title}" leaves it out, --suggest FILE writes that down',
        )


def suggested(found: Hunt) -> str:
    """A tuning file that leaves out what is noise in a hunt, each rule with why, for a person to edit; "" where nothing is."""
    why = {each.rule: each.note.removeprefix(_NOISE) for each in found.sightings if each.note.startswith(_NOISE)}
    if not why:
        return ""
    lines = [
        "# Rules that fire on nearly everything in these logs. Delete the lines of those that are to count, then give the file"
    ]
    lines += ["# to the next hunt with --tuning, alone or with others. What it leaves out is counted and told.", "not:"]
    for run in sorted((run for run in found.rules if run.id in why), key=lambda run: (-run.matches, run.id)):
        told = printable(run.title)
        name = run.title if run.id.startswith("rule--") else run.id  # an id that we made hangs on where the rule lies
        lines.append(f"  - {json.dumps(name)}  # {run.level.value}, {told}: {why[run.id]}")
    return "\n".join(lines) + "\n"
