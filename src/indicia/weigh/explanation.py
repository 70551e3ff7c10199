"""What explains an assessment: how many groups each observed thing fits, which items decide, what would change our mind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice
from math import comb

import numpy as np

from indicia.records import Evidence
from indicia.weigh.board import Board
from indicia.weigh.features import is_family, is_software, is_technique
from indicia.weigh.inputs import PLAIN, ItemLayout
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats, Profiles
from indicia.weigh.words import listed

# Base rates: how many groups each observed thing fits, said before anything is concluded from it.
_MOST_LINES = 6


def fitting(profiles: Profiles, features: Sequence[str]) -> int:
    """Number of groups that ATT&CK relates, itself or by a campaign, to every one of `features`; 0 if it does not know one of
    them."""
    column = profiles.relations.column
    if any(feature not in column for feature in features):
        return 0
    return int(profiles.uses[:, [column[feature] for feature in features]].all(axis=1).sum())


def base_rates(items: Sequence[Evidence], profiles: Profiles, *, set_aside: bool = False) -> tuple[str, ...]:
    """Sentences such as "T1190 with T1505.003 fits 23 groups": all techniques together, or the rarest pair of them where no
    group shows all; then each piece of software, rarest first. `set_aside`: without the reports on this very affair."""
    without = ", the reports on this very affair set aside" if set_aside else ""
    known = [item.feature for item in items if item.feature in profiles.relations.column]
    techniques = sorted({feature for feature in known if is_technique(feature)})
    software = sorted({feature for feature in known if is_software(feature)})
    lines = []
    if techniques:
        shown = techniques
        if len(techniques) > 2 and not fitting(profiles, techniques):
            pairs = [(fitting(profiles, pair), pair) for pair in combinations(_rarest(profiles, techniques, 8), 2)]
            shown = list(min((pair for pair in pairs if pair[0]), default=(0, tuple(techniques[:2])))[1])
        count = fitting(profiles, shown)
        together = listed(shown, "with") if len(shown) == 2 else listed(shown)
        lines.append(f"{together} {'fits' if len(shown) <= 2 else 'fit'} {_groups(count)}{without}")
    counts = sorted((fitting(profiles, [feature]), feature) for feature in software)
    lines += [f"{_called(profiles, feature)} fits {_groups(count)}{without}" for count, feature in counts]
    return tuple(lines[:_MOST_LINES])


def nearest_report(board: Board, hypothesis: int) -> tuple[str, ...]:
    """A sentence on the report nearest to the items among those on one group: it may be on this very affair."""
    row = board.model.candidates[hypothesis]
    factors = board.column_factors
    if not len(factors) or (sheet := int(board.layout.nearest(factors)[row])) < 0:
        return ()
    shown = int(((board.layout.nearness[sheet] > 0) & (factors > 0)).sum())
    citation = board.profiles.relations.citations[board.layout.sheet_citation[sheet]]
    group = board.profiles.relations.names[board.hypotheses[hypothesis]]
    return (f"the nearest report on {group} ({citation}) shows {shown} of the {int((factors > 0).sum())} items",)


def _rarest(profiles: Profiles, features: Sequence[str], count: int) -> list[str]:
    users = profiles.users[[profiles.relations.column[feature] for feature in features]]
    return [features[at] for at in np.argsort(users, kind="stable")[:count]]


def _called(profiles: Profiles, feature: str) -> str:
    name = profiles.relations.names[feature]
    return f"{name}, by the titles of reports on it," if is_family(feature) else f"{name} ({feature})"


def _groups(count: int) -> str:
    return {0: "no group", 1: "1 group"}.get(count, f"{count} groups")


# The decisive items: without them the leader falls, and no equal number of others brings it down.
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


# What would change our mind: the unseen features that tell the leading hypotheses apart best, by expected information.
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
    layout = ItemLayout.of(profiles, np.arange(len(profiles.relations.features)), sheets=False)
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
