"""Building and updating: the same bytes from the same files, and nothing half-done from bad ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from indicia.errors import FormatError, IndiciaError, InputError, LimitError
from indicia.knowledge import Knowledge, update
from indicia.knowledge.attack_bundle import parse_release, read_limited
from indicia.knowledge.catalogues import parse_kev
from indicia.knowledge.families import Titles, clean, is_common
from indicia.knowledge.library import PACKAGED
from indicia.knowledge.tables import Actor, Alias, KevEntry
from indicia.knowledge.updating import Kind, encode, kind_of
from scripts.build_knowledge import build, is_generic
from scripts.knowledge import own
from tests.shared import shared


def stix(kind: str, number: str, name: str, **more: Any) -> dict[str, Any]:
    reference = {"source_name": "mitre-attack", "external_id": number}
    return {"type": kind, "id": f"{kind}--{number}", "name": name, "external_references": [reference], **more}


def relation(kind: str, source: str, target: str, **more: Any) -> dict[str, Any]:
    ends = {"source_ref": source, "target_ref": target, "relationship_type": kind}
    return {"type": "relationship", "id": f"relationship--{source}{target}", **ends, **more}


def bundle(*more: dict[str, Any]) -> dict[str, Any]:
    phase = [{"kill_chain_name": "mitre-attack", "phase_name": "execution"}]
    cited = [{"source_name": "Report May 2020", "description": "Someone. (n.d.). X. Retrieved June 3, 2021."}]
    return {
        "type": "bundle",
        "objects": [
            stix("x-mitre-tactic", "TA0002", "Execution", x_mitre_shortname="execution"),
            stix("attack-pattern", "T1000", "Old", kill_chain_phases=phase, revoked=True),
            stix("attack-pattern", "T1001", "Middle", kill_chain_phases=phase, revoked=True),
            stix("attack-pattern", "T1002", "New", kill_chain_phases=phase, description="A sentence that must not be kept."),
            stix("attack-pattern", "T1003", "Withdrawn", kill_chain_phases=phase, x_mitre_deprecated=True),
            stix("intrusion-set", "G0001", "Group", aliases=["Group", "Band"]),
            relation("revoked-by", "attack-pattern--T1000", "attack-pattern--T1001"),
            relation("revoked-by", "attack-pattern--T1001", "attack-pattern--T1002"),
            relation("uses", "intrusion-set--G0001", "attack-pattern--T1002", external_references=cited),
            relation("uses", "intrusion-set--G0001", "attack-pattern--T1003"),
            relation("uses", "intrusion-set--G0001", "attack-pattern--nowhere"),
            *more,
        ],
    }


def put(folder: Path, name: str, value: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_small_release(tmp_path: Path) -> None:
    tables = parse_release(put(tmp_path, "enterprise-attack-99.9.json", bundle()))
    assert tables.version == "99.9"
    assert [row.id for row in tables.techniques] == ["T1002"]
    assert tables.revoked == {"T1000": "T1002", "T1001": "T1002"}
    assert tables.deprecated == ("T1003",)
    assert [(use.source, use.target, use.citations) for use in tables.uses] == [("G0001", "T1002", ("Report May 2020",))]
    assert [(c.date, c.retrieved) for c in tables.citations] == [("2020-05", "2021-06-03")]
    assert tables.groups[0].aliases == ("Band",)
    assert b"sentence" not in encode(tables)


def test_successors_in_a_circle_end(tmp_path: Path) -> None:
    circle = (
        stix("attack-pattern", "T2000", "A", revoked=True),
        stix("attack-pattern", "T2001", "B", revoked=True),
        relation("revoked-by", "attack-pattern--T2000", "attack-pattern--T2001"),
        relation("revoked-by", "attack-pattern--T2001", "attack-pattern--T2000"),
    )
    tables = parse_release(put(tmp_path, "attack-1.0.json", bundle(*circle)))
    assert all(id in {"T1002"} for id in tables.revoked.values())


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FormatError),
        (b"\x00\x01\x02", FormatError),
        (b"{}", FormatError),
        (b'{"objects": 1}', FormatError),
        (b'{"objects": [{"type": "indicator"}]}', FormatError),
        (b"\x1f\x8bnot really gzip", InputError),
        (gzip.compress(b'{"objects": []}')[:-9], InputError),
        (b'{"objects":' + b"[" * 100_000, FormatError),
    ],
    ids=["empty", "binary", "no objects", "no list", "not ATT&CK", "bad gzip", "cut gzip", "deep"],
)
def test_bad_releases_are_named(tmp_path: Path, content: bytes, error: type[IndiciaError]) -> None:
    path = tmp_path / "attack.json"
    path.write_bytes(content)
    with pytest.raises(error) as raised:
        parse_release(path)
    assert str(path) in str(raised.value)


def test_missing_file() -> None:
    with pytest.raises(InputError, match="no such file"):
        parse_release("no/such/file.json")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 5_000_000))
    with pytest.raises(LimitError):
        read_limited(path, 1_000_000)


KEV = {
    "catalogVersion": "2030.01.01",
    "dateReleased": "2030-01-01T00:00:00Z",
    "vulnerabilities": [
        {
            "cveID": "CVE-2021-26855",
            "vendorProject": "Microsoft",
            "product": "Exchange Server",
            "vulnerabilityName": "Exchange",
            "dateAdded": "2021-11-03",
            "dueDate": "2021-04-16",
            "knownRansomwareCampaignUse": "Known",
        },
        {
            "cveID": "CVE-2030-0001",
            "vendorProject": " V ",
            "product": "P",
            "vulnerabilityName": "N",
            "dateAdded": "2030-01-01",
            "dueDate": "2030-02-01",
        },
    ],
}


def test_update_takes_precedence_and_keeps_the_rest(tmp_path: Path) -> None:
    out = tmp_path / "knowledge"
    said: list[str] = []
    written = update([put(tmp_path, "kev.json", KEV)], out, progress=lambda label, done, total: said.append(label))
    assert {row.file for row in written} == {"kev.json"} and said
    known = Knowledge((out, PACKAGED))
    assert [row.cve for row in known.kev] == ["CVE-2021-26855", "CVE-2030-0001"]
    assert known.kev.rows[0].techniques == Knowledge((PACKAGED,)).kev.get("CVE-2021-26855").techniques  # type: ignore[union-attr]
    assert "2030.01.01" in {row.version for row in known.provenance if row.file == "kev.json"}
    update([put(tmp_path, "attack-99.9.json", bundle())], out)
    known = Knowledge((out, PACKAGED))
    assert known.attack.version == "99.9" and known.attack.current("T1000") == "T1002"
    assert known.attack.users_of("T1002")[0].citations == ("Report May 2020",)
    assert len(known.kev) == 2  # the first update is still there
    assert {row.file for row in known.provenance if row.version == "99.9"} == {
        "attack.json",
        "attack_uses.json",
        "attack_detections.json",
        "actors.json",
    }


def test_bad_file_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "knowledge"
    good, bad = put(tmp_path, "kev.json", KEV), put(tmp_path, "bad.json", {"objects": [{"type": "indicator"}]})
    with pytest.raises(FormatError):
        update([good, bad], out)
    assert not out.exists()


@pytest.mark.parametrize("value", [{"nothing": 1}, [], {"values": [], "type": "sector"}])
def test_unknown_kind_says_what_is_expected(tmp_path: Path, value: object) -> None:
    with pytest.raises(FormatError):
        update([put(tmp_path, "x.json", value)], tmp_path / "out")


def test_two_of_a_kind_and_none_at_all(tmp_path: Path) -> None:
    one, two = put(tmp_path, "1.json", KEV), put(tmp_path, "2.json", KEV)
    with pytest.raises(InputError, match="second file"):
        update([one, two], tmp_path / "out")
    with pytest.raises(InputError, match="no files"):
        update([], tmp_path / "out")


def test_encoding_is_one_row_a_line() -> None:
    row = KevEntry(cve="CVE-2030-0001", vendor="V", product="P", name="N", added="2030-01-01", due="2030-02-01")
    assert encode((row, row)).count(b"\n") == 4


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Cyclops Blink (ELF)", "Cyclops Blink"),
        ("Locky Ransomware", "Locky"),
        ("Unidentified 042", None),
        ("README.txt", None),
        ("a@b.example", None),
        ("AB", None),
    ],
)
def test_names_of_malware_are_cleaned(raw: str, name: str | None) -> None:
    assert clean(raw) == name


def test_common_and_generic_words() -> None:
    assert is_common("Hive") and not is_common("Conti")
    assert is_generic("Intelligence Directorate") and not is_generic("Tracfin")


def test_every_said_belonging_is_in_the_table() -> None:
    known = Knowledge((PACKAGED,))
    actors = {actor.id: actor for actor in known.actors} | {actor.name: actor for actor in known.actors}
    for key, (agency, who) in own.belongings().items():
        assert key in actors, key
        assert (actors[key].agency, actors[key].agency_according_to) == (agency, who), key


@pytest.mark.slow
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    shared("attack", "enterprise-attack-18.1.json.gz")
    build(shared("knowledge").parent, tmp_path)
    files = sorted(path.name for path in PACKAGED.glob("*.json"))
    assert sorted(path.name for path in tmp_path.glob("*.json")) == files
    versions = {row.version for row in Knowledge((PACKAGED,)).provenance if row.source == Kind.KEV}
    if versions != {parse_kev(shared("knowledge", "kev", "known_exploited_vulnerabilities.json"))[0]}:
        files = [name for name in files if name not in {"kev.json", "provenance.json"}]  # ours is newer than the shared one
    for name in files:
        assert (tmp_path / name).read_bytes() == (PACKAGED / name).read_bytes(), f"{name}: run scripts/build_knowledge.py"


@pytest.mark.slow
def test_update_from_the_official_files(tmp_path: Path) -> None:
    paths = [
        shared("attack", "enterprise-attack-17.1.json.gz"),
        shared("knowledge", "kev", "known_exploited_vulnerabilities.json"),
        *(
            shared("knowledge", "misp-galaxy", f"{name}.json")
            for name in ("mitre-d3fend", "threat-actor", "microsoft-activity-group", "malpedia", "ransomware")
        ),
        *shared("knowledge", "mappings").glob("*.json"),
    ]
    assert {kind_of(path) for path in paths} == set(Kind)
    update(paths, tmp_path)
    older, packaged = Knowledge((tmp_path, PACKAGED)), Knowledge((PACKAGED,))
    assert older.attack.version == "17.1"
    assert {row.cve for row in older.kev} == {row.cve for row in parse_kev(paths[1])[2]} <= {row.cve for row in packaged.kev}
    assert older.kev.get("CVE-2021-26855").techniques == packaged.kev.get("CVE-2021-26855").techniques  # type: ignore[union-attr]
    assert older.attack.group("G0125").state == "CN"  # type: ignore[union-attr]
    assert {actor.id for actor in older.actors} == {actor.id for actor in packaged.actors}  # nobody is made twice


def test_a_family_is_tied_to_whom_the_titles_of_two_publishers_name() -> None:
    names = (
        Alias(name="Fancy Group"),
        Alias(name="APT99"),
        Alias(name="Shared One", shared_with=("G0002",)),
        Alias(name="Ratty"),
    )
    titles = Titles([Actor(id="G0001", name="Fancy Group", aliases=names, group="G0001")], ["Ratty"])
    mine, theirs = "https://www.a.example/blog/apt-99-uses-x", "https://b.example/2024/fancygroup-again/"
    assert titles.groups([mine, theirs]) == ("G0001",)
    assert titles.groups([mine, mine + "/", "https://a.example/apt99"]) == ()  # one publisher
    assert titles.groups([mine, theirs], without={"a.example/blog/apt-99-uses-x"}) == ()
    assert titles.groups([mine, theirs, *(f"https://c.example/{at}" for at in range(7))]) == ()  # less than a quarter
    assert titles.groups(["https://a.example/shared-one-ratty", "https://b.example/shared-one-ratty"]) == ()
