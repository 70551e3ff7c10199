"""`indicia share`: markings on the way out."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from indicia.case import open_store
from indicia.cli import exits
from indicia.cli.main import run
from indicia.records import Problem, Tlp
from indicia.share.redact import mark
from tests.sample_case import exchange_case, keep


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    where = str(tmp_path / "affair.indicia")
    with open_store(where) as store:
        keep(store, mark(exchange_case(), Tlp.AMBER), author="tester", time="2026-11-24T12:00:00Z", what="test")
    return where


def share(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run(["share", *arguments])
    return int(stop.value.code or 0)


def test_refuses_to_lower_and_writes_nothing(case_file: str, tmp_path: Path) -> None:
    out = tmp_path / "bundle.json"
    assert share(case_file, "--as", "stix", "--tlp", "green", "-o", str(out)) == exits.E_MARKING
    assert not out.exists()


def test_lowers_with_a_reason_that_the_case_and_the_export_keep(case_file: str, tmp_path: Path) -> None:
    out = tmp_path / "bundle.json"
    arguments = ["--as", "stix", "--tlp", "green", "--allow-lower", "cleared by the author", "-o", str(out)]
    assert share(case_file, *arguments) == exits.E_OK
    assert "cleared by the author" in out.read_text("utf-8")
    with open_store(case_file) as store:
        (judgement,) = [one for one in store.load().judgements if one.action == "lower marking"]
    assert judgement.note == "cleared by the author"


def test_for_an_audience_leaves_out_and_says_so(case_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "bundle.json"
    assert share(case_file, "--as", "stix", "--for", "green", "-o", str(out)) == exits.E_OK
    assert "left out" in capsys.readouterr().err
    assert "Raab" not in out.read_text("utf-8")
    assert "left out" in out.read_text("utf-8")


@pytest.mark.parametrize("form", ["json", "timesketch", "md", "html", "stix", "misp", "navigator", "csv"])
def test_machines_stay_at_home_unless_asked(case_file: str, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    assert share(case_file, "--as", form, "-o", str(out)) == exits.E_OK
    assert b"EXCH01" not in out.read_bytes()
    assert b"HttpProxy_2021" not in out.read_bytes()


def test_machines_leave_when_asked(case_file: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert share(case_file, "--as", "timesketch", "--internal", "-o", str(out)) == exits.E_OK
    assert any(json.loads(line).get("host") == "EXCH01" for line in out.read_text("utf-8").splitlines())


def test_a_pipe_stays_a_pipe(case_file: str, tmp_path: Path) -> None:
    """And /dev/null stays /dev/null, whoever writes to it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        assert share(case_file, "--as", "csv", "-o", str(pipe)) == exits.E_OK
        assert read.result(30).startswith(b"type,value")
    assert pipe.is_fifo()


@pytest.mark.parametrize("form", ["json", "timesketch", "md", "html", "stix", "misp", "navigator", "csv"])
def test_folders_stay_at_home(tmp_path: Path, form: str) -> None:
    """The folder of a text can hold the name of whoever wrote the case; the name of its file stays."""
    case = exchange_case()
    documents = tuple(
        msgspec.structs.replace(document, name=f"/home/ann-example/affair/{number}.txt", title=None)
        for number, document in enumerate(case.documents)
    )
    problem = Problem(where="/home/ann-example/affair/none.pdf", what="/home/ann-example/affair/0.txt says the same")
    where, out = str(tmp_path / "affair.indicia"), tmp_path / "out"
    with open_store(where) as store:
        changed = msgspec.structs.replace(case, documents=documents, problems=(problem,))
        keep(store, changed, author="tester", time="2026-11-24T12:00:00Z", what="test")
    assert share(where, "--as", form, "-o", str(out)) == exits.E_OK
    assert b"ann-example" not in out.read_bytes()
    if form != "timesketch":
        assert re.search(rb"\b\d\.txt", out.read_bytes())
