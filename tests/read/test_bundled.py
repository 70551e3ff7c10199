"""What others' STIX bundles attribute is read as a claim of who made it; what they mark stays marked."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.records import AccusedType, Claim, Confidence, Firmness, Level, SourceType, Stance, Tlp
from tests.shared import shared

WHEN = "2024-05-01T00:00:00.000Z"


def made(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    id = f"{kind}--00000000-0000-4000-8000-{number:012d}"
    return {"type": kind, "spec_version": "2.1", "extensions": {"x": {"y": {"z": "}{"}}}, "id": id, "created": WHEN} | fields


AGENCY = made("identity", 1, name="Exämple Agency", identity_class="organization", sectors=["government-national"])
FIRM = made("identity", 2, name="Example Firm", identity_class="organization")
CAMPAIGN = made("campaign", 3, name="Microsoft Exchange hack")
GROUP = made("intrusion-set", 4, name='Group "Four"')
ACTOR = made("threat-actor", 5, name="Actor Five", threat_actor_types=["nation-state"])
PLACE = made("location", 6, name="Atlantis", country="AT")
PERSON = made("identity", 7, name="Jo Example", identity_class="individual")


def related(what: dict[str, Any], kind: str, whom: dict[str, Any], number: int, **fields: Any) -> dict[str, Any]:
    refs = {"relationship_type": kind, "source_ref": what["id"], "target_ref": whom["id"]}
    return made("relationship", number, **refs) | fields


def claims(tmp_path: Path, *objects: dict[str, Any], indent: int | None = None, ascii: bool = True) -> tuple[Claim, ...]:
    text = json.dumps({"type": "bundle", "objects": objects}, indent=indent, ensure_ascii=ascii)
    path = tmp_path / "theirs.json"
    path.write_text(text, "utf-8")
    documents, found, _, problems = read_sources([str(path)], load())
    assert all(problem.what.startswith("objects of these kinds are not read") for problem in problems)
    for claim in found:
        assert documents[0].text[claim.quote.start : claim.quote.end] == claim.quote.text
    return found


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii", [True, False])
def test_an_attribution_is_a_claim_of_its_maker(tmp_path: Path, indent: int | None, ascii: bool) -> None:
    said = related(
        CAMPAIGN, "attributed-to", GROUP, 10, created_by_ref=AGENCY["id"], confidence=85, description="We assess ü {this}"
    )
    (claim,) = claims(tmp_path, said, CAMPAIGN, GROUP, AGENCY, FIRM, indent=indent, ascii=ascii)
    assert claim.source.party is not None
    assert claim.accused.party is not None
    assert (claim.source.party.canonical, claim.source.type) == ("Exämple Agency", SourceType.GOVERNMENT)
    assert (claim.accused.party.canonical, claim.accused.level) == ('Group "Four"', Level.GROUP)
    assert (claim.stance, claim.said.confidence, claim.said.firmness) == (Stance.ACCUSES, Confidence.HIGH, Firmness.HIGH)
    assert (claim.incident, claim.incident_id, claim.date) == ("Microsoft Exchange hack", "exchange-2021", "2024-05-01")
    assert claim.quote.text.startswith("We assess")


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (None, None),
        (0, None),
        (1, "low"),
        (29, "low"),
        (30, "moderate"),
        (69, "moderate"),
        (70, "high"),
        (101, None),
        ("9", None),
    ],
)
def test_confidence_is_read_by_appendix_a(tmp_path: Path, confidence: object, expected: str | None) -> None:
    said = related(CAMPAIGN, "attributed-to", GROUP, 10, confidence=confidence)
    (claim,) = claims(tmp_path, said, CAMPAIGN, GROUP)
    assert claim.said.confidence == expected
    assert claim.source.party is None, "nobody is named, so nobody says it"
    assert claim.quote.text.startswith("The campaign “Microsoft Exchange hack” is attributed to Group")


def test_no_more_is_said_than_is_said(tmp_path: Path) -> None:
    found = claims(
        tmp_path,
        *(CAMPAIGN, GROUP, ACTOR, PLACE, PERSON),
        related(GROUP, "attributed-to", ACTOR, 10),
        related(ACTOR, "attributed-to", PERSON, 11),
        related(GROUP, "originates-from", PLACE, 12),
        related(GROUP, "uses", ACTOR, 13),
        related(CAMPAIGN, "attributed-to", ACTOR, 14, revoked=True),
        related(CAMPAIGN, "attributed-to", made("intrusion-set", 99, name="not here"), 15),
    )
    assert [(claim.accused.type, claim.accused.level, claim.accused.state) for claim in found] == [
        (AccusedType.GROUP, Level.GROUP, None),  # that it is a state's is the actor's description, not this attribution
        (AccusedType.PERSON, Level.OPERATOR, None),
        (AccusedType.STATE, Level.PLACE, "AT"),
    ]
    assert {claim.incident for claim in found} == {None}


def test_attack_campaigns_are_read_as_what_mitre_says() -> None:
    folder = shared("attack")
    data = json.loads(gzip.decompress((folder / "enterprise-attack-18.1.json.gz").read_bytes()))
    stated = [
        item
        for item in data["objects"]
        if item.get("relationship_type") == "attributed-to" and not item.get("revoked") and not item.get("x_mitre_deprecated")
    ]
    _, found, _, _ = read_sources([str(folder / "enterprise-attack-18.1.json.gz")], load())
    assert len(found) == len(stated) > 20
    assert {claim.source.party.canonical for claim in found if claim.source.party} == {"The MITRE Corporation"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TLP:RED\n\nWe name Atlantis.", Tlp.RED),
        ("Report\n\n  ** TLP: AMBER+STRICT **\n\nWe name Atlantis.", Tlp.AMBER_STRICT),
        ("We name Atlantis.\n\nTLP:WHITE\n", Tlp.CLEAR),
        ("We name Atlantis." + "\nMore." * 2000 + "\nTLP:GREEN\n", Tlp.GREEN),
        ("Do not share what is marked TLP:RED with anybody.", None),
    ],
)
def test_a_banner_marks_the_document(tmp_path: Path, text: str, expected: Tlp | None) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    documents, _, _, _ = read_sources([str(tmp_path / "a.txt")], load())
    assert [document.marking for document in documents] == [expected]


def test_a_banner_accuses_nobody(tmp_path: Path) -> None:
    text = "TLP:GREEN\nStatement by the European Union\n\nThe EU blamed China for the hack of its mail servers.\n\n TLP:AMBER\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (document,), claims, _, _ = read_sources([str(tmp_path / "a.txt")], load())
    assert [claim.quote.text for claim in claims] == ["The EU blamed China for the hack of its mail servers."]
    assert document.text[claims[0].quote.start : claims[0].quote.end] == claims[0].quote.text


def test_bundles_and_events_keep_their_marking(tmp_path: Path) -> None:
    amber = made("indicator", 20, pattern="[ipv4-addr:value = '198.51.100.7']", pattern_type="stix", name="x")
    old_amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
    of_opencti = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
    own = made("marking-definition", 21, name="TLP:RED", definition_type="tlp", definition={"tlp": "red"})
    event = {"Event": {"info": "x", "date": "2021-03-03", "Attribute": [], "Tag": [{"name": "tlp:amber"}, {"name": "x"}]}}
    for number, (data, expected) in enumerate(
        (
            ({"type": "bundle", "objects": [amber | {"object_marking_refs": [old_amber]}, FIRM]}, Tlp.AMBER),
            ({"type": "bundle", "objects": [amber | {"object_marking_refs": [of_opencti]}, FIRM]}, Tlp.AMBER_STRICT),
            ({"type": "bundle", "objects": [amber | {"object_marking_refs": [own["id"]]}, own]}, Tlp.RED),
            ({"type": "bundle", "objects": [amber | {"object_marking_refs": "x"}, own | {"definition": 3}]}, None),
            (event, Tlp.AMBER),
        )
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(data), "utf-8")
        documents, _, _, _ = read_sources([str(path)], load())
        assert [document.marking for document in documents] == [expected], number


@pytest.mark.parametrize("odd", [[], {}, 7, None, ["intrusion-set"]])
@pytest.mark.parametrize("field", ["relationship_type", "type", "name", "created", "id", "source_ref"])
def test_an_object_with_an_odd_value_states_nothing_or_less(tmp_path: Path, field: str, odd: object) -> None:
    said = related(CAMPAIGN, "attributed-to", GROUP, 10, created_by_ref=AGENCY["id"])
    for others in (
        (said | {field: odd}, CAMPAIGN, GROUP),
        (said, CAMPAIGN | {field: odd}, GROUP),
        (said, CAMPAIGN, GROUP | {field: odd}),
    ):
        (tmp_path / "theirs.json").write_text(json.dumps({"type": "bundle", "objects": [*others, AGENCY]}), "utf-8")
        documents, _, _, problems = read_sources([str(tmp_path / "theirs.json")], load())
        assert len(documents) == 1 and not [one for one in problems if "fault" in one.what]
