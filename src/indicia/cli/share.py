"""`indicia share`: pass it on, one file each."""

from __future__ import annotations

from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Output, Quiet, Verbose, talk
from indicia.cli.talk import write_out
from indicia.errors import UsageError

__all__ = ["share"]


def share(
    case: Annotated[str, typer.Argument(help="A case file, or the folder of a brief.", show_default=False)],
    form: Annotated[
        str, typer.Option("--as", help="stix, misp, navigator, csv, md, html, pdf, json, timesketch", show_default=False)
    ],
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """One file of the case in a format that others read.

    [bold]Examples[/]

      indicia share brief/ --as stix -o bundle.json

      indicia share brief/ --as csv > indicators.csv
    """
    from indicia.knowledge import load
    from indicia.pipeline import load_case
    from indicia.share import FORMATS, render

    talk(quiet, verbose, color)
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}", hint="one of: " + ", ".join(sorted(FORMATS)))
    write_out(render(load_case(case), form, load()), output)
    return exits.E_OK
