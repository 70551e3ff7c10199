"""`indicia serve`: the case in the browser, on this machine."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, talk
from indicia.errors import InputError
from indicia.extras import need

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["serve"]


def serve(
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            help="Case files, folders of briefs or database URLs. None: all cases in the folder.", show_default=False
        ),
    ] = None,
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes a free one.")] = 8321,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on. Anything but this machine is your risk.")
    ] = "127.0.0.1",
    names: Annotated[
        list[str] | None, typer.Option("--name", help="A further host name that the page answers to. May be repeated.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where cases are kept; your own data folder if not given.")
    ] = None,
    taxii_only: Annotated[
        bool, typer.Option("--taxii-only", help="No page: one case over TAXII 2.1, at any host name.")
    ] = False,
    readers: Annotated[
        Path | None, typer.Option("--readers", help="TAXII: a TOML file of readers, their tokens and clearances.")
    ] = None,
    inbox: Annotated[Path | None, typer.Option("--inbox", help="TAXII: a folder for what readers post.")] = None,
    sightings: Annotated[
        str, typer.Option("--sightings", help="TAXII: the least clearance that sees your own sightings.")
    ] = "amber",
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """The page: read, hunt, weigh and advise in the browser; and the same cases over TAXII 2.1 at /taxii2/.

    Over TAXII, whoever has no token of --readers sees what is TLP:CLEAR. With --taxii-only there is no page.

    [bold]Examples[/]

      indicia serve

      indicia serve affair.indicia --port 9000
    """
    need("web")
    import uvicorn
    from platformdirs import user_data_path

    from indicia.cli.taxii import taxii_of_page, taxii_server
    from indicia.web import create_app
    from indicia.web.app import MOST_BYTES
    from indicia.web.guard.security import LOCAL_HOSTS, Guard
    from indicia.web.taxii.server import beside

    voice = talk(quiet, verbose, color)
    home = folder or user_data_path("indicia") / "cases"
    app: ASGIApp
    if taxii_only:
        app = taxii_server(cases or (), readers, inbox, sightings)
    else:
        page = create_app(home, cases or (), hosts=names or ())
        shelf = page.state.shelf
        taxii = taxii_of_page(shelf.slugs, shelf.store, readers, inbox, sightings)
        app = beside(page, Guard(taxii, hosts=(*LOCAL_HOSTS, *(names or ())), most=MOST_BYTES))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise InputError(
            f"cannot listen there: {error.strerror or error}", where=f"{host}:{port}", hint="choose another with --port"
        ) from error
    shown = f"[{host}]" if ":" in host else host
    if host not in {"127.0.0.1", "::1", "localhost"}:
        risk = "tokens travel in clear: put a proxy with TLS before it" if taxii_only else "there is no password"
        voice.say(f"others on the network can reach this, and {risk}", "yellow")
    sys.stdout.write(f"http://{shown}:{listener.getsockname()[1]}/{'taxii2/' if taxii_only else ''}\n")
    sys.stdout.flush()
    voice.say("stop with Ctrl-C", "dim")
    config = uvicorn.Config(app, log_level="info" if verbose else "warning", access_log=bool(verbose), server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
    return exits.E_OK
