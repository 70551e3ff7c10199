"""The decisive items: without them the leader falls, and no equal number of others brings it down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indicia.weigh.board import Board
from indicia.weigh.profiles import Floats

__all__ = ["decisive"]


def decisive(board: Board, leader: int, threshold: float) -> tuple[int, ...]:
    """Positions of the smallest set of strongest items such that without them the leader's posterior is under `threshold`,
    while without as many of the others it is not. Empty if the leader is under the threshold already.

    Items are taken in the order of what they add to the leader against its rivals, each rival weighed by its posterior once
    the items before are gone. Where two items each bring the leader down alone, both are decisive: the smallest set by the
    first condition alone would name one of them and hide the other.
    """
    if board.posterior()[leader] < threshold:
        return ()
    order = _strongest_first(board, leader)
    for count in range(1, len(order) + 1):
        taken, others = order[:count], order[count:]
        if board.without(taken)[leader] >= threshold:
            continue
        if not others or board.without(_strongest_first(board, leader, others)[:count])[leader] >= threshold:
            return tuple(sorted(taken))
    return tuple(sorted(order))


def _strongest_first(board: Board, leader: int, among: Sequence[int] | None = None) -> list[int]:
    """Item positions by how much the leader's log odds lose with each, greedily: the rivals change as items go."""
    left = list(range(len(board.items))) if among is None else list(among)
    factors = board.factors.copy()
    order: list[int] = []
    while left:
        trial = np.repeat(factors[None, :], len(left), axis=0)
        trial[np.arange(len(left)), left] = 0
        after: Floats = board.posterior(trial)[:, leader]
        worst = int(np.argmin(after))
        order.append(left.pop(worst))
        factors[order[-1]] = 0
    return order
