"""What a responder is shown of a hunt: who acted, the worst first, and what was done.

An act is what one event, or the traces that one process left in two logs, made any number of rules see.

Sysmon and the Security log both tell of a process that starts; it is one act. Acts that differ in nothing but their time are
told once, with how often.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from indicia.hunt.sight.notes import is_said, note_of
from indicia.hunt.sources.deeds import Deed, actor_of, deed_of
from indicia.hunt.story.sentence import QUIET, RANK, printable
from indicia.hunt.story.verdict import BY_OUTCOME, verdict_of, worst_of
from indicia.records import Chain, Event, Hunt, HuntVerdict, LogFile, Outcome, Problem, RuleLevel, Severity, Sighting

ONE_START = timedelta(seconds=5)  # within which two logs tell of one process; process ids come again later


class Act(NamedTuple):
    """Something that was done: the worst sighting of it, what rules say of it (ours first, then by level), and how often.

    `last` is when it was done last, where it was more than once; `logs` are in how many it left traces.
    """

    worst: Sighting
    titles: tuple[str, ...]
    deed: Deed
    times: int
    last: datetime | None
    logs: int


def acts_of(sightings: Sequence[Sighting]) -> list[Act]:
    """The acts in some sightings, in the order in which each is first seen."""
    same: dict[tuple[Deed, tuple[str, ...], Outcome, str], list[list[Sighting]]] = {}
    for all_traces in _by_act(sightings):
        # What was done is told by rules: that an address was listed takes nothing from it.
        traces = [each for each in all_traces if each.indicator is None] or all_traces
        worst = max(traces, key=lambda each: (RANK[each.level], BY_OUTCOME[each.outcome]))
        outcome = max((each.outcome for each in traces), key=BY_OUTCOME.__getitem__)
        deed = max((deed_of(event) for event in (worst.event, *(each.event for each in traces))), key=_told_by)
        same.setdefault((deed, _titles(all_traces), outcome, worst.event.host.lower()), []).append(traces)
    found = []
    for (deed, titles, outcome, _), some in same.items():
        first = max(some[0], key=lambda each: (RANK[each.level], BY_OUTCOME[each.outcome]))
        last = max((each.event.time for traces in some for each in traces if each.event.time is not None), default=None)
        logs = len({each.event.place.file for traces in some for each in traces})
        worst = first if first.outcome is outcome else next(each for each in some[0] if each.outcome is outcome)
        worst = worst if RANK[worst.level] >= RANK[first.level] else first
        found.append(Act(worst, titles, deed, len(some), last if len(some) > 1 else None, logs))
    return found


def _by_act(sightings: Iterable[Sighting]) -> Iterator[list[Sighting]]:
    groups: defaultdict[tuple[object, ...], list[list[Sighting]]] = defaultdict(list)
    order: list[list[Sighting]] = []
    for sighting in sightings:
        place, process = sighting.event.place, _process_of(sighting.event)
        key: tuple[object, ...] = process or (place.file, place.position, place.unit)
        joined = next((group for group in reversed(groups[key]) if not process or _near(group[0], sighting)), None)
        if joined is None:
            joined = []
            groups[key].append(joined)
            order.append(joined)
        joined.append(sighting)
    yield from order


def _told_by(deed: Deed) -> int:
    """How much of who, what and from where a log tells; of two that tell as much, the first counts."""
    return sum(map(bool, deed))


def _near(one: Sighting, other: Sighting) -> bool:
    if one.event.place == other.event.place:
        return True
    if one.event.time is None or other.event.time is None:
        return False
    return abs(one.event.time - other.event.time) <= ONE_START


def _process_of(event: Event) -> tuple[object, ...] | None:
    """What names a process that an event says has started: its machine, its number and its program; None for other events."""
    fields = event.fields
    match fields.get("EventID"):
        case "1" if fields.get("Channel", "").endswith("Sysmon/Operational"):
            number, image = fields.get("ProcessId", ""), fields.get("Image", "")
        case "4688":
            number, image = fields.get("NewProcessId", ""), fields.get("NewProcessName", "")
        case _:
            return None
    try:
        pid = int(number, 0)
    except ValueError:
        return None
    return event.host.lower().partition(".")[0], pid, image.lower().replace("/", "\\").rpartition("\\")[2]


def _titles(traces: Iterable[Sighting]) -> tuple[str, ...]:
    ranked = sorted(traces, key=lambda each: (note_of(each.rule) is None, -RANK[each.level], each.title))
    return tuple(dict.fromkeys(each.title for each in ranked))


def by_day(sightings: Iterable[Sighting]) -> list[tuple[str, Counter[RuleLevel]]]:
    """How many sightings of each level every day has, in the order of the days (UTC); those without a time last, as ""."""
    days: defaultdict[str, Counter[RuleLevel]] = defaultdict(Counter)
    for sighting in sightings:
        days[f"{sighting.event.time:%Y-%m-%d}" if sighting.event.time else ""][sighting.level] += 1
    return sorted(days.items(), key=lambda item: (not item[0], item[0]))


MOST_TECHNIQUES = 5


class ActorRow(NamedTuple):
    """A machine or a principal: what is to be said of it, from when to when, its worst trace, the techniques seen most."""

    name: str
    verdict: HuntVerdict
    first: datetime | None
    last: datetime | None
    worst: Sighting
    techniques: tuple[str, ...]


def actors_in(chains: Sequence[Chain], by_id: Mapping[str, Sighting]) -> list[ActorRow]:
    """A row for each machine and principal of the chains, the worst first. `by_id` are the sightings."""
    of_name: defaultdict[str, list[Chain]] = defaultdict(list)
    for chain in chains:
        of_name[chain.host].append(chain)
    rows = [_row(name, some, by_id) for name, some in of_name.items()]
    order = {verdict: rank for rank, verdict in enumerate(HuntVerdict)}
    return sorted(rows, key=lambda row: (order[row.verdict], row.first is None, row.first or datetime.max, row.name))


def _row(name: str, chains: Sequence[Chain], by_id: Mapping[str, Sighting]) -> ActorRow:
    members = [by_id[identity] for chain in chains for identity in chain.sightings]
    counts = Counter(technique for each in members for technique in each.techniques)
    ranked = sorted(counts, key=lambda technique: (-counts[technique], technique))[:MOST_TECHNIQUES]
    return ActorRow(
        name,
        verdict_of(members, chains),
        min((chain.start for chain in chains if chain.start is not None), default=None),
        max((chain.end for chain in chains if chain.end is not None), default=None),
        worst_of(members),
        tuple(ranked),
    )


# Rules that fire on nearly everything that they can: what they say is true of everybody, and tells nobody apart.
LEAST = 30  # matches; fewer are soon read
SHARE = 0.75  # of the records of those logs that the rule matched in
DAYS, ACTORS = 3, 3  # an intruder is one, and in a hurry
_NOISE = "noise: "


def noisy(sightings: Sequence[Sighting], matches: Mapping[str, int], files: Iterable[LogFile]) -> dict[str, str]:
    """The rules that are noise in these logs, each with why: most records of its logs match it, on several days and of several
    people or machines. `matches` counts those of each rule, whatever was kept as sightings."""
    events: Counter[str] = Counter()
    for file in files:
        events[file.format] += file.events
    of_rule: defaultdict[str, list[Sighting]] = defaultdict(list)
    for each in sightings:
        if each.level not in QUIET and each.indicator is None and not is_said(each.rule) and each.event.format != "correlation":
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
