"""Outcomes of cases weighed with other groups' weights, and the figures that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evals.weigh_cases import Case, folds, leave_out
from evals.weigh_fit import Leads, Row, calibration, chosen, fit, leads
from indicia.records import Verdict
from indicia.weigh.explanation import decisive
from indicia.weigh.known import Tree
from indicia.weigh.model import Model, Weights, softmax
from indicia.weigh.profiles import Floats
from indicia.weigh.verdict import decide

FOLDS, INNER = 5, 4
DECISIVE_CASES = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one case, weighed with weights of other groups. Closed: among known groups only, tempered."""

    case: Case
    weights: Weights
    rank: float
    top: float
    brier: float
    shares: Floats  # closed posterior [candidate]
    found: Leads


def closed_scores(case: Case, weights: Weights, factors: Floats) -> Floats:
    model = replace(case.model, weights=weights)
    return (model.scores(case.layout, factors[None, :])[0] + model.prior)[:-1]


def outcome(case: Case, weights: Weights, score: Floats, misled: float) -> Outcome:
    shares = (1 - misled) * softmax(score) + misled / len(score)
    truth = list(case.truth)
    rank = 1 + min(float((score > score[at]).sum()) for at in truth)
    hit = np.zeros(len(shares))
    hit[truth] = 1 / len(truth)
    return Outcome(case, weights, rank, float(shares.max()), float(((shares - hit) ** 2).sum()), shares, leads(case, weights))


def cross_validated(cases: list[Case], examples: list[list[Row]], division: int, inner: int = INNER) -> list[Outcome]:
    """Outcomes of all cases that count, each weighed with what the other groups' cases gave."""
    result = []
    for others, these in leave_out(folds(cases, FOLDS, division), FOLDS):
        training = [cases[at] for at in others]
        without: list[tuple[Case, Weights]] = []
        for rest, held in leave_out(folds(training, inner, division + 100), inner):
            weights = fit([row for at in rest for row in examples[others[at]]])
            without += [(training[at], weights) for at in held if training[at].counts]
        raw = fit([row for at in others for row in examples[at]])
        weights = chosen(raw, without)
        by, misled = calibration([(closed_scores(case, one, case.own), case.truth[0]) for case, one in without])
        result += [
            outcome(cases[at], weights, closed_scores(cases[at], raw, cases[at].own) * by, misled)
            for at in these
            if cases[at].counts
        ]
    return result


# Figures from outcomes.


def calibration_error(top: Floats, right: Floats, bins: int = 10) -> float:
    at = np.minimum((np.ceil(top * bins) - 1).clip(0), bins - 1).astype(int)
    return float(sum((at == one).mean() * abs(top[at == one].mean() - right[at == one].mean()) for one in set(at.tolist())))


def interval(groups: Sequence[str], figure: Callable[[np.ndarray], float], draws: int = 400) -> tuple[float, float]:
    """95 % interval of a figure of case numbers, by drawing groups with all their cases."""
    members: dict[str, list[int]] = {}
    for at, group in enumerate(groups):
        members.setdefault(group, []).append(at)
    names, rng = sorted(members), np.random.default_rng(1)
    drawn = [
        figure(np.concatenate([members[names[at]] for at in rng.integers(0, len(names), len(names))])) for _ in range(draws)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def closed_figures(found: Sequence[Outcome]) -> dict[str, float]:
    rank = np.array([one.rank for one in found])
    top = np.array([one.top for one in found])
    return {
        "top1": float((rank == 1).mean()),
        "top3": float((rank <= 3).mean()),
        "mrr": float((1 / rank).mean()),
        "ece": calibration_error(top, (rank == 1).astype(float)),
        "brier": float(np.mean([one.brier for one in found])),
    }


def open_figures(found: Sequence[Outcome]) -> dict[str, float]:
    named = np.array([one.found.known.named(one.weights) for one in found])
    right = np.array([one.found.known.right for one in found])
    absent = np.array([one.found.absent.named(one.weights) for one in found])
    return {
        "names": float(named.mean()),
        "right_when_named": float(right[named].mean()) if named.any() else float("nan"),
        "false_naming": float(absent.mean()),
    }


def states_of(tree: Tree, groups: Iterable[str]) -> list[str]:
    """The state of each group, by our mapping; groups without one are their own."""
    return [next((up.id for up, _ in tree.chain(group) if up.id.startswith("state:")), group) for group in groups]


def state_figures(found: Sequence[Outcome], tree: Tree) -> dict[str, float]:
    right, sure = [], []
    for one in found:
        states = np.array(states_of(tree, one.case.model.hypotheses[:-1]))
        true = states[one.case.truth[0]]
        if not true.startswith("state:"):
            continue
        names = sorted(set(states.tolist()))
        sums = np.array([one.shares[states == name].sum() for name in names])
        right.append(names[int(sums.argmax())] == true)
        sure.append(float(sums.max()))
    hit, confident = np.array(right), np.array(sure) >= 0.9
    return {
        "state_n": float(len(hit)),
        "state_top1": float(hit.mean()),
        "state_right_at_90": float(hit[confident].mean()),
        "state_covers_at_90": float(confident.mean()),
    }


def planted_figures(found: Sequence[Outcome]) -> dict[str, float]:
    """How often the rival is named after one, two, three of its rarest tools were planted, and whether the truth lost."""
    figures = {}
    for number in range(3):
        planted = [one.found.planted[number] for one in found if len(one.found.planted) > number]
        weights = [one.weights for one in found if len(one.found.planted) > number]
        fooled = [lead.is_rival and lead.named(by) for lead, by in zip(planted, weights, strict=True)]
        figures[f"rival_named_{number + 1}"] = float(np.mean(fooled))
    falls = []
    for one in found:
        if one.case.planted:
            model = replace(one.case.model, weights=one.weights)
            both = model.scores(one.case.layout, np.stack([one.case.own, one.case.planted[-1]]))
            before, after = model.posterior(both, model.prior)[:, one.case.truth[0]]
            falls.append(after < before)
    return {**figures, "true_falls": float(np.mean(falls))}


def verdicts(cases: Iterable[tuple[Case, Weights]], tree: Tree, mask: Callable[[Case], Floats]) -> list[tuple[Verdict, bool]]:
    """The whole verdict on each case, and whether a named leader is right."""
    result = []
    for case, weights in cases:
        model = replace(case.model, weights=weights)
        factors = mask(case)
        after = model.posterior(model.scores(case.layout, factors[None, :])[0], model.prior)
        found = decide(model, case.layout, factors, after, model.prior, tree)
        result.append((found.verdict, bool(set(found.leaders) & set(case.truth))))
    return result


def decisive_figures(found: Sequence[Outcome], limit: int = DECISIVE_CASES) -> dict[str, float]:
    """On named cases: does the leader fall without the decisive items, and without as many others, drawn and strongest?"""
    rng = np.random.default_rng(3)
    falls, others_fall, sizes = [], [], []
    for one in found:
        if len(falls) == limit or not one.found.known.named(one.weights):
            continue
        model = replace(one.case.model, weights=one.weights)
        own = one.case.own

        leader = int((model.scores(one.case.layout, own[None, :])[0] + model.prior)[:-1].argmax())

        def standing(factors: Floats, model: Model = model, case: Case = one.case, leader: int = leader) -> Floats:
            return model.posterior(model.scores(case.layout, factors), model.prior)[:, leader]

        taken = decisive(standing, own, one.weights.named)
        without = own.copy()
        without[list(taken)] = 0
        falls.append(standing(without[None, :])[0] < one.weights.named)
        others = [at for at in np.flatnonzero(own) if at not in taken]
        count = min(len(taken), len(others))
        if count:
            draws = np.repeat(own[None, :], 300, axis=0)
            for row in draws:
                row[rng.choice(others, count, replace=False)] = 0
            others_fall.append(bool((standing(draws) < one.weights.named).any()))
        sizes.append(len(taken))
    return {
        "decisive_n": float(len(falls)),
        "decisive_fall": float(np.mean(falls)),
        "others_fall": float(np.mean(others_fall)),
        "decisive_size": float(np.median(sizes)),
    }


def rank_figures(
    cases: Sequence[tuple[Case, Weights]], mask: Callable[[Case], Floats] = lambda case: case.own
) -> dict[str, float]:
    ranks = []
    for case, weights in cases:
        score = closed_scores(case, weights, mask(case))
        ranks.append(1 + min(float((score > score[at]).sum()) for at in case.truth))
    rank = np.array(ranks)
    return {
        "n": float(len(rank)),
        "top1": float((rank == 1).mean()),
        "top3": float((rank <= 3).mean()),
        "mrr": float((1 / rank).mean()),
    }
