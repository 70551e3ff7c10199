"""A chain in one sentence, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from indicia.hunt.story.notes import note_of
from indicia.hunt.story.outcome import status_of
from indicia.records import Outcome, RuleLevel, Sighting, Stage

__all__ = ["moment", "summary"]

MOST_STEPS = 12
MOST_NAMES = 4
_RANK = {level: rank for rank, level in enumerate(RuleLevel)}


def moment(time: datetime) -> str:
    """A time as the sentences write it, to the second: `2021-03-03 06:49:53`."""
    return f"{time:%Y-%m-%d %H:%M:%S}"


def _list(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def _named(items: Sequence[str]) -> str:
    if len(items) <= MOST_NAMES:
        return _list(items)
    return f"{', '.join(items[:MOST_NAMES])} and {len(items) - MOST_NAMES} more"


def _span(members: Sequence[Sighting]) -> str:
    times = sorted(member.event.time for member in members if member.event.time is not None)
    if not times:
        return "at times that the logs do not tell"
    if times[0] == times[-1]:
        return f"at {moment(times[0])} UTC"
    end = f"{times[-1]:%H:%M:%S}" if times[0].date() == times[-1].date() else moment(times[-1])
    return f"between {moment(times[0])} and {end} UTC"


def _tells(sighting: Sighting) -> str:
    note = note_of(sighting.rule)
    if note is not None:
        return note.told(sighting.outcome)
    if sighting.indicator is not None:
        return f"was seen with the indicator {sighting.indicator}"
    return f"matched “{sighting.title}”"


def _weight(step: tuple[str, Sighting]) -> tuple[bool, int]:
    """Our own words before the title of a rule, then the higher level."""
    return note_of(step[1].rule) is not None, _RANK[step[1].level]


def _steps(members: Sequence[Sighting]) -> list[str]:
    """What was done, each thing once, in order; the weightiest where there are too many."""
    first: dict[str, Sighting] = {}
    for member in members:
        first.setdefault(_tells(member), member)
    if len(first) > MOST_STEPS:
        kept: dict[str, Sighting] = {}
        for stage in Stage:  # one of each stage before a second of any
            of_stage = [(told, member) for told, member in first.items() if member.stage is stage]
            if of_stage:
                told, member = max(of_stage, key=_weight)
                kept[told] = member
        rest = sorted((item for item in first.items() if item[0] not in kept), key=_weight, reverse=True)
        kept.update(rest[: max(0, MOST_STEPS - len(kept))])
        return [told for told in first if told in kept]
    return list(first)


def summary(host: str, members: Sequence[Sighting], clients: Sequence[str]) -> str:
    """One sentence on what `clients` did on `host`: what worked, or what was tried and how it was answered."""
    who = _named(clients) if clients else "somebody whose address the logs do not show"
    where = f"on {host}" if host else "on a host that the logs do not name"
    count = "one sighting" if len(members) == 1 else f"{len(members)} sightings"
    logs = len({member.event.place.file for member in members})
    sought = sorted({member.indicator for member in members if member.indicator is not None})
    known = f", with the sought {_named(sought)}" if sought else ""
    basis = f"({count} in {'one log' if logs == 1 else f'{logs} logs'}{known})"
    members = [member for member in members if member.indicator is None] or members
    done = [member for member in members if member.outcome is not Outcome.ATTEMPT]
    if done:
        # A probe that was answered is told only where nothing else is.
        told = _steps([member for member in done if member.stage is not Stage.PROBE] or done)
        return f"{where[0].upper()}{where[1:]}, {_span(members)}, {who} {_list(told)} {basis}."
    answers = sorted({status for member in members if (status := status_of(member.event))})
    answered = f"; answered with {_list(answers)}" if answers else ""
    steps = _list(_steps(members)[:3])
    return f"{where[0].upper()}{where[1:]}, {_span(members)}, {who} {steps}{answered}: an attempt only {basis}."
