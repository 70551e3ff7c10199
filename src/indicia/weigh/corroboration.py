"""Whether a leader's case would stand if somebody had planted its tools.

Rare software points to a group more strongly than anything else, and it is what a false flag would plant. So a leader is named
only if the rest of the evidence, without the rarest pieces of its own software, still bears it out: the more rare tools speak
for it at once, the better it must fit without them. Honest reports show one or two of a group's rare tools, seldom more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indicia.weigh.inputs import ItemLayout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats

__all__ = ["SET_ASIDE", "Backing", "backing"]

SET_ASIDE = 3  # pieces of software
_RARE = 2  # groups at most that use it


@dataclass(frozen=True, slots=True)
class Backing:
    """`rare` pieces of rare software speak for the leader. `rest`: how many standard deviations above the mean candidate it
    stands without its rarest software. `columns` of the layout are those set aside."""

    rare: int
    rest: float
    columns: tuple[int, ...]

    def holds(self, least: tuple[float, float, float]) -> bool:
        return self.rare == 0 or self.rest >= least[min(self.rare, len(least)) - 1]


def backing(
    model: Model,
    layout: ItemLayout,
    factors: Floats,
    leader: int,
    candidates: Floats | None = None,
    given: Floats | None = None,
) -> Backing:
    """How `leader` (a position among the hypotheses) stands without its rarest software, under `factors` [column].
    `candidates` masks hypotheses that are out of the question (True: in); `given` [hypothesis] is what people entered, in
    nats."""
    row = model.candidates[leader]
    own = np.flatnonzero((layout.uses[:, row] > 0) & (layout.is_software > 0) & (factors > 0))
    own = own[np.argsort(layout.users[own], kind="stable")]
    rest = factors.copy()
    rest[own[:SET_ASIDE]] = 0
    scores = (model.scores(layout, rest[None, :])[0] + model.prior + (0 if given is None else given))[:-1]
    among = scores if candidates is None else scores[candidates[:-1] > 0]
    above = (scores[leader] - among.mean()) / (among.std() + 1e-9)
    return Backing(int((layout.users[own] <= _RARE).sum()), float(above), tuple(int(at) for at in own[:SET_ASIDE]))
