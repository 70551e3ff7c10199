"""Whom a text says were targeted, and what that weighs."""

from __future__ import annotations

import numpy as np
import pytest

from indicia.knowledge import Knowledge, load
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.read.reading import read_document
from indicia.records import Evidence, Verdict
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.victims import targeted


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.mark.parametrize(
    ("text", "victims"),
    [
        ("The campaign targeted banks in Norway and Sweden.", {"country:NO", "country:SE", "sector:finance"}),
        ("- Targets: universities, Japan", {"country:JP", "sector:education"}),
        ("They compromised government networks in Chile.", {"country:CL", "sector:government"}),
        ("The backdoor was found in Norway.", set()),
        ("The victims were hit by a Chinese threat actor.", set()),
        ("The group, which is linked to Russia, has targeted Estonia.", {"country:EE"}),
        ("The server was compromised from Germany.", set()),
        ("They targeted infrastructure and software.", set()),
        ("The malware targets routers. Norway published advice.", set()),
    ],
)
def test_only_what_is_attacked_is_a_victim(text: str, victims: set[str], knowledge: Knowledge) -> None:
    document = document_from_text(text, name="report.txt")
    found = {feature.removeprefix("victim-") for feature, _ in targeted(find_names(document, knowledge), [document])}
    assert found == victims


def test_it_is_no_sector_and_the_it_sector_is(knowledge: Knowledge) -> None:
    for text, sectors in (
        ("China denied that it was behind the Acme hack.", set()),
        ("Mandiant said that APT41 was behind the cyberattack on two IT companies in Norway.", {"it"}),
    ):
        found = read_document(document_from_text(text, name="news.txt"), knowledge)
        assert {sector for claim in found.claims for sector in claim.sectors} == sectors


def test_targets_are_evidence_with_their_mentions(knowledge: Knowledge) -> None:
    document = document_from_text(
        "It targeted Norway. Later it compromised hosts in Norway and targeted Chile.", name="report.txt"
    )
    mentions = find_names(document, knowledge)
    found = {item.feature: item for item in gather((), mentions, None, [document], knowledge)}
    assert list(found) == ["victim-country:CL", "victim-country:NO"]
    assert len(found["victim-country:NO"].traces) == 2
    board, alone = lay_out(tuple(found.values()), knowledge), lay_out([found["victim-country:NO"]], knowledge)
    assert board.victims[1] == pytest.approx(alone.victims[0] * 2 / 3)  # countries count once, shared by how often each is told
    assert alone.victims.any()


def victims(knowledge: Knowledge, *codes: str) -> tuple[Evidence, ...]:
    return from_ids(victims=codes, knowledge=knowledge)


def test_a_victim_weighs_more_the_fewer_attack_it(knowledge: Knowledge) -> None:
    weights = {code: lay_out(victims(knowledge, code), knowledge).victims[0] for code in ("US", "MN")}
    assert weights["MN"].max() > weights["US"].max() > 0
    assert weights["US"].min() < weights["MN"].min() < 0


def test_a_victim_does_not_tell_whether_the_actor_is_known(knowledge: Knowledge) -> None:
    board = lay_out(victims(knowledge, "MN"), knowledge)
    assert board.posterior()[-1] == pytest.approx(np.exp(board.prior[-1]))
    assert not board.victims[0, -1]
    found = weigh(victims(knowledge, "MN"), knowledge).observed
    assert found.prior_only and not found.fits


def test_victims_never_name_anybody(knowledge: Knowledge) -> None:
    for actor in knowledge.actors:
        if actor.group and actor.victims:
            found = weigh(from_ids(victims=actor.victims, sectors=actor.sectors, knowledge=knowledge), knowledge).observed
            assert found.verdict is Verdict.INSUFFICIENT, actor.name
