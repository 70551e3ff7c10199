"""Whether a verdict rests on more than one leg.

To name somebody takes two kinds of evidence of independent origin, and a posterior that holds when every group was as likely
before the evidence, and when any single item is left out; and the same evidence must name nobody else once those are struck
out, for traces of two are a mixture, or a flag that somebody planted. Tools that come with the system or that anybody can
have, what a dozen groups use, and what those who would be named are not known to use, are no leg: they weigh what their base
rate says, and no more hangs on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from indicia.weigh.inputs import ItemLayout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats, Ints

__all__ = ["COMMONPLACE", "Leg", "lacking", "two_kinds"]

COMMONPLACE = 12  # groups: what so many use is anybody's
_ALIKE = 2  # groups at most that are named together


class Leg(StrEnum):
    """What a verdict needs beside its posterior."""

    KINDS = "kinds"
    PRIOR = "prior"
    ITEM = "item"
    RIVAL = "rival"


def lacking(
    model: Model, layout: ItemLayout, factors: Floats, prior: Floats, members: NDArray[np.bool_], least: float
) -> tuple[Leg, ...]:
    """What fails of a verdict that gives the hypotheses in `members` [hypothesis] at least `least` together, under `factors`
    [column] and `prior` (logs)."""
    seen: Sequence[int] = [int(at) for at in np.flatnonzero(factors > 0)]
    out = []
    own = model.candidates[np.flatnonzero(members[:-1])]
    # Who is named, or cannot be told from another, stands on both legs; of a state's groups each may have one of them.
    if not all(two_kinds(layout, seen, each) for each in (own[:, None] if len(own) <= _ALIKE else [own])):
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
    others = model.posterior(model.scores(layout, factors[None, :])[0], np.where(members, -np.inf, prior))
    if others[:-1].max() >= least:
        out.append(Leg.RIVAL)
    return tuple(out)


def two_kinds(layout: ItemLayout, seen: Sequence[int], rows: Ints) -> bool:
    """Whether there is software that few have and that the groups in `rows` use, and a technique that they use and that nothing
    seen does anyway. What is another's is no leg."""
    theirs: NDArray[np.bool_] = layout.uses[:, rows].max(axis=1, initial=0) > 0
    software = [at for at in seen if layout.is_software[at] and not layout.is_tool[at] and layout.users[at] < COMMONPLACE]
    every = [at for at in seen if layout.is_software[at]]
    techniques = [at for at in seen if not layout.is_software[at] and not layout.does[every, at].any()]
    return bool(theirs[software].any() and theirs[techniques].any())
