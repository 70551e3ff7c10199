"""Writes docs/indicia.1 from the parser itself, as `--help` says it: `man indicia` after an installation.

    python scripts/man_page.py

`tests/cli/test_reference.py` compares the file with the parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from indicia import __version__
from indicia.cli import exits
from indicia.cli.main import app
from indicia.cli.settings import settings_file
from scripts.cli_reference import examples, parser

__all__ = ["FILE", "page"]

FILE = Path(__file__).parents[1] / "docs" / "indicia.1"


def page(found: dict[str, Any]) -> str:
    """The manual page in roff (man macros)."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f'.TH INDICIA 1 "" "Indicia {__version__}" "User Commands"'
    yield from (
        ".SH NAME",
        "indicia \\- reads who accuses whom of a cyberattack, hunts logs, weighs the evidence, advises and shares",
    )
    yield from (".SH SYNOPSIS", ".B indicia", "\\fICOMMAND\\fR [\\fIARGUMENT\\fR ...] [\\fIOPTION\\fR ...]")
    about = Text.from_markup(str(app.info.help).partition("[bold]Example")[0]).plain
    yield from (".SH DESCRIPTION", _plain(" ".join(about.split())))
    yield _plain("Nothing leaves this machine unless you ask for it. Data goes to stdout, talk to stderr; - is a stream.")
    yield ".SH COMMANDS"
    for name, command in found.items():
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        words = " ".join(f"\\fI{_argument(one)}\\fR" for one in arguments)
        yield from (f".SS indicia {name} {words}".rstrip(), _plain(" ".join(Text.from_markup(_first(command)).plain.split())))
        for one in command.params:
            help = Text.from_markup(getattr(one, "help", "") or "").plain
            if one.param_type_name == "argument":
                yield from (".TP", f"\\fI{_argument(one)}\\fR", _plain(help))
            else:
                yield from (
                    ".TP",
                    ", ".join(f"\\fB{_plain(name)}\\fR" for name in (*one.opts, *one.secondary_opts)),
                    _plain(help),
                )
        if shown := examples(command):
            yield from (".PP", "Examples:", ".PP", ".EX", *(f"    {_plain(line)}" for line in shown), ".EE")
    yield ".SH EXIT STATUS"
    for name in sorted((name for name in vars(exits) if name.startswith("E_")), key=lambda name: getattr(exits, name)):
        yield from (".TP", str(getattr(exits, name)), _plain(MEANINGS[name]))
    yield from (
        ".SH FILES",
        ".TP",
        f"\\fI{_plain(_home(settings_file()))}\\fR",
        "Settings; INDICIA_SETTINGS names another file.",
    )
    yield from (
        ".SH SEE ALSO",
        "The documentation in the folder docs of the source, and \\fBindicia\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR.",
    )


MEANINGS = {
    "E_OK": "done, all of it",
    "E_FAULT": "a fault of ours; -vv shows where",
    "E_USAGE": "the command line or the settings are wrong",
    "E_PARTIAL": "done, but some inputs could not be used; each is named",
    "E_NOTHING": "no input could be used",
    "E_FOUND": "--fail-on-hit, and something was found",
    "E_RULE": "a rule that was asked for cannot be used",
    "E_LIMIT": "a bound that keeps hostile input harmless was reached",
    "E_MARKING": "refused: it would lower a TLP marking",
    "E_STORE": "the case cannot be opened or written, or there is no room for the output",
    "E_KNOWLEDGE": "knowledge is missing or does not fit",
    "E_EXTRA": "it needs a part of the program that is not installed",
    "E_INTERRUPTED": "stopped by Ctrl-C; nothing half-written is left",
}


def _argument(one: Any) -> str:
    return (one.metavar or one.name or "").upper() + ("..." if one.nargs == -1 else "")


def _first(command: Any) -> str:
    return str((command.help or "").partition("[bold]Example")[0])


def _home(path: Path) -> str:
    return f"~/.config/{'/'.join(path.parts[-2:])}"


def _plain(text: str) -> str:
    """Text that roff takes as it stands.

    >>> _plain(".x -o a\\\\b")
    '\\\\&.x \\\\-o a\\\\eb'
    """
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    FILE.write_text(page(parser()), "utf-8")
