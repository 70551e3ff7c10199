"""Writes `nearest.npz`: the stems of ATT&CK's names and descriptions, hashed and weighed (src/indicia/read/techniques/nearest.py),
and `meaning.npz`: a linear discriminant between the techniques (src/indicia/read/techniques/meaning.py).

    INDICIA_REPORTS=FOLDER python -m scripts.train_techniques_nearest [-o src/indicia/read/techniques/model]

The first six sentences of each description and its name, which counts twice. When the nearest one is believed was taught by the
reports that teach the judge of whole documents (scripts/train_techniques_whole.py): pairs of sentences of theirs, and whether the
report is marked with the technique. The discriminant learns from at most FEW of ATT&CK's sentences on each technique. Needs
scikit-learn, takes five minutes. No word is written.
"""

from __future__ import annotations

import argparse
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from evals.reports import clone_of
from indicia.knowledge import load
from indicia.models import model_folder
from indicia.read.techniques.features import BUCKETS
from indicia.read.techniques.find import told_passages
from indicia.read.techniques.meaning import Layers, Meaning, checksum, meaning_of
from indicia.read.techniques.nearest import SIGNS, Nearest, buckets_of
from indicia.read.techniques.scorer import Scorer, scorer
from indicia.records import Document
from scripts.techniques.data import read_attack, read_quiet
from scripts.train_techniques import SHARED
from scripts.train_techniques_whole import ANNOCTR, CTI_HAL, annoctr, cti_hal

THRESHOLD = 0.45  # says something of one in fifty passages that show nothing
FEW = 14  # sentences on a technique, so that those with hundreds of examples do not outweigh the others
PRIOR = 2.0  # sentences that the mean of all counts as beside a technique's own
WIDER = 0.3  # of the mean variance goes to each direction


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


def discriminant(classes: list[str]) -> dict[str, Any]:
    """The arrays of the meaning, in the order of the machines' classes."""
    index = {id: k for k, id in enumerate(classes)}
    attack = read_attack(SHARED / "attack" / "enterprise-attack-18.1.json.gz")
    shown = [(e.text, index[next(iter(e.labels))]) for e in attack.examples if next(iter(e.labels)) in index]
    random.Random(1).shuffle(shown)
    count = np.zeros(len(classes), np.int64)
    kept = []
    for text, technique in shown:
        if count[technique] < FEW:
            count[technique] += 1
            kept.append((text, technique))
    layers = Layers(model_folder("claims"))
    return fitted(np.array([layers.mean(text) for text, _ in kept]), np.array([k for _, k in kept]), count)


def fitted(seen: np.ndarray, technique: np.ndarray, count: np.ndarray) -> dict[str, Any]:
    """A linear discriminant with means and variances drawn towards those of all."""
    middle = seen.mean(0)
    means = np.zeros((len(count), seen.shape[1]))
    np.add.at(means, technique, seen - middle)
    spread = seen - middle - (means / count[:, None])[technique]
    variance = spread.T @ spread / len(seen)
    variance += WIDER * np.trace(variance) / len(variance) * np.eye(len(variance))
    means /= (count + PRIOR)[:, None]
    weights = np.linalg.solve(variance, means.T).T
    scale = np.abs(weights).max(1) / 127
    return {
        "weights": np.rint(weights / scale[:, None]).astype(np.int8),
        "scale": scale.astype(np.float32),
        "offsets": (0.5 * (means * weights).sum(1) + weights @ middle).astype(np.float32),
        "layers": np.uint32(checksum(model_folder("claims"))),
    }


def pairs_of(document: Document) -> list[str]:
    """Sentences that tell of use, two and two."""
    told = [one.text for one in told_passages(document) if 8 <= one.text.count(" ") + 1 <= 100]
    return [" ".join(told[at : at + 2]) for at in range(0, len(told), 2)]


def learned(descriptions: Nearest, near: Meaning, model: Scorer, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        for technique, own in signs_of(descriptions, near, model, pairs_of(document)):
            signs.append(own)
            right.append(model.classes[technique].split(".")[0] in broad)
            publishers.append(publisher)
    return np.array(signs), np.array(right), np.array(publishers)


def signs_of(descriptions: Nearest, near: Meaning, model: Scorer, texts: list[str]) -> list[tuple[int, np.ndarray]]:
    found = []
    for text, similar, margins in zip(texts, descriptions.similarities(texts), model.margins(texts), strict=True):
        best = descriptions.best(similar, margins, near.nearness(text), model.parents)
        found.append((best.technique, best.signs))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="the folder for the weights")
    options = parser.parse_args()
    model = scorer()  # whose order of techniques is kept
    arrays = described(model.classes)
    arrays["judge"] = np.zeros(len(SIGNS) + 2, np.float32)
    descriptions, meant = Nearest(arrays), discriminant(model.classes)
    if options.output:
        np.savez_compressed(options.output / "meaning.npz", **meant)
    near = meaning_of(meant)
    signs, right, publishers = learned(descriptions, near, model, Path(os.environ["INDICIA_REPORTS"]))
    unseen = np.zeros(len(right))
    for publisher in sorted(set(publishers)):
        own = publishers == publisher
        unseen[own] = LogisticRegression().fit(signs[~own], right[~own]).predict_proba(signs[own])[:, 1]
    said = unseen >= THRESHOLD
    print(f"unseen publishers: said of {said.mean():.3f} of {len(said)} pairs of sentences, right {right[said].mean():.3f}")
    judge = LogisticRegression().fit(signs, right)
    quiet = np.array([own for _, own in signs_of(descriptions, near, model, [e.text for e in read_quiet(teaching=False)])])
    print(f"passages that show nothing: said of {(judge.predict_proba(quiet)[:, 1] >= THRESHOLD).mean():.3f}")
    arrays["judge"] = np.array([*judge.coef_[0], judge.intercept_[0], THRESHOLD], np.float32)
    if options.output:
        np.savez_compressed(options.output / "nearest.npz", **arrays)


if __name__ == "__main__":
    main()
