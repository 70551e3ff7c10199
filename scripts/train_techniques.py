"""Trains the reader of techniques: linear models over hashed features, one for each technique of ATT&CK, and their calibration.

    python scripts/train_techniques.py --cross-validate      five folds by report, prints the figures
    python scripts/train_techniques.py -o src/indicia/read/techniques/model     trains on all and writes the weights

Needs scikit-learn and SciPy beside the project's own dependencies; neither is needed at run time. The texts (ATT&CK's procedure examples
and descriptions, TRAM's marked reports) are read from ../shared or INDICIA_SHARED and stay there: only weights over hashed features ship.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from indicia.read.fronts import document_from_text
from indicia.read.techniques.features import BUCKETS, Features
from indicia.read.techniques.passages import passages

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
FOLDS = 5
FEATURES = Features()


class Example(NamedTuple):
    """A text and the techniques that it describes. `group` is the report it comes from: folds never split one."""

    text: str
    labels: frozenset[str]
    group: str
    kind: str  # span | sentence | procedure | description
    cites: tuple[str, ...] = ()


class Report(NamedTuple):
    """A marked report: its sentences in order with their techniques. `other` sentences show a technique that TRAM has no label for."""

    title: str
    url: str
    texts: tuple[str, ...]
    labels: tuple[frozenset[str], ...]
    other: tuple[bool, ...]
    gold: frozenset[str]


class Attack(NamedTuple):
    techniques: dict[str, str]  # id -> name
    revoked: dict[str, str]  # id -> successor
    examples: list[Example]
    references: dict[str, str]  # citation name -> URL and description


def plain(text: str) -> str:
    """ATT&CK's Markdown without links, citations and code marks."""
    text = re.sub(r"\(Citation:[^)]*\)|</?code>|`", "", text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).strip()


def read_attack(path: Path) -> Attack:
    objects = json.loads(gzip.decompress(path.read_bytes()))["objects"]
    code: dict[str, str] = {}
    names: dict[str, str] = {}
    all_codes: dict[str, str] = {}
    for item in objects:
        if item["type"] == "attack-pattern":
            id = next(r["external_id"] for r in item["external_references"] if r["source_name"] == "mitre-attack")
            all_codes[item["id"]] = id
            if not item.get("revoked") and not item.get("x_mitre_deprecated"):
                code[item["id"]] = id
                names[id] = item["name"]
    revoked: dict[str, str] = {}
    examples: list[Example] = []
    references: dict[str, str] = {}
    for item in objects:
        for reference in item.get("external_references", ()):
            references[reference["source_name"]] = f"{reference.get('url', '')} {reference.get('description', '')}"
        if item["type"] == "relationship" and item["relationship_type"] == "revoked-by" and item["target_ref"] in code:
            revoked[all_codes.get(item["source_ref"], "")] = code[item["target_ref"]]
        if item.get("revoked") or item.get("x_mitre_deprecated"):
            continue
        if item["type"] == "relationship" and item["relationship_type"] == "uses" and item["target_ref"] in code:
            text = plain(item.get("description", ""))
            if text:
                cites = tuple(sorted({r["source_name"] for r in item.get("external_references", ())}))
                labels = frozenset({code[item["target_ref"]]})
                examples.append(Example(text, labels, "attack:" + "|".join(cites), "procedure", cites))
        if item["type"] == "attack-pattern":
            id = code[item["id"]]
            label = frozenset({id})
            examples.append(Example(item["name"], label, "attack", "description"))
            text = plain(item.get("description", ""))
            document = document_from_text(text, name=id)
            for passage in list(passages(document))[:6]:
                examples.append(Example(text[passage.start : passage.end], label, "attack", "description"))
    return Attack(names, revoked, examples, references)


def read_reports(path: Path, revoked: dict[str, str]) -> tuple[list[Report], list[Example]]:
    """TRAM's marked reports, and their marked spans as examples."""
    reports, spans = [], []
    for line in path.read_text("utf-8").split("\n")[:-1]:
        row = json.loads(line)
        text, title = row["text"], row["title"].strip()
        url = re.search(r"^url:\s*(\S+)", text, re.MULTILINE)
        marked = [(s["start"], s["end"], s["technique"] and revoked.get(s["technique"], s["technique"])) for s in row["spans"]]
        by_span: dict[tuple[int, int], set[str]] = defaultdict(set)
        for start, end, technique in marked:
            by_span[start, end].update({technique} if technique else ())
        for (start, end), techniques in by_span.items():
            spans.append(Example(text[start:end].strip(), frozenset(techniques), title, "span"))
        texts, labels, other = [], [], []
        for passage in passages(document_from_text(text, name=title)):
            here, unknown = set(), False
            for start, end, technique in marked:
                shared = min(end, passage.end) - max(start, passage.start)
                if shared > 0 and (shared >= (end - start) / 2 or shared >= (passage.end - passage.start) / 2):
                    if technique:
                        here.add(technique)
                    else:
                        unknown = True
            texts.append(text[passage.start : passage.end])
            labels.append(frozenset(here))
            other.append(unknown)
        gold = frozenset(t for _, _, t in marked if t)
        reports.append(Report(title, url[1] if url else "", tuple(texts), tuple(labels), tuple(other), gold))
    return reports, spans


def read_sentences(path: Path, revoked: dict[str, str]) -> list[Example]:
    found = []
    for line in path.read_text("utf-8").split("\n")[:-1]:
        row = json.loads(line)
        label = revoked.get(row["label"], row["label"])
        found.append(Example(row["text"], frozenset({label}), row["doc_title"].strip(), "span"))
    return found


def matrix(texts: Iterable[str]) -> sp.csr_matrix:
    """One row a text, one column a bucket, ones."""
    rows = [FEATURES.of(text) for text in texts]
    indptr = np.cumsum([0] + [len(row) for row in rows])
    indices = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    return sp.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), shape=(len(rows), BUCKETS))


def inverse_frequency(x: sp.csr_matrix) -> np.ndarray:
    """IDF of the buckets; zero where fewer than two texts have the feature."""
    counts = np.asarray((x > 0).sum(axis=0)).ravel()
    idf = np.log((1 + x.shape[0]) / (1 + counts)) + 1
    idf[counts < 2] = 0
    return idf.astype(np.float32)


def weighted(x: sp.csr_matrix, idf: np.ndarray) -> sp.csr_matrix:
    """TF-IDF rows of length one."""
    out = (x @ sp.diags(idf)).tocsr()
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    return (sp.diags(1 / np.maximum(length, 1e-9)) @ out).tocsr().astype(np.float64)


def family(id: str) -> str:
    return id.split(".")[0]


def targets(labels: Sequence[frozenset[str]], classes: Sequence[str]) -> np.ndarray:
    """[texts, classes]: a text that describes a sub-technique also describes its parent."""
    index = {c: k for k, c in enumerate(classes)}
    y = np.zeros((len(labels), len(classes)), dtype=bool)
    for row, techniques in enumerate(labels):
        for technique in techniques:
            for id in (technique, family(technique)):
                if id in index:
                    y[row, index[id]] = True
    return y


class Linear(NamedTuple):
    """margins = weighted(x, idf) @ weights + bias"""

    classes: list[str]
    idf: np.ndarray
    weights: np.ndarray  # [buckets, classes]
    bias: np.ndarray

    def margins(self, x: sp.csr_matrix) -> np.ndarray:
        return np.asarray((weighted(x, self.idf) @ self.weights) + self.bias, dtype=np.float32)


def fit(
    x: sp.csr_matrix,
    y: np.ndarray,
    weight: np.ndarray,
    classes: list[str],
    idf: np.ndarray,
    keep: int,
    leave_out: np.ndarray | None = None,
) -> Linear:
    """One support vector machine a class; the `keep` weightiest features of each stay. `leave_out` [texts, classes]: texts that a class
    must not see."""
    used = np.flatnonzero(idf)
    part = weighted(x, idf)[:, used]
    weights = np.zeros((BUCKETS, len(classes)), dtype=np.float32)
    bias = np.full(len(classes), -1.0, dtype=np.float32)
    for k in range(len(classes)):
        see = slice(None) if leave_out is None else np.flatnonzero(~leave_out[:, k])
        if not y[see, k].any():
            continue
        machine = LinearSVC(C=1.0, tol=1e-2).fit(part[see], y[see, k], sample_weight=weight[see])
        own = machine.coef_[0]
        strength = np.abs(own * idf[used])
        if len(own) > keep:
            own = np.where(strength >= np.partition(strength, len(own) - keep)[len(own) - keep], own, 0)
        weights[used, k] = own
        bias[k] = machine.intercept_[0]
    return Linear(classes, idf, weights, bias)


class Data(NamedTuple):
    """Everything that is learned from, as texts and as matrices. `fold` of a text is that of its report, -1 for ATT&CK's own."""

    attack: Attack
    reports: list[Report]
    sentences: list[Example]  # the sentence task
    examples: list[Example]  # spans, sentences of reports, procedure examples, descriptions
    x: sp.csr_matrix
    fold: np.ndarray
    weight: np.ndarray
    x_sentences: sp.csr_matrix
    x_reports: sp.csr_matrix
    folds: dict[str, int]  # report title -> fold
    marked: list[str]  # techniques that the reports' markers looked for
    rest: list[str]


def folds_of(titles: Iterable[str]) -> dict[str, int]:
    ordered = sorted(set(titles))
    places = np.random.RandomState(0).permutation(len(ordered))
    return {title: int(places[i]) % FOLDS for i, title in enumerate(ordered)}


def cites_a_report(attack: Attack, reports: list[Report]) -> dict[str, str]:
    """Citation name -> title of the marked report that it cites, by address or by title."""

    def bare(text: str) -> str:
        return re.sub(r"[^a-z0-9]", "", text.lower())

    by_url = {re.sub(r"^https?://(www\.)?|/+$", "", r.url.lower()): r.title for r in reports if len(r.url) > 12}
    by_title = {bare(r.title): r.title for r in reports if len(bare(r.title)) > 20}
    found = {}
    for name, reference in attack.references.items():
        url, _, description = reference.partition(" ")
        at = re.sub(r"^https?://(www\.)?|/+$", "", url.lower())
        title = by_url.get(at)
        if title is None:
            text = bare(description)
            title = next((t for key, t in by_title.items() if key in text), None)
        if title is not None:
            found[name] = title
    return found


def gather(shared: Path, *, without_cited: bool = False) -> Data:
    """Reads and featurises everything. `without_cited` leaves out the procedure examples that cite a marked report."""
    attack = read_attack(shared / "attack" / "enterprise-attack-18.1.json.gz")
    reports, spans = read_reports(shared / "reading" / "tram" / "documents.train.jsonl", attack.revoked)
    sentences = read_sentences(shared / "reading" / "tram" / "sentences.train.jsonl", attack.revoked)
    folds = folds_of([*(r.title for r in reports), *(s.group for s in sentences)])
    seen = {(e.group, e.text.strip()) for e in spans}
    spans += [s for s in sentences if (s.group, s.text.strip()) not in seen]
    chance = np.random.RandomState(1)
    inside = [
        Example(text, labels, report.title, "sentence" if labels else "nothing")
        for report in reports
        for text, labels, other in zip(report.texts, report.labels, report.other, strict=True)
        if labels or other or chance.rand() < 0.35
    ]
    known = attack.examples
    if without_cited:
        cited = cites_a_report(attack, reports)
        known = [e for e in known if not any(name in cited for name in e.cites)]
    examples = [*spans, *inside, *known]
    weights = {"span": 1.0, "sentence": 1.0, "nothing": 0.5, "procedure": 0.5, "description": 0.3}
    labelled = {t for e in [*spans, *inside] for t in e.labels}
    marked = sorted(labelled)
    return Data(
        attack=attack,
        reports=reports,
        sentences=sentences,
        examples=examples,
        x=matrix(e.text for e in examples),
        fold=np.array([folds.get(e.group, -1) for e in examples]),
        weight=np.array([weights[e.kind] for e in examples]),
        x_sentences=matrix(s.text for s in sentences),
        x_reports=matrix(t for r in reports for t in r.texts),
        folds=folds,
        marked=marked,
        rest=sorted(set(attack.techniques) - set(marked)),
    )


class Margins(NamedTuple):
    """Margins of texts by machines that never saw their report. NaN where no such machine was trained."""

    sentences: np.ndarray  # [sentences, marked]
    reports: np.ndarray  # [passages of all reports, marked]


KEEP_MARKED, KEEP_REST = 9000, 2600


def held_out(data: Data, folds: Iterable[int] = range(FOLDS)) -> Margins:
    """Margins of the marked techniques over the reports of each fold, from machines trained on the other folds and ATT&CK."""
    fs = np.array([data.folds[s.group] for s in data.sentences])
    fr = np.array([data.folds[r.title] for r in data.reports for _ in r.texts])
    out = Margins(*(np.full((n, len(data.marked)), np.nan, np.float32) for n in (len(fs), len(fr))))
    for fold in folds:
        see = np.flatnonzero(data.fold != fold)
        x = data.x[see]
        y = targets([data.examples[i].labels for i in see], data.marked)
        machines = fit(x, y, data.weight[see], data.marked, inverse_frequency(x), KEEP_MARKED)
        out.sentences[fs == fold] = machines.margins(data.x_sentences[fs == fold])
        out.reports[fr == fold] = machines.margins(data.x_reports[fr == fold])
        print(f"fold {fold}: {time.process_time():.0f} s of processor", flush=True)
    return out


def from_examples_alone(data: Data, fold: int = 0) -> np.ndarray:
    """Margins [passages of the fold's reports, marked] by machines that saw, of the technique itself, ATT&CK's examples only: what the
    unmarked techniques can expect of reports."""
    fr = np.array([data.folds[r.title] for r in data.reports for _ in r.texts])
    see = np.flatnonzero(data.fold != fold)
    x = data.x[see]
    y = targets([data.examples[i].labels for i in see], data.marked)
    machines = fit(x, y, data.weight[see], data.marked, inverse_frequency(x), KEEP_REST, y & (data.fold[see] >= 0)[:, None])
    return machines.margins(data.x_reports[fr == fold])


def whole(data: Data) -> tuple[Linear, Linear]:
    """The machines that ship: of the marked techniques over all texts; of the rest over all but the first fold's reports, so that what they
    do to unseen reports can be counted there."""
    x = data.x
    idf = inverse_frequency(x)
    marked = fit(x, targets([e.labels for e in data.examples], data.marked), data.weight, data.marked, idf, KEEP_MARKED)
    see = np.flatnonzero(
        (data.fold != 0) & ((np.arange(len(data.fold)) % 2 == 0) | np.array([e.kind != "nothing" for e in data.examples]))
    )
    rest = fit(x[see], targets([data.examples[i].labels for i in see], data.rest), data.weight[see], data.rest, idf, KEEP_REST)
    return marked, rest
