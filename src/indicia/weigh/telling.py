"""What would change our mind: the unseen features that tell the leading hypotheses apart best, by expected information."""

from __future__ import annotations

from itertools import islice

import numpy as np

from indicia.weigh.board import Board
from indicia.weigh.features import is_family
from indicia.weigh.inputs import PLAIN, Layout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats, Profiles

__all__ = ["telling"]

_MOST_LIKELY = 0.9  # no feature is ever sure to be seen


def telling(board: Board, count: int = 8) -> tuple[tuple[str, float], ...]:
    """Up to `count` of ATT&CK's features not yet in evidence, with the bits that looking for each is expected to give about who
    did it.

    A feature's rate under a hypothesis is its rate among all reports times the likelihood ratio it has when seen alone, so a
    common feature that everybody shows tells nothing, and a rare one that nobody would show tells little.
    """
    after = board.posterior()
    seen = {item.feature for item in board.items}
    rate = _rates(board.profiles, board.model)
    bits = _entropy(rate @ after) - _entropy(rate) @ after
    features = board.profiles.relations.features
    order = (int(at) for at in np.argsort(-bits, kind="stable"))
    best = (
        (features[at], round(float(bits[at]), 4)) for at in order if features[at] not in seen and not is_family(features[at])
    )
    return tuple((feature, value) for feature, value in islice(best, count) if value > 0)


_kept: list[tuple[Profiles, Model, Floats]] = []


def _rates(profiles: Profiles, model: Model) -> Floats:
    """[feature, hypothesis]: how often a report on that actor would show the feature. Kept for the profiles last used."""
    for of_profiles, of_model, known in _kept:
        if of_profiles is profiles and of_model is model:
            return known
    layout = Layout.of(profiles, np.arange(len(profiles.relations.features)), sheets=False)
    weights = model.weights
    groups = layout.plain @ weights.vector("item", PLAIN) + weights.item.get("rate", 0.0) * layout.rate
    groups += weights.item.get("exclusive_S", 0.0) * layout.exclusive
    ratio = np.column_stack([np.exp(groups[:, model.candidates]), np.ones(len(groups))])
    reports = max(float((profiles.cited_for_groups.sum(axis=0) > 0).sum()), 1.0)
    among_all = (profiles.reports.sum(axis=0) + 0.5) / (reports + 1)
    rates: Floats = np.minimum(among_all[:, None] * ratio, _MOST_LIKELY)
    _kept[:] = [(profiles, model, rates)]
    return rates


def _entropy(rate: Floats) -> Floats:
    """Bits of a yes-or-no question."""
    sure = np.clip(rate, 1e-12, 1 - 1e-12)
    entropy: Floats = -(sure * np.log2(sure) + (1 - sure) * np.log2(1 - sure))
    return entropy
