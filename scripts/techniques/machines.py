"""Hashed features, and one linear machine a technique over them, fitted with the reports of a fold left out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from indicia.read.techniques.features import BUCKETS, Features
from scripts.techniques.data import Texts

FEATURES = Features()
WEIGHT = {"span": 1.0, "sentence": 1.0, "nothing": 0.5, "procedure": 0.5, "description": 0.3, "rule": 0.3, "quiet": 0.3}
# For texts that stand alone: chosen spans, and what is written like them.
WEIGHT_ALONE = {"span": 1.0, "procedure": 1.0, "description": 0.5, "rule": 0.5, "nothing": 0.4, "quiet": 0.4}
NOTHINGS = 1200  # passages that show nothing, beside the quiet texts, that machines for texts that stand alone see
SHARE_OF_SPANS = 0.8  # of the machines for texts that stand alone, beside those for passages of documents
KEEP_MARKED, KEEP_REST = 9000, 2500
OTHERS = 10_000  # texts of other techniques from which the unmarked ones are told
RARE = 1000  # so much weight of examples has a technique that is not lifted; a rarer one is, by the square root


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
    softness: float = 1.0,
    lift: bool = False,
) -> Linear:
    """One support vector machine a class; the `keep` weightiest features of each stay. `leave_out` [texts, classes]: texts
    that a class must not see. `others`: so many texts of other classes, the same random ones for all, stand for all of them.
    `softness` is the machines' C; `lift` gives examples of rare classes more weight."""
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
        seen = part if len(see) == part.shape[0] else part[see]
        own_weight = weight[see]
        if lift:
            mass = float(own_weight[y[see, k]].sum())
            own_weight = np.where(y[see, k], own_weight * (RARE / mass) ** 0.5, own_weight)
        machine = LinearSVC(C=softness, tol=1e-2, random_state=0).fit(seen, y[see, k], sample_weight=own_weight)
        own = machine.coef_[0]
        strength = np.abs(own * idf[used])
        if len(own) > keep:
            own = np.where(strength >= np.partition(strength, len(own) - keep)[len(own) - keep], own, 0)
        weights[used, k] = own
        bias[k] = machine.intercept_[0]
    return Linear(classes, idf, weights, bias)


class Data(NamedTuple):
    """The texts, and their matrices."""

    texts: Texts
    x: sp.csr_matrix  # of the examples
    x_sentences: sp.csr_matrix
    x_reports: sp.csr_matrix

    @property
    def kinds(self) -> np.ndarray:
        return np.array([e.kind for e in self.texts.examples])

    def weights(self, table: dict[str, float]) -> np.ndarray:
        return np.array([table.get(e.kind, 0.0) for e in self.texts.examples])


def featurise(texts: Texts) -> Data:
    return Data(
        texts,
        x=matrix(e.text for e in texts.examples),
        x_sentences=matrix(s.text for s in texts.sentences),
        x_reports=matrix(t for r in texts.reports for t in r.texts),
    )


class Margins(NamedTuple):
    """Margins [texts, marked] by machines that never saw the text's report. NaN where no such machine was trained.
    `alone` are passages of the reports as they are read where they stand alone."""

    sentences: np.ndarray
    reports: np.ndarray
    alone: np.ndarray


def machines_alone(data: Data, see: np.ndarray, idf: np.ndarray) -> Linear:
    """Machines for a text that stands alone: from marked spans, ATT&CK's and Sigma's texts, without sentences that hold more
    than one thing; and from texts that show nothing."""
    labels, kinds = data.texts.labels, data.kinds
    y = targets([e.labels for e in data.texts.examples], labels)
    nothing = np.flatnonzero(see & (kinds == "nothing") & np.array([not e.labels for e in data.texts.examples]))
    nothing = np.random.RandomState(4).permutation(nothing)[:NOTHINGS]
    chosen = see & ((y.any(axis=1) & (kinds != "sentence")) | (kinds == "quiet"))
    use = np.union1d(np.flatnonzero(chosen), nothing)
    weight = data.weights(WEIGHT_ALONE)[use]
    return fit(data.x[use], y[use], weight, labels, idf, KEEP_MARKED, softness=0.5, lift=True)


def blended(texts: Texts, passages: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Margins [texts, marked] of texts that stand alone."""
    out = passages.copy()
    columns = [texts.marked.index(label) for label in texts.labels]
    out[:, columns] = SHARE_OF_SPANS * spans + (1 - SHARE_OF_SPANS) * passages[:, columns]
    return out


def held_out(data: Data, folds: Iterable[int], *, others: int | None = None) -> Margins:
    """Margins of the marked techniques over the reports of each fold, from machines trained on the other folds and ATT&CK; with
    fewer texts of `others`, in a fraction of the time and a little worse."""
    texts = data.texts
    fs, fr = texts.fold_of_sentences, texts.fold_of_passages
    out = Margins(*(np.full((n, len(texts.marked)), np.nan, np.float32) for n in (len(fs), len(fr), len(fr))))
    for fold in folds:
        see = np.flatnonzero(texts.fold != fold)
        x = data.x[see]
        y = targets([texts.examples[i].labels for i in see], texts.marked)
        idf = inverse_frequency(x)
        machines = fit(x, y, data.weights(WEIGHT)[see], texts.marked, idf, KEEP_MARKED, others=others)
        alone = machines_alone(data, texts.fold != fold, idf)
        one, many = data.x_sentences[fs == fold], data.x_reports[fr == fold]
        out.sentences[fs == fold] = blended(texts, machines.margins(one), alone.margins(one))
        out.reports[fr == fold] = machines.margins(many)
        out.alone[fr == fold] = blended(texts, out.reports[fr == fold], alone.margins(many))
        print(f"fold {fold}: {time.process_time():.0f} s of processor so far", file=sys.stderr, flush=True)
    return out


def from_examples_alone(data: Data, fold: int = 0) -> np.ndarray:
    """Margins [passages of the fold's reports, marked] by machines that saw, of the technique itself, ATT&CK's examples
    only: what the unmarked techniques can expect of reports."""
    texts = data.texts
    see = np.flatnonzero(texts.fold != fold)
    x = data.x[see]
    y = targets([texts.examples[i].labels for i in see], texts.marked)
    seen = y & (texts.fold[see] >= 0)[:, None]
    idf = inverse_frequency(x)
    machines = fit(x, y, data.weights(WEIGHT)[see], texts.marked, idf, KEEP_REST, leave_out=seen, others=OTHERS)
    return machines.margins(data.x_reports[texts.fold_of_passages == fold])


class Whole(NamedTuple):
    """The machines that ship: of the marked techniques over all texts; of the rest over all but the first fold's reports, so
    that what they do to unseen reports can be counted there; and those for texts that stand alone."""

    marked: Linear
    rest: Linear
    alone: Linear


def whole(data: Data) -> Whole:
    """A parent of marked sub-techniques belongs to the rest: it must not see their passages, or it would know more of reports
    than its judge expects."""
    texts, x = data.texts, data.x
    idf, weight = inverse_frequency(x), data.weights(WEIGHT)
    y = targets([e.labels for e in texts.examples], texts.marked)
    marked = fit(x, y, weight, texts.marked, idf, KEEP_MARKED)
    see = np.flatnonzero(texts.fold != 0)
    y = targets([texts.examples[i].labels for i in see], texts.rest)
    seen = y & (texts.fold[see] >= 0)[:, None]
    rest = fit(x[see], y, weight[see], texts.rest, idf, KEEP_REST, leave_out=seen, others=OTHERS)
    return Whole(marked, rest, machines_alone(data, np.ones(len(texts.fold), bool), idf))
