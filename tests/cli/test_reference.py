"""What is documented is what the parser knows, and each example of the help is a command line that it takes."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from indicia.cli.arguments import spread
from indicia.cli.completion import completion, options
from scripts import man_page, records_reference
from scripts.cli_reference import FILE, examples, parser, reference

PARSER = parser()
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


def test_bash_completes_commands_options_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    completion("bash")
    script = capsys.readouterr().out

    def completed(*words: str) -> set[str]:
        typed = " ".join(shlex.quote(word) for word in words)
        ask = f'COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _indicia; printf "%s\\n" "${{COMPREPLY[@]}}"'
        answer = subprocess.run(["bash", "-c", f"{script}\n{ask}"], capture_output=True, text=True, check=True)
        return set(answer.stdout.split())

    assert completed("indicia", "do") == {"doctor"}
    assert completed("indicia", "share", "case", "--in") == {"--internal"}
    assert completed("indicia", "share", "case", "--as", "st") == {"stix"}
    assert completed("indicia", "knowledge", "up") == {"update"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_every_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    completion(shell)
    script = capsys.readouterr().out
    for command in PARSER.values():
        for name, _, _ in options(command):
            assert name in script or f"-l {name[2:]}" in script
