"""What was said: who leans where, copies, places, denials, judgements; and that it never mixes with what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.records import Evidence, EvidenceKind, Judgement, Verdict, to_json
from indicia.weigh import from_ids, gather, weigh
from indicia.weigh.affair import reports_on
from tests.sample_case import about
from tests.weigh.samples import claim_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "weigh" / "said.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def said_by(lines: list[str], knowledge: Knowledge) -> tuple[Evidence, ...]:
    return gather([claim_of(line, number) for number, line in enumerate(lines)], (), None, (), knowledge)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_leanings(case: dict[str, Any], knowledge: Knowledge) -> None:
    found = weigh(said_by(case["claims"], knowledge), knowledge).said
    if "leads" in case:
        assert found.leaders == ((case["leads"],) if case["leads"] else ())
    if "verdict" in case:
        assert found.verdict == case["verdict"]
    for words in case.get("says", ()):
        assert words in found.statement
    assert not {at.hypothesis.id for at in (*found.levels, *found.posteriors)} & set(case.get("absent", ()))
    assert sum(at.probability for at in found.posteriors) == pytest.approx(1)


def test_what_is_said_moves_nothing_that_was_observed(knowledge: Knowledge) -> None:
    observed = from_ids(["T1190", "T1505.003"], ["S0020"], knowledge=knowledge)
    said = said_by(CASES[0]["claims"], knowledge)
    alone, both = weigh(observed, knowledge), weigh(observed + said, knowledge)
    assert alone.observed == both.observed
    assert weigh(said, knowledge).said == both.said
    assert both.observed.verdict is Verdict.INSUFFICIENT
    assert "HAFNIUM" in both.agreement
    assert "alone does not bear it out" in both.agreement


def test_more_copies_of_one_origin_weigh_no_more(knowledge: Knowledge) -> None:
    lines = CASES[2]["claims"]
    once, thrice = weigh(said_by(lines[:1], knowledge), knowledge).said, weigh(said_by(lines, knowledge), knowledge).said
    assert once.posteriors[0].probability == pytest.approx(thrice.posteriors[0].probability)


@pytest.mark.parametrize(("firmness", "at_most"), [("hedged", 0.65), ("moderate", 0.75), ("none", 0.85), ("high", 0.9)])
def test_many_accusers_are_no_surer_than_the_firmest(firmness: str, at_most: float, knowledge: Knowledge) -> None:
    accused = ("China | place", "China-linked hackers | group", "China | state", "HAFNIUM | group")
    lines = [
        f"{home} | accuses | {name} | {firmness} | CN | {home} | government | -"
        for home in ("US", "GB", "FR", "DE", "JP", "AU", "CA", "NL")
        for name in accused
    ]
    found = weigh(said_by(lines, knowledge), knowledge).said
    assert max(at.probability for at in found.levels) == pytest.approx(at_most)
    assert sum(at.probability for at in found.posteriors) == pytest.approx(1)


def test_an_interested_denial_weighs_little(knowledge: Knowledge) -> None:
    accusation = CASES[0]["claims"][1]
    own = "China | denies | China | state | none | CN | CN | government | cn"
    other = "Brazil | denies | China | state | none | CN | BR | government | br"
    plain, interested, disinterested = (
        next(at.probability for at in weigh(said_by(lines, knowledge), knowledge).said.levels if at.hypothesis.id == "state:CN")
        for lines in ([accusation], [accusation, own], [accusation, other])
    )
    assert plain > interested > disinterested


def judgement(subject: str, action: str, value: str = "") -> Judgement:
    return Judgement(
        id=f"judgement--{action}", subject=subject, action=action, author="A. Analyst", time="2026-01-02T03:04:05Z", value=value
    )


def test_a_person_may_reject_regrade_and_add(knowledge: Knowledge) -> None:
    evidence = from_ids(["T1190"], ["S0020"], knowledge=knowledge)
    shell = next(item for item in evidence if item.feature == "S0020")
    added = from_ids(software=["S1011"], knowledge=knowledge)[0]
    kept = weigh(
        evidence,
        knowledge,
        judgements=[
            judgement(shell.id, "reject"),
            judgement(evidence[0].id, "regrade", '{"reliability": "D", "credibility": 4}'),
            judgement("case", "add", to_json(added).decode()),
        ],
    ).evidence
    by_feature = {item.feature: item for item in kept}
    assert by_feature["S0020"].weight == 0
    assert (by_feature["T1190"].reliability, by_feature["T1190"].credibility) == ("D", 4)
    assert "A. Analyst" in by_feature["T1190"].note
    assert "was B2" in by_feature["T1190"].note
    assert "S1011" in by_feature
    heavy = to_json(msgspec.structs.replace(added, weight=-3.0)).decode()
    with pytest.raises(UsageError):
        weigh(evidence, knowledge, judgements=[judgement("case", "add", heavy)])
    confirmed = weigh(evidence, knowledge, judgements=[judgement(shell.id, "reject"), judgement(shell.id, "confirm")]).evidence
    assert next(item for item in confirmed if item.feature == "S0020").weight == 1
    for wrong in ('{"reliability": "Z"}', "{", '{"weight": -1}', '{"other": 1}'):
        with pytest.raises(UsageError):
            weigh(evidence, knowledge, judgements=[judgement(shell.id, "regrade", wrong)])


def test_reports_on_the_affair_itself_are_left_out(knowledge: Knowledge) -> None:
    incident = knowledge.incidents.get("exchange-2021")
    assert incident is not None
    own = reports_on(incident, knowledge)
    assert "Volexity Exchange Marauder March 2021" in own
    assert not any("2025" in name for name in own)
    claim = about(claim_of(CASES[0]["claims"][3]), "exchange-2021", None)
    techniques = ["T1190", "T1505.003", "T1003.001", "T1059.001", "T1136.002", "T1560.001", "T1567.002", "T1114.002"]
    observed = from_ids(techniques, ["S0020"], knowledge=knowledge)
    found = weigh(observed + gather([claim], (), None, (), knowledge), knowledge).observed
    assert "HAFNIUM" not in found.statement
    assert found.verdict is Verdict.INSUFFICIENT
    assert "reports on this very affair" in found.method


def test_from_ids_takes_old_ids_and_refuses_unknown_ones(knowledge: Knowledge) -> None:
    assert from_ids(["t1190 "], knowledge=knowledge)[0].feature == "T1190"
    assert from_ids(["T1100"], knowledge=knowledge)[0].feature == "T1505.003"  # revoked in 2020
    for wrong in ("T9999", "nonsense", ""):
        with pytest.raises(UsageError):
            from_ids([wrong], knowledge=knowledge)
    victims = from_ids(victims=["no"], sectors=["Government"], knowledge=knowledge)
    assert [item.feature for item in victims] == ["victim-country:NO", "victim-sector:government"]
    assert all(item.kind is EvidenceKind.OBSERVED for item in victims)
