"""What a stranger, another site and a slow client try on a real port: tests/cases/web/probes.yml, and connections held open."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
import yaml
from itsdangerous import TimestampSigner
from starlette.types import ASGIApp

from indicia.cli.serve import taxii_of_page
from indicia.web import create_app
from indicia.web.guard import hosts
from indicia.web.guard.entrance import COOKIE
from indicia.web.guard.hosts import LOCAL, AllowedHosts
from indicia.web.taxii.readers import collection_id, keyed_id
from indicia.web.taxii.server import beside
from tests import sample_case
from tests.web.site import LAUNCH, shelve, token

KEY = b"the key of these tests"

ROWS = yaml.safe_load((Path(__file__).parents[1] / "cases/web/probes.yml").read_text("utf-8"))
PROBES = [row for rows in ROWS.values() for row in rows]
SECRETS = (b"zebra-source", b"owner-secret", b"Raab")


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """The port of a server as `indicia serve` runs it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    running = hosts.server(app, log_level="critical")
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    running.should_exit = True
    thread.join(20)
    listener.close()


class Site:
    """A page with TAXII beside it, and the session of a browser that came in."""

    def __init__(self, port: int, places: dict[str, str]) -> None:
        self.host = f"127.0.0.1:{port}"
        self.places = {"host": self.host, "launch": LAUNCH, **places}
        _, headers, _ = self.ask("GET", f"/?token={LAUNCH}", {"Host": self.host}, None)
        self.cookie = headers["set-cookie"].partition(";")[0]
        _, _, page = self.ask("GET", "/", {"Host": self.host, "Cookie": self.cookie}, None)
        self.token = token(page.decode())

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self.host, timeout=20)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        length = {"Content-Length": str(len(body))} if body is not None else {}
        for name, value in (headers | length).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data

    def filled(self, text: str) -> str:
        text = re.sub(r"\{(\w+)\}", lambda found: self.places[found[1]], text)
        return re.sub(r"(\d+)\*(.)", lambda found: int(found[1]) * found[2], text) if re.search(r"\d\*\w", text) else text

    def try_out(self, probe: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        method, _, target = probe["ask"].partition(" ")
        who = probe.get("as", "nobody")
        headers = {"Host": probe.get("host", self.host)}
        headers |= {"owner": {"Cookie": self.cookie}, "bearer": {"Authorization": f"Bearer {LAUNCH}"}, "nobody": {}}[who]
        headers |= {name: self.filled(value) for name, value in probe.get("send", {}).items()}
        body = None
        if "form" in probe:
            fields = {"token": self.token} if who == "owner" else {}
            body = urlencode(fields | {name: self.filled(str(value)) for name, value in probe["form"].items()}).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.ask(method, self.filled(target), headers, body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    case = sample_case.exchange_case()
    documents = tuple(msgspec.structs.replace(one, title="zebra-source") for one in case.documents)
    shelve(folder / "cases", "sample", msgspec.structs.replace(case, documents=documents))
    secret, read = folder / "secret.txt", folder / "read"
    secret.write_text("owner-secret", "utf-8")
    read.mkdir()
    (read / "link.txt").symlink_to(secret)
    hosts = AllowedHosts(LOCAL)
    page = create_app(folder / "cases", hosts=hosts, launch=LAUNCH, reads=(read,), author="x", most_bytes=200_000)
    shelf = page.state.shelf
    places = {
        "secret": str(secret),
        "read": str(read),
        "other": TimestampSigner("another key").sign(b"eyJpbnNpZGUiOiB0cnVlfQ==").decode(),
        "root": keyed_id(KEY, "sample"),
        "clear": collection_id("clear"),
    }
    with serving(beside(page, taxii_of_page(shelf.slugs, shelf.store, None, None, "amber", hosts, LAUNCH, KEY))) as port:
        yield Site(port, places)


@pytest.mark.parametrize("probe", PROBES, ids=lambda row: f"{row.get('as', 'nobody')} {row['ask']}"[:70])
def test_probe(site: Site, probe: dict[str, Any]) -> None:
    status, headers, body = site.try_out(probe)
    wanted = probe["get"] if isinstance(probe["get"], list) else [probe["get"]]
    assert status in wanted, body[:500]
    assert probe.get("says", "").encode() in body
    if probe.get("as", "nobody") == "nobody" or status != 200:
        assert not [word for word in SECRETS if word in body]
    if "to" in probe and status == 303:
        assert headers["location"] == probe["to"]
    assert "content-security-policy" in headers or b"Invalid HTTP request" in body


def test_there_are_enough_probes() -> None:
    assert len(PROBES) >= 150


def test_a_session_is_signed_strict_and_new_each_time(site: Site) -> None:
    made = [site.ask("GET", f"/?token={LAUNCH}", {"Host": site.host, "Cookie": site.cookie}, None)[1] for _ in range(2)]
    cookies = [one["set-cookie"].lower() for one in made]
    assert all(one.startswith(f"{COOKIE}=") and "samesite=strict" in one and "httponly" in one for one in cookies)
    assert site.cookie.lower() != cookies[0].partition(";")[0] != cookies[1].partition(";")[0]


def half(port: int, data: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=20)
    made.sendall(data)
    return made


def is_closed(connection: socket.socket) -> bool:
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("length", [b"Content-Length: 6\r\n", b"content-length: 0\r\n"])
def test_no_second_request_is_smuggled_in_behind_two_lengths(site: Site, length: bytes) -> None:
    host = f"Host: {site.host}\r\n".encode()
    first = b"POST /enter HTTP/1.1\r\n" + host + length + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    answer = b""
    with half(int(site.host.rpartition(":")[2]), first + b"GET / HTTP/1.1\r\n" + host + b"\r\n") as connection:
        while data := connection.recv(65_536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1 ") == 1


def test_connections_that_never_finish_are_closed_and_shut_nobody_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "HEAD", 2.0)
    port = int(site.host.rpartition(":")[2])
    slow = [half(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a: b") for _ in range(400)]
    begun = time.monotonic()
    assert site.try_out({"ask": "GET /", "as": "owner"})[0] == 200
    assert time.monotonic() - begun < 1.5, "a page comes while they wait"
    for one in slow[-3:]:
        one.sendall(b"c")  # one more byte gives no more time
    assert all(is_closed(one) for one in slow)
    assert time.monotonic() - begun < 8
    for one in slow:
        one.close()


def test_strangers_who_owe_a_body_shut_nobody_out(site: Site) -> None:
    """450 connections without a credential, each with a head and the first letter of a form: the owner gets every page."""
    port = int(site.host.rpartition(":")[2])
    head = b"POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nl"
    held = [half(port, head) for _ in range(450)]
    # The owner's own upload waits, too, and is known: it keeps its place.
    own = half(port, f"POST /new HTTP/1.1\r\nHost: {site.host}\r\nCookie: {site.cookie}\r\nContent-Length: 9\r\n\r\nx".encode())
    try:
        assert {site.try_out({"ask": "GET /", "as": "owner"})[0] for _ in range(20)} == {200}
        held += [half(port, head) for _ in range(150)]
        assert {site.try_out({"ask": "GET /", "as": "owner"})[0] for _ in range(20)} == {200}
        own.sendall(b"12345678")
        own.settimeout(10)
        assert own.recv(100).startswith(b"HTTP/1.1 4"), "an answer, whatever it says, and no closed door"
    finally:
        for one in (*held, own):
            one.close()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlaunch=",
        b"POST /enter HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
        b"POST /new HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx",  # answered before its body is there
        b"GET /static/indicia.css HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT",  # the second half after an answer
    ],
)
def test_what_is_owed_has_its_time(site: Site, monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(hosts, "HEAD", 0.3)
    monkeypatch.setattr(hosts, "IDLE", 0.3)
    port = int(site.host.rpartition(":")[2])
    with half(port, head) as one:
        one.settimeout(8)
        assert is_closed(one)
    assert site.try_out({"ask": "GET /", "as": "owner"})[0] == 200
