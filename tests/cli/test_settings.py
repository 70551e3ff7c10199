"""Settings: option over environment over file over default; what is wrong is said with its place and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.cli.main import run
from indicia.cli.settings import by_command, in_force, settable
from scripts.cli_reference import parser

PARSER = parser()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("", "utf-8")
    monkeypatch.setenv("INDICIA_SETTINGS", str(path))
    return path


def held(command: str, option: str) -> object:
    return next((one.value for one in in_force(PARSER) if (one.command, one.option) == (command, option)), None)


def test_environment_beats_file_and_a_command_its_own_general_value(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text(
        'jobs = 2\ncolor = false\nhave = ["edr", "mfa"]\n[hunt]\njobs = 4\n[knowledge.show]\ncolor = true\n', "utf-8"
    )
    assert (held("read", "jobs"), held("hunt", "jobs")) == (2, 4)
    assert (held("read", "color"), held("knowledge show", "color")) == (False, True)
    assert by_command(in_force(PARSER))["brief"]["have"] == ["edr", "mfa"]
    monkeypatch.setenv("INDICIA_JOBS", "6")
    assert (held("read", "jobs"), held("hunt", "jobs")) == (6, 6)
    monkeypatch.setenv("INDICIA_HUNT_JOBS", "8")
    assert (held("read", "jobs"), held("hunt", "jobs")) == (6, 8)


def test_an_option_beats_them_all(settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "statement.txt"
    text.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")

    def marking(*options: str) -> str:
        with pytest.raises(SystemExit):
            run(["brief", str(text), "--json", "-o", str(tmp_path / "out"), *options])
        captured = capsys.readouterr()
        assert not captured.err, "the file asked for quiet"
        return str(json.loads(captured.out)["unmarked"])

    settings.write_text('quiet = true\nunmarked = "clear"\n', "utf-8")
    assert marking() == "clear"
    assert marking("--unmarked", "green") == "green"


def test_paths_are_relative_to_the_file(settings: Path) -> None:
    settings.write_text('rules = ["sigma", "/etc/sigma"]\n', "utf-8")
    assert held("hunt", "rules") == [str(settings.parent / "sigma"), "/etc/sigma"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("levle = 3", "unknown setting 'levle' (did you mean 'level'?)"),
        ("[hnut]\njobs = 3", "unknown table [hnut] (did you mean 'hunt'?)"),
        ("[read]\nlevel = 'high'", "[read] unknown setting 'level'"),
        ("[knowledge.shwo]\ncolor = true", "unknown table [knowledge.shwo]"),
        ("json = true", "json cannot be set for every run (give it on the command line: --json)"),
        ("[share]\ninternal = true", "[share] internal cannot be set for every run"),
        ("jobs = 'three'", "jobs: 'three' is not a whole number"),
        ("full = 1", "full: 1 is not true or false"),
        ("[hunt]\nlevel = 'loud'", "one of: informational, low, medium, high, critical"),
        ("jobs = ", "is not TOML"),
        (f"jobs = {'9' * 5000}", "is not TOML"),
        (f"jobs = {'[' * 5000}", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said(settings: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text(text, "utf-8")
    with pytest.raises(SystemExit) as stop:
        run(["hunt", "nowhere"])
    assert stop.value.code == exits.E_USAGE
    error = " ".join(capsys.readouterr().err.split())
    assert str(settings) in error and told in error


def test_the_doctor_works_with_wrong_settings_and_names_those_in_force(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found() -> dict[str, dict[str, str]]:
        with pytest.raises(SystemExit):
            run(["doctor", "--json"])
        return {one["what"]: one for one in json.loads(capsys.readouterr().out)}

    settings.write_text("levle = 3", "utf-8")
    assert found()["settings"]["state"] == "missing"
    settings.write_text("have = ['edr', 'mfa']", "utf-8")
    monkeypatch.setenv("INDICIA_UNMARKED", "clear")
    told = found()
    assert told["setting: have"]["found"] == "edr, mfa (from the file)"
    assert told["setting: unmarked"]["found"] == "clear (from INDICIA_UNMARKED)"


def test_every_option_is_settable_or_belongs_to_one_run() -> None:
    names = {option for options in settable(PARSER).values() for option in options}
    assert {"have", "rules", "unmarked", "quiet", "color", "level", "port"} <= names
    assert names.isdisjoint({"json", "output", "case", "internal", "allow-lower"})
