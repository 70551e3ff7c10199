"""What our tables know of the names in claims that a machine-readable file states: states, and known incidents."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of
from indicia.records import About, Claim, Level, SourceType


def with_what_is_known(claims: Iterable[Claim], knowledge: Knowledge) -> tuple[Claim, ...]:
    """The claims in their order: an incident by its id where the name means one, a state that speaks, is accused or is tied to
    by its code. A group that an event is tagged with under two of its names is accused once."""
    names, seen, found = names_of(knowledge), set[tuple[str, str | None]](), []
    for claim in (_known(claim, knowledge) for claim in claims):
        party = claim.accused.party
        if party is not None and claim.cues[:1] and claim.cues[0].startswith("misp:"):
            group = (names.group(party.canonical) or party.canonical.lower(), claim.incident)
            if group in seen:
                continue
            seen.add(group)
        found.append(claim)
    return tuple(found)


def _known(claim: Claim, knowledge: Knowledge) -> Claim:
    source, accused, tie = claim.source, claim.accused, claim.tie
    state = _state(source.party.canonical if source.party else None, knowledge)
    if state is not None:
        source = replace(source, type=SourceType.GOVERNMENT, state=state)
    if accused.level in (Level.STATE, Level.PLACE) and accused.state_said is None and accused.party is not None:
        accused = replace(accused, state_said=_state(accused.party.canonical, knowledge))
    if tie is not None and tie.state is None and (state := _state(tie.to, knowledge)) is not None:
        tie = replace(tie, state=state)
    incidents = tuple(_incident(about, knowledge) for about in claim.incidents)
    return replace(claim, source=source, accused=accused, tie=tie, incidents=incidents)


def _state(name: str | None, knowledge: Knowledge) -> str | None:
    named = knowledge.states.named(name) if name else ()
    return named[0].code if named else None


def _incident(about: About, knowledge: Knowledge) -> About:
    known = {row.id for row in knowledge.incidents.named(about.name)}
    return replace(about, id=next(iter(known))) if about.id is None and len(known) == 1 else about
