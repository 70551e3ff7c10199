"""One damaged record does not say how far a log reaches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.hunt.run import hunt


@pytest.mark.parametrize("absurd", ["1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2167-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_true(absurd: str, tmp_path: Path) -> None:
    times = [f"2026-03-01T10:00:0{second}Z" for second in range(5)] + [absurd]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"time": time, "f": "x"}) + "\n" for time in times), "utf-8")
    found = hunt([tmp_path], builtin=False)
    (log,) = found.files
    assert log.events == 6 and log.oldest is not None and log.newest is not None
    assert (log.oldest.year, log.newest.year) == (2026, 2026)
    assert [problem.count for problem in found.problems if "impossible time" in problem.what] == [1]
