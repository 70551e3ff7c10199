"""Every declared kind of record is known by its marks, timed, and asked by its rules; nothing else is asked of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia.hunt.run import hunt
from indicia.hunt.sources import CARRIERS, FAMILIES, SOURCES, source_of
from indicia.hunt.sources.deeds import deed_of
from indicia.records import Hunt, HuntVerdict

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "hunt" / "sources.yml").read_text("utf-8"))
# A rule that holds wherever a field is missing, for each kind of log there is.
EVERYWHERE = """title: missing
id: 00000000-0000-4000-8000-{number:012}
logsource: {logsource}
detection:
  s: {{nowhere: x}}
  condition: not s
level: high
"""
OTHERS = [
    "{product: windows, service: security}",
    "{product: windows, category: process_creation}",
    "{product: aws, service: cloudtrail}",
    "{product: azure, service: signinlogs}",
    "{product: zeek, service: rdp}",
    "{category: webserver}",
    "{category: proxy}",
    "{category: dns}",
    "{product: linux, service: auditd}",
    "{product: django, category: application}",
    "{product: okta, service: okta}",
]


def rules_of(folder: Path, *texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.yml").write_text(text, "utf-8")
    return folder


def rule_of(case: dict[str, Any]) -> str:
    return json.dumps(
        {
            "title": "fires",
            "id": "00000000-0000-4000-8000-000000000001",
            "logsource": case["logsource"],
            "detection": {"s": case["selection"], "condition": "s"},
            "level": "high",
        }
    )


def everywhere(*, but: dict[str, str], shown: Sequence[dict[str, str]] = ()) -> list[str]:
    """Rules for all other log sources; `shown` are further ones that the log in hand is."""
    others = [each for each in OTHERS if yaml.safe_load(each).items() - but.items() and yaml.safe_load(each) not in shown]
    return [EVERYWHERE.format(number=number + 100, logsource=each) for number, each in enumerate(others)]


def fired(found: Hunt) -> list[str]:
    return sorted(sighting.title for sighting in found.sightings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["source"]))
def test_a_record_is_asked_by_its_own_rules(case: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / "x.json"
    log.write_text((case["line"] if "line" in case else json.dumps(case["record"])) + "\n", "utf-8")
    others = everywhere(but=case["logsource"], shown=case.get("shows", []))
    found = hunt([log], rules=[rules_of(tmp_path / "rules", rule_of(case), *others)], builtin=False)
    assert fired(found) == ["fires"]
    assert {file.format for file in found.files} == {case.get("format", case["source"])}
    event = found.sightings[0].event
    assert event.host == case.get("host", event.host).lower()
    assert str(deed_of(event)) == case.get("deed", str(deed_of(event)))
    assert found.sightings[0].outcome.value == case.get("outcome", found.sightings[0].outcome.value)
    assert not next(run for run in found.rules if run.title == "fires").waits
    if "time" in case:
        assert found.sightings[0].event.time is not None
        assert found.sightings[0].event.time.isoformat() == case["time"]


@pytest.mark.parametrize("case", [case for case in CASES if case.get("csv")], ids=lambda case: str(case["source"]))
def test_the_same_as_a_table(case: dict[str, Any], tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, list(case["record"]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerow(case["record"])
    others = everywhere(but=case["logsource"])
    found = hunt([tmp_path / "x.csv"], rules=[rules_of(tmp_path / "rules", rule_of(case), *others)], builtin=False)
    assert fired(found) == ["fires"]
    if "time" in case:
        assert found.sightings[0].event.time is not None
        assert found.sightings[0].event.time.isoformat() == case["time"]


def test_every_kind_has_a_case() -> None:
    named = {case["source"] for case in CASES}
    asked = {source.name for source in SOURCES if source.serves}  # the others are detections, and have cases of their own
    assert named >= {*asked, *(carrier.name for carrier in CARRIERS if not carrier.only_known)}
    assert named <= {*FAMILIES, *(carrier.name for carrier in CARRIERS)}


def test_a_log_that_shows_nothing_is_asked_nothing(tmp_path: Path) -> None:
    log = tmp_path / "app.jsonl"
    log.write_text('{"timestamp":"2026-01-01T00:00:00Z","msg":"hi"}\n' * 3, "utf-8")
    (tmp_path / "app.csv").write_text("time,level,message\n2026-01-01T00:00:00Z,info,hi\n", "utf-8")
    found = hunt([log, tmp_path / "app.csv"], rules=[rules_of(tmp_path / "rules", *everywhere(but={}))], builtin=False)
    assert found.verdict is HuntVerdict.CANNOT_JUDGE and not found.sightings
    assert {run.waits for run in found.rules} == {
        " ".join(yaml.safe_load(each).get(part) or "" for part in ("product", "category", "service")).strip().replace("  ", " ")
        for each in OTHERS
    }


@pytest.mark.parametrize(
    ("file", "record", "asked"),
    [
        ("myapp.jsonl", {"f": "x"}, True),
        ("logs/myapp/today.jsonl", {"f": "x"}, True),
        ("other.jsonl", {"f": "x", "product": "MyApp"}, True),
        ("other.jsonl", {"f": "x", "event": {"module": "myapp"}}, True),
        ("other.jsonl", {"f": "x"}, False),
        ("other.jsonl", {"f": "x", "product": "another"}, False),
    ],
)
def test_a_product_of_ones_own_shows_by_name(file: str, record: dict[str, Any], asked: bool, tmp_path: Path) -> None:
    log = tmp_path / "collected" / file
    log.parent.mkdir(parents=True)
    log.write_text(json.dumps(record) + "\n", "utf-8")
    rule = rule_of({"logsource": {"product": "myapp"}, "selection": {"f": "x"}})
    found = hunt([tmp_path / "collected"], rules=[rules_of(tmp_path / "rules", rule)], builtin=False)
    assert fired(found) == ["fires"] * asked
    assert found.rules[0].waits == ("" if asked else "myapp")


def test_a_folder_called_windows_is_not_a_log_of_windows(tmp_path: Path) -> None:
    log = tmp_path / "windows" / "security.jsonl"
    log.parent.mkdir()
    log.write_text('{"msg": "hi"}\n', "utf-8")
    found = hunt([log], rules=[rules_of(tmp_path / "rules", *everywhere(but={}))], builtin=False)
    assert not found.sightings


def test_an_account_is_no_host(tmp_path: Path) -> None:
    case = next(case for case in CASES if case["source"] == "aws-cloudtrail")
    (tmp_path / "x.json").write_text(json.dumps({**case["record"], "recipientAccountId": "111122223333"}) + "\n", "utf-8")
    found = hunt([tmp_path / "x.json"], rules=[rules_of(tmp_path / "rules", rule_of(case))], builtin=False)
    assert found.reason.startswith(
        "One account shows signs of compromise: arn:aws:iam::111122223333:user/eve; the worst trace is"
    )
    assert found.chains[0].host == "arn:aws:iam::111122223333:user/eve" and found.sightings[0].event.host == "111122223333"


def test_a_mark_may_name_a_value() -> None:
    marked = source_of({"category": "AuditLogs", "time": "x"})
    assert marked is not None and marked.name == "azure-audit"
    assert source_of({"category": "Sports", "time": "x"}) is None


def test_what_a_kind_of_log_never_has_is_not_empty_there(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("1772359200.1 22 192.0.2.7 TCP_MISS/200 507 GET http://a.example/ - DIRECT/- text/html\n")
    agent = {"logsource": {"category": "proxy"}, "selection": {"c-useragent": ""}}
    found = hunt([tmp_path / "x.log"], rules=[rules_of(tmp_path / "rules", rule_of(agent))], builtin=False)
    assert sum(file.events for file in found.files) == 1 and not found.sightings
