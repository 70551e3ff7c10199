"""Order by effect: which few measures cover most of the case (greedy weighted set cover), and the curve of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from copy import copy

import msgspec

from indicia.advise.needs import Need
from indicia.records import CoverageStep, Measure, MeasureKind, Rank, Record, stable_id

# What only lets us see counts half of what prevents: a detection still needs somebody to act on it.
SEEING = 0.5
# A measure that ATT&CK names against a hundred techniques does less against each than one that is made for three. The narrowest
# counts in full, the broadest not quite half; between them it goes by the logarithm of how many techniques the measure acts on.
BROAD = 0.45
# Hours, weeks, months of work: a measure that takes months must bring much more to come first.
COST = {1: 1.0, 2: 1.6, 3: 2.6}
# What this case itself tells; the rest is knowledge about others, and never leads.
TOLD = frozenset({Rank.SEEN, Rank.STATED})
PATCHING = stable_id("measure", "mitigate", "M1051")
FIRST = 2  # measures of this case alone that come before what is due in every case, where its own traces tell them
LONG = 3  # months: what takes as long is not among the first that this case alone calls for
AHEAD = 4  # measures of the kinds of attack that go before what of the floor may follow
OWN = 4  # measures that only one kind of attack, or this case's techniques, call for: these go before it as well
NEVER = 9  # more effort than any measure takes
LEAST = 1e-9


def shares(measure: Measure, breadth: dict[str, int], most: int) -> dict[str, float]:
    """How much of each technique or flaw the measure takes care of, in [0, 1]. `breadth` counts the techniques a mitigation
    acts on in all of ATT&CK, `most` is the largest of them; a patch closes its own flaw in full."""
    if measure.kind is MeasureKind.LOG:
        return dict.fromkeys(measure.covers, SEEING)
    count = breadth.get(measure.id, 1)
    share = 1.0 - (1.0 - BROAD) * math.log(count) / math.log(most) if count > 1 and most > 1 else 1.0
    return dict.fromkeys(measure.covers, share)


class Precedence(Record, frozen=True, kw_only=True):
    """What comes before what, whatever it adds: ids of measures. `few` is how many of those that do most here come before all
    but patches, `late` the effort from which a measure follows the rest."""

    few: int = 0
    lead: tuple[str, ...] = ()  # against the kind of attack, in order
    kind: tuple[str, ...] = ()  # what the kinds of attack call for, in order
    particular: frozenset[str] = frozenset()  # of the kinds' measures, those that are a matter of one kind alone
    after: frozenset[str] = frozenset()  # of what is due in every case, what follows the first of these
    then: tuple[str, ...] = ()  # due after them
    floor: tuple[str, ...] = ()  # what is due in every case, in the order of what acts on nothing told here
    late: int = NEVER


def ordered(
    measures: Iterable[Measure],
    needs: Sequence[Need],
    breadth: dict[str, int],
    before: Precedence = Precedence(few=FIRST),
) -> tuple[list[Measure], tuple[CoverageStep, ...], float]:
    """The measures in the order in which to take them, their curve, and the share that is covered before the first of them.

    By what each adds per effort: the greedy choice is within 1 - 1/e of the best possible one (Nemhauser, Wolsey and Fisher
    1978). `before` says what goes before what nevertheless. What only lets us see stands in a list of its own after all that
    prevents. Measures in place come last and are counted first. Ties go by id.
    """
    sums = _Sums(needs, breadth)
    every = [msgspec.structs.replace(one, effect=sums.effect(one)) for one in measures]
    taken = [one for one in every if one.in_place]
    for measure in taken:
        sums.take(measure)
    base = sums.covered()
    rest = sorted((one for one in every if not one.in_place), key=lambda measure: measure.id)
    greedy = sums.copy().greedy([one for one in rest if one.kind is not MeasureKind.LOG])
    arranged = _arranged(greedy, before)
    arranged.sort(key=lambda one: one.kind is not MeasureKind.PATCH and one.effort >= before.late)
    curve: list[CoverageStep] = []

    def step(measure: Measure) -> None:
        if sums.gain(measure) >= LEAST:
            sums.take(measure)
            curve.append(CoverageStep(measure=measure.id, covered=sums.covered()))

    for measure in arranged:
        step(measure)
    logs = sums.copy().greedy([one for one in rest if one.kind is MeasureKind.LOG])
    for measure in logs:
        step(measure)
    return [*arranged, *logs, *taken], tuple(curve), base


def _arranged(greedy: Sequence[Measure], before: Precedence) -> list[Measure]:
    """Patches of what is told, the few that do most here, what leads, patches of what our table knows of the affair, what is
    due in every case, the first of what the kinds call for, a few that only one kind or this case's techniques call for, what
    of the floor may follow, the rest of the kinds, what is due then, and what is left: each as they were chosen, where no order
    is given. Where patches are named, patching in general may follow. What is only typical of the accused is left to the
    end."""
    patches = [one for one in greedy if one.kind is MeasureKind.PATCH]
    patches.sort(key=lambda one: bool(one.text))  # a list of many products follows those that are told singly
    by_id = {one.id: one for one in greedy}
    last = {*before.after, PATCHING} if patches else before.after
    floor = [one for one in greedy if one.floor]
    floor.sort(key=lambda one: before.floor.index(one.id) if not one.covers and one.id in before.floor else -1)
    kind = [by_id[id] for id in before.kind if id in by_id and not by_id[id].floor and id not in before.lead]
    told = [one for one in greedy if one not in patches and not one.floor and one.rank in TOLD and one.covers]
    named = [one for one in kind[AHEAD:] if one.id in before.particular]
    own = [*named, *(one for one in told if one not in kind and one.effort < LONG and one.id not in last)]
    order = (
        *(one for one in patches if one.rank in TOLD),
        *told[: before.few],
        *(by_id[id] for id in before.lead if id in by_id),
        *patches,
        *(one for one in floor if one.id not in last),
        *kind[:AHEAD],
        *own[:OWN],
        *(one for one in floor if one.id in last),
        *kind[AHEAD:],
        *(by_id[id] for id in before.then if id in by_id),
        *told,
        *greedy,
    )
    return list({one.id: one for one in order}.values())


class _Sums:
    """How much of each need is taken care of so far."""

    def __init__(self, needs: Sequence[Need], breadth: dict[str, int]) -> None:
        self.weights = {need.id: need.weight for need in needs}
        self.total = math.fsum(self.weights.values()) or 1.0
        self.breadth, self.most = breadth, max(breadth.values(), default=1)
        self.level = dict.fromkeys(self.weights, 0.0)

    def copy(self) -> _Sums:
        other = copy(self)
        other.level = dict(self.level)
        return other

    def part(self, measure: Measure) -> dict[str, float]:
        return {key: share for key, share in shares(measure, self.breadth, self.most).items() if key in self.weights}

    def effect(self, measure: Measure) -> float:
        return round(math.fsum(self.weights[key] * share for key, share in self.part(measure).items()) / self.total, 4)

    def gain(self, measure: Measure) -> float:
        """What it adds. A need counts with the best share of any measure that acts on it."""
        return math.fsum(self.weights[key] * max(0.0, share - self.level[key]) for key, share in self.part(measure).items())

    def take(self, measure: Measure) -> None:
        for key, share in self.part(measure).items():
            self.level[key] = max(self.level[key], share)

    def covered(self) -> float:
        return round(math.fsum(self.weights[key] * value for key, value in self.level.items()) / self.total, 4)

    def greedy(self, measures: Iterable[Measure]) -> list[Measure]:
        """By what each adds per effort. What adds nothing more is still worth having: it comes after, the most effective
        first."""
        rest, chosen = list(measures), []
        while rest:
            gains = [self.gain(measure) for measure in rest]
            best = max(
                range(len(rest)),
                key=lambda at: (
                    gains[at] >= LEAST,
                    rest[at].rank in TOLD,
                    gains[at] / COST.get(rest[at].effort, 2.6),
                    rest[at].effect,
                    -at,
                ),
            )
            if gains[best] < LEAST:
                break
            chosen.append(rest.pop(best))
            self.take(chosen[-1])
        return chosen + sorted(rest, key=lambda measure: (measure.rank not in TOLD, -measure.effect, measure.id))
