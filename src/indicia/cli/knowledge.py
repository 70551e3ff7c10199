"""`indicia knowledge`: what is known before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from indicia.cli import exits
from indicia.cli.options import Color, Json
from indicia.cli.talk import write_out

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Versions, sources and licences of the built-in knowledge; rebuild it from newer files."
)


@app.command()
def show(as_json: Json = False, color: Color = True) -> int:
    """Which data this installation knows, from whom, of which date, under which licence.

    [bold]Example[/]

      indicia knowledge show
    """
    import msgspec

    from indicia.knowledge import load

    rows = load().provenance
    if as_json:
        write_out(msgspec.json.encode(rows) + b"\n", None)
        return exits.E_OK
    table = Table(expand=True)
    for heading in ("File", "Source", "Version", "Date", "Licence", "Rows"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "Rows" else "left")
    for row in rows:
        table.add_row(*(escape(cell) for cell in (row.file, row.source, row.version, row.date, row.licence, f"{row.rows:,}")))
    Console(no_color=not color, highlight=False).print(table)
    return exits.E_OK


@app.command()
def update(
    paths: Annotated[
        list[Path], typer.Argument(help="Newer official files, for example enterprise-attack.json.", show_default=False)
    ],
) -> int:
    """Rebuild knowledge from newer official files; what shipped with the package stays as it is.

    [bold]Example[/]

      indicia knowledge update enterprise-attack.json known_exploited_vulnerabilities.json
    """
    from indicia.knowledge import update as rebuild

    for row in rebuild(paths):
        print(f"{row.file}: {row.source} {row.version}, {row.rows:,} rows")  # noqa: T201
    return exits.E_OK
