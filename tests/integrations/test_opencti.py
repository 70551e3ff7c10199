"""The connector with pycti's own helper, against a server on this machine that answers as the platform's interface does."""

from __future__ import annotations

import importlib.util
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "integrations" / "opencti" / "connector.py"
SAID = "Microsoft attributes the attack on Exchange servers to HAFNIUM with high confidence."


@pytest.fixture(scope="module")
def connector() -> ModuleType:
    spec = importlib.util.spec_from_file_location("indicia_opencti", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_document_becomes_a_bundle_with_its_claims(connector: ModuleType) -> None:
    bundle, told = connector.bundle_of(SAID.encode(), "import/global/../statement.txt")
    (note,) = [item for item in json.loads(bundle)["objects"] if item["type"] == "note"]
    assert f"“{SAID}”" in note["content"]
    assert told.startswith("1 claims")
    with pytest.raises(ValueError, match="nothing was read from empty.txt: is empty"):
        connector.bundle_of(b"", "empty.txt")


class Platform(BaseHTTPRequestHandler):
    """Registers a connector, and hands out one file."""

    def do_GET(self) -> None:
        self._answer(SAID.encode())

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        found = re.search(r"\{\s*(\w+)", asked["query"])
        name = found.group(1) if found else ""
        queue = dict.fromkeys(("listen", "listen_routing", "listen_exchange", "push", "push_routing", "push_exchange"), "")
        mq = {"host": "127.0.0.1", "vhost": "/", "use_ssl": False, "port": 5672, "user": "", "pass": ""}
        s3 = dict.fromkeys(("endpoint", "port", "use_ssl", "bucket_name", "bucket_region", "access_key", "secret_key"))
        one = {"id": str(uuid.UUID(int=1)), "connector_state": None, "config": queue | {"connection": mq, "s3": s3}}
        one |= {"connector_user_id": None, "jwks": "{}"}
        self._answer(json.dumps({"data": {name: one | {"version": "6.0.0", "connector_info": {}}}}).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.filterwarnings("ignore")
def test_the_connector_reads_what_the_platform_hands_over(connector: ModuleType, tmp_path: Path) -> None:
    pycti = pytest.importorskip("pycti", reason="needs pycti, in the version of a platform")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings: dict[str, Any] = {
        "opencti": {"url": f"http://127.0.0.1:{server.server_port}", "token": str(uuid.UUID(int=2))},
        "connector": {
            "id": str(uuid.UUID(int=1)),
            "type": "INTERNAL_IMPORT_FILE",
            "name": "Indicia",
            "scope": connector.SCOPE,
            "log_level": "error",
            "send_to_queue": False,
            "send_to_directory": True,
            "send_to_directory_path": str(tmp_path),
        },
    }
    helper = pycti.OpenCTIConnectorHelper(settings)
    message = {"file_fetch": "/storage/get/import/statement.txt", "file_id": "import/statement.txt", "file_markings": []}
    told = connector.ImportClaims(helper).process(message)
    server.shutdown()
    server.server_close()
    assert told.startswith("1 claims")
    (sent,) = [file.read_text("utf-8") for file in tmp_path.glob("*.json")]
    assert "DIRECTORY_BUNDLE" in sent
    assert "note--" in sent
    assert SAID in sent
