"""What a whole document says of each technique: the passages' probabilities put together, and judged by what marked documents
taught.

A passage by itself is judged strictly, for most techniques by ATT&CK's examples alone. Here it counts how surely the best
passage says it, whether others do, by how much it leads there, and how often reports that looked like that were marked with it.
Weights lie in `model/whole.npz` and are made by `scripts/train_techniques_whole.py`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder
from indicia.read.techniques.pairs import FLOOR

F = npt.NDArray[np.float32]
I = npt.NDArray[np.int64]  # noqa: E741

LEAST = 0.02  # a passage says nothing of a technique below this probability
FEWEST = 30  # passages of a document that is judged as a whole; what taught was longer
FEWEST_WORDS = 4  # a shorter passage is a heading or a cell
_NOTHING = 0.001  # the probability of what no passage says
_CLEAR = -0.5  # the margin of a passage that counts among those that say it
_SHARE = 0.5  # of its parent's probability that a sub-technique needs; with less the text leaves open which one it is

SIGNS = (
    "log-odds of the best passage",
    "of the second",
    "margin of the best passage",
    "of the second",
    "lead over other techniques in the best passage",
    "passages that say it",
    "passages of the document",
    "marked reports taught it",
    "has sub-techniques",
    "is a sub-technique",
    "the text names it",
    "log-odds of its best sub-technique",
    "log-odds of its parent",
    "log-odds, if marked reports taught it",
    "lead, if marked reports taught it",
    "log-odds of the words of the trade that tell it best",
    "whether such words tell it",
    "passages in which they do",
    "log-odds of those of its parent or of a sub-technique",
)
TERMS = SIGNS.index("log-odds of the words of the trade that tell it best")


class PassageEvidence(NamedTuple):
    """Pairs of a passage and a technique, with probabilities and margins, of passages that tell of use; which techniques the
    text names; how many passages there are; and technique -> (share of the best line of the trade's words, passages)."""

    passage: I
    technique: I
    probability: F
    margin: F
    named: frozenset[int]
    passages: int
    terms: dict[int, tuple[float, int]]


class WholeJudge(NamedTuple):
    """Log-odds are `(signs - mean) / scale @ weights + offset[technique] + bias`."""

    mean: F
    scale: F
    weights: F
    offset: F
    bias: float
    threshold: float

    def probabilities(self, techniques: I, signs: F) -> F:
        odds = (signs - self.mean) / self.scale @ self.weights + self.offset[techniques] + self.bias
        result: F = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        return result

    def told(self, techniques: I, probabilities: F, parents: I) -> dict[int, float]:
        """The techniques above the threshold, with their probabilities. A parent and its sub-techniques are not told together:
        those that are nearly as probable as it stand for it, else it stands for them."""
        above = dict(zip(techniques.tolist(), probabilities.tolist(), strict=True))
        above = {technique: p for technique, p in above.items() if p >= self.threshold}
        narrow = {t for t, p in above.items() if parents[t] >= 0 and p >= _SHARE * above.get(int(parents[t]), 0.0)}
        replaced = {int(parents[t]) for t in narrow}
        return {t: p for t, p in above.items() if t in narrow or (parents[t] < 0 and t not in replaced)}


def signs_of(evidence: PassageEvidence, parents: I, marked: npt.NDArray[np.bool_]) -> tuple[I, F]:
    """(techniques, ascending; their signs [techniques, SIGNS]) of a document. `parents` is the index of each technique's parent
    or -1, `marked` says which ones marked reports taught."""
    broad = np.isin(np.arange(len(parents)), parents)
    others = sorted(evidence.named | evidence.terms.keys())
    techniques = np.union1d(evidence.technique, np.array(others, np.int64)).astype(np.int64)
    lead = _leads(evidence)
    odds = _odds(evidence.probability)
    best = {int(t): float(_odds(np.float32(_NOTHING))) for t in techniques}
    rows = []
    order = np.lexsort((-evidence.probability, evidence.technique))
    starts = np.searchsorted(evidence.technique[order], techniques)
    ends = np.searchsorted(evidence.technique[order], techniques, side="right")
    for technique, start, end in zip(techniques.tolist(), starts.tolist(), ends.tolist(), strict=True):
        own = order[start:end]
        nothing = best[technique]
        margins = np.sort(evidence.margin[own])[::-1]
        first = float(odds[own[0]]) if len(own) else nothing
        best[technique] = first
        rows.append(
            [
                first,
                float(odds[own[1]]) if len(own) > 1 else nothing,
                float(margins[0]) if len(own) else FLOOR - 0.5,
                float(margins[1]) if len(own) > 1 else FLOOR - 0.5,
                float(lead[own[0]]) if len(own) else 0.0,
                float(np.log1p((margins > _CLEAR).sum())),
                float(np.log1p(evidence.passages)),
                float(marked[technique]),
                float(broad[technique]),
                float(parents[technique] >= 0),
                float(technique in evidence.named),
            ]
        )
    signs = np.zeros((len(techniques), len(SIGNS)), np.float32)
    signs[:, : TERMS - 4] = np.array(rows, np.float32).reshape(-1, TERMS - 4)
    nothing = float(_odds(np.float32(_NOTHING)))
    for k, technique in enumerate(techniques.tolist()):
        parent = int(parents[technique])
        signs[k, 11] = max((best[t] for t in best if parents[t] == technique), default=nothing) if broad[technique] else 0.0
        signs[k, 12] = best.get(parent, nothing) if parent >= 0 else 0.0
    signs[:, 13], signs[:, 14] = signs[:, 7] * signs[:, 0], signs[:, 7] * signs[:, 4]
    signs[:, TERMS:] = _of_terms(techniques, evidence.terms, parents)
    return techniques, signs


def _of_terms(techniques: I, terms: dict[int, tuple[float, int]], parents: I) -> F:
    """[techniques, 4] signs of the words of the trade."""
    found = np.zeros((len(techniques), len(SIGNS) - TERMS), np.float32)
    nothing = float(_odds(np.float32(_NOTHING)))
    shares: dict[int, float] = {}  # of the families
    for technique, (share, _) in terms.items():
        root = int(parents[technique]) if parents[technique] >= 0 else technique
        shares[root] = max(shares.get(root, 0.0), share)
    for row, technique in zip(found, techniques.tolist(), strict=True):
        share, passages = terms.get(technique, (0.0, 0))
        root = int(parents[technique]) if parents[technique] >= 0 else technique
        kin = shares.get(root, 0.0) if not passages else 0.0
        row[:] = (
            float(_odds(np.float32(share))) if passages else nothing,
            float(passages > 0),
            float(np.log1p(passages)),
            float(_odds(np.float32(kin))) if kin else nothing,
        )
    return found


def _odds(probability: F | np.float32) -> F:
    bounded = np.clip(np.asarray(probability, np.float32), _NOTHING, 1 - _NOTHING)
    odds: F = np.log(bounded / (1 - bounded)).astype(np.float32)
    return odds


def _leads(evidence: PassageEvidence) -> F:
    """Of each pair how far its margin is above the best other one in its passage, within -2 and 2."""
    lead = np.zeros(len(evidence.passage), np.float32)
    if not len(lead):
        return lead
    order = np.lexsort((-evidence.margin, evidence.passage))
    begins = np.flatnonzero(np.diff(evidence.passage[order], prepend=-1))
    for start, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=True):
        own = order[start:end]
        others = np.full(len(own), evidence.margin[own[0]], np.float32)
        others[0] = evidence.margin[own[1]] if len(own) > 1 else -9.0
        lead[own] = np.clip(evidence.margin[own] - others, -2, 2)
    return lead


@cache
def whole_judge() -> WholeJudge:
    """The judge that comes with the program. Raises: ExtraError, where the models are not installed."""
    with np.load(model_folder("techniques") / "whole.npz") as stored:
        bias, threshold = (float(value) for value in stored["scalars"])
        mean, scale, weights, offset = (stored[name].astype(np.float32) for name in ("mean", "scale", "weights", "offset"))
    return WholeJudge(mean, scale, weights, offset, bias=bias, threshold=threshold)
