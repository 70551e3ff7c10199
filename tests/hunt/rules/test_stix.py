"""Patterns of STIX on conduct are hunted as rules; what cannot be asked is refused with the reason, and never dropped."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from indicia.hunt.rules.stix import documents_in, is_bundle
from indicia.hunt.run import hunt

SYSMON = "Microsoft-Windows-Sysmon/Operational"


def bundle(*patterns: str, **more: Any) -> bytes:
    objects = [
        {"type": "indicator", "id": f"indicator--00000000-0000-4000-8000-{number:012}", "pattern": pattern, **more}
        for number, pattern in enumerate(patterns)
    ]
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}).encode()


def event(number: int, **data: str) -> dict[str, Any]:
    return {"Event": {"System": {"EventID": number, "Channel": SYSMON, "Computer": "WS1"}, "EventData": data}}


EVENTS = [
    event(1, Image="C:\\Windows\\System32\\rundll32.exe", CommandLine="rundll32 comsvcs.dll, MiniDump 624 C:\\x%y.dmp full"),
    event(1, Image="C:\\a\\mrundll32.exe", CommandLine="other"),
    event(13, TargetObject="HKLM\\System\\CurrentControlSet\\Services\\SafePrec\\Start", Details="DWORD (0x00000002)"),
    event(3, DestinationIp="198.51.100.7", DestinationPort="4444"),
    event(11, TargetFilename="C:\\Users\\Public\\run.ps1"),
]
REQUEST = '198.51.100.7 - - [01/Mar/2026:10:00:00 +0000] "POST /gate.php?id=1 HTTP/1.1" 200 5 "-" "Evil/1.0 (x)"'


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[process:command_line MATCHES 'comsvcs.*MiniDump']", ["x.jsonl:1"]),
        ("[process:command_line LIKE '%MiniDump%x%%y.dmp%']", ["x.jsonl:1"]),
        ("[process:name = 'rundll32.exe']", ["x.jsonl:1"]),
        ("[process:name = 'rundll32.exe' AND NOT process:command_line LIKE '%comsvcs%']", []),
        ("[process:name IN ('a.exe', 'mrundll32.exe') OR process:command_line = 'nothing']", ["x.jsonl:2"]),
        ("[windows-registry-key:key LIKE"
         " 'HKEY_LOCAL_MACHINE\\\\System\\\\CurrentControlSet\\\\Services\\\\SafePrec%' ]", ["x.jsonl:3"]),
        ("[windows-registry-key:key = 'HKLM\\\\SYSTEM\\\\CurrentControlSet\\\\Services\\\\SafePrec' AND"
         " windows-registry-key:values[*].name = 'Start']", ["x.jsonl:3"]),
        ("[network-traffic:dst_port = 4444 AND network-traffic:dst_ref.value = '198.51.100.7']", ["x.jsonl:4"]),
        ("[file:name = 'run.ps1' AND file:parent_directory_ref.path != 'C:\\\\Windows']", ["x.jsonl:5"]),
        ("[network-traffic:extensions.'http-request-ext'.request_value = '/gate.php']", ["a.log:1"]),
        ("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil/1.0 (x)']", ["a.log:1"]),
        ("([process:name = 'rundll32.exe']) OR [network-traffic:dst_port = 4444]", ["x.jsonl:1", "x.jsonl:4"]),
    ],
)  # fmt: skip
def test_conduct_is_hunted(pattern: str, found: list[str], tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "x.jsonl").write_text("".join(json.dumps(each) + "\n" for each in EVENTS))
    (logs / "a.log").write_text(REQUEST + "\n")
    (tmp_path / "b.json").write_bytes(bundle(pattern, name="what it is"))
    result = hunt([logs], rules=[tmp_path / "b.json"], builtin=False)
    assert not [run.skipped for run in result.rules if run.skipped]
    assert sorted({str(each.event.place).rpartition("/")[2] for each in result.sightings}) == found
    assert all(each.title.startswith("what it is") for each in result.sightings)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[process:name = 'a'] AND [process:name = 'b']", "several events"),
        ("[process:name = 'a'] FOLLOWEDBY [process:name = 'b']", "several events"),
        ("[process:name = 'a'] REPEATS 5 TIMES", "bound by REPEATS"),
        ("[x509-certificate:serial_number = '1']", "no log here shows"),
        ("[process:name = 'a' AND windows-registry-key:key = 'b']", "different ones"),
        ("[process:name = 'a' AND domain-name:value = 'b']", "different ones"),
        ("[process:name", "ends too early"),
        ("[process:name ==", "is due"),
        ("[process:name = §", "cannot be read"),
        ("", "is due"),
    ],
)
def test_what_cannot_be_asked_is_refused(pattern: str, reason: str) -> None:
    found, refused = documents_in(bundle(pattern))
    assert not found
    assert [reason in why for _, why in refused] == [True], refused


@pytest.mark.parametrize("pattern", ["[ipv4-addr:value = '198.51.100.7']", "[file:hashes.MD5 = 'x' OR file:name = 'y']"])
def test_mere_values_are_left_to_the_search_for_indicators(pattern: str) -> None:
    assert documents_in(bundle(pattern)) == ([], [])


def test_what_is_revoked_or_benign_or_another_language_is_no_rule() -> None:
    pattern = "[process:name = 'a']"
    for more in ({"revoked": True}, {"indicator_types": ["benign"]}, {"pattern_type": "yara"}):
        assert documents_in(bundle(pattern, **more)) == ([], [])


def test_a_refused_pattern_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps(EVENTS[0]) + "\n")
    (tmp_path / "b.json").write_bytes(bundle("[x509-certificate:serial_number = '1']", "[process:name = 'rundll32.exe']"))
    result = hunt([tmp_path / "x.jsonl"], rules=[tmp_path / "b.json"], builtin=False)
    assert [str(run.skipped).partition(":")[0] for run in result.rules if run.skipped] == [
        "a STIX pattern that cannot be asked"
    ]
    assert len(result.sightings) == 1


def test_a_bundle_is_known_by_its_beginning() -> None:
    assert is_bundle(bundle("[process:name = 'a']")) and not is_bundle(b"title: x") and not is_bundle(b'{"a": 1}')


def test_one_hostile_event_costs_a_moment_and_is_told(tmp_path: Path) -> None:
    """Expressions that go back for ever in `re`: of a stranger's bundle, and of a rule that only `re` knows."""
    (tmp_path / "x.jsonl").write_text(json.dumps(event(1, CommandLine="a" * 4000 + "x" * 4000 + "é")) + "\n")
    backwards = "(?=.*a)(.*a)(.*a)(.*a)(.*a)(.*a)z"
    patterns = [f"[process:command_line MATCHES '{each}']" for each in ("(a|a)*$", "^(a+)+$", "(x+x+)+y", backwards)]
    (tmp_path / "b.json").write_bytes(bundle(*patterns))
    before, wall = time.process_time(), time.monotonic()
    result = hunt([tmp_path / "x.jsonl"], rules=[tmp_path / "b.json"], builtin=False, jobs=1)
    assert time.process_time() - before < 2 and time.monotonic() - wall < 20
    assert sum(each.matches for each in result.rules) == 1
    assert [each.where for each in result.problems if "took too long" in each.what] == [str(tmp_path / "b.json")]
