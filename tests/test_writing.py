"""Who may read what is written: a case and what is made of it its owner alone; and never half a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indicia.case import open_store
from indicia.cli.main import run
from indicia.share.indicators import case_json
from indicia.web.taxii.readers import Inbox
from indicia.writing import write_atomically, written
from tests.command import indicia
from tests.sample_case import empty_case, exchange_case, keep

MASKS = [0o022, 0o002, 0o077, 0o000]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", MASKS)
def test_a_case_is_for_its_owner_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "affair.indicia"
    with umask(mask), open_store(path) as store:
        keep(store, exchange_case(), author="a", time="2026-11-24T12:00:00Z", what="x")
        files = {each.name: mode(each) for each in tmp_path.iterdir()}
    assert files == dict.fromkeys(("affair.indicia", "affair.indicia-shm", "affair.indicia-wal"), 0o600)


def test_a_case_that_others_were_let_into_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "affair.indicia"
    path.touch()
    path.chmod(0o640)
    with open_store(path) as store:
        keep(store, empty_case(), author="a", time="2026-11-24T12:00:00Z", what="x")
        assert {mode(each) for each in tmp_path.iterdir()} == {0o640}


@pytest.mark.parametrize("mask", MASKS)
def test_an_export_is_for_its_owner_until_they_let_others_in(tmp_path: Path, mask: int) -> None:
    case, out = tmp_path / "case.json", tmp_path / "new" / "bundle.json"
    case.write_bytes(case_json(exchange_case()))
    with umask(mask), pytest.raises(SystemExit) as stop:
        run(["share", str(case), "--as", "stix", "-q", "-o", str(out)])
    assert not stop.value.code
    assert mode(out) == 0o600
    out.chmod(0o640)
    with pytest.raises(SystemExit) as stop:
        run(["share", str(case), "--as", "stix", "-q", "-o", str(out)])
    assert mode(out) == 0o640
    assert [each.name for each in out.parent.iterdir()] == ["bundle.json"]


def test_a_file_that_is_there_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    path, link = tmp_path / "out.csv", tmp_path / "link.csv"
    write_atomically(path, b"first")
    path.chmod(0o640)
    link.symlink_to(path)
    write_atomically(link, b"second")
    assert link.is_symlink()
    assert (path.read_bytes(), mode(path)) == (b"second", 0o640)


def test_a_stopped_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_atomically(path, b"first")

    def stopped() -> None:
        with written(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"first"]


def test_what_is_posted_is_for_nobody_else(tmp_path: Path) -> None:
    item = {"type": "note", "spec_version": "2.1", "id": "note--11111111-1111-4111-8111-111111111111"}
    with umask(0o022):
        Inbox(tmp_path).add([item], "22222222-2222-4222-8222-222222222222", "2026-11-24T12:00:00.000000Z")
    (file,) = tmp_path.iterdir()
    assert mode(file) == 0o600


def test_what_a_stage_writes_of_texts_and_logs_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Norway accused China of the breach.", "utf-8")
    (tmp_path / "a.jsonl").write_text('{"EventID": 1, "Channel": "Security"}\n', "utf-8")
    out, kept = tmp_path / "out.json", tmp_path / "kept"
    for words in (["read", tmp_path / "a.txt", "--json", "-o", out], ["hunt", tmp_path / "a.jsonl", "--keep", kept]):
        assert indicia(*words, "-q").returncode in {0, 10}
    assert [mode(file) for file in (out, *kept.iterdir())] == [0o600, 0o600]
