"""Fits the forest that weighs candidates for claims (`indicia.read.claims.decide.evidence`) and writes it as an ONNX file.

    python scripts/fit_confirming.py --shared ../shared [--mirrors FOLDER] -o src/indicia/read/claims/decide/confirming.onnx

On real documents that are kept from training (slice s15) and on passages of our own that the judge has not seen. Needs scikit-learn,
which tests need as well, and onnx. Prints how much each feature tells, and by cross-validation how many candidates are right and how
many of the right ones are found, at some thresholds.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from evals.annotated import ANNOTATIONS, annotated, documents, worded
from evals.claims import closeness
from indicia import knowledge
from indicia.read.claims import claim_row, reader
from indicia.read.claims.decide.evidence import FEATURES, features_of
from indicia.read.claims.refer.resolving import tools_of
from indicia.read.claims.score.scorer import scorer
from indicia.records import Document, stable_id

HERE = Path(__file__).parent.parent
KEPT = "s15"
PASSAGES = 260
OWN_WEIGHT = 2.0
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8)


class Candidate(NamedTuple):
    features: tuple[float, ...]
    right: bool
    optional: bool  # all that it could be counts neither way


def real(shared: Path, mirrors: Path | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    found, _ = documents([row for row in annotated(ANNOTATIONS) if row["slice"] == KEPT], shared, mirrors)
    for _, text, claims in found:
        yield text, [worded(claim, text) for claim in claims]


def own() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Passages after those that `train_judge.py` draws with the same seed."""
    files = sorted((HERE / "corpora" / "claims").glob("part-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    random.Random(3).shuffle(rows)
    for row in rows[-PASSAGES:]:
        yield row["text"], row["claims"]


def candidates(text: str, claims: list[dict[str, Any]]) -> list[Candidate]:
    """All that rules, scorer and judge propose of a document."""
    document = Document(id=stable_id("document", text), name="fit", text=text, sha256="")
    reading = reader.Reading(document, tools_of(knowledge.load()), scorer(), reader.THRESHOLD)
    reading.read_all()
    found = [one for one in reading.found if one.judged is not None]
    out = []
    for one, row in zip(found, features_of(found), strict=True):
        told = claim_row(reading.maker.claim(one), document)
        alike = [claim for claim in claims if closeness(told, claim) > 0]
        optional = bool(alike) and all(claim.get("optional") for claim in alike)
        out.append(Candidate(tuple(row.tolist()), bool(alike), optional))
    return out


def forest() -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=250,
        max_depth=4,
        learning_rate=0.05,
        subsample=0.7,
        min_samples_leaf=20,
        max_features="sqrt",
        random_state=0,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    read = [(candidates(text, claims), 1.0) for text, claims in real(options.shared, options.mirrors)]
    read += [(candidates(text, claims), OWN_WEIGHT) for text, claims in own()]
    given = [(number, one, weight) for number, (found, weight) in enumerate(read) for one in found if not one.optional]
    x = np.array([one.features for _, one, _ in given], dtype=np.float32)
    y = np.array([one.right for _, one, _ in given])
    weights = np.array([weight for _, _, weight in given])
    print(f"{len(read)} documents and passages, {len(y)} candidates, {int(y.sum())} of them right")
    apart = np.zeros(len(y))
    for taught, asked in GroupKFold(5).split(x, y, [number for number, _, _ in given]):
        apart[asked] = forest().fit(x[taught], y[taught], weights[taught]).predict_proba(x[asked])[:, 1]
    documents_only = weights != OWN_WEIGHT
    for least in THRESHOLDS:
        kept = (apart >= least) & documents_only
        found = y[kept].sum() / y[documents_only].sum()
        print(
            f"documents, from {least}: {int(kept.sum())} candidates, {y[kept].mean():.3f} right, {found:.3f} of the right ones"
        )
    model = forest().fit(x, y, weights)
    print(*sorted(zip(model.feature_importances_.round(3).tolist(), FEATURES, strict=True), reverse=True), sep="\n")
    write(model, options.output)


def write(model: GradientBoostingClassifier, output: Path) -> None:
    """The forest as a regressor of log odds: one sum of leaves, whatever the runtime makes of probabilities."""
    import onnx
    from onnx import TensorProto, helper

    rate, start = model.learning_rate, float(model._raw_predict_init(np.zeros((1, len(FEATURES)), dtype=np.float32))[0, 0])
    nodes: dict[str, list[Any]] = {
        key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")
    }
    leaves: dict[str, list[Any]] = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for number, (regressor,) in enumerate(model.estimators_):
        tree = regressor.tree_
        for node in range(tree.node_count):
            leaf = tree.children_left[node] < 0
            for key, value in (
                ("treeids", number), ("nodeids", node), ("featureids", 0 if leaf else int(tree.feature[node])),
                ("values", 0.0 if leaf else float(tree.threshold[node])), ("modes", "LEAF" if leaf else "BRANCH_LEQ"),
                ("truenodeids", 0 if leaf else int(tree.children_left[node])),
                ("falsenodeids", 0 if leaf else int(tree.children_right[node])),
            ):  # fmt: skip
                nodes[key].append(value)
            if leaf:
                for key, value in (
                    ("treeids", number), ("nodeids", node), ("ids", 0), ("weights", rate * float(tree.value[node, 0, 0])),
                ):  # fmt: skip
                    leaves[key].append(value)
    trees = helper.make_node(
        "TreeEnsembleRegressor", ["given"], ["odds"], domain="ai.onnx.ml", n_targets=1, aggregate_function="SUM",
        post_transform="NONE", base_values=[start],
        **{f"nodes_{key}": value for key, value in nodes.items()}, **{f"target_{key}": value for key, value in leaves.items()},
    )  # fmt: skip
    graph = helper.make_graph(
        [trees], "confirming", [helper.make_tensor_value_info("given", TensorProto.FLOAT, [None, len(FEATURES)])],
        [helper.make_tensor_value_info("odds", TensorProto.FLOAT, [None, 1])],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
    made.ir_version = 8
    onnx.checker.check_model(made)
    output.write_bytes(made.SerializeToString())


if __name__ == "__main__":
    sys.exit(main())
