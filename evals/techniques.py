"""Accuracy of techniques read from prose, on TRAM's marked reports: `python -m evals.techniques [--held FOLDER] [--quick]`.

Every figure is of reports that machines, encoder, judges and threshold did not see: five folds by report, or with
--quick the first of them from fewer texts. The training is that of scripts/train_techniques.py, and so is the baseline (TF-IDF
and support vector machines), on the same folds in the same run. Intervals are of 1,000 samples of whole reports. FOLDER holds
what the folds' encoders say: scripts/train_techniques_encoder.py makes it. Without it the figures are those of the linear
machines alone, which is less than what ships. The weights that ship are used for speed, for what they say of techniques that
TRAM's markers did not look for, and of texts that show nothing.

Data: ../shared/reading/tram (TRAM, Apache-2.0), ../shared/attack and ../shared/sigma. Some of ATT&CK's procedure examples cite
a report that TRAM marks: figures of the other reports are given too, and --without-cited leaves the examples out of the
training. Peers' figures are those of ../shared/facts/BENCHMARKS.md, on the same kind of split.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.contexts import FILES, as_meant, sentences
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.techniques import find_techniques
from indicia.read.techniques.encoder import encoder
from indicia.read.techniques.scorer import scorer
from indicia.records import Context
from scripts import train_techniques as training
from scripts.techniques.data import FOLDS, Texts, cites_a_report, gather, read_quiet
from scripts.techniques.figures import Figures, Sentences, baseline, outcome
from scripts.techniques.held import folds_in, read_held
from scripts.techniques.machines import featurise, held_out

EVERYDAY = Path(__file__).parent / "data" / "everyday.txt"


def shipped(data: Texts) -> tuple[float, float, float]:
    """Seconds to load, sentences a second on one core, and techniques said a report beyond those that TRAM marks."""
    scorer.cache_clear()
    began = time.perf_counter()
    model = scorer()
    load = time.perf_counter() - began
    reports = [report for report in data.reports if data.folds[report.title] == 0]
    texts = [text for report in reports for text in report.texts]
    model.margins(texts[:500])
    shares_of(texts, [0])  # not part of what is timed
    used = time.process_time()
    said, rest = 0, set(data.rest)
    for report in reports:
        lengths = [text.count(" ") + 1 for text in report.texts]
        found = model.judge(model.margins(report.texts), lengths, read=partial(shares_of, report.texts))
        said += len({t for _, t, _ in found if model.classes[t] in rest})
    used = time.process_time() - used
    return load, len(texts) / used, said / len(reports)


def shares_of(texts: Sequence[str], rows: Sequence[int]) -> npt.NDArray[np.float32]:
    return encoder().shares([texts[k] for k in rows])


def answered(texts: Iterable[str]) -> tuple[int, int]:
    """How many of the texts, each by itself, are said to tell of the use of a technique; and how many there are."""
    knowledge = load()
    said = [
        any(m.context is Context.STATED for m in find_techniques(document_from_text(text, name="eval"), knowledge))
        for text in texts
    ]
    return sum(said), len(said)


def print_contexts() -> None:
    for path in FILES:
        right = [as_meant(context, text) for context, text in sentences(path)]
        print(f"{path.name}: {sum(right)} of {len(right)} sentences of ours are read as stated, denied, supposed or advised")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the first fold, from fewer texts: under 50 s")
    parser.add_argument("--without-cited", action="store_true", help="train without the examples that cite a marked report")
    parser.add_argument("--held", type=Path, help="the folder of what the folds' encoders say")
    options = parser.parse_args()
    for part in (
        ("reading", "tram", "documents.train.jsonl"),
        ("attack", "enterprise-attack-18.1.json.gz"),
        ("sigma", "rules"),
    ):
        if not training.SHARED.joinpath(*part).exists():
            print(f"techniques: skipped=1 (needs ../shared/{'/'.join(part)})")
            return
    texts = gather(training.SHARED, without_cited=options.without_cited)
    cited = cites_a_report(texts.attack, texts.reports)
    examples = sum(any(name in cited for name in example.cites) for example in texts.attack.examples)
    folds = folds_in(options.held) if options.held else list(range(FOLDS))
    folds = folds[:1] if options.quick else folds
    data = featurise(texts)
    margins = held_out(data, folds, others=6_000 if options.quick else None)
    linear = outcome(texts, margins, baseline(texts, folds))
    result = outcome(texts, margins, None, read_held(options.held, texts, folds)) if options.held else linear
    reports = sum(texts.folds[report.title] in folds for report in texts.reports)
    count = int((~np.isnan(margins.sentences[:, 0])).sum())
    print(f"{reports} reports, {count} sentences with a label; threshold {result.threshold:.3f}")
    fate = "left out" if options.without_cited else "kept"
    print(f"{len(set(cited.values()))} of all reports are cited by {examples} procedure examples, which were {fate}")
    print()
    print(f"{'sentences, 50 labels':44}{'accuracy':>10}{'macro-F1':>10}{'calibration error':>19}")
    print_sentences("ours", result.sentences)
    print_sentences("ours, reports that no example cites", result.without_cited)
    if options.held:
        print_sentences("linear machines alone", linear.sentences)
    if linear.baseline is not None:
        print_sentences("TF-IDF + SVM, same folds and texts", linear.baseline)
    print("peers on the same kind of split: TF-IDF + SVM .859 / .790, MiniLM fine-tuned .867 / .798")
    print()
    print(f"{'documents':44}{'F1':>6}{'precision':>11}{'recall':>8}{'mean of a report':>18}{'its sentences':>15}")
    print_documents("as marked", result.as_marked)
    print_documents("as marked, reports that no example cites", result.as_marked_without_cited)
    if options.held:
        print_documents("as marked, linear machines alone", linear.as_marked)
    print_documents("as the 50 labels (TF-IDF .631, .473)", result.as_labels)
    print(f"calibration error of all pairs of documents {result.pair_error:.4f}")
    print()
    print_contexts()
    everyday = [line for line in EVERYDAY.read_text("utf-8").splitlines() if not line.startswith("#")]
    quiet = [example.text for example in read_quiet(teaching=False)]
    false = [answered(part) for part in (everyday, quiet)]
    for name, (said, of) in zip(("everyday sentences", "passages about attribution that do not say how"), false, strict=True):
        print(f"shipped weights: a technique in {said} of {of} {name}")
    speed = shipped(texts)
    print(f"shipped weights: loaded in {speed[0] * 1000:.0f} ms, {speed[1]:,.0f} sentences/s of one core")
    print(f"{speed[2]:.1f} techniques a report that TRAM's markers did not look for")
    print(
        f"techniques: accuracy={result.sentences.accuracy:.3f} macro_f1={result.sentences.macro:.3f}"
        f" document_f1={result.as_marked.document:.3f} document_f1_labels={result.as_labels.document:.3f}"
        f" sentence_f1={result.as_marked.sentence:.3f} sentence_f1_labels={result.as_labels.sentence:.3f}"
        f" ece={max(result.sentences.error, result.pair_error):.3f} everyday_answered={false[0][0]}"
        f" folds={len(folds)} encoder={int(bool(options.held))}"
    )


def print_sentences(name: str, figures: Sentences) -> None:
    print(f"{name:44}{figures.accuracy:10.3f}{figures.macro:10.3f}{figures.error:19.3f}")
    low_high = (*figures.interval_accuracy, *figures.interval_macro)
    print(f"{'  95 % interval':44}{low_high[0]:.3f}-{low_high[1]:.3f}, {low_high[2]:.3f}-{low_high[3]:.3f}")


def print_documents(name: str, figures: Figures) -> None:
    print(
        f"{name:44}{figures.document:6.3f}{figures.precision:11.3f}{figures.recall:8.3f}{figures.mean:18.3f}{figures.sentence:15.3f}"
    )


if __name__ == "__main__":
    main()
