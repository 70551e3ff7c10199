"""Evidence laid out against hypotheses: one matrix of decibans, and posteriors under any number of what-ifs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indicia.errors import UsageError
from indicia.records import Evidence
from indicia.weigh.grades import factor
from indicia.weigh.known import Known, Tree, tree_of
from indicia.weigh.model import DECIBAN, Model, model_of, softmax
from indicia.weigh.profiles import Floats
from indicia.weigh.victims import victim_weights

__all__ = ["Board", "lay_out", "once_each", "reprior"]


@dataclass(frozen=True)
class Board:
    """`weights` is [item, hypothesis] in decibans at full weight; `factors` the share of it that each item keeps (grades, a
    person's weight, 0 for a copy); `prior` log probabilities. The last hypothesis is the unknown actor."""

    items: tuple[Evidence, ...]
    hypotheses: tuple[str, ...]
    weights: Floats
    factors: Floats
    prior: Floats
    model: Model
    tree: Tree = field(repr=False)

    @property
    def effective(self) -> Floats:
        """[item, hypothesis] in decibans as they count."""
        counted: Floats = self.weights * self.factors[:, None]
        return counted

    def posterior(self, factors: Floats | None = None, prior: Floats | None = None) -> Floats:
        """Probabilities over the hypotheses. `factors` may be [item] or [variant, item], `prior` [hypothesis] or [variant,
        hypothesis] in logs; with variants the result is [variant, hypothesis]."""
        factors = self.factors if factors is None else factors
        prior = self.prior if prior is None else prior
        return softmax(prior + factors @ self.weights / DECIBAN)

    def without(self, positions: Sequence[int]) -> Floats:
        """The posterior with the items at `positions` switched off."""
        factors = self.factors.copy()
        factors[list(positions)] = 0
        return self.posterior(factors)


def lay_out(evidence: Sequence[Evidence], known: Known, prior: Mapping[str, float] | None = None) -> Board:
    """The board of observed evidence. `prior` gives probabilities to groups, states (`state:CN`), agencies or `unknown`; what
    is not named keeps its shares of the rest."""
    model = model_of(known.attack.tables)
    tree = tree_of(known)
    items = tuple(evidence)
    weights = model.item_weights([item.feature for item in items]) + victim_weights(items, model.hypotheses, known)
    factors = np.array([factor(item) for item in items]) * once_each([item.feature for item in items], [*map(factor, items)])
    log_prior = reprior(model.prior, model.hypotheses, tree, prior) if prior else model.prior
    return Board(items, model.hypotheses, weights, factors, log_prior, model, tree)


def once_each(keys: Sequence[str], strengths: Sequence[float]) -> Floats:
    """1 for the strongest of the items that share a key (the first, where equal), 0 for its copies."""
    best: dict[str, int] = {}
    for at, key in enumerate(keys):
        if key not in best or strengths[at] > strengths[best[key]]:
            best[key] = at
    mask = np.zeros(len(keys))
    mask[list(best.values())] = 1
    return mask


def reprior(log_prior: Floats, hypotheses: Sequence[str], tree: Tree, wanted: Mapping[str, float]) -> Floats:
    """The prior with the named hypotheses at the wanted probabilities; a state's or agency's is shared among its groups as
    before. Raises: UsageError if a name is not known, two overlap, or the probabilities do not fit into [0, 1]."""
    share = np.exp(log_prior)
    new = share.copy()
    taken = np.zeros(len(hypotheses), dtype=bool)
    for name, probability in wanted.items():
        member = np.array([name == at or any(name == up.id for up, _ in tree.chain(at)) for at in hypotheses])
        if not member.any():
            raise UsageError(f"no hypothesis {name!r} to give a prior to", hint="give ids like G0125, state:CN or unknown")
        if (member & taken).any() or not 0 <= probability <= 1:
            raise UsageError(f"the prior of {name!r} overlaps another or is not a probability")
        new[member] = share[member] / share[member].sum() * probability
        taken |= member
    left = 1 - sum(wanted.values())
    if left < -1e-9:
        raise UsageError("the priors sum to more than 1")
    if not taken.all():
        new[~taken] = share[~taken] / share[~taken].sum() * max(left, 0)
    result: Floats = np.log(np.maximum(new, 1e-12))
    return result
