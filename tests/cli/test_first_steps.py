"""The first things somebody types: the example, whether all is there, and a page through `head`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indicia.case import open_store
from indicia.cli import exits
from indicia.cli.options import meant, short_id
from indicia.errors import UsageError
from tests.command import indicia
from tests.sample_case import exchange_case


def test_the_example_is_put_where_its_commands_find_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = indicia("example")
    assert answer.returncode == exits.E_OK, answer.stderr
    first = answer.stdout.decode().splitlines()[0]
    assert first == "indicia brief indicia-example/texts --logs indicia-example/logs --unmarked clear -o indicia-example/brief"
    assert (tmp_path / "indicia-example" / "texts" / "uk.txt").is_file()
    assert any((tmp_path / "indicia-example" / "logs").rglob("*.LOG"))
    assert indicia("example").returncode == exits.E_USAGE, "nothing is overwritten"


def test_the_doctor_names_parts_models_and_the_age_of_knowledge() -> None:
    found = {one["what"]: one for one in json.loads(indicia("doctor", "--json", "--today", "2026-11-28").stdout)}
    assert {"Indicia", "Python", "part: pdf", "part: web", "model: claims", "model: techniques"} <= set(found)
    assert found["model: claims"]["state"] == "ok"
    assert found["MITRE ATT&CK enterprise bundle"]["found"].endswith("days old")


def test_who_reads_the_first_line_only_had_what_they_wanted(tmp_path: Path) -> None:
    """As behind `| head -n 1`, but for a reader that has surely gone before anything is written."""
    text = tmp_path / "statement.txt"
    text.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "indicia", "read", "-q", str(text)]
    answer = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (answer.returncode, answer.stderr) == (exits.E_OK, b"")


def test_a_pdf_is_not_written_to_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    (tmp_path / "case.json").write_bytes(b"{}")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "indicia", "share", str(tmp_path / "case.json"), "--as", "pdf"]
    answer = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    os.close(ours)
    assert answer.returncode == exits.E_USAGE
    assert b"a PDF is not for a terminal" in answer.stderr


def test_an_id_may_be_given_by_its_beginning() -> None:
    case = exchange_case()
    whole = case.claims[0].id
    assert meant(case, whole) == whole
    if len(short_id(whole)) >= 4 and sum(one.id.rpartition("--")[2].startswith(short_id(whole)) for one in case.claims) == 1:
        assert meant(case, short_id(whole)) == whole
    with pytest.raises(UsageError, match="nothing in this case"):
        meant(case, "cl")
    with pytest.raises(UsageError, match="names .* records"):
        meant(case, "claim--")


def test_a_person_corrects_a_claim_by_its_short_id(tmp_path: Path) -> None:
    text = tmp_path / "statement.txt"
    text.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    case = tmp_path / "affair.indicia"
    assert indicia("brief", text, "--case", case, "-q", "-o", tmp_path / "out").returncode == exits.E_OK
    with open_store(case) as store:
        claim = store.load().claims[0]
    short = short_id(claim.id)
    assert short.encode() in indicia("read", "-q", text).stdout
    answer = indicia("judge", case, short, "--action", "correct", "--set", "accused=Russia", "--set", "level=state")
    assert answer.returncode == exits.E_OK, answer.stderr
    with open_store(case) as store:
        (kept,) = store.load().judgements
    assert (kept.subject, json.loads(kept.value)) == (claim.id, {"accused": "Russia", "level": "state"})
    wrong = indicia("judge", case, short, "--action", "correct", "--set", "colour=red")
    assert wrong.returncode == exits.E_USAGE and b"fields: source, accused" in wrong.stderr
