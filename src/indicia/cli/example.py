"""`indicia example`: the bundled example, to try everything on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, talk
from indicia.errors import UsageError

__all__ = ["example"]

FOLDER = Path("indicia-example")
# What to try, in this order; {here} is the folder.
TRY = (
    "indicia brief {here}/texts --logs {here}/logs --unmarked clear -o {here}/brief",
    "indicia read {here}/texts/uk.txt",
    "indicia hunt {here}/logs",
    "indicia serve {here}/brief",
)


def example(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write it to.")] = FOLDER,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Write the bundled example to a folder: seven statements and a day of logs, all written for this project.

    [bold]Examples[/]

      indicia example

      indicia example -o try/
    """
    from indicia.pipeline.example import example_folder

    voice = talk(quiet, verbose, color)
    if output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} is not empty", hint="name another folder: -o FOLDER")
    shutil.copytree(example_folder(), output, dirs_exist_ok=True)
    voice.say(f"The example is in {output}. Try:")
    for line in TRY:
        print(line.format(here=output))  # noqa: T201 - commands that can be piped to a shell
    return exits.E_OK
