"""What a claim becomes in STIX and MISP: the deed and the tie are different things, each as sure as its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indicia.knowledge import load
from indicia.records import Case, Document, Versions
from indicia.share import render
from tests.view.made import made_claim

TEXT = Document(id="document--0", name="made.txt", text="quote", sha256="0" * 64)
ON = {"incident": "Microsoft Exchange 2021", "incident_id": "exchange-2021"}
HAFNIUM = {"source": "Microsoft", "accused": "HAFNIUM", "level": "group", **ON}


def case_of(*fields: dict[str, str]) -> Case:
    claims = tuple(made_claim(one, number) for number, one in enumerate(fields))
    return Case(name="Made", versions=Versions(indicia="0"), documents=(TEXT,), claims=claims)


def relations(*fields: dict[str, str]) -> set[tuple[str, str, str, int | None]]:
    """(from, relation, to, confidence) of all relationships of claims, by name."""
    objects = json.loads(render(case_of(*fields), "stix", load()))["objects"]
    names = {item["id"]: f"{item['type']} {item.get('name', '')}" for item in objects}
    return {
        (names[item["source_ref"]], item["relationship_type"], names[item["target_ref"]], item.get("confidence"))
        for item in objects
        if item["type"] == "relationship"
    }


CAMPAIGN = "campaign Microsoft Exchange 2021"
ACTOR, HERE = "threat-actor HAFNIUM", "location China"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({**HAFNIUM, "deed": "did", "firmness": "high"}, {(CAMPAIGN, "attributed-to", ACTOR, 85)}),
        (
            {**HAFNIUM, "tie": "linked", "to": "China", "tie_state": "CN", "tie_firmness": "high"},
            {(ACTOR, "related-to", "identity China", 85)},
        ),
        (
            {**HAFNIUM, "deed": "did", "tie": "linked", "to": "China", "tie_state": "CN", "tie_firmness": "low"},
            {(CAMPAIGN, "attributed-to", ACTOR, None), (ACTOR, "related-to", "identity China", 15)},
        ),
        (
            {**HAFNIUM, "tie": "works_for", "to": "GRU", "tie_state": "RU"},
            {(ACTOR, "attributed-to", "identity GRU", None)},
        ),
        (
            {**HAFNIUM, "tie": "located", "to": "China", "tie_state": "CN", "tie_firmness": "hedged"},
            {(ACTOR, "located-at", HERE, 30)},
        ),
        (
            {**HAFNIUM, "accused": "China", "level": "place", "said": "CN", "tie": "located", "to": "China", "tie_state": "CN"},
            {(CAMPAIGN, "originates-from", HERE, None)},
        ),
        ({**HAFNIUM, "stance": "denies", "deed": "did"}, set()),
    ],
    ids=["deed", "tie", "both", "works for", "acts from", "place", "denial"],
)
def test_deed_and_tie_are_different_relations(fields: dict[str, str], expected: set[tuple[str, str, str, int | None]]) -> None:
    assert relations(fields) == expected


def test_a_relation_tells_which_part_of_which_claim_it_says() -> None:
    both = {**HAFNIUM, "deed": "did", "tie": "linked", "to": "China", "tie_state": "CN"}
    objects: list[dict[str, Any]] = json.loads(render(case_of(both), "stix", load()))["objects"]
    notes = {item["id"] for item in objects if item["type"] == "note"}
    told = [next(iter(item["extensions"].values())) for item in objects if item["type"] == "relationship"]
    assert {one["part"] for one in told} == {"deed", "tie"}
    assert all(one["note"] in notes for one in told)


def test_misp_tells_how_firmly_the_deed_and_how_firmly_the_tie() -> None:
    both = {**HAFNIUM, "deed": "did", "tie": "linked", "to": "China", "tie_state": "CN", "tie_firmness": "high"}
    event = json.loads(render(case_of(both), "misp", load()))["Event"]
    (claim,) = [item for item in event["Attribute"] if item["category"] == "Attribution"]
    assert claim["comment"].startswith("Microsoft names HAFNIUM (flat statement); tied to the Chinese state (high)")
    tags = {tag["name"] for tag in claim["Tag"]}
    assert {'indicia:deed="did"', 'indicia:tie="linked"', 'indicia:tie-firmness="high"'} <= tags
