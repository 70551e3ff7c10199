"""What is remembered of endless logs does not grow without end, and forgetting changes no answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indicia.hunt import events
from indicia.hunt.events import SLOT, Reach
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.match.book import load_rules
from indicia.hunt.run import hunt
from indicia.hunt.sight import correlation, kinds
from indicia.hunt.sight.scan import Scanner
from indicia.records import Problem

RULE = """title: shown
logsource: {product: myapp}
detection: {s: {msg: evil}, condition: s}
level: high
"""


def test_kinds_of_records_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "REMEMBERED", 10)
    (tmp_path / "rule.yml").write_text(RULE)
    lines = [f'{{"product": "p{number}", "msg": "evil"}}\n' for number in range(100)]
    (tmp_path / "x.jsonl").write_text("".join(lines) + '{"product": "myapp", "msg": "evil"}\n')
    book, _ = load_rules([tmp_path / "rule.yml"], builtin=False)
    scanner = Scanner(book, (), None)
    (item,) = find_logs([tmp_path / "x.jsonl"])
    assert not isinstance(item, Problem) and item[1] is not None
    found = scanner.scan(item[1], [item[0]])
    assert list(found.matches.values()) == [1]
    assert found.shown
    assert all(len(tried) <= 10 for tried in scanner._kinds._tried.values())


@pytest.mark.parametrize("cut", [0, 40, 55, 120])
def test_a_log_of_all_times_has_no_gaps_wherever_it_is_cut(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_SLOTS", 50)
    times = np.array([slot * SLOT for slot in (*range(100), *range(200, 260))], np.int64)
    whole, first, second = Reach(), Reach(), Reach()
    for time in times:
        whole.add(times[times == time])
    first.add(times[:cut])
    second.add(times[cut:])
    first.join(second)
    assert (first.events, first.oldest, first.newest, first.gaps()) == (whole.events, whole.oldest, whole.newest, ())
    assert len(whole.slots) == 50


def test_what_a_flood_adds_to_a_count_is_not_kept_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlation, "MOST_FED", 10)
    lines = [f"2021-03-03 06:00:{number:02} login failed for eve from 192.0.2.7\n" for number in range(25)]
    (tmp_path / "a.log").write_text("".join(lines))
    found = hunt([tmp_path], jobs=1)
    assert {each.title for each in found.sightings} == {"Passwords were guessed at a service"}
    (told,) = [each for each in found.problems if "more were not counted" in each.what]
    assert told.count == 15
