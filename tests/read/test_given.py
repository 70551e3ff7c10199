"""One advisory in several forms says the same, each mention with its provenance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.records import Context, Mention, MentionKind

IDS = ("T1190", "T1505.003", "T1059.001", "T1003.001")
LAYER = {
    "name": "Advisory",
    "versions": {"layer": "4.5", "attack": "8"},
    "domain": "enterprise-attack",
    "techniques": [{"techniqueID": id, "score": 1} for id in ("T1190", "T1505.003", "T1086", "T1003.001")],
}
BUNDLE = {
    "type": "bundle",
    "id": "bundle--1",
    "objects": [
        {"type": "attack-pattern", "name": id, "external_references": [{"source_name": "mitre-attack", "external_id": id}]}
        for id in IDS
    ]
    + [{"type": "malware", "name": "PlugX"}, {"type": "intrusion-set", "name": "Turla Group"}],
}
PROSE = """Advisory on a campaign

The actors exploited a vulnerability in a public-facing web server (T1190) and dropped a web shell [T1505.003].
They ran PowerShell scripts (T1059.001) and dumped credentials from LSASS memory (T1003.001).
Defenders should not confuse this with T1566, of which there was no evidence.

Tactic\tTechnique\tUse
Initial Access\tExploit Public-Facing Application [T1190]\tThe actors exploited a flaw in the server.
"""
FORMS = {"layer.json": json.dumps(LAYER), "bundle.json": json.dumps(BUNDLE), "advisory.txt": PROSE}


def read(folder: Path, name: str) -> tuple[Mention, ...]:
    path = folder / name
    path.write_text(FORMS[name])
    (document,), _, mentions, _ = read_sources([str(path)], load())
    for mention in mentions:
        assert document.text[mention.span.start : mention.span.end] == mention.span.text
    return mentions


@pytest.mark.parametrize("name", FORMS)
def test_layer_bundle_and_prose_give_the_same_techniques(tmp_path: Path, name: str) -> None:
    techniques = [m for m in read(tmp_path, name) if m.kind is MentionKind.TECHNIQUE and m.context is Context.STATED]
    assert {m.target for m in techniques} == set(IDS)
    for mention in techniques:
        assert mention.method in {"navigator", "stix", "id", "name", "prose"}
        if mention.method in {"navigator", "stix", "id"}:  # the place is the id as the file has it, a revoked one as well
            assert mention.span.text == mention.value or mention.span.text in mention.reason


def test_techniques_without_a_reference_go_by_their_names(tmp_path: Path) -> None:
    names = ("Exploit Public-Facing Application", "Spearphishing Attachment", "T1059.001 - PowerShell", "Something of our own")
    objects = [{"type": "attack-pattern", "name": name} for name in names]
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--2", "objects": objects}))
    _, _, mentions, _ = read_sources([str(path)], load())
    assert [(m.target, m.span.text) for m in mentions] == [("T1190", names[0]), (None, names[1]), ("T1059.001", "T1059.001")]
    assert {candidate.id for candidate in mentions[1].candidates} == {"T1566.001", "T1598.002"}


def test_names_that_a_bundle_states_have_their_ids(tmp_path: Path) -> None:
    found = {m.value: m.target for m in read(tmp_path, "bundle.json") if m.kind is not MentionKind.TECHNIQUE}
    assert found == {"PlugX": "S0013", "Turla Group": "G0010"}
