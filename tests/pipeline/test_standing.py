"""A case as people left it: one and the same for the page, the exports and the weighing."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from indicia.affairs.main import main_affair
from indicia.case import open_store
from indicia.knowledge import Knowledge, load
from indicia.pipeline import Standing, as_left, build, for_audience
from indicia.records import Case, Judgement, Tlp, rejected, to_json
from indicia.share import render
from indicia.weigh import gather, weigh
from tests import sample_case


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def case(knowledge: Knowledge) -> Case:
    """The sample, weighed from its own records."""
    made = sample_case.exchange_case()
    evidence = gather(made.claims, made.mentions, made.hunt, made.documents, knowledge)
    return msgspec.structs.replace(made, weighing=weigh(evidence, knowledge))


def judged(case: Case, *rows: tuple[str, str, str]) -> Case:
    judgements = tuple(
        Judgement(id=f"j-{n}", subject=subject, action=action, author="Ada", time=f"2026-01-02T03:04:{n:02}+00:00", value=value)
        for n, (subject, action, value) in enumerate(rows)
    )
    return msgspec.structs.replace(case, judgements=judgements)


def test_nobody_judged(case: Case, knowledge: Knowledge) -> None:
    assert as_left(case, knowledge) is case


def test_what_was_rejected_is_gone_everywhere(case: Case, knowledge: Knowledge) -> None:
    claim = next(one for one in case.claims if one.source.party and one.source.party.canonical == "Microsoft")
    left = as_left(judged(case, (claim.id, "reject", "")), knowledge)
    assert claim.id not in {one.id for one in left.claims}
    assert left.weighing and not any(claim.id in item.traces for item in left.weighing.evidence)
    assert not any(claim.id in row.claims for affair in left.affairs for row in affair.rows)
    assert claim.id not in json.dumps(json.loads(render(left, "json", knowledge))["claims"])
    back = as_left(judged(case, (claim.id, "reject", ""), (claim.id, "confirm", "")), knowledge)
    assert back.claims == case.claims and back.weighing and case.weighing
    assert [item.id for item in back.weighing.evidence] == [item.id for item in case.weighing.evidence]


def test_a_confirmed_claim_weighs_no_more_than_before(case: Case, knowledge: Knowledge) -> None:
    assert case.weighing
    silent = next((item for item in case.weighing.evidence if not item.weight), None)
    claim = case.claims[0].id if silent is None else silent.traces[0]
    left = as_left(judged(case, (claim, "confirm", "")), knowledge)
    assert left.weighing == case.weighing


def test_an_item_falls_with_the_last_of_its_traces(case: Case, knowledge: Knowledge) -> None:
    assert case.weighing
    item = next(item for item in case.weighing.evidence if len(item.traces) == 2)
    one = weigh(case.weighing.evidence, knowledge, judgements=judged(case, (item.traces[0], "reject", "")).judgements)
    both = weigh(
        case.weighing.evidence, knowledge, judgements=judged(case, *((trace, "reject", "") for trace in item.traces)).judgements
    )
    weights = [{row.id: row.weight for row in made.evidence}[item.id] for made in (one, both)]
    assert weights == [1.0, 0.0]
    # and so it is where the records themselves are left out
    left = as_left(judged(case, *((trace, "reject", "") for trace in item.traces)), knowledge)
    assert left.weighing and item.id not in {row.id for row in left.weighing.evidence}


def test_twice_is_once(case: Case, knowledge: Knowledge) -> None:
    added = msgspec.structs.replace(case.claims[0], id="claim--by-hand")
    rows = (
        ("claim--by-hand", "add", to_json(added).decode()),
        (case.claims[1].id, "reject", ""),
        (case.claims[2].id, "correct", '{"firmness": "hedged", "accused": "Somebody else"}'),
        (case.mentions[0].id, "reject", ""),
    )
    once = as_left(judged(case, *rows), knowledge)
    twice = as_left(once, knowledge)
    assert [one.id for one in once.claims].count("claim--by-hand") == 1
    assert twice.claims == once.claims and twice.mentions == once.mentions
    assert Standing(once).is_rejected(case.claims[1].id)


def test_a_rejected_sighting_bears_nothing(case: Case, knowledge: Knowledge) -> None:
    assert case.hunt
    one = case.hunt.sightings[-1]
    left = as_left(judged(case, (one.id, "reject", "")), knowledge)
    assert left.weighing and not any(one.id in item.traces for item in left.weighing.evidence)
    assert left.hunt and one in left.hunt.sightings, "what was seen stays seen"


OWN_RULE = """
title: A rule of the house
id: 5f0e0f6a-0000-4000-8000-000000000001
logsource: {category: process_creation, product: windows}
detection:
  one: {Image: '*house.exe'}
  condition: one
tags: [attack.t1190]
"""


def test_a_rejected_claim_loses_neither_what_is_in_place_nor_own_rules(knowledge: Knowledge, tmp_path: Path) -> None:
    text = tmp_path / "us.txt"
    text.write_text(
        "The United States accused China of the Microsoft Exchange hack. The United Kingdom accused China of the Microsoft "
        "Exchange hack. The attackers exploited a public-facing application (T1190) and used phishing (T1566).",
        "utf-8",
    )
    rule = tmp_path / "house.yml"
    rule.write_text(OWN_RULE, "utf-8")
    made = build([str(text)], rules=[rule], have=["mfa"], knowledge=knowledge)
    assert made.have == ("mfa",)
    assert [one.name for one in made.rules] == [str(rule)]

    def told(case: Case) -> tuple[int, int]:
        advice = case.advice
        assert advice is not None
        return (
            sum(one.in_place for one in advice.measures),
            sum("5f0e0f6a-0000-4000-8000-000000000001" in one.references for one in advice.measures)
            + sum("A rule of the house" in one.title for one in advice.measures),
        )

    in_place, ours = told(made)
    assert in_place and ours
    left = as_left(judged(made, (made.claims[0].id, "reject", "")), knowledge)
    assert len(left.claims) == len(made.claims) - 1
    assert told(left) == (in_place, ours)
    red = msgspec.structs.replace(
        made,
        documents=tuple(msgspec.structs.replace(one, marking=Tlp.GREEN) for one in made.documents),
        marking=Tlp.RED,
    )
    seen = for_audience(red, Tlp.GREEN, knowledge)
    assert seen is not red and told(seen) == (in_place, ours)
    grown = build([str(text)], before=made, knowledge=knowledge)
    assert (grown.have, grown.rules) == (made.have, made.rules)
    with open_store(tmp_path / "case.indicia") as store:
        store.save(made, author="Ada", time="2026-01-02T03:04:05+00:00", what="brief")
        assert (store.load().have, store.load().rules) == (made.have, made.rules)


def test_the_last_word_stands_wherever_it_is_asked(case: Case, knowledge: Knowledge) -> None:
    claim = case.claims[0].id
    for rows, out in ((("reject", "confirm"), False), (("confirm", "reject"), True), (("reject", "note", "star"), True)):
        made = judged(case, *((claim, action, "") for action in rows))
        assert (claim in rejected(made.judgements)) is out
        assert Standing(made).is_rejected(claim) is out
        left = as_left(made, knowledge)
        assert (claim not in {one.id for one in left.claims}) is out
        assert all(claim not in {one.id for one in part} for part in (main_affair(made).on, main_affair(made).beside)) is out
