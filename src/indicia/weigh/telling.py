"""What would change our mind: the unseen features that tell the leading hypotheses apart best, by expected information."""

from __future__ import annotations

import numpy as np

from indicia.weigh.board import Board
from indicia.weigh.profiles import Floats

__all__ = ["telling"]

_MOST_LIKELY = 0.9  # no feature is ever sure to be seen


def telling(board: Board, count: int = 8) -> tuple[tuple[str, float], ...]:
    """Up to `count` features not yet in evidence, with the bits that looking for each is expected to give about who did it.

    A feature's rate under a hypothesis is its rate among all reports times the likelihood ratio the model gives it, so a common
    feature that everybody shows tells nothing, and a rare one that nobody would show tells little.
    """
    model = board.model
    after = board.posterior()
    seen = {item.feature for item in board.items}
    base = model.report_rate[:, None]
    ratio = 10 ** (model.table / 10)
    rate = np.minimum(base * ratio, _MOST_LIKELY)
    bits = _entropy(rate @ after) - _entropy(rate) @ after
    features = model.profiles.relations.features
    order = np.argsort(-bits, kind="stable")
    best = [(features[at], float(bits[at])) for at in order[: count + len(seen)] if features[at] not in seen and bits[at] > 0]
    return tuple((feature, round(value, 4)) for feature, value in best[:count])


def _entropy(rate: Floats) -> Floats:
    """Bits of a yes-or-no question."""
    sure = np.clip(rate, 1e-12, 1 - 1e-12)
    entropy: Floats = -(sure * np.log2(sure) + (1 - sure) * np.log2(1 - sure))
    return entropy
