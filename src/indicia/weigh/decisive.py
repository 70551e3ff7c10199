"""The decisive items: without them the leader falls, and no equal number of others brings it down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice
from math import comb

import numpy as np

from indicia.weigh.profiles import Floats

__all__ = ["decisive"]

_TRY_ALL = 2000  # sets of others that are tried one by one; beyond that the strongest of them, found greedily


def decisive(standing: Callable[[Floats], Floats], factors: Floats, threshold: float) -> tuple[int, ...]:
    """Positions of the smallest set of strongest items such that without them the leader is under `threshold`, while without as
    many of the others it is not. Empty if it is under the threshold already. `standing` gives the leader's posterior [variant]
    for `factors` [variant, item].

    Items are taken greedily, each time the one whose loss costs the leader most. Where two items each bring it down alone, both
    are decisive: the smallest set by the first condition alone would name one of them and hide the other.
    """
    if standing(factors[None, :])[0] < threshold:
        return ()
    every = [at for at in range(len(factors)) if factors[at] > 0]
    taken: list[int] = []
    for strongest in _strongest_first(standing, factors, every):
        taken.append(strongest)
        others = [at for at in every if at not in taken]
        falls = standing(_without(factors, [taken]))[0] < threshold
        if falls and not _falls(standing, factors, others, len(taken), threshold):
            break
    return tuple(sorted(taken))


def _falls(standing: Callable[[Floats], Floats], factors: Floats, others: Sequence[int], count: int, threshold: float) -> bool:
    """Whether the leader falls without some `count` of the others."""
    if not others:
        return False
    count = min(count, len(others))
    if comb(len(others), count) <= _TRY_ALL:
        sets: list[Sequence[int]] = list(combinations(others, count))
    else:
        sets = [list(islice(_strongest_first(standing, factors, others), count))]
    return bool((standing(_without(factors, sets)) < threshold).any())


def _strongest_first(standing: Callable[[Floats], Floats], factors: Floats, among: Sequence[int]) -> Iterator[int]:
    left, gone = list(among), factors.copy()
    while left:
        after = standing(_without(gone, [[at] for at in left]))
        strongest = left.pop(int(np.argmin(after)))
        gone[strongest] = 0
        yield strongest


def _without(factors: Floats, sets: Sequence[Sequence[int]]) -> Floats:
    """[set, item]: the factors with the items of each set switched off."""
    result = np.repeat(factors[None, :], len(sets), axis=0)
    for row, items in enumerate(sets):
        result[row, list(items)] = 0
    return result
