"""What people type, and what they get when they mistype."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.cli.options import spread
from indicia.errors import InputError, MarkingError, UsageError
from tests.command import indicia


def test_errors_have_their_own_codes() -> None:
    assert exits.code_for(UsageError("x")) == exits.E_USAGE
    assert exits.code_for(InputError("x")) == exits.E_NOTHING
    assert exits.code_for(MarkingError("x")) == exits.E_MARKING


def test_every_code_is_documented() -> None:
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
    codes = {value for name, value in vars(exits).items() if name.startswith("E_")}
    assert {int(line.split("|")[1]) for line in text.splitlines() if line.startswith("| ") and line[2].isdigit()} == codes


@pytest.mark.parametrize(
    "command", [(), ("--help",), ("brief", "-h"), ("read", "-h"), ("hunt", "-h"), ("weigh", "-h"), ("share", "-h")]
)
def test_help_shows_an_example(command: tuple[str, ...]) -> None:
    answer = indicia(*command)
    assert b"indicia " in answer.stdout + answer.stderr
    assert answer.returncode in {exits.E_OK, exits.E_USAGE}
    assert b"Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("advise --have mfa CASE", "advise --have mfa CASE"),
        ("advise --have mfa edr CASE --json", "advise --have mfa --have edr CASE --json"),
        ("advise --have CASE", "advise --have CASE"),
        ("advise --have mfa postgresql://h/d", "advise --have mfa postgresql://h/d"),
        ("weigh --techniques T1190 T1505.003", "weigh --techniques T1190 --techniques T1505.003"),
    ],
)
def test_a_list_of_words_does_not_swallow_the_case(
    typed: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "CASE").mkdir()
    monkeypatch.chdir(tmp_path)
    assert spread(typed.split()) == meant.split()


def test_who_reads_the_first_lines_only_gets_no_error() -> None:
    script = f"{sys.executable} -m indicia knowledge show | head -n 1; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    told = [line for line in answer.stderr.splitlines() if not line.startswith(b"over a year old")]  # of the knowledge
    assert (answer.returncode, told) == (exits.E_OK, [])


def test_no_color_holds_for_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    from indicia.cli.options import _wanted

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert _wanted(True) and not _wanted(False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not _wanted(True)


def test_a_mistyped_command_is_a_usage_error_with_a_suggestion() -> None:
    answer = indicia("breif")
    assert answer.returncode == exits.E_USAGE
    assert b"brief" in answer.stderr


def test_weigh_wants_exactly_one_kind_of_evidence() -> None:
    answer = indicia("weigh")
    assert answer.returncode == exits.E_USAGE
    assert b"--techniques" in answer.stderr
