"""Who may be the same as whom: actors that go by one another's names, as firms number a cluster first and name it later.

A relation between hypotheses and no merge: what weighs for one never weighs for the other, but they are no rivals either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicia.knowledge.index import fold, kept_by_tables
from indicia.weigh.known import Known
from indicia.weigh.words import listed

_NAMES = 2  # that two share, where the main name of neither is among them: one alone may be an umbrella (GRIZZLY STEPPE)
_TOLD = 3  # kin, and names of each, that a sentence tells


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody else who may be the same: the id and name of the actor, and the names that both go by."""

    id: str
    name: str
    names: tuple[str, ...]


@kept_by_tables
def kin_of(known: Known) -> Mapping[str, tuple[Kin, ...]]:
    """Actor id (ATT&CK's where there is one) -> who may be the same, those with the most names in common first."""
    by_id = {actor.id: actor for actor in known.actors}
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for actor in by_id.values():
        for alias in actor.aliases:
            for other in alias.shared_with:
                if other in by_id:
                    shared[actor.id, other].append(alias.name)
    found: dict[str, list[Kin]] = defaultdict(list)
    for (one, other), names in shared.items():
        mains = {fold(by_id[one].name), fold(by_id[other].name)}
        if len(names) >= _NAMES or any(fold(name) in mains for name in names):
            found[one].append(Kin(other, by_id[other].name, tuple(names)))
    return {one: tuple(sorted(kin, key=lambda each: (-len(each.names), each.id))) for one, kin in found.items()}


def told(name: str, kin: Sequence[Kin]) -> str:
    """The sentence that says so; empty where there is nobody."""
    if not kin:
        return ""
    others = [f"{one.name} (both go by {listed(one.names[:_TOLD])})" for one in kin[:_TOLD]]
    return f" {name} may be the same as {listed(others, 'or')}."
