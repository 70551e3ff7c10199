"""What a sceptic would try first: one tool, one technique, public tools, and a verdict that one item decides."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from indicia.knowledge import Knowledge, load
from indicia.records import Evidence, Verdict
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out
from indicia.weigh.explanation import base_rates
from indicia.weigh.features import is_family
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.heard import hear
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Tree, tree_of
from indicia.weigh.legs import kinds
from indicia.weigh.model import Grounds, grounds_of
from indicia.weigh.verdict import Decision, decide
from indicia.weigh.whatif import Change, leaders_if
from tests.weigh.samples import claim_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "weigh" / "sceptic.yml").read_text("utf-8"))
# What every Windows machine has, or anybody can download; each named somebody before.
EVERYDAY = ("S0102", "S0193", "S1205", "S0029", "S0002", "S0039", "S0097", "S0100", "S0057", "S0104", "S0106", "S0160", "S1071")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def grounds(knowledge: Knowledge) -> Grounds:
    return grounds_of(knowledge)


def verdict_on(columns: list[int], grounds: Grounds, tree: Tree) -> Decision:
    layout = ItemLayout.of(grounds.profiles, np.array(sorted(columns)))
    factors, model = np.ones(len(columns)), grounds.model
    after = model.posterior(model.scores(layout, factors[None, :])[0], model.prior)
    return decide(model, layout, factors, after, model.prior, tree)


def test_no_single_item_of_attack_names_anybody(grounds: Grounds, knowledge: Knowledge) -> None:
    tree = tree_of(knowledge)
    found: Counter[tuple[str, Verdict]] = Counter()
    for column, feature in enumerate(grounds.profiles.relations.features):
        kind = "family" if is_family(feature) else feature[0]
        found[kind, verdict_on([column], grounds, tree).verdict] += 1
    families = sum(bool(row.groups) for row in knowledge.malware)
    assert families > 100
    assert found == {(kind, Verdict.INSUFFICIENT): count for kind, count in (("S", 784), ("T", 691), ("family", families))}


def test_what_comes_with_the_system_never_leads(knowledge: Knowledge) -> None:
    for tool in EVERYDAY:
        evidence = from_ids(software=[tool], knowledge=knowledge)
        found, after = weigh(evidence, knowledge).observed, lay_out(evidence, knowledge).posterior()
        assert after.argmax() == len(after) - 1, tool  # an unknown actor
        assert not found.posteriors and not found.levels


def test_no_single_item_makes_a_group_likely(grounds: Grounds) -> None:
    model, columns = grounds.model, np.arange(len(grounds.profiles.relations.features))
    scores = np.concatenate(
        [model.scores(ItemLayout.of(grounds.profiles, columns[at : at + 1]), np.ones((1, 1))) for at in columns]
    )
    after = model.posterior(scores, model.prior)
    assert after[:, :-1].max() < 0.5
    assert after[:, -1].mean() > 0.5  # an unknown actor stays about as likely as before


def test_a_family_counts_for_whom_its_reports_name_and_only_where_none_is_set_aside(knowledge: Knowledge) -> None:
    profiles, feature = grounds_of(knowledge).profiles, "software:fudmodule"
    column, row = profiles.relations.column[feature], profiles.relations.row["G0032"]
    assert profiles.uses[row, column] == profiles.users[column] == 1
    assert grounds_of(knowledge, frozenset({"anything"})).profiles.users[column] == 0
    (item,) = from_ids(software=[feature], knowledge=knowledge)
    found = weigh([item], knowledge).observed
    assert (item.label, found.base_rates[0]) == ("FudModule", "FudModule, by the titles of reports on it, fits 1 group")


def test_base_rates_tell_that_reports_were_set_aside(knowledge: Knowledge) -> None:
    items = from_ids(["T1190"], ["S0559"], knowledge=knowledge)
    lines = base_rates(items, grounds_of(knowledge).profiles, set_aside=True)
    assert all(line.endswith(", the reports on this very affair set aside") for line in lines)


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
    flat = lay_out(evidence, knowledge, level)
    assert flat.posterior()[flat.hypotheses.index(group)] >= 0.55


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
        assert found.verdict in {Verdict.INSUFFICIENT, Verdict.STATE_ONLY}
        board = lay_out(of_group(knowledge, "G0010", techniques, software), knowledge)
        assert not found.posteriors
        if board.posterior()[board.hypotheses.index("G0010")] > 0.9:
            assert any("second kind of evidence" in line or "tools can be planted" in line for line in found.missing)


def ids(asked: list[str], letter: str, knowledge: Knowledge) -> list[str]:
    """The ids that a line of the table asks for, each once."""
    found: dict[str, None] = {}
    for one in asked:
        group, _, count = one.partition(":")
        if one == "all":
            rows = knowledge.attack.software if letter == "S" else knowledge.attack.techniques
            found.update(dict.fromkeys(row.id for row in rows))
        elif group.startswith("G"):
            used = [use.target for use in knowledge.attack.uses_of(group) if use.target.startswith(letter)]
            found.update(dict.fromkeys(used[: int(count)] if count else used))
        else:
            found[one] = None
    return list(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_sceptic_would_type(case: dict[str, Any], knowledge: Knowledge) -> None:
    observed = from_ids(
        ids(case.get("techniques", []), "T", knowledge), ids(case.get("software", []), "S", knowledge), knowledge=knowledge
    )
    claims = [claim_of(line, number) for number, line in enumerate(case.get("said", ()))]
    found = weigh((*observed, *gather(claims, (), None, (), knowledge)), knowledge)
    named = found.observed.leaders if found.observed.verdict is Verdict.NAMED else ()
    assert named == ((case["names"],) if "names" in case else ())
    told = " ".join((found.observed.statement, *found.observed.missing, *found.observed.base_rates))
    for words in case.get("says", ()):
        assert words in told, told
    if "leans" in case:
        assert found.said.leaders == ((case["leans"],) if case["leans"] else ())
    if "alike" in case:
        some = gather(claims[: case["alike"]], (), None, (), knowledge)
        fewer = weigh(some, knowledge).said
        more = hear(found.evidence, knowledge).levels
        assert more[0].probability == pytest.approx(hear(some, knowledge).levels[0].probability)
        assert found.said.verdict is fewer.verdict


def test_a_leg_is_the_leg_of_the_group_that_is_named(knowledge: Knowledge) -> None:
    """Rare software of another, with techniques of the leader, is no second kind of evidence for the leader."""
    profiles = grounds_of(knowledge).profiles
    relations = profiles.relations
    mine, theirs = relations.row["G0016"], relations.row["G0032"]
    first = len(relations.techniques)
    software = int(np.flatnonzero((profiles.uses[theirs, first:] > 0) & (profiles.users[first:] == 1))[0]) + first
    techniques = np.flatnonzero((profiles.uses[mine, :first] > 0) & (profiles.uses[theirs, :first] == 0))[:6]
    columns = np.array(sorted((*techniques.tolist(), software)))
    layout, seen = ItemLayout.of(profiles, columns), list(range(len(columns)))
    assert all(len(kinds(layout, seen, np.array([one]))) == 1 for one in (mine, theirs))
    assert len(kinds(layout, seen, np.array([mine, theirs]))) == 2
