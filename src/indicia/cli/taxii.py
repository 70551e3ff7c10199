"""The TAXII server behind `indicia serve`: the cases of the page, or one case alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from indicia.errors import UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from indicia.case import Row, Store
    from indicia.records import Case
    from indicia.share.stix.versions import Offered
    from indicia.web.guard.hosts import Hosts
    from indicia.web.taxii.server import Source

__all__ = ["INBOX", "Kept", "taxii_of_page", "taxii_server"]

INBOX = "inbox"  # beside the page, the address at which readers post


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
    cases: Sequence[str], readers: Path | None, inbox: Path | None, sightings: str, hosts: Hosts, held: ExitStack
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
    hosts: Hosts,
    launch: str,
    key: bytes,
) -> Starlette:
    """The server of all cases that the page shows, to readers and to whoever has the launch token, and to nobody else.

    The addresses of the cases do not tell their names, and nobody can work them out who does not know `key`. Whoever may post
    does so at an address that holds no case.
    """
    from indicia import __version__
    from indicia.records import Case, Versions
    from indicia.web.taxii.collections import keyed_id
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
    hosts: Hosts,
    launch: str | None = None,
) -> Starlette:
    from indicia.cli.options import read_marking
    from indicia.knowledge import load
    from indicia.records import Tlp
    from indicia.web.app import MOST_BYTES
    from indicia.web.guard.headers import around
    from indicia.web.taxii.inbox import Inbox
    from indicia.web.taxii.readers import ANYBODY, load_readers, owner
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
