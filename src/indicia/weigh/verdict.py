"""What a posterior supports: a group, two that cannot be told apart, a state alone, or that the grounds do not suffice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from indicia.records import Posterior, Verdict
from indicia.weigh.corroboration import Backing, backing
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import UNKNOWN, Tree
from indicia.weigh.legs import Leg, lacking
from indicia.weigh.levels import sums
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats

__all__ = ["Decision", "decide"]

_STATE_SURE = 0.9  # least posterior at which a state alone is named
_TIED_AT_LEAST = 0.2  # of each of two that together would be named


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and its leaders (positions among the hypotheses; none for a state alone). `plantable`: the first would be
    named if its case did not rest on tools that anybody could plant. `shared`: other groups to whom every item fits as well.
    `lacks`: the legs that it would have to stand on and does not."""

    verdict: Verdict
    leaders: tuple[int, ...]
    first: int
    levels: tuple[Posterior, ...]
    held: Backing
    plantable: bool
    shared: int
    lacks: tuple[Leg, ...] = ()


def decide(model: Model, layout: ItemLayout, factors: Floats, after: Floats, prior: Floats, tree: Tree) -> Decision:
    """The verdict on a posterior `after` [hypothesis] that came from `factors` [column of the layout] and `prior` (logs)."""
    hypotheses = model.hypotheses
    levels = sums(
        dict(zip(hypotheses, after.tolist(), strict=True)), dict(zip(hypotheses, np.exp(prior).tolist(), strict=True)), tree
    )
    order = [int(at) for at in np.argsort(-after, kind="stable") if hypotheses[at] != UNKNOWN.id]
    first, second = order[0], order[1]
    held = backing(model, layout, factors, first)
    seen = factors > 0
    fits: Floats = layout.uses[seen][:, model.candidates].min(axis=0, initial=1.0)
    shared = int(fits.sum() - fits[first]) if seen.any() else 0
    named = model.weights.named

    def decided(verdict: Verdict, *leaders: int, plantable: bool = False, lacks: tuple[Leg, ...] = ()) -> Decision:
        return Decision(verdict, leaders, first, levels, held, plantable, shared, lacks)

    def lacks(members: Iterable[int], least: float) -> tuple[Leg, ...]:
        mask = np.zeros(len(hypotheses), dtype=bool)
        mask[list(members)] = True
        return lacking(model, layout, factors, prior, mask, least)

    if not seen.any():
        return decided(Verdict.INSUFFICIENT)
    if after[first] >= named:
        if shared:
            return decided(Verdict.INSUFFICIENT)
        if not held.holds(model.weights.backing):
            return decided(Verdict.INSUFFICIENT, plantable=True)
        missing = lacks([first], named)
        return decided(Verdict.INSUFFICIENT, lacks=missing) if missing else decided(Verdict.NAMED, first)
    if after[first] + after[second] >= max(named, 0.9) and after[second] >= _TIED_AT_LEAST:
        both = [backing(model, layout, factors, at).holds(model.weights.backing) for at in (first, second)]
        if not all(both):
            return decided(Verdict.INSUFFICIENT, plantable=True)
        missing = lacks([first, second], named)
        return decided(Verdict.INSUFFICIENT, lacks=missing) if missing else decided(Verdict.TIED, first, second)
    state = next((at for at in levels if at.hypothesis.id.startswith("state:")), None)
    if state is not None and state.probability >= _STATE_SURE and held.holds(model.weights.backing):
        own = [at for at, group in enumerate(hypotheses) if any(up.id == state.hypothesis.id for up, _ in tree.chain(group))]
        missing = lacks(own, min(named, _STATE_SURE))  # no leg is asked for more than the verdict itself
        return decided(Verdict.INSUFFICIENT, lacks=missing) if missing else decided(Verdict.STATE_ONLY)
    return decided(Verdict.INSUFFICIENT)
