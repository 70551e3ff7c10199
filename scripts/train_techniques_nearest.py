"""Writes `nearest.npz`: the stems of ATT&CK's names and descriptions, hashed and weighed (src/indicia/read/techniques/nearest.py).

    INDICIA_REPORTS=FOLDER python -m scripts.train_techniques_nearest [-o src/indicia/read/techniques/model]

The first six sentences of each description and its name, which counts twice. When the nearest one is believed was taught by the
reports that teach the judge of whole documents (scripts/train_techniques_whole.py): pairs of sentences of theirs, and whether the
report is marked with the technique. Needs scikit-learn, takes a minute. No word is written.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from evals.reports import clone_of
from indicia.knowledge import load
from indicia.read.techniques.features import BUCKETS
from indicia.read.techniques.find import told_passages
from indicia.read.techniques.nearest import SIGNS, Nearest, buckets_of
from indicia.read.techniques.scorer import Scorer, scorer
from indicia.records import Document
from scripts.techniques.data import read_attack, read_quiet
from scripts.train_techniques import SHARED
from scripts.train_techniques_whole import ANNOCTR, CTI_HAL, annoctr, cti_hal

THRESHOLD = 0.45  # says something of one in fifty passages that show nothing


def described(classes: list[str]) -> dict[str, Any]:
    """The arrays of the descriptions, in the order of the machines' classes."""
    attack = read_attack(SHARED / "attack" / "enterprise-attack-18.1.json.gz")
    texts: dict[str, list[str]] = {}
    for example in attack.examples:
        if example.kind == "description":
            texts.setdefault(next(iter(example.labels)), []).append(example.text)
    bags = [buckets_of(" ".join(texts.get(id, ()))) for id in classes]
    held = np.zeros(BUCKETS)
    for bag in bags:
        held[bag] += 1
    idf = np.log((1 + len(bags)) / (1 + held))
    weights = np.zeros((len(bags), BUCKETS), np.float32)
    for row, id, bag in zip(weights, classes, bags, strict=True):
        row[bag] = idf[bag]
        row[buckets_of(attack.techniques.get(id, ""))] *= 2
        row /= np.sqrt((row**2).sum()) + 1e-9
    scale = weights.max(axis=1) / 255
    bucket, column = np.nonzero(weights.T)
    own, counts = np.unique(bucket, return_counts=True)
    return {
        "gaps": np.diff(own, prepend=0).astype(np.uint16),
        "counts": counts.astype(np.uint16),
        "columns": column.astype(np.uint16),
        "values": np.rint(weights[column, bucket] / np.maximum(scale[column], 1e-9)).astype(np.uint8),
        "idf": idf[own].astype(np.float16),
        "scale": scale.astype(np.float32),
    }


def pairs_of(document: Document) -> list[str]:
    """Sentences that tell of use, two and two."""
    told = [one.text for one in told_passages(document) if 8 <= one.text.count(" ") + 1 <= 100]
    return [" ".join(told[at : at + 2]) for at in range(0, len(told), 2)]


def learned(descriptions: Nearest, model: Scorer, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(signs, right, publisher) of pairs of sentences of the reports that teach."""
    clones = [clone_of(folder, source) for source in (CTI_HAL, ANNOCTR)]
    if clones[0] is None or clones[1] is None:
        raise SystemExit("needs the clones of CTI-HAL and AnnoCTR in INDICIA_REPORTS")
    knowledge = load()
    rows = [(publisher, document, wanted) for _, publisher, document, wanted in cti_hal(clones[0], knowledge)]
    rows += [(publisher, doc, wanted) for _, publisher, part, doc, wanted in annoctr(clones[1], knowledge) if part == "train"]
    signs, right, publishers = [], [], []
    for publisher, document, wanted in rows:
        broad = {id.split(".")[0] for id in wanted}
        for technique, own in signs_of(descriptions, model, pairs_of(document)):
            signs.append(own)
            right.append(model.classes[technique].split(".")[0] in broad)
            publishers.append(publisher)
    return np.array(signs), np.array(right), np.array(publishers)


def signs_of(descriptions: Nearest, model: Scorer, texts: list[str]) -> list[tuple[int, np.ndarray]]:
    found = []
    for near, margins in zip(descriptions.similarities(texts), model.margins(texts), strict=True):
        best = descriptions.best(near, margins, model.parents)
        found.append((best.technique, best.signs))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="the folder for the weights")
    options = parser.parse_args()
    model = scorer()  # whose order of techniques is kept
    arrays = described(model.classes)
    arrays["judge"] = np.zeros(len(SIGNS) + 2, np.float32)
    descriptions = Nearest(arrays)
    signs, right, publishers = learned(descriptions, model, Path(os.environ["INDICIA_REPORTS"]))
    unseen = np.zeros(len(right))
    for publisher in sorted(set(publishers)):
        own = publishers == publisher
        unseen[own] = LogisticRegression().fit(signs[~own], right[~own]).predict_proba(signs[own])[:, 1]
    said = unseen >= THRESHOLD
    print(f"unseen publishers: said of {said.mean():.3f} of {len(said)} pairs of sentences, right {right[said].mean():.3f}")
    judge = LogisticRegression().fit(signs, right)
    quiet = np.array([own for _, own in signs_of(descriptions, model, [e.text for e in read_quiet(teaching=False)])])
    print(f"passages that show nothing: said of {(judge.predict_proba(quiet)[:, 1] >= THRESHOLD).mean():.3f}")
    arrays["judge"] = np.array([*judge.coef_[0], judge.intercept_[0], THRESHOLD], np.float32)
    if options.output:
        np.savez_compressed(options.output / "nearest.npz", **arrays)


if __name__ == "__main__":
    main()
