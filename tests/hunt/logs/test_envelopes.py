"""Records that stand within others are found, each once, with their own times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.records import Event, Problem, Severity

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "hunt" / "envelopes.yml").read_text("utf-8"))


def read(path: Path) -> tuple[list[Event], list[Problem]]:
    events: list[Event] = []
    problems: list[Problem] = []
    for item in find_logs([path]):
        if isinstance(item, Problem) or item[1] is None:
            continue
        form = next(form for form in FORMATS if form is item[1])
        for batch in form.read([item[0]], frozenset()):  # type: ignore[arg-type]
            if isinstance(batch, Problem):
                problems.append(batch)
            else:
                events += [batch.event(row) for row in range(batch.size)]
    return events, problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_every_record_is_read(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / case["file"]).write_text(case["text"], "utf-8")
    events, problems = read(tmp_path / case["file"])
    assert [event.format for event in events] == [case["format"]] * case["events"]
    assert len({event.place.position for event in events}) == case["events"]
    last = events[-1]
    assert {name: last.fields.get(name) for name in case.get("fields", {})} == case.get("fields", {})
    if "time" in case:
        assert last.time is not None and last.time.isoformat() == case["time"]
    assert bool(problems) is ("told" in case)
    if "told" in case:
        assert case["told"] in problems[0].what and problems[0].severity is Severity.NOTE


def test_a_document_longer_than_a_line_may_be(tmp_path: Path) -> None:
    records = [
        {
            "eventTime": f"2026-03-01T10:{at // 60:02}:{at % 60:02}Z",
            "eventSource": "a",
            "eventName": str(at),
            "awsRegion": "x" * 3_000,
        }
        for at in range(2_000)
    ]
    (tmp_path / "t.json").write_text(json.dumps({"Records": records}), "utf-8")
    found = hunt([tmp_path], builtin=False, indicators=[IndicatorSought(type="user-account", value="cloudtrail-none")])
    assert [(file.events, file.skipped) for file in found.files] == [(2_000, 0)]


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"Records":[{"time":"2026-03-01T10:00:00Z","a":1},{},7]}', "utf-8")
    found = hunt([tmp_path], builtin=False)
    assert [(file.events, file.skipped) for file in found.files] == [(1, 2)]
    assert {problem.what for problem in found.problems if problem.severity is Severity.SKIPPED} == {
        "a record without fields",
        "JSON, but not an object",
    }


def test_numbers_beyond_64_bits_and_times_beyond_the_calendar_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"time": "2026-03-01T10:00:00Z", "a": [[{"b": 100000000000000000000}]]}\n')
    (event,), problems = read(path)
    assert event.fields["a"] == '{"b":100000000000000000000}' and not problems
    times = pa.array([1 << 62, 1_772_359_200_000_000], pa.timestamp("us", "UTC"))
    held = pa.StructArray.from_arrays([times, pa.array([[1 << 62], []], pa.list_(pa.timestamp("us")))], ["at", "all"])
    table = pa.table({"time": times, "held": held})
    with pa.OSFile(str(tmp_path / "b.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    found, problems = read(tmp_path / "b.arrow")
    assert [event.time is None for event in found] == [True, False] and not problems
    assert found[0].fields["held.at"] == f"{1 << 62} timestamp[us, tz=UTC]"
    assert found[0].fields["held.all"] == f"{1 << 62} timestamp[us]"
