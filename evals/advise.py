"""Advice against what public advisories ask for: `python -m evals.advise [--texts FOLDER] [--only PART] [--quick]`.

Each advisory is read without what it asks for, and our first 10 and 15 measures are held against that. Beside ours: one fixed
list for everybody, the measures that advisories of development ask for most; and ATT&CK's mitigations by how many of the
case's techniques they act on. Development: US advisories before 2022 and half of later.tsv; measured: US advisories of 2022;
measured_later: the other half of later.tsv; measured_fresh: fresh.tsv, annotated before anything had been run on it. Whoever
annotated all knew the tables of advice, so the measured parts are not blind; what was tried was chosen on development, which
`--only development` shows alone. Prints tables and ends with one line `advise: key=value ...`. `evals.advise_cases` says where
the texts are looked for. --quick leaves out the intervals.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from evals.advise_cases import Advisory, asked_by_words, case_of, found, listed, without_what_it_asks
from indicia.advise.advice import advise
from indicia.advise.facts import Facts
from indicia.advise.words import mitigations
from indicia.knowledge import Knowledge, load
from indicia.records import Advice, Case, Context, Measure, MeasureKind, MentionKind

PREVENTS = frozenset({MeasureKind.PATCH, MeasureKind.MITIGATE})
DRAWS = 1000
PARTS = ("development", "measured", "measured_later", "measured_fresh")
# Platforms that no house has as a matter of course, by the words of a measure that is for them alone.
RARE = {"macOS": "macOS", "ESXi": "ESXi", "Containers": "Kubernetes", "IaaS": "AWS|Google Cloud"}

Lists = Mapping[str, Sequence[frozenset[str]]]  # advisory -> the measures in order, each by what it stands for


def codes(measure: Measure) -> frozenset[str]:
    """ATT&CK's mitigations, or ids of ours, that a measure stands for. A patch is an update."""
    return frozenset(
        {"M1051"} if measure.kind is MeasureKind.PATCH else re.findall(r"\bM1\d{3}\b|\b[A-Z]{4,}\b", measure.source)
    )


def leading(advice: Advice) -> list[Measure]:
    """What prevents, in order; logging stands in a list of its own."""
    return [one for one in advice.measures if one.kind in PREVENTS]


def recalls(lists: Lists, part: Sequence[Advisory], count: int) -> np.ndarray:
    """[advisory]: the share of what it asks for that the first `count` hold."""
    held = [set().union(*lists[one.id][:count]) for one in part]
    return np.array([len(mine.intersection(one.wanted)) / len(one.wanted) for mine, one in zip(held, part, strict=True)])


def first_three(lists: Lists, part: Sequence[Advisory]) -> tuple[float, float]:
    """Of what each asks for first, the share that stands among the first ten; and in how many all three do."""
    threes = [(set(one.wanted[:3]), set().union(*lists[one.id][:10])) for one in part]
    shares = [len(three & ten) / len(three) for three, ten in threes]
    return float(np.mean(shares)), float(np.mean([share == 1 for share in shares]))


def interval(values: np.ndarray) -> str:
    rng = np.random.default_rng(1)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    return " [{:.2f}, {:.2f}]".format(*np.percentile(means, [2.5, 97.5]))


def fixed_list(development: Sequence[Advisory], everyone: Sequence[Advisory]) -> Lists:
    asked = Counter(key for one in development for key in one.wanted)
    order = [frozenset({key}) for key, _ in sorted(asked.items(), key=lambda row: (-row[1], row[0]))]
    return {one.id: order for one in everyone}


def joined(lists: Lists) -> Lists:
    """The same lists with what our measures join as one piece of work in one place."""
    within = {other: key for key, entry in mitigations().items() for other in entry.also}
    parts = {key: frozenset({key, *entry.also}) for key, entry in mitigations().items()}
    heads = {id: dict.fromkeys(within.get(key, key) for one in each for key in one) for id, each in lists.items()}
    return {id: [parts.get(key, frozenset({key})) for key in each] for id, each in heads.items()}


def counted(cases: Mapping[str, Case], facts: Facts) -> Lists:
    """ATT&CK's mitigations by how many of the stated techniques they act on."""
    lists = {}
    for id, case in cases.items():
        stated = [one for one in case.mentions if one.kind is MentionKind.TECHNIQUE and one.context is Context.STATED]
        techniques = {row.id for one in stated if (row := facts.technique(one.target or one.value))}
        count = Counter(row.id for technique in techniques for row in facts.by_technique.get(technique, ()))
        lists[id] = [frozenset({key}) for key, _ in sorted(count.items(), key=lambda row: (-row[1], row[0]))]
    return lists


def differences(part: Sequence[Advisory], main: Mapping[str, list[Measure]], key: Callable[[Measure], str]) -> np.ndarray:
    """[pair of cases without a platform in common]: the share of the first 15 that differs."""
    shares = []
    for one, other in combinations([one for one in part if one.platforms], 2):
        if not one.platforms & other.platforms:
            first, second = ({key(measure) for measure in main[each.id][:15]} for each in (one, other))
            shares.append(1 - len(first & second) / max(len(first), len(second), 1))
    return np.array(shares)


def foreign(advisory: Advisory, advice: Advice) -> list[str]:
    """Platforms that measures are for and the case does not have."""
    told = [f"{one.title} {one.instruction}" for one in advice.measures if one.kind in PREVENTS | {MeasureKind.LOG}]
    rare = {platform: words for platform, words in RARE.items() if platform not in advisory.platforms}
    return [platform for platform, words in rare.items() if any(re.search(rf"\b(?:{words})\b", text) for text in told)]


def part_figures(
    name: str, part: Sequence[Advisory], rivals: Mapping[str, Lists], advice: Mapping[str, Advice], cases: Mapping[str, Case],
    knowledge: Knowledge, quick: bool,
) -> dict[str, float]:  # fmt: skip
    main = {id: leading(one) for id, one in advice.items()}
    figures: dict[str, float] = {f"{name}_n": float(len(part))}
    print(f"\n{name}: {len(part)} advisories ask for {sum(len(one.wanted) for one in part)} measures, logging apart")
    for rival, lists in rivals.items():
        line = f"  {rival:<44}"
        for count in (10, 15):
            shares = recalls(lists, part, count)
            line += f" first {count}: {shares.mean():.3f}{'' if quick else interval(shares)} "
            if rival == "ours":
                figures[f"{name}_{count}"] = float(shares.mean())
        each, all_three = first_three(lists, part)
        print(f"{line} first three in ten: {each:.2f}, all three {all_three:.2f}")
    ours = rivals["ours"]
    figures[f"{name}_first_three"], figures[f"{name}_all_three"] = first_three(ours, part)
    by_id, told = differences(part, main, lambda one: one.id), differences(part, main, lambda one: one.id + one.instruction)
    figures[f"{name}_differ"], figures[f"{name}_differ_told"] = float(by_id.mean()), float((told >= 1 / 3).mean())
    exploited = [one.id for one in part if _exploited(cases[one.id], knowledge)]
    first = [main[id][0].kind if main[id] else None for id in exploited]
    figures[f"{name}_patched_first"] = float(np.mean([kind is MeasureKind.PATCH for kind in first]))
    strangers = {one.id: foreign(one, advice[one.id]) for one in part}
    figures[f"{name}_foreign"] = float(np.mean([bool(mine) for mine in strangers.values()]))
    logs = [any(one.kind is MeasureKind.LOG for one in advice[each.id].measures) for each in part if "LOG" in each.asked]
    figures[f"{name}_logs"] = float(np.mean(logs))
    print(
        f"  cases of different platforms: {by_id.mean():.2f} of the first 15 differ; with what is told for each platform "
        f"{told.mean():.2f}, a third or more in {figures[f'{name}_differ_told']:.2f} of {len(told)} pairs\n"
        f"  exploited flaws known: {len(exploited)} cases, a patch comes first in {figures[f'{name}_patched_first']:.2f}\n"
        f"  cases with a measure for a platform that they do not have: {figures[f'{name}_foreign']:.2f}"
        f" {[f'{id}: {mine}' for id, mine in strangers.items() if mine and name == 'development']}\n"
        f"  where logging is asked for, logs are listed: {figures[f'{name}_logs']:.2f}"
    )
    asked = Counter(key for one in part for key in one.wanted)
    held = Counter(key for one in part for key in one.wanted if any(key in each for each in ours[one.id][:15]))
    print("  offered of asked, first 15: " + "  ".join(f"{key} {held[key]}/{count}" for key, count in asked.most_common(12)))
    return figures


def _exploited(case: Case, knowledge: Knowledge) -> bool:
    catalogue = {row.cve for row in knowledge.kev}
    stated = (one for one in case.mentions if one.kind is MentionKind.VULNERABILITY and one.context is Context.STATED)
    return any((one.target or one.value).upper() in catalogue for one in stated)


def words_figures(part: Sequence[Advisory], texts: Mapping[str, str]) -> tuple[float, float]:
    """Precision and recall of the table of words against what was annotated by hand."""
    hit = said = meant = 0
    for one in part:
        by_words = asked_by_words(without_what_it_asks(texts[one.id], one)[1])
        hit, said, meant = hit + len(by_words & set(one.asked)), said + len(by_words), meant + len(set(one.asked))
    return hit / max(said, 1), hit / max(meant, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=os.environ.get("INDICIA_ADVISORIES"), help="folder of clones")
    parser.add_argument("--only", choices=PARTS, action="append", help="of the parts only this (may be given again)")
    parser.add_argument("--quick", action="store_true", help="no intervals")
    options = parser.parse_args()
    started = time.perf_counter()
    knowledge = load()
    every = listed()
    texts = found(every, Path(options.texts) if options.texts else None)
    here = [one for one in every if one.id in texts]
    missing = len(every) - len(here)
    if missing:
        print(f"{missing} of {len(every)} texts are not here (--texts, INDICIA_ADVISORIES)", file=sys.stderr)
    parts = {name: [one for one in here if one.part == name] for name in PARTS}
    if not all(parts.values()):
        print("advise: n=0")
        return 0
    fixed = fixed_list(parts["development"], here)
    parts = {name: part for name, part in parts.items() if name in (options.only or PARTS)}
    read = [one for part in parts.values() for one in part]
    cases = {one.id: case_of(one, without_what_it_asks(texts[one.id], one)[0], knowledge) for one in read}
    advice = {id: advise(case, knowledge, rules={}) for id, case in cases.items()}
    rivals: dict[str, Lists] = {
        "ours": {id: [codes(measure) for measure in leading(one)] for id, one in advice.items()},
        "one fixed list, from development": fixed,
        "the same, with measures joined as ours are": joined(fixed),
        "ATT&CK's mitigations, counted by technique": counted(cases, Facts(knowledge)),
    }
    figures: dict[str, float] = {}
    for name, part in parts.items():
        figures |= part_figures(name, part, rivals, advice, cases, knowledge, options.quick)
        precision, recall = words_figures(part, texts)
        print(f"  table of words against our hand: precision {precision:.2f}, recall {recall:.2f}")
    seconds = time.perf_counter() - started
    print("\nadvise: " + " ".join(f"{name}={value:.4g}" for name, value in figures.items()) + f" seconds={seconds:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
