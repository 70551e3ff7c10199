"""Connections that cannot be held for nothing: heads, bodies and readers have their time, and there are so many of each.

uvicorn bounds the time between two requests alone; whoever sends the first half of a head would stay for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 10.0  # seconds for a whole head
IDLE = 30.0  # seconds between two pieces of a body, and until a reader takes something
BODY = 900.0  # seconds for a whole body
MOST_WAITING = 100  # connections of strangers that owe us a head or a body; who came first goes first
MOST = 400  # connections and requests at once
KNOWN = "indicia.known"  # in the state of a request: whoever sends it has shown who they are
_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(H11Protocol):
    """A connection of uvicorn that is closed when what is owed does not come."""

    _timer: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _waits = False  # for a head
    _since = 0.0  # when it began to owe us a request
    _body_until = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing = self._writing or self.loop.call_later(IDLE, self.transport.abort)

    def resume_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def _watch(self) -> None:
        """Sets the time for what comes next, by where the request stands."""
        state = self.conn.their_state
        answered = self.cycle is not None and self.cycle.response_complete
        if self.transport.is_closing():
            self._stop()
        elif state is h11.IDLE or (state is h11.SEND_BODY and answered):  # the rest of a body that nobody wants
            if not self._waits:  # one piece more gives no more time
                self._set(HEAD)
                self._waits, self._since = True, self.loop.time()
                self._make_room()
        elif state is h11.SEND_BODY:
            now = self.loop.time()
            until = self._body_until or now + BODY
            self._set(max(0.0, min(IDLE, until - now)))
            self._body_until = until
            self._make_room()
        else:
            self._stop()

    def _set(self, seconds: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self._late)

    def _stop(self) -> None:
        self._waits, self._body_until = False, 0.0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def _is_stranger(self) -> bool:
        """Whether whoever sends the request has shown no credential yet."""
        return self.cycle is None or self._waits or KNOWN not in self.cycle.scope.get("state", ())

    def _make_room(self) -> None:
        """Those who hold connections shut nobody out: the newest get their turn, and whoever is known keeps theirs."""
        waiting = [one for one in self.connections if isinstance(one, Connection) and one._timer and one._is_stranger]
        if len(waiting) > MOST_WAITING:
            min(waiting, key=lambda one: one._since)._late()

    def _late(self) -> None:
        self._stop()
        if not self.transport.is_closing():
            if self.conn.their_state is h11.IDLE:
                self.transport.write(_LATE)
            self.transport.close()


def server(app: ASGIApp, **more: Any) -> uvicorn.Server:
    """The server of an application, with these connections. What a proxy says about whom it speaks for is not believed."""
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
        **more,
    )
    return uvicorn.Server(config)
