"""A hunt that was killed goes on where it was, and says what one says that nobody stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.errors import UsageError
from indicia.hunt import processes, run
from indicia.hunt.run import Held, hunt
from indicia.hunt.sight.scan import Scanner
from indicia.records import Hunt, to_json
from tests.command import indicia

LINE = "2021-03-03 06:{:02}:{:02} 192.0.2.7 GET {} - 443 - 198.51.100.{} curl/7 200\n"
HEAD = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status\n"
PATHS = ("/a.aspx", "/aspnet_client/shell.aspx", "/..%2f..%2fweb.config", "/b.aspx")
RULE = """title: Many requests
correlation: {type: event_count, rules: [asked], group-by: [c-ip], timespan: 1h, condition: {gte: 150}}
level: high
---
title: A page was asked for
name: asked
id: 00000000-0000-4000-8000-000000000001
logsource: {category: webserver}
detection: {asked: {cs-uri-stem|endswith: '.aspx'}, condition: asked}
level: medium
"""
# A process that hunts through one piece after another and kills itself at a moment: before the `COUNT`th piece is scanned
# ("scan"), while what came of it is written ("write"), or after.
SCRIPT = """
import os, signal, sys
from indicia.hunt import run
from indicia.hunt import processes
from indicia.hunt.sight.scan import Scanner

moment, count = sys.argv[1], int(sys.argv[2])
processes.SIZE = run.WORTH_A_PROCESS = 8 << 10
calls = []

def at(where):
    calls.append(where)
    if where == moment and calls.count(where) == count:
        os.kill(os.getpid(), signal.SIGKILL)

def killing(owner, name, before, after):
    real = getattr(owner, name)
    def called(*arguments, **options):
        at(before)
        found = real(*arguments, **options)
        at(after)
        return found
    setattr(owner, name, called)

def half(stream, message):
    data = run.msgspec.msgpack.encode(message)
    stream.write(len(data).to_bytes(8, "little") + data[: len(data) // 2])
    stream.flush()
    at("write")
    stream.seek(-8 - len(data) // 2, 1)
    sent(stream, message)

sent, run.send = run.send, half
killing(Scanner, "scan", "scan", "scanned")
killing(run.Held, "_add", "add", "added")

from indicia.cli.main import run as command
command(sys.argv[3:])
"""


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(processes, "SIZE", 8 << 10)
    folder = tmp_path / "logs"
    folder.mkdir()
    for day in range(2):
        lines = (LINE.format(number // 60, number % 60, PATHS[number % 4], number % 2 + day) for number in range(300))
        (folder / f"u_ex{day}.log").write_text(HEAD + "".join(lines), "utf-8")
    (tmp_path / "rule.yml").write_text(RULE, "utf-8")
    return folder


def told(found: Hunt) -> bytes:
    return to_json(found).partition(b'"stats"')[0]


def hunted(logs: Path, file: Path | None = None, most: int = 50) -> bytes:
    return told(hunt([logs], rules=[logs.parent / "rule.yml"], resume=file, most=most, jobs=1))


def pieces(file: Path) -> int:
    """How many pieces a file holds."""
    data, at, count = file.read_bytes(), len(b"indicia hunt\n") + 32, 0
    while at < len(data):
        at += 8 + int.from_bytes(data[at : at + 8], "little")
        count += 1
    return count


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_hunt_that_is_killed_again_and_again_says_the_same_in_the_end(jobs: int, logs: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = ("hunt", logs, "--rules", tmp_path / "rule.yml", "--jsonl")
    whole, file = indicia(*command, "--jobs", jobs), tmp_path / "x.hunt"
    assert whole.returncode == exits.E_OK and whole.stdout.count(b"\n") > 100
    begun = [sys.executable, "-c", SCRIPT]
    there = [0]
    for moment, count in (("write", 1), ("added", 1), ("scan", 2), ("write", 3)) if jobs == 1 else (("added", 1), ("write", 2)):
        arguments = [moment, str(count), *map(str, command), "--jobs", str(jobs), "--resume", str(file)]
        done = subprocess.run([*begun, *arguments], env=environment, capture_output=True, timeout=60)
        assert done.returncode == -signal.SIGKILL and not done.stdout
        there.append(pieces(file))
    assert there == ([0, 1, 1, 2, 5] if jobs == 1 else [0, 1, 3])  # half a piece counts as one here
    last = indicia(*command, "--jobs", jobs, "--resume", file)
    assert (last.returncode, last.stdout) == (whole.returncode, whole.stdout)


def test_cut_off_at_any_byte_it_goes_on(logs: Path, tmp_path: Path) -> None:
    whole, file, cut = hunted(logs), tmp_path / "x.hunt", tmp_path / "cut.hunt"
    assert hunted(logs, file) == whole and pieces(file) > 4
    data = file.read_bytes()
    for at in (0, 5, 13, 44, 45, 46, 53, 60, *range(500, len(data), len(data) // 12), len(data) - 1):
        cut.write_bytes(data[:at])
        assert hunted(logs, cut) == whole, at
        assert pieces(cut) == pieces(file), at


def test_what_is_known_is_not_read_again(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = hunted(logs, tmp_path / "x.hunt")
    monkeypatch.setattr(Scanner, "scan", None)
    assert hunted(logs, tmp_path / "x.hunt") == whole


def test_a_log_that_changed_is_read_again_with_all_that_come_after_it(logs: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.hunt"
    hunted(logs, file, most=1000)
    for name in ("u_ex1.log", "u_ex0.log"):
        with (logs / name).open("a") as log:
            log.write(LINE.format(59, 59, "/aspnet_client/new.aspx", 9))
        found = hunted(logs, file, most=1000)
        assert found == hunted(logs, most=1000) and b"198.51.100.9" in found


def test_an_interrupted_hunt_says_how_it_goes_on_and_does(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, real, calls = hunted(logs), Held._add, []

    def add(self: Held, *arguments: object) -> None:
        calls.append(real(self, *arguments))  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Held, "_add", add)
        stopped = hunt([logs], rules=[tmp_path / "rule.yml"], resume=tmp_path / "x.hunt", most=50, jobs=1)
    (problem,) = (each for each in stopped.problems if each.what.startswith("interrupted"))
    assert problem.hint == "the same command goes on from there"
    assert 0 < sum(file.events for file in stopped.files) < 600
    assert hunted(logs, tmp_path / "x.hunt") == whole


def test_a_file_of_something_else_is_left_alone(logs: Path, tmp_path: Path) -> None:
    for name, what in (("rule.yml", "is no file of a hunt"), ("logs/u_ex0.log", "stands among the logs")):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(UsageError, match=what):
            hunted(logs, tmp_path / name)
        assert (tmp_path / name).read_bytes() == before
    hunted(logs, tmp_path / "x.hunt")
    with pytest.raises(UsageError, match="other rules, options or another version"):
        hunted(logs, tmp_path / "x.hunt", most=49)
    with pytest.raises(UsageError, match="cannot be written to"):
        hunted(logs, tmp_path / "nowhere" / "x.hunt")


def test_only_its_owner_reads_what_is_held(logs: Path, tmp_path: Path) -> None:
    hunted(logs, tmp_path / "x.hunt")
    assert (tmp_path / "x.hunt").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_costs_no_finding(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "send", send)
    found = hunt([logs], rules=[tmp_path / "rule.yml"], resume=tmp_path / "x.hunt", jobs=1)
    assert any("No space left" in problem.what for problem in found.problems)
    assert sum(file.events for file in found.files) == 600


def test_events_are_kept_by_a_whole_hunt_only(logs: Path, tmp_path: Path) -> None:
    answer = indicia("hunt", logs, "--keep", tmp_path / "kept", "--resume", tmp_path / "x.hunt")
    assert answer.returncode == exits.E_USAGE and b"exclude each other" in answer.stderr
    assert run.WORTH_A_PROCESS > processes.SIZE and not (tmp_path / "x.hunt").exists()
