"""`indicia serve`: the case in the browser, on this machine."""

from __future__ import annotations

import os
import re
import secrets
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from typer import Argument, Option

from indicia.cli import exits
from indicia.cli.options import Voice
from indicia.cli.talk import Talk
from indicia.errors import InputError, UsageError
from indicia.extras import need
from indicia.records import Tlp

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from indicia.case import Row, Store
    from indicia.records import Case
    from indicia.share.stix.versions import Offered
    from indicia.web.guard.hosts import AllowedHosts
    from indicia.web.taxii.server import Source


INBOX = "inbox"  # beside the page, the address at which readers post


# The TAXII server behind `indicia serve`: the cases of the page, or one case alone.
class Kept:
    """A case in a store, which remembers what was offered."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def state(self) -> object:
        return self.store.last_run()

    def case(self) -> Case:
        return self.store.load()

    def offer(self, collection: str, renew: Callable[[Mapping[str, Offered]], Mapping[str, Offered]]) -> None:
        from indicia.share.stix.versions import Offered

        def changed(rows: Mapping[str, Row]) -> Mapping[str, Row | None]:
            held = {id: msgspec.convert(row, Offered) for id, row in rows.items()}
            made = renew(held)
            new = {id: msgspec.to_builtins(one) for id, one in made.items() if held.get(id) != one}
            return {**dict.fromkeys(held.keys() - made.keys()), **new}

        self.store.offer(f"taxii {collection}", changed)


def taxii_server(
    cases: Sequence[str], readers: Path | None, inbox: Path | None, sightings: str, hosts: AllowedHosts, held: ExitStack
) -> Starlette:
    """The server of one case, which is closed with `held`; whoever has no token sees what is TLP:CLEAR.

    Raises: UsageError for another number of cases, and what reading the files raises.
    """
    from indicia.case import open_store
    from indicia.pipeline import is_store, load_case
    from indicia.web.taxii.server import Fixed

    if len(cases) != 1:
        raise UsageError("TAXII serves one case", hint="for example: indicia serve affair.indicia --taxii-only")
    source: Source = Kept(held.enter_context(open_store(cases[0]))) if is_store(cases[0]) else Fixed(load_case(cases[0]))
    return _server(lambda: {"case": source}, readers, inbox, sightings, hosts)


def taxii_of_page(
    slugs: Callable[[], Sequence[str]],
    store: Callable[[str], Store],
    readers: Path | None,
    inbox: Path | None,
    sightings: str,
    hosts: AllowedHosts,
    launch: str,
    key: bytes,
) -> Starlette:
    """The server of all cases that the page shows, to readers and to whoever has the launch token, and to nobody else.

    The addresses of the cases do not tell their names, and nobody can work them out who does not know `key`. Whoever may post
    does so at an address that holds no case.
    """
    from indicia import __version__
    from indicia.records import Case, Versions
    from indicia.web.taxii.readers import keyed_id
    from indicia.web.taxii.server import Fixed

    sources: dict[str, Source] = {}
    if inbox:
        sources[INBOX] = Fixed(Case(name="Inbox", versions=Versions(indicia=__version__)))

    def roots() -> Mapping[str, Source]:
        names = {keyed_id(key, slug): slug for slug in slugs()}
        for id, slug in names.items():
            if id not in sources:
                sources[id] = Kept(store(slug))
        return {id: one for id, one in sources.items() if id in names or id == INBOX}

    return _server(roots, readers, inbox, sightings, hosts, launch)


def _server(
    roots: Callable[[], Mapping[str, Source]],
    readers: Path | None,
    inbox: Path | None,
    sightings: str,
    hosts: AllowedHosts,
    launch: str | None = None,
) -> Starlette:
    from indicia.cli.options import read_marking
    from indicia.knowledge import load
    from indicia.records import Tlp
    from indicia.web.app import MOST_BYTES
    from indicia.web.guard.hosts import around
    from indicia.web.taxii.readers import ANYBODY, Inbox, load_readers, owner
    from indicia.web.taxii.server import taxii_app

    return taxii_app(
        roots,
        load(),
        (*(load_readers(readers) if readers else ()), *((owner(launch),) if launch else ())),
        inbox=Inbox(inbox) if inbox else None,
        sightings=read_marking(sightings) or Tlp.AMBER,
        anybody=None if launch else ANYBODY,
        known=(INBOX,) if launch else ("case",),
        around=around(hosts.names, MOST_BYTES),
    )


def serve(
    cases: list[str] | None = Argument(
        None, help="Case files, folders of briefs or database URLs. None: all cases in the folder.", show_default=False
    ),
    port: int = Option(8321, "--port", "-p", min=0, max=65535, help="The port; 0 picks a free one."),
    host: str = Option("127.0.0.1", help="The address to listen on. Any but this machine's own needs --name."),
    names: list[str] | None = Option(
        None, "--name", help="A host name that it answers to; https://NAME behind a proxy with TLS. May be repeated."
    ),
    reads: list[Path] | None = Option(
        None, "--read", help="A folder from which forms on the page may name texts and logs. May be repeated."
    ),
    folder: Path | None = Option(None, help="Where cases are kept; by default your own data folder."),
    author: str | None = Option(None, help="The name for judgements when a form gives none; by default the account's."),
    user_header: str | None = Option(
        None, help="The header in which your proxy gives the user's name, such as X-Remote-User. The proxy must always set it."
    ),
    open_to: str | None = Option(
        None, "--open", help="Read-only for everybody without a token: whatever this marking may see, such as clear."
    ),
    taxii_only: bool = Option(False, "--taxii-only", help="No page: one case over TAXII 2.1."),
    readers: Path | None = Option(None, help="TAXII: a TOML file of readers, their tokens and clearances."),
    inbox: Path | None = Option(None, help="TAXII: a folder for what readers post."),
    sightings: str = Option("amber", help="TAXII: the lowest clearance that may see your own sightings."),
    *,
    voice: Voice,
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

    from indicia.web import create_open_app
    from indicia.web.guard.entrance import key_of
    from indicia.web.guard.hosts import hosts_of, is_loopback
    from indicia.web.taxii.server import beside

    if open_to is not None and (taxii_only or readers or inbox or reads or user_header):
        raise UsageError("--open is a read-only page", hint="start another server for forms, TAXII and its readers")
    known = hosts_of(host, names or ())
    launch = _launch_token()
    home = folder or user_data_path("indicia") / "cases"
    with ExitStack() as held:
        listener = held.enter_context(_listening(host, port))
        app: ASGIApp
        if open_to is not None:
            app, rest = create_open_app(home, cases or (), audience=_audience(open_to), hosts=known), ""
        elif taxii_only:
            app, rest = taxii_server(cases or (), readers, inbox, sightings, known, held), "taxii2/"
        else:
            page = _page(home, cases or (), known, launch, reads or (), author, user_header)
            shelf = page.state.shelf
            held.callback(shelf.close)
            key = key_of(home)
            app = beside(page, taxii_of_page(shelf.slugs, shelf.store, readers, inbox, sightings, known, launch, key))
            rest = f"?token={launch}"
        if not is_loopback(host) and open_to is None:
            voice.say("others can reach this, and tokens travel unencrypted: put a proxy with TLS in front", "yellow")
        _run(app, listener, host, rest, voice)
    return exits.E_OK


def _page(
    home: Path,
    cases: Sequence[str],
    hosts: AllowedHosts,
    launch: str,
    reads: Sequence[Path],
    author: str | None,
    user_header: str | None,
) -> Starlette:
    """The page with its forms. Raises: InputError where no case can be kept in `home`, UsageError for the header."""
    from indicia.web import create_app

    if not cases:
        _check_writable(home)
    header = _header_name(user_header)
    return create_app(home, cases, hosts=hosts, launch=launch, reads=reads, author=author, user_header=header)


def _run(app: ASGIApp, listener: socket.socket, host: str, rest: str, voice: Talk) -> None:
    """Says the address on stdout and answers there until it is stopped."""
    from indicia.web.guard.hosts import server

    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"http://{shown}:{listener.getsockname()[1]}/{rest}\n")
    sys.stdout.flush()
    voice.say("stop with Ctrl-C", "dim")
    server(app, log_level="info" if voice.verbose else "warning", access_log=bool(voice.verbose)).run(sockets=[listener])


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


# `indicia mcp`: tools for programs that speak the Model Context Protocol.
def mcp(
    folders: list[Path] | None = Option(
        None,
        "--folder",
        help="A folder whose files may be read. May be repeated; without one, only texts passed in.",
        show_default=False,
    ),
    ceiling: str = Option("green", help="The strictest TLP marking of what the assistant gets; the rest is left out."),
    proposals: Path | None = Option(None, help="A file to which claims are added that the assistant proposes, for --claims."),
) -> int:
    """Read, weigh and advise as tools for an assistant, over standard input and output. Nothing is fetched, and nothing written
    but claims that it proposes.

    The client starts it; docs/mcp.md says what to put into the client's settings.

    [bold]Examples[/]

      indicia mcp --folder cases/

      indicia mcp --folder cases/ --proposals theirs.jsonl   [dim]then: indicia brief cases/ --claims theirs.jsonl[/]
    """
    need("mcp")
    from indicia.cli.options import read_marking
    from indicia.mcp.server import make_server
    from indicia.records import Tlp

    make_server(folders or (), read_marking(ceiling) or Tlp.GREEN, proposals).run("stdio")
    return exits.E_OK
