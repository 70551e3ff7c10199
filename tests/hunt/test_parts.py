"""Parts joined say what one run says: sightings, counts, bounds, correlations, chains, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from examples.scenarios import write_scenario
from indicia.hunt.parts import Part, combine, join
from indicia.hunt.run import hunt, part
from indicia.records import Hunt

W3C = "#Fields: date time s-computername cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\n"
RULES = """title: base
id: 00000000-0000-4000-8000-000000000001
name: base
logsource: {category: webserver}
detection:
  s: {cs-uri-stem|endswith: .aspx}
  condition: s
level: high
---
title: many
id: 00000000-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [base]
  group-by: [c-ip]
  timespan: 1m
  condition: {gte: 10}
  generate: true
level: high
---
title: refused
id: 00000000-0000-4000-8000-000000000003
logsource: {category: webserver}
detection:
  s: {cs-uri-stem|re: '(a+)+$'}
  condition: s
level: high
"""


@pytest.fixture
def machines(tmp_path: Path) -> list[Path]:
    """Three machines: two with a log each of the same requests, interleaved in time; one with Exchange's logs, broken ones."""
    found = []
    for number, name in enumerate(("one", "two")):
        folder = tmp_path / name
        folder.mkdir()
        lines = [
            f"2021-03-03 06:00:{second:02} {name} GET /{second}.aspx 198.51.100.99 a 200\n" for second in range(number, 60, 9)
        ]
        (folder / "u_ex.log").write_text(W3C + "".join(lines) + "2021-03-03 06:01", "utf-8")
        (folder / "notes.txt").write_text("nothing\n", "utf-8")
        found.append(folder)
    write_scenario("G", tmp_path / "three", ordinary_lines=600, seed=7)
    return [*found, tmp_path / "three"]


def plain(found: Hunt) -> Hunt:
    return msgspec.structs.replace(found, stats=())


@pytest.mark.parametrize("most", [3, 1_000, None])
@pytest.mark.parametrize("groups", [((0,), (1,), (2,)), ((0, 1), (2,)), ((0,), (1, 2))], ids=str)
def test_joined_is_whole(groups: Sequence[Sequence[int]], most: int | None, machines: list[Path], tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES, "utf-8")
    rules = [tmp_path / "rules.yml"]
    whole = hunt(machines, rules=rules, most=most, jobs=1)
    parts = [part([machines[number] for number in group], rules=rules, most=most, jobs=1) for group in groups]
    sent = [msgspec.msgpack.decode(msgspec.msgpack.encode(each), type=Part) for each in parts]
    assert plain(join(sent, most=most)) == plain(whole)
    assert plain(join([combine(sent[:2], most=most), *sent[2:]], most=most)) == plain(whole)
    # Neither machine alone has ten in a minute; the two have.
    many = [each for each in whole.sightings if each.title == "many" and each.event.fields["c-ip"] == "198.51.100.99"]
    assert len(many) == 1
    if most == 3:
        assert any("the first 3 are kept" in problem.what for problem in whole.problems)


def test_the_machine_tells_two_logs_with_one_path_apart(tmp_path: Path) -> None:
    log = tmp_path / "u_ex.log"
    (tmp_path / "rules.yml").write_text(RULES, "utf-8")
    parts = []
    for name in ("A", "B"):
        log.write_text(W3C + f"2021-03-03 06:00:00 - GET /{name}.aspx 198.51.100.7 a 200\n" * 5 + "2021-03-03 06", "utf-8")
        parts.append(part([log], machine=name, rules=[tmp_path / "rules.yml"], builtin=False))
    found = join(parts)
    assert [file.file for file in found.files] == [f"A:{log}", f"B:{log}"]
    assert [file.events for file in found.files] == [6, 6]
    ids = [sighting.id for sighting in found.sightings]
    assert len(ids) == len(set(ids)) == 11  # five of each, and ten within a minute
    assert {problem.where for problem in found.problems} == {f"A:{log}:7", f"B:{log}:7"}


CHAINED = """title: burst
id: 00000000-0000-4000-8000-000000000012
name: burst
correlation:
  type: event_count
  rules: [base]
  group-by: [c-ip]
  timespan: 10s
  condition: {gte: 3}
level: high
---
title: bursts
id: 00000000-0000-4000-8000-000000000013
correlation:
  type: event_count
  rules: [burst]
  group-by: [c-ip]
  timespan: 1h
  condition: {gte: 2}
level: high
"""


def test_a_correlation_of_correlations(tmp_path: Path) -> None:
    log = tmp_path / "u_ex.log"
    (tmp_path / "rules.yml").write_text(RULES.partition("---")[0] + "---\n" + CHAINED, "utf-8")
    times = (0, 1, 2, 120, 121, 122)
    lines = [f"2021-03-03 06:{at // 60:02}:{at % 60:02} - GET /{at}.aspx 198.51.100.7 a 200\n" for at in times]
    log.write_text(W3C + "".join(lines), "utf-8")
    found = hunt([log], rules=[tmp_path / "rules.yml"], builtin=False)
    assert {run.title: run.matches for run in found.rules} == {"base": 6, "burst": 2, "bursts": 1}
    assert [sighting.title for sighting in found.sightings] == ["bursts"]
    log.write_text(W3C + "".join(lines[:3]), "utf-8")
    assert not hunt([log], rules=[tmp_path / "rules.yml"], builtin=False).sightings
