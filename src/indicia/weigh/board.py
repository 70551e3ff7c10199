"""Evidence laid out against hypotheses, and posteriors under any number of what-ifs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum

import numpy as np

from indicia.errors import UsageError
from indicia.records import Evidence
from indicia.weigh.entered import entered_weights
from indicia.weigh.grades import factor
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Known, Tree, tree_of
from indicia.weigh.legs import Given
from indicia.weigh.model import DECIBAN, Model, grounds_of
from indicia.weigh.profiles import Floats, Profiles
from indicia.weigh.sponsors import Sponsors
from indicia.weigh.victims import victim_weights

__all__ = ["Board", "lay_out", "reprior"]


@dataclass(frozen=True)
class Board:
    """`factors` is the share of its weight that each item keeps (its grades, a person's weight); `prior` log probabilities of
    `model.hypotheses`; `victims` and `entered` [item, hypothesis] in decibans, 0 for all items but those that are victims, or
    that people entered."""

    items: tuple[Evidence, ...]
    factors: Floats
    prior: Floats
    victims: Floats
    entered: Floats
    profiles: Profiles = field(repr=False)
    model: Model
    tree: Tree = field(repr=False)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        return self.model.hypotheses

    @cached_property
    def _members(self) -> list[list[int]]:
        """Per column of the layout the positions of the items that show this feature."""
        members: dict[int, list[int]] = {}
        for at, item in enumerate(self.items):
            if (column := self.profiles.relations.column.get(item.feature)) is not None:
                members.setdefault(column, []).append(at)
        return [members[column] for column in sorted(members)]

    @cached_property
    def layout(self) -> ItemLayout:
        column = self.profiles.relations.column
        columns = sorted(column[self.items[members[0]].feature] for members in self._members)
        return ItemLayout.of(self.profiles, np.array(columns, dtype=np.int64))

    def _by_column(self, factors: Floats) -> Floats:
        """[variant, item] to [variant, column]: a feature counts once, as strongly as the strongest item that shows it."""
        if not self._members:
            return np.zeros((len(factors), 0))
        if all(len(members) == 1 for members in self._members):
            return factors[:, [members[0] for members in self._members]]
        return np.stack([factors[:, members].max(axis=1) for members in self._members], axis=1)

    @property
    def column_factors(self) -> Floats:
        """`factors` per column of the layout."""
        factors: Floats = self._by_column(self.factors[None, :])[0]
        return factors

    @property
    def given(self) -> Given:
        """What people entered, as far as it counts."""
        at = [at for at, item in enumerate(self.items) if item.entered and self.factors[at] > 0]
        kinds = tuple(item.entered.kind.value for item in (self.items[one] for one in at) if item.entered)
        return Given(self.entered[at] * self.factors[at][:, None] / DECIBAN, kinds)

    def posterior(self, factors: Floats | None = None, prior: Floats | None = None) -> Floats:
        """Probabilities over the hypotheses. `factors` may be [item] or [variant, item], `prior` [hypothesis] or [variant,
        hypothesis] in logs; with variants in either the result is [variant, hypothesis]."""
        factors = self.factors if factors is None else factors
        rows = np.atleast_2d(factors)
        scores = self.model.scores(self.layout, self._by_column(rows)) + rows @ (self.victims + self.entered) / DECIBAN
        shares = self.model.posterior(scores, self.prior if prior is None else prior)
        return shares[0] if factors.ndim == 1 and (prior is None or prior.ndim == 1) else shares

    def without(self, positions: Sequence[int]) -> Floats:
        """The posterior with the items at `positions` switched off."""
        factors = self.factors.copy()
        factors[list(positions)] = 0
        return self.posterior(factors)

    def weights(self) -> Floats:
        """[item, hypothesis] in decibans against an unknown actor, as they count here: prior and items add up exactly to the
        posterior's log odds, as long as the evidence does not mislead (`Weights.misled`). A copy of a stronger item has 0."""
        result = (self.victims + self.entered) * self.factors[:, None]
        parts = self.model.parts(self.layout, self.column_factors)
        for members, part in zip(self._members, parts, strict=True):
            result[max(members, key=lambda at: (self.factors[at], -at))] += part
        return result


def lay_out(
    evidence: Sequence[Evidence],
    known: Known,
    prior: Mapping[str, float] | None = None,
    leave_out: frozenset[str] = frozenset(),
) -> Board:
    """The board of observed evidence. `prior` gives probabilities to groups, agencies, states (`state:CN`) or `unknown`; what
    is not named keeps its shares of the rest. `leave_out` names reports that profiles are built without. Raises: UsageError on
    a prior that does not fit."""
    grounds, tree, items = grounds_of(known, leave_out), tree_of(known), tuple(evidence)
    model = grounds.model
    log_prior = reprior(model.prior, model.hypotheses, tree, prior) if prior else model.prior
    factors = np.array([factor(item) for item in items])
    victims = victim_weights(items, model.hypotheses, known, np.exp(log_prior))
    entered = entered_weights(items, Sponsors.of(model, tree), tree, log_prior)
    return Board(items, factors, log_prior, victims, entered, grounds.profiles, model, tree)


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
    left = 1 - fsum(wanted.values())
    if left < -1e-9 or (taken.all() and left > 1e-9):
        raise UsageError(f"the priors sum to {1 - left:g}, and no hypothesis is left for the rest")
    if not taken.all():
        new[~taken] = share[~taken] / share[~taken].sum() * max(left, 0)
    result: Floats = np.log(np.maximum(new, 1e-12))
    return result
