"""The learned part: margins of sentences against every technique, and how a margin becomes a probability.

Weights lie in `model/` and are made by `scripts/train_techniques.py`: sparse int8 rows, one for each hashed feature. A
margin says how far a sentence is on a technique's side; the probability also weighs what the rest of the document says
(`Judge`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.techniques.features import BUCKETS, Features

__all__ = ["ALONE", "SIGNS", "Judge", "Pairs", "Scorer", "candidates", "chosen", "scorer"]

F = npt.NDArray[np.float32]
I = npt.NDArray[np.int64]  # noqa: E741

BATCH = 128  # sentences scored in one step; bounds the memory of a huge document
FLOOR = -1.5  # margins below this say no more than this
NEARBY = 2  # sentences on either side that count as the neighbourhood
AROUND = 4  # the same for how thickly techniques stand
CUT = -1.0  # pairs with less margin are not judged
ALONE = 2  # up to so many passages there is no document to learn from: they are judged as texts that stand alone

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


class Pairs(NamedTuple):
    """(sentence, technique) pairs worth judging and their signs [pairs, signs]."""

    sentence: I
    technique: I
    signs: F


class Judge(NamedTuple):
    """Log-odds are `signs @ weights + offset[technique]`."""

    weights: F  # [signs]
    offset: F  # [techniques]

    def probabilities(self, pairs: Pairs) -> F:
        odds = pairs.signs @ self.weights + self.offset[pairs.technique]
        result: F = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        return result


def candidates(margins: F, lengths: Sequence[int], parents: I) -> Pairs:
    """The pairs of one document whose margin is above CUT. `margins` [sentences, techniques], `lengths` in words, `parents`
    the index of each technique's parent or -1. In order of sentences, then of techniques."""
    n = len(margins)
    where, which = np.nonzero(margins > CUT)
    own = margins[where, which]
    few = np.argpartition(-margins, 3, axis=1)[:, :4] if margins.shape[1] > 4 else np.argsort(-margins, axis=1)
    order = np.take_along_axis(few, np.argsort(-np.take_along_axis(margins, few, axis=1), axis=1), axis=1)
    rest = np.full(len(where), FLOOR, np.float32)
    for k in range(order.shape[1] - 1, -1, -1):  # the best one that is neither the technique, nor its parent or child
        other = order[where, k]
        kin = (other == which) | (other == parents[which]) | (parents[other] == which)
        rest = np.where(kin, rest, margins[where, other])
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
            np.maximum(rest, FLOOR),
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


class Scorer:
    """All techniques' weights, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        self.settings = json.loads((folder / "settings.json").read_text("utf-8"))
        self.classes: list[str] = self.settings["classes"]
        alone: list[str] = self.settings["alone"]
        self.features = Features()
        index = {id: k for k, id in enumerate(self.classes)}
        self.parents: I = np.array(
            [index.get(id.split(".")[0], -1) if "." in id else -1 for id in self.classes], dtype=np.int64
        )
        with np.load(folder / "weights.npz") as stored:
            self._row = np.full(BUCKETS, -1, dtype=np.int32)
            self._row[np.cumsum(stored["gaps"], dtype=np.int64)] = np.arange(len(stored["gaps"]), dtype=np.int32)
            self._idf2 = stored["idf"].astype(np.float32) ** 2
            self._lengths = stored["counts"].astype(np.int64)
            self._starts = np.concatenate([[0], np.cumsum(self._lengths)[:-1]])
            self._columns = stored["columns"]
            self._values = stored["values"]
            self._scale: F = stored["scale"].astype(np.float32)
            self._bias: F = stored["bias"].astype(np.float32)
            self._marked: npt.NDArray[np.bool_] = stored["marked"].astype(bool)
            self._judges = {
                name: Judge(stored[f"{name}_weights"].astype(np.float32), stored[f"{name}_offset"].astype(np.float32))
                for name in ("marked", "rest", "marked_alone", "rest_alone")
            }
        self._broad = np.isin(np.arange(len(self.classes)), self.parents)  # parents of sub-techniques say least
        self._columns_alone: I = np.array([index[id] for id in alone], dtype=np.int64)
        self._columns_marked: I = np.flatnonzero(self._marked)
        self._parents_marked = _within(self.parents, self._columns_marked)

    def judge(self, margins: F, lengths: Sequence[int], *, alone: bool = False) -> list[tuple[int, int, float]]:
        """(sentence, technique, probability) of what the passages of one document describe, in their order.

        Techniques that marked reports taught are judged among each other, as they were learned; the rest, known from
        ATT&CK's examples only, have a judge and a higher threshold of their own.
        """
        marked = candidates(margins[:, self._columns_marked], lengths, self._parents_marked)
        whole = candidates(margins, lengths, self.parents)
        other = ~self._marked[whole.technique]
        rest = Pairs(whole.sentence[other], whole.technique[other], whole.signs[other])
        place = np.cumsum(~self._marked) - 1
        judged = [
            self._judges["marked_alone" if alone else "marked"].probabilities(marked),
            self._judges["rest_alone" if alone else "rest"].probabilities(rest._replace(technique=place[rest.technique])),
        ]
        pairs = Pairs(
            np.concatenate([marked.sentence, rest.sentence]),
            np.concatenate([self._columns_marked[marked.technique], rest.technique]),
            np.concatenate([marked.signs, rest.signs]),
        )
        probabilities = np.concatenate(judged)
        taught, untaught, broad = self.settings["thresholds_alone" if alone else "thresholds"]
        thresholds = np.where(self._marked, taught, np.where(self._broad, broad, untaught)).astype(np.float32)
        said = chosen(pairs, probabilities, thresholds, self.parents, self.settings["share"])
        found = [(int(pairs.sentence[k]), int(pairs.technique[k]), float(probabilities[k])) for k in np.flatnonzero(said)]
        return sorted(found)

    def margins(self, texts: Sequence[str], *, alone: bool = False) -> F:
        """[texts, techniques]. `alone`: the texts are no passages of a document but chosen by someone; machines that learned
        from chosen spans then have the larger say."""
        parts = [self._margins(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        whole = np.concatenate(parts) if parts else np.zeros((0, len(self._bias)), np.float32)
        passages, spans = whole[:, : len(self.classes)], whole[:, len(self.classes) :]
        if alone:
            share = self.settings["share_of_spans"]
            passages[:, self._columns_alone] = share * spans + (1 - share) * passages[:, self._columns_alone]
        return passages

    def _margins(self, texts: Sequence[str]) -> F:
        size = len(self._bias)
        each = [self.features.of(text) for text in texts]
        text = np.repeat(np.arange(len(texts)), [len(one) for one in each])
        row = self._row[np.concatenate(each)]
        text, row = text[row >= 0], row[row >= 0]
        length = np.sqrt(np.bincount(text, weights=self._idf2[row], minlength=len(texts)))
        counts = self._lengths[row]
        before = np.cumsum(counts) - counts
        at = np.repeat(self._starts[row] - before, counts) + np.arange(counts.sum())
        cell = np.repeat(text, counts) * size + self._columns[at]
        sums = np.bincount(cell, weights=self._values[at], minlength=len(texts) * size).reshape(len(texts), size)
        result: F = (sums * self._scale / np.maximum(length, 1e-9)[:, None] + self._bias).astype(np.float32)
        return result


@cache
def scorer() -> Scorer | None:
    """The shipped model, or None where it was left out of an installation: then ids and names are all that is found."""
    folder = Path(str(resources.files("indicia.read.techniques") / "model"))
    return Scorer(folder) if (folder / "weights.npz").exists() else None


def _within(parents: I, columns: I) -> I:
    """`parents` of the chosen columns, renumbered to them."""
    place = np.full(len(parents) + 1, -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    result: I = place[parents[columns]]
    return result
