"""What a claim becomes in STIX and MISP: the deed and the tie are different things, each as sure as its own words."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from indicia.knowledge import load
from indicia.records import TLP_IDS, Affair, AffairRow, Case, Context, Document, MentionKind, Tlp, Versions
from indicia.share import render
from indicia.share.stix.bundle import bundle_objects
from tests.sample_case import exchange_case
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
ACTOR, HERE = "intrusion-set HAFNIUM", "location China"


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
            {(ACTOR, "attributed-to", "threat-actor GRU", None)},
        ),
        (
            {**HAFNIUM, "tie": "located", "to": "China", "tie_state": "CN", "tie_firmness": "hedged"},
            {(ACTOR, "originates-from", HERE, 30)},
        ),
        (
            {**HAFNIUM, "accused": "China", "level": "place", "said": "CN", "tie": "located", "to": "China", "tie_state": "CN"},
            {(CAMPAIGN, "originates-from", HERE, None)},
        ),
        ({**HAFNIUM, "stance": "denies", "deed": "did"}, set()),
        (
            {**HAFNIUM, "accused": "GRU", "level": "agency", "tie": "organ", "to": "Russia", "tie_state": "RU"},
            {("threat-actor GRU", "related-to", "identity Russia", None)},
        ),
        ({**HAFNIUM, "accused": "GRU", "level": "agency", "tie": "organ", "to": "GRU", "tie_state": "RU"}, set()),
        ({**HAFNIUM, "accused": "hackers", "deed": "did"}, set()),
        ({**HAFNIUM, "accused": "unknown actor", "deed": "did", "tie": "linked", "to": "an unnamed state"}, set()),
        (
            {"source": "Microsoft", "accused": "APT40", "level": "group", "deed": "did", "incident": "maritime industries"},
            set(),
        ),
        ({"source": "Microsoft", "accused": "APT40", "level": "group", "deed": "did", "incident": "OneDrive"}, set()),
    ],
    ids=[
        "deed",
        "tie",
        "both",
        "works for",
        "acts from",
        "place",
        "denial",
        "agency of a state",
        "of itself",
        "nobody",
        "unknown",
        "a sector is no campaign",
        "a product is no campaign",
    ],  # fmt: skip
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


def test_a_claim_that_is_to_be_checked_is_told_in_a_note_alone() -> None:
    said = {**HAFNIUM, "deed": "did", "tie": "linked", "to": "China", "tie_state": "CN"}
    case = case_of(said, {**said, "source": "Kaspersky"})
    sure, unsure = case.claims
    case = msgspec.structs.replace(case, claims=(sure, msgspec.structs.replace(unsure, score=0.6)))
    objects = json.loads(render(case, "stix", load()))["objects"]
    names = {item["id"]: item.get("name") for item in objects}
    assert {names[item["created_by_ref"]] for item in objects if item["type"] == "relationship"} == {"Microsoft"}
    assert sorted(str(names[item["created_by_ref"]]) for item in objects if item["type"] == "note") == [
        "Kaspersky",
        "Microsoft",
    ]


def test_claims_with_the_same_ends_are_told_apart() -> None:
    """OpenCTI's ids come of type, ends and times, those of opinions of what they say and when."""
    same = {**HAFNIUM, "deed": "did"}
    many = [{**same, "source": f"Source {number}"} for number in range(20)]
    deny = [{**same, "source": f"Other {number}", "stance": "denies"} for number in range(5)]
    objects: list[dict[str, Any]] = json.loads(render(case_of(*many, *deny), "stix", load()))["objects"]
    relations = {(o["relationship_type"], o["start_time"]) for o in objects if o["type"] == "relationship"}
    assert len(relations) == 20
    assert len({(o["opinion"], o["created"]) for o in objects if o["type"] == "opinion"}) == 5
    assert len({o["created"] for o in objects if o["type"] == "note"}) == 25


def test_an_affair_is_one_campaign_whatever_its_claims_call_it() -> None:
    names = ("the Kestrel Ports attack", "the breach of Kestrel Ports", "that intrusion")
    case = case_of(*({"source": "Microsoft", "accused": "X", "deed": "did", "incident": name} for name in names))
    row = AffairRow(source="Microsoft", claims=tuple(claim.id for claim in case.claims))
    case = msgspec.structs.replace(case, affairs=(Affair(incident_id=None, name="Kestrel Ports", rows=(row,)),))
    objects = json.loads(render(case, "stix", load()))["objects"]
    assert [item["name"] for item in objects if item["type"] == "campaign"] == ["Kestrel Ports attack"]


def test_the_name_of_an_affair_is_marked_as_all_its_texts() -> None:
    told = {"source": "Microsoft", "accused": "X", "deed": "did", "incident": "the attack on Kestrel Ports"}
    case = case_of(told, {**told, "accused": "HAFNIUM"})
    amber = msgspec.structs.replace(TEXT, id="document--1", marking=Tlp.AMBER)
    first, second = case.claims
    second = msgspec.structs.replace(second, quote=msgspec.structs.replace(second.quote, document="document--1"))
    row = AffairRow(source="Microsoft", claims=(first.id, second.id))
    affair = Affair(incident_id=None, name="Heading of the amber text", rows=(row,))
    case = msgspec.structs.replace(case, documents=(TEXT, amber), claims=(first, second), affairs=(affair,))
    (campaign,) = [item for item in json.loads(render(case, "stix", load()))["objects"] if item["type"] == "campaign"]
    assert campaign["object_marking_refs"] == [TLP_IDS[Tlp.AMBER]]


def test_a_place_is_its_country_whatever_it_is_called() -> None:
    place = {**HAFNIUM, "accused": "actors operating from China", "level": "place", "said": "CN", "tie": "located"}
    objects = json.loads(render(case_of({**place, "to": "China", "tie_state": "CN"}), "stix", load()))["objects"]
    assert [(item["name"], item["country"]) for item in objects if item["type"] == "location"] == [("China", "CN")]


def test_what_has_one_id_in_two_cases_was_created_once() -> None:
    """Undated texts, too: what else is in a case, and how new it is, changes nothing of what both hold."""
    one, other = case_of({**HAFNIUM, "deed": "did"}), case_of({**HAFNIUM, "deed": "did"})
    newer = msgspec.structs.replace(TEXT, id="document--1", published="2024-05-06")
    other = msgspec.structs.replace(other, documents=(TEXT, newer))
    whole = exchange_case()
    grown = msgspec.structs.replace(whole, documents=(*whole.documents, msgspec.structs.replace(newer, published="2030-01-01")))
    for first, second in ((one, other), (whole, grown)):
        found = [{item["id"]: item for item in bundle_objects(case, load(), internal=True)} for case in (first, second)]
        both = found[0].keys() & found[1].keys()
        assert [id for id in both if found[0][id].get("created") != found[1][id].get("created")] == []
        assert {id.split("--")[0] for id in both} >= {"campaign", "identity", "note", "relationship", "extension-definition"}
    assert {id.split("--")[0] for id in both} >= {"sighting", "observed-data"}


def test_what_everybody_knows_by_name_is_public_and_what_is_said_of_it_is_not() -> None:
    """A platform hides what it holds from whoever may not see a marking that it was given later."""
    said = {**HAFNIUM, "deed": "did", "tie": "located", "to": "China", "tie_state": "CN"}
    case = case_of(said, {**HAFNIUM, "source": "Ada of the second floor", "deed": "did"})
    case = msgspec.structs.replace(case, documents=(msgspec.structs.replace(TEXT, marking=Tlp.AMBER),))
    objects = json.loads(render(case, "stix", load()))["objects"]
    clear = {item.get("name") for item in objects if item.get("object_marking_refs") == [TLP_IDS[Tlp.CLEAR]]}
    assert clear >= {"Microsoft", "China", "Microsoft Exchange 2021"}
    assert "Ada of the second floor" not in clear
    telling = [item for item in objects if item["type"] in {"note", "relationship", "report"}]
    assert {ref for item in telling for ref in item["object_marking_refs"]} == {TLP_IDS[Tlp.AMBER]}


def test_what_texts_state_is_tied_to_the_campaign_that_they_are_about() -> None:
    case = exchange_case()
    objects = {item["id"]: item for item in json.loads(render(case, "stix", load()))["objects"]}
    relations = [item for item in objects.values() if item["type"] == "relationship"]
    kinds = {item["relationship_type"] for item in relations}
    assert {"uses", "indicates", "targets", "attributed-to"} <= kinds
    used = {item["target_ref"] for item in relations if item["relationship_type"] == "uses"}
    stated = {m.target or m.value for m in case.mentions if m.kind is MentionKind.TECHNIQUE and m.context is Context.STATED}
    assert used >= {load().attack.stix_id(technique) for technique in stated}
    (report,) = [item for item in objects.values() if item["type"] == "report"]
    seen = {technique for one in case.hunt.sightings for technique in one.techniques} if case.hunt else set()
    named = {load().attack.stix_id(technique) for technique in stated | seen}
    assert {ref for ref in report["object_refs"] if ref.startswith("attack-pattern")} <= named
    assert all(item["where_sighted_refs"] for item in objects.values() if item["type"] == "sighting")


def test_misp_tells_how_firmly_the_deed_and_how_firmly_the_tie() -> None:
    both = {**HAFNIUM, "deed": "did", "tie": "linked", "to": "China", "tie_state": "CN", "tie_firmness": "high"}
    event = json.loads(render(case_of(both), "misp", load()))["Event"]
    (claim,) = [item for item in event["Attribute"] if item["category"] == "Attribution"]
    assert claim["comment"].startswith("Microsoft names HAFNIUM (flat statement); tied to the Chinese state (high)")
    tags = {tag["name"] for tag in claim["Tag"]}
    assert {'indicia:deed="did"', 'indicia:tie="linked"', 'indicia:tie-firmness="high"'} <= tags
