"""What a person says of a result: rules that do not count, the time that matters, machines and programs of one's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indicia.errors import UsageError
from indicia.hunt import hunt
from indicia.hunt.tuning import Tuning, read_time, read_tuning, tuned
from indicia.records import Hunt, HuntVerdict, RuleLevel

RULE = """title: An account was made
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection:
  s: {CommandLine|contains: "net user"}
  condition: s
level: high
"""


@pytest.fixture
def found(tmp_path: Path) -> Hunt:
    records = [
        {
            "Event": {
                "System": {
                    "EventID": 1,
                    "Channel": "Microsoft-Windows-Sysmon/Operational",
                    "Computer": f"WS{number}",
                    "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-0{number}T10:00:00Z"}},
                },
                "EventData": {
                    "CommandLine": f"net user eve{number} /add",
                    "Image": "C:\\Windows\\System32\\net.exe",
                    "ParentImage": "C:\\Monitor\\agent.exe" if number == 1 else "C:\\Windows\\System32\\cmd.exe",
                    "User": f"CORP\\u{number}",
                },
            }
        }
        for number in (1, 2, 3)
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "r.yml").write_text(RULE)
    return hunt([tmp_path / "x.jsonl"], rules=[tmp_path / "r.yml"], builtin=False)


@pytest.mark.parametrize(
    ("text", "loud", "note"),
    [
        ("not: [an account WAS made]", 0, "sightings of 1 rules"),
        ("not: [00000000-0000-4000-8000-000000000001]", 0, "sightings of 1 rules"),
        ("since: 2026-03-02", 2, "outside of the time"),
        ("until: 2026-03-02", 2, "outside of the time"),
        ("{since: 2026-03-02, until: 2026-03-02}", 1, "outside of the time"),
        ("own: [{name: monitoring, programs: ['c:\\monitor\\*']}]", 2, "your own monitoring"),
        ("own: [{name: administrators, users: ['corp\\u2']}]", 2, "your own administrators"),
        ("own: [{name: build machines, hosts: ['ws3']}]", 2, "your own build machines"),
    ],
)
def test_what_does_not_count_is_left_out_and_told(text: str, loud: int, note: str, found: Hunt) -> None:
    told = tuned(found, read_tuning(text, "t.yml"))
    assert sum(sighting.level is RuleLevel.HIGH for sighting in told.sightings) == loud
    assert told.verdict is (HuntVerdict.SIGNS if loud else HuntVerdict.NOT_SEEN)
    assert [note in problem.what for problem in told.problems] == [True]
    assert sum(problem.count for problem in told.problems) == 3 - loud
    assert {identity for chain in told.chains for identity in chain.sightings} <= {sighting.id for sighting in told.sightings}


def test_own_addresses_are_networks() -> None:
    tuning = read_tuning("own: [{name: scanner, addresses: [192.0.2.0/28, '2001:db8::/32']}]", "t.yml")
    assert tuning.own[0].addresses == ("192.0.2.0/28", "2001:db8::/32")


def test_nothing_said_changes_nothing(found: Hunt) -> None:
    assert tuned(found, Tuning()) is found


@pytest.mark.parametrize(
    "text", ["[", "x: 1", "- a", "not: 1", "own: [{name: x}]", "own: [{name: x, addresses: [a]}]", "since: soon"]
)
def test_a_tuning_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_tuning(text, "t.yml")


def test_a_day_ends_at_its_end() -> None:
    assert read_time("2026-03-02", end=True) > datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    assert read_time("2026-03-02T12:00:00+02:00") == datetime(2026, 3, 2, 10, tzinfo=UTC)
