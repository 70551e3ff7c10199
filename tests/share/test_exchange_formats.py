"""Our files in the hands of those who will read them: the reference clients load them, and nothing in them runs."""

from __future__ import annotations

import csv
import gzip
import io
import json
import warnings
from pathlib import Path
from typing import Any

import msgspec
import pytest
import stix2

from indicia.knowledge import load
from indicia.records import Case, Context, MentionKind, Tlp
from indicia.share import FORMATS, render
from indicia.share.indicators import well_known
from indicia.share.internals import without_internals
from indicia.share.stix.told import told
from indicia.view.inert import inert_cell
from indicia.view.words import source_words
from tests.sample_case import document_of, exchange_case
from tests.shared import shared

MATRIX = {"attack-pattern", "x-mitre-matrix", "x-mitre-tactic"}  # what Navigator draws of ATT&CK; a twentieth of its bundle


@pytest.fixture(scope="module")
def case() -> Case:
    return exchange_case()


@pytest.fixture(scope="module")
def bundle(case: Case) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(case, "stix", load()))
    return loaded


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"pdf"}))
def test_same_case_same_bytes(case: Case, form: str) -> None:
    assert render(case, form, load()) == render(case, form, load())


def test_the_reference_library_parses_it(bundle: dict[str, Any]) -> None:
    parsed = stix2.parse(bundle, allow_custom=True)
    assert len(parsed.objects) == len(bundle["objects"])


def test_ids_are_unique_and_references_resolve(bundle: dict[str, Any]) -> None:
    ids = [item["id"] for item in bundle["objects"]]
    assert len(ids) == len(set(ids))
    attack = load().attack
    theirs = {attack.stix_id(row.id) for row in (*attack.techniques, *attack.groups, *attack.software)}
    known = {*ids, *theirs}
    for item in bundle["objects"]:
        for name, value in item.items():
            refs = value if name.endswith("_refs") else [value] if name.endswith("_ref") else []
            assert set(refs) <= known, (item["id"], name)


def test_no_object_of_attack_is_changed(bundle: dict[str, Any]) -> None:
    """Whoever has a newer version, and every one that is published is newer, keeps it, whichever is loaded last."""
    attack = load().attack
    theirs = {
        stix: row.id for row in (*attack.techniques, *attack.groups, *attack.software) if (stix := attack.stix_id(row.id))
    }
    ours = {item["id"]: item for item in bundle["objects"] if item["id"] in theirs}
    assert {"T1190", "T1505.003", "G0125"} <= {theirs[id] for id in ours}
    newer = [{**item, "modified": "2025-10-24T17:48:36.775Z", "description": "What ATT&CK says."} for item in ours.values()]
    for order in ([*newer, *ours.values()], [*ours.values(), *newer]):
        held = stix2.MemoryStore(order)
        assert all(held.get(id).description == "What ATT&CK says." for id in ours)
    told = {"type", "spec_version", "id", "created", "modified", "name", "external_references", "is_family"}
    assert all(item.keys() <= told and item["created"] == item["modified"] for item in ours.values())


def test_every_claim_is_in_the_bundle_whole(case: Case, bundle: dict[str, Any]) -> None:
    notes = {}
    for item in bundle["objects"]:
        if item["type"] == "note":
            (extension,) = item["extensions"].values()
            notes[extension["id"]] = (item, extension)
    for claim in case.claims:
        note, extension = notes[claim.id]
        assert f"“{claim.quote.text}”" in note["content"]
        assert f"Stance: {claim.stance.value}" in note["content"].splitlines()
        assert extension["stance"] == claim.stance.value
        said = extension.get("deed") or extension.get("tie") or {"firmness": "none"}  # who declines says neither
        assert said["firmness"] == claim.said.firmness.value


def test_an_actor_stands_only_as_alleged(bundle: dict[str, Any]) -> None:
    actors = [item for item in bundle["objects"] if item["type"] in {"intrusion-set", "threat-actor"}]
    actors = [item for item in actors if "external_references" not in item]  # ATT&CK's own stand by name alone
    assert actors
    assert all(item["labels"] == ["alleged"] for item in actors)
    attributed = [item for item in bundle["objects"] if item.get("relationship_type") == "attributed-to"]
    assert attributed
    assert all(item["description"].startswith("Alleged by ") for item in attributed)


def test_misp_loads_it_without_a_server(case: Case) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymisp import MISPEvent

        event = MISPEvent()
        event.from_json(render(case, "misp", load()).decode())
    assert event.info == case.name
    assert len(event.attributes) >= len(case.claims)
    again = json.loads(event.to_json())
    assert any(tag["name"].startswith("tlp:") for tag in again["Tag"])


ROOT = Path(__file__).parents[2]
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


def misp(case: Case) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymisp import MISPEvent

        event = MISPEvent()
        event.from_json(render(case, "misp", load()).decode())
    again: dict[str, Any] = json.loads(event.to_json())
    return again


def test_misp_keeps_objects_sightings_and_what_each_claim_alleges(case: Case) -> None:
    assert case.hunt
    (first, *rest) = case.hunt.sightings
    seen = msgspec.structs.replace(first, rule="indicator:ipv4-addr", indicator="198.51.100.23")
    event = misp(msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=(seen, *rest))))
    assert len(event["Object"]) == len(case.documents) + 1
    (address,) = [item for item in event["Attribute"] if item["value"] == "198.51.100.23"]
    assert address["Sighting"][0]["date_sighting"]
    claims = [item for item in event["Attribute"] if item["category"] == "Attribution"]
    tags = {item["value"]: {tag["name"] for tag in item["Tag"]} for item in claims}
    (hafnium,) = [names for quote, names in tags.items() if "HAFNIUM" in quote]
    assert any("mitre-intrusion-set" in name for name in hafnium)
    assert 'estimative-language:confidence-in-analytic-judgment="high"' in hafnium
    assert not any("intrusion-set" in tag["name"] for tag in event["Tag"]), "an accusation is no property of the event"


def test_misp_keeps_a_note_for_each_claim_and_the_opinions_of_those_who_answer(case: Case) -> None:
    event = misp(case)
    notes = sorted((note["note"], note["authors"]) for note in event["Note"])
    told_by = [source_words(claim) if claim.source.party else "not named" for claim in case.claims]
    assert notes == sorted(
        (told(claim, document_of(case, claim), doubtful=False), who) for claim, who in zip(case.claims, told_by, strict=True)
    )
    charges = [item for item in event["Attribute"] if item.get("Opinion")]
    assert charges
    assert {opinion["authors"] for item in charges for opinion in item["Opinion"]} >= {"China"}
    assert all(opinion["object_uuid"] == item["uuid"] for item in charges for opinion in item["Opinion"])


def test_software_is_tagged_by_the_galaxy_that_knows_it(case: Case) -> None:
    first = next(mention for mention in case.mentions if mention.kind is MentionKind.TECHNIQUE)
    known = (
        ("China Chopper", "S0020", "malware"),
        ("PsExec", "S0029", "tool"),
        ("000Stealer", "software:000stealer", "malware"),
    )
    more = tuple(
        msgspec.structs.replace(first, id=id, kind=MentionKind.SOFTWARE, value=name, target=id, type=type)
        for name, id, type in known
    )
    tags = {tag["name"] for tag in misp(msgspec.structs.replace(case, mentions=more))["Tag"]}
    assert tags >= {
        'misp-galaxy:mitre-malware="China Chopper - S0020"',
        'misp-galaxy:mitre-tool="PsExec - S0029"',
        'misp-galaxy:malpedia="000Stealer"',
    }


@pytest.mark.parametrize("context", [Context.BENIGN, Context.REFERENCE, Context.NEGATED])
def test_misp_detects_nothing_that_is_not_stated(case: Case, context: Context) -> None:
    mentions = tuple(msgspec.structs.replace(mention, context=context) for mention in case.mentions)
    event = misp(msgspec.structs.replace(case, mentions=mentions))
    assert event["Attribute"]
    assert not any(item["to_ids"] for item in event["Attribute"])


def test_what_everybody_meets_is_not_to_be_detected(case: Case) -> None:
    values = (("ipv4-addr", "8.8.8.8"), ("ipv4-addr", "10.0.0.0/8"), ("domain-name", "www.microsoft.com"), ("file-md5", EMPTY))
    first = next(mention for mention in case.mentions if mention.kind is MentionKind.INDICATOR)
    more = tuple(msgspec.structs.replace(first, id=value, type=type, value=value) for type, value in values)
    case = msgspec.structs.replace(case, mentions=(first, *more))
    found = {item["value"]: item for item in misp(case)["Attribute"] if item["category"] != "Attribution"}
    assert found[first.value]["to_ids"] is True
    rows = {row[1]: row for row in csv.reader(io.StringIO(render(case, "csv", load()).decode()))}
    for _, value in values:
        assert found[value]["to_ids"] is False
        assert found[value]["comment"].startswith("well known: ")
        assert rows[value][-1].startswith("well known")


def test_a_well_known_table_is_well_formed() -> None:
    lines = (ROOT / "src/indicia/share/well_known.txt").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert all(len(row) == 3 and well_known(row[0], row[1]) for row in rows)
    assert len({tuple(row[:2]) for row in rows}) == len(rows)
    assert well_known("ipv4-addr", "198.51.100.23") is None, "documentation addresses stand for others in examples"


def numbers(part: object) -> set[str]:
    """All that MISP tells apart by a number, but organisations."""
    if isinstance(part, list):
        return {number for one in part for number in numbers(one)}
    if not isinstance(part, dict):
        return set()
    inner = {number for name, one in part.items() if name not in {"Orgc", "Organisation"} for number in numbers(one)}
    return inner | ({part["uuid"]} if "uuid" in part else set())


def test_two_events_on_one_text_have_no_number_in_common(case: Case) -> None:
    """MISP drops what bears a number that another event has: that of all, and that of who may see a part."""
    red = msgspec.structs.replace(case, marking=Tlp.RED)
    one, two = (json.loads(render(each, "misp", load())) for each in (case, red))
    assert len(numbers(one)) == len(numbers(two)) >= 2 * len(case.claims)
    assert not numbers(one) & numbers(two)


def test_navigator_opens_the_layer(case: Case, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mitreattack.navlayers import Layer

        layer = Layer(init_data=json.loads(render(case, "navigator", load())), strict=True)
    assert layer.layer is not None
    assert layer.layer.versions.layer == "4.5"


def test_every_technique_of_the_layer_is_open_to_see(case: Case) -> None:
    layer = json.loads(render(case, "navigator", load()))
    entries = {item["techniqueID"]: item for item in layer["techniques"]}
    attack = load().attack
    with_children = {technique.parent for technique in attack.techniques if technique.parent}
    assert {id for id, item in entries.items() if item.get("showSubtechniques")} <= with_children
    children = {id for id in entries if "." in id}
    assert children
    assert all(entries[id.partition(".")[0]]["showSubtechniques"] for id in children)
    assert layer["layout"]["expandedSubtechniques"] == "annotated"
    assert attack.version in layer["description"]
    assert attack.date in layer["description"]


@pytest.mark.slow
def test_the_layer_becomes_a_sheet_and_a_picture(case: Case, tmp_path: Path) -> None:
    bundle = json.loads(gzip.decompress(shared("attack", "enterprise-attack-18.1.json.gz").read_bytes()))
    drawn = [one for one in bundle["objects"] if one["type"] in MATRIX or one.get("relationship_type") == "subtechnique-of"]
    attack = tmp_path / "attack.json"
    attack.write_text(json.dumps({**bundle, "objects": drawn}), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mitreattack.navlayers import Layer, ToExcel, ToSvg
        from openpyxl import load_workbook

        layer = Layer(init_data=json.loads(render(case, "navigator", load())), strict=True)
        ToExcel(domain="enterprise", source="local", resource=str(attack)).to_xlsx(layer, filepath=str(tmp_path / "l.xlsx"))
        ToSvg(domain="enterprise", source="local", resource=str(attack)).to_svg(layer, filepath=str(tmp_path / "l.svg"))
    sheets = load_workbook(tmp_path / "l.xlsx")
    assert "Web Shell" in {cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert b"</svg>" in (tmp_path / "l.svg").read_bytes()


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "  =1"])
def test_a_formula_stays_text_in_a_spreadsheet(hostile: str) -> None:
    assert inert_cell(hostile).startswith("'")


def test_csv_is_rfc_4180(case: Case) -> None:
    rows = list(csv.reader(io.StringIO(render(case, "csv", load()).decode("utf-8"))))
    assert len({len(row) for row in rows}) == 1
    assert rows[0][:2] == ["type", "value"]


def test_timesketch_lines_have_what_it_asks_for(case: Case) -> None:
    lines = [json.loads(line) for line in render(case, "timesketch", load()).splitlines()]
    assert lines
    assert all({"message", "datetime", "timestamp_desc"} <= line.keys() for line in lines)
    assert [line["datetime"] for line in lines] == sorted(line["datetime"] for line in lines)


def test_what_was_withheld_leaves_no_empty_fields_in_the_timeline(case: Case) -> None:
    for kept, names in ((case, {"host", "place"}), (without_internals(case), set())):
        lines = [json.loads(line) for line in render(kept, "timesketch", load()).splitlines()]
        sightings = [line for line in lines if "rule" in line]
        assert sightings
        assert all({"host", "place"} & line.keys() == names for line in sightings)
        assert all(value != "" for line in lines for value in line.values())
