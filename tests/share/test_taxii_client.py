"""What a person is told when a TAXII server does not give what was asked for: why, and what to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from indicia.cli import exits
from indicia.errors import IndiciaError
from indicia.records import Seen, Tlp
from indicia.share import taxii_client
from indicia.share.taxii_client import pull, push
from indicia.watch import Watch, look
from tests.cli.test_exchange import indicia
from tests.web.test_taxii import ALICE, BOB, at, readers, server

__all__ = ["readers", "server"]  # fixtures

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "html": (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>sign in</html>"),
    "nothing": (200, {}, b""),
    "moved": (302, {"Location": "https://elsewhere.example/"}, b""),
    "busy": (503, {"Retry-After": "120"}, b'{"title": "later", "description": "until noon"}'),
    "many": (429, {"Retry-After": "<b>soon</b>"}, b""),
    "cut": (200, {"Content-Length": "1000"}, b'{"objects": ['),
    "fault": (500, {}, b'{"title": ["no", "text"]}'),
    "list": (200, {}, b'{"objects": {"a": 1}}'),
    "circle": (200, {}, b'{"more": true, "next": "x", "objects": [{"id": "a"}]}'),
    "full": (200, {}, b'{"objects": [' + b"{}," * 300 + b"{}]}"),
    "large": (200, {}, b'{"objects": ["' + b"x" * 5000 + b'"]}'),
    # A discovery that would lead our token to another server.
    "taxii2": (200, {}, b'{"api_roots": ["http://elsewhere.example/api/", 7, null]}'),
}


class Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]] = []
    answered: dict[str, int] = {}

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        name = self.path.strip("/").partition("/")[0]
        code, headers, body = ANSWERS.get(name, (404, {}, b""))
        self.answered[name] = number = self.answered.get(name, 0) + 1
        if name in {"turns", "endless", "heavy"}:  # in a circle of two pages, and pages without end
            one = {"id": number % 2 if name == "turns" else number, "text": "x" * 1000 if name == "heavy" else ""}
            code, body = 200, orjson.dumps({"more": True, "next": str(number), "objects": [one]})
        self.send_response(code)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """A server with an odd answer at each address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("html", "no TAXII envelope but text/html (the address of a collection is https://HOST/ROOT/collections/ID/)"),
        ("nothing", "no TAXII envelope but something else"),
        ("moved", "answers 302: look at https://elsewhere.example/ (nothing is sent on from there"),
        ("busy", "answers 503: later; until noon (try again in 120 seconds)"),
        ("many", "answers 429 (try again later)"),
        ("cut", "broke off in the middle of its answer"),
        ("fault", "answers 500: ['no', 'text']"),
        ("list", "no TAXII envelope"),
        ("circle", "there is more and does not say where"),
        ("large", "more than 2,000 bytes (it is too long for one answer"),
        ("full", "more than 500 values (it is too much for one answer"),
        ("turns", "there is more and does not say where"),
        ("endless", "no end within 50 objects"),
        ("heavy", "no end within 1,000,000 objects, 5,000 bytes"),
        ("none", "answers 404 (the address of a collection is https://HOST/ROOT/collections/ID/)"),
    ],
)
def test_an_odd_answer_is_told_in_words(odd: str, name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taxii_client, "_LARGEST", 2000)
    monkeypatch.setattr(taxii_client, "_MOST_BYTES", 5000)
    monkeypatch.setattr(taxii_client, "_MOST_VALUES", 500)
    if name == "endless":
        monkeypatch.setattr(taxii_client, "_MOST", 50)
    with pytest.raises(IndiciaError) as caught:
        pull(f"{odd}/{name}/")
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{odd}/{name}/")


def test_pages_that_come_slowly_have_an_end(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taxii_client, "_SECONDS", 0.2)
    with pytest.raises(IndiciaError, match="no end within"):
        pull(f"{odd}/endless/")


def test_a_name_that_leads_into_the_own_network_is_not_asked_with_a_token_or_without(odd: str) -> None:
    """Neither by `pull`, nor through `watch`: `127.1` is a name that a name server might lead here."""
    named = odd.replace("127.0.0.1", "127.1")
    Handler.asked.clear()
    with pytest.raises(IndiciaError, match="leads to this machine or into a private network"):
        pull(f"{named}/x/")
    (problem,) = look(Watch((f"{named}/x/collections/1/",)), lambda source: Seen()).problems
    assert "private network" in problem.what and not Handler.asked
    with pytest.raises(IndiciaError, match="404"):
        pull(f"{named}/none/", private=True)


def test_what_cannot_be_pushed_is_told(odd: str) -> None:
    with pytest.raises(IndiciaError, match="try again in 120 seconds"):
        push(f"{odd}/busy/", [{"id": "x"}])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/x/", "nothing listens there"),
        ("http://nowhere.invalid/x/", "there is no host of this name"),
    ],
)
def test_a_server_that_is_not_there_is_told(address: str, words: str) -> None:
    with pytest.raises(IndiciaError, match=words):
        pull(address)


def test_plain_http_behind_https_is_told(odd: str) -> None:
    with pytest.raises(IndiciaError, match="no certificate that is trusted"):
        pull(odd.replace("http://", "https://") + "/x/")


def test_a_token_follows_nobody_to_another_server(odd: str) -> None:
    Handler.asked.clear()
    with pytest.raises(IndiciaError, match="404"):
        pull(f"{odd}/none/", "secret-token")
    assert {path for path, _ in Handler.asked} == {
        "/none/objects/?limit=1000", "/none/", "/taxii2/", "/none/collections/"
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/taxii2/case/collections/", "/taxii2/case/", "/taxii2/", "/", "/taxii2/case/collections/no/"]
)
def test_who_gives_another_address_hears_of_the_collections(server: str, address: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        pull(f"{server}{address}", BOB)
    told = str(caught.value)
    assert f"TLP:GREEN at {at(server, Tlp.GREEN, '')}" in told
    assert "AMBER" not in told, "bob is cleared for GREEN"


def test_without_a_token_one_is_asked_for(server: str) -> None:
    with pytest.raises(IndiciaError, match=r"it may need a token: --token-file FILE; this server offers: TLP:CLEAR at "):
        pull(at(server, Tlp.AMBER, ""))
    with pytest.raises(IndiciaError, match="check the token file"):
        pull(at(server, Tlp.AMBER, ""), f"{ALICE}x")
    with pytest.raises(IndiciaError, match="403: .* can_write"):
        push(at(server, Tlp.CLEAR, ""), [{"id": "x"}], ALICE)


def test_a_time_that_is_none_is_told_before_anything_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("yesterday", "2026-11-24", "2026-11-24T00:00:00"):
        assert indicia("pull", "http://127.0.0.1:1/x/", "--added-after", word, "-o", str(tmp_path / "o")) == exits.E_USAGE
        assert "2026-11-24T00:00:00Z" in capsys.readouterr().err
