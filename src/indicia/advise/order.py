"""Order by effect: which few measures cover most of the case (greedy weighted set cover), and the curve of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from indicia.advise.needs import Need
from indicia.records import CoverageStep, Measure, MeasureKind

__all__ = ["ordered"]

# What prevents or hinders counts in full, what only lets us see counts half: a detection still needs somebody to act on it.
FULL, HALF = 1.0, 0.5
# Hours, weeks, months of work: a measure that takes months must bring much more to come first.
COST = {1: 1.0, 2: 1.6, 3: 2.6}


def _share(kind: MeasureKind) -> float:
    return HALF if kind is MeasureKind.LOG else FULL


def ordered(measures: Iterable[Measure], needs: Sequence[Need]) -> tuple[list[Measure], tuple[CoverageStep, ...], float]:
    """The measures by what each adds per effort, their curve, and the share that is covered before the first of them.

    Measures in place come last and are counted first. A need counts once, with the best share of any measure that acts on it; the
    greedy choice is within 1 - 1/e of the best possible one (Nemhauser, Wolsey and Fisher 1978). Ties go by id.
    """
    weights = {need.id: need.weight for need in needs}
    total = sum(weights.values())
    level = dict.fromkeys(weights, 0.0)
    rest, taken = [], []
    for measure in measures:
        share = _share(measure.kind)
        effect = sum(weights.get(key, 0.0) * share for key in measure.covers) / total if total else 0.0
        measure = msgspec.structs.replace(measure, effect=round(effect, 4))
        (taken if measure.in_place else rest).append(measure)
    for measure in taken:
        _take(measure, level)
    base = _covered(level, weights, total)
    chosen, curve = [], []
    rest.sort(key=lambda measure: measure.id)
    while rest:
        gains = [_gain(measure, level, weights) for measure in rest]
        scores = [(gain / COST.get(measure.effort, 2.6), measure.effect) for measure, gain in zip(rest, gains, strict=True)]
        best = max(range(len(rest)), key=lambda index: (scores[index], -index))
        if gains[best] <= 0:
            break
        measure = rest.pop(best)
        _take(measure, level)
        chosen.append(measure)
        curve.append(CoverageStep(measure=measure.id, covered=round(_covered(level, weights, total), 4)))
    # What adds nothing more is still worth having: it comes after, the most effective first.
    later = sorted(rest, key=lambda measure: (-measure.effect, measure.id))
    return [*chosen, *later, *taken], tuple(curve), round(base, 4)


def _gain(measure: Measure, level: dict[str, float], weights: dict[str, float]) -> float:
    share = _share(measure.kind)
    return sum(weights[key] * max(0.0, share - level[key]) for key in measure.covers if key in level)


def _take(measure: Measure, level: dict[str, float]) -> None:
    share = _share(measure.kind)
    for key in measure.covers:
        if key in level:
            level[key] = max(level[key], share)


def _covered(level: dict[str, float], weights: dict[str, float], total: float) -> float:
    return sum(weights[key] * value for key, value in level.items()) / total if total else 0.0
