"""What one hostile file may cost: bounded by its own size, told by name, and the files beside it are read."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from indicia.hunt.run import hunt
from indicia.read.fronts import formats, open_source
from indicia.read.fronts.opened import Limits
from indicia.read.fronts.sniff import FileKind
from indicia.records import Severity
from tests.read.fronts import made

MB = 1 << 20
SENTENCE = b"Norway accused China of the breach at Larkspur Mining. "


def test_members_that_lie_over_each_other_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(made.overlapping(5_000, SENTENCE * 2_000))
    (tmp_path / "good.txt").write_bytes(SENTENCE)
    before = time.process_time()
    found = open_source(tmp_path)
    assert time.process_time() - before < 5
    assert [Path(each.name).name for each in found.documents] == ["bomb.zip!a.txt", "good.txt"]
    (problem,) = found.problems
    assert "lie over others" in problem.what and problem.count == 4_999 and problem.severity is Severity.FAILED


def test_a_hunt_leaves_them_out_too(tmp_path: Path) -> None:
    line = b"Mar  3 06:00:00 web01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n"
    (tmp_path / "bomb.zip").write_bytes(made.overlapping(3_000, line * 1_000))
    result = hunt([tmp_path], builtin=False, jobs=1)
    assert sum(file.events for file in result.files) == 1_000
    assert [problem.count for problem in result.problems if "lie over others" in problem.what] == [2_999]


def test_an_archive_unpacks_to_so_many_times_its_size(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):  # none of them is large or packed as only a bomb is
            archive.writestr(f"{number}.txt", f"{number}".encode() + b" 198.51.100.7" * 75_000)
    path = tmp_path / "a.zip"
    path.write_bytes(data.getvalue())
    limits = Limits(small_bytes=1 << 20)
    found = open_source(path, limits=limits)
    assert sum(len(each.text) for each in found.documents) <= limits.small_bytes + limits.total_ratio * path.stat().st_size
    assert any("unpacks to more than the limit" in problem.what for problem in found.problems)


def test_text_that_only_repeats_is_read_for_indicators_only(tmp_path: Path) -> None:
    members = {f"{number}.txt": f"{number} ".encode() + SENTENCE * 400 for number in range(40)}
    (tmp_path / "a.zip").write_bytes(made.zipped(members))
    limits = Limits(first_bytes=100_000)
    parts = open_source(tmp_path / "a.zip", limits=limits)
    assert len(parts.documents) == 40 and not parts.in_full
    assert [(problem.count, "indicators only" in problem.what) for problem in parts.problems][-1:] == [(33, True)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[" * MB, "nested too deeply"),
        (b"[" * (MB // 2) + b"]" * (MB // 2), "nested too deeply"),
        (b'{"a":' * (MB // 5), "nested too deeply"),
        (b'{"type":"bundle","objects":[' + b"[" * MB, "nested too deeply"),
        (b"[" + b"[]," * (MB // 3) + b"[]]", "values"),
        (b"[" + b'"",' * 80_000 + b'"x"', "no JSON to its end"),
    ],
    ids=["open", "deep", "objects", "bundle", "many", "cut"],
)
def test_json_that_only_costs_memory_is_read_as_text_in_parts(text: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text)
    limits = Limits(part_bytes=1 << 16, first_bytes=1 << 16, values=200_000)
    found = open_source(path, limits=limits)
    assert found.documents and all(len(each.text) <= limits.part_bytes for each in found.documents)
    assert any(why in problem.what and problem.severity is Severity.SKIPPED for problem in found.problems)


def test_a_long_file_of_json_is_read_as_such(tmp_path: Path) -> None:
    objects = [{"type": "x", "id": str(number), "text": "a" * 100} for number in range(2_000)]
    (tmp_path / "a.json").write_text(json.dumps(objects), "utf-8")
    found = open_source(tmp_path / "a.json", limits=Limits(part_bytes=1 << 16))
    assert [each.media_type for each in found.documents] == ["application/json"] and not found.problems


@pytest.mark.parametrize("error", [IndexError, OverflowError, MemoryError, KeyError, UnicodeError])
def test_what_nobody_saw_coming_costs_one_file(error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def front(data: bytes, *_: object) -> object:
        if b"evil" in data:
            raise error("out of nowhere")
        return plain(data, *_)  # type: ignore[arg-type]

    plain = formats.FRONTS[FileKind.PLAIN]
    monkeypatch.setitem(formats.FRONTS, FileKind.PLAIN, front)  # type: ignore[arg-type]
    (tmp_path / "a.zip").write_bytes(made.zipped({"1.txt": b"evil", "2.txt": SENTENCE}))
    (tmp_path / "b.txt").write_bytes(SENTENCE)
    found = open_source(tmp_path)
    assert [Path(each.name).name for each in found.documents] == ["a.zip!2.txt", "b.txt"]
    (problem,) = found.problems
    assert Path(problem.where).name == "a.zip!1.txt" and "out of nowhere" in problem.what
    assert problem.severity is Severity.FAILED
