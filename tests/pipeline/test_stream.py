"""Streams of documents: order, pauses, bad and endless lines, processes that are killed, Ctrl-C."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.cli import exits
from indicia.pipeline.stream import PAUSE, TOO_LONG, Chunk, LineWorkers, lines_of, read_line, read_lines
from tests.command import indicia

COMMAND = [sys.executable, "-m", "indicia", "read", "--jsonl", "-"]


def document(number: int, text: str = "Norway accused China of the breach.") -> bytes:
    return json.dumps({"id": number, "text": text}).encode()


class Dribble(io.RawIOBase):
    """A stream that gives its pieces one by one."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = iter(pieces)

    def read1(self, size: int) -> bytes:
        return next(self.pieces, b"")


@given(st.lists(st.text(alphabet="ab\n\r\x00 ", max_size=30).map(str.encode).filter(bool)), st.integers(1, 20))
def test_lines_are_the_same_however_they_come(pieces: list[bytes], longest: int) -> None:
    whole = b"".join(pieces)
    expected = whole.split(b"\n")[: None if not whole.endswith(b"\n") and whole else -1]
    got = [line for line in lines_of(Dribble(pieces), longest=longest) if line is not PAUSE]  # type: ignore[arg-type]
    assert got == [line if len(line) <= longest else TOO_LONG for line in expected]


def test_what_is_wrong_with_a_line_is_said_with_its_number() -> None:
    bad = [b"x", b"[]", b'{"id": 1}', b'{"text": 3}', b'{"text": "\\ud800"}', b"\xff\xfe", b"[" * 100_000, TOO_LONG]
    for number, line in enumerate(bad, 5):
        answer = read_line(line, number)
        row = json.loads(answer.data)
        assert not answer.fine
        assert row["line"] == number
        assert row["error"]
        assert row["hint"]


def test_a_date_that_is_none_is_said_and_the_document_read_all_the_same() -> None:
    row = json.loads(read_line(b'{"id": 1, "text": "Norway accused China of the breach.", "date": "soon"}', 1).data)
    assert row["claims"]
    assert "soon" in row["problems"][0]["what"]


def test_dates_of_a_line_may_hold_a_time_and_others_have_a_common_one() -> None:
    text = "On Monday Norway accused China of the breach."
    own = json.loads(read_line(json.dumps({"text": text, "date": "2021-07-21T08:00:00Z"}).encode(), 1).data)
    common = json.loads(read_line(json.dumps({"text": text}).encode(), 1, "2021-07-21").data)
    assert own["claims"][0]["date"] == common["claims"][0]["date"] == "2021-07-19"


def test_lines_that_have_come_are_answered_before_more_are_waited_for() -> None:
    asked: list[int] = []

    def source() -> Iterator[bytes | None]:
        for number in range(150):
            yield document(number)
        yield PAUSE
        asked.append(sum(1 for _ in answered))
        yield document(150)

    answered: list[int] = []
    for answer in read_lines(source(), jobs=2):
        answered.append(json.loads(answer.data)["id"])
    assert asked == [150]
    assert answered == list(range(151))


def _read(chunk: Chunk, marker: str) -> list[int]:
    """Doubles numbers; dies at the line "die", and at "once" if it is the first to come there."""
    for _, line in chunk:
        if line == b"die" or (line == b"once" and not Path(marker).exists()):
            Path(marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [2 * number for number, _ in chunk]


@pytest.mark.parametrize(("line", "answer"), [(b"once", 2 * 17), (b"die", -17)])
def test_a_killed_process_is_told_and_nothing_is_lost(tmp_path: Path, line: bytes, answer: int) -> None:
    told: list[str] = []
    numbered = [(number, line if number == 17 else b"x") for number in range(1, 41)]
    chunks = [numbered[at : at + 4] for at in range(0, 40, 4)]
    read = partial(_read, marker=str(tmp_path / "marker"))
    with LineWorkers[int](read, 2, lost=lambda number: -number, tell=told.append) as workers:
        got = [one for answers in workers.each(chunks) for one in answers]
    assert got == [answer if number == 17 else 2 * number for number in range(1, 41)]
    assert told


def _long(chunk: Chunk) -> list[bytes]:
    return [b"x" * 5_000_000 for _ in chunk]


def test_a_process_that_is_killed_while_it_answers_is_told_too(tmp_path: Path) -> None:
    told: list[str] = []

    def chunks() -> Iterator[Chunk]:
        yield [(1, b"a")]
        (worker,) = workers._workers
        assert worker.pipe.poll(60)  # it has begun to write, more than the pipe holds
        os.kill(worker.process.pid or 0, signal.SIGKILL)
        yield []

    with LineWorkers[bytes](_long, 1, lost=lambda number: b"", tell=told.append) as workers:
        (answers,) = workers.each(chunks())
    assert list(map(len, answers)) == [5_000_000]
    assert len(told) == 1


def _run(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def test_a_live_stream_is_answered_line_by_line() -> None:
    with _run() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(document(number) + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == exits.E_OK


@pytest.mark.parametrize("to_file", [True, False])
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path, to_file: bool) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("before\n")
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"".join(document(number) + b"\n" for number in range(5000)))
    arguments = ["-o", str(output)] if to_file else []
    with source.open("rb") as stdin:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what readline takes beyond its line would be lost to communicate
            start_new_session=True,
        )
        if to_file:
            while not any(path.stat().st_size for path in tmp_path.glob(".out*")):
                assert process.poll() is None
        else:
            assert process.stdout is not None
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of it
        out, err = process.communicate(timeout=30)
    assert process.returncode == exits.E_INTERRUPTED, err.decode()
    assert b"Traceback" not in err
    assert output.read_text() == "before\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert out == b"" or out.endswith(b"\n")
    for row in out.splitlines():
        json.loads(row)


def test_standard_input_is_a_source_of_read_and_brief(tmp_path: Path) -> None:
    for arguments in (["read", "-"], ["brief", "-", "-o", str(tmp_path / "brief")]):
        answer = indicia(*arguments, stdin=b"Norway accused China of hacking its parliament.")
        assert answer.returncode == exits.E_OK, answer.stderr
        assert b"Norway" in answer.stdout
    assert "Norway accused China" in (tmp_path / "brief" / "brief.md").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes under /proc")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_the_processes_end_with_the_one_that_started_them(sign: signal.Signals) -> None:
    """Also while they read: each gets lines that take it many seconds."""
    long = json.dumps({"text": "Norway accused China of the breach at Larkspur Mining. " * 20_000}).encode() + b"\n"
    with subprocess.Popen([*COMMAND, "--jobs", "2"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        writer = threading.Thread(target=_write, args=(process.stdin, long * 4), daemon=True)
        writer.start()
        until = time.monotonic() + 120
        workers: list[int] = []
        while len(workers) < 2 and time.monotonic() < until:
            time.sleep(0.1)
            workers = [pid for pid in _children(process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert len(workers) == 2
        process.send_signal(sign)
        process.wait(30)
        while any(map(_is_running, workers)) and time.monotonic() < until:
            time.sleep(0.1)
        writer.join(30)
        assert not any(map(_is_running, workers))


def _write(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError):  # it is killed while we write
        pipe.write(data)


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
