"""Order by effect: which few measures cover most of the case (greedy weighted set cover), and the curve of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from indicia.advise.needs import Need
from indicia.records import CoverageStep, Measure, MeasureKind

__all__ = ["ordered", "shares"]

# What only lets us see counts half of what prevents: a detection still needs somebody to act on it.
SEEING = 0.5
# A measure that ATT&CK names against a hundred techniques does less against each than one that is made for three. The narrowest
# counts in full, the broadest not quite half; between them it goes by the logarithm of how many techniques the measure acts on.
BROAD = 0.45
# Hours, weeks, months of work: a measure that takes months must bring much more to come first.
COST = {1: 1.0, 2: 1.6, 3: 2.6}


def shares(measure: Measure, breadth: dict[str, int], most: int) -> dict[str, float]:
    """How much of each technique or flaw the measure takes care of, in [0, 1]. `breadth` counts the techniques a mitigation
    acts on in all of ATT&CK, `most` is the largest of them; a patch closes its own flaw in full."""
    if measure.kind is MeasureKind.LOG:
        return dict.fromkeys(measure.covers, SEEING)
    count = breadth.get(measure.id, 1)
    share = 1.0 - (1.0 - BROAD) * math.log(count) / math.log(most) if count > 1 and most > 1 else 1.0
    return dict.fromkeys(measure.covers, share)


def ordered(
    measures: Iterable[Measure], needs: Sequence[Need], breadth: dict[str, int]
) -> tuple[list[Measure], tuple[CoverageStep, ...], float]:
    """The measures by what each adds per effort, their curve, and the share that is covered before the first of them.

    Measures in place come last and are counted first. A need counts with the best share of any measure that acts on it; the
    greedy choice is within 1 - 1/e of the best possible one (Nemhauser, Wolsey and Fisher 1978). Ties go by id.
    """
    weights = {need.id: need.weight for need in needs}
    total = math.fsum(weights.values()) or 1.0
    most = max(breadth.values(), default=1)
    level = dict.fromkeys(weights, 0.0)
    part: dict[str, dict[str, float]] = {}
    rest: list[Measure] = []
    taken: list[Measure] = []
    for measure in measures:
        mine = {key: share for key, share in shares(measure, breadth, most).items() if key in weights}
        part[measure.id] = mine
        effect = math.fsum(weights[key] * share for key, share in mine.items()) / total
        (taken if measure.in_place else rest).append(msgspec.structs.replace(measure, effect=round(effect, 4)))

    def take(measure: Measure) -> None:
        for key, share in part[measure.id].items():
            level[key] = max(level[key], share)

    def gain(measure: Measure) -> float:
        return math.fsum(weights[key] * max(0.0, share - level[key]) for key, share in part[measure.id].items())

    def covered() -> float:
        return round(math.fsum(weights[key] * value for key, value in level.items()) / total, 4)

    for measure in taken:
        take(measure)
    base = covered()
    chosen: list[Measure] = []
    curve: list[CoverageStep] = []
    rest.sort(key=lambda measure: measure.id)
    while rest:
        gains = [gain(measure) for measure in rest]
        best = max(range(len(rest)), key=lambda at: (gains[at] / COST.get(rest[at].effort, 2.6), rest[at].effect, -at))
        if gains[best] < 1e-9:
            break
        chosen.append(rest.pop(best))
        take(chosen[-1])
        curve.append(CoverageStep(measure=chosen[-1].id, covered=covered()))
    # What adds nothing more is still worth having: it comes after, the most effective first.
    later = sorted(rest, key=lambda measure: (-measure.effect, measure.id))
    return [*chosen, *later, *taken], tuple(curve), base
