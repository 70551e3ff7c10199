"""For whom somebody works, known or not: which state, or none because it works for money.

A group that nobody knows yet does much as those of its state do, so the share that a state's groups hold of the known mass says
something of the unknown actor too. How much was fitted on reports of the oldest release of ATT&CK, half of them with their own
group struck out, and measured on what later releases brought (`evals.weigh_levels`, docs/weighing.md). It is too modest there,
so what is stated is set right by reports that were new to a release. Where criminals sit is no sponsor. States of which few
groups are known are one class, which is never named.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indicia.weigh.corroboration import SET_ASIDE
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Tree
from indicia.weigh.legs import COMMONPLACE
from indicia.weigh.model import Model, softmax
from indicia.weigh.profiles import Floats

__all__ = ["OTHER", "Sponsors"]

OTHER = "state:other"  # all states of which few groups are known
_LEAST_GROUPS = 5  # of a state that is a class of its own
_LEAST_ITEMS = 5  # less is chance
_MANY, _ENOUGH = 8, 6  # items from which the lower bar will do; the same where what few have is the sponsor's own


@dataclass(frozen=True)
class Sponsors:
    """The classes of a model's hypotheses: states, `OTHER` and types. `member` [class, hypothesis]."""

    classes: tuple[str, ...]
    member: NDArray[np.bool_]
    model: Model

    @classmethod
    def of(cls, model: Model, tree: Tree) -> Sponsors:
        tops = [chain[-1][0].id if (chain := tree.chain(group)) else "" for group in model.hypotheses]
        count = Counter(tops)
        own = [top if not top.startswith("state:") or count[top] >= _LEAST_GROUPS else OTHER for top in tops]
        classes = tuple(sorted(set(own) - {""}))
        member = np.array([[one == each for one in own] for each in classes], dtype=bool).reshape(len(classes), len(own))
        return cls(classes, member, model)

    def shares(self, after: Floats) -> Floats:
        """[class]: what each holds of the known mass of a posterior `after` [hypothesis]."""
        known = after[:-1] / max(float(after[:-1].sum()), 1e-12)
        held: Floats = self.member[:, :-1] @ known
        return held

    def posterior(self, after: Floats) -> Floats:
        """[class]: how probable it is that whoever did it, known or not, works for it. They sum to 1."""
        if not self.classes:
            return np.zeros(0)
        weights = self.model.weights.sponsor
        bias = np.array([weights.bias.get(one, 0.0) for one in self.classes])
        return softmax(weights.by * np.log(self.shares(after) + weights.floor) + bias)

    def stated(self, after: Floats) -> Floats:
        """[class]: the same as it is stated: the likeliest as sure as the likeliest proved right on new reports, but no surer
        than that the evidence does not mislead."""
        shares = self.posterior(after)
        if len(shares) > 1:
            best, (slope, shift) = int(shares.argmax()), self.model.weights.sponsor.stated
            odds = slope * np.log(shares[best] / (1 - shares[best])) + shift
            sure = min(1 / (1 + np.exp(-odds)), 1 - self.model.weights.misled)
            shares *= (1 - sure) / (1 - shares[best])
            shares[best] = sure
        return shares

    @cached_property
    def nameable(self) -> NDArray[np.bool_]:
        return np.array([one != OTHER for one in self.classes], dtype=bool)

    def named(self, layout: ItemLayout, factors: Floats, prior: Floats, given: Floats) -> tuple[str, float] | None:
        """The class that the evidence names, with its probability: it reaches the bar, not by what everybody does alone, and
        still comes first without its rarest tools, which somebody may have planted. `factors` is [column], `given`
        [item, hypothesis] what people entered, in nats; `prior` in logs."""
        if not self.nameable.any():
            return None
        probable = np.where(self.nameable, self.posterior(self._after(layout, factors, prior, given)), 0.0)
        best = int(probable.argmax())
        seen, weights = np.flatnonzero(factors > 0), self.model.weights.sponsor
        items = len(seen) + len(given)
        own = self._own(best, layout, seen)
        many = items >= _MANY or (items >= _ENOUGH and own > 1 - 1e-9)
        if items < _LEAST_ITEMS or probable[best] < (weights.named if many else weights.named_by_few):
            return None
        if not own and not (given[:, self.member[best]] > 0).any():
            return None
        rest = factors.copy()
        rest[self._tools(best, layout, seen)] = 0
        if int(self.posterior(self._after(layout, rest, prior, given)).argmax()) != best:
            return None
        return self.classes[best], float(probable[best])

    def _after(self, layout: ItemLayout, factors: Floats, prior: Floats, given: Floats) -> Floats:
        return self.model.posterior(self.model.scores(layout, factors[None, :])[0] + given.sum(axis=0), prior)

    def _rows(self, at: int) -> NDArray[np.int64]:
        return self.model.candidates[np.flatnonzero(self.member[at, :-1])]

    def _own(self, at: int, layout: ItemLayout, seen: NDArray[np.int64]) -> float:
        """How much of what was seen and few have is its groups': the sum of their shares, 1 for what nobody else has."""
        few = seen[(layout.users[seen] < COMMONPLACE) & (layout.users[seen] > 0)]
        return float((layout.uses[np.ix_(few, self._rows(at))].sum(axis=1) / layout.users[few]).sum())

    def _tools(self, at: int, layout: ItemLayout, seen: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rarest pieces of software seen that its groups have, public tools and what a dozen have left out."""
        able = seen[(layout.is_software[seen] > 0) & (layout.is_tool[seen] == 0) & (layout.users[seen] < COMMONPLACE)]
        theirs = able[layout.uses[np.ix_(able, self._rows(at))].any(axis=1)]
        rarest: NDArray[np.int64] = theirs[np.argsort(layout.users[theirs], kind="stable")][:SET_ASIDE]
        return rarest
