"""The one client over HTTP: for feeds and articles, for TAXII, and for the servers of language models. What a server sends is
bounded in size and time, and it leads us nowhere else.

Only places that the user named are asked, each a host with a port, be it by a redirect or by a link. A name that leads to this
machine or into a private network is refused, whoever has it, unless the user wrote such an address outright
(`http://192.0.2.7/feed`, `http://localhost/`) or said that the own network is meant: what a stranger's name server answers must
not make us ask our own machines. The address is checked on the connection itself, before anything is sent. Through a proxy it
is the proxy that decides.
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
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from typing import IO, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from indicia import __version__
from indicia.errors import InputError, LimitError, UsageError

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 65_536


# Where a gateway may lead on to the IPv4 address at the end.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
_PORTS = {"http": 80, "https": 443}


class Answer(NamedTuple):
    """One answer of a server, whatever it says."""

    status: int
    headers: Message
    data: bytes


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


def place_of(url: str) -> str:
    """The host of an address, with its port where that is not the usual one; "" where it is none that can be asked."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = host_of(url)
    return host if not host or port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"


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
    if isinstance(found, ipaddress.IPv6Address):
        ends_in_ipv4 = any(found in network for network in _TRANSLATED)
        within = ipaddress.IPv4Address(found.packed[-4:]) if ends_in_ipv4 else found.ipv4_mapped or found.sixtofour
        found = within or found
    return found.is_global and not found.is_multicast


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
    """Asks for addresses at `places` (`host` or `host:port`), those that the user named, and no others. `private` says that the
    own network is meant, `direct` that no proxy is.

    `largest` are bytes of one answer, unpacked; `seconds` the time for one answer; `wait` that for one sign of life.
    """

    def __init__(
        self,
        places: frozenset[str],
        *,
        private: bool = False,
        direct: bool = False,
        largest: int = 10_000_000,
        seconds: float = 60,
        wait: float = 20,
    ) -> None:
        self._places = places
        self._private = private
        self._proxies = {} if direct else urllib.request.getproxies()
        self._largest = largest
        self._seconds = seconds
        self._wait = wait

    def get(self, url: str, *, etag: str = "", modified: str = "") -> Fetched | None:
        """What is at the address; None where it is still the version of `etag` and `modified`.

        Raises: UsageError, InputError, LimitError, each with what to do.
        """
        headers = {name: text for name, text in (("If-None-Match", etag), ("If-Modified-Since", modified)) if text}
        at = url
        for _ in range(_REDIRECTS + 1):
            answer = self.ask(at, headers=headers, told=url)
            to = answer.headers.get("Location")
            if answer.status in _MOVED and to:
                at = self._onward(at, to, url)
            elif answer.status == 304:
                return None
            elif answer.status >= 300:
                raise _refusal(answer, url)
            else:
                return Fetched(
                    data=answer.data,
                    media_type=answer.headers.get_content_type(),
                    etag=answer.headers.get("ETag", "")[:500],
                    modified=answer.headers.get("Last-Modified", "")[:100],
                )
        raise InputError(f"redirects more than {_REDIRECTS} times", where=url, hint="give the address where it ends")

    def _onward(self, at: str, to: str, url: str) -> str:
        """Where a redirect leads, if we may go there."""
        target = onward(at, to)
        if at.startswith("https:") and not target.startswith("https:"):
            raise InputError("redirects to an unencrypted address", where=url, hint="give that address, if you trust it")
        if place_of(target) not in self._places:
            hint = "only hosts that you name are asked; give that address, or its host with --follow"
            raise InputError(f"redirects to {target[:200]}", where=url, hint=hint)
        return target

    def ask(
        self,
        at: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        told: str = "",
    ) -> Answer:
        """One answer, whatever its status; a redirect is one. `data` is posted. `told` is the address that errors name.

        Raises: UsageError (no place that the user named), InputError (no answer), LimitError (too long, too slow).
        """
        url, host = told or at, host_of(at)
        if not host:
            raise UsageError(f"{url!r} is not an address that can be fetched", hint="https://HOST/PATH")
        if place_of(at) not in self._places:
            raise UsageError(f"{place_of(at)} is not a host that you named", hint="give its address, or --follow HOST")
        free = self._private or _is_private_outright(host) or bool(self._proxies.get(urlsplit(at).scheme))
        handler = _Handler(checked=not free)
        opener = urllib.request.build_opener(handler, _Stays, urllib.request.ProxyHandler(self._proxies))
        common = {"User-Agent": f"indicia/{__version__}", "Accept-Encoding": "gzip", "Accept": "*/*"}
        timer = threading.Timer(self._seconds, handler.cut)
        timer.daemon = True
        timer.start()
        try:
            request = urllib.request.Request(at, data=data, headers={**common, **(headers or {})})
            with _opened(opener, request, self._wait) as answer:
                found = self._body(answer, answer.headers.get("Content-Encoding", ""), url)
                if handler.is_late:
                    raise TimeoutError  # what was cut may look like an end
                return Answer(answer.status, answer.headers, found)
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
                raise LimitError(f"sends more than {self._largest:,} bytes", where=url, hint="it is too long for one answer")
        if getattr(answer, "length", 0):  # so many bytes of it were announced and did not come
            raise http.client.IncompleteRead(b"")
        return bytes(body)


def _opened(opener: urllib.request.OpenerDirector, request: urllib.request.Request, wait: float) -> Any:
    try:
        return opener.open(request, timeout=wait)
    except urllib.error.HTTPError as error:  # an answer like any other
        return error


def _refusal(answer: Answer, url: str) -> InputError:
    wait = answer.headers.get("Retry-After", "")
    hints = {
        401: "it requires a login; use a public feed",
        403: "it does not allow programs to read it",
        404: "check the address",
        410: "it is gone for good; leave it out",
        429: f"try again in {wait} seconds" if wait.isdecimal() else "ask less often",
    }
    return InputError(f"the server answers {answer.status}", where=url, hint=hints.get(answer.status, "try again later"))


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
    if isinstance(reason, http.client.IncompleteRead | ConnectionResetError | http.client.RemoteDisconnected):
        return InputError("the server broke off in the middle of its answer", where=url, hint="try again")
    return InputError(f"cannot be read: {type(reason).__name__}", where=url, hint="check the address, and try again")
