"""Whether a verdict rests on more than one leg.

To name somebody takes two kinds of evidence of independent origin, and a posterior that holds when every group was as likely
before the evidence, and when any single item is left out; and the same evidence must name nobody else once those are struck
out, for traces of two are a mixture, or a flag that somebody planted. Tools that come with the system or that anybody can
have, what a dozen groups use, and what those who would be named are not known to use, are no leg: they weigh what their base
rate says, and no more hangs on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from indicia.weigh.inputs import ItemLayout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats, Ints

__all__ = ["COMMONPLACE", "Given", "Leg", "kinds", "lacking"]

COMMONPLACE = 12  # groups: what so many use is anybody's
_KINDS = 2


@dataclass(frozen=True, slots=True)
class Given:
    """What people entered: `nats` [item, hypothesis], the log of what each item makes of each hypothesis; the kind of each."""

    nats: Floats
    kinds: tuple[str, ...]

    @classmethod
    def nothing(cls, hypotheses: int) -> Given:
        return cls(np.zeros((0, hypotheses)), ())

    def kinds_for(self, hypothesis: int) -> set[str]:
        """The kinds of those that speak for a hypothesis."""
        return {kind for kind, row in zip(self.kinds, self.nats, strict=True) if row[hypothesis] > 0}


class Leg(StrEnum):
    """What a verdict needs beside its posterior."""

    KINDS = "kinds"
    PRIOR = "prior"
    ITEM = "item"
    RIVAL = "rival"


def lacking(
    model: Model, layout: ItemLayout, factors: Floats, prior: Floats, members: NDArray[np.bool_], least: float, given: Given
) -> tuple[Leg, ...]:
    """What fails of a verdict that gives the hypotheses in `members` [hypothesis] at least `least` together, under `factors`
    [column], `prior` (logs) and what people entered."""
    seen: Sequence[int] = [int(at) for at in np.flatnonzero(factors > 0)]
    out = []
    own = model.candidates[np.flatnonzero(members[:-1])]
    at = np.flatnonzero(members[:-1])
    if not all(len(kinds(layout, seen, own[[one]])) + len(given.kinds_for(int(at[one]))) >= _KINDS for one in range(len(own))):
        out.append(Leg.KINDS)
    level = np.append(np.full(len(prior) - 1, np.log1p(-np.exp(prior[-1])) - np.log(len(prior) - 1)), prior[-1])
    variants = 1 + len(seen) + len(given.nats)
    rows = np.repeat(factors[None, :], variants, axis=0)
    rows[np.arange(1, 1 + len(seen)), seen] = 0
    priors = np.repeat(prior[None, :], variants, axis=0)
    priors[0] = level
    entered = np.repeat(given.nats.sum(axis=0)[None, :], variants, axis=0)
    entered[1 + len(seen) :] -= given.nats
    sums = model.posterior(model.scores(layout, rows) + entered, priors)[:, members].sum(axis=1)
    if sums[0] < least:
        out.append(Leg.PRIOR)
    if (sums[1:] < least).any():
        out.append(Leg.ITEM)
    scores = model.scores(layout, factors[None, :])[0] + given.nats.sum(axis=0)
    others = model.posterior(scores, np.where(members, -np.inf, prior))
    if others[:-1].max() >= least:
        out.append(Leg.RIVAL)
    return tuple(out)


def kinds(layout: ItemLayout, seen: Sequence[int], rows: Ints) -> set[str]:
    """Which kinds of what was seen speak for the groups in `rows`: software that few have and that they use, and a technique
    that they use and that no software seen does anyway. What is another's is no leg."""
    theirs: NDArray[np.bool_] = layout.uses[:, rows].max(axis=1, initial=0) > 0
    software = [at for at in seen if layout.is_software[at] and not layout.is_tool[at] and layout.users[at] < COMMONPLACE]
    every = [at for at in seen if layout.is_software[at]]
    techniques = [at for at in seen if not layout.is_software[at] and not layout.does[every, at].any()]
    return {name for name, of in (("software", software), ("technique", techniques)) if theirs[of].any()}
