"""The page on dependencies is as the lock file and the metadata of the packages say; no licence binds what uses a package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.script_files import ROOT, script

DEPENDENCIES = script("dependencies")
ROWS = DEPENDENCIES.rows()
PAGE = (ROOT / "docs" / "dependencies.md").read_text("utf-8")


def test_the_page_is_as_the_lock_file_says() -> None:
    told = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| Package")]
    assert [(cells[0].removeprefix("| "), cells[1], int(cells[5])) for cells in told] == [
        (row.name, row.versions, row.hashes) for row in ROWS
    ], "write it anew: python scripts/dependencies.py"


@pytest.mark.parametrize("row", [row for row in ROWS if row.licence], ids=lambda row: row.name)
def test_a_licence_is_known_told_and_binds_nobody(row: object) -> None:
    assert isinstance(row, DEPENDENCIES.Row)
    assert f"| {row.name} | {row.versions} | {row.licence} | {row.kind} |" in PAGE
    assert row.kind == "permissive" or (row.kind == "weak copyleft" and row.name in DEPENDENCIES.WHY_WEAK)


def test_every_package_is_bound_by_hashes() -> None:
    assert [row.name for row in ROWS if not row.hashes] == []


@pytest.mark.parametrize(
    ("version", "events", "affected"),
    [
        ("2.0.6", [{"introduced": "2.0.0"}, {"fixed": "2.0.7"}, {"introduced": "0"}, {"fixed": "1.26.18"}], True),
        ("2.0.7", [{"introduced": "2.0.0"}, {"fixed": "2.0.7"}, {"introduced": "0"}, {"fixed": "1.26.18"}], False),
        ("1.26.17", [{"introduced": "2.0.0"}, {"fixed": "2.0.7"}, {"introduced": "0"}, {"fixed": "1.26.18"}], True),
        ("3.0", [{"introduced": "0"}, {"last_affected": "3.0"}], True),
        ("3.1", [{"introduced": "0"}, {"last_affected": "3.0"}], False),
        ("9.9", [{"introduced": "0"}], True),
    ],
)
def test_an_advisory_is_about_the_versions_in_its_stretches(version: str, events: list[dict[str, str]], affected: bool) -> None:
    assert DEPENDENCIES._is_affected(version, {"ranges": [{"type": "ECOSYSTEM", "events": events}]}) is affected


@pytest.mark.parametrize(
    ("package", "alias", "today", "old", "code"),
    [
        ("jinja2", "CVE-2030-1", "2030-01-10", False, 1),
        ("jinja2", "CVE-2030-1", "2030-03-10", False, 2),
        ("jinja2", "CVE-2030-1", "2030-03-10", True, 1),
        ("diskcache", "CVE-2025-69872", "2030-01-10", False, 0),
        ("diskcache", "CVE-2030-1", "2030-01-10", False, 1),
        ("nothing-of-ours", "CVE-2030-1", "2030-01-10", False, 0),
    ],
)
def test_only_a_fresh_database_clears_what_is_locked(
    package: str, alias: str, today: str, old: bool, code: int, tmp_path: Path
) -> None:
    stretch = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}
    affected = {"package": {"ecosystem": "PyPI", "name": package}, "ranges": [stretch]}
    advisory = {"id": "PYSEC-1", "aliases": [alias], "modified": "2030-01-02T00:00:00Z", "affected": [affected]}
    slip = {**advisory, "id": "PYSEC-2", "modified": "2031-01-02T00:00:00Z", "affected": []}
    (tmp_path / "a.json").write_text(json.dumps(advisory))
    (tmp_path / "b.json").write_text(json.dumps(slip | {"summary": "PyPI"}))
    assert DEPENDENCIES.told(tmp_path, date.fromisoformat(today), old=old) == code


def test_the_bill_of_a_release_has_licences_and_edges() -> None:
    """Of the shape that cyclonedx_py gives; which packages ask for which is as their own metadata says."""
    parts = [{"bom-ref": f"ref-{row.name}", "name": row.name} for row in ROWS]
    bill = DEPENDENCIES.completed({"metadata": {"component": {"bom-ref": "root"}}, "components": parts})
    assert all(part["licenses"][0]["license"]["name"] for part in bill["components"])
    optional = {part["name"]: part["properties"][0]["value"] for part in bill["components"] if part.get("scope") == "optional"}
    assert {name: optional[name] for name in ("pyspark", "mcp", "typst")} == {"pyspark": "spark", "mcp": "mcp", "typst": "pdf"}
    assert "pysigma" not in optional
    edges = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert edges.keys() == {"root", *(part["bom-ref"] for part in parts)}
    assert "ref-diskcache" in edges["ref-pysigma"] and {"ref-pysigma", "ref-pyspark", "ref-mcp"} <= set(edges["root"])
    assert edges["ref-markupsafe"] == [] and "ref-markupsafe" in edges["ref-jinja2"]


USED = """
import sys
from pathlib import Path
from indicia.hunt.run import hunt
from indicia.advise.hunts import *
import sigma.backends.splunk, sigma.backends.kusto, sigma.backends.elasticsearch
result = hunt([Path(sys.argv[1])], rules=[Path(sys.argv[2])], jobs=1)
assert result.rules
sys.exit(sum(name.partition(".")[0] == "diskcache" or name.startswith("sigma.data") for name in sys.modules))
"""


def test_what_the_advisory_on_diskcache_is_about_is_never_loaded(tmp_path: Path) -> None:
    (tmp_path / "u_ex.log").write_text("#Fields: date time cs-method cs-uri-stem c-ip\n2021-03-03 06:00:00 GET /x 192.0.2.7\n")
    (tmp_path / "r.yml").write_text(
        "title: r\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {category: webserver}\n"
        "detection: {s: {cs-uri-stem: /x}, condition: s}\ntags: [attack.t1190, d3fend.d3-fa]\nlevel: high\n"
    )
    command = [sys.executable, "-c", USED, str(tmp_path / "u_ex.log"), str(tmp_path / "r.yml")]
    env = {**os.environ, "INDICIA_CACHE": str(tmp_path / "cache")}
    assert subprocess.run(command, env=env, timeout=120).returncode == 0
    assert "CVE-2025-69872" in PAGE
