"""The stream of ATT&CK's releases: reports that only the next release cites, weighed with what the release before knew.

This is what weighing is for: a new report, of a group that may be known or not. More than half of such reports are of groups
that the release before lacks. Rolling origin: what is fitted for a release comes from the releases before it. How much less
likely a silent group is comes from reports that others list as well (`evals.weigh_elsewhere`): MITRE's silence on a group is
not the world's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from scipy.optimize import minimize

from evals.weigh_cases import TECHNIQUES, Case, case_on
from evals.weigh_elsewhere import Drawn, loss_of
from evals.weigh_figures import calibration_error
from evals.weigh_fit import sharpened
from indicia.weigh.inputs import ACTIVITY
from indicia.weigh.known import Tree
from indicia.weigh.model import Model, Weights, softmax
from indicia.weigh.profiles import Floats, Relations
from indicia.weigh.verdict import decide

__all__ = ["Streamed", "few_items", "figures", "refit", "rolled", "rolling", "streamed"]

LEAST_PAST = 25  # cases of earlier releases, before their sum is trusted more than what weights come with
MISLED = 0.02


@dataclass(frozen=True)
class Streamed:
    """A report that `release` does not cite and the next one does. `case.truth` is empty where `release` lacks the group."""

    release: str
    case: Case


@dataclass(frozen=True)
class Rolled:
    """What became of it: the rank of the true group among the known ones (0 where it is lacking), the leader's probability and
    that of an unknown actor, whether the leader is right, whether the whole verdict names it."""

    case: Case
    rank: int
    top: float
    unknown: float
    right: bool
    named: bool


def streamed(relations: Mapping[str, Relations]) -> list[Streamed]:
    """All of them, by release, group and report. `relations` are oldest first. Features that the older release does not know
    are left out, and so are reports that show fewer than five techniques that it knows."""
    tags = list(relations)
    found = []
    for tag, following in zip(tags, tags[1:], strict=False):
        old, new = relations[tag], relations[following]
        profiles, known = old.profiles(), set(old.citations)
        for user, citation, columns in new.reports(TECHNIQUES):
            name, group = new.citations[citation], new.groups[user]
            features = [new.features[at] for at in columns]
            mine = np.array(sorted(old.column[one] for one in features if one in old.column), dtype=np.int64)
            if name in known or int((mine < len(old.techniques)).sum()) < TECHNIQUES:
                continue
            case = case_on(f"{group} | {name}", group, [old.row[group]] if group in old.row else [], profiles, mine)
            found.append(Streamed(tag, case))
    return found


def _shares(case: Case, weights: Weights) -> tuple[Floats, Floats]:
    model = replace(case.model, weights=weights)
    scores = model.scores(case.layout, case.own[None, :])[0]
    return scores, model.prior


def refit(weights: Weights, cases: Sequence[Case], elsewhere: Sequence[Drawn] = ()) -> Weights:
    """The weights with the three numbers that the stream tells: how sure evidence makes, how much less likely a group is that
    has long been silent, and how likely an actor is whom nobody knows yet. Reports `elsewhere` tell of the second, each as much
    as one of the stream."""
    plain = msgspec.structs.replace(weights, activity={**weights.activity, "silence": 0.0})
    activity, is_silence = plain.vector("activity", ACTIVITY), np.array([name == "silence" for name in ACTIVITY])
    rows = []
    for case in cases:
        scores, prior = _shares(case, plain)
        rows.append((scores + prior, np.append(case.model.activity[:, -1], 0.0), list(case.truth) or [-1]))

    def loss(point: Floats) -> float:
        by, silence, unknown = point
        total = 0.0
        for scores, silent, truth in rows:
            shares = softmax(by * scores + silence * silent + unknown * (np.arange(len(scores)) == len(scores) - 1))
            total -= float(np.log((1 - MISLED) * shares[truth].sum() + MISLED / len(shares)))
        total += loss_of(elsewhere, by * activity + silence * is_silence)
        return total / (len(rows) + len(elsewhere)) + 1e-3 * float(((point - np.array([1.0, 0.0, 0.0])) ** 2).sum())

    by, silence, unknown = minimize(loss, np.array([1.0, -0.5, 0.0]), method="Nelder-Mead", options={"maxiter": 300}).x
    scaled = sharpened(plain, float(by), weights.misled)
    return msgspec.structs.replace(
        scaled,
        activity={**scaled.activity, "silence": round(float(silence), 5)},
        unknown=round(scaled.unknown + float(unknown), 5),
    )


def rolling(stream: Sequence[Streamed], weights: Weights, elsewhere: Sequence[Drawn] = ()) -> Iterator[tuple[Case, Weights]]:
    """Each case with weights refitted on the releases before its own; the first few rely on `weights`, in which silence weighs
    nothing."""
    weights = msgspec.structs.replace(weights, activity={**weights.activity, "silence": 0.0})
    for tag in dict.fromkeys(one.release for one in stream):
        past = [one.case for one in stream if one.release < tag]
        told = [one for one in elsewhere if one.release < tag]
        mine = refit(weights, past, told) if len(past) >= LEAST_PAST else weights
        yield from ((one.case, mine) for one in stream if one.release == tag)


def rolled(cases: Iterable[tuple[Case, Weights]], tree: Tree) -> list[Rolled]:
    """The outcome of each."""
    return [_outcome(case, weights, tree) for case, weights in cases]


def few_items(cases: Iterable[tuple[Case, Weights]], count: int, draws: int = 12) -> dict[str, float]:
    """What becomes of `count` items drawn from each case, as people type them first: how probable the leader is on average and
    how often it is right, and the same of an unknown actor."""
    rng, outcomes = np.random.default_rng(11), []
    for case, weights in cases:
        own = np.flatnonzero(case.own)
        factors = np.zeros((draws, len(case.own)))
        for row in factors:
            row[rng.choice(own, count, replace=False)] = 1
        model = replace(case.model, weights=weights)
        for after in model.posterior(model.scores(case.layout, factors), model.prior):
            leader = int(after[:-1].argmax())
            outcomes.append((after[leader], leader in case.truth, after[-1], not case.truth))
    meant, right, unknown, was = np.array(outcomes, dtype=np.float64).T
    return {
        "leader_meant": float(meant.mean()),
        "leader_right": float(right.mean()),
        "ece": calibration_error(meant, right),
        "unknown_meant": float(unknown.mean()),
        "unknown_was": float(was.mean()),
    }


def _outcome(case: Case, weights: Weights, tree: Tree) -> Rolled:
    model: Model = replace(case.model, weights=weights)
    scores, prior = _shares(case, weights)
    after = model.posterior(scores, prior)
    leader = int(after[:-1].argmax())
    closed = (scores + prior)[:-1]
    rank = 1 + int((closed > closed[list(case.truth)].max()).sum()) if case.truth else 0
    verdict = decide(model, case.layout, case.own, after, prior, tree)
    return Rolled(case, rank, float(after[leader]), float(after[-1]), leader in case.truth, verdict.leaders == (leader,))


def figures(found: Sequence[Rolled], least: float) -> dict[str, float]:
    """`known_` and `absent_` are shares of those of a known or a lacking group. `named` by the whole verdict, `likely` by the
    posterior alone."""
    known, absent = [one for one in found if one.rank], [one for one in found if not one.rank]
    ranks = np.array([one.rank for one in known])
    named, likely = [one for one in found if one.named], [one for one in found if one.top >= least]
    return {
        "n_known": float(len(known)),
        "n_absent": float(len(absent)),
        "top1": float((ranks == 1).mean()),
        "top3": float((ranks <= 3).mean()),
        "ece": calibration_error(np.array([one.top for one in found]), np.array([float(one.right) for one in found])),
        "ece_if_perfect": _if_perfect([one.top for one in found]),
        "unknown_meant": _mean(one.unknown for one in found),
        "unknown_was": len(absent) / len(found),
        "known_named": _mean(one.named for one in known),
        "absent_named": _mean(one.named for one in absent),
        "right_when_named": _mean(one.right for one in named) if named else 1.0,
        "known_likely": _mean(one.top >= least for one in known),
        "absent_likely": _mean(one.top >= least for one in absent),
        "right_when_likely": _mean(one.right for one in likely) if likely else 1.0,
    }


def _mean(values: Iterable[float]) -> float:
    return float(np.mean([float(one) for one in values]))


def _if_perfect(tops: Sequence[float], draws: int = 200) -> float:
    """What the calibration error of so few cases is expected to be where every probability is as it should be."""
    rng, top = np.random.default_rng(5), np.array(tops)
    return _mean(calibration_error(top, (rng.random(len(top)) < top).astype(np.float64)) for _ in range(draws))
