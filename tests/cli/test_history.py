"""`indicia history`: what was believed when, and `brief --case` says what it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.case import Changes, open_store
from indicia.cli import exits
from indicia.cli.history import counted
from indicia.cli.main import run


def indicia(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        run([str(one) for one in arguments])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def affair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    texts = {"first": "Norway accused China of the breach of the Storting's e-mail system.", "second": "China denied it."}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(f"{text}\n", "utf-8")
        assert (
            indicia("brief", folder / f"{name}.txt", "--case", folder / "a.indicia", "-o", folder / "out", "-q") == exits.E_OK
        )
    return folder / "a.indicia"


def test_every_change_is_told_with_its_author(affair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert indicia("history", affair) == exits.E_OK
    lines = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in lines if line[0].isdigit()] == ["1  ", "2  "]
    assert lines[0] == "TLP:AMBER" and "first.txt" in lines[1]
    assert any("1 document" in line and "the weighing" in line for line in lines)
    assert indicia("history", affair, "--json") == exits.E_OK
    rows = json.loads(capsys.readouterr().out)
    assert [row["run"]["id"] for row in rows] == [1, 2]
    assert rows[1]["changes"]["added"]["document"] == 1


def test_every_version_of_a_record_is_told(affair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert indicia("history", affair, "weighing") == exits.E_OK
    out = capsys.readouterr().out
    assert out.startswith("TLP:AMBER\nweighing of change 1, ")
    assert "until change 2" in out and "weighing of change 2, " in out
    with open_store(affair) as store:
        claim = store.load().claims[0]
    assert indicia("history", affair, claim.id, "--json") == exits.E_OK
    (version,) = json.loads(capsys.readouterr().out)
    assert version["kind"] == "claim" and version["until"] is None
    assert version["record"]["quote"]["text"] == claim.quote.text


def test_the_case_as_it_stood(affair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert indicia("history", affair, "--at", 1) == exits.E_OK
    assert "China" in capsys.readouterr().out
    assert indicia("history", affair, "--at", 1, "--json") == exits.E_OK
    assert len(json.loads(capsys.readouterr().out)["documents"]) == 1


@pytest.mark.parametrize("arguments", [("claim--none",), ("--at", 7), ("claim--none", "--at", 1)])
def test_what_is_not_there_is_said_so(affair: Path, arguments: tuple[object, ...]) -> None:
    assert indicia("history", affair, *arguments) == exits.E_USAGE


def test_a_folder_has_no_history(tmp_path: Path) -> None:
    assert indicia("history", tmp_path) == exits.E_USAGE


def test_what_a_run_says_that_it_changed(affair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "third.txt"
    text.write_text("The United Kingdom accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    case = tmp_path / "b.indicia"
    case.write_bytes(affair.read_bytes())
    assert indicia("brief", text, "--case", case, "-o", tmp_path / "out") == exits.E_OK
    told = capsys.readouterr().err
    assert "1 claim" in told and "1 document" in told and "changed: " in told and "page one said before: " in told
    assert counted(Changes(run=1, added={"head": 1}, superseded={}, withdrawn={"mention": 1200})) == [
        ("withdrawn", "1,200 mentions")
    ]
