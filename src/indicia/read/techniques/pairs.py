"""Pairs of a sentence and a technique, their signs, and the judges that make probabilities of those.

A margin says how far a sentence is on a technique's side; the signs also hold what the rest of the document says and, where it
was asked, what the encoder says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F = npt.NDArray[np.float32]
I = npt.NDArray[np.int64]  # noqa: E741

FLOOR = -1.5  # margins below this say no more than this
FLOOR_READ = -14.0  # the same of the encoder's log-odds
NEARBY = 2  # sentences on either side that count as the neighbourhood
AROUND = 4  # the same for how thickly techniques stand
CUT = -1.0  # pairs with less margin are not judged

SIGNS = (
    "margin",
    "margin above -0.5",
    "margin squared",
    "best other technique",
    "same technique elsewhere in the document",
    "same technique nearby",
    "techniques around",
    "techniques in the document",
    "place in the document",
    "length",
    "its parent",
    "is a sub-technique",
)
SIGNS_READ = ("log-odds", "log-odds above -2", "best other technique by log-odds", "none of them")


class Pairs(NamedTuple):
    """(sentence, technique) pairs worth judging and their signs [pairs, signs]."""

    sentence: I
    technique: I
    signs: F


class PairJudge(NamedTuple):
    """Log-odds are `signs @ weights + offset[technique]`."""

    weights: F  # [signs]
    offset: F  # [techniques]

    def probabilities(self, pairs: Pairs) -> F:
        odds = pairs.signs @ self.weights + self.offset[pairs.technique]
        result: F = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        return result


def best_other(values: F, where: I, which: I, parents: I, floor: float) -> F:
    """[pairs] the highest of `values` [texts, techniques] in the pair's text `where` that belongs neither to its technique
    `which`, nor to its parent or child; at least `floor`."""
    few = np.argpartition(-values, 3, axis=1)[:, :4] if values.shape[1] > 4 else np.argsort(-values, axis=1)
    order = np.take_along_axis(few, np.argsort(-np.take_along_axis(values, few, axis=1), axis=1), axis=1)
    rest = np.full(len(where), floor, np.float32)
    for k in range(order.shape[1] - 1, -1, -1):
        other = order[where, k]
        kin = (other == which) | (other == parents[which]) | (parents[other] == which)
        rest = np.where(kin, rest, values[where, other])
    return np.maximum(rest, floor).astype(np.float32)


def candidates(margins: F, lengths: Sequence[int], parents: I) -> Pairs:
    """The pairs of one document whose margin is above CUT. `margins` [sentences, techniques], `lengths` in words, `parents`
    the index of each technique's parent or -1. In order of sentences, then of techniques."""
    n = len(margins)
    where, which = np.nonzero(margins > CUT)
    own = margins[where, which]
    rest = best_other(margins, where, which, parents, FLOOR)
    best = np.partition(margins, n - 2, axis=0)[n - 2 :] if n > 1 else np.vstack([np.full_like(margins, FLOOR), margins])
    elsewhere = np.where(own >= best[1][which], best[0][which], best[1][which])
    padded = np.full((n + 2 * NEARBY, margins.shape[1]), FLOOR, np.float32)
    padded[NEARBY : NEARBY + n] = margins
    nearby = np.full(len(where), FLOOR, np.float32)
    for shift in range(2 * NEARBY + 1):
        if shift != NEARBY:
            nearby = np.maximum(nearby, padded[where + shift, which])
    top = margins.max(axis=1) if n else np.zeros(0, np.float32)
    sums = np.concatenate([[0.0], np.cumsum(top, dtype=np.float64)])
    low, high = np.maximum(where - AROUND, 0), np.minimum(where + AROUND + 1, n)
    around = (sums[high] - sums[low]) / np.maximum(high - low, 1)
    parent = np.where(parents[which] >= 0, margins[where, parents[which]], 0)
    signs = np.stack(
        [
            own,
            np.maximum(own, -0.5),
            own * own,
            rest,
            np.maximum(elsewhere, FLOOR),
            np.maximum(nearby, FLOOR),
            around,
            np.full(len(where), top.mean() if n else 0.0),
            where / max(n, 1),
            np.log1p(np.asarray(lengths)[where]) if n else np.zeros(0),
            parent,
            (parents[which] >= 0).astype(np.float32),
        ],
        axis=1,
    ).astype(np.float32)
    return Pairs(where, which, signs)


def asked(pairs: Pairs, probabilities: F, least: float) -> I:
    """The sentences, ascending, in which a technique is at least that probable."""
    result: I = np.unique(pairs.sentence[probabilities >= least])
    return result


def with_encoder(pairs: Pairs, shares: F, rows: I, parents: I) -> Pairs:
    """The pairs with the encoder's signs after their own. `rows` is the row of each pair in `shares`; a technique has the
    probability of its sub-techniques as well."""
    p = np.exp(shares.astype(np.float64))
    whole = p[:, :-1].copy()
    for child in np.flatnonzero(parents >= 0):
        whole[:, parents[child]] += p[:, child]
    whole = np.clip(whole, 1e-6, 1 - 1e-6)
    odds = np.log(whole / (1 - whole)).astype(np.float32)
    own = odds[rows, pairs.technique]
    signs = np.stack(
        [
            own,
            np.maximum(own, -2.0),
            best_other(odds, rows, pairs.technique, parents, FLOOR_READ),
            np.log(np.maximum(p[rows, -1], 1e-6)),
        ],
        axis=1,
    )
    return pairs._replace(signs=np.hstack([pairs.signs, signs]).astype(np.float32))


def chosen(pairs: Pairs, probabilities: F, thresholds: F, parents: I, share: float) -> npt.NDArray[np.bool_]:
    """Which pairs are said: those above their technique's threshold; a sub-technique in place of its parent where it has at
    least `share` of the parent's probability."""
    said = probabilities >= thresholds[pairs.technique]
    place = {(int(s), int(t)): k for k, (s, t) in enumerate(zip(pairs.sentence, pairs.technique, strict=True))}
    for k in np.flatnonzero(said):
        parent = int(parents[pairs.technique[k]])
        above = place.get((int(pairs.sentence[k]), parent)) if parent >= 0 else None
        if above is None or not said[above]:
            continue
        if probabilities[k] >= share * probabilities[above]:
            said[above] = False
        else:
            said[k] = False
    return said
