"""`indicia serve`: the case in the browser, on this machine."""

from __future__ import annotations

import os
import re
import secrets
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, talk
from indicia.errors import InputError, UsageError
from indicia.extras import need
from indicia.records import Tlp

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
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="The port; 0 picks a free one.")] = 8321,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on. Any but this machine's own needs --name.")
    ] = "127.0.0.1",
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="A host name that it answers to; https://NAME behind a proxy with TLS. May be repeated."),
    ] = None,
    reads: Annotated[
        list[Path] | None,
        typer.Option("--read", help="A folder from which forms on the page may name texts and logs. May be repeated."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where cases are kept; by default your own data folder.")
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", help="The name for judgements when a form gives none; by default the account's.")
    ] = None,
    user_header: Annotated[
        str | None,
        typer.Option(
            "--user-header",
            help="The header in which your proxy gives the user's name, such as X-Remote-User. The proxy must always set it.",
        ),
    ] = None,
    open_to: Annotated[
        str | None,
        typer.Option("--open", help="Read-only for everybody without a token: whatever this marking may see, such as clear."),
    ] = None,
    taxii_only: Annotated[bool, typer.Option("--taxii-only", help="No page: one case over TAXII 2.1.")] = False,
    readers: Annotated[
        Path | None, typer.Option("--readers", help="TAXII: a TOML file of readers, their tokens and clearances.")
    ] = None,
    inbox: Annotated[Path | None, typer.Option("--inbox", help="TAXII: a folder for what readers post.")] = None,
    sightings: Annotated[
        str, typer.Option("--sightings", help="TAXII: the lowest clearance that may see your own sightings.")
    ] = "amber",
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """The page: read, hunt, weigh and advise in the browser, with the same cases over TAXII 2.1 at /taxii2/.

    The address that it prints contains a token, without which nobody sees anything; INDICIA_SERVE_TOKEN sets your own. Over
    TAXII it is the owner's token. With --taxii-only there is no page, and anybody without a token of --readers sees what is
    TLP:CLEAR.

    [bold]Examples[/]

      indicia serve

      indicia serve affair.indicia --port 9000
    """
    need("web")
    from platformdirs import user_data_path

    from indicia.cli.taxii import taxii_of_page, taxii_server
    from indicia.web import create_app, create_open_app
    from indicia.web.guard.connections import server
    from indicia.web.guard.hosts import hosts_of, is_loopback
    from indicia.web.guard.keys import key_of
    from indicia.web.taxii.server import beside

    if open_to is not None and (taxii_only or readers or inbox or reads or user_header):
        raise UsageError("--open is a read-only page", hint="start another server for forms, TAXII and its readers")
    voice = talk(quiet, verbose, color)
    known = hosts_of(host, names or ())
    launch = _launch_token()
    home = folder or user_data_path("indicia") / "cases"
    with ExitStack() as held:
        listener = held.enter_context(_listening(host, port))
        app: ASGIApp
        if open_to is not None:
            app = create_open_app(home, cases or (), audience=_audience(open_to), hosts=known)
        elif taxii_only:
            app = taxii_server(cases or (), readers, inbox, sightings, known, held)
        else:
            if not cases:
                _check_writable(home)
            page = create_app(
                home,
                cases or (),
                hosts=known,
                launch=launch,
                reads=reads or (),
                author=author,
                user_header=_header_name(user_header),
            )
            shelf = page.state.shelf
            held.callback(shelf.close)
            key = key_of(home)
            app = beside(page, taxii_of_page(shelf.slugs, shelf.store, readers, inbox, sightings, known, launch, key))
        if not is_loopback(host) and open_to is None:
            voice.say("others can reach this, and tokens travel unencrypted: put a proxy with TLS in front", "yellow")
        shown = f"[{host}]" if ":" in host else host
        rest = "taxii2/" if taxii_only else "" if open_to is not None else f"?token={launch}"
        sys.stdout.write(f"http://{shown}:{listener.getsockname()[1]}/{rest}\n")
        sys.stdout.flush()
        voice.say("stop with Ctrl-C", "dim")
        server(app, log_level="info" if verbose else "warning", access_log=bool(verbose)).run(sockets=[listener])
    return exits.E_OK


def _launch_token() -> str:
    """What opens the page: the user's own where the environment names one. Raises: UsageError when that is too short."""
    given = os.environ.get("INDICIA_SERVE_TOKEN", "")
    if given and (len(given) < 16 or not given.isascii() or not given.isprintable()):
        raise UsageError("INDICIA_SERVE_TOKEN is too easily guessed", hint="16 letters and digits or more")
    return given or secrets.token_hex(24)


def _audience(marking: str) -> Tlp:
    """Raises: UsageError for what is no marking."""
    try:
        return Tlp.read(marking)
    except ValueError as error:
        raise UsageError(str(error), hint="for example: --open clear") from None


def _header_name(given: str | None) -> str | None:
    """Raises: UsageError for what is no name of a header, or one that browsers set themselves."""
    if given is None:
        return None
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{2,60}", given) or given.lower() in {"authorization", "cookie", "host", "origin"}:
        raise UsageError(f"{given!r} cannot say who asks", hint="for example: --user-header X-Remote-User")
    return given


def _check_writable(home: Path) -> None:
    """Raises: InputError when no case can be kept there."""
    hint = "--folder names another"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot hold cases: {error.strerror or error}", where=str(home), hint=hint) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise InputError("cannot be written to, so it cannot hold cases", where=str(home), hint=hint)


def _listening(host: str, port: int) -> socket.socket:
    """Raises: InputError when nothing can listen there."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"cannot listen there: {error.strerror or error}", where=f"{host}:{port}", hint="choose another with --port"
        ) from error
    return listener
