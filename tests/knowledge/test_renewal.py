"""One command takes newer sources: a new group, a new tool and a renamed group are recognised, weighed and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.knowledge.library import PACKAGED, Knowledge
from indicia.knowledge.resolve import Spellings
from indicia.knowledge.updating import changes, update
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids
from tests.knowledge.test_building import bundle, put, relation, stix

TECHNIQUES = [f"T20{number:02}" for number in range(12)]


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("renewed")
    cited = [{"source_name": "Example 2026", "description": "Someone. (2026, November 1). X. Retrieved November 2, 2026."}]
    phase = [{"kill_chain_name": "mitre-attack", "phase_name": "execution"}]
    made = [stix("attack-pattern", id, f"Way {id}", kill_chain_phases=phase) for id in TECHNIQUES]
    group = stix("intrusion-set", "G9001", "Velvet Kestrel", aliases=["Velvet Kestrel", "UNC7777"])
    group["description"] = "Velvet Kestrel is an Iran-nexus group that has conducted espionage since 2025."
    made += [group, stix("malware", "S9001", "QuartzLadle", x_mitre_aliases=["QuartzLadle", "Quartz Spoon"])]
    made += [stix("intrusion-set", "G0133", "Dust Marten", aliases=["Dust Marten"])]  # Nomadic Octopus before
    users = {"intrusion-set--G9001": [*TECHNIQUES, "S9001"], "intrusion-set--G0001": TECHNIQUES[:4]}
    for user, targets in users.items():
        for target in targets:
            kind = "malware" if target.startswith("S") else "attack-pattern"
            made.append(relation("uses", user, f"{kind}--{target}", external_references=cited))
    galaxy = {
        "name": "Threat Actor",
        "type": "threat-actor",
        "version": 999,
        "values": [{"value": "Crimson Plover", "meta": {"country": "CN", "synonyms": ["TEMP.Plover"]}}],
    }
    out = folder / "out"
    update([put(folder, "enterprise-attack-99.9.json", bundle(*made)), put(folder, "threat-actor.json", galaxy)], out)
    return Knowledge((out, PACKAGED))


def test_the_reader_recognises_them(renewed: Knowledge) -> None:
    text = "Velvet Kestrel, also UNC7777, used QuartzLadle. Dust Marten, once Nomadic Octopus, and Crimson Plover did not."
    found = {one.span.text: one.target for one in find_names(document_from_text(text, name="a"), renewed)}
    assert found["Velvet Kestrel"] == found["UNC7777"] == "G9001"
    assert found["QuartzLadle"] == "S9001"
    assert found["Dust Marten"] == found["Nomadic Octopus"] == "G0133"
    assert found["Crimson Plover"] == "actor:crimson-plover"


def test_what_changed_is_listed(renewed: Knowledge) -> None:
    lines = changes(Knowledge((PACKAGED,)), renewed)
    assert any(line.startswith("new groups: ") and "Velvet Kestrel (G9001)" in line for line in lines)
    assert any(line.startswith("renamed: ") and "Nomadic Octopus is Dust Marten (G0133)" in line for line in lines)
    assert "new software: QuartzLadle (S9001)" in lines
    assert any("Crimson Plover (actor:crimson-plover)" in line for line in lines)
    assert changes(renewed, renewed) == ()


def test_their_states_come_from_the_sources(renewed: Knowledge) -> None:
    assert renewed.state_of("G9001") == "IR" and renewed.state_of("actor:crimson-plover") == "CN"
    before = {actor.id for actor in Knowledge((PACKAGED,)).actors}
    assert {actor.id for actor in renewed.actors} - before >= {"G9001", "actor:crimson-plover"}
    assert not any(row.version == "99.9" and row.file == "malware.json" for row in renewed.provenance)


def test_they_are_weighed_and_named(renewed: Knowledge) -> None:
    found = weigh(from_ids(TECHNIQUES[4:], ["quartz-ladle"], knowledge=renewed), renewed).observed
    assert [one.name for one in found.fits] == ["Velvet Kestrel"]


def test_spellings_lead_to_one_or_tell_of_all(tmp_path: Path) -> None:
    known = Knowledge((PACKAGED,))
    software = Spellings(known.attack.software)
    for text in ("RokRAT", "rok-rat", "ROKRAT malware", "Rok RAT"):
        assert software.ids(text) == ("S0240",)
    assert software.ids("Mimikatz") == ("S0002",) and software.ids("nothing at all") == ()
    assert all(len(ids) > 1 for ids in software.collisions().values())
    assert len(software.ids("DnsMessenger")) == 2
