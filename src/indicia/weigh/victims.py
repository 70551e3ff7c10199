"""Victims as evidence: how much likelier a group that is known to attack such victims attacks them than any other group.

Lists of victims are lists of what was reported, so a twentieth of the victims may be anybody's. Fitted on 63 public texts, each
on one group (docs/weighing.md). Countries count once and sectors once, shared among those that the text names by how often it
does: they travel together. They say nothing of an actor whom nobody knows yet, and no verdict rests on them (`legs.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from indicia.knowledge.tables import Actor
from indicia.records import Evidence
from indicia.weigh.features import is_victim
from indicia.weigh.known import Known
from indicia.weigh.profiles import Floats

__all__ = ["victim_weights"]

_ANYBODY = 0.05  # share of a group's victims that are not of those it is known for
_DECIBAN = 10.0


def victim_weights(items: Sequence[Evidence], hypotheses: Sequence[str], known: Known, prior: Floats) -> Floats:
    """[item, hypothesis] in decibans against the mean of the groups under `prior` (probabilities); 0 for items that are no
    victims and for actors whose victims are not known."""
    result = np.zeros((len(items), len(hypotheses)))
    kinds: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        if is_victim(item.feature):
            kinds[item.feature.partition(":")[0]].append(at)
    actors = [actor for actor in known.actors if actor.group] if kinds else []
    column = {hypothesis: at for at, hypothesis in enumerate(hypotheses)}
    for kind, rows in kinds.items():
        listed = [(column[actor.group], names) for actor in actors if actor.group in column and (names := _listed(actor, kind))]
        weight = float(prior[[of_group for of_group, _ in listed]].sum())
        told = {at: max(1, len(items[at].traces)) for at in rows}
        for at in rows:
            value = items[at].feature.partition(":")[2]
            common = float(prior[[of_group for of_group, names in listed if value in names]].sum()) / weight if weight else 0.0
            share = _DECIBAN * told[at] / sum(told.values())
            hit, missed = (share * np.log10(_likely(one) / _likely(common)) for one in (1.0, 0.0))
            for of_group, names in listed:
                result[at, of_group] = hit if value in names else missed
    return result


def _listed(actor: Actor, kind: str) -> tuple[str, ...]:
    return actor.victims if kind == "victim-country" else actor.sectors


def _likely(own: float) -> float:
    return _ANYBODY + (1 - _ANYBODY) * own
