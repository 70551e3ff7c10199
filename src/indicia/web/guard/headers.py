"""The headers of every answer, and what stands around an application: Starlette's own checks of hosts and sizes."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
