"""SECURITY.md names a test for each of its promises, and each is there."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from tests.script_files import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests|docs|requirements)/[\w./]+)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there_and_tests_something(name: str) -> None:
    path = ROOT / name
    files = [path] if path.is_file() else sorted(path.glob("test_*.py"))
    assert files, name
    if path.suffix == ".py" or path.is_dir():
        assert any("\ndef test_" in file.read_text("utf-8") for file in files), name


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(bench\.\w+)`", PAGE))))
def test_what_is_measured_can_be_run(name: str) -> None:
    assert find_spec(name) is not None


@pytest.mark.parametrize(
    "part", ["Reporting", "Embargo", "Advisory", "Safe harbour", "How to verify a release", "MCP", "Spark"]
)
def test_no_part_is_lacking(part: str) -> None:
    assert part in PAGE
