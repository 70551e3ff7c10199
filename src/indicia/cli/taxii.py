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

    from indicia.case import Store
    from indicia.records import Case
    from indicia.share.stix.versions import Offered
    from indicia.web.guard.hosts import Hosts
    from indicia.web.taxii.server import Source

__all__ = ["Kept", "taxii_of_page", "taxii_server"]


class Kept:
    """A case in a store, which remembers what was offered."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def state(self) -> object:
        return self.store.last_run()

    def case(self) -> Case:
        from indicia.knowledge import load
        from indicia.pipeline import as_left

        return as_left(self.store.load(), load())

    def offered(self, collection: str) -> Mapping[str, Offered]:
        from indicia.share.stix.versions import Offered

        return {id: msgspec.convert(row, Offered) for id, row in self.store.offered(f"taxii {collection}").items()}

    def keep(self, collection: str, rows: Mapping[str, Offered], gone: Sequence[str]) -> None:
        if rows or gone:
            made = {id: msgspec.to_builtins(row) for id, row in rows.items()}
            self.store.keep_offered(f"taxii {collection}", made, gone=gone)


def taxii_server(
    cases: Sequence[str], readers: Path | None, inbox: Path | None, sightings: str, hosts: Hosts, held: ExitStack
) -> Starlette:
    """The server of one case, which is closed with `held`; whoever has no token sees what is TLP:CLEAR.

    Raises: UsageError for another number of cases, and what reading the files raises.
    """
    from indicia.case import open_store
    from indicia.knowledge import load
    from indicia.pipeline import as_left, is_store, load_case
    from indicia.web.taxii.server import Fixed

    if len(cases) != 1:
        raise UsageError("TAXII serves one case", hint="for example: indicia serve affair.indicia --taxii-only")
    source: Source
    if is_store(cases[0]):
        source = Kept(held.enter_context(open_store(cases[0])))
    else:
        source = Fixed(as_left(load_case(cases[0]), load()))
    return _server(lambda: {"case": source}, readers, inbox, sightings, hosts)


def taxii_of_page(
    slugs: Callable[[], Sequence[str]],
    store: Callable[[str], Store],
    readers: Path | None,
    inbox: Path | None,
    sightings: str,
    hosts: Hosts,
    launch: str,
) -> Starlette:
    """The server of all cases that the page shows, to readers and to whoever has the launch token, and to nobody else.

    The addresses of the cases do not tell their names.
    """
    from indicia.web.taxii.collections import collection_id

    sources: dict[str, Source] = {}

    def roots() -> Mapping[str, Source]:
        names = {collection_id(f"case {slug}"): slug for slug in slugs()}
        for id, slug in names.items():
            if id not in sources:
                sources[id] = Kept(store(slug))
        return {id: sources[id] for id in names}

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
        around=around(hosts.names, MOST_BYTES),
    )
