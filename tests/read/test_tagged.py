"""What MISP events say by their galaxies is their maker's word; what is not read of a file is said, kind by kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.records import Claim, Confidence, Firmness, Problem, SourceType, Stance

UUID = "00000000-0000-4000-8000-000000000001"
SOFACY = 'misp-galaxy:threat-actor="Sofacy"'
SAME = 'misp-galaxy:mitre-intrusion-set="APT28 - G0007"'
SURE = 'estimative-language:confidence-in-analytic-judgment="high"'


def event(*tags: str, **fields: Any) -> dict[str, Any]:
    address = {"type": "ip-dst", "value": "198.51.100.9", "to_ids": True}
    made = {
        "uuid": "00000000-0000-4000-8000-000000000001",
        "info": "Example report",
        "date": "2023-05-04",
        "Attribute": [address],
    }
    return {"Event": made | {"Orgc": {"name": "Example Firm"}, "Tag": [{"name": tag} for tag in tags]} | fields}


def read(folder: Path, **files: Any) -> tuple[tuple[Claim, ...], tuple[Problem, ...], list[str]]:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    documents, claims, _, problems = read_sources([str(folder)], load())
    for claim in claims:
        text = next(one.text for one in documents if one.id == claim.quote.document)
        assert all(text[span.start : span.end] == span.text for span in claim.spans())
    return claims, problems, [Path(one.name).name for one in documents]


def test_an_actor_that_an_event_is_tagged_with_is_accused_by_its_maker(tmp_path: Path) -> None:
    (claim,), problems, _ = read(tmp_path, one=event(SOFACY, SAME, SURE))
    assert not problems
    assert claim.source.party is not None
    assert claim.accused.party is not None
    assert claim.deed is not None
    assert (claim.source.party.canonical, claim.source.type) == ("Example Firm", SourceType.COMPANY)
    assert (claim.accused.party.canonical, claim.stance, claim.date) == ("Sofacy", Stance.ACCUSES, "2023-05-04")
    assert (claim.deed.firmness, claim.deed.confidence) == (Firmness.HIGH, Confidence.HIGH)
    assert (claim.incident, claim.cues) == ("Example report", ("misp:threat-actor",))


@pytest.mark.parametrize("tag", ['misp-galaxy:ransomware="Ryuk"', "tlp:clear", 'misp-galaxy:country="russia"'])
def test_other_tags_accuse_nobody(tmp_path: Path, tag: str) -> None:
    assert read(tmp_path, one=event(tag))[0] == ()


def test_a_tag_of_one_attribute_is_no_word_on_the_whole(tmp_path: Path) -> None:
    alone = {"type": "ip-dst", "value": "198.51.100.9", "Tag": [{"name": SOFACY}]}
    assert read(tmp_path, one=event(Attribute=[alone]))[0] == ()


def test_what_is_not_read_of_an_event_is_said(tmp_path: Path) -> None:
    values = [{"type": kind, "value": kind} for kind in ("text", "text", "pdb", "regkey")]
    _, (problem,), _ = read(tmp_path, one=event('misp-galaxy:country="russia"', Attribute=values))
    assert problem.what == "parts of these kinds are not read: attribute text (2), attribute pdb (1), galaxy country (1)"
    assert problem.count == 4


def test_what_is_left_of_an_event_is_said_and_what_was_deleted_is_not_read(tmp_path: Path) -> None:
    values = [
        {"type": "regkey|value", "value": "HKLM\\Software\\Example|run", "Sighting": [{"type": "0"}]},
        {"type": "ip-dst|port", "value": "198.51.100.9|443", "deleted": True},
        {"type": "domain", "value": "gone.example.org", "deleted": "1"},
    ]
    proposed = [{"type": "domain", "value": "proposed.example.org"}]
    _, (problem,), _ = read(tmp_path, one=event(Attribute=values, ShadowAttribute=proposed))
    assert problem.what == (
        "parts of these kinds are not read: deleted attribute (2), a part of attribute regkey|value (1), "
        "proposed attribute (1), sighting (1)"
    )


def test_tables_of_actors_of_an_organisation_are_tables_of_actors(tmp_path: Path) -> None:
    (claim,), _, _ = read(tmp_path, one=event('misp-galaxy:example-threat-actor="Sofacy"'))
    assert claim.accused.party is not None and claim.accused.party.canonical == "Sofacy"


def test_reports_of_an_event_are_texts_of_their_own(tmp_path: Path) -> None:
    report = {
        "name": "What we saw",
        "content": "# What we saw\n\nMicrosoft attributes the attack to HAFNIUM with high confidence.",
    }
    claims, _, documents = read(tmp_path, one=event(EventReport=[report]))
    assert documents == ["one.json", "one.json!What we saw.md"]
    assert [claim.accused.party.canonical for claim in claims if claim.accused.party] == ["HAFNIUM"]


def test_a_feed_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "hashes.csv").write_text(f"{'0' * 32},{UUID}\n", "utf-8")
    claims, problems, documents = read(tmp_path, manifest={UUID: {"info": "Example report", "Orgc": {}}}, one=event(SOFACY))
    assert len(claims) == 1
    assert documents == ["one.json"]
    assert {Path(problem.where).name: problem.severity.value for problem in problems} == {
        "hashes.csv": "note",
        "manifest.json": "note",
    }


def test_what_is_not_read_of_a_bundle_is_said(tmp_path: Path) -> None:
    def made(kind: str, number: int, **fields: Any) -> dict[str, Any]:
        return {"type": kind, "id": f"{kind}--00000000-0000-4000-8000-{number:012d}", **fields}

    group, tool = made("intrusion-set", 1, name="Group One"), made("tool", 2, name="cmd")
    uses = made("relationship", 3, relationship_type="uses", source_ref=group["id"], target_ref=tool["id"])
    objects = [group, tool, uses, made("course-of-action", 4, name="x"), made("identity", 5, name="y")]
    _, (problem,), _ = read(tmp_path, one={"type": "bundle", "objects": objects})
    assert problem.what == "objects of these kinds are not read: course-of-action (1), relationship uses (1)"


def test_a_quote_is_a_sentence_and_no_tag(tmp_path: Path) -> None:
    (claim,), _, _ = read(tmp_path, one=event(SOFACY, SURE))
    assert claim.quote.text == "Example Firm tags the event “Example report” with the actor Sofacy (high confidence)."


def test_an_event_without_its_wrapping_and_an_answer_to_a_search_are_events(tmp_path: Path) -> None:
    whole = event(SOFACY)
    bare = {name: value for name, value in whole["Event"].items() if name != "Attribute"}
    claims, _, _ = read(tmp_path, bare=bare, answer={"response": [whole]}, many=[whole])
    assert {claim.accused.party.canonical for claim in claims if claim.accused.party} == {"Sofacy"}
    assert len(claims) == 2, "the answer and the list hold one and the same event"


def test_a_cluster_that_is_only_a_number_has_the_name_that_comes_with_it(tmp_path: Path) -> None:
    tag = f'misp-galaxy:example-threat-actor="{UUID}"'
    galaxy = {"GalaxyCluster": [{"tag_name": tag, "value": "Example Bear"}]}
    (claim,), _, _ = read(tmp_path, one=event(tag) | {"Event": event(tag)["Event"] | {"Galaxy": [galaxy]}})
    assert claim.accused.party is not None and claim.accused.party.canonical == "Example Bear"
    assert read(tmp_path, one=event(tag))[0] == ()


def test_descriptions_of_a_bundle_are_prose(tmp_path: Path) -> None:
    said = "Microsoft attributes the attack on Kestrel Ports to HAFNIUM with high confidence."
    report = {"type": "report", "id": f"report--{UUID}", "name": "Ports", "description": said, "published": "2024-05-02"}
    (claim,), problems, _ = read(tmp_path, one={"type": "bundle", "objects": [report]})
    assert (claim.quote.text, problems) == (said, ())
