"""What is documented is what the parser knows, and each example of the help is a command line that it takes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from indicia.cli.installation import completion
from indicia.cli.options import spread
from scripts import man_page, records_reference
from scripts.cli_reference import FILE, examples, parser, reference

PARSER = parser()
INDICIA = Path(sys.executable).with_name("indicia")
DOCS = sorted((FILE.parents[1] / "README.md", *FILE.parent.glob("*.md")))


def test_every_option_is_documented() -> None:
    assert FILE.read_text("utf-8") == reference(PARSER), "run: python scripts/cli_reference.py"


def test_the_manual_page_and_the_records_are_those_of_the_code() -> None:
    assert man_page.FILE.read_text("utf-8") == man_page.page(PARSER), "run: python scripts/man_page.py"
    assert records_reference.FILE.read_text("utf-8") == records_reference.reference(), (
        "run: python scripts/records_reference.py"
    )


def parsed(line: str) -> None:
    """Parses a command line without running it; ends with the parser's own error where it does not fit."""
    words = spread(shlex.split(re.split(r"\s[|>]", line.partition("| indicia")[2] or line)[0], comments=True))
    words = words[1:] if words[0] == "indicia" else words
    name = next((name for name in PARSER if words[: name.count(" ") + 1] == name.split()), None)
    assert name is not None, line
    PARSER[name].make_context(name, words[name.count(" ") + 1 :])


@pytest.mark.parametrize("name", PARSER)
def test_each_command_shows_examples_that_parse(name: str) -> None:
    shown = examples(PARSER[name])
    assert shown
    for line in shown:
        parsed(line)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_the_commands_in_the_docs_parse(path: Path) -> None:
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            line = line.strip().removeprefix("$ ")
            if line.startswith("indicia ") and "CASE" not in line:
                parsed(line)


def completed(shell: str, *words: str) -> set[str]:
    """What a shell is told that may stand where the last of the words is begun."""
    asked = {"_INDICIA_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": shlex.join(words)}
    asked |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1), "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    answer = subprocess.run([INDICIA], capture_output=True, text=True, env={**os.environ, **asked})
    return set(re.findall(r"[\w+-]+", answer.stdout)) - {"_arguments"}  # the last is a word of zsh


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_options_and_formats(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "doctor" in completed(shell, "indicia", "do")
    assert "--internal" in completed(shell, "indicia", "share", "case", "--in")
    assert {"stix"} == completed(shell, "indicia", "share", "case", "--as", "st")
    assert {"amber", "amber+strict"} <= completed(shell, "indicia", "brief", "a.txt", "--tlp", "am")
    assert "update" in completed(shell, "indicia", "knowledge", "up")
    completion(shell)
    assert f"complete_{shell}" in capsys.readouterr().out


def test_bash_takes_the_script_and_completes_by_it(capsys: pytest.CaptureFixture[str]) -> None:
    completion("bash")
    script = capsys.readouterr().out
    ask = f'COMP_WORDS=(indicia do); COMP_CWORD=1; _indicia_completion {shlex.quote(str(INDICIA))}; echo "${{COMPREPLY[@]}}"'
    answer = subprocess.run(["bash", "-c", f"{script}\n{ask}"], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["doctor"]
