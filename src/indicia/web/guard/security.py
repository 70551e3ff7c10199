"""What keeps other people's pages and texts away from a case: hosts, tokens, limits and headers, as plain ASGI middleware."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "CSP", "LOCAL_HOSTS", "Guard", "Tokens", "check_origin"]

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
COOKIE = "indicia-session"
TOKEN_AGE = 12 * 3600  # seconds that a form may stay open
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
    ("Cache-Control", "no-store"),
)


def host_of(header: str) -> str:
    """The host of a `Host` header without its port, lower case; an IPv6 address keeps its brackets.

    >>> host_of("LOCALHOST:8000"), host_of("[::1]:80"), host_of("127.0.0.1")
    ('localhost', '[::1]', '127.0.0.1')
    """
    header = header.strip().lower()
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0]


class _TooLargeError(Exception):
    """The body is larger than allowed."""


class Guard:
    """Refuses foreign hosts (DNS rebinding) and large bodies before anything reads them; sets the headers of each answer."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], most: int) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    if name not in headers:
                        headers[name] = value
            await send(message)

        headers = Headers(scope=scope)
        if host_of(headers.get("host", "")) not in self.hosts:
            answer: Response = PlainTextResponse("This page answers only to its own name on this machine.", 421)
            await answer(scope, receive, guarded_send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self.most:
                    raise _TooLargeError
            return message

        too_large = PlainTextResponse(f"More than {self.most // 1_000_000} MB at once. Give the path of a folder instead.", 413)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.most:
            await too_large(scope, receive, guarded_send)
            return
        try:
            await self.app(scope, counted, guarded_send)
        except _TooLargeError:
            if not started:
                await too_large(scope, receive, guarded_send)


class Tokens:
    """Form tokens tied to the session cookie. The key lives as long as the process."""

    def __init__(self, key: str | None = None) -> None:
        self._serializer = URLSafeTimedSerializer(key or secrets.token_hex(32), salt="indicia-form")

    def session(self, request: Request) -> str:
        """The session of the request, made when it has none yet; `attach` sets it as a cookie."""
        held = request.cookies.get(COOKIE, "")
        if not getattr(request.state, "session", None):
            request.state.session = held if 20 <= len(held) <= 64 and held.isalnum() else secrets.token_hex(16)
        session: str = request.state.session
        return session

    def token(self, request: Request) -> str:
        return self._serializer.dumps(self.session(request))

    def attach(self, request: Request, response: Response) -> None:
        """Sets the cookie where the browser does not have it yet."""
        session = getattr(request.state, "session", None)
        if session and request.cookies.get(COOKIE) != session:
            response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")

    def check(self, request: Request, given: str) -> None:
        """Raises: HTTPException 403 when the form does not come from a page that we gave to this browser."""
        check_origin(request)
        try:
            session = self._serializer.loads(given, max_age=TOKEN_AGE)
        except BadSignature:
            raise HTTPException(403, "This form is too old or not ours. Load the page again and send it once more.") from None
        if not secrets.compare_digest(str(session), request.cookies.get(COOKIE, "")):
            raise HTTPException(403, "This form belongs to another session. Load the page again and send it once more.")


def check_origin(request: Request) -> None:
    """Raises: HTTPException 403 when the browser says that another site sent the form."""
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and str(origin).partition("://")[2] != request.headers.get("host", ""):
        raise HTTPException(403, "This form was sent by another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403, "This form was sent by another site.")
