"""Teaches which sentences tell what happened: `python -m scripts.reader.facts --mirrors FOLDER -o FILE` (minutes of two cores).

A linear answer for each of FACTS from what the encoder makes of a sentence (`indicia.read.claims.network.sentence_features`),
taught on the annotated sentences of real documents (`corpora/real/facts.jsonl`) and of our own (`corpora/documents`). A sentence
that only tells a thing too, less clearly than another one of its document, counts in part. Prints the average precision of each
answer on publishers left out, then fits all.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.chunks import Place, chunks
from indicia.read.claims.network import FACTS, Network, network, sentence_features
from scripts.reader.corpus import FOLDS, Taught, fold, own_documents, real_documents
from scripts.reader.measure import Guess, ranked

F = npt.NDArray[np.float32]
OWN = 0.3  # how much a document of our own counts beside a real one
TOO = 0.4  # how much a sentence answers that is not among the clearest
STRENGTH = 0.01  # of the penalty on large weights, for each sentence


class Lessons(NamedTuple):
    """Of each sentence: its features, the answers [FACTS] as 0 to 1, its fold (-1: of our own) and how much it counts."""

    features: F
    answers: F
    folds: npt.NDArray[np.int64]
    weights: F


def lessons(documents: Sequence[Taught], model: Network) -> Lessons:
    rows, answers, folds, weights = [], [], [], []
    for document in documents:
        told = document.facts or []
        for chunk in chunks(document.text, model.tokens):
            features = sentence_features(chunk, model.read(chunk), document.text)
            for place, own in zip(map(chunk.text_range, chunk.own), features, strict=True):
                rows.append(own)
                answers.append(_answers(place, told))
                folds.append(-1 if document.own else fold(document))
                weights.append(OWN if document.own else 1.0)
    return Lessons(np.array(rows, np.float32), np.array(answers, np.float32), np.array(folds), np.array(weights, np.float32))


def _answers(place: Place, told: Sequence[dict[str, object]]) -> F:
    out = np.zeros(len(FACTS), np.float32)
    for fact in told:
        start, end = fact["place"]  # type: ignore[misc]
        if min(place[1], end) - max(place[0], start) > 0.5 * (place[1] - place[0]):
            at = FACTS.index(str(fact["what"]))
            out[at] = max(out[at], TOO if fact.get("grade") == 1 else 1.0)
    return out


def fitted(taught: Lessons, chosen: npt.NDArray[np.bool_], steps: int = 120) -> tuple[F, F, F, F]:
    """Weights [FACTS, features], offsets [FACTS], and mean and spread of the features (logistic regression by gradient)."""
    x, y, w = taught.features[chosen], taught.answers[chosen], taught.weights[chosen][:, None]
    mean, spread = x.mean(0), x.std(0) + 1e-3
    x = (x - mean) / spread
    weights, offsets = np.zeros((len(FACTS), x.shape[1]), np.float32), np.full(len(FACTS), -2.0, np.float32)
    one, two = np.zeros_like(weights), np.zeros_like(weights)
    total = float(w.sum())
    for step in range(1, steps + 1):  # Adam, with all sentences at once
        wrong = w * (1 / (1 + np.exp(-(x @ weights.T + offsets))) - y)
        slope = wrong.T @ x / total + STRENGTH * weights
        one, two = 0.9 * one + 0.1 * slope, 0.999 * two + 0.001 * slope**2
        weights -= 0.003 * (one / (1 - 0.9**step)) / (np.sqrt(two / (1 - 0.999**step)) + 1e-8)
        offsets -= 0.5 * wrong.sum(0) / total
    return weights, offsets, mean, spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--mirrors", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True, help="facts.npz of the model's folder")
    options = parser.parse_args()
    real = [one for one in real_documents(options.shared, options.mirrors) if one.facts is not None]
    taught = lessons([*real, *(one for one in own_documents() if one.facts)], network())
    scores = np.zeros_like(taught.answers)
    for number in range(FOLDS):
        left = taught.folds == number
        if left.any():
            weights, offsets, mean, spread = fitted(taught, ~left)
            scores[left] = (taught.features[left] - mean) / spread @ weights.T + offsets
    kept = taught.folds >= 0
    for at, what in enumerate(FACTS):
        right = taught.answers[kept, at] == 1.0
        guesses = [Guess(float(odds), what, bool(told)) for odds, told in zip(scores[kept, at], right, strict=True)]
        average, *_ = ranked(guesses, int(right.sum()))
        print(f"{what}: {right.sum()} sentences, AP {average:.3f}")
    weights, offsets, mean, spread = fitted(taught, np.ones(len(taught.folds), bool))
    offsets -= (weights * (mean / spread)).sum(1)
    np.savez_compressed(options.out, weights=(weights / spread).astype(np.float16), offsets=offsets.astype(np.float32))


if __name__ == "__main__":
    main()
