"""One address over HTTP. What a server sends is bounded in size and time, and it leads us nowhere else.

A redirect is followed only to a host that the user named. A name that leads to this machine or into a private network is
refused, whoever has it, unless the user wrote such an address outright (`http://192.0.2.7/feed`, `http://localhost/`) or said
that the own network is meant: what a stranger's name server answers must not make us ask our own machines. The address is
checked on the connection itself, before anything is sent. Through a proxy it is the proxy that decides.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request
import zlib
from contextlib import suppress
from typing import IO, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from indicia import __version__
from indicia.errors import InputError, LimitError, UsageError

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 65_536


class Fetched(NamedTuple):
    """What a server sent. `etag` and `modified` are its words for this version, to be given back next time."""

    data: bytes
    media_type: str = ""
    etag: str = ""
    modified: str = ""


class _PrivateError(OSError):
    """The connection leads to a machine that nobody named."""


def host_of(url: str) -> str:
    """The host of an address in small letters, "" where it is none that can be asked."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower() if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def onward(at: str, to: str) -> str:
    """Where a reference in what was fetched at an address leads; "" where it is none."""
    try:
        return urljoin(at, to)
    except ValueError:
        return ""


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_global) and not found.is_multicast


def _is_private_outright(host: str) -> bool:
    """Whether the user wrote an address of the own network, so that nobody's name server had a say."""
    with suppress(ValueError):
        return not _is_public(str(ipaddress.ip_address(host)))
    return host == "localhost"


class _Plain(http.client.HTTPConnection):
    """A connection that is given up before anything is sent where it leads to a private machine."""

    checked = True
    kept: socket.socket | None = None  # urllib lets go of `sock` as soon as the head of an answer is there

    def connect(self) -> None:
        super().connect()
        self.kept = self.sock
        if self.checked and not _is_public(str(self.sock.getpeername()[0])):
            self.close()
            raise _PrivateError


class _Secure(http.client.HTTPSConnection, _Plain):
    """The same; the address is checked before TLS begins."""

    def connect(self) -> None:
        super().connect()
        self.kept = self.sock


class _Handler(urllib.request.HTTPSHandler, urllib.request.HTTPHandler):
    """Makes the connections of one request, and can cut them."""

    def __init__(self, *, checked: bool) -> None:
        super().__init__()
        self._checked = checked
        self._made: list[_Plain] = []
        self.is_late = False

    def _new(self, kind: type[_Plain]) -> Any:
        def make(host: str, **more: Any) -> http.client.HTTPConnection:
            connection = kind(host, **more)
            connection.checked = self._checked
            self._made.append(connection)
            return connection

        return make

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._new(_Plain), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._new(_Secure), req, context=ssl.create_default_context())

    def cut(self) -> None:
        """Ends whatever still waits for the server."""
        self.is_late = True
        for connection in self._made:
            with suppress(OSError):
                if connection.kept is not None:
                    connection.kept.shutdown(socket.SHUT_RDWR)


class _Stays(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, for us to judge."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Fetcher:
    """Asks for addresses on `hosts`, those that the user named, and no others. `private` says that the own network is meant.

    `largest` are bytes of one answer, unpacked; `seconds` the time for one answer; `wait` that for one sign of life.
    """

    def __init__(
        self, hosts: frozenset[str], *, private: bool = False, largest: int = 10_000_000, seconds: float = 60, wait: float = 20
    ) -> None:
        self._hosts = hosts
        self._private = private
        self._largest = largest
        self._seconds = seconds
        self._wait = wait

    def get(self, url: str, *, etag: str = "", modified: str = "") -> Fetched | None:
        """What is at the address; None where it is still the version of `etag` and `modified`.

        Raises: UsageError, InputError, LimitError, each with what to do.
        """
        at = url
        for _ in range(_REDIRECTS + 1):
            found = self._ask(at, url, etag, modified)
            if not isinstance(found, str):
                return found
            at = self._onward(at, found, url)
        raise InputError(f"redirects more than {_REDIRECTS} times", where=url, hint="give the address where it ends")

    def _onward(self, at: str, to: str, url: str) -> str:
        """Where a redirect leads, if we may go there."""
        target = urljoin(at, to)
        if at.startswith("https:") and not target.startswith("https:"):
            raise InputError("redirects to an unencrypted address", where=url, hint="give that address, if you trust it")
        if host_of(target) not in self._hosts:
            hint = "only hosts that you name are asked; give that address, or its host with --follow"
            raise InputError(f"redirects to {target[:200]}", where=url, hint=hint)
        return target

    def _ask(self, at: str, url: str, etag: str, modified: str) -> Fetched | str | None:
        """One answer: what was sent, where it redirects to, or None where nothing changed."""
        host = host_of(at)
        if not host:
            raise UsageError(f"{url!r} is not an address that can be fetched", hint="https://HOST/PATH")
        if host not in self._hosts:
            raise UsageError(f"{host} is not a host that you named", hint="give its address, or --follow HOST")
        free = self._private or _is_private_outright(host) or bool(urllib.request.getproxies().get(urlsplit(at).scheme))
        handler = _Handler(checked=not free)
        opener = urllib.request.build_opener(handler, _Stays)
        headers = {"User-Agent": f"indicia/{__version__}", "Accept-Encoding": "gzip", "Accept": "*/*"}
        headers |= {name: text for name, text in (("If-None-Match", etag), ("If-Modified-Since", modified)) if text}
        timer = threading.Timer(self._seconds, handler.cut)
        timer.daemon = True
        timer.start()
        try:
            with opener.open(urllib.request.Request(at, headers=headers), timeout=self._wait) as answer:
                data = self._body(answer, answer.headers.get("Content-Encoding", ""), url)
                if handler.is_late:
                    raise TimeoutError  # what was cut may look like an end
                return Fetched(
                    data=data,
                    media_type=answer.headers.get_content_type(),
                    etag=answer.headers.get("ETag", "")[:500],
                    modified=answer.headers.get("Last-Modified", "")[:100],
                )
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 304:
                    return None
                if error.code in _MOVED and (to := error.headers.get("Location")):
                    return to
                raise _refusal(error, url) from error
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            if handler.is_late:
                what = f"has not answered in {self._seconds:,.0f} seconds"
                raise LimitError(what, where=url, hint="try again later") from error
            raise _unreachable(error, url) from error
        finally:
            timer.cancel()

    def _body(self, answer: IO[bytes], coding: str, url: str) -> bytes:
        unpack = zlib.decompressobj(31) if coding.lower() in {"gzip", "x-gzip"} else None
        body = bytearray()
        while piece := answer.read(_PIECE):
            body += unpack.decompress(piece, self._largest + 1 - len(body)) if unpack else piece
            if len(body) > self._largest:
                raise LimitError(
                    f"sends more than {self._largest:,} bytes", where=url, hint="it is too long for a feed or an article"
                )
        return bytes(body)


def _refusal(error: urllib.error.HTTPError, url: str) -> InputError:
    wait = error.headers.get("Retry-After", "")
    hints = {
        401: "it requires a login; use a public feed",
        403: "it does not allow programs to read it",
        404: "check the address",
        410: "it is gone for good; leave it out",
        429: f"try again in {wait} seconds" if wait.isdecimal() else "ask less often",
    }
    return InputError(f"the server answers {error.code}", where=url, hint=hints.get(error.code, "try again later"))


def _unreachable(error: Exception, url: str) -> InputError:
    reason = error.reason if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception) else error
    if isinstance(reason, _PrivateError):
        what = "leads to this machine or into a private network"
        return InputError(what, where=url, hint="if you mean that, add --private")
    if isinstance(reason, ssl.SSLError):
        return InputError("has no certificate that is trusted here", where=url, hint="name your own in SSL_CERT_FILE")
    if isinstance(reason, socket.gaierror):
        return InputError("there is no host of this name", where=url, hint="check the address and the network")
    if isinstance(reason, TimeoutError):
        return InputError("the server does not answer", where=url, hint="try again later")
    if isinstance(reason, ConnectionRefusedError):
        return InputError("nothing listens there", where=url, hint="is the server running, and is this the right port?")
    return InputError(f"cannot be read: {type(reason).__name__}", where=url, hint="check the address, and try again")
