"""From folders, feeds and TAXII into a case, with a digest of who joined, denied, hardened, changed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from indicia.cli import exits
from indicia.pipeline import load_case
from indicia.web.taxii.readers import collection_id
from tests.cli.test_exchange import indicia
from tests.web.test_taxii import ALICE, readers, server

__all__ = ["readers", "server"]  # fixtures

ON = "the attack on Microsoft Exchange servers"
FIRST = f"Microsoft said that it was likely that HAFNIUM was behind {ON}."


class News(BaseHTTPRequestHandler):
    """A feed whose entries a test sets, and articles."""

    entries: list[tuple[str, str, str]] = []
    articles: dict[str, str] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/rss.xml":
            items = (
                f"<item><guid>{id}</guid><link>{escape(link)}</link><title>{escape(text[:40])}</title>"
                f"<pubDate>Mon, 19 Jul 2021 12:00:00 +0000</pubDate><description>{escape(text)}</description></item>"
                for id, link, text in self.entries
            )
            body = f"<rss><channel><title>Agency</title>{''.join(items)}</channel></rss>"
        else:
            body = self.articles.get(self.path, "")
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def news() -> Iterator[str]:
    News.entries, News.articles, News.asked = [], {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), News)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "first.txt").write_text(FIRST, "utf-8")
    return tmp_path / "affair.indicia"


def watched(case: Path, *sources: str, code: int = exits.E_OK) -> dict[str, Any]:
    """What a round says in JSON; {} where nothing is new."""
    out = case.with_name("digest.json")
    out.unlink(missing_ok=True)
    assert indicia("watch", str(case), *sources, "--json", "-o", str(out)) == code
    found: dict[str, Any] = json.loads(out.read_text("utf-8")) if out.exists() else {}
    return found


def turns(digest: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["turn"], row["source"]) for row in digest.get("rows", ())]


def test_a_digest_says_who_joined_denied_and_hardened(case: Path, news: str) -> None:
    folder, feed = str(case.parent / "texts"), f"{news}/rss.xml"
    assert turns(watched(case, folder, feed)) == [("joined", "Microsoft")]
    assert watched(case, folder, feed) == {}, "nothing is read twice"
    News.entries = [
        ("1", "https://news.example/1", f"China denied that it was behind {ON}."),
        ("2", "https://news.example/2", f"The European Union attributes {ON} to HAFNIUM."),
        ("3", "https://news.example/3", f"Microsoft confirmed that HAFNIUM was behind {ON}."),
    ]
    found = watched(case, folder, feed)
    assert turns(found) == [("joined", "European Union"), ("denied", "China"), ("hardened", "Microsoft")]
    hardened = found["rows"][-1]
    assert News.entries[2][2].startswith(hardened["quote"])  # the title says it, too
    assert hardened["document"] == f"{feed}#https://news.example/3"
    assert hardened["published"] == "2021-07-19"
    assert hardened["before"]
    assert found["now"]
    assert News.asked == ["/rss.xml"] * 3, "no link was followed"
    # An entry that changes is read again in its place, and what it no longer says is told.
    News.entries[0] = ("1", "https://news.example/1", "China spoke about the weather.")
    assert ("no longer says it", "China") in turns(watched(case, folder, feed))
    assert len(load_case(case).documents) == 4


def test_articles_come_from_hosts_that_were_named_alone(case: Path, news: str) -> None:
    News.articles = {"/full": f"<html><body><p>The European Union attributes {ON} to HAFNIUM.</p></body></html>"}
    News.entries = [
        ("1", f"{news}/full", "Short."),
        ("2", "http://elsewhere.example/x", "Short."),
        ("3", f"{news}/gone", "Short."),
    ]
    found = watched(case, f"{news}/rss.xml", "--follow", "127.0.0.1", code=exits.E_PARTIAL)
    assert turns(found) == [("joined", "European Union")]
    assert found["rows"][0]["document"] == f"{news}/full"
    assert News.asked == ["/rss.xml", "/full", "/gone"]


def test_entries_about_other_things_are_left_out(case: Path, news: str) -> None:
    News.entries = [("1", "", f"The European Union attributes {ON} to HAFNIUM."), ("2", "", "A recall of toasters.")]
    assert len(watched(case, f"{news}/rss.xml", "--about", "hafnium,apt31")["texts"]) == 1


def test_one_source_that_fails_costs_itself_alone(case: Path, news: str) -> None:
    found = watched(case, f"{news}/nothing", str(case.parent / "texts"), code=exits.E_PARTIAL)
    assert turns(found) == [("joined", "Microsoft")]
    assert watched(case, str(case.parent / "none"), code=exits.E_PARTIAL) == {}
    assert indicia("watch", str(case), f"http://127.1:{news.rpartition(':')[2]}/rss.xml") == exits.E_PARTIAL
    assert News.asked == ["/nothing"], "a name that leads to this machine is not asked"


def test_a_collection_gives_what_is_new_in_it(case: Path, server: str) -> None:
    token = case.with_name("token")
    token.write_text(ALICE, "utf-8")
    address = f"{server}/taxii2/case/collections/{collection_id('amber')}/"
    assert indicia("watch", str(case), address, "--token-file", str(token)) == exits.E_OK
    held = load_case(case)
    assert held.claims
    assert indicia("watch", str(case), address, "--token-file", str(token)) == exits.E_OK
    assert load_case(case) == held


def test_a_token_is_for_one_server(case: Path) -> None:
    token = case.with_name("token")
    token.write_text(ALICE, "utf-8")
    both = [f"https://{name}.example/api/collections/1/" for name in "ab"]
    assert indicia("watch", str(case), *both, "--token-file", str(token)) == exits.E_USAGE
