"""Claims that the reader is not sure of: shown apart, and counted nowhere before a person vouches for them."""

from __future__ import annotations

import json

import msgspec
import pytest

from indicia.affairs.main import main_affair
from indicia.knowledge import Knowledge, load
from indicia.pipeline import as_left
from indicia.pipeline.concluding import conclude
from indicia.records import Case, Judgement, Stance, those_counted, to_check
from indicia.share import render
from tests import sample_case


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def doubtful(knowledge: Knowledge) -> Case:
    """The sample, one of whose accusations was read with too little certainty."""
    case = sample_case.exchange_case(logs=False)
    at = next(n for n, claim in enumerate(case.claims) if claim.stance is Stance.ACCUSES and claim.source.party)
    claims = (*case.claims[:at], msgspec.structs.replace(case.claims[at], score=0.4), *case.claims[at + 1 :])
    return conclude(msgspec.structs.replace(case, claims=claims), knowledge)


def judged(case: Case, subject: str, action: str) -> Case:
    one = Judgement(id="j", subject=subject, action=action, author="Ada", time="2026-01-02T03:04:05+00:00")
    return msgspec.structs.replace(case, judgements=(one,))


def weighed(case: Case) -> set[str]:
    assert case.weighing is not None
    return {trace for item in case.weighing.evidence for trace in item.traces}


def test_it_counts_nowhere_and_is_shown(doubtful: Case, knowledge: Knowledge) -> None:
    (one,) = to_check(doubtful.claims, doubtful.judgements)
    assert one.id not in weighed(doubtful)
    assert one not in main_affair(doubtful).on
    assert one.id not in {claim for affair in doubtful.affairs for row in affair.rows for claim in row.claims}
    page = render(doubtful, "md", knowledge).decode()
    assert "please check" in page.lower()
    assert " ".join(one.quote.text.split())[:40] in " ".join(page.replace("\\", "").split())


def test_stix_and_misp_say_so(doubtful: Case, knowledge: Knowledge) -> None:
    objects = json.loads(render(doubtful, "stix", knowledge))["objects"]
    (one,) = to_check(doubtful.claims, ())
    labelled = [item["content"] for item in objects if item["type"] == "note" and item.get("labels") == ["please-check"]]
    assert len(labelled) == 1
    assert one.quote.text in labelled[0]
    event = json.loads(render(doubtful, "misp", knowledge))["Event"]
    tagged = [item["value"] for item in event["Attribute"] if {"name": 'workflow:todo="review"'} in item.get("Tag", [])]
    assert tagged == [one.quote.text]


@pytest.mark.parametrize(("action", "counts"), [("confirm", True), ("reject", False)])
def test_a_person_decides(doubtful: Case, knowledge: Knowledge, action: str, counts: bool) -> None:
    (one,) = to_check(doubtful.claims, ())
    left = as_left(judged(doubtful, one.id, action), knowledge)
    assert not to_check(left.claims, left.judgements)
    assert (one.id in weighed(left)) is counts
    assert (one.id in {claim.id for claim in those_counted(left.claims, left.judgements)}) is counts


def test_what_is_sure_is_not_asked_about(knowledge: Knowledge) -> None:
    case = sample_case.exchange_case(logs=False)
    assert to_check(case.claims, ()) == ()
    assert those_counted(case.claims, ()) == case.claims
