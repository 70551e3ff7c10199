"""How a taught reader ranks claims of publishers that it was not taught on, and how its scores are to be read:
`python -m scripts.reader.measure --mirrors FOLDER --fold 1 [--fold 2] [--model FOLDER] [--every N]`.

Prints the average precision and the best F1 (of required claims) of the documents of these folds and of the development set, and
for each group of stances the slope and offset by which the log odds of a score become those of being right
(`indicia.read.claims.calibration`). Versions are chosen by the average precision on the folds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evals.annotated import worded
from evals.claims import load, matched
from indicia import knowledge
from indicia.models import model_folder
from indicia.read.claims import claim_row
from indicia.read.claims.calibration import GROUPS, group_of, odds_of, probability_of
from indicia.read.claims.network import Network
from indicia.read.claims.reader import read_said
from indicia.records import Document, Stance, stable_id
from scripts.reader.corpus import fold, real_documents

LOWEST = 0.05


class Guess(NamedTuple):
    """A claim that was read: its log odds before any calibration, its stance, and whether a required claim is matched by it."""

    odds: float
    stance: str
    right: bool


def guesses(items: Iterable[Mapping[str, Any]], model: Network) -> tuple[list[Guess], int]:
    """All guesses but those that match an optional claim, and how many claims are required."""
    known, out, required = knowledge.load(), [], 0
    for item in items:
        document = Document(
            id=stable_id("document", item["id"]), name="text", text=item["text"], sha256="", published=item.get("date")
        )
        said = read_said(document, known, threshold=LOWEST, model=model, calibrated=False)
        rows = [claim_row(claim, document) for claim in said.claims]
        mine = matched(rows, item["claims"])
        required += sum(not claim.get("optional") for claim in item["claims"])
        for number, row in enumerate(rows):
            gold = item["claims"][mine[number]] if number in mine else None
            if gold is None or not gold.get("optional"):
                out.append(Guess(odds_of(row["score"]), row["stance"], gold is not None))
    return out, required


def ranked(found: Sequence[Guess], required: int) -> tuple[float, float, float]:
    """(average precision, best F1, the odds at which it is reached)."""
    hits, average, best = 0, 0.0, (0.0, 0.0)
    for number, one in enumerate(sorted(found, key=lambda one: -one.odds), 1):
        hits += one.right
        average += one.right * hits / number / max(1, required)
        best = max(best, (2 * hits / (number + required), one.odds))
    return average, *best


def fitted(found: Sequence[Guess]) -> tuple[float, float]:
    """Slope and offset that make the odds of being right of the odds given (logistic regression, Newton's steps)."""
    x = np.array([[one.odds, 1.0] for one in found])
    y = np.array([one.right for one in found], float)
    weights = np.array([1.0, 0.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (y - p) - 0.5 * (weights - [1.0, 0.0])
        weights = weights + np.linalg.solve((x.T * (p * (1 - p))) @ x + 0.5 * np.eye(2), slope)
    return round(float(weights[0]), 2), round(float(weights[1]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--mirrors", type=Path)
    parser.add_argument("--fold", type=int, action="append", default=[])
    parser.add_argument("--model", type=Path, help="another folder of a network than the package's")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth document of the folds")
    options = parser.parse_args()
    model = Network(options.model or model_folder("claims"))
    sets = {"development": (load(options.shared / "claims" / "real" / "dev.jsonl"))}
    if options.fold:
        real = [one for one in real_documents(options.shared, options.mirrors) if fold(one) in options.fold]
        told = [
            {"id": one.id, "text": one.text, "claims": [worded(claim, one.text) for claim in one.claims]}
            for one in real[:: options.every]
        ]
        sets = {f"folds {options.fold}": told, **sets}
    every: list[Guess] = []
    for name, items in sets.items():
        found, required = guesses(items, model)
        average, best, odds = ranked(found, required)
        at = probability_of(odds)
        print(
            f"{name}: {len(items)} documents, {required} claims, AP {average:.3f}, best F1 {best:.3f} from {at:.2f}", flush=True
        )
        every += found
    for group in GROUPS:
        mine = [one for one in every if group_of(Stance(one.stance)) == group]
        if len(mine) > 20:
            slope, offset = fitted(mine)
            sure = [one.right for one in mine if slope * one.odds + offset >= math.log(3)]
            print(
                f"{group}: {len(mine)} guesses, slope {slope}, offset {offset}; sure {len(sure)}, of these right {np.mean(sure):.2f}"
            )


if __name__ == "__main__":
    main()
