"""An address in the place of a file: fetched once, from the host that was written, and kept with its time and hash."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from indicia.cli.readers import fetched_sources, keep_pages
from indicia.cli.talk import Talk
from indicia.errors import IndiciaError
from indicia.read.fronts import Held

PAGE = b"<html><body><article><p>Microsoft attributes the attack on Exchange to HAFNIUM.</p></article></body></html>"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            if self.path == "/away":
                self.send_header("Location", "http://elsewhere.example/")
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}", asked
    made.shutdown()
    made.server_close()
    thread.join()


def test_a_page_is_fetched_once_and_kept(server: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = server
    sources, pages = fetched_sources(["a.txt", f"{address}/a", "-"], Talk(quiet=True))
    assert sources == ["a.txt", Held(f"{address}/a", PAGE), "-"] and asked == ["/a"]
    keep_pages(pages, tmp_path)
    (row,) = json.loads((tmp_path / "fetched.json").read_text("utf-8"))
    assert row["sha256"] == hashlib.sha256(PAGE).hexdigest()
    assert (tmp_path / row["file"]).read_bytes() == PAGE and row["time"].endswith("+00:00")


def test_no_other_host_is_asked(server: tuple[str, list[str]]) -> None:
    with pytest.raises(IndiciaError, match="redirects to"):
        fetched_sources([f"{server[0]}/away"], Talk(quiet=True))


@pytest.mark.parametrize("source", ["ftp://example.com/a", "https//example.com", "a:b", "file:///etc/passwd"])
def test_what_is_no_address_stays_a_file(source: str) -> None:
    assert fetched_sources([source], Talk(quiet=True)) == ([source], [])
