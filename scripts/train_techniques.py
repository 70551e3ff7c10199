"""Trains the reader of techniques: linear models over hashed features, one for each technique of ATT&CK, and their calibration.

    python scripts/train_techniques.py --cross-validate      five folds by report, prints the figures
    python scripts/train_techniques.py -o src/indicia/read/techniques/model     trains on all and writes the weights

Needs scikit-learn and SciPy beside the project's own dependencies; neither is needed at run time. The texts (ATT&CK's
procedure examples and descriptions, TRAM's marked reports) are read from ../shared or INDICIA_SHARED and stay there: only
weights over hashed features ship.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from indicia.read.fronts import document_from_text
from indicia.read.techniques.features import BUCKETS, Features
from indicia.read.techniques.passages import passages
from indicia.read.techniques.scorer import Judge, Pairs, candidates, chosen

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
    """A marked report: its sentences in order with their techniques. `other` sentences show a technique that TRAM has no
    label for."""

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
    *,
    leave_out: np.ndarray | None = None,
    others: int | None = None,
) -> Linear:
    """One support vector machine a class; the `keep` weightiest features of each stay. `leave_out` [texts, classes]: texts
    that a class must not see. `others`: so many texts of other classes, the same random ones for all, stand for all of them."""
    used = np.flatnonzero(idf)
    part = weighted(x, idf)[:, used]
    weights = np.zeros((BUCKETS, len(classes)), dtype=np.float32)
    bias = np.full(len(classes), -1.0, dtype=np.float32)
    sample = np.ones(x.shape[0], bool)
    if others is not None and others < len(sample):
        sample[:] = False
        sample[np.random.RandomState(2).permutation(len(sample))[:others]] = True
    for k in range(len(classes)):
        wanted = sample | y[:, k]
        see = np.flatnonzero(wanted if leave_out is None else wanted & ~leave_out[:, k])
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
    """Everything that is learned from, as texts and as matrices. `fold` of a text is that of its report, -1 for ATT&CK's
    own."""

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
OTHERS = 10_000  # texts of other techniques from which the unmarked ones are told


SHARE_OF_SPANS = 0.7  # of the machines for texts that stand alone, beside those for passages of documents


def spans_of(data: Data, see: np.ndarray, idf: np.ndarray) -> Linear:
    """Machines for a text that stands alone: from marked spans and ATT&CK's examples, without sentences that hold more than
    one thing."""
    labels = labels_of(data)
    y = targets([e.labels for e in data.examples], labels)
    kinds = np.array([e.kind for e in data.examples])
    use = np.flatnonzero(see & y.any(axis=1) & ((kinds == "span") | (data.fold < 0)))
    weight = np.select([kinds == "span", kinds == "procedure"], [1.0, 1.0], 0.5)[use]
    return fit(data.x[use], y[use], weight, labels, idf, KEEP_MARKED)


def blended(data: Data, passages: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Margins [texts, marked] of texts that stand alone."""
    out = passages.copy()
    columns = [data.marked.index(label) for label in labels_of(data)]
    out[:, columns] = SHARE_OF_SPANS * spans + (1 - SHARE_OF_SPANS) * passages[:, columns]
    return out


def held_out(data: Data, folds: Iterable[int] = range(FOLDS), *, others: int | None = None) -> Margins:
    """Margins of the marked techniques over the reports of each fold, from machines trained on the other folds and ATT&CK; with
    fewer texts of `others`, in a fraction of the time and a little worse."""
    fs = np.array([data.folds[s.group] for s in data.sentences])
    fr = np.array([data.folds[r.title] for r in data.reports for _ in r.texts])
    out = Margins(*(np.full((n, len(data.marked)), np.nan, np.float32) for n in (len(fs), len(fr))))
    for fold in folds:
        see = np.flatnonzero(data.fold != fold)
        x = data.x[see]
        y = targets([data.examples[i].labels for i in see], data.marked)
        idf = inverse_frequency(x)
        machines = fit(x, y, data.weight[see], data.marked, idf, KEEP_MARKED, others=others)
        spans = spans_of(data, data.fold != fold, idf).margins(data.x_sentences[fs == fold])
        out.sentences[fs == fold] = blended(data, machines.margins(data.x_sentences[fs == fold]), spans)
        out.reports[fr == fold] = machines.margins(data.x_reports[fr == fold])
        print(f"fold {fold}: {time.process_time():.0f} s of processor so far", file=sys.stderr, flush=True)
    return out


def from_examples_alone(data: Data, fold: int = 0) -> np.ndarray:
    """Margins [passages of the fold's reports, marked] by machines that saw, of the technique itself, ATT&CK's examples
    only: what the unmarked techniques can expect of reports."""
    fr = np.array([data.folds[r.title] for r in data.reports for _ in r.texts])
    see = np.flatnonzero(data.fold != fold)
    x = data.x[see]
    y = targets([data.examples[i].labels for i in see], data.marked)
    seen = y & (data.fold[see] >= 0)[:, None]
    machines = fit(x, y, data.weight[see], data.marked, inverse_frequency(x), KEEP_REST, leave_out=seen, others=OTHERS)
    return machines.margins(data.x_reports[fr == fold])


def whole(data: Data) -> tuple[Linear, Linear, Linear]:
    """The machines that ship: of the marked techniques over all texts; of the rest over all but the first fold's reports, so
    that what they do to unseen reports can be counted there; and those for texts that stand alone. A parent of marked
    sub-techniques belongs to the rest: it must not see their passages, or it would know more of reports than its judge
    expects."""
    x = data.x
    idf = inverse_frequency(x)
    marked = fit(x, targets([e.labels for e in data.examples], data.marked), data.weight, data.marked, idf, KEEP_MARKED)
    see = np.flatnonzero(data.fold != 0)
    y = targets([data.examples[i].labels for i in see], data.rest)
    seen = y & (data.fold[see] >= 0)[:, None]
    rest = fit(x[see], y, data.weight[see], data.rest, idf, KEEP_REST, leave_out=seen, others=OTHERS)
    return marked, rest, spans_of(data, np.ones(len(data.fold), bool), idf)


# From margins to probabilities.


class Judged(NamedTuple):
    """Pairs with their truth. `report` numbers the document of each pair (each sentence of the sentence task is one)."""

    pairs: Pairs
    truth: np.ndarray
    report: np.ndarray


def parents_of(classes: Sequence[str]) -> np.ndarray:
    index = {c: k for k, c in enumerate(classes)}
    return np.array([index.get(family(c), -1) if "." in c else -1 for c in classes], dtype=np.int64)


def join(parts: Sequence[tuple[Pairs, np.ndarray, int]]) -> Judged:
    return Judged(
        Pairs(*(np.concatenate([getattr(p, name) for p, _, _ in parts]) for name in Pairs._fields)),
        np.concatenate([truth for _, truth, _ in parts]),
        np.concatenate([np.full(len(truth), number) for _, truth, number in parts]),
    )


def pairs_of_reports(reports: Sequence[Report], margins: np.ndarray, classes: list[str]) -> Judged:
    """The pairs of each report. `margins` holds the passages of all reports; reports with NaN margins are left out."""
    parents, parts, at = parents_of(classes), [], 0
    for number, report in enumerate(reports):
        own = margins[at : at + len(report.texts)]
        at += len(report.texts)
        if len(own) == 0 or np.isnan(own).any():
            continue
        pairs = candidates(own, [t.count(" ") + 1 for t in report.texts], parents)
        truth = targets(report.labels, classes)[pairs.sentence, pairs.technique]
        parts.append((pairs, truth, number))
    return join(parts)


def pairs_alone(texts: Sequence[str], labels: Sequence[frozenset[str]], margins: np.ndarray, classes: list[str]) -> Judged:
    """The same where each text is a document of its own."""
    parents, truths, parts = parents_of(classes), targets(labels, classes), []
    for number, text in enumerate(texts):
        if np.isnan(margins[number]).any():
            continue
        pairs = candidates(margins[number : number + 1], [text.count(" ") + 1], parents)
        parts.append((pairs, truths[number][pairs.technique], number))
    return join(parts)


QUIET = 600  # passages that show nothing, beside 4,018 texts that show something: a sentence by itself was mostly chosen


def texts_alone(data: Data, margins: Margins) -> tuple[Judged, np.ndarray]:
    """The pairs of texts that stand alone, and the fold of each: the sentence task's, and passages that show nothing."""
    reports = data.reports
    empty = np.array([not shown and not other for r in reports for shown, other in zip(r.labels, r.other, strict=True)])
    place = np.flatnonzero(empty & ~np.isnan(margins.reports).any(axis=1))
    there = int((~np.isnan(margins.sentences).any(axis=1)).sum())  # in one fold alone, as few in proportion
    place = np.random.RandomState(3).permutation(place)[: QUIET * there // len(data.sentences)]
    passages_ = [t for r in reports for t in r.texts]
    fr = [data.folds[r.title] for r in reports for _ in r.texts]
    texts = [*(s.text for s in data.sentences), *(passages_[i] for i in place)]
    labels = [*(s.labels for s in data.sentences), *(frozenset[str]() for _ in place)]
    judged = pairs_alone(texts, labels, np.concatenate([margins.sentences, margins.reports[place]]), data.marked)
    folds = np.array([*(data.folds[s.group] for s in data.sentences), *(fr[i] for i in place)])
    return judged, folds[judged.report]


# How freely a technique's own offset may move: smaller is stiffer. For texts that stand alone it hardly may: it cost accuracy.
OFFSET, OFFSET_ALONE = 0.35, 0.02


def fit_judge(
    judged: Judged, classes: int, *, free: float = OFFSET, see: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the signs and an offset for each class (the intercept included)."""
    keep = np.ones(len(judged.truth), bool) if see is None else see
    signs, technique, truth = judged.pairs.signs[keep], judged.pairs.technique[keep], judged.truth[keep]
    mean, spread = signs.mean(axis=0), signs.std(axis=0)
    spread[spread < 1e-6] = 1
    own = sp.csr_matrix((np.full(len(technique), free), (np.arange(len(technique)), technique)), (len(technique), classes))
    x = sp.hstack([sp.csr_matrix((signs - mean) / spread), own]).tocsr()
    model = LogisticRegression(C=1.0, max_iter=1000).fit(x, truth)
    weights = model.coef_[0][: signs.shape[1]] / spread
    offset = model.coef_[0][signs.shape[1] :] * free + model.intercept_[0] - weights @ mean
    return weights.astype(np.float32), offset.astype(np.float32)


def probabilities(judged: Judged, weights: np.ndarray, offset: np.ndarray) -> np.ndarray:
    return Judge(weights, offset).probabilities(judged.pairs)


def cross_fitted(judged: Judged, fold: np.ndarray, classes: int, group: np.ndarray, free: float = OFFSET) -> np.ndarray:
    """Probabilities of each pair by a judge that did not see its fold. `group` numbers the report of each pair."""
    out = np.zeros(len(judged.truth), np.float32)
    if len(set(fold.tolist())) == 1:  # one fold by itself is split again
        fold = group % FOLDS
    for one in sorted(set(fold.tolist())):
        weights, offset = fit_judge(judged, classes, free=free, see=fold != one)
        out[fold == one] = probabilities(judged, weights, offset)[fold == one]
    return out


def calibration_error(p: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs(p[at == b].mean() - truth[at == b].mean()) * (at == b).mean() for b in range(bins) if (at == b).any()))


def fit_rest(judged: Judged, examples: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The judge of techniques that no marked report taught: an offset that follows how many examples ATT&CK has (`examples`,
    of the judged classes) instead of one for each; and what that makes the offsets of the `rest`."""
    signs = np.hstack([judged.pairs.signs, np.log1p(examples)[judged.pairs.technique][:, None]])
    mean, spread = signs.mean(axis=0), signs.std(axis=0)
    spread[spread < 1e-6] = 1
    model = LogisticRegression(C=1.0, max_iter=1000).fit((signs - mean) / spread, judged.truth)
    weights = model.coef_[0] / spread
    offset = model.intercept_[0] - weights @ mean + weights[-1] * np.log1p(rest)
    return weights[:-1].astype(np.float32), offset.astype(np.float32)


# How right it is.


class Figures(NamedTuple):
    """Micro-F1 of documents and of sentences, precision and recall of documents, mean F1 of documents."""

    document: float
    sentence: float
    precision: float
    recall: float
    mean: float


def f1(right: int, said: int, wanted: int) -> float:
    return 2 * right / (said + wanted) if said + wanted else 1.0


def figures(
    reports: Sequence[Report],
    judged: Judged,
    p: np.ndarray,
    classes: list[str],
    threshold: float,
    share: float,
    view: Callable[[Iterable[str]], set[str]] = set,
) -> Figures:
    """The figures at one threshold. `view` maps techniques to the labels that are compared."""
    parents = parents_of(classes)
    at_least = np.full(len(classes), threshold, np.float32)
    counts = np.zeros((2, 3), int)
    each = []
    for number in sorted(set(judged.report.tolist())):
        own = judged.report == number
        pairs = Pairs(*(part[own] for part in judged.pairs))
        said = chosen(pairs, p[own], at_least, parents, share)
        by_sentence: dict[int, set[str]] = defaultdict(set)
        for sentence, technique in zip(pairs.sentence[said], pairs.technique[said], strict=True):
            by_sentence[int(sentence)].add(classes[technique])
        for k, labels in enumerate(reports[number].labels):
            got, want = view(by_sentence.get(k, ())), view(labels)
            counts[1] += (len(got & want), len(got), len(want))
        got, want = view(t for ts in by_sentence.values() for t in ts), view(reports[number].gold)
        counts[0] += (len(got & want), len(got), len(want))
        if got or want:
            each.append(f1(len(got & want), len(got), len(want)))
    right, said_all, wanted = counts[0]
    return Figures(f1(*counts[0]), f1(*counts[1]), right / max(said_all, 1), right / max(wanted, 1), float(np.mean(each)))


def labels_of(data: Data) -> list[str]:
    """The labels of the sentence task."""
    return sorted({next(iter(s.labels)) for s in data.sentences})


def as_labels(labels: Sequence[str]) -> Callable[[Iterable[str]], set[str]]:
    """Maps a sub-technique that the sentence task does not have to its parent."""
    known = set(labels)
    return lambda techniques: {t if t in known else family(t) for t in techniques}


class Outcome(NamedTuple):
    """What five folds show. Sentences: accuracy and macro-F1 over the task's labels, calibration error of the best answer's
    score."""

    accuracy: float
    macro: float
    sentence_error: float
    pair_error: float
    threshold: float
    as_marked: Figures  # techniques as the markers wrote them
    as_labels: Figures  # sub-techniques outside the task's labels as their parents


THRESHOLDS = np.arange(0.1, 0.61, 0.025)
SHARE = 0.5


def outcome(data: Data, margins: Margins) -> Outcome:
    """Everything by judges and a threshold that did not see the fold that they judge."""
    classes, labels = data.marked, labels_of(data)
    judged = pairs_of_reports(data.reports, margins.reports, classes)
    fold = np.array([data.folds[data.reports[n].title] for n in judged.report])
    p = cross_fitted(judged, fold, len(classes), judged.report)
    one, fold_one = texts_alone(data, margins)
    q = cross_fitted(one, fold_one, len(classes), one.report, OFFSET_ALONE)
    task = one.report < len(data.sentences)
    table = np.zeros((len(data.sentences), len(classes)), np.float32)
    table[one.report[task], one.pairs.technique[task]] = q[task]
    table = table[:, [classes.index(label) for label in labels]]
    there = ~np.isnan(margins.sentences).any(axis=1)
    truth = np.array([next(iter(s.labels)) for s in data.sentences])[there]
    said = np.array(labels)[table.argmax(axis=1)][there]
    best = table.max(axis=1)[there]
    macro = np.mean(
        [f1(int(((said == t) & (truth == t)).sum()), int((said == t).sum()), int((truth == t).sum())) for t in set(truth)]
    )
    threshold = best_threshold(data, judged, p)
    return Outcome(
        accuracy=float((said == truth).mean()),
        macro=float(macro),
        sentence_error=calibration_error(best, said == truth),
        pair_error=calibration_error(p, judged.truth),
        threshold=threshold,
        as_marked=figures(data.reports, judged, p, classes, threshold, SHARE),
        as_labels=figures(data.reports, judged, p, classes, threshold, SHARE, as_labels(labels)),
    )


def best_threshold(data: Data, judged: Judged, p: np.ndarray) -> float:
    """The threshold of the best document-F1; one number for all techniques, so that little is fitted by it."""
    scores = [figures(data.reports, judged, p, data.marked, t, SHARE).document for t in THRESHOLDS]
    return float(THRESHOLDS[int(np.argmax(scores))])


# What ships.


def quantised(weights: np.ndarray, idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """IDF folded in and rounded to int8 [buckets, classes], with the scale of each class."""
    full = weights * idf[:, None]
    scale = np.abs(full).max(axis=0) / 127
    scale[scale == 0] = 1
    return np.rint(full / scale).astype(np.int8), scale.astype(np.float32)


def export(
    folder: Path, data: Data, machines: tuple[Linear, Linear, Linear], margins: Margins, alone: np.ndarray
) -> dict[str, Any]:
    """Fits the judges on held-out margins and writes `weights.npz` and `settings.json`. Gives the settings."""
    classes = sorted([*data.marked, *data.rest])
    column = {c: k for k, c in enumerate(classes)}
    marked, rest, spans = machines
    labels_alone = spans.classes
    cells = []
    size = len(classes) + len(labels_alone)  # the columns of the texts that stand alone come last
    scale, bias = np.zeros(size, np.float32), np.zeros(size, np.float32)
    for machine in machines:
        q, own = quantised(machine.weights, machine.idf)
        first = len(classes) if machine is spans else 0
        columns = first + np.arange(len(labels_alone)) if first else np.array([column[c] for c in machine.classes])
        scale[columns], bias[columns] = own, machine.bias
        bucket, k = np.nonzero(q)
        cells.append((bucket, columns[k], q[bucket, k]))
    bucket, which, value = (np.concatenate(part) for part in zip(*cells, strict=True))
    order = np.lexsort((which, bucket))
    bucket, which, value = bucket[order], which[order], value[order]
    used, counts = np.unique(bucket, return_counts=True)
    features_only = np.flatnonzero(marked.idf)
    used_all = np.union1d(used, features_only)  # a feature without weights still counts in the length of a sentence
    all_counts = np.zeros(len(used_all), np.int64)
    all_counts[np.searchsorted(used_all, used)] = counts

    judged = pairs_of_reports(data.reports, margins.reports, data.marked)
    one, _ = texts_alone(data, margins)
    fold = np.array([data.folds[data.reports[n].title] for n in judged.report])
    p = cross_fitted(judged, fold, len(data.marked), judged.report)
    fr = np.array([data.folds[r.title] for r in data.reports for _ in r.texts])
    simulated = np.full((len(fr), len(data.marked)), np.nan, np.float32)
    simulated[fr == 0] = alone
    texts = [t for r in data.reports for t in r.texts]
    labels = [t for r in data.reports for t in r.labels]
    far = pairs_of_reports(data.reports, simulated, data.marked)
    far_one = pairs_alone(texts, labels, simulated, data.marked)
    number = Counter(t for e in data.attack.examples if e.kind == "procedure" for t in e.labels)
    few, many = (np.array([number[c] for c in cs], float) for cs in (data.rest, data.marked))
    judges = {
        "marked": fit_judge(judged, len(data.marked)),
        "marked_alone": fit_judge(one, len(data.marked), free=OFFSET_ALONE),
        "rest": fit_rest(far, many, few),
        "rest_alone": fit_rest(far_one, many, few),
    }
    arrays: dict[str, np.ndarray] = {
        "gaps": np.diff(used_all, prepend=0).astype(np.uint16 if np.diff(used_all, prepend=0).max() < 65536 else np.uint32),
        "idf": marked.idf[used_all].astype(np.float16),
        "counts": all_counts.astype(np.uint16),
        "columns": which.astype(np.uint16),
        "values": value,
        "scale": scale,
        "bias": bias,
        "marked": np.isin(classes, data.marked),
    }
    for name, (weights, offset) in judges.items():
        arrays[f"{name}_weights"], arrays[f"{name}_offset"] = weights, offset
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "weights.npz", **arrays)  # type: ignore[arg-type]
    settings = {
        "attack": "18.1",
        "classes": classes,
        "alone": labels_alone,
        "share_of_spans": SHARE_OF_SPANS,
        "thresholds": [round(best_threshold(data, judged, p), 3), THRESHOLD_REST, THRESHOLD_BROAD],
        "thresholds_alone": [THRESHOLD_ALONE, THRESHOLD_REST, THRESHOLD_BROAD],
        "share": SHARE,
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")
    print(f"{len(value):,} weights of {len(used_all):,} features, {(folder / 'weights.npz').stat().st_size / 1e6:.1f} MB")
    return settings


THRESHOLD_ALONE = 0.3  # answers 97 in 100 texts that show something, and one in four that show nothing
THRESHOLD_REST = 0.65  # where only ATT&CK's own examples taught, and no marked report shows what is wrong
THRESHOLD_BROAD = 0.85  # the same for a parent of sub-techniques, which says least and fits much


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross-validate", action="store_true", help="print what five folds show")
    parser.add_argument(
        "--without-cited", action="store_true", help="leave out the procedure examples that cite a marked report"
    )
    parser.add_argument("-o", "--output", type=Path, help="the folder for the weights")
    options = parser.parse_args()
    data = gather(SHARED, without_cited=options.without_cited)
    margins = held_out(data)
    if options.cross_validate:
        print(outcome(data, margins))
    if options.output:
        alone = from_examples_alone(data)
        export(options.output, data, whole(data), margins, alone)


if __name__ == "__main__":
    main()
