"""Whether a verdict rests on more than one leg.

To name somebody takes two kinds of evidence of independent origin, and a posterior that holds when every group was as likely
before the evidence, and when any single item is left out. Tools that come with the system or that anybody can have, and what a
dozen groups use, are no leg: they weigh what their base rate says, and no more hangs on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from indicia.weigh.inputs import Layout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats

__all__ = ["COMMONPLACE", "Leg", "lacking"]

COMMONPLACE = 12  # groups: what so many use is anybody's


class Leg(StrEnum):
    """What a verdict needs beside its posterior."""

    KINDS = "kinds"
    PRIOR = "prior"
    ITEM = "item"


def lacking(
    model: Model, layout: Layout, factors: Floats, prior: Floats, members: NDArray[np.bool_], least: float
) -> tuple[Leg, ...]:
    """What fails of a verdict that gives the hypotheses in `members` [hypothesis] at least `least` together, under `factors`
    [column] and `prior` (logs)."""
    seen: Sequence[int] = [int(at) for at in np.flatnonzero(factors > 0)]
    out = []
    if not _two_kinds(layout, seen):
        out.append(Leg.KINDS)
    level = np.append(np.full(len(prior) - 1, np.log1p(-np.exp(prior[-1])) - np.log(len(prior) - 1)), prior[-1])
    rows = np.repeat(factors[None, :], 1 + len(seen), axis=0)
    rows[np.arange(1, 1 + len(seen)), seen] = 0
    priors = np.repeat(prior[None, :], 1 + len(seen), axis=0)
    priors[0] = level
    sums = model.posterior(model.scores(layout, rows), priors)[:, members].sum(axis=1)
    if sums[0] < least:
        out.append(Leg.PRIOR)
    if (sums[1:] < least).any():
        out.append(Leg.ITEM)
    return tuple(out)


def _two_kinds(layout: Layout, seen: Sequence[int]) -> bool:
    """Whether there is software that few have, and a technique that this software does not do anyway."""
    software = [at for at in seen if layout.is_software[at] and not layout.is_tool[at] and layout.users[at] < COMMONPLACE]
    techniques = [at for at in seen if not layout.is_software[at]]
    every = [at for at in seen if layout.is_software[at]]
    own = [at for at in techniques if not layout.does[every, at].any()]
    return bool(software and own)
