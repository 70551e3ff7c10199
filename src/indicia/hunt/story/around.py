"""What else happened around something grave: on the same machine or by the same principal, within an hour, the rarest first.

A service that was installed, a session that went on to another machine or a key that was made is nothing by itself; beside a
break-in it is its next step. Most of what happens within an hour is what happens in every hour, so what is seldom in these logs
counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from indicia.hunt.sight.notes import note_of
from indicia.hunt.sources.deeds import deed_of
from indicia.hunt.story.keys import Hosts
from indicia.hunt.story.sentence import printable
from indicia.records import Chain, Outcome, RuleLevel, Sighting

NEAR = timedelta(hours=1)
MOST = 10  # for each chain
MOST_TOLD, LONGEST = 6, 60  # things and characters in its sentence
SELDOM = 3  # as often as that a thing may be in all logs
_QUIET = (RuleLevel.INFORMATIONAL, RuleLevel.LOW)
_GRAVE = (RuleLevel.HIGH, RuleLevel.CRITICAL)


def is_context(sighting: Sighting) -> bool:
    """Whether a sighting is told only around something graver."""
    note = note_of(sighting.rule)
    return note is not None and note.around


def with_context(
    chains: Sequence[Chain], sightings: Sequence[Sighting], context: Sequence[Sighting], hosts: Hosts
) -> tuple[tuple[Chain, ...], list[Sighting]]:
    """The chains with what happened around what is grave in them, and the sightings of `context` that are told so."""
    by_id = {each.id: each for each in sightings}
    chained = {identity for chain in chains for identity in chain.sightings}
    quiet = [each for each in sightings if each.level in _QUIET and each.id not in chained and each.indicator is None]
    of_actor: defaultdict[str, list[Sighting]] = defaultdict(list)
    for each in (*context, *quiet):
        if each.event.time is not None:
            of_actor[hosts.actor(each.event)].append(each)
    often = Counter(map(_thing, (*context, *quiet)))
    told: dict[str, Sighting] = {}
    found = []
    for chain in chains:
        moments = sorted(_moments(by_id[identity] for identity in chain.sightings))
        near = [each for each in of_actor.get(chain.host, ()) if each.id not in told and _is_near(each, moments)]
        chosen = _rarest(near, often)
        told.update((each.id, each) for each in chosen)
        found.append(_joined(chain, chosen, by_id))
    return tuple(found), [each for each in context if each.id in told]


def _moments(members: Iterable[Sighting]) -> list[datetime]:
    return [
        each.event.time
        for each in members
        if each.event.time is not None and each.level in _GRAVE and each.outcome is not Outcome.ATTEMPT
    ]


def _is_near(sighting: Sighting, moments: Sequence[datetime]) -> bool:
    time = sighting.event.time
    return time is not None and any(abs(time - each) <= NEAR for each in moments)


def _thing(sighting: Sighting) -> tuple[str, str]:
    return sighting.rule, deed_of(sighting.event).what


def _rarest(some: Iterable[Sighting], often: Mapping[tuple[str, str], int]) -> list[Sighting]:
    """One of each thing, those that are seldom in all logs, the rarest first and of as rare ones the earliest."""
    first: dict[tuple[str, str], Sighting] = {}
    for each in some:
        if often[_thing(each)] <= SELDOM:
            first.setdefault(_thing(each), each)
    return [first[thing] for thing in sorted(first, key=lambda thing: often[thing])][:MOST]


def _short(what: str) -> str:
    """What was done in a few words, without what a terminal would obey."""
    return printable(what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…")


def _joined(chain: Chain, more: Sequence[Sighting], by_id: Mapping[str, Sighting]) -> Chain:
    if not more:
        return chain
    members = [*(by_id[identity] for identity in chain.sightings), *more]
    ordered = sorted(members, key=lambda each: (each.event.time is None, each.event.time or datetime.max, each.id))
    steps = [f"{each.title} ({what})" if (what := _short(deed_of(each.event).what)) else each.title for each in more]
    said = f"{chain.summary} Around it: {'; '.join(steps[:MOST_TOLD])}{' and more' if len(steps) > MOST_TOLD else ''}."
    added = {each.id for each in more}
    ids = tuple(each.id for each in ordered)
    return replace(chain, sightings=ids, around=tuple(each for each in ids if each in added), summary=said)
