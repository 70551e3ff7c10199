"""What one does with a fresh installation: `indicia example`, `indicia doctor` and `indicia completion`."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import msgspec
import typer
from rich.markup import escape
from typer import Argument, Option
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # what --show-completion would print

import indicia
from indicia.cli import exits
from indicia.cli.options import Color, Json, Voice
from indicia.cli.talk import console_for, write_out
from indicia.errors import ExtraError, UsageError
from indicia.models import ROOMS, model_folder

# `indicia example`: the bundled example, to try everything on.
FOLDER = Path("indicia-example")
# What to try, in this order; {here} is the folder.
TRY = (
    "indicia brief {here}/texts --logs {here}/logs --unmarked clear -o {here}/brief",
    "indicia read {here}/texts/uk.txt",
    "indicia hunt {here}/logs",
    "indicia serve {here}/brief",
)


def example(
    output: Path = Option(FOLDER, "--output", "-o", help="The folder to write it to."),
    *,
    voice: Voice,
) -> int:
    """Write the bundled example to a folder: seven statements and a day of logs, all written for this project.

    [bold]Examples[/]

      indicia example

      indicia example -o try/
    """
    from indicia.pipeline.example import example_folder

    if output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} is not empty", hint="name another folder: -o FOLDER")
    shutil.copytree(example_folder(), output, dirs_exist_ok=True)
    voice.say(f"The example is in {output}. Try:")
    for line in TRY:
        print(line.format(here=output))  # noqa: T201 - commands that can be piped to a shell
    return exits.E_OK


# `indicia doctor`: whether everything is there that the commands need, and how old the knowledge is.
PARTS = {
    "typst": "pdf",
    "docx": "docx",
    "starlette": "web",
    "psycopg": "postgresql",
    "mcp": "mcp",
    "pyspark": "spark",
}  # module -> the extra that brings it
GOOD, NOTE, BAD = "ok", "note", "missing"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `state` is ok, note or missing; `hint` says what to do."""

    what: str
    state: str
    found: str
    hint: str = ""


def doctor(
    context: typer.Context,
    today: str | None = Option(None, help="Pretend that today is this day, such as 2026-11-28."),
    as_json: Json = False,
    color: Color = True,
) -> int:
    """Check this installation: versions, optional parts, models, settings, and how old the knowledge is.

    [bold]Examples[/]

      indicia doctor

      indicia doctor --json
    """
    from indicia.cli.options import read_date

    day = date.fromisoformat(read_date(today) or datetime.now(UTC).date().isoformat())
    checks = list(_checks(context, day))
    if as_json:
        write_out(msgspec.json.encode(checks) + b"\n", None)
    else:
        page = console_for(color)
        width = max(len(one.what) for one in checks)
        styles = {GOOD: "green", NOTE: "yellow", BAD: "red"}
        for one in checks:
            hint = f" [dim]({escape(one.hint)})[/]" if one.hint else ""
            page.print(f"[{styles[one.state]}]{one.state:<8}[/]{one.what:<{width}}  {escape(one.found)}{hint}", soft_wrap=True)
    return exits.E_KNOWLEDGE if any(one.state == BAD for one in checks) else exits.E_OK


def _checks(context: typer.Context, today: date) -> Iterator[Check]:
    yield Check(what="Indicia", state=GOOD, found=indicia.__version__)
    yield Check(what="Python", state=GOOD, found=f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for module, extra in PARTS.items():
        there = find_spec(module) is not None
        hint = "" if there else f'pip install "indicia[{extra}]"'
        yield Check(what=f"part: {extra}", state=GOOD if there else NOTE, found=_version(module, there), hint=hint)
    fast = find_spec("hyperscan") is not None
    yield Check(
        what="fast matching", state=GOOD if fast else NOTE, found="hyperscan" if fast else "plain: slower, the same results"
    )
    for room in ROOMS:
        yield _model(f"model: {room}", room)
    yield from _settings(context)
    yield from _knowledge(today)


def _model(what: str, room: str) -> Check:
    """Whether the weights of a room of `read` are installed, and how large they are."""
    try:
        sizes = [one.stat().st_size for one in model_folder(room).rglob("*") if one.is_file()]
    except ExtraError as error:
        return Check(what=what, state=BAD, found="not installed", hint=error.hint)
    return Check(what=what, state=GOOD, found=f"{len(sizes)} files, {sum(sizes) / 1e6:.0f} MB")


def _settings(context: typer.Context) -> Iterator[Check]:
    """The settings in force, each with where it was set; what is wrong with them."""
    from indicia.cli.settings import Setting, commands, in_force, settings_file

    path = settings_file()
    try:
        found = in_force(commands(context.find_root().command))
    except UsageError as error:
        yield Check(what="settings", state=BAD, found=str(error), hint="no other command runs until this is fixed")
        return
    there = path.exists()
    yield Check(what="settings", state=GOOD, found=f"{path}{'' if there else ', which is not there: only defaults'}")
    alike: dict[tuple[str, str, str], list[Setting]] = {}
    for one in found:
        alike.setdefault((one.option, str(one.value), one.source), []).append(one)
    for (option, _, source), mine in alike.items():
        whose = f"{mine[0].command}: " if len(mine) == 1 else ""
        told = "the file" if source == str(path) else source
        yield Check(what=f"setting: {option}", state=GOOD, found=f"{whose}{_told(mine[0].value)} (from {told})")


def _told(value: object) -> str:
    """A value as the settings file has it: `true`, `edr, mfa`."""
    return (
        ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
    )


def _version(module: str, there: bool) -> str:
    try:
        return f"{module} {version(module)}" if there else "not installed"
    except PackageNotFoundError:
        return module


def _knowledge(today: date) -> Iterator[Check]:
    """Each source with its age; what is old should be updated."""
    from indicia.knowledge import load
    from indicia.knowledge.library import OLD, ages

    for source, number, age in ages(load().provenance, today):
        old = age > OLD
        hint = "indicia knowledge update FILE" if old else ""
        yield Check(what=source, state=NOTE if old else GOOD, found=f"{number}, {age} days old", hint=hint)


# `indicia completion`: a script that lets bash, zsh or fish complete commands, options and the words they may be given.
SHELLS = ("bash", "zsh", "fish")


def completion(
    shell: str = Argument(..., help="bash, zsh or fish", show_default=False),
) -> int:
    """Print the script that completes commands and options in your shell.

    [bold]Examples[/]

      indicia completion bash > ~/.local/share/bash-completion/completions/indicia

      indicia completion zsh > "${fpath[1]}/_indicia"

      indicia completion fish > ~/.config/fish/completions/indicia.fish
    """
    if shell not in SHELLS:
        raise UsageError(f"no completion for {shell!r}", hint="one of: " + ", ".join(SHELLS))
    typer.echo(get_completion_script(prog_name="indicia", complete_var="_INDICIA_COMPLETE", shell=shell))
    return exits.E_OK
