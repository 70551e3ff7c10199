"""The page's forms as a target of the fuzzer: requests to the application as a browser with a session sends them, no socket.

An input is a line with method and target, a line with the content type, and behind an empty line the body. `{token}`,
`{claim}`, `{document}`, `{sighting}` and `{evidence}` stand for what the page itself would have filled in.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

from indicia.web.guard.entrance import COOKIE
from tests import sample_case
from tests.web.site import client, shelve, token

__all__ = ["form"]

_SLUG = "sample"
_ASKED = 300  # requests to one site, after which it is made anew: what they keep in the case would slow down those that follow
_PRINTED = frozenset(range(0x21, 0x7F))


class _Site:
    """A page over one case, and a browser that is inside."""

    def __init__(self, folder: Path) -> None:
        case = sample_case.exchange_case()
        assert case.hunt is not None and case.weighing is not None
        shelve(folder, _SLUG, case)
        (folder / "read").mkdir()
        self._client = client(folder, reads=(folder / "read",))
        self._app: Any = self._client.app
        page = self._client.get("/").text
        self._cookie = f"{COOKIE}={self._client.cookies[COOKIE]}"
        self._places = {
            "token": token(page),
            "claim": case.claims[0].id,
            "document": case.documents[0].id,
            "sighting": case.hunt.sightings[0].id,
            "evidence": case.weighing.evidence[0].id,
        }
        self.asked = 0

    def ask(self, data: bytes) -> None:
        """One request. Raises: AssertionError for an answer that is a fault of ours, and whatever the application raises."""
        self.asked += 1
        for name, place in self._places.items():
            data = data.replace(b"{%s}" % name.encode(), place.encode())
        head, _, body = data.partition(b"\n\n")
        first, _, kind = head.partition(b"\n")
        method, _, target = first.partition(b" ")
        raw, _, query = bytes(byte for byte in target if byte in _PRINTED).partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": "POST" if method == b"POST" else "GET",
            "path": unquote(raw.decode("ascii")) or "/",
            "raw_path": raw or b"/",
            "query_string": query,
            "root_path": "",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"origin", b"http://127.0.0.1"),
                (b"cookie", self._cookie.encode()),
                (b"content-type", kind.strip()),
                (b"content-length", str(len(body)).encode()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        status = asyncio.run(_status(self._app, scope, body))
        assert status < 500, f"answered with {status}"
        while any(not job.is_over for job in self._app.state.jobs.all()):
            time.sleep(0.01)
        for job in self._app.state.jobs.all():
            assert "A fault in Indicia" not in job.message, job.message
        if _SLUG not in self._app.state.shelf.slugs():
            self._app.state.shelf.restore(_SLUG)

    def close(self) -> None:
        self._client.close()
        self._app.state.shelf.close()


async def _status(app: Any, scope: Mapping[str, Any], body: bytes) -> int:
    found = 0
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return given.pop() if given else {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal found
        found = message.get("status", found)

    await app(scope, receive, send)
    return found


@contextmanager
def _made() -> Iterator[_Site]:
    with TemporaryDirectory() as name:
        site = _Site(Path(name))
        try:
            yield site
        finally:
            site.close()


_held: list[tuple[Any, _Site]] = []


@atexit.register
def _end() -> None:
    while _held:
        _held.pop()[0].__exit__(None, None, None)


def form(data: bytes, hint: str) -> None:
    """Asked of the page, and what it started waited for."""
    if _held and _held[0][1].asked >= _ASKED:
        _end()
    if not _held:
        made = _made()
        _held.append((made, made.__enter__()))
    _held[0][1].ask(data)
