"""Fits how proposals and the judge's verdicts are weighed together (`indicia.read.claims.decide.confirming`), and prints the weights.

    python scripts/fit_confirming.py --shared ../shared [--mirrors FOLDER]

On real documents that are kept from training (slice s15) and on passages of our own that the judge has not seen, which count half: the
weights are for documents first. Needs scikit-learn, which tests need as well.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judge_examples import annotated, texts_of
from sklearn.linear_model import LogisticRegression

from evals.claims import closeness
from indicia import knowledge
from indicia.read.claims import claim_row, reader
from indicia.read.claims.decide import confirming
from indicia.read.claims.refer.resolving import tools_of
from indicia.read.claims.score.scorer import scorer
from indicia.records import Document, stable_id

HERE = Path(__file__).parent.parent
KEPT = "s15"
PASSAGES = 260
OWN_WEIGHT = 0.5


def real(shared: Path, mirrors: Path | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    rows = [row for row in annotated(HERE / "corpora" / "real" / "annotations.jsonl") if row["slice"] == KEPT]
    texts, _ = texts_of(rows, shared / "claims" / "real" / "corpus.jsonl.gz", mirrors)
    for row in rows:
        if (text := texts.get(row["id"])) is not None:
            yield text, [worded(claim, text) for claim in row["claims"]]


def worded(claim: dict[str, Any], text: str) -> dict[str, Any]:
    """An annotation with the words at its places."""
    said = {role: text[slice(*claim[role])] if claim.get(role) else None for role in ("source", "accused")}
    named = {f"{role}_canonical": claim.get(f"{role}_canonical") or said[role] for role in said}
    return {**claim, **said, **named}


def own() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Passages after those that `train_judge.py` draws with the same seed."""
    files = sorted((HERE / "corpora" / "claims").glob("part-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    random.Random(3).shuffle(rows)
    for row in rows[-PASSAGES:]:
        yield row["text"], row["claims"]


def features(text: str, claims: list[dict[str, Any]]) -> Iterator[tuple[bool, tuple[float, ...], bool]]:
    """(proposed, what speaks for it, right) of everything that is read with next to no threshold."""
    document = Document(id=stable_id("document", text), name="fit", text=text, sha256="")
    reading = reader.Reading(document, tools_of(knowledge.load()), scorer(), 0.02)
    reading.read_all()
    for found in reading.found:
        if found.judged is None:
            continue
        row = claim_row(reading.maker.claim(found), document)
        alike = [claim for claim in claims if closeness(row, claim) > 0]
        if not alike or not all(claim.get("optional") for claim in alike):
            yield found.draft.rule != "judge", found.features, bool(alike)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path)
    options = parser.parse_args()
    rows = [(one, 1.0) for text, claims in real(options.shared, options.mirrors) for one in features(text, claims)]
    rows += [(one, OWN_WEIGHT) for text, claims in own() for one in features(text, claims)]
    for name, proposed in (("_PROPOSALS", True), ("_ADDITIONS", False)):
        mine = [(given, right, weight) for (kind, given, right), weight in rows if kind is proposed]
        fitted = LogisticRegression(C=1.0, max_iter=2000, fit_intercept=False)
        fitted.fit(
            [given for given, _, _ in mine], [right for _, right, _ in mine], sample_weight=[weight for _, _, weight in mine]
        )
        keys = getattr(confirming, name)
        print(name, len(mine), {key: round(float(value), 2) for key, value in zip(keys, fitted.coef_[0], strict=True)})


if __name__ == "__main__":
    sys.exit(main())
