"""Our own rules against their cases: what each must find, with which outcome, and what it must leave alone."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from examples.scenarios.files import write_lines
from examples.scenarios.place import Server
from examples.scenarios.recorder import Recorder
from indicia.hunt.match.reference import matches
from indicia.hunt.rules.files import PACK
from indicia.hunt.rules.ir import Rule, RuleSet
from indicia.hunt.rules.sigma import compile_documents, read_documents
from indicia.hunt.run import hunt
from indicia.hunt.sight.notes import RuleNote, notes, read_note
from indicia.hunt.sight.sightings import judge, stage_of_tags
from indicia.hunt.sources.deeds import deed_of
from indicia.records import Event, HuntVerdict, Place, RuleLevel, Sighting, Stage

CASES = Path(__file__).parents[2] / "cases" / "hunt" / "rules"
SYSMON = "Microsoft-Windows-Sysmon/Operational"
LOGS: dict[str, tuple[str, dict[str, str]]] = {  # name in the cases -> family, fields that every event of it has
    "httpproxy": ("httpproxy", {}),
    "ecp-server": ("ecp-server", {}),
    "ecp-activity": ("ecp-activity", {}),
    "oab-generator": ("oab-generator", {}),
    "cmdlet-infra": ("cmdlet-infra", {}),
    "iis": ("iis", {}),
    "process": ("windows", {"Channel": SYSMON, "EventID": "1"}),
    "file": ("windows", {"Channel": SYSMON, "EventID": "11"}),
    "management": ("windows", {"Channel": "MSExchange Management", "Provider_Name": "MSExchange CmdletLogs"}),
    "application": ("windows", {"Channel": "Application"}),
    "security": ("windows", {"Channel": "Security"}),
    "system": ("windows", {"Channel": "System"}),
    "cloudtrail": ("aws-cloudtrail", {}),
    "m365": ("m365-audit", {}),
    "directory": ("azure-audit", {}),
    "tasks": ("windows", {"Channel": "Microsoft-Windows-TaskScheduler/Operational"}),
    "rdpclient": ("windows", {"Channel": "Microsoft-Windows-TerminalServices-RDPClient/Operational"}),
    "sessions": ("windows", {"Channel": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"}),
    "signin": ("azure-signin", {}),
    "registry": ("windows", {"Channel": SYSMON, "EventID": "13"}),
    "script": ("windows", {"Channel": "Microsoft-Windows-PowerShell/Operational", "EventID": "4104"}),
    "firewall": ("windows", {"Channel": "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"}),
    "bitlocker": ("windows", {"Channel": "Microsoft-Windows-BitLocker/BitLocker Management"}),
    "rdpcore": ("windows", {"Channel": "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"}),
    "openssh": ("windows", {"Channel": "OpenSSH/Operational"}),
    "syslog": ("syslog", {}),
}
LOUD = {"medium", "high", "critical"}


class StrictLoader(yaml.SafeLoader):
    """Refuses a mapping with one key twice, which YAML readers silently shorten."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{node.start_mark}: {twice} stands twice"
        return super().construct_mapping(node, deep)


@cache
def pack() -> RuleSet:
    documents = []
    for path in sorted(PACK.glob("*.yml")):
        read, refused = read_documents(path.read_bytes(), path.stem)
        assert not refused
        documents.append((path.stem, read))
    return compile_documents(documents)


@cache
def by_file() -> Mapping[str, Rule]:
    return {rule.file: rule for rule in pack().rules}


def hits(rule: Rule, log: str, event: Mapping[str, str]) -> bool:
    family, fields = LOGS[log]
    whole = {**fields, **event}
    return any(
        source.family == family and matches(source.guard, whole) and matches(source.condition or rule.condition, whole)
        for source in rule.sources
    )


def cases(kind: str) -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        if path.stem != "false_friends":
            for rule, entry in yaml.load(path.read_bytes(), StrictLoader).items():
                for number, case in enumerate(entry[kind], 1):
                    yield pytest.param(rule, entry["log"], case, id=f"{rule}-{number}")


@pytest.mark.parametrize(("rule", "log", "case"), list(cases("matches")))
def test_finds(rule: str, log: str, case: dict[str, Any]) -> None:
    found = by_file()[rule]
    assert hits(found, log, case["event"])
    event = Event(
        place=Place(file="log", position=1),
        format=LOGS[log][0],
        time=None,
        time_text="",
        host="",
        fields={**LOGS[log][1], **case["event"]},
    )
    sighting = Sighting(id="s", rule=found.id, title=found.title, level=RuleLevel(found.level), event=event)
    assert judge(sighting).outcome.value == case["outcome"]


@pytest.mark.parametrize(("rule", "log", "case"), list(cases("passes")))
def test_leaves_alone(rule: str, log: str, case: dict[str, Any]) -> None:
    assert not hits(by_file()[rule], log, case["event"]), case["what"]


@pytest.mark.parametrize(
    "case", yaml.safe_load((CASES / "false_friends.yml").read_bytes()), ids=lambda case: str(case["event"])[:80]
)
def test_no_rule_falls_for_a_false_friend(case: dict[str, Any]) -> None:
    assert [rule.file for rule in pack().rules if rule.level in LOUD and hits(rule, case["log"], case["event"])] == []


def test_every_rule_compiles_and_has_cases() -> None:
    assert not pack().refused
    named = {case.values[0] for kind in ("matches", "passes") for case in cases(kind)}
    assert {case.values[0] for case in cases("matches")} == {case.values[0] for case in cases("passes")} == named
    assert named == set(by_file())


@pytest.mark.parametrize("path", sorted(PACK.glob("*.yml")), ids=lambda path: path.stem)
def test_rule_is_complete(path: Path) -> None:
    rule = yaml.load(path.read_bytes(), StrictLoader)
    assert uuid.UUID(rule["id"]).version == 4
    assert (
        rule["author"] == "Indicia" and rule["license"] == "Apache-2.0" and rule["status"] in {"test", "experimental", "stable"}
    )
    assert rule["level"] in set(RuleLevel) and rule["falsepositives"] and rule["description"] and len(rule["title"]) <= 110
    assert all(re.fullmatch(r"attack\.[a-z0-9.-]+|cve\.\d{4}-\d+", tag) for tag in rule["tags"])
    assert any(tag.startswith("attack.t") for tag in rule["tags"])
    note = read_note(rule["indicia"])
    assert note.tells and note.stage is not Stage.OTHER
    assert note == notes()[rule["id"]]
    if note.proof:
        assert rule["level"] in {"critical", "high"} and note.success is not None


def test_ids_and_titles_are_unique() -> None:
    rules = (*pack().rules, *pack().correlations)
    assert len({rule.id for rule in rules}) == len({rule.title for rule in rules}) == len(list(PACK.glob("*.yml")))


def test_the_stage_of_a_rule_agrees_with_its_tags() -> None:
    """A rule without our block is staged by its tags alone: for most of ours that gives the same."""
    same = [rule for rule in pack().rules if stage_of_tags(rule.tags) is notes()[rule.id].stage]
    assert len(same) >= 0.6 * len(pack().rules)


def test_the_chain_and_its_look_alikes_are_covered() -> None:
    text = {rule.file: set(rule.tags) for rule in pack().rules}
    for cve in ("cve.2021-26855", "cve.2021-26857", "cve.2021-26858", "cve.2021-27065", "cve.2021-34473", "cve.2021-31207"):
        assert any(cve in tags for tags in text.values()), cve
    assert isinstance(next(iter(notes().values())), RuleNote)


@pytest.mark.parametrize(("files_made", "seconds", "found"), [(60, 0.5, True), (60, 20.0, False), (30, 0.5, False)])
def test_many_encrypted_files_within_a_minute_are_reported_and_few_or_slow_ones_not(
    files_made: int, seconds: float, found: bool, tmp_path: Path
) -> None:
    """The correlation rule through the real hunt: fifty files with such an ending within a minute, on one machine."""
    maker = Recorder(Server("FILES1", "corp.example", "10.0.0.8"), "1")
    start = 1_614_754_193.0
    lines = [
        maker.file_made(start + index * seconds, r"C:\ProgramData\d.exe", rf"D:\shares\{index}.docx.CRYPT", "{A}")
        for index in range(files_made)
    ]
    write_lines(lines, tmp_path)
    result = hunt([tmp_path], jobs=1)
    titles = {sighting.title for sighting in result.sightings}
    assert ("Many files got an ending that ransomware gives, within a minute" in titles) is found
    # Of a log that holds nothing but new files only a handful of our rules can be asked.
    assert result.verdict is (HuntVerdict.COMPROMISE if found else HuntVerdict.CANNOT_JUDGE)


GUESSED = "Passwords were guessed from one address"
WORKED = "Somebody logged on from an address that had guessed passwords"


@pytest.mark.parametrize(
    ("wrong", "then", "titles", "verdict"),
    [
        (10, "192.0.2.7", {GUESSED, WORKED}, HuntVerdict.SIGNS),
        (10, "192.0.2.99", {GUESSED}, HuntVerdict.ATTEMPT),
        (4, "192.0.2.7", set(), HuntVerdict.NOT_SEEN),
    ],
)
def test_guessed_passwords_are_attempts_until_one_fits(
    wrong: int, then: str, titles: set[str], verdict: HuntVerdict, tmp_path: Path
) -> None:
    """Correlations of our pack through the real hunt: ten wrong passwords, then a logon from the same address or another."""
    start = datetime(2021, 3, 3, 6, tzinfo=UTC)
    common = {"Channel": "Security", "Computer": "FILES1.corp.example", "TargetUserName": "quinn", "LogonType": 3}
    events = [{"EventID": 4625, "SubStatus": "0xc000006a", "IpAddress": "192.0.2.7"} for _ in range(wrong)]
    events.append({"EventID": 4624, "AuthenticationPackageName": "NTLM", "IpAddress": then})
    lines = [
        json.dumps({**common, **event, "SystemTime": f"{start + timedelta(seconds=index * 20):%Y-%m-%dT%H:%M:%SZ}"})
        for index, event in enumerate(events)
    ]
    (tmp_path / "security.jsonl").write_text("\n".join(lines) + "\n")
    found = hunt([tmp_path], jobs=1)
    assert {sighting.title for sighting in found.sightings} == titles
    assert found.verdict is verdict


def test_failures_that_a_service_tells_of_are_counted_by_machine_or_else_by_log(tmp_path: Path) -> None:
    for name, count in (("a.log", 6), ("b.log", 5)):
        lines = [f"2021-03-03 06:00:{index:02} WARN login failed for quinn from 192.0.2.7" for index in range(count)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    found = hunt([tmp_path], jobs=1)
    assert [Path(sighting.event.place.file).name for sighting in found.sightings] == ["a.log"]
    assert str(deed_of(found.sightings[0].event)) == "quinn: from 192.0.2.7"
    assert found.verdict is HuntVerdict.ATTEMPT


@pytest.mark.parametrize(("machines", "found"), [(5, True), (4, False)])
def test_secrets_of_many_machines_are_reported(machines: int, found: bool, tmp_path: Path) -> None:
    records = [
        {
            "eventTime": f"2026-03-01T10:00:{number:02}Z",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "GetPasswordData",
            "awsRegion": "eu-west-1",
            "userIdentity": {"arn": "arn:aws:iam::111122223333:user/eve"},
            "requestParameters": {"instanceId": f"i-{number % machines}"},
        }
        for number in range(12)
    ]
    (tmp_path / "trail.json").write_text(json.dumps({"Records": records}))
    titles = {sighting.title for sighting in hunt([tmp_path], jobs=1).sightings}
    assert ("Secrets of many AWS machines were asked for" in titles) is found
