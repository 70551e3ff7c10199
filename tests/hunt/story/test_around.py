"""What is told around something grave, what is noise, and who comes first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.story.acts import actors_in, acts_of, noisy, quietened
from indicia.records import Event, Hunt, HuntVerdict, LogFile, Outcome, Place, RuleLevel, Sighting, Stage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RDP_CLIENT = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def hunted(folder: Path, *records: dict[str, Any]) -> Hunt:
    (folder / "x.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return hunt([folder])


def windows(minutes: float, number: int, channel: str = "System", **fields: str) -> dict[str, Any]:
    time = (NOON + timedelta(minutes=minutes)).isoformat()
    return {"EventID": number, "Channel": channel, "Computer": "DC01", "SystemTime": time, **fields}


DELETED = windows(0, 1, SYSMON, Image=r"C:\\Windows\\System32\\vssadmin.exe", CommandLine="vssadmin delete shadows /all /quiet")


def test_what_is_seldom_within_an_hour_is_told_around_what_is_grave(tmp_path: Path) -> None:
    installed = windows(2, 7045, ServiceName="coreupdater", ImagePath=r"C:\\Windows\\coreupdater.exe")
    onward = windows(11, 1102, RDP_CLIENT, Name="Server Name", Value="10.42.85.115")
    before = windows(-600, 7045, ServiceName="Old", ImagePath="old.exe")
    often = [windows(each, 7045, ServiceName="Agent", ImagePath="agent.exe") for each in range(-8, 8)]
    found = hunted(tmp_path, DELETED, installed, onward, before, *often)
    (chain,) = found.chains
    by_id = {each.id: each for each in found.sightings}
    told = [by_id[each].event.fields for each in chain.sightings]
    assert [fields["EventID"] for fields in told] == ["1", "7045", "1102"] and told[1]["ServiceName"] == "coreupdater"
    assert "Around it: A service was installed (coreupdater" in chain.summary
    assert len(found.sightings) == 3  # what is around nothing is not told


def test_nothing_is_told_around_nothing(tmp_path: Path) -> None:
    found = hunted(tmp_path, windows(2, 7045, ServiceName="Agent", ImagePath="agent.exe"))
    assert not found.sightings and not found.chains


def sighting(number: int, rule: str = "a", **changes: Any) -> Sighting:
    event = Event(
        place=Place(file="x.json", position=number),
        format=changes.pop("format", "azure-signin"),
        time=NOON + timedelta(hours=number),
        time_text="",
        host="tenant",
        fields={"userPrincipalName": f"{changes.pop('who', number % 9)}@corp.example"},
    )
    given: dict[str, Any] = {"level": RuleLevel.HIGH, "outcome": Outcome.SUCCESS, "title": "T", **changes}
    return Sighting(id=f"s{rule}{number}", rule=rule, event=event, **given)


def test_a_rule_that_fires_on_everything_of_everybody_is_noise() -> None:
    files = [LogFile(file="x.json", format="azure-signin", events=100)]
    everybody = [sighting(number) for number in range(100)]
    noise = noisy(everybody, {"a": 100}, files)
    assert "100 of 100 records" in noise["a"]
    assert {each.level for each in quietened(everybody, noise)} == {RuleLevel.LOW}
    assert not noisy(everybody[:20], {"a": 20}, files)  # few
    assert not noisy([sighting(number, who="eve") for number in range(100)], {"a": 100}, files)  # one person
    assert not noisy([sighting(0, who=str(n)) for n in range(100)], {"a": 100}, files)  # one moment
    assert not noisy([sighting(number, rule="said:Suricata:high") for number in range(100)], {"said:Suricata:high": 100}, files)


def test_an_indicator_makes_a_line_no_less_telling(tmp_path: Path) -> None:
    line = '198.51.100.7 - - [01/Mar/2026:12:00:00 +0000] "GET /../../etc/passwd HTTP/1.1" 404 0 "-" "sqlmap/1.0"\n'
    (tmp_path / "access.log").write_text(line, "utf-8")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "x.yml").write_text(
        "title: probe\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {category: webserver}\nlevel: medium\n"
        "tags: [attack.reconnaissance]\ndetection: {s: {cs-user-agent|contains: sqlmap}, condition: s}\n",
        "utf-8",
    )
    sought = [IndicatorSought(type="ipv4-addr", value="198.51.100.7")]
    for indicators in ((), sought):
        found = hunt([tmp_path / "access.log"], rules=[rules], builtin=False, indicators=indicators)
        (act,) = acts_of(found.sightings)
        assert (act.worst.outcome, act.worst.stage) == (Outcome.ATTEMPT, Stage.PROBE)


def test_the_worst_comes_first_and_in_a_cloud_it_is_a_principal(tmp_path: Path) -> None:
    call = {
        "eventSource": "iam.amazonaws.com",
        "eventVersion": "1.08",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
    }
    made = {
        **call,
        "eventTime": "2026-03-01T12:00:00Z",
        "eventName": "PutUserPolicy",
        "sourceIPAddress": "198.51.100.7",
        "userIdentity": {"type": "IAMUser", "userName": "eve", "arn": "arn:aws:iam::111122223333:user/eve"},
        "requestParameters": {"userName": "eve", "policyDocument": '{"Statement":[{"Action":"*","Resource":"*"}]}'},
    }
    attached = {
        **call,
        "eventTime": "2026-03-01T11:00:00Z",
        "eventName": "AttachUserPolicy",
        "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root"},
        "requestParameters": {"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    }
    found = hunted(tmp_path, attached, made)
    rows = actors_in(found.chains, {each.id: each for each in found.sightings})
    assert [(row.name.rpartition(":")[2], row.verdict) for row in rows] == [
        ("user/eve", HuntVerdict.SIGNS),
        ("root", HuntVerdict.LOOK),
    ]
    assert [chain.host for chain in found.chains] == [row.name for row in rows]
    assert ("client", "198.51.100.7") in found.chains[0].keys and found.sightings[0].event.host == "111122223333"
