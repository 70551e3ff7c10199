"""Values that a Windows event has in two spellings are found in both, through the compiled rule."""

from __future__ import annotations

import pytest
import yaml

from indicia.hunt.match.reference import matches
from indicia.hunt.rules.sigma import compile_documents

RULE = """
title: t
logsource: {product: windows, service: security}
detection:
  asked: {EventID: 5145, %s}
  condition: asked
"""


@pytest.mark.parametrize(
    ("asked", "event", "found"),
    [
        ("AccessList|contains: 'WriteData'", {"AccessList": "%%4416\r\n\t\t\t\t%%4417"}, True),
        ("AccessList|contains: 'WriteData'", {"AccessList": "ReadData (or ListDirectory) WriteData (or AddFile)"}, True),
        ("AccessList|contains: 'WriteData'", {"AccessList": "%%4416"}, False),
        ("AccessList|contains: '%%4484'", {"AccessList": "Read from process memory"}, True),
        ("AccessList|contains: 'EA'", {"AccessList": "%%4419"}, False),  # too short to mean one right
        ("ShareName: 'Admin$'", {"ShareName": "\\\\*\\ADMIN$"}, True),
        ("ShareName: 'Admin$'", {"ShareName": "\\\\*\\C$"}, False),
    ],
)
def test_a_value_is_found_in_both_spellings(asked: str, event: dict[str, str], found: bool) -> None:
    (rule,) = compile_documents([("r", [yaml.safe_load(RULE % asked)])]).rules
    whole = {"Channel": "Security", "EventID": "5145", **event}
    assert found is any(
        source.family == "windows" and matches(source.guard, whole) and matches(source.condition or rule.condition, whole)
        for source in rule.sources
    )
