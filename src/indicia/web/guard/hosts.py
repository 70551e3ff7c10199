"""The exact names that a server answers to, and how each is reached."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import h11
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from indicia.errors import UsageError

LOCAL = ("127.0.0.1", "localhost", "[::1]")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class AllowedHosts(NamedTuple):
    """Names as they stand in a `Host` header, lower case, without a port; `secure` are those behind a proxy with TLS."""

    names: tuple[str, ...]
    secure: frozenset[str] = frozenset()

    def origin(self, header: str) -> str:
        """The origin of our own pages, for a request with this `Host` header.

        >>> Hosts(("a.example",), frozenset({"a.example"})).origin("A.example:8443"), Hosts(LOCAL).origin("[::1]:80")
        ('https://a.example:8443', 'http://[::1]:80')
        """
        host = header.strip().lower()
        name = host if host.endswith("]") else re.sub(r":\d*$", "", host)
        return f"{'https' if name in self.secure else 'http'}://{host}"


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def hosts_of(address: str, given: Iterable[str]) -> AllowedHosts:
    """What a server that listens on `address` answers to: the names given, and on this machine alone its own.

    A name is a host or an address, without a port; `https://` in front says that a proxy with TLS stands before it.
    Raises: UsageError for something else, and where others can reach the server and no name is given.
    """
    names: list[str] = []
    secure: set[str] = set()
    for text in given:
        scheme, _, name = text.strip().lower().rpartition("://")
        try:
            name = f"[{name}]" if ipaddress.ip_address(name.strip("[]")).version == 6 else name
        except ValueError:
            if not _NAME.fullmatch(name):
                raise UsageError(f"{text!r} is not a host name", hint="as --name indicia.example: no port, no *") from None
        if scheme not in {"", "http", "https"}:
            raise UsageError(f"{text!r} is not a host name", hint="for example: --name https://indicia.example")
        names.append(name)
        if scheme == "https":
            secure.add(name)
    if is_loopback(address):
        names += [one for one in LOCAL if one not in names]
    if not names:
        hint = "--name indicia.example, and the pages open at that name alone"
        raise UsageError(f"others can reach {address}: say under which name", hint=hint)
    return AllowedHosts(tuple(names), frozenset(secure))


# The headers of every answer, and what stands around an application: Starlette's own checks of hosts and sizes.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cache-Control": "no-store",
}


class _Headers:
    """Sets the headers of each answer, that of a refusal too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class _OneLength:
    """Refuses a request that says in two ways how long it is: a proxy before this server could see its end elsewhere, and take
    what follows for the request of somebody else. References: RFC 9112, 6.3 and 11.2."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            words = "a request has either Content-Length or Transfer-Encoding"
            await PlainTextResponse(words, 400, {"Connection": "close"})(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def around(hosts: Iterable[str], most_bytes: int) -> list[Middleware]:
    """What stands around an application that answers to these hosts alone and takes requests of so many bytes."""
    return [
        Middleware(_Headers),
        Middleware(_OneLength),
        # Another name that leads here is how a page elsewhere would read this one (DNS rebinding).
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(RequestBodyLimitMiddleware, max_body_size=most_bytes),
    ]


# Connections that cannot be held for nothing: heads, bodies and readers have their time, and there are so many of each.
#
# uvicorn bounds the time between two requests alone; whoever sends the first half of a head would stay for ever.
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
