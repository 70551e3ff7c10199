"""`indicia serve`: the case for others, over TAXII 2.1."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, read_marking, talk

__all__ = ["serve"]


def serve(
    case: Annotated[str, typer.Argument(help="A case file, or the folder of a brief.", show_default=False)],
    readers: Annotated[
        Path | None, typer.Option("--readers", help="A TOML file of readers, their tokens and what they are cleared for.")
    ] = None,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", help="A folder for what readers with the right to write post.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.", min=0, max=65535)] = 8021,
    sightings: Annotated[
        str, typer.Option("--sightings", help="The least clearance that sees your own sightings, without machines or people.")
    ] = "amber",
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """A TAXII 2.1 server with one collection for each TLP marking. Without a token readers see what is TLP:CLEAR.

    [bold]Examples[/]

      indicia serve affair.indicia --readers readers.toml --inbox inbox/
    """
    import uvicorn

    from indicia.knowledge import load
    from indicia.pipeline import load_case
    from indicia.records import Tlp
    from indicia.web.collections import Inbox
    from indicia.web.readers import load_readers
    from indicia.web.taxii import taxii_app

    voice = talk(quiet, verbose, color)
    app = taxii_app(
        load_case(case),
        load(),
        load_readers(readers) if readers else (),
        inbox=Inbox(inbox) if inbox else None,
        added=_added(case),
        sightings=read_marking(sightings) or Tlp.AMBER,
    )
    voice.say(f"TAXII 2.1 on http://{host}:{port}/taxii2/ (Ctrl-C stops it)")
    if host not in {"127.0.0.1", "::1", "localhost"}:
        voice.say("tokens travel in clear here: put a proxy with TLS in front of it", "yellow")
    uvicorn.run(app, host=host, port=port, log_level="warning", lifespan="off", server_header=False)
    return exits.E_OK


def _added(case: str) -> str | None:
    """When the case changed last: the time of its last run, or of its file."""
    from indicia.case import open_store
    from indicia.pipeline import is_store

    if is_store(case):
        with open_store(case) as store:
            moment = datetime.fromisoformat(store.runs()[-1].time)
    else:
        path = Path(case)
        moment = datetime.fromtimestamp((path / "case.json" if path.is_dir() else path).stat().st_mtime, UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
