"""What a person says of a result: rules that do not count, the time that matters, machines and programs of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.errors import UsageError
from indicia.hunt import run as run_module
from indicia.hunt.run import hunt
from indicia.hunt.tuning import read_time, read_tuning
from indicia.records import Hunt, HuntVerdict, RuleLevel
from tests.command import indicia

RULE = """title: An account was made
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection:
  s: {CommandLine|contains: "net user"}
  condition: s
level: high
"""


@pytest.fixture
def through(tmp_path: Path) -> Callable[..., Hunt]:
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
    return partial(hunt, [tmp_path / "x.jsonl"], rules=[tmp_path / "r.yml"], builtin=False)


@pytest.mark.parametrize(
    ("text", "loud", "note"),
    [
        ("not: [an account WAS made]", 0, "matches of 1 rules"),
        ("not: [00000000-0000-4000-8000-000000000001]", 0, "matches of 1 rules"),
        ("since: 2026-03-02", 2, "outside of the time"),
        ("until: 2026-03-02", 2, "outside of the time"),
        ("{since: 2026-03-02, until: 2026-03-02}", 1, "outside of the time"),
        ("own: [{name: monitoring, programs: ['c:\\monitor\\*']}]", 2, "your own monitoring"),
        ("own: [{name: administrators, users: ['corp\\u2']}]", 2, "your own administrators"),
        ("own: [{name: build machines, hosts: ['ws3']}]", 2, "your own build machines"),
    ],
)
def test_what_does_not_count_is_left_out_and_told(text: str, loud: int, note: str, through: Callable[..., Hunt]) -> None:
    told = through(tuning=read_tuning(text, "t.yml"))
    assert sum(sighting.level is RuleLevel.HIGH for sighting in told.sightings) == loud
    assert told.verdict is (HuntVerdict.SIGNS if loud else HuntVerdict.NOT_SEEN)
    assert [note in problem.what for problem in told.problems] == [True]
    assert sum(problem.count for problem in told.problems) == 3 - loud
    assert {identity for chain in told.chains for identity in chain.sightings} <= {sighting.id for sighting in told.sightings}


def test_own_addresses_are_networks() -> None:
    tuning = read_tuning("own: [{name: scanner, addresses: [192.0.2.0/28, '2001:db8::/32']}]", "t.yml")
    assert tuning.own[0].addresses == ("192.0.2.0/28", "2001:db8::/32")


@pytest.mark.parametrize(
    "text",
    [
        *("[", "x: 1", "- a", "not: 1", "own: [{name: x}]", "own: [{name: x, addresses: [a]}]", "since: soon"),
        *("since: 2021-02-30", f"since: {'9' * 5000}", "[" * 5000, "since: !!timestamp x", "? [a]\n: b"),
        "".join(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(9)) + "not: *a8",
    ],
)
def test_a_tuning_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_tuning(text, "t.yml")


def test_a_day_ends_at_its_end() -> None:
    assert read_time("2026-03-02", end=True) > datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    assert read_time("2026-03-02T12:00:00+02:00") == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("text", "kept", "matches", "left_out"),
    [
        ("since: 2021-03-04", ["04", "05"], 2, 3),
        ("until: 2021-03-01", ["01"], 1, 4),
        ("own: [{name: scanner, addresses: [192.0.2.0/28]}]", ["01", "02", "04", "05"], 5, 2),
        ("not: [evil]", [], 0, 5),
    ],
)
def test_what_does_not_count_takes_no_place_from_what_does(
    jobs: int, text: str, kept: list[str], matches: int, left_out: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are kept of each rule. Of five matches the first three are of other days, and of a scanner of our own."""
    monkeypatch.setattr(run_module, "WORTH_A_PROCESS", 1)
    for day in (1, 2, 3, 4, 5):
        origin = "192.0.2.1" if day < 4 else "198.51.100.9"
        line = f"2021-03-0{day} 06:00:00 - GET /evil {origin} a 200\n"
        (tmp_path / f"u_ex{day}.log").write_text(
            f"#Fields: date time s-computername cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\n{line}"
        )
    rule = "title: evil\nlogsource: {category: webserver}\ndetection:\n  s: {cs-uri-stem: /evil}\n  condition: s\nlevel: high\n"
    (tmp_path / "r.yml").write_text(rule)
    tuning = read_tuning(text, "t.yml")
    found = hunt([tmp_path], rules=[tmp_path / "r.yml"], builtin=False, jobs=jobs, most=2, tuning=tuning)
    assert [f"{sighting.event.time:%d}" for sighting in found.sightings] == kept
    assert next(run.matches for run in found.rules if run.title == "evil") == matches
    assert [note.count for note in found.problems if note.where == "tuning"] == [left_out]


def entra(day: int, who: str) -> str:
    record = {
        "category": "SignInLogs",
        "time": f"2026-03-{day:02}T09:00:00Z",
        "resultType": "0",
        "operationName": "Sign-in activity",
    }
    told = {"userPrincipalName": f"{who}@corp.example", "ipAddress": "192.0.2.7", "deviceDetail": {"isCompliant": False}}
    return json.dumps(record | {"properties": told}) + "\n"


def test_what_is_noise_is_suggested_as_a_file_that_silences_it(tmp_path: Path) -> None:
    logs, rule, file = tmp_path / "signins.jsonl", tmp_path / "r.yml", tmp_path / "noise.yml"
    logs.write_text("".join(entra(day, who) for day in range(1, 13) for who in ("ada", "bob", "eve")), "utf-8")
    rule.write_text(
        "title: Not compliant\nid: 00000000-0000-4000-8000-00000000000a\nlogsource: {product: azure, service: signinlogs}\n"
        "detection: {s: {category: SignInLogs}, condition: s}\nlevel: high\n---\n"
        "title: 'Eve signed in\n\n\n  not: [everything]'\nlogsource: {product: azure, service: signinlogs}\n"
        "detection: {s: {properties.userPrincipalName|startswith: eve}, condition: s}\nlevel: medium\n---\n"
        "title: 'A rule\n\n  # without an id'\nlogsource: {product: azure, service: signinlogs}\n"
        "detection: {s: {resultType: 0}, condition: s}\nlevel: medium\n",
        "utf-8",
    )
    ours = tmp_path / "ours.yml"
    ours.write_text("since: 2026-03-02\nnot: [something else]\n", "utf-8")
    answer = indicia("hunt", logs, "--rules", rule, "--no-builtin", "--suggest", file)
    assert answer.returncode == exits.E_OK, answer.stderr
    text = file.read_text("utf-8")
    assert "00000000-0000-4000-8000-00000000000a" in text and "36 of 36 records" in text and "Eve" not in text
    assert len(read_tuning(text, "noise.yml").without) == 2
    more = ("--tuning", ours, "--tuning", file, "--suggest", tmp_path / "again.yml")
    found = json.loads(indicia("hunt", logs, "--rules", rule, "--no-builtin", "--json", *more).stdout)
    assert {each["title"].split()[0] for each in found["sightings"]} == {"Eve"} and len(found["sightings"]) == 11
    assert any("matches of 3 rules were left out" in each["what"] for each in found["problems"])
    assert not (tmp_path / "again.yml").exists()


def test_files_of_tuning_add_up() -> None:
    one = read_tuning("{not: [A, b], since: 2021-01-01, own: [{name: x, users: [u]}], timezone: '+01:00'}", "1.yml")
    other = read_tuning("{not: [B, c], since: 2021-01-02, own: [{name: y, users: [v]}], dates: dmy}", "2.yml")
    both = one.with_more(other)
    assert (both.without, [each.name for each in both.own]) == (("a", "b", "c"), ["x", "y"])
    assert (both.since, both.timezone, both.dates) == (other.since, "+01:00", "dmy")
