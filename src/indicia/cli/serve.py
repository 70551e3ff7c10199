"""`indicia serve`: the case in the browser, on this machine."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, talk
from indicia.errors import InputError, UsageError

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
    taxii: Annotated[bool, typer.Option("--taxii", help="Serve one case over TAXII 2.1 instead of the page.")] = False,
    readers: Annotated[
        Path | None,
        typer.Option("--readers", help="TAXII: a TOML file of readers, their tokens and what they are cleared for."),
    ] = None,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", help="TAXII: a folder for what readers with the right to write post.")
    ] = None,
    sightings: Annotated[
        str,
        typer.Option("--sightings", help="TAXII: the least clearance that sees your sightings, without machines or people."),
    ] = "amber",
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """The page: read, hunt, weigh and advise in the browser, and share over TAXII. Nothing leaves this machine.

    [bold]Examples[/]

      indicia serve

      indicia serve affair.indicia --port 9000

      indicia serve affair.indicia --taxii --readers readers.toml --inbox inbox/
    """
    import uvicorn
    from platformdirs import user_data_path

    from indicia.web import create_app

    voice = talk(quiet, verbose, color)
    if taxii:
        from indicia.cli.taxii import serve_taxii

        if not cases or len(cases) != 1:
            raise UsageError("--taxii serves exactly one case", hint="indicia serve affair.indicia --taxii")
        return serve_taxii(cases[0], readers=readers, inbox=inbox, host=host, port=port, sightings=sightings, voice=voice)
    home = folder or user_data_path("indicia") / "cases"
    app = create_app(home, cases or (), hosts=names or ())
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
        voice.say("others on the network can reach this page, and there is no password", "yellow")
    sys.stdout.write(f"http://{shown}:{listener.getsockname()[1]}/\n")
    sys.stdout.flush()
    voice.say("stop with Ctrl-C", "dim")
    config = uvicorn.Config(app, log_level="info" if verbose else "warning", access_log=bool(verbose), server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
    return exits.E_OK
