"""Timelines of a hunt: in the order of time, in the columns of the tools that read them, the same bytes for the same logs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from indicia.cli import exits
from tests.command import indicia

SYSMON = "Microsoft-Windows-Sysmon/Operational"


def event(minute: int, number: int, channel: str, **fields: str) -> dict[str, Any]:
    return {"EventID": number, "Channel": channel, "Computer": "DC01", "SystemTime": f"2026-03-01T12:{minute:02}:00Z", **fields}


DELETED = event(10, 1, SYSMON, CommandLine="vssadmin delete shadows /all /quiet,", User="CORP\\eve", Image="C:\\vssadmin.exe")
INSTALLED = event(12, 7045, "System", ServiceName="coreupdater", ImagePath="C:\\Windows\\coreupdater.exe")
CLEARED = event(30, 1102, "Security", SubjectUserName="=cmd|' /C calc'!A0")


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    for name, record in (("a", CLEARED), ("b", DELETED), ("c", INSTALLED)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    return [tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.jsonl"]


def timeline(logs: list[Path], out: Path, *more: object) -> bytes:
    answer = indicia("hunt", *logs, "--timeline", out, "-q", *more)
    assert answer.returncode == exits.E_OK, answer.stderr
    return out.read_bytes()


def test_findings_and_what_stands_around_them_come_by_time(logs: list[Path], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in timeline(logs, tmp_path / "t.jsonl").splitlines()]
    times = [line["datetime"] for line in lines]
    assert times == sorted(times) and times[0] == "2026-03-01T12:10:00+00:00"
    assert all({"message", "datetime", "timestamp_desc"} <= line.keys() for line in lines)
    (around,) = (line for line in lines if line["timestamp_desc"].startswith("Around it"))
    assert "coreupdater" in around["message"] and around["chain"] == lines[0]["chain"]
    assert "vssadmin delete shadows" in lines[0]["message"] and lines[0]["user"] == "CORP\\eve"


def test_a_level_hides_findings_but_not_what_stands_around_those_shown(logs: list[Path], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in timeline(logs, tmp_path / "t.jsonl", "--level", "high").splitlines()]
    assert {line["level"] for line in lines if line["timestamp_desc"].startswith("Sighting")} <= {"high", "critical"}
    assert any(line["timestamp_desc"].startswith("Around it") for line in lines)


def test_csv_for_timesketch_says_what_the_lines_say(logs: list[Path], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in timeline(logs, tmp_path / "t.jsonl").splitlines()]
    rows = list(csv.DictReader(timeline(logs, tmp_path / "t.csv").decode("utf-8").splitlines()))
    assert list(rows[0])[:3] == ["message", "datetime", "timestamp_desc"]
    assert [row["datetime"] for row in rows] == [line["datetime"] for line in lines]
    assert [row["tag"] for row in rows] == [",".join(line["tag"]) for line in lines]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_l2tcsv_has_the_seventeen_columns_and_may_be_taken_apart_at_every_comma(logs: list[Path], tmp_path: Path) -> None:
    head, *rows = timeline(logs, tmp_path / "T.L2T.CSV").decode("utf-8").splitlines()
    assert head == (
        "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra"
    )
    cells = [dict(zip(head.split(","), row.split(","), strict=True)) for row in rows]
    assert cells[0] | {"date": "03/01/2026", "time": "12:10:00", "timezone": "UTC", "host": "dc01"} == cells[0]
    assert "vssadmin delete shadows" in cells[0]["desc"]


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.l2t.csv"])
def test_the_order_of_files_changes_no_byte(name: str, logs: list[Path], tmp_path: Path) -> None:
    one = timeline(logs, tmp_path / name)
    assert one == timeline(logs[::-1], tmp_path / name) == timeline(logs[1:] + logs[:1], tmp_path / name)


def test_what_a_rule_keeps_first_does_not_hang_on_the_order_either(tmp_path: Path) -> None:
    """More matches than are kept: which ones are is not up to how the files were named."""
    from indicia.hunt.run import hunt

    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text((json.dumps(CLEARED) + "\n") * 3, "utf-8")
    one, other = (
        hunt(some, most=4).sightings
        for some in ([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], [tmp_path / "b.jsonl", tmp_path / "a.jsonl"])
    )
    assert one == other and len(one) >= 4


def test_a_name_without_a_known_ending_is_refused_before_the_hunt(logs: list[Path], tmp_path: Path) -> None:
    answer = indicia("hunt", *logs, "--timeline", tmp_path / "t.xlsx")
    assert answer.returncode == exits.E_USAGE and b".l2t.csv" in answer.stderr and not answer.stdout


def test_what_has_no_time_is_told(tmp_path: Path) -> None:
    record = {name: value for name, value in CLEARED.items() if name != "SystemTime"}
    (tmp_path / "x.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    answer = indicia("hunt", tmp_path / "x.jsonl", "--timeline", tmp_path / "t.csv")
    assert b"without a time are not in" in answer.stderr
    assert (tmp_path / "t.csv").read_bytes().count(b"\r\n") == 1
