"""`indicia mcp`: tools for programs that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import read_marking
from indicia.extras import need

__all__ = ["mcp"]


def mcp(
    folders: Annotated[
        list[Path] | None,
        typer.Option(
            "--folder",
            help="A folder whose files may be read. May be repeated; without one, only texts passed in.",
            show_default=False,
        ),
    ] = None,
    ceiling: Annotated[
        str, typer.Option("--ceiling", help="The strictest TLP marking of what the assistant gets; the rest is left out.")
    ] = "green",
) -> int:
    """Read, weigh and advise as tools for an assistant, over standard input and output. Nothing is fetched.

    The client starts it; docs/mcp.md says what to put into the client's settings.

    [bold]Examples[/]

      indicia mcp --folder cases/
    """
    need("mcp")
    from indicia.mcp.server import make_server
    from indicia.records import Tlp

    make_server(folders or (), read_marking(ceiling) or Tlp.GREEN).run("stdio")
    return exits.E_OK
