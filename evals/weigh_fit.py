"""Fits the weights of the model: a conditional logit with an alternative "unknown actor", and the thresholds for naming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import msgspec
import numpy as np
from scipy.optimize import minimize

from evals.weigh_cases import Case
from indicia.weigh.corroboration import backing
from indicia.weigh.inputs import ACTIVITY, ITEM, UNKNOWN_ITEM
from indicia.weigh.model import Model, Weights, softmax
from indicia.weigh.profiles import Floats

RIDGE = 1e-2  # on weights of inputs at unit variance


@dataclass(frozen=True)
class Row:
    """One training example: [candidate, ITEM and ACTIVITY], [1 and UNKNOWN_ITEM], the true candidate."""

    groups: Floats
    unknown: Floats
    truth: int


def rows(case: Case) -> list[Row]:
    """The case whole, parts of it, and its techniques alone: the model must know what little evidence is worth. How long a
    group has been silent is left out: reports of all years cannot tell what that is worth (`evals.weigh_stream` can)."""
    told = case.model.activity * np.array([name != "silence" for name in ACTIVITY])
    masks = [case.own, *case.parts] + ([case.techniques] if (case.own > case.techniques).any() else [])
    return [
        Row(
            np.concatenate([case.layout.parts(mask).sum(axis=0)[case.model.candidates], told], axis=1),
            np.append(1.0, case.layout.unknown_parts(mask).sum(axis=0)),
            case.truth[0],
        )
        for mask in masks
        if mask.sum() >= 2
    ]


def fit(examples: Sequence[Row], source: str = "", attack: str = "") -> Weights:
    """Maximises the mean of the log probability of the true group and, with the true group struck out, of the unknown actor."""
    inputs = np.concatenate([row.groups for row in examples])
    unknown = np.stack([row.unknown for row in examples])
    scale, scale_unknown = inputs.std(axis=0) + 1e-9, np.maximum(unknown.std(axis=0), 1e-9)
    scale_unknown[0] = 1.0
    inputs, unknown = inputs / scale, unknown / scale_unknown
    starts = np.cumsum([0] + [len(row.groups) for row in examples])[:-1]
    truth = starts + np.array([row.truth for row in examples])
    case_of = np.repeat(np.arange(len(examples)), np.diff(np.append(starts, len(inputs))))
    others = np.ones(len(inputs))
    others[truth] = 0
    width, count = inputs.shape[1], len(examples)

    def loss(weights: Floats) -> tuple[float, Floats]:
        of_groups, of_unknown = weights[:width], weights[width:]
        score, blank = inputs @ of_groups, unknown @ of_unknown
        top = np.maximum(np.maximum.reduceat(score, starts), blank)
        odds, blank_odds = np.exp(score - top[case_of]), np.exp(blank - top)
        present = np.add.reduceat(odds, starts) + blank_odds
        absent = np.maximum(np.add.reduceat(odds * others, starts) + blank_odds, 1e-300)
        value = -0.5 * (score[truth] - top - np.log(present) + blank - top - np.log(absent)).sum() / count
        slope = 0.5 * (odds / present[case_of] + odds * others / absent[case_of])
        slope[truth] -= 0.5
        blank_slope = 0.5 * (blank_odds / present + blank_odds / absent - 1)
        gradient = np.concatenate([inputs.T @ slope, unknown.T @ blank_slope]) / count
        penalty = np.concatenate([RIDGE * of_groups, [0.0], 1e-4 * of_unknown[1:]])
        return value + float(weights @ penalty) / 2, gradient + penalty

    found = minimize(loss, np.zeros(width + unknown.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    of_groups, of_unknown = found[:width] / scale, found[width:] / scale_unknown
    return Weights(
        source=source,
        attack=attack,
        item=_named(ITEM, of_groups[: len(ITEM)]),
        activity=_named(ACTIVITY, of_groups[len(ITEM) :]),
        unknown=round(float(of_unknown[0]), 5),
        unknown_item=_named(UNKNOWN_ITEM, of_unknown[1:]),
        named=1.0,
        backing=(0.0, 0.0, 0.0),
    )


def _named(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}


@dataclass(frozen=True)
class Lead:
    """The leading group of one variant of a case, and all that decides whether it is named."""

    posterior: float
    right: bool
    rare: int
    rest: float
    is_rival: bool = False

    def named(self, weights: Weights) -> bool:
        return self.posterior >= weights.named and (self.rare == 0 or self.rest >= weights.backing[min(self.rare, 3) - 1])


def lead(case: Case, model: Model, factors: Floats, *, absent: bool = False) -> Lead:
    """The leader of the case under `factors`; `absent` strikes the true group out of the candidates."""
    scores, prior = model.scores(case.layout, factors[None, :])[0], model.prior
    mask = np.ones(len(scores))
    if absent:
        mask[list(case.truth)] = 0
        prior = np.where(mask > 0, prior, -np.inf)
    shares = model.posterior(scores, prior)
    leader = int(shares[:-1].argmax())
    found = backing(model, case.layout, factors, leader, mask)
    return Lead(float(shares[leader]), leader in case.truth and not absent, found.rare, found.rest, leader == case.rival)


def calibration(scores: Sequence[tuple[Floats, int]]) -> tuple[float, float]:
    """The factor on scores and the share of misleading evidence at which the true alternatives are most probable. A score holds
    the prior; the misled part is shared evenly here, which is nearly the same."""
    best = (np.inf, 1.0, 0.0)
    for by in np.geomspace(0.6, 2.0, 25):
        believed = np.array([softmax(score * by)[truth] for score, truth in scores])
        even = np.array([1 / len(score) for score, _ in scores])
        for misled in (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08):
            loss = float(-np.log((1 - misled) * believed + misled * even).mean())
            if loss < best[0]:
                best = (loss, float(by), misled)
    return best[1], best[2]


def open_scores(case: Case, weights: Weights) -> list[tuple[Floats, int]]:
    """The case with its true group and without it, when the unknown actor is right: scores with the prior, and who is right."""
    model = replace(case.model, weights=weights)
    scores = model.scores(case.layout, case.own[None, :])[0] + model.prior
    return [(scores, case.truth[0]), (np.delete(scores, list(case.truth)), -1)]


def sharpened(weights: Weights, by: float, misled: float) -> Weights:
    """All weights times `by`: the same order, surer or less sure."""
    scaled = {
        part: {name: round(value * by, 5) for name, value in getattr(weights, part).items()}
        for part in ("item", "activity", "unknown_item")
    }
    return msgspec.structs.replace(weights, **scaled, unknown=round(weights.unknown * by, 5), misled=misled)


@dataclass(frozen=True)
class Leads:
    """Of one case: as it is, with the true group absent, and with one, two, three planted tools of a rival."""

    known: Lead
    absent: Lead
    planted: tuple[Lead, ...]


def leads(case: Case, weights: Weights) -> Leads:
    model = replace(case.model, weights=weights)
    return Leads(
        lead(case, model, case.own),
        lead(case, model, case.own, absent=True),
        tuple(lead(case, model, factors) for factors in case.planted),
    )


def thresholds(
    found: Sequence[Leads], *, right: float = 0.95, false: float = 0.05, planted: float = 0.02, floor: float = 0.55
) -> tuple[float, tuple[float, float, float]]:
    """The posterior and the backing at which most known groups are named, while of those named `right` are, no more than
    `false` are named when the true group is absent, and the rival whose three rarest tools were planted no more than `planted`.
    One or two planted tools count against it a little. `floor`: nothing is named that is not at least "likely"."""
    known, absent = _columns([one.known for one in found]), _columns([one.absent for one in found])
    with_planted = [_columns([one.planted[number] for one in found if len(one.planted) > number]) for number in range(3)]
    rests = known["rest"][(known["posterior"] >= 0.4) & (known["right"] > 0)]
    grid = np.quantile(rests, [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7])
    best: tuple[float, float, tuple[float, float, float]] = (-1.0, 1.0, (9.0, 9.0, 9.0))
    for least in combinations_with_replacement(grid.tolist(), 3):
        backed = {id(one): _backed(one, least) for one in (known, absent, *with_planted)}
        for named in np.arange(floor, 0.95, 0.01):
            names = (known["posterior"] >= named) & backed[id(known)]
            if not names.any() or known["right"][names].mean() < right:
                continue
            if ((absent["posterior"] >= named) & backed[id(absent)]).mean() > false:
                continue
            fooled = [((one["posterior"] >= named) & backed[id(one)] & (one["is_rival"] > 0)).mean() for one in with_planted]
            if fooled[2] > planted:
                continue
            worth = float(names.mean() - 0.1 * fooled[0] - 0.2 * fooled[1])
            if worth > best[0]:
                best = (worth, round(float(named), 2), tuple(round(value, 3) for value in least))
            break
    return best[1], best[2]


def _columns(found: Sequence[Lead]) -> dict[str, Floats]:
    return {
        name: np.array([float(getattr(one, name)) for one in found])
        for name in ("posterior", "right", "rare", "rest", "is_rival")
    }


def _backed(one: dict[str, Floats], least: tuple[float, float, float]) -> Floats:
    needed = np.array([-np.inf, *least])[np.minimum(one["rare"], 3).astype(int)]
    return one["rest"] >= needed


def chosen(weights: Weights, held: Sequence[tuple[Case, Weights]]) -> Weights:
    """The weights, calibrated and with thresholds for naming, by cases each `held` out of the weights beside it."""
    by, misled = calibration([pair for case, others in held for pair in open_scores(case, others)])
    named, least = thresholds([leads(case, sharpened(others, by, misled)) for case, others in held])
    return msgspec.structs.replace(sharpened(weights, by, misled), named=named, backing=least)
