"""For whom, known or not: states and types on the stream of releases: `python -m evals.weigh_levels [-o FOLDER]`.

What is fitted (how much the known mass tells of everybody, and the bar at which a state or a type is named) comes from reports
that the oldest release cites, each without its own citation and once more without its own group: a newcomer. It is measured on
reports that only later releases cite, of groups known and lacking, criminals among them; on the same with a rival's rarest
tools planted; and on draws of what everybody does. How surely the likeliest is stated is set right (`stated`) by reports that
were new to a release; for those of each release by the others', without the groups that it brings reports on. Releases come
from ../shared (or INDICIA_SHARED). With -o a reliability diagram.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize

from evals.weigh import SHARED, releases
from evals.weigh_cases import Case, report_cases
from evals.weigh_diagram import reliability_svg
from evals.weigh_elsewhere import Drawn, drawn, told_elsewhere
from evals.weigh_figures import calibration_error
from evals.weigh_stream import rolling, streamed
from indicia.knowledge import load
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Tree, tree_of
from indicia.weigh.legs import COMMONPLACE
from indicia.weigh.model import SponsorWeights, Weights, grounds_of, shipped_weights
from indicia.weigh.profiles import Floats, Relations
from indicia.weigh.sponsors import OTHER, Sponsors

RIGHT = 0.95  # of what is named, on the reports that the bar is fitted on
STEP = 0.05
BY_FEW = 0.8  # the bar for few items, set on parts of the stream's reports: those of the oldest release flatter them
PARTS = (5, 7, 10)  # items drawn from each report of the stream
SIZES = (1, 2, 3, 5, 8, 12, 20)  # items in a draw of what everybody does
DRAWS = 200


@dataclass(frozen=True)
class Weighed:
    """A case as the model left it: `truth` is the class of its group, empty where nobody says; `known` whether the model knows
    the group."""

    case: Case
    sponsors: Sponsors
    prior: Floats
    after: Floats
    truth: str
    known: bool
    release: str = ""  # that the report was new to


def weighed(case: Case, weights: Weights, tree: Tree, *, struck_out: bool = False, factors: Floats | None = None) -> Weighed:
    """The case under `weights`; `struck_out`: as if its own group were not known."""
    model = replace(case.model, weights=weights)
    prior = model.prior
    if struck_out:
        prior = np.where(np.arange(len(prior)) == next(iter(case.truth), -1), -np.inf, prior)
    own = case.own if factors is None else factors
    after = model.posterior(model.scores(case.layout, own[None, :])[0], prior)
    sponsors = Sponsors.of(model, tree)
    chain = tree.chain(case.group)
    top = chain[-1][0].id if chain else ""
    truth = top if top in sponsors.classes else OTHER if top.startswith("state:") else ""
    return Weighed(case, sponsors, prior, after, truth, bool(case.truth) and not struck_out)


def stated(examples: Sequence[Weighed], sponsor: SponsorWeights) -> SponsorWeights:
    """The same with slope and shift of the log odds that fit the likeliest class of these reports (Platt)."""
    sure, right = leaders((one, msgspec.structs.replace(sponsor, stated=(1.0, 0.0))) for one in examples)
    odds, sign = np.log(sure / (1 - sure)), 2 * right - 1

    def loss(point: Floats) -> float:
        missed = np.logaddexp(0, -sign * (point[0] * odds + point[1])).mean()
        return float(missed + 1e-3 * ((point - np.array([1.0, 0.0])) ** 2).sum())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return msgspec.structs.replace(sponsor, stated=(round(float(slope), 4), round(float(shift), 4)))


def held_out(stream: Sequence[Weighed], sponsor: SponsorWeights) -> list[tuple[Weighed, SponsorWeights]]:
    """Each report with what those new to other releases, on other groups, set right."""
    found: dict[str, SponsorWeights] = {}
    for release in dict.fromkeys(one.release for one in stream):
        groups = {one.case.group for one in stream if one.release == release}
        others = [one for one in stream if one.release != release and one.case.group not in groups]
        found[release] = stated(others, sponsor)
    return [(one, found[one.release]) for one in stream]


def leaders(examples: Iterable[tuple[Weighed, SponsorWeights]]) -> tuple[Floats, Floats]:
    """How surely the likeliest class of each is stated, and whether it is right."""
    told = [(one, _with(one, sponsor).stated(one.after)) for one, sponsor in examples if one.truth]
    sure = np.array([after.max() for _, after in told])
    right = np.array([one.sponsors.classes[int(after.argmax())] == one.truth for one, after in told], dtype=np.float64)
    return sure, right


def fitted(examples: Sequence[Weighed]) -> SponsorWeights:
    """How the known mass tells of everybody, and the lowest bar at which what is named is right often enough."""
    told = [one for one in examples if one.truth]
    classes = sorted({name for one in told for name in one.sponsors.classes})
    floor = SponsorWeights().floor
    shares = np.array([[_share(one, name) for name in classes] for one in told])
    logs, truth = np.log(shares + floor), np.array([classes.index(one.truth) for one in told])

    def loss(point: Floats) -> float:
        scores = point[0] * logs + np.append(point[1:], 0.0)
        likely = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return float(-likely[np.arange(len(truth)), truth].mean() + 0.002 * point[0] ** 2 + 0.02 * (point[1:] ** 2).sum())

    point = minimize(loss, np.concatenate([[1.0], np.zeros(len(classes) - 1)]), method="BFGS").x
    bias = {name: round(float(value), 4) for name, value in zip(classes, [*point[1:], 0.0], strict=True)}
    source = f"fitted on {len(told)} cases from reports that ATT&CK's oldest release cites"
    free = SponsorWeights(source=source, by=round(float(point[0]), 4), floor=floor, bias=bias, named=0.0)
    for bar in np.arange(0.5, 1.0, STEP):
        found = verdicts(told, replace_bar(free, float(bar)))
        if found and np.mean([right for _, _, right in found]) >= RIGHT:
            return replace_bar(free, round(float(bar), 2))
    return replace_bar(free, 1.0)


def replace_bar(weights: SponsorWeights, named: float) -> SponsorWeights:
    return msgspec.structs.replace(weights, named=named, named_by_few=max(named, BY_FEW) if named else 0.0)


def _share(one: Weighed, name: str) -> float:
    return float(one.sponsors.shares(one.after)[one.sponsors.classes.index(name)]) if name in one.sponsors.classes else 0.0


def _with(one: Weighed, sponsor: SponsorWeights) -> Sponsors:
    model = one.sponsors.model
    weights = msgspec.structs.replace(model.weights, sponsor=sponsor)
    return Sponsors(one.sponsors.classes, one.sponsors.member, replace(model, weights=weights))


def verdicts(examples: Iterable[Weighed], sponsor: SponsorWeights, factors: str = "own") -> list[tuple[Weighed, str, bool]]:
    """Those on which a state or a type is named, what is named, and whether it is right."""
    found = []
    for one in examples:
        own = one.case.own if factors == "own" else one.case.planted[-1]
        sponsors = _with(one, sponsor)
        named = sponsors.named(one.case.layout, own, one.prior, np.zeros((0, len(one.prior))))
        if named is not None:
            found.append((one, named[0], named[0] == one.truth))
    return found


def figures(examples: Sequence[Weighed], sponsor: SponsorWeights) -> dict[str, float]:
    """Shares of the reports on groups of states, on criminals, and of those named."""
    found = verdicts(examples, sponsor)
    of_states = [one for one in examples if one.truth.startswith("state:")]
    criminals = [one for one in examples if one.truth.startswith("type:")]
    states = [row for row in found if row[1].startswith("state:")]
    types = [row for row in found if row[1].startswith("type:")]
    told = [row for row in states if row[0].truth]
    sure, right = leaders(held_out(examples, sponsor))
    before = leaders((one, sponsor) for one in examples)
    return {
        "n_states": len(of_states),
        "n_criminals": len(criminals),
        "state_named": _part([row for row in told if row[0].truth.startswith("state:")], of_states),
        "state_right": float(np.mean([row[2] for row in told])) if told else 1.0,
        "state_of_lacking": sum(not row[0].known for row in told),
        "criminals_given_a_state": _part([row for row in told if row[0].truth.startswith("type:")], criminals),
        "nobody_says_which": len(states) - len(told),
        "type_named": _part([row for row in types if row[0].truth.startswith("type:")], criminals),
        "type_right": float(np.mean([row[2] for row in types])) if types else 1.0,
        "ece": calibration_error(sure, right),
        "ece_if_perfect": _if_perfect(sure),
        "ece_before": calibration_error(*before),
    }


def _part(some: Sequence[object], of: Sequence[object]) -> float:
    return len(some) / max(len(of), 1)


def _if_perfect(sure: Floats, draws: int = 200) -> float:
    rng = np.random.default_rng(5)
    return float(np.mean([calibration_error(sure, (rng.random(len(sure)) < sure).astype(float)) for _ in range(draws)]))


def planted(cases: Iterable[tuple[Case, Weights]], tree: Tree, sponsor: SponsorWeights) -> dict[str, float]:
    """How often the rival's own state or type is named after three of its rarest tools were planted."""
    count = fooled = 0
    for case, weights in cases:
        if len(case.planted) < 3:
            continue
        one = weighed(case, weights, tree, factors=case.planted[-1])
        chain = tree.chain(case.model.hypotheses[case.rival])
        rival = chain[-1][0].id if chain else ""
        count += 1
        fooled += any(name == rival != one.truth for _, name, _ in verdicts([one], sponsor, "planted"))
    return {"planted_n": count, "planted_fooled": fooled / max(count, 1)}


def in_part(cases: Iterable[tuple[Case, Weights]], tree: Tree, sponsor: SponsorWeights) -> dict[str, float]:
    """What is named by a few items drawn from each report, as people type them first, and how often that is right."""
    cases, rng, result = list(cases), np.random.default_rng(4), {}
    for count in PARTS:
        found = []
        for case, weights in cases:
            own = np.flatnonzero(case.own)
            for _ in range(4 if len(own) > count else 0):
                factors = np.isin(np.arange(len(case.own)), rng.choice(own, count, replace=False)).astype(np.float64)
                one = replace_own(weighed(case, weights, tree), factors)
                found.append((one.truth, verdicts([one], sponsor)))
        told = [row for truth, rows_ in found if truth for row in rows_]
        result[f"part_{count}_named"] = len(told) / max(len(found), 1)
        result[f"part_{count}_right"] = float(np.mean([right for _, _, right in told])) if told else 1.0
    return result


def replace_own(one: Weighed, factors: Floats) -> Weighed:
    return replace(one, case=replace(one.case, own=factors))


def commonplace(tree: Tree, sponsor: SponsorWeights) -> dict[str, float]:
    """How many draws of what everybody does are given a state or a type: techniques and tools that a dozen groups use, and
    techniques as often as they are reported. Single items of every kind, all of them."""
    grounds = grounds_of(load())
    model = replace(grounds.model, weights=msgspec.structs.replace(grounds.model.weights, sponsor=sponsor))
    sponsors, profiles = Sponsors.of(model, tree), grounds.profiles
    first, users = len(profiles.relations.techniques), profiles.users
    rng = np.random.default_rng(3)

    def is_named(columns: Iterable[int]) -> bool:
        layout = ItemLayout.of(profiles, np.array(sorted(columns), dtype=np.int64))
        factors = np.ones(len(layout.columns))
        return sponsors.named(layout, factors, model.prior, np.zeros((0, len(model.prior)))) is not None

    shared = np.flatnonzero(users >= COMMONPLACE)
    rate = users[:first] / users[:first].sum()
    draws = [(size, "shared") for size in SIZES for _ in range(DRAWS)] + [(size, "any") for size in SIZES for _ in range(DRAWS)]
    drawn_ = [
        (what, is_named(rng.choice(shared, size, False) if what == "shared" else rng.choice(first, size, False, p=rate)))
        for size, what in draws
    ]
    return {
        "single_items_named": sum(is_named([at]) for at in range(len(users))),
        "commonplace_named": float(np.mean([named for what, named in drawn_ if what == "shared"])),
        "any_techniques_named": float(np.mean([named for what, named in drawn_ if what == "any"])),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="folder for the reliability diagram")
    parser.add_argument("--quick", action="store_true", help="without draws of what everybody does")
    options = parser.parse_args()
    started = time.perf_counter()
    if not (SHARED / "attack").is_dir():
        print(f"nothing to measure: no {SHARED / 'attack'} (INDICIA_SHARED)", file=sys.stderr)
        print("weigh_levels: n=0")
        return 0
    knowledge = load()
    tree = tree_of(knowledge)
    every = releases(SHARED / "attack")
    sponsor = fitted(oldest(every, tree))
    relations = {tag: Relations(attack) for tag, attack in every.items()}
    told = list(drawn(every, told_elsewhere(knowledge.actors, SHARED / "knowledge" / "misp-galaxy")))
    stream, examples = new_reports(relations, told, tree)
    print(f"fitted: by {sponsor.by}, bias {sponsor.bias}, bar {sponsor.named}; {sponsor.source}")
    result = figures(examples, sponsor) | planted(stream, tree, sponsor) | in_part(stream, tree, sponsor)
    result |= {} if options.quick else commonplace(tree, sponsor)
    for name, value in result.items():
        print(f"  {name.replace('_', ' '):<28} {value:.3f}")
    for one, name, right in verdicts(examples, sponsor):
        if not right:
            print(f"  not right: {one.case.name}: {name} for {one.truth or 'nobody says which'}")
    if options.output:
        sure, right = leaders(held_out(examples, sponsor))
        options.output.mkdir(parents=True, exist_ok=True)
        picture = reliability_svg(sure, right, result["ece"], len(sure))
        (options.output / "weigh-levels-reliability.svg").write_text(picture, encoding="utf-8")
    line = " ".join(f"{name}={value:.4g}" for name, value in result.items())
    print(f"\nweigh_levels: {line} seconds={time.perf_counter() - started:.0f}")
    return 0


def new_reports(
    relations: dict[str, Relations], told: Sequence[Drawn], tree: Tree
) -> tuple[list[tuple[Case, Weights]], list[Weighed]]:
    """The stream, each report with the weights of its time, and as they leave it."""
    reports = streamed(relations)
    stream = list(rolling(reports, shipped_weights(), told))
    examples = [
        replace(weighed(case, weights, tree), release=report.release)
        for report, (case, weights) in zip(reports, stream, strict=True)
    ]
    return stream, examples


def oldest(every: dict[str, object], tree: Tree) -> list[Weighed]:
    """The oldest release's reports, each without its own citation, and once more without its own group."""
    relations = Relations(next(iter(every.values())))  # type: ignore[arg-type]
    cases = [case for case in report_cases(relations, "own") if case.counts]
    weights = shipped_weights()
    return [weighed(case, weights, tree, struck_out=out) for case in cases for out in (False, True)]


if __name__ == "__main__":
    sys.exit(main())
