"""The parser of event logs in its own process: what hangs, crashes or fills the memory costs a chunk, not the hunt."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from indicia.apart import Child, Stopped, Work
from indicia.hunt.logs.formats import evtx, evtx_chunks
from indicia.hunt.logs.formats.evtx import ChunkReader
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER, FILE_MAGIC
from indicia.hunt.run import hunt
from indicia.records import Severity

# The true process, with a parser that a chunk can tell what to do.
TOLD = f"""
import sys
sys.path.insert(0, {str(Path(evtx_chunks.__file__).parent)!r})
import evtx_chunks
def parsed(data):
    while b"HANG" in data: pass
    if b"FILL" in data: bytearray(1 << 30)
    if b"CRASH" in data: import os; os.abort()
    return ['{{"Event":{{"System":{{"EventID":1}}}}}}'] * (len(data) // evtx_chunks.CHUNK), []
evtx_chunks.parsed = parsed
answer = evtx_chunks.answer
"""


def chunk(word: bytes = b"") -> bytes:
    return (b"ElfChnk\0".ljust(512, b"\0") + word).ljust(CHUNK, b"\0")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Work:
    script = tmp_path / "told.work"
    script.write_text(TOLD)
    work = Work(str(script), 512 << 20, 1)
    monkeypatch.setattr(evtx, "WORK", work)
    return work


def test_a_process_that_does_not_answer_is_stopped_by_the_clock() -> None:
    work = Work("", 0, 0, clock=0.5)
    with Child(work, (sys.executable, "-c", "import time; time.sleep(600)")) as child, pytest.raises(Stopped) as error:
        child.ask(b"")
    assert error.value.late


@pytest.mark.parametrize("word", [b"HANG", b"FILL", b"CRASH"])
def test_a_request_that_stops_the_process_is_told_and_the_next_is_answered(word: bytes, told: Work) -> None:
    with Child(told) as child:
        reader = ChunkReader(child)
        with pytest.raises(Stopped) as error:
            reader.parse([chunk(), chunk(word)])
        assert error.value.late is (word == b"HANG")
        assert len(reader.parse([chunk(), chunk()])[0]) == 2


def test_a_chunk_that_crashes_the_parser_costs_itself_and_the_second_of_a_log_the_rest(tmp_path: Path, told: Work) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    header = FILE_MAGIC.ljust(FILE_HEADER, b"\0")
    (logs / "a.evtx").write_bytes(header + chunk() + chunk(b"CRASH") + chunk())
    (logs / "b.evtx").write_bytes(header + chunk(b"CRASH") + chunk(b"FILL") + chunk())
    (logs / "c.evtx").write_bytes(header + chunk())
    found = hunt([logs], builtin=False, jobs=1)
    assert [file.events for file in found.files] == [2, 0, 1]
    failed = [problem.where for problem in found.problems if problem.severity is Severity.FAILED]
    assert [Path(where).name for where in failed] == ["a.evtx chunk 2", "b.evtx", "b.evtx chunk 1"]  # and the like of it


class Refusing(ChunkReader):
    """Reads the first four records and refuses all others, whatever is laid over them; counts how often it is asked."""

    asked = 0

    def parse(self, chunks: Sequence[bytes | bytearray | memoryview]) -> tuple[list[str], list[str]]:
        self.asked += 1
        return ['{"Event":{}}'] * 4, ["a record is broken"]


def test_a_chunk_that_is_no_better_for_what_is_laid_over_it_is_left() -> None:
    record = struct.pack("<4sIQQ", b"\x2a\x2a\0\0", 32, 1, 0).ljust(28, b"\0") + struct.pack("<I", 32)
    reader = Refusing(Child(evtx.WORK))
    assert len(evtx._salvaged(chunk(record * 2000), reader)) == 4
    assert reader.asked == 2


def test_the_process_ends_with_the_one_that_asks() -> None:
    child = subprocess.Popen(evtx.WORK.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.communicate(timeout=60)  # closes its input, as the end of the other process would
    assert child.returncode == 0
