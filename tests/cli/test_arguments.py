"""What people type, and what they get when they mistype."""

from __future__ import annotations

import subprocess
import sys

import pytest

from indicia.cli import exits
from indicia.errors import InputError, MarkingError, UsageError


def indicia(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "indicia", *arguments], input=stdin, capture_output=True, check=False)


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


def test_a_mistyped_command_is_a_usage_error_with_a_suggestion() -> None:
    answer = indicia("breif")
    assert answer.returncode == exits.E_USAGE
    assert b"brief" in answer.stderr


def test_weigh_wants_exactly_one_kind_of_evidence() -> None:
    answer = indicia("weigh")
    assert answer.returncode == exits.E_USAGE
    assert b"--techniques" in answer.stderr
