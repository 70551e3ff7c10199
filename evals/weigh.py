"""The honest benchmark of the weighing: `python -m evals.weigh [--quick] [-o FOLDER]`.

First the stream (`evals.weigh_stream`): reports that only the next release of ATT&CK cites, of groups known and lacking. Item
weights come from reports that the oldest release cites (with --quick the shipped ones), the prior from the releases before and
from reports of that time that others list. Releases and lists come from ../shared (or INDICIA_SHARED).

Then, aside, cases made from one release: reports and campaigns with known answers (`evals.weigh_cases`). Everything that is
fitted or chosen, weights, temperature and thresholds, comes from cases of other groups: five folds of groups, and inside each
four more for what is chosen. --quick leaves all of this out; where there are no releases, it takes one division of the reports.

Intervals are 95 % bootstrap intervals over groups. Prints tables and ends with one line `weigh: key=value ...`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from evals.weigh_cases import Case, campaign_cases, report_cases
from evals.weigh_diagram import reliability_svg
from evals.weigh_elsewhere import drawn, told_elsewhere
from evals.weigh_figures import (
    DECISIVE_CASES,
    INNER,
    Outcome,
    closed_figures,
    cross_validated,
    decisive_figures,
    interval,
    open_figures,
    planted_figures,
    rank_figures,
    state_figures,
    verdicts,
)
from evals.weigh_fit import Row, fit, rows, thresholds
from evals.weigh_stream import few_items, rolled, rolling, streamed
from evals.weigh_stream import figures as stream_figures
from indicia.knowledge import Attack, load
from indicia.knowledge.attack_bundle import parse_release
from indicia.knowledge.tables import Actor
from indicia.records import Verdict
from indicia.weigh.known import Tree, tree_of
from indicia.weigh.model import Weights, shipped_weights
from indicia.weigh.profiles import Relations

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
REPEATS = 3
FEW = (1, 2, 3)  # items that somebody types first


Fitted = tuple[list[Case], list[list[Row]]]


def prepared(relations: Relations, setting: str) -> Fitted:
    """The cases whose group has a profile, and their training examples."""
    cases = [case for case in report_cases(relations, setting) if case.truth]
    return cases, [rows(case) for case in cases]


def show(title: str, figures: dict[str, float], note: str = "") -> None:
    text = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"{title:<58} {text}{note}", flush=True)


def averaged(each: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in each])) for name in each[0]}


def with_intervals(
    found: Sequence[Outcome], figures: Callable[[Sequence[Outcome]], dict[str, float]], names: Sequence[str]
) -> str:
    groups = [one.case.group for one in found]
    parts = []
    for name in names:
        low, high = interval(groups, lambda chosen, name=name: figures([found[at] for at in chosen])[name])
        parts.append(f"{name} [{low:.2f}, {high:.2f}]")
    return "  95 %: " + "  ".join(parts)


def weights_without(cases: list[Case], examples: list[list[Row]], groups: Collection[str]) -> Weights:
    """Weights fitted on the cases of all groups but these, with the shipped thresholds."""
    weights = fit([row for case, of_case in zip(cases, examples, strict=True) if case.group not in groups for row in of_case])
    shipped = shipped_weights()
    return msgspec.structs.replace(weights, named=shipped.named, backing=shipped.backing)


def releases(folder: Path) -> dict[str, Attack]:
    files = sorted(folder.glob("enterprise-attack-*.json.gz"), key=lambda path: _version(path.name))
    return {_text(path.name): Attack.of(parse_release(path)) for path in files}


def _text(name: str) -> str:
    return name.removeprefix("enterprise-attack-").removesuffix(".json.gz")


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _text(name).split("."))


def reports(cases: list[Case], examples: list[list[Row]], tree: Tree, quick: bool, out: Path | None) -> dict[str, float]:
    """Own citation left out, techniques and software: everything that is measured of the verdict."""
    repeats = [cross_validated(cases, examples, division, 2 if quick else INNER) for division in range(1 if quick else REPEATS)]
    first = repeats[0]
    closed, opened = averaged([closed_figures(one) for one in repeats]), averaged([open_figures(one) for one in repeats])
    print(f"\nReports, own citation left out, techniques and software: n={len(first)}, {len(repeats)} division(s) into folds")
    show("  which group", closed, "" if quick else with_intervals(first, closed_figures, ["top1", "top3", "ece", "brier"]))
    show("  naming or abstaining", opened, "" if quick else with_intervals(first, open_figures, list(opened)))
    pooled = [one.found for one in first]
    for title, wanted in (
        ()
        if quick
        else (
            ("  . without the rule against planted tools (not shipped)", {"planted": 1.0}),
            ("  . nor the floor of 'likely' (not shipped)", {"planted": 1.0, "floor": 0.4}),
        )
    ):
        named, least = thresholds(pooled, **wanted)
        changed = [replace(one, weights=msgspec.structs.replace(one.weights, named=named, backing=least)) for one in first]
        show(
            title,
            {**open_figures(changed), "rival_named_3": planted_figures(changed)["rival_named_3"]},
            "  (chosen on the same cases)",
        )
    state = averaged([state_figures(one, tree) for one in repeats])
    show("  which state", state)
    planted = averaged([planted_figures(one) for one in repeats])
    show("  false flag: the rival's rarest tools planted", planted)
    decided = decisive_figures(first, 30 if quick else DECISIVE_CASES)
    show("  decisive items", decided)
    found = verdicts([(one.case, one.weights) for one in first], tree, lambda case: case.own)
    alone = verdicts([(one.case, one.weights) for one in first], tree, lambda case: case.techniques)
    for title, ones in (("  verdicts", found), ("  verdicts on techniques alone", alone)):
        show(title, {verdict.value: float(np.mean([one is verdict for one, _ in ones])) for verdict in Verdict})
    right = [hit for verdict, hit in found if verdict is Verdict.NAMED]
    whole = {"verdict_named": len(right) / len(found), "verdict_named_right": float(np.mean(right)) if right else 1.0}
    show("  the whole verdict, on more than one leg", whole)
    techniques = rank_figures([(one.case, one.weights) for one in first], lambda case: case.techniques)
    show("  techniques alone: which group", techniques)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        top = np.concatenate([[one.top for one in each] for each in repeats])
        first_ranked = np.concatenate([[one.rank == 1 for one in each] for each in repeats]).astype(float)
        picture = reliability_svg(top, first_ranked, closed["ece"], len(first))
        (out / "weigh-reliability.svg").write_text(picture, encoding="utf-8")
        print(f"  reliability diagram: {out / 'weigh-reliability.svg'}")
    return {**closed, **opened, **state, **planted, **decided, **whole, "techniques_top1": techniques["top1"]}


def stream(all_releases: dict[str, Attack], actors: Iterable[Actor], tree: Tree, quick: bool) -> dict[str, float]:
    """The stream of releases, rolling origin."""
    relations = {tag: Relations(attack) for tag, attack in all_releases.items()}
    cases = streamed(relations)
    told = list(drawn(all_releases, told_elsewhere(actors, SHARED / "knowledge" / "misp-galaxy")))
    base = shipped_weights()
    if not quick:
        oldest = next(iter(relations.values()))
        base = weights_without(*prepared(oldest, "own"), ())
    weighed = list(rolling(cases, base, told))
    found = rolled(weighed, tree)
    result = stream_figures(found, base.named)
    print(f"Stream of releases {list(relations)[0]} to {list(relations)[-1]}, rolling origin: n={len(found)}")
    print(f"  silence fitted on reports that others list as well: n={len(told)}")
    show("  which group, of the known", {name: result[name] for name in ("n_known", "top1", "top3")})
    show("  calibration of the leader; unknown actor: meant, was", {name: result[name] for name in _CALIBRATED})
    show("  the whole verdict, on more than one leg", {name: result[name] for name in _NAMED})
    show("  by the posterior alone (not shipped)", {name: result[name] for name in _LIKELY})
    for count in FEW:
        few = few_items(weighed, count)
        show(f"  {count} item(s) of each report alone", few)
        result[f"few_{count}_ece"] = few["ece"]
    if not quick:
        groups = [one.case.group for one in found]
        for name in ("top1", "top3"):
            low, high = interval(groups, lambda at, name=name: stream_figures([found[one] for one in at], base.named)[name])
            print(f"  95 %: {name} [{low:.2f}, {high:.2f}]")
    return {f"stream_{name}": value for name, value in result.items()}


_CALIBRATED = ("ece", "ece_if_perfect", "unknown_meant", "unknown_was")
_NAMED = ("known_named", "right_when_named", "n_absent", "absent_named")
_LIKELY = ("known_likely", "right_when_likely", "absent_likely")


def campaigns(all_releases: dict[str, Attack], fitted: dict[str, Fitted], tree: Tree, quick: bool) -> dict[str, float]:
    """Attributed campaigns: own citations left out; and with profiles and weights of the newest release that lacks them.

    Weights come from report cases of other groups. The thresholds of the verdict are the shipped ones, chosen on reports."""
    relations = {tag: Relations(attack) for tag, attack in all_releases.items()}
    newest = list(all_releases)[-1]
    print("\nCampaigns")
    result: dict[str, float] = {}
    for setting in ("own", "previous"):
        if setting == "previous" and len(relations) < 2:
            continue
        found = [(tag, case) for tag, case in campaign_cases(all_releases[newest], relations, setting) if case.truth]
        groups_of = [{case.model.hypotheses[at] for at in case.truth} | {case.group} for _, case in found]
        if quick:  # one fit without any of the groups
            groups_of = [set().union(*groups_of)] * len(found)
        by_key: dict[tuple[str, frozenset[str]], Weights] = {}
        pairs = []
        for (tag, case), groups in zip(found, groups_of, strict=True):
            if tag not in fitted:
                fitted[tag] = prepared(relations[tag], "own")
            key = tag, frozenset(groups)
            if key not in by_key:
                by_key[key] = weights_without(*fitted[tag], groups)
            pairs.append((case, by_key[key]))
        figures = rank_figures(pairs)
        show({"own": "  own citations left out", "previous": "  profiles and weights of the release before"}[setting], figures)
        result |= {f"campaign_{setting}_{name}": value for name, value in figures.items()}
        if setting == "own":
            alone = verdicts(pairs, tree, lambda case: case.techniques)
            share = {verdict.value: float(np.mean([one is verdict for one, _ in alone])) for verdict in Verdict}
            show("  verdicts on techniques alone", share)
            result["campaign_techniques_insufficient"] = share[Verdict.INSUFFICIENT.value]
    return result


def other_settings(attack: Attack) -> dict[str, float]:
    """The leaky setting, for comparison with what is published, and only what was published before the report."""
    result: dict[str, float] = {}
    for setting, title in (("leaky", "Reports, leaky on purpose"), ("before", "Reports, only earlier publications")):
        cases, examples = prepared(Relations(attack), setting)
        found = cross_validated(cases, examples, 0)
        alone = rank_figures([(one.case, one.weights) for one in found], lambda case: case.techniques)
        print(f"\n{title}: n={len(found)}")
        closed = closed_figures(found)
        show("  techniques and software", closed, with_intervals(found, closed_figures, ["top1"]))
        show("  techniques", alone)
        if setting == "before":
            show("  naming or abstaining", open_figures(found))
        result |= {f"{setting}_top1": closed["top1"], f"{setting}_top3": closed["top3"], f"{setting}_n": float(len(found))}
        result[f"{setting}_techniques_top1"] = alone["top1"]
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the stream alone, with the shipped item weights; no intervals")
    parser.add_argument("-o", "--output", type=Path, help="folder for the reliability diagram")
    options = parser.parse_args()
    started = time.perf_counter()
    knowledge = load()
    tree = tree_of(knowledge)
    attack = knowledge.attack
    all_releases = {attack.version: attack}
    figures: dict[str, float] = {}
    if (folder := SHARED / "attack").is_dir():
        all_releases = releases(folder) | all_releases
        figures |= stream(all_releases, knowledge.actors, tree, options.quick)
    else:
        print(f"the stream and previous releases left out: no {folder} (INDICIA_SHARED)", file=sys.stderr)
    if not (options.quick and figures):
        fitted = {attack.version: prepared(Relations(attack), "own")}
        figures |= reports(*fitted[attack.version], tree, options.quick, options.output)
    if not options.quick:
        figures |= other_settings(attack)
        figures |= campaigns(all_releases, fitted, tree, options.quick)
    seconds = time.perf_counter() - started
    print("\nweigh: " + " ".join(f"{name}={value:.4g}" for name, value in figures.items()) + f" seconds={seconds:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
