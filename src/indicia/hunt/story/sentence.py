"""A chain in one sentence, in the order in which it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from indicia.hunt.sight.notes import note_of
from indicia.hunt.sight.sightings import status_of
from indicia.hunt.sources.deeds import actor_of
from indicia.records import Outcome, RuleLevel, Sighting, Stage

MOST_STEPS = 12
MOST_NAMES = 4
RANK = {level: rank for rank, level in enumerate(RuleLevel)}
QUIET = (RuleLevel.INFORMATIONAL, RuleLevel.LOW)


def moment(time: datetime) -> str:
    """A time as the sentences write it, to the second: `2021-03-03 06:49:53`."""
    return f"{time:%Y-%m-%d %H:%M:%S}"


def printable(text: str) -> str:
    """`text` without what a terminal would obey; names of files and values of logs are strangers' words."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _what_was_done(members: Sequence[Sighting]) -> str:
    """What stands before what rules say of it: whose doing it was, where the logs name an account."""
    acting: dict[int, str] = {}  # by event, which many rules may have seen; the members hold it, so an id is one event's
    counts: Counter[str] = Counter()
    for event in (member.event for member in members):
        if id(event) not in acting:
            acting[id(event)] = actor_of(event).who
        counts[acting[id(event)]] += 1
    del counts[""]
    if not counts:
        return "something"
    return f"what {printable(_named([name for name, _ in counts.most_common()]))} did"


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


def _steps(members: Sequence[Sighting]) -> list[str]:
    """What was done, each thing once, in order, in the words of our own rules; the weightiest where there are too many.

    Rules that are not ours say only their titles: those come last, the highest levels of them.
    """
    first: dict[str, Sighting] = {}
    titles: dict[str, int] = {}
    for member in members:
        note = note_of(member.rule)
        if note is not None:
            first.setdefault(note.told(member.outcome), member)
        elif member.indicator is None:
            titles[member.title] = max(titles.get(member.title, 0), RANK[member.level])
    if len(first) > MOST_STEPS:
        kept: dict[str, Sighting] = {}
        for stage in Stage:  # one of each stage before a second of any
            of_stage = [(told, member) for told, member in first.items() if member.stage is stage]
            if of_stage:
                told, member = max(of_stage, key=lambda step: RANK[step[1].level])
                kept[told] = member
        rest = sorted((step for step in first.items() if step[0] not in kept), key=lambda step: -RANK[step[1].level])
        kept.update(rest[: max(0, MOST_STEPS - len(kept))])
        first = {told: member for told, member in first.items() if told in kept}
    steps = list(first)
    if titles:
        highest = sorted(titles, key=lambda title: -titles[title])
        steps.append(f"matched {_named([f'“{title}”' for title in highest])}")
    return steps or ["was seen"]


def summary(host: str, members: Sequence[Sighting], clients: Sequence[str]) -> str:
    """One sentence on what `clients` did on `host`: what worked, or what was tried and how it was answered."""
    who = _named(clients) if clients else "somebody whose address the logs do not show"
    where = f"on {host}" if host else "on a host that the logs do not name"
    count = "one sighting" if len(members) == 1 else f"{len(members)} sightings"
    logs = len({member.event.place.file for member in members})
    sought = sorted({member.indicator for member in members if member.indicator is not None})
    known = f", with the indicators {printable(_named(sought))}" if sought else ""
    basis = f"({count} in {'one log' if logs == 1 else f'{logs} logs'}{known})"
    members = [member for member in members if member.indicator is None] or members
    done = [member for member in members if member.outcome is not Outcome.ATTEMPT]
    if done:
        # A probe that was answered is told only where nothing else is.
        told = _steps([member for member in done if member.stage is not Stage.PROBE] or done)
        if not clients and all(note_of(member.rule) is None for member in members):
            # Nobody is known to have done anything yet: rules matched, no more.
            return f"{where[0].upper()}{where[1:]}, {_span(members)}, {_what_was_done(done)} {_list(told)} {basis}."
        return f"{where[0].upper()}{where[1:]}, {_span(members)}, {who} {_list(told)} {basis}."
    answers = sorted({status for member in members if (status := status_of(member.event))})
    answered = f"; answered with {_list(answers)}" if answers else ""
    steps = _list(_steps(members)[:4])
    return f"{where[0].upper()}{where[1:]}, {_span(members)}, {who} {steps}{answered}: an attempt only {basis}."
