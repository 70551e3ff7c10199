"""What a posterior supports: a group, two that cannot be told apart, a state or a type alone, or too little.

Each level has its own bar: groups by their posterior and their legs, states and types by what the known mass tells of everybody
(`sponsors`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicia.records import Posterior, Verdict
from indicia.weigh.corroboration import Backing, backing
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import UNKNOWN, Tree
from indicia.weigh.legs import Given, Leg, lacking
from indicia.weigh.levels import sums
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats
from indicia.weigh.sponsors import Sponsors

__all__ = ["Decision", "decide"]

_TIED_AT_LEAST = 0.2  # of each of two that together would be named


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and its leaders (positions among the hypotheses; none for a state or type alone, whose id is `sponsor`).
    `plantable`: the first would be named if its case did not rest on tools that anybody could plant. `shared`: other groups to
    whom every item fits as well. `lacks`: the legs that it would have to stand on and does not."""

    verdict: Verdict
    leaders: tuple[int, ...]
    first: int
    levels: tuple[Posterior, ...]
    held: Backing
    plantable: bool
    shared: int
    lacks: tuple[Leg, ...] = ()
    sponsor: str = ""

    def named_of(self, hypotheses: Sequence[str]) -> tuple[str, ...]:
        """The ids of those whom the verdict names."""
        return tuple(hypotheses[at] for at in self.leaders) or ((self.sponsor,) if self.sponsor else ())


def decide(
    model: Model, layout: ItemLayout, factors: Floats, after: Floats, prior: Floats, tree: Tree, given: Given | None = None
) -> Decision:
    """The verdict on a posterior `after` [hypothesis] that came from `factors` [column of the layout], `prior` (logs) and what
    people entered."""
    given = given or Given.nothing(len(prior))
    hypotheses = model.hypotheses
    sponsors = Sponsors.of(model, tree)
    levels = sums(
        dict(zip(hypotheses, after.tolist(), strict=True)),
        dict(zip(hypotheses, np.exp(prior).tolist(), strict=True)),
        tree,
        dict(zip(sponsors.classes, sponsors.stated(after).tolist(), strict=True)),
    )
    order = [int(at) for at in np.argsort(-after, kind="stable") if hypotheses[at] != UNKNOWN.id]
    first, second = order[0], order[1]
    entered = given.nats.sum(axis=0)
    held = backing(model, layout, factors, first, given=entered)
    seen = factors > 0
    fits: Floats = layout.uses[seen][:, model.candidates].min(axis=0, initial=1.0)
    shared = int(fits.sum() - fits[first]) if seen.any() else 0
    named = model.weights.named

    def decided(verdict: Verdict, *leaders: int, plantable: bool = False, lacks: tuple[Leg, ...] = ()) -> Decision:
        sponsor = ""
        if verdict is Verdict.INSUFFICIENT and (found := sponsors.named(layout, factors, prior, given.nats)):
            sponsor = found[0]
            verdict = Verdict.STATE_ONLY if sponsor.startswith("state:") else Verdict.TYPE_ONLY
        return Decision(verdict, leaders, first, levels, held, plantable, shared, lacks, sponsor)

    def lacks(*members: int) -> tuple[Leg, ...]:
        mask = np.isin(np.arange(len(hypotheses)), members)
        return lacking(model, layout, factors, prior, mask, named, given)

    if not seen.any() and not len(given.nats):
        return decided(Verdict.INSUFFICIENT)
    if after[first] >= named:
        if shared and not given.kinds_for(first):
            return decided(Verdict.INSUFFICIENT)
        if not held.holds(model.weights.backing):
            return decided(Verdict.INSUFFICIENT, plantable=True)
        missing = lacks(first)
        return decided(Verdict.INSUFFICIENT, lacks=missing) if missing else decided(Verdict.NAMED, first)
    if after[first] + after[second] >= max(named, 0.9) and after[second] >= _TIED_AT_LEAST:
        both = [backing(model, layout, factors, at, given=entered).holds(model.weights.backing) for at in (first, second)]
        if not all(both):
            return decided(Verdict.INSUFFICIENT, plantable=True)
        missing = lacks(first, second)
        return decided(Verdict.INSUFFICIENT, lacks=missing) if missing else decided(Verdict.TIED, first, second)
    return decided(Verdict.INSUFFICIENT)
