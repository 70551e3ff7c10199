"""What was said: who leans where, copies, places, denials, judgements; and that it never mixes with what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.read.claims import read_claims
from indicia.read.fronts import document_from_text
from indicia.records import (
    Assessment,
    Claim,
    Evidence,
    EvidenceKind,
    Judgement,
    Likelihood,
    Stance,
    Tie,
    TieKind,
    Verdict,
    to_json,
)
from indicia.weigh.affair import reports_on
from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.heard import hear
from tests.sample_case import about
from tests.weigh.samples import claim_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "weigh" / "said.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def said_by(lines: list[str], knowledge: Knowledge) -> tuple[Evidence, ...]:
    return gather([claim_of(line, number) for number, line in enumerate(lines)], (), None, (), knowledge)


def levels_of(lines: list[str], knowledge: Knowledge) -> dict[str, float]:
    """How probable each accused is, however little that bears."""
    return {at.hypothesis.id: at.probability for at in hear(said_by(lines, knowledge), knowledge).levels}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_leanings(case: dict[str, Any], knowledge: Knowledge) -> None:
    found = weigh(said_by(case["claims"], knowledge), knowledge).said
    if "leads" in case:
        assert found.leaders == ((case["leads"],) if case["leads"] else ())
    if "verdict" in case:
        assert found.verdict == case["verdict"]
    for words in case.get("says", ()):
        assert words in found.statement
    levels = hear(said_by(case["claims"], knowledge), knowledge).levels
    assert not {at.hypothesis.id for at in levels} & set(case.get("absent", ()))
    assert (
        found.levels == ()
        if found.verdict in {Verdict.INSUFFICIENT, Verdict.TIED}
        else {at.hypothesis.id for at in found.levels} >= set(found.leaders)
    )


def test_what_is_said_moves_nothing_that_was_observed(knowledge: Knowledge) -> None:
    observed = from_ids(["T1190", "T1505.003"], ["S0020"], knowledge=knowledge)
    said = said_by(CASES[0]["claims"], knowledge)
    alone, both = weigh(observed, knowledge), weigh(observed + said, knowledge)
    assert alone.observed == both.observed
    assert weigh(said, knowledge).said == both.said
    assert both.observed.verdict is Verdict.INSUFFICIENT
    assert "China" in both.agreement
    assert "alone neither confirm nor contradict" in both.agreement


def test_more_copies_of_one_origin_weigh_no_more(knowledge: Knowledge) -> None:
    lines = CASES[2]["claims"]
    once, thrice = levels_of(lines[:1], knowledge), levels_of(lines, knowledge)
    assert once == pytest.approx({at: thrice[at] for at in once})


@pytest.mark.parametrize(("firmness", "at_most"), [("hedged", 0.65), ("moderate", 0.75), ("none", 0.85), ("high", 0.9)])
def test_many_accusers_are_no_surer_than_the_firmest(firmness: str, at_most: float, knowledge: Knowledge) -> None:
    accused = ("China | place", "China-linked hackers | group", "China | state", "HAFNIUM | group")
    lines = [
        f"{home} | accuses | {name} | {firmness} | CN | {home} | government | -"
        for home in ("US", "GB", "FR", "DE", "JP", "AU", "CA", "NL")
        for name in accused
    ]
    assert 0.2 < max(levels_of(lines, knowledge).values()) <= at_most + 1e-9


def test_an_interested_denial_weighs_little(knowledge: Knowledge) -> None:
    accusation = CASES[0]["claims"][1]
    own = "China | denies | China | state | none | CN | CN | government | cn"
    other = "Brazil | denies | China | state | none | CN | BR | government | br"
    plain, interested, disinterested = (
        levels_of(lines, knowledge)["state:CN"] for lines in ([accusation], [accusation, own], [accusation, other])
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
    assert found.verdict in {Verdict.INSUFFICIENT, Verdict.STATE_ONLY}
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


SVR = "United States | accuses | SVR | agency | none | RU | US | government | -"


def leans(lines: list[str], knowledge: Knowledge) -> Assessment:
    return weigh(said_by(lines, knowledge), knowledge).said


def test_a_copy_that_says_the_group_instead_of_the_agency_names_nobody(knowledge: Knowledge) -> None:
    copied = "United States | accuses | APT29 | group | none | RU | US | government | -"
    once, twice = leans([SVR], knowledge), leans([SVR, copied], knowledge)
    assert once.verdict is twice.verdict is Verdict.INSUFFICIENT
    one, two = levels_of([SVR], knowledge), levels_of([SVR, copied], knowledge)
    assert max(two.values()) == pytest.approx(max(one.values()))


def test_an_agency_and_its_one_group_are_one_accused_at_two_depths(knowledge: Knowledge) -> None:
    british = "United Kingdom | accuses | APT29 | group | none | RU | GB | government | -"
    by_id = levels_of([SVR, british], knowledge)
    assert by_id["agency:svr"] == pytest.approx(by_id["G0016"])
    assert by_id["G0016"] > max(levels_of([SVR], knowledge).values())


def test_a_reworded_copy_lowers_nobody(knowledge: Knowledge) -> None:
    first = "Mandiant | accuses | APT41 | group | high | CN | US | company | -"
    for words in ("moderate", "hedged", "none", "high"):
        for accused in ("APT41", "Chinese hackers"):
            copy = f"Mandiant | accuses | {accused} | group | {words} | CN | US | company | -"
            once, twice = levels_of([first], knowledge), levels_of([first, copy], knowledge)
            assert twice["G0096"] == pytest.approx(once["G0096"]), (words, accused)


def tied(claim: Claim, kind: TieKind, state: str, *, deed: bool, likelihood: Likelihood | None = None) -> Claim:
    tie = Tie(kind=kind, to={"CN": "China", "RU": "Russia"}[state], state=state, likelihood=likelihood)
    return msgspec.structs.replace(claim, tie=tie, deed=claim.deed if deed else None)


def assessed(claims: list[Claim], knowledge: Knowledge) -> Assessment:
    return weigh(gather(claims, (), None, (), knowledge), knowledge).said


def test_what_is_known_of_a_group_says_nothing_of_its_state(knowledge: Knowledge) -> None:
    lines = [
        f"{who} | accuses | HAFNIUM | group | confirmed | - | - | company | -" for who in ("Microsoft", "Volexity", "ESET")
    ]
    claims = [
        msgspec.structs.replace(
            one, accused=msgspec.structs.replace(one.accused, state_known="CN", according_to=("MITRE ATT&CK",))
        )
        for one in (claim_of(line, number) for number, line in enumerate(lines))
    ]
    found = assessed(claims, knowledge)
    assert found.leaders == ("G0125",)
    assert {at.hypothesis.id for at in found.levels} == {"G0125"}
    assert "China" not in found.statement


def test_a_tie_is_no_accusation_of_the_deed(knowledge: Knowledge) -> None:
    made = claim_of("UK National Cyber Security Centre | accuses | HAFNIUM | group | high | CN | GB | government | -", 1)
    linked = tied(made, TieKind.LINKED, "CN", deed=False, likelihood=Likelihood.VERY_LIKELY)
    assert assessed([linked], knowledge).verdict is Verdict.INSUFFICIENT
    assert not hear(gather([linked], (), None, (), knowledge), knowledge).levels
    deed = claim_of("Microsoft | accuses | HAFNIUM | group | confirmed | - | US | company | -", 2)
    alone, both = assessed([deed], knowledge), assessed([deed, linked], knowledge)
    assert both.levels[0].probability == pytest.approx(alone.levels[0].probability)
    assert "HAFNIUM is tied to China by UK National Cyber Security Centre, very likely" in both.statement
    assert "according to Microsoft)" in both.statement


@pytest.mark.parametrize(("kind", "counts"), [(TieKind.WORKS_FOR, True), (TieKind.ORGAN, True), (TieKind.LINKED, False)])
def test_a_state_counts_from_a_tie_of_works_for_or_firmer(kind: TieKind, counts: bool, knowledge: Knowledge) -> None:
    lines = [f"{who} | accuses | HAFNIUM | group | high | - | - | government | -" for who in ("France", "Spain", "Japan")]
    claims = [tied(claim_of(line, number), kind, "CN", deed=True) for number, line in enumerate(lines)]
    levels = hear(gather(claims, (), None, (), knowledge), knowledge).levels
    assert ("state:CN" in {at.hypothesis.id for at in levels}) is counts


def test_a_denial_speaks_to_its_own_affair(knowledge: Knowledge) -> None:
    text = (
        "On 4 March 2024 Mandiant accused APT41 of the Acme hack. The firm said that APT41 was behind the Acme hack with high "
        "confidence. China denied that it was behind the Acme hack."
    )
    document = document_from_text(text, name="acme.txt", published="2024-03-05")
    claims = led_back(read_claims(document, knowledge)[0], [document])
    affairs = join_affairs(claims, [document], knowledge)
    said = [item.said for item in gather(claims, (), None, [document], knowledge, affairs) if item.said]
    assert {one.stance for one in said} >= {Stance.ACCUSES, Stance.DENIES}
    assert not any(one.beside for one in said)
