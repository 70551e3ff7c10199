"""From margins to probabilities: judges fitted on what held-out machines say of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from indicia.read.techniques.pairs import PairJudge, Pairs, asked, candidates, with_encoder
from scripts.techniques.data import FOLDS, Report, Texts
from scripts.techniques.machines import Margins, family, targets


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


QUIET = 300  # passages that show nothing, beside 4,018 texts that show something: a sentence by itself was mostly chosen


def quiet_passages(data: Texts, margins: Margins) -> np.ndarray:
    """Places of some passages of the reports that show nothing."""
    reports = data.reports
    empty = np.array([not shown and not other for r in reports for shown, other in zip(r.labels, r.other, strict=True)])
    place = np.flatnonzero(empty & ~np.isnan(margins.alone).any(axis=1))
    there = int((~np.isnan(margins.sentences).any(axis=1)).sum())  # in one fold alone, as few in proportion
    return np.random.RandomState(3).permutation(place)[: QUIET * there // len(data.sentences)]


def texts_alone(data: Texts, margins: Margins) -> tuple[Judged, np.ndarray]:
    """The pairs of texts that stand alone, and the fold of each: the sentence task's, and passages that show nothing."""
    place = quiet_passages(data, margins)
    passages = [t for r in data.reports for t in r.texts]
    texts = [*(s.text for s in data.sentences), *(passages[i] for i in place)]
    labels = [*(s.labels for s in data.sentences), *(frozenset[str]() for _ in place)]
    judged = pairs_alone(texts, labels, np.concatenate([margins.sentences, margins.alone[place]]), data.marked)
    folds = np.concatenate([data.fold_of_sentences, data.fold_of_passages[place]])
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
    return PairJudge(weights, offset).probabilities(judged.pairs)


def cross_fitted(judged: Judged, fold: np.ndarray, classes: int, group: np.ndarray, free: float = OFFSET) -> np.ndarray:
    """Probabilities of each pair by a judge that did not see its fold. `group` numbers the report of each pair."""
    out = np.zeros(len(judged.truth), np.float32)
    if len(set(fold.tolist())) == 1:  # one fold by itself is split again
        fold = group % FOLDS
    for one in sorted(set(fold.tolist())):
        weights, offset = fit_judge(judged, classes, free=free, see=fold != one)
        out[fold == one] = probabilities(judged, weights, offset)[fold == one]
    return out


# The encoder is asked about sentences in which a technique is at least that probable without it. A text that stands alone is one
# or two sentences, so that asking costs little.
ASK, ASK_ALONE = 0.1, 0.02


class Shares(NamedTuple):
    """What encoders that never saw the text's report say: [texts, marked + 1] logarithms of probabilities."""

    sentences: np.ndarray
    reports: np.ndarray


def shares_alone(data: Texts, margins: Margins, shares: Shares) -> np.ndarray:
    """In the order of `texts_alone`."""
    return np.concatenate([shares.sentences, shares.reports[quiet_passages(data, margins)]])


def place_of(data: Texts, judged: Judged) -> np.ndarray:
    """The place of each pair's passage among all passages of the reports."""
    starts = np.cumsum([0, *(len(r.texts) for r in data.reports)])
    place: np.ndarray = starts[judged.report] + judged.pairs.sentence
    return place


def reread(
    judged: Judged, p: np.ndarray, shares: np.ndarray, place: np.ndarray, classes: Sequence[str], least: float
) -> tuple[Judged, np.ndarray]:
    """The pairs about which the encoder is asked, with its signs, and which of all pairs these are. `place` is the row of each
    pair in `shares`, `p` what is probable without the encoder, `least` how much of that it takes to ask."""
    ask = np.isin(place, asked(judged.pairs._replace(sentence=place), p, least))
    own = Judged(Pairs(*(column[ask] for column in judged.pairs)), judged.truth[ask], judged.report[ask])
    return own._replace(pairs=with_encoder(own.pairs, shares, place[ask], parents_of(classes))), ask


def cross_fitted_reread(
    judged: Judged,
    p: np.ndarray,
    shares: np.ndarray,
    place: np.ndarray,
    fold: np.ndarray,
    classes: Sequence[str],
    *,
    alone: bool = False,
) -> np.ndarray:
    """`p` with the probabilities after the encoder was asked, by a judge that did not see the pair's fold."""
    own, ask = reread(judged, p, shares, place, classes, ASK_ALONE if alone else ASK)
    out = p.copy()
    out[ask] = cross_fitted(own, fold[ask], len(classes), own.report, OFFSET_ALONE if alone else OFFSET)
    return out


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
