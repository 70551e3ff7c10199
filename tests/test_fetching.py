"""What a server does to who asks it: nothing that it may do makes us ask elsewhere, wait for ever, or fill the memory."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from indicia.errors import IndiciaError, InputError, LimitError, UsageError
from indicia.fetching import Fetcher, _is_public, place_of

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/feed": (200, {"ETag": '"7"', "Last-Modified": "Sat, 28 Nov 2026 00:00:00 GMT"}, b"<rss/>"),
    "/packed": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"<rss/>")),
    "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(50_000_000))),
    "/broken": (200, {"Content-Encoding": "gzip"}, b"no gzip at all"),
    "/large": (200, {}, bytes(200_000)),
    "/away": (302, {"Location": "http://elsewhere.example/"}, b""),
    "/inside": (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""),
    "/port": (302, {"Location": "http://127.0.0.1:1/"}, b""),
    "/usual": (302, {"Location": "http://127.0.0.1/"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/moved": (301, {"Location": "/feed"}, b""),
    "/circle": (302, {"Location": "/circle"}, b""),
    "/cut": (200, {"Content-Length": "1000"}, b"<rss>"),
    "/busy": (429, {"Retry-After": "120"}, b""),
}


class Server(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Host", "")))
        if self.headers.get("If-None-Match") == '"7"':
            self.send_response(304)
            self.end_headers()
            return
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(200):
                try:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
                except OSError:
                    return
        code, headers, body = ANSWERS.get(self.path, (404, {}, b""))
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher(port: int) -> Fetcher:
    return Fetcher(frozenset({f"127.0.0.1:{port}"}), largest=100_000, seconds=1, wait=5)


def test_what_is_there_is_given_with_what_tells_its_version(port: int, fetcher: Fetcher) -> None:
    found = fetcher.get(f"http://127.0.0.1:{port}/feed")
    assert found is not None
    assert (found.data, found.etag) == (b"<rss/>", '"7"')
    assert fetcher.get(f"http://127.0.0.1:{port}/feed", etag=found.etag) is None
    assert fetcher.get(f"http://127.0.0.1:{port}/packed") == (b"<rss/>", "text/plain", "", "")
    assert fetcher.get(f"http://127.0.0.1:{port}/moved") == found


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/bomb", LimitError, "more than 100,000 bytes"),
        ("/large", LimitError, "more than 100,000 bytes"),
        ("/broken", InputError, "cannot be read"),
        ("/drip", LimitError, "not answered in 1 seconds"),
        ("/away", InputError, "redirects to http://elsewhere.example/"),
        ("/inside", InputError, "redirects to http://169.254.169.254"),
        ("/port", InputError, "redirects to http://127.0.0.1:1/"),
        ("/usual", InputError, "redirects to http://127.0.0.1/"),
        ("/file", InputError, "redirects to file:"),
        ("/circle", InputError, "redirects more than 3 times"),
        ("/busy", InputError, "429 .try again in 120 seconds"),
        ("/none", InputError, "404 .check the address"),
    ],
)
def test_what_is_refused(port: int, fetcher: Fetcher, path: str, kind: type[IndiciaError], words: str) -> None:
    began = time.monotonic()
    with pytest.raises(kind, match=words):
        fetcher.get(f"http://127.0.0.1:{port}{path}")
    assert time.monotonic() - began < 5


def test_a_name_that_leads_into_the_own_network_is_not_asked(port: int) -> None:
    """`127.1` is a name as any other that a name server might lead here; an address that is written out is meant."""
    asked = len(Server.asked)
    with pytest.raises(InputError, match="leads to this machine or into a private network .if you mean that, add --private"):
        Fetcher(frozenset({f"127.1:{port}"}), wait=5).get(f"http://127.1:{port}/feed")
    assert len(Server.asked) == asked, "nothing was sent"
    assert Fetcher(frozenset({f"127.1:{port}"}), private=True, wait=5).get(f"http://127.1:{port}/feed") is not None


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("198.51.100.7", False),
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::101:101", True),
        ("2002:7f00:1::", False),
        ("::7f00:1", False),
        ("", False),
    ],
)
def test_an_address_within_an_address_counts(address: str, is_public: bool) -> None:
    assert _is_public(address) is is_public


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "http://[", "http://other.example/"])
def test_only_hosts_that_the_user_named_are_asked(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(UsageError):
        fetcher.get(url)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://A.example/x", "a.example"),
        ("http://a.example:80/", "a.example"),
        ("https://a.example:80/", "a.example:80"),
        ("https://a.example:99999/", ""),
        ("ftp://a.example/", ""),
    ],
)
def test_a_place_is_a_host_and_an_odd_port(url: str, place: str) -> None:
    assert place_of(url) == place
