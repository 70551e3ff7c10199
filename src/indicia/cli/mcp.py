"""`indicia mcp`: tools for programs that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
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
    proposals: Annotated[
        Path | None,
        typer.Option("--proposals", help="A file to which claims are added that the assistant proposes, for --claims."),
    ] = None,
) -> int:
    """Read, weigh and advise as tools for an assistant, over standard input and output. Nothing is fetched, and nothing written
    but claims that it proposes.

    The client starts it; docs/mcp.md says what to put into the client's settings.

    [bold]Examples[/]

      indicia mcp --folder cases/

      indicia mcp --folder cases/ --proposals theirs.jsonl   [dim]then: indicia brief cases/ --claims theirs.jsonl[/]
    """
    need("mcp")
    from indicia.mcp.server import make_server

    make_server(folders or (), proposals).run("stdio")
    return exits.E_OK
