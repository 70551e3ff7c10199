"""Loading: lazy, quick, precedence of the user's files, and clear words where a file is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from indicia.errors import KnowledgeError
from indicia.knowledge import Knowledge, load
from indicia.knowledge.library import PACKAGED
from indicia.knowledge.names import all_names, is_exact, is_risky
from indicia.knowledge.tables import Provenance
from indicia.records import MentionKind


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load(PACKAGED)


def test_all_names_are_there() -> None:
    assert sum(1 for _ in Knowledge((PACKAGED,)).names()) > 10_000


def test_load_is_cached() -> None:
    assert load(PACKAGED) is load(PACKAGED)


def test_every_data_file_has_provenance(known: Knowledge) -> None:
    files = {path.name for path in PACKAGED.glob("*.json")} - {"provenance.json"}
    assert {row.file for row in known.provenance} == files
    for row in known.provenance:
        assert row.source and row.licence and row.rows > 0


def test_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in PACKAGED.iterdir()) < 6_000_000


def test_users_file_takes_precedence(tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "kev.json").write_text(
        '[{"cve":"CVE-2030-0001","vendor":"V","product":"P","name":"N","added":"2030-01-01","due":"2030-02-01"}]', "utf-8"
    )
    row = Provenance(file="kev.json", source="test", version="9", date="2030-01-01", licence="CC0-1.0", rows=1)
    (newer / "provenance.json").write_bytes(msgspec.json.encode([row]))
    both = Knowledge((newer, PACKAGED))
    assert [entry.cve for entry in both.kev] == ["CVE-2030-0001"]
    assert len(both.nist) == len(load(PACKAGED).nist)
    assert [p.version for p in both.provenance if p.file == "kev.json"] == ["9"]
    assert any(p.file == "nist.json" for p in both.provenance)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no kev.json"):
        _ = Knowledge((tmp_path,)).kev


@pytest.mark.parametrize("text", ["", "[", '{"no": "list"}', '[{"cve": 1}]', "\x00\xff"])
def test_broken_file_is_named(tmp_path: Path, text: str) -> None:
    shutil.copy(PACKAGED / "nist.json", tmp_path)
    (tmp_path / "kev.json").write_text(text, "utf-8")
    broken = Knowledge((tmp_path,))
    with pytest.raises(KnowledgeError, match=r"kev\.json") as raised:
        _ = broken.kev
    assert "update" in str(raised.value)
    assert len(broken.nist) > 100  # the others go on


def test_names_are_unique_and_lead_back(known: Knowledge) -> None:
    names = list(known.names())
    keys = [(name.surface, name.kind, name.id) for name in names]
    assert len(keys) == len(set(keys))
    tables = {
        MentionKind.TECHNIQUE: known.attack.techniques,
        MentionKind.CAMPAIGN: known.attack.campaigns,
        MentionKind.ACTOR: known.actors,
        MentionKind.STATE: known.states,
        MentionKind.AGENCY: known.agencies,
        MentionKind.VENDOR: known.vendors,
        MentionKind.SECTOR: known.sectors,
        MentionKind.INCIDENT: known.incidents,
    }
    assert {name.kind for name in names} == {*tables, MentionKind.SOFTWARE}
    for name in names:
        assert name.surface == name.surface.strip() != ""
        if name.kind in tables:
            assert tables[name.kind].get(name.id) is not None, name
        else:
            assert known.attack.software.get(name.id) or known.malware.get(name.id), name


@pytest.mark.parametrize(
    ("surface", "exact", "risky"),
    [("US", True, True), ("CISA", True, False), ("Play", False, True), ("HAFNIUM", False, False), ("Net", True, True)],
)
def test_flags_of_names(surface: str, exact: bool, risky: bool) -> None:
    assert (is_exact(surface), is_risky(surface)) == (exact, risky)


def test_names_of_nothing() -> None:
    assert list(all_names()) == []


def test_the_page_tells_the_true_numbers(known: Knowledge) -> None:
    page = (PACKAGED.parents[3] / "docs" / "knowledge.md").read_text("utf-8")
    lines = [[cell.strip() for cell in line.split("|")] for line in page.splitlines()]
    rows = {cells[2]: cells[3] for cells in lines if len(cells) > 5}
    for table in ("actors", "malware", "states", "agencies", "offices", "vendors", "sectors", "incidents", "kev"):
        stated = rows[f"{table}.json"].split(" ")[0]
        assert stated == f"{len(getattr(known, table)):,}", f"docs/knowledge.md: {table}"
