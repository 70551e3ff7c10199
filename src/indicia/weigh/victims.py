"""Victims as evidence: weak on purpose. Who is attacked says little of who attacks, and lists of victims are lists of what was
reported, so a match is worth at most 2 decibans and a miss a quarter of one. Not fitted: no open data ties reports to both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indicia.records import Evidence
from indicia.weigh.features import is_victim
from indicia.weigh.known import Known
from indicia.weigh.profiles import Floats

__all__ = ["victim_weights"]

_MATCH, _MISS = 2.0, -0.25  # decibans


def victim_weights(items: Sequence[Evidence], hypotheses: Sequence[str], known: Known) -> Floats:
    """[item, hypothesis] in decibans; 0 for items that are no victims and for actors whose victims are not known."""
    result = np.zeros((len(items), len(hypotheses)))
    wanted = [(at, *item.feature.partition(":")[::2]) for at, item in enumerate(items) if is_victim(item.feature)]
    if not wanted:
        return result
    actors = {actor.group: actor for actor in known.actors if actor.group}
    for column, hypothesis in enumerate(hypotheses):
        if (actor := actors.get(hypothesis)) is None:
            continue
        for at, kind, value in wanted:
            listed = actor.victims if kind == "victim-country" else actor.sectors
            if listed:
                result[at, column] = _MATCH if value in listed else _MISS
    # Rewarded once for countries and once for sectors, however many are named: they travel together.
    for kind in ("victim-country", "victim-sector"):
        rows = [at for at, of_kind, _ in wanted if of_kind == kind]
        if len(rows) > 1:
            result[rows] /= len(rows)
    return result
