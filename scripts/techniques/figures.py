"""How right it is, on reports that neither machine nor judge has seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from indicia.read.techniques.pairs import Pairs, chosen
from scripts.techniques.data import Report, Texts, cites_a_report
from scripts.techniques.judges import (
    OFFSET_ALONE,
    Judged,
    Shares,
    cross_fitted,
    cross_fitted_reread,
    pairs_of_reports,
    parents_of,
    place_of,
    shares_alone,
    texts_alone,
)
from scripts.techniques.machines import Margins, family


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


def as_labels(labels: Sequence[str]) -> Callable[[Iterable[str]], set[str]]:
    """Maps a sub-technique that the sentence task does not have to its parent."""
    known = set(labels)
    return lambda techniques: {t if t in known else family(t) for t in techniques}


class Sentences(NamedTuple):
    """The sentence task: one answer each. `error` is the calibration error of the answer's score."""

    accuracy: float
    macro: float
    error: float
    interval_accuracy: tuple[float, float]  # 95 % of samples of reports, drawn with replacement
    interval_macro: tuple[float, float]


class Outcome(NamedTuple):
    """What held-out folds show."""

    sentences: Sentences
    without_cited: Sentences  # of reports that no procedure example cites
    baseline: Sentences | None  # TF-IDF and support vector machines, on the same folds
    pair_error: float
    threshold: float
    as_marked: Figures  # techniques as the markers wrote them
    as_labels: Figures  # sub-techniques outside the task's labels as their parents
    as_marked_without_cited: Figures


THRESHOLDS = np.arange(0.1, 0.61, 0.025)
SHARE = 0.5
SAMPLES = 1000


def calibration_error(p: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs(p[at == b].mean() - truth[at == b].mean()) * (at == b).mean() for b in range(bins) if (at == b).any()))


def macro_f1(said: np.ndarray, truth: np.ndarray, labels: int) -> float:
    """Mean F1 over the labels that occur. Both hold numbers of labels."""
    right = np.bincount(truth[said == truth], minlength=labels)
    claimed, wanted = np.bincount(said, minlength=labels), np.bincount(truth, minlength=labels)
    there = wanted > 0
    return float((2 * right[there] / (claimed[there] + wanted[there])).mean())


def of_sentences(said: np.ndarray, truth: np.ndarray, score: np.ndarray, group: np.ndarray) -> Sentences:
    """The figures, with intervals from samples of whole reports."""
    groups = np.unique(group)
    members = {g: np.flatnonzero(group == g) for g in groups}
    chance = np.random.RandomState(5)
    samples = [np.concatenate([members[g] for g in chance.choice(groups, len(groups))]) for _ in range(SAMPLES)]
    right = said == truth
    accuracies = [float(right[i].mean()) for i in samples]
    names, numbers = np.unique(np.concatenate([said, truth]), return_inverse=True)
    mine, wanted = numbers[: len(said)], numbers[len(said) :]
    macros = [macro_f1(mine[i], wanted[i], len(names)) for i in samples]
    low_high = [tuple(float(v) for v in np.percentile(values, (2.5, 97.5))) for values in (accuracies, macros)]
    return Sentences(
        float(right.mean()), macro_f1(mine, wanted, len(names)), calibration_error(score, right), *((a, b) for a, b in low_high)
    )


def baseline(data: Texts, folds: Iterable[int]) -> np.ndarray:
    """The answers of TF-IDF over pieces of words, which did better than words and pairs of words, and a support vector machine,
    from the same texts; "" where none was asked."""
    kinds = np.array([e.kind for e in data.examples])
    labels = set(data.labels)
    answers = np.full(len(data.sentences), "", dtype=object)
    for fold in folds:
        use = [
            (e.text, label)
            for e, kind, of in zip(data.examples, kinds, data.fold, strict=True)
            if of != fold and kind in {"span", "procedure"}
            for label in e.labels & labels
        ]
        words = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
        machine = LinearSVC(C=1.0, tol=1e-2, random_state=0).fit(
            words.fit_transform([text for text, _ in use]), [label for _, label in use]
        )
        asked = np.flatnonzero(data.fold_of_sentences == fold)
        answers[asked] = machine.predict(words.transform([data.sentences[i].text for i in asked]))
    return answers


def outcome(data: Texts, margins: Margins, beside: np.ndarray | None = None, shares: Shares | None = None) -> Outcome:
    """Everything by judges and a threshold that did not see the fold that they judge. `beside` are a baseline's answers;
    without `shares` it is what the linear machines read alone."""
    classes, labels = data.marked, data.labels
    cited = set(cites_a_report(data.attack, data.reports).values())
    judged = pairs_of_reports(data.reports, margins.reports, classes)
    fold = np.array([data.folds[data.reports[n].title] for n in judged.report])
    p = cross_fitted(judged, fold, len(classes), judged.report)
    if shares is not None:
        p = cross_fitted_reread(judged, p, shares.reports, place_of(data, judged), fold, classes)
    one, fold_one = texts_alone(data, margins)
    q = cross_fitted(one, fold_one, len(classes), one.report, OFFSET_ALONE)
    if shares is not None:
        q = cross_fitted_reread(one, q, shares_alone(data, margins, shares), one.report, fold_one, classes, alone=True)
    task = one.report < len(data.sentences)
    table = np.zeros((len(data.sentences), len(classes)), np.float32)
    table[one.report[task], one.pairs.technique[task]] = q[task]
    table = table[:, [classes.index(label) for label in labels]]
    truth = np.array([next(iter(s.labels)) for s in data.sentences])
    group = np.array([s.group for s in data.sentences])
    said, best = np.array(labels)[table.argmax(axis=1)], table.max(axis=1)
    there = ~np.isnan(margins.sentences).any(axis=1)
    apart = there & ~np.isin(group, sorted(cited))
    threshold = best_threshold(data, judged, p)
    free = np.array([data.reports[n].title not in cited for n in judged.report])
    part = Judged(Pairs(*(column[free] for column in judged.pairs)), judged.truth[free], judged.report[free])
    return Outcome(
        sentences=of_sentences(said[there], truth[there], best[there], group[there]),
        without_cited=of_sentences(said[apart], truth[apart], best[apart], group[apart]),
        baseline=None
        if beside is None
        else of_sentences(beside[there].astype(str), truth[there], np.zeros(there.sum()), group[there]),
        pair_error=calibration_error(p, judged.truth),
        threshold=threshold,
        as_marked=figures(data.reports, judged, p, classes, threshold, SHARE),
        as_labels=figures(data.reports, judged, p, classes, threshold, SHARE, as_labels(labels)),
        as_marked_without_cited=figures(data.reports, part, p[free], classes, threshold, SHARE),
    )


def best_threshold(data: Texts, judged: Judged, p: np.ndarray) -> float:
    """The threshold of the best document-F1; one number for all techniques, so that little is fitted by it."""
    scores = [figures(data.reports, judged, p, data.marked, t, SHARE).document for t in THRESHOLDS]
    return float(THRESHOLDS[int(np.argmax(scores))])
