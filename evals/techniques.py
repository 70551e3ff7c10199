"""Accuracy of techniques read from prose, on TRAM's marked reports: `python -m evals.techniques [--quick] [--without-cited]`.

Every figure is of reports that the machines, the judges and the threshold did not see: five folds by report, or with --quick
the first of them from fewer texts. The training is that of scripts/train_techniques.py; the weights that ship are used for
speed only, and to count what they say of the techniques that TRAM's markers did not look for.

Data: ../shared/reading/tram (TRAM, Apache-2.0) and ../shared/attack. Some of ATT&CK's procedure examples cite a report that
TRAM marks; --without-cited leaves them out of the training. Peers' figures are those of ../shared/facts/BENCHMARKS.md, on
the same kind of split.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from evals.contexts import FILES, as_meant, sentences
from indicia.read.techniques.scorer import scorer
from scripts import train_techniques as training

ROWS = (
    ("sentences, accuracy", "accuracy", ".859 TF-IDF+SVM, .867 MiniLM"),
    ("sentences, macro-F1", "macro", ".790, .798"),
    ("sentences, calibration error of the best answer", "sentence_error", ""),
    ("documents, calibration error of all pairs", "pair_error", ""),
)


def shipped(data: training.Data) -> tuple[float, float, float] | None:
    """Seconds to load, sentences a second on one core, and techniques said a report beyond those that TRAM marks."""
    scorer.cache_clear()
    began = time.perf_counter()
    model = scorer()
    load = time.perf_counter() - began
    if model is None:
        return None
    reports = [report for report in data.reports if data.folds[report.title] == 0]
    texts = [text for report in reports for text in report.texts]
    model.margins(texts[:500])
    began, used = time.perf_counter(), time.process_time()
    said = 0
    for report in reports:
        lengths = [text.count(" ") + 1 for text in report.texts]
        found = model.judge(model.margins(report.texts), lengths)
        said += len({t for _, t, _ in found if model.classes[t] in set(data.rest)})
    used = time.process_time() - used
    return load, len(texts) / used, said / len(reports)


def print_contexts() -> None:
    for path in FILES:
        right = [as_meant(context, text) for context, text in sentences(path)]
        print(f"{path.name}: {sum(right)} of {len(right)} sentences of ours are read as stated, denied, supposed or advised")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the first fold, from fewer texts: under 50 s")
    parser.add_argument("--without-cited", action="store_true", help="train without the examples that cite a marked report")
    options = parser.parse_args()
    for part in (("reading", "tram", "documents.train.jsonl"), ("attack", "enterprise-attack-18.1.json.gz")):
        if not training.SHARED.joinpath(*part).exists():
            print(f"techniques: skipped=1 (needs ../shared/{'/'.join(part)})")
            return
    data = training.gather(training.SHARED, without_cited=options.without_cited)
    cited = training.cites_a_report(data.attack, data.reports)
    examples = sum(any(name in cited for name in example.cites) for example in data.attack.examples)
    folds = range(1 if options.quick else training.FOLDS)
    margins = training.held_out(data, folds, others=12_000 if options.quick else None)
    result = training.outcome(data, margins)
    reports = sum(data.folds[report.title] in folds for report in data.reports)
    sentences = int((~np.isnan(margins.sentences[:, 0])).sum())
    print(f"{reports} reports, {sentences} sentences with a label; threshold {result.threshold:.3f}")
    fate = "left out" if options.without_cited else "kept"
    print(f"{len(set(cited.values()))} of all reports are cited by {examples} procedure examples, which were {fate}")
    print()
    print(f"{'':52}{'ours':>7}   peers")
    for name, field, peers in ROWS:
        print(f"{name:52}{getattr(result, field):7.3f}   {peers}")
    views = (("as marked", result.as_marked, ""), ("as the 50 labels", result.as_labels, ".631 / .473 TF-IDF one-vs-rest"))
    for view, figures, peers in views:
        print(f"{'documents, F1 over all, ' + view:52}{figures.document:7.3f}   {peers}")
        print(f"{'documents, precision and recall, ' + view:52}{figures.precision:7.3f} {figures.recall:.3f}")
        print(f"{'documents, mean F1 of a report, ' + view:52}{figures.mean:7.3f}")
        print(f"{'sentences of documents, micro-F1, ' + view:52}{figures.sentence:7.3f}")
    print_contexts()
    speed = shipped(data)
    if speed is not None:
        print(f"shipped weights: loaded in {speed[0] * 1000:.0f} ms, {speed[1]:,.0f} sentences/s of one core")
        print(f"{speed[2]:.1f} techniques a report that TRAM's markers did not look for")
    print(
        f"techniques: accuracy={result.accuracy:.3f} macro_f1={result.macro:.3f} document_f1={result.as_marked.document:.3f}"
        f" document_f1_labels={result.as_labels.document:.3f} sentence_f1={result.as_marked.sentence:.3f}"
        f" sentence_f1_labels={result.as_labels.sentence:.3f} ece={max(result.sentence_error, result.pair_error):.3f}"
        f" folds={len(folds)}"
    )


if __name__ == "__main__":
    main()
