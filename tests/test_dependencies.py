"""The page on dependencies is as the lock file and the metadata of the packages say; no licence binds what uses a package."""

from __future__ import annotations

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
