"""A case as people left it: one and the same for the page, the exports and the weighing."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from indicia.advise.advice import advise
from indicia.affairs.main import main_affair
from indicia.case import open_store
from indicia.knowledge import Knowledge, load
from indicia.pipeline import Standing, as_left, build, for_audience
from indicia.records import Case, Claim, Firmness, Judgement, Level, Tlp, rejected, to_json
from indicia.share import render
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather
from tests import sample_case
from tests.sample_case import keep


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


def test_the_last_word_on_a_record_counts_and_stars_turn_over(case: Case) -> None:
    def standing(*actions: str) -> Standing:
        return Standing(judged(case, *(("x", action, "") for action in actions), ("y", "reject", "")))

    assert not standing().is_rejected("x") and not standing().is_confirmed("x") and not standing().is_starred("x")
    assert standing("reject").is_rejected("x") and not standing("reject").is_confirmed("x")
    assert standing("reject", "note", "star").is_rejected("x"), "only a confirmation takes a rejection back"
    assert standing("confirm", "note").is_confirmed("x")
    back = standing("reject", "confirm")
    assert back.is_confirmed("x") and not back.is_rejected("x")
    again = standing("confirm", "reject")
    assert again.is_rejected("x") and not again.is_confirmed("x")
    assert [standing(*["star"] * times).is_starred("x") for times in (1, 2, 3)] == [True, False, True]
    assert [one.action for one in standing("star", "reject").of("x")] == ["star", "reject"]
    assert standing("star").of("z") == []


def test_notes_are_those_with_words_and_those_that_are_nothing_else(case: Case) -> None:
    words = Judgement(id="j-w", subject="x", action="reject", author="Ada", time="2026-01-02T03:04:05+00:00", note="a hoax")
    bare = [msgspec.structs.replace(words, id=f"j-{action}", action=action, note="") for action in ("star", "note")]
    standing = Standing(msgspec.structs.replace(case, judgements=(words, *bare)))
    assert [one.id for one in standing.notes("x")] == ["j-w", "j-note"]
    assert standing.notes("y") == []


@pytest.mark.parametrize(
    ("value", "field", "wanted"),
    [
        ('{"source": "Acme"}', "source", "Acme"),
        ('{"accused": "Somebody else"}', "accused", "Somebody else"),
        ('{"stance": "denies"}', "stance", "denies"),
        ('{"level": "operator"}', "level", "operator"),
        ('{"firmness": "hedged"}', "firmness", "hedged"),
        ('{"date": "2020-02"}', "date", "2020-02"),
    ],
)
@pytest.mark.parametrize("action", ["correct", "regrade"])
def test_a_correction_changes_what_it_says_and_nothing_else(
    case: Case, value: str, field: str, wanted: str, action: str
) -> None:
    def told(claim: Claim) -> dict[str, object]:
        return {
            "source": claim.source.party and claim.source.party.canonical,
            "accused": claim.accused.party and claim.accused.party.canonical,
            "stance": claim.stance,
            "level": claim.accused.level,
            "firmness": claim.said.firmness,
            "date": claim.date,
        }

    claim = next(one for one in case.claims if one.source.party and one.source.party.canonical == "Microsoft")
    standing = Standing(judged(case, (claim.id, action, value)))
    found = standing.corrected(claim)
    assert told(found) == {**told(claim), field: wanted} != told(claim)
    assert found.quote == claim.quote and found.said.confidence == claim.said.confidence
    assert standing.corrected(case.claims[0]) == case.claims[0], "of another claim nothing is changed"


def test_corrections_lie_over_one_another_and_what_is_no_correction_is_passed_over(case: Case) -> None:
    claim = case.claims[0]
    rows = [
        (claim.id, "correct", '{"date": "2020", "firmness": "high"}'),
        (claim.id, "regrade", '{"reliability": "A"}'),
        (claim.id, "correct", "no JSON"),
        (claim.id, "note", '{"date": "1999"}'),
        (claim.id, "correct", '{"date": "2021"}'),
    ]
    found = Standing(judged(case, *rows)).corrected(claim)
    assert (found.date, found.said.firmness) == ("2021", Firmness.HIGH)


def test_a_correction_names_who_is_meant_where_the_machine_saw_nobody(case: Case) -> None:
    """The words are the person's; the place in the text is that of the quote."""
    claim = next(one for one in case.claims if one.accused.party is None)
    source = msgspec.structs.replace(claim.source, party=None)
    claim = msgspec.structs.replace(claim, source=source)
    rows = (claim.id, "correct", '{"source": "Acme", "accused": "Somebody", "level": "group"}')
    found = Standing(judged(case, rows)).corrected(claim)
    assert found.source.party is not None and found.accused.party is not None
    assert (found.source.party.canonical, found.accused.party.canonical) == ("Acme", "Somebody")
    assert found.source.party.span == found.accused.party.span == claim.quote
    assert found.accused.level is Level.GROUP


def test_claims_that_people_added_are_in_the_case_once_unless_rejected(case: Case, knowledge: Knowledge) -> None:
    by_hand = msgspec.structs.replace(case.claims[0], id="claim--by-hand", date="2020-01-01")
    other = msgspec.structs.replace(by_hand, id="claim--other")
    rows = [
        ("evidence--1", "add", '{"feature": "T1190"}'),
        ("claim--by-hand", "add", to_json(by_hand).decode()),
        ("claim--other", "add", to_json(other).decode()),
        ("claim--other", "reject", ""),
        (case.claims[1].id, "note", to_json(by_hand).decode()),
    ]
    standing = Standing(judged(case, *rows))
    assert list(standing.added) == ["claim--by-hand", "claim--other"]
    left = as_left(judged(case, *rows), knowledge, standing)
    assert left.claims == (*case.claims, by_hand)
    assert any(by_hand.id in row.claims for affair in left.affairs for row in affair.rows)


def test_nothing_is_made_anew_that_nothing_follows_from(case: Case, knowledge: Knowledge) -> None:
    """A star changes no conclusion: the affairs, the advice and the evidence stay the very same."""
    whole = msgspec.structs.replace(case, advice=advise(case, knowledge))
    starred = judged(whole, (case.claims[0].id, "star", ""))
    left = as_left(starred, knowledge)
    assert left.affairs is whole.affairs and left.advice is whole.advice and left.hunt is whole.hunt
    assert left.weighing and case.weighing and left.weighing.evidence == case.weighing.evidence
    bare = as_left(msgspec.structs.replace(starred, weighing=None), knowledge)
    assert bare.weighing is None and bare.claims == case.claims


def test_what_is_not_weighed_yet_is_weighed_once_something_was_changed(case: Case, knowledge: Knowledge) -> None:
    rows = (case.claims[0].id, "reject", "")
    left = as_left(judged(msgspec.structs.replace(case, weighing=None, advice=None), rows), knowledge)
    assert left.weighing and left.weighing.evidence and left.advice is None


def test_a_regrade_of_evidence_weighs_without_a_change_of_records(case: Case, knowledge: Knowledge) -> None:
    assert case.weighing
    item = next(one for one in case.weighing.evidence if one.weight)
    left = as_left(judged(case, (item.id, "reject", "")), knowledge)
    assert left.weighing and [row.id for row in left.weighing.evidence] == [row.id for row in case.weighing.evidence]
    assert {row.id: row.weight for row in left.weighing.evidence}[item.id] == 0
    assert left.claims == case.claims and left.affairs is case.affairs


def test_a_rejected_mention_is_gone_and_calls_for_nothing(case: Case, knowledge: Knowledge) -> None:
    whole = msgspec.structs.replace(case, advice=advise(case, knowledge))
    mention = next(one for one in whole.mentions if one.target == "T1059.001")
    left = as_left(judged(whole, (mention.id, "reject", "")), knowledge)
    assert mention not in left.mentions and len(left.mentions) == len(whole.mentions) - 1
    assert left.affairs is whole.affairs, "no claim was changed"
    assert whole.advice and any(mention.id in one.reasons for one in whole.advice.measures)
    assert left.advice and not any(mention.id in one.reasons for one in left.advice.measures)
    assert left.weighing and not any(mention.id in item.traces for item in left.weighing.evidence)


def test_a_rejected_sighting_calls_for_nothing_and_the_others_still_do(case: Case, knowledge: Knowledge) -> None:
    whole = msgspec.structs.replace(case, advice=advise(case, knowledge))
    assert whole.hunt and whole.advice
    gone, *others = sorted({id for one in whole.advice.measures for id in one.reasons if id.startswith("sighting")})
    left = as_left(judged(whole, (gone, "reject", "")), knowledge)
    assert left.advice and left.hunt == whole.hunt
    reasons = {id for one in left.advice.measures for id in one.reasons}
    assert gone not in reasons and set(others) & reasons
    # A word on something else in the logs leaves the sightings alone.
    same = as_left(judged(whole, ("sighting--elsewhere", "reject", ""), (gone, "confirm", "")), knowledge)
    assert same.advice is whole.advice


def test_an_affair_follows_its_claims(case: Case, knowledge: Knowledge) -> None:
    whole = msgspec.structs.replace(case, advice=advise(case, knowledge))
    rows = [(one.id, "reject", "") for one in whole.claims]
    left = as_left(judged(whole, *rows), knowledge)
    assert left.claims == () and left.affairs == ()
    assert left.advice is not None and left.advice is not whole.advice


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
        keep(store, made, author="Ada", time="2026-01-02T03:04:05+00:00", what="brief")
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
