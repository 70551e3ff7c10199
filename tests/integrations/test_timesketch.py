"""The hand-off with Timesketch's own client and importer, against a server on this machine that answers as theirs does."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import indicia
from tests.sample_case import exchange_case

FILE = Path(__file__).parents[2] / "integrations" / "timesketch" / "send.py"


class Timesketch(BaseHTTPRequestHandler):
    """Lets anybody in, and keeps what is uploaded."""

    uploads: list[dict[str, str]] = []

    def do_GET(self) -> None:
        self._answer(b'<html><input id="csrf_token" value="x"></html>', "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith("/upload/"):
            self.send_response(302)  # logged in
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        message = BytesParser().parsebytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        parts: Any = message.get_payload()
        fields = {
            part.get_param("name", header="Content-Disposition"): part.get_payload(decode=True).decode() for part in parts
        }
        Timesketch.uploads.append(fields)
        self._answer(
            json.dumps({"meta": {}, "objects": [{"id": 1, "searchindex": {"index_name": "i"}}]}).encode(), "application/json"
        )

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Timesketch)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("internal", [False, True])
def test_the_importer_takes_every_line(url: str, internal: bool) -> None:
    pytest.importorskip("timesketch_import_client", reason="needs timesketch-import-client")
    from timesketch_api_client.client import TimesketchApi

    spec = importlib.util.spec_from_file_location("indicia_timesketch", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    Timesketch.uploads.clear()
    record = exchange_case()
    sketch = TimesketchApi(url, "ada", "x").get_sketch(7)
    count = module.send(indicia.Case(record), sketch, internal=internal)
    (sent,) = Timesketch.uploads
    lines = [json.loads(line) for line in sent["events"].split("\n")]
    assert (sent["sketch_id"], sent["name"], len(lines)) == ("7", f"Indicia: {record.name}", count)
    assert record.hunt is not None
    timed = sum(one.event.time is not None for one in record.hunt.sightings)
    assert count == timed + sum(len(claim.date or "") == 10 for claim in record.claims) > timed > 0
    assert all(line["message"] and line["timestamp_desc"] and line["datetime"] for line in lines)
    assert any("host" in line for line in lines) is internal
    assert {tag for line in lines for tag in line.get("tag", ())} >= {"T1505.003"}
