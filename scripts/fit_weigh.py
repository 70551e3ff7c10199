#!/usr/bin/env python3
"""Fits the weights of `indicia.weigh` and writes src/indicia/weigh/data/weights.json.

    PYTHONPATH=src:. python scripts/fit_weigh.py [--prior | --sponsor]

The weights come from all report cases (`evals.weigh_cases`); the thresholds for naming from cases weighed with weights that
other groups' reports gave, over several divisions into folds; the temperature and the prior (silent groups, an unknown actor)
from reports that only a next release cites (`evals.weigh_stream`) and reports that others list (`evals.weigh_elsewhere`), which
need ../shared or INDICIA_SHARED; what the known mass tells of states and types, and their bar, from reports that the oldest
release cites, and how surely they are stated from the stream (`evals.weigh_levels`). What is shipped had its prior fitted last,
with --prior, and then --sponsor. `python -m evals.weigh` measures the same procedure on groups that had no part in it, and on releases that came later. Needs scikit-learn's scipy, which comes with
requirements/dev.txt.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import msgspec

from evals.weigh import SHARED, releases
from evals.weigh_cases import Case, folds, leave_out, report_cases
from evals.weigh_elsewhere import drawn, told_elsewhere
from evals.weigh_fit import chosen, fit, rows
from evals.weigh_levels import fitted as sponsors_fitted
from evals.weigh_levels import new_reports, oldest, stated
from evals.weigh_stream import refit, streamed
from indicia.knowledge import Attack, load
from indicia.knowledge.tables import Actor
from indicia.weigh.known import tree_of
from indicia.weigh.model import Weights, shipped_weights
from indicia.weigh.profiles import Relations

TARGET = Path(__file__).parent.parent / "src" / "indicia" / "weigh" / "data" / "weights.json"
FOLDS, DIVISIONS = 5, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    parser.add_argument("--prior", action="store_true", help="keep the shipped item weights and thresholds")
    parser.add_argument("--sponsor", action="store_true", help="fit only what tells of states and types")
    options = parser.parse_args()
    knowledge = load()
    weights = shipped_weights() if options.prior or options.sponsor else fitted(knowledge.attack)
    if not options.sponsor:
        weights = with_prior(weights, knowledge.actors)
    every, tree = releases(SHARED / "attack"), tree_of(knowledge)
    told = list(drawn(every, told_elsewhere(knowledge.actors, SHARED / "knowledge" / "misp-galaxy")))
    new = new_reports({tag: Relations(one) for tag, one in every.items()}, told, tree)[1]
    sponsor = stated(new, sponsors_fitted(oldest(every, tree)))
    weights = msgspec.structs.replace(weights, sponsor=sponsor)
    options.output.write_bytes(msgspec.json.format(msgspec.json.encode(weights), indent=2) + b"\n")
    print(f"{options.output}: named at {weights.named}, backing {weights.backing}, silence {weights.activity['silence']}")


def fitted(attack: Attack) -> Weights:
    """Item weights and thresholds."""
    cases = [case for case in report_cases(Relations(attack), "own") if case.truth]
    examples = [rows(case) for case in cases]
    held: list[tuple[Case, Weights]] = []
    for division in range(DIVISIONS):
        for others, these in leave_out(folds(cases, FOLDS, division), FOLDS):
            weights = fit([row for at in others for row in examples[at]])
            held += [(cases[at], weights) for at in these if cases[at].counts]
    source = f"fitted on {sum(case.counts for case in cases)} reports cited by ATT&CK, each with its own citation left out"
    return chosen(fit([row for of_case in examples for row in of_case], source, attack.version), held)


def with_prior(weights: Weights, actors: Iterable[Actor]) -> Weights:
    """Temperature and prior fitted on the stream and on what others list."""
    all_releases = releases(SHARED / "attack")
    later = [one.case for one in streamed({tag: Relations(one) for tag, one in all_releases.items()})]
    told = list(drawn(all_releases, told_elsewhere(actors, SHARED / "knowledge" / "misp-galaxy")))
    items = weights.source.partition("; ")[0]
    prior = f"prior and temperature on {len(later)} that only a next release cites and {len(told)} that others list"
    return msgspec.structs.replace(refit(weights, later, told), source=f"{items}; {prior}")


if __name__ == "__main__":
    main()
