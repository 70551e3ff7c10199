"""Writes docs/cli-options.md from the parser itself: every command with its arguments, options and examples.

    python scripts/cli_reference.py

`tests/cli/test_reference.py` compares the file with the parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from indicia.cli.main import app, register
from indicia.cli.settings import commands, settable

__all__ = ["FILE", "examples", "parser", "reference"]

FILE = Path(__file__).parents[1] / "docs" / "cli-options.md"


def parser() -> dict[str, Any]:
    """All commands by name."""
    register()
    return commands(typer.main.get_command(app))


def reference(found: dict[str, Any]) -> str:
    """The page as Markdown."""
    lines = [
        "# Every command and option",
        "",
        "Made from the parser by `python scripts/cli_reference.py`. [cli.md](cli.md) says how they work together.",
    ]
    for name, command in found.items():
        lines += ["", f"## indicia {name}", "", *_about(command), ""]
        rows = list(_rows(command))
        if rows:
            lines += ["| Argument or option | What it does |", "|---|---|", *rows]
    lines += ["", "## Settings", "", *_settings(found)]
    return "\n".join(lines) + "\n"


def examples(command: Any) -> list[str]:
    """The command lines that the help of a command shows, without what is said beside them."""
    shown = [line.strip() for line in (command.help or "").splitlines()]
    return [
        Text.from_markup(line.partition("[dim]")[0]).plain.strip()
        for line in shown
        if line.startswith(("indicia ", "cat ", "curl "))
    ]


def _about(command: Any) -> Iterator[str]:
    yield " ".join(Text.from_markup((command.help or "").partition("[bold]Example")[0]).plain.split())
    if shown := examples(command):
        yield ""
        yield "```sh"
        yield from shown
        yield "```"


def _rows(command: Any) -> Iterator[str]:
    for parameter in command.params:
        help = Text.from_markup(getattr(parameter, "help", "") or "").plain.replace("|", "\\|")
        if parameter.param_type_name == "argument":
            more = "..." if parameter.nargs == -1 else ""
            yield f"| `{(parameter.metavar or parameter.name or '').upper()}{more}` | {help} |"
        else:
            names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
            yield f"| {names} | {help} |"


def _settings(found: dict[str, Any]) -> Iterator[str]:
    """What may stand in the settings file, each with the commands that take it."""
    yield "What may stand in the settings file and in the environment; [cli.md](cli.md#settings) says how."
    yield from ("", "| Setting | Commands |", "|---|---|")
    commands: dict[str, list[str]] = {}
    for name, options in settable(found).items():
        for option in options:
            commands.setdefault(option, []).append(name)
    for option in sorted(commands):
        yield f"| `{option}` | {', '.join(commands[option])} |"


if __name__ == "__main__":
    FILE.write_text(reference(parser()), "utf-8")
