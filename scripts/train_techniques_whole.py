"""Trains the judge of whole documents (src/indicia/read/techniques/whole.py) on reports that others marked, and prints its figures.

    INDICIA_REPORTS=FOLDER python -m scripts.train_techniques_whole [-o src/indicia/read/techniques/model]

FOLDER holds clones named `owner+name` (see evals/reports.py) of CTI-HAL (reports as PDF with their techniques) and AnnoCTR (texts with
linked techniques; its train and development parts teach, its test part is only measured). Figures are of documents whose publisher
taught nothing to the judge that reads them: one publisher is left out at a time. The passages' own probabilities come from the shipped
machines, which saw none of these documents. AnnoCTR's markers wrote techniques without their sub-techniques (all but one in a hundred):
its documents teach nothing about those, and are compared without them as well. Needs scikit-learn. Only weights are written.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from evals.own_tables import broad
from evals.reports import Clone, Source, clone_of
from indicia.knowledge import Knowledge, load
from indicia.read.fronts import document_from_text, open_source
from indicia.read.techniques.find import evidence_of, told_passages, trade_words
from indicia.read.techniques.scorer import scorer
from indicia.read.techniques.terms import read as read_terms
from indicia.read.techniques.terms import terms
from indicia.read.techniques.whole import PassageEvidence, WholeJudge, signs_of
from indicia.records import Document

CTI_HAL = Source("CTI-HAL", "dessertlab/CTI-HAL", "fdab70869761e88995e7bef99b995bff723d68e3", (), "development")
ANNOCTR = Source(
    "AnnoCTR", "boschresearch/anno-ctr-lrec-coling-2024", "d510b6949e1938d47c93a43eedd562dc538439dc", (), "development"
)
TERMS = Path(__file__).parent.parent / "src" / "indicia" / "read" / "techniques" / "terms.txt"
DRAWN = 4  # documents that the prior of a line's share counts as
Line = tuple[str, tuple[tuple[str, ...], ...]]  # technique and groups of words
SOFTNESS = 0.3  # C of the logistic regression
# Hosts of one publisher, by the name before the last dot.
SAME = {
    "fireeye": "mandiant", "google": "mandiant", "kasperskycontenthub": "kaspersky", "securelist": "kaspersky",
    "paloaltonetworks": "unit42", "quoteintelligence": "quointelligence", "threatdown": "malwarebytes",
}  # fmt: skip


class Marked(NamedTuple):
    name: str
    publisher: str
    part: str  # ctihal, with sub-techniques; train | test, without
    wanted: frozenset[str]
    evidence: PassageEvidence
    lines: dict[Line, int]  # lines of the trade's words -> passages in which they hold
    techniques: np.ndarray
    signs: np.ndarray

    @property
    def named(self) -> frozenset[int]:
        return self.evidence.named

    @property
    def broadly(self) -> bool:
        """Whether its markers wrote no sub-techniques."""
        return self.part != "ctihal"


def cti_hal(clone: Clone, knowledge: Knowledge) -> Iterator[tuple[str, str, Document, frozenset[str]]]:
    """(name, publisher, document, techniques) of each report whose PDF and annotations are there."""
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    for part in re.split(r"^## ", (clone.read("README.md") or b"").decode(), flags=re.MULTILINE)[1:]:
        group = part.split(None, 1)[0].lower()
        for url, file, name in re.findall(r"^\| \[.*?\]\((https?://[^\s|]+)\) \| ([^|]+?) \| ([^|]+?) \|", part, re.MULTILINE):
            rows[group, name.strip().lower()] = (url, file.strip())
    for path in clone.paths("data/*.json"):
        group, name = path.split("/")[1], path.rsplit("/", 1)[1].removesuffix(".json").lower()
        fits = [row for (g, n), row in rows.items() if g == group and (n.startswith(name) or name.startswith(n))]
        if "annotator S" in path or len(fits) != 1 or not clone.paths(f"reports/{group}/{fits[0][1]}"):
            continue
        wanted = set()
        for row in json.loads(clone.read(path) or b"[]"):
            narrow = row["metadata"].get("sub_technique")
            id = narrow if isinstance(narrow, str) and re.fullmatch(r"T\d{4}\.\d{3}", narrow) else row["technique"]
            if isinstance(id, str) and knowledge.attack.technique(knowledge.attack.current(id)):
                wanted.add(knowledge.attack.current(id))
        document = _opened(clone.read(f"reports/{group}/{fits[0][1]}"))
        if document is not None and wanted:
            host = re.sub(r"^https?://(?:www\.)?", "", fits[0][0]).split("/", 1)[0]
            publisher = host.split(".")[-2]
            yield f"{group}/{name}", SAME.get(publisher, publisher), document, frozenset(wanted)


def _opened(data: bytes | None) -> Document | None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.pdf"
        file.write_bytes(data or b"")
        documents = open_source(file).documents
    return documents[0] if documents else None


def annoctr(clone: Clone, knowledge: Knowledge) -> Iterator[tuple[str, str, str, Document, frozenset[str]]]:
    """(name, publisher, part, document, techniques) of each document with linked techniques."""
    base = "AnnoCTR/all/"
    splits = (line.split("\t") for line in (clone.read(base + "splits.tsv") or b"").decode().splitlines())
    for name, part in (row[:2] for row in splits if len(row) > 1):
        paths = clone.paths(f"{base}text/{name}.txt"), clone.paths(f"{base}linking_mitre_only/{name}.json")
        if part.strip() not in {"train", "dev", "test"} or not all(paths):
            continue
        links = [json.loads(line)["label_link"] or "" for line in (clone.read(paths[1][0]) or b"").decode().split("\n") if line]
        found = re.findall(r"/techniques/(T\d{4})(?:/(\d{3}))?", "\n".join(links))  # not those in ATT&CK's words beside them
        ids = {knowledge.attack.current(f"{a}.{b}" if b else a) for a, b in found}
        wanted = frozenset(id for id in ids if knowledge.attack.technique(id))
        text = (clone.read(paths[0][0]) or b"").decode("utf-8", "replace")
        if wanted and text:
            role = "test" if part.strip() == "test" else "train"
            publisher = name.split("_", 1)[0]
            yield name, SAME.get(publisher, publisher), role, document_from_text(text, name=name), wanted


def gather(folder: Path) -> list[Marked]:
    knowledge, model = load(), scorer()
    clones = [clone_of(folder, source) for source in (CTI_HAL, ANNOCTR)]
    if clones[0] is None or clones[1] is None:
        raise SystemExit("needs the clones of CTI-HAL and AnnoCTR in INDICIA_REPORTS")
    rows = [
        (name, publisher, "ctihal", document, wanted) for name, publisher, document, wanted in cti_hal(clones[0], knowledge)
    ]
    rows += list(annoctr(clones[1], knowledge))
    found = []
    for name, publisher, part, document, wanted in rows:
        evidence = evidence_of(document, knowledge, model)
        told = trade_words(told_passages(document))
        lines = Counter((one.term.technique, one.term.groups) for own in told.values() for one in own)
        signs = signs_of(evidence, model.parents, model.taught)
        found.append(Marked(name, publisher, part, wanted, evidence, dict(lines), *signs))
        print(name, file=sys.stderr, flush=True)
    return found


def shares_of(rows: Sequence[Marked]) -> dict[Line, float]:
    """Line of the trade's words -> the share of the documents with its words that are marked with its technique, drawn towards
    that of all lines. Where markers wrote no sub-techniques, the parent is enough."""
    right: Counter[Line] = Counter()
    seen: Counter[Line] = Counter()
    for row in rows:
        broadly = broad(row.wanted)
        for line in row.lines:
            seen[line] += 1
            right[line] += line[0] in row.wanted or (row.broadly and line[0].split(".")[0] in broadly)
    prior = sum(right.values()) / max(1, sum(seen.values()))
    lines = [(one.technique, one.groups) for one in terms().lines]
    return {line: (right[line] + DRAWN * prior) / (seen[line] + DRAWN) for line in lines}


def with_shares(rows: Sequence[Marked], shares: dict[Line, float]) -> list[Marked]:
    """The documents with the signs of the trade's words by these shares."""
    model = scorer()
    index = {id: k for k, id in enumerate(model.classes)}
    found = []
    for row in rows:
        termed: dict[int, tuple[float, int]] = {}
        for line, passages in row.lines.items():
            before, most = termed.get(index[line[0]], (0.0, 0))
            termed[index[line[0]]] = max(before, shares[line]), max(most, passages)
        evidence = row.evidence._replace(terms=termed)
        techniques, signs = signs_of(evidence, model.parents, model.taught)
        found.append(row._replace(evidence=evidence, techniques=techniques, signs=signs))
    return found


def write_shares(shares: dict[Line, float]) -> None:
    """The shares into the table of the trade's words, whose lines stay as they are otherwise."""
    lines = TERMS.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            technique, _, words = line.split(" ", 2)
            (one,) = read_terms(line)
            lines[number] = f"{technique} {shares[one.technique, one.groups]:.2f} {words}"
    TERMS.write_text("\n".join(lines) + "\n", "utf-8")


def fit(rows: Sequence[Marked], classes: Sequence[str]) -> WholeJudge:
    """The judge of these documents, with the threshold that is best on them."""
    signs = np.vstack([row.signs for row in rows])
    mean, scale = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    techniques = np.concatenate([row.techniques for row in rows])
    which = sp.csr_matrix((np.ones(len(techniques)), (np.arange(len(techniques)), techniques)), (len(techniques), len(classes)))
    right = np.concatenate([[classes[t] in row.wanted for t in row.techniques] for row in rows])
    tells = np.concatenate([[not row.broadly or "." not in classes[t] for t in row.techniques] for row in rows])
    shown = sp.csr_matrix(sp.hstack([sp.csr_matrix((signs - mean) / scale), which]))
    machine = LogisticRegression(C=SOFTNESS, max_iter=400).fit(shown[tells], right[tells])
    weights, offset = np.split(machine.coef_[0], [signs.shape[1]])
    judge = WholeJudge(mean, scale, weights, offset, float(machine.intercept_[0]), 0.0)
    steps = np.arange(0.1, 0.6, 0.02)
    return max((judge._replace(threshold=float(step)) for step in steps), key=lambda one: overall(rows, one, classes))


def overall(rows: Sequence[Marked], judge: WholeJudge, classes: Sequence[str]) -> float:
    """F1 of all documents together, each as its markers wrote."""
    pairs = [(said(row, judge, classes), row) for row in rows]
    return f1([(broad(ids), broad(row.wanted)) if row.broadly else (ids, row.wanted) for ids, row in pairs])[0]


def said(row: Marked, judge: WholeJudge, classes: Sequence[str]) -> frozenset[str]:
    told = judge.told(row.techniques, judge.probabilities(row.techniques, row.signs), scorer().parents)
    return frozenset({classes[t] for t in told} | {classes[t] for t in row.named})


def f1(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> tuple[float, float, float]:
    """F1, precision and recall."""
    right = sum(len(a & b) for a, b in pairs)
    answered, wanted = sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs)
    return 2 * right / max(1, answered + wanted), right / max(1, answered), right / max(1, wanted)


def figures(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> str:
    exact, kin = f1(pairs), f1([(broad(a), broad(b)) for a, b in pairs])
    each = (f"F1 {f:.3f} P {p:.3f} R {r:.3f}" for f, p, r in (exact, kin))
    return "; without sub-techniques ".join(each)


def calibration(rows: Sequence[Marked], judges: dict[str, WholeJudge], classes: Sequence[str]) -> float:
    """Expected calibration error of all pairs of a document and a technique that its markers could have written, with a
    probability of at least 0.1."""
    p = np.concatenate([judges[row.publisher].probabilities(row.techniques, row.signs) for row in rows])
    y = np.concatenate([[classes[t] in row.wanted for t in row.techniques] for row in rows])
    tells = np.concatenate([[not row.broadly or "." not in classes[t] for t in row.techniques] for row in rows])
    p, y = p[tells & (p >= 0.1)], y[tells & (p >= 0.1)]
    bins = np.clip((p * 10).astype(int), 0, 9)
    return float(sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins)) / len(p))


def report(rows: Sequence[Marked], classes: Sequence[str]) -> WholeJudge:
    """Prints the figures with one publisher left out at a time. Gives the judge of all that teaches."""
    taught = [row for row in rows if row.part != "test"]
    judges, shown = {}, []
    for publisher in sorted({row.publisher for row in rows}):
        others = [row for row in taught if row.publisher != publisher]
        shares = shares_of(others)
        judges[publisher] = fit(with_shares(others, shares), classes)
        shown += with_shares([row for row in rows if row.publisher == publisher], shares)
    rows = shown
    by_part: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for row in rows:
        by_part[row.part].append((said(row, judges[row.publisher], classes), row.wanted))
        by_part[f"{row.part}: {row.publisher}"].append(by_part[row.part][-1])
    for part, pairs in sorted(by_part.items()):
        print(f"{part:34}{len(pairs):4} documents  {figures(pairs)}")
    print(f"calibration error of unseen publishers {calibration(rows, judges, classes):.3f}")
    write_shares(shares_of(taught))
    return fit(with_shares(taught, shares_of(taught)), classes)


def export(judge: WholeJudge, folder: Path) -> None:
    arrays = {name: getattr(judge, name).astype(np.float32) for name in ("mean", "scale", "weights", "offset")}
    np.savez_compressed(folder / "whole.npz", scalars=np.array([judge.bias, judge.threshold]), **arrays)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="the folder for the weights")
    options = parser.parse_args()
    rows = gather(Path(os.environ["INDICIA_REPORTS"]))
    judge = report(rows, scorer().classes)
    if options.output:
        export(judge, options.output)


if __name__ == "__main__":
    main()
