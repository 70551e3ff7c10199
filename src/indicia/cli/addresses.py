"""Addresses in the place of files: each is fetched once, because the user wrote it, and kept beside what was made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from indicia.cli.talk import Talk
from indicia.fetching import Fetcher, host_of, place_of
from indicia.read.fronts import Held
from indicia.writing import write_atomically

LARGEST = 20_000_000  # bytes of one page or file
_ENDINGS = {"text/html": ".html", "application/pdf": ".pdf", "text/plain": ".txt", "application/json": ".json"}


class Page(NamedTuple):
    """What an address gave, and when."""

    address: str
    time: str
    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def fetched_sources(sources: Sequence[str], voice: Talk) -> tuple[list[str | Held], list[Page]]:
    """The sources with what stands at an address in its place, and those pages.

    Only the hosts that are written are asked, with or without `www.`; none in a private network, unless it is written outright.
    Raises: UsageError, InputError, LimitError, each with what to do.
    """
    out: list[str | Held] = []
    pages: list[Page] = []
    for source in sources:
        if not host_of(source):
            out.append(source)
            continue
        host = host_of(source)
        port = place_of(source).removeprefix(host)
        bare = host.removeprefix("www.")
        found = Fetcher(frozenset(f"{one}{port}" for one in (host, bare, f"www.{bare}")), largest=LARGEST).get(source)
        assert found is not None  # without a version to compare with there is always an answer
        page = Page(source, datetime.now(UTC).isoformat(timespec="seconds"), found.data, found.media_type)
        voice.say(f"fetched {source}: {len(page.data):,} bytes, SHA-256 {page.sha256[:12]}…", "dim")
        pages.append(page)
        out.append(Held(source, page.data))
    return out, pages


def keep_pages(pages: Sequence[Page], folder: Path) -> None:
    """Writes the pages as they came, and a list of them with their times and hashes."""
    rows = []
    for page in pages:
        file = f"{host_of(page.address)}-{page.sha256[:12]}{_ENDINGS.get(page.media_type, '')}"
        write_atomically(folder / file, page.data)
        rows.append({"address": page.address, "time": page.time, "sha256": page.sha256, "file": file})
    if rows:
        write_atomically(folder / "fetched.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
