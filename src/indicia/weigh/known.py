"""The part of our knowledge that weighing needs: ATT&CK's relations, and to whom each group is said to belong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indicia.knowledge import Attack
from indicia.knowledge.tables import Actor, Agency, Incident, Malware, State
from indicia.records import Hypothesis, Level

__all__ = ["FOR_NO_STATE", "UNKNOWN", "Known", "Tree", "larger_than", "tree_of"]

UNKNOWN = Hypothesis(id="unknown", name="an actor not in our knowledge", level=None)

# Doubt that a mapping (group to agency or state) is right, by how many sources say so. They copy one another, so even many
# leave some doubt. ATT&CK's own words alone leave 5%; our judgement, not measured.
_DOUBT = {0: 0.5, 1: 0.05, 2: 0.03}
_LEAST_DOUBT = 0.02
_SERVICES = frozenset({"intelligence", "military", "unit"})  # kinds of agencies that have units


class Known(Protocol):
    """What `weigh` asks of knowledge; `indicia.knowledge.Knowledge` has it, and the evaluation's older releases too."""

    @property
    def attack(self) -> Attack: ...
    @property
    def actors(self) -> Iterable[Actor]: ...
    @property
    def malware(self) -> Iterable[Malware]: ...
    @property
    def states(self) -> Iterable[State]: ...
    @property
    def agencies(self) -> Iterable[Agency]: ...
    @property
    def incidents(self) -> Iterable[Incident]: ...


FOR_NO_STATE = ("criminal", "hacktivist")  # kinds of actors
_TYPES = {"criminal": "criminals", "hacktivist": "hacktivists"}


@dataclass(frozen=True, slots=True)
class Tree:
    """Hypotheses by id and how they add up: group -> agency -> state, or group -> type where it works for none."""

    groups: dict[str, Hypothesis]
    above: dict[str, Hypothesis]  # agencies, states and types

    def chain(self, group: str) -> tuple[tuple[Hypothesis, float], ...]:
        """The agency and the state above a group, each with the probability that the mapping so far is right."""
        found: list[tuple[Hypothesis, float]] = []
        sure, at = 1.0, self.groups.get(group)
        while at is not None and at.parent is not None:
            sure *= 1 - at.mapping_doubt
            at = self.above[at.parent]
            found.append((at, sure))
        return tuple(found)


def larger_than(agency: Agency, agencies: Mapping[str, Agency]) -> tuple[Agency, ...]:
    """The services that an agency is a part of, the nearest first. No ministry: what a service did is not said of it."""
    found: list[Agency] = []
    at = agencies.get(agency.part_of or "")
    while at is not None and at.kind in _SERVICES and at not in found and at.id != agency.id:
        found.append(at)
        at = agencies.get(at.part_of or "")
    return tuple(found)


def doubt(sources: Sequence[str]) -> float:
    return _DOUBT.get(len(sources), _LEAST_DOUBT)


def tree_of(known: Known) -> Tree:
    """All ATT&CK groups with the agency and state that they are said to belong to, and who says so."""
    state_names = {state.code: state.name for state in known.states}
    agencies = {agency.id: agency for agency in known.agencies}
    actors = {actor.group: actor for actor in known.actors if actor.group}
    above: dict[str, Hypothesis] = {}
    groups: dict[str, Hypothesis] = {}

    def state_of(code: str) -> str:
        at = f"state:{code}"
        above.setdefault(at, Hypothesis(id=at, name=state_names.get(code, code), level=Level.STATE, state=code))
        return at

    def agency_of(id: str, state: str | None) -> str:
        """The agency, within the one that it is a part of: a unit of the GRU is the GRU."""
        at = f"agency:{id}"
        if at not in above:
            agency = agencies.get(id)
            home = (agency.state if agency else None) or state
            larger = next((one.id for one in larger_than(agency, agencies)), None) if agency else None
            parent = agency_of(larger, home) if larger else state_of(home) if home else None
            name = agency.name if agency else id
            above[at] = Hypothesis(id=at, name=name, level=Level.AGENCY, state=home, parent=parent)
        return at

    for group in known.attack.groups:
        actor = actors.get(group.id)
        kind = actor.kind if actor else ""
        # Where criminals sit is no sponsor: no state has them for its own.
        state = None if kind in FOR_NO_STATE else (actor.state if actor else None) or group.state
        parent: str | None = None
        sources: tuple[str, ...] = ()
        if actor is not None and actor.agency is not None:
            parent, sources = agency_of(actor.agency, state), actor.agency_according_to
        elif kind in FOR_NO_STATE:
            parent = f"type:{kind}"
            above.setdefault(parent, Hypothesis(id=parent, name=_TYPES[kind], level=None))
        elif state is not None:
            parent, sources = state_of(state), (actor.state_according_to if actor else ()) or ("MITRE ATT&CK",)
        groups[group.id] = Hypothesis(
            id=group.id,
            name=group.name,
            level=Level.GROUP,
            state=state,
            parent=parent,
            according_to=sources,
            mapping_doubt=doubt(sources) if parent and kind not in FOR_NO_STATE else 0.0,
        )
    return Tree(groups, above)
