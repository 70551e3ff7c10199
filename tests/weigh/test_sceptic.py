"""What a sceptic would try first: one tool, one technique, public tools, and a verdict that one item decides."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from indicia.knowledge import Knowledge, load
from indicia.records import Evidence, Verdict
from indicia.weigh import Change, from_ids, leaders_if, weigh
from indicia.weigh.inputs import Layout
from indicia.weigh.known import Tree, tree_of
from indicia.weigh.model import Grounds, grounds_of
from indicia.weigh.verdict import Decision, decide

# What every Windows machine has, or anybody can download; each named somebody before.
EVERYDAY = ("S0102", "S0193", "S1205", "S0029", "S0002", "S0039", "S0097", "S0100", "S0057", "S0104", "S0106", "S0160", "S1071")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def grounds(knowledge: Knowledge) -> Grounds:
    return grounds_of(knowledge.attack)


def verdict_on(columns: list[int], grounds: Grounds, tree: Tree) -> Decision:
    layout = Layout.of(grounds.profiles, np.array(sorted(columns)))
    factors, model = np.ones(len(columns)), grounds.model
    after = model.posterior(model.scores(layout, factors[None, :])[0], model.prior)
    return decide(model, layout, factors, after, model.prior, tree)


def test_no_single_item_of_attack_names_anybody(grounds: Grounds, knowledge: Knowledge) -> None:
    tree = tree_of(knowledge)
    found: Counter[tuple[bool, Verdict]] = Counter()
    for column in range(len(grounds.profiles.relations.features)):
        software = grounds.profiles.relations.features[column].startswith("S")
        found[software, verdict_on([column], grounds, tree).verdict] += 1
    assert found == {(True, Verdict.INSUFFICIENT): 784, (False, Verdict.INSUFFICIENT): 691}


def test_no_pair_of_everyday_tools_names_anybody(grounds: Grounds, knowledge: Knowledge) -> None:
    column, tree = grounds.profiles.relations.column, tree_of(knowledge)
    for pair in combinations(EVERYDAY, 2):
        assert verdict_on([column[one] for one in pair], grounds, tree).verdict is Verdict.INSUFFICIENT, pair


def test_one_item_is_told_as_a_base_rate(knowledge: Knowledge) -> None:
    found = weigh(from_ids(software=["S0102"], knowledge=knowledge), knowledge).observed
    assert found.verdict is Verdict.INSUFFICIENT and not found.leaders
    assert any(line.startswith("nbtstat (S0102) fits") for line in found.base_rates)
    assert "insufficient grounds" in found.statement


def of_group(knowledge: Knowledge, group: str, techniques: int, software: int) -> tuple[Evidence, ...]:
    targets = [use.target for use in knowledge.attack.uses_of(group)]
    return from_ids(
        [target for target in targets if target.startswith("T")][:techniques],
        [target for target in targets if target.startswith("S")][:software],
        knowledge=knowledge,
    )


@pytest.mark.parametrize("group", ["G0010", "G0007", "G0032", "G0016", "G0034"])
def test_who_is_named_is_named_by_more_than_one_item_and_without_the_prior(group: str, knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, group, 12, 6)
    found = weigh(evidence, knowledge).observed
    if found.verdict is not Verdict.NAMED:
        assert found.missing
        return
    assert found.leaders == (group,)
    for one in leaders_if(evidence, knowledge, [Change(off=(item.id,)) for item in evidence]):
        assert one.leader == group and one.passes
    groups = [at for at in found.posteriors if at.hypothesis.id != "unknown"]
    unknown = next(at.prior for at in found.posteriors if at.hypothesis.id == "unknown")
    level = {at.hypothesis.id: (1 - unknown) / len(groups) for at in groups}
    flat = weigh(evidence, knowledge, prior=level).observed
    assert next(at.probability for at in flat.posteriors if at.hypothesis.id == group) >= 0.55


def test_somebody_is_still_named_where_the_grounds_are_good(knowledge: Knowledge) -> None:
    named = [
        group.id
        for group in tuple(knowledge.attack.groups)[:40]
        if weigh(of_group(knowledge, group.id, 15, 6), knowledge).observed.leaders == (group.id,)
    ]
    assert len(named) >= 8


def test_techniques_alone_or_software_alone_are_one_kind(knowledge: Knowledge) -> None:
    for techniques, software in ((25, 0), (0, 6)):
        found = weigh(of_group(knowledge, "G0010", techniques, software), knowledge).observed
        assert found.verdict is Verdict.INSUFFICIENT
        if found.posteriors[0].hypothesis.id == "G0010" and found.posteriors[0].probability > 0.9:
            assert any("second kind of evidence" in line or "tools can be planted" in line for line in found.missing)
