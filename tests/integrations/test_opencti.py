"""The connectors with pycti's own helper, against a server on this machine that answers as the platform's interface does."""

from __future__ import annotations

import importlib.util
import json
import re
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from indicia.records import TLP_IDS, Tlp

FOLDER = Path(__file__).parents[2] / "integrations" / "opencti"
SAID = "Microsoft attributes the attack on Exchange servers to HAFNIUM with high confidence."


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"indicia_opencti_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def connector() -> ModuleType:
    return loaded("connector")


@pytest.fixture(scope="module")
def export() -> ModuleType:
    return loaded("export")


def held(connector: ModuleType) -> dict[str, Any]:
    """A bundle as a platform gives it back: without what it does not know."""
    bundle: dict[str, Any] = json.loads(connector.bundle_of(SAID.encode(), "statement.txt")[0])
    items = [item for item in bundle["objects"] if item["type"] != "extension-definition"]
    kept = [{name: value for name, value in item.items() if name != "extensions"} for item in items]
    return {**bundle, "objects": kept}


def test_a_document_becomes_a_bundle_with_its_claims(connector: ModuleType) -> None:
    bundle, told = connector.bundle_of(SAID.encode(), "import/global/../statement.txt")
    (note,) = [item for item in json.loads(bundle)["objects"] if item["type"] == "note"]
    assert f"“{SAID}”" in note["content"]
    assert told.startswith("1 claims")
    with pytest.raises(ValueError, match="nothing was read from empty.txt: is empty"):
        connector.bundle_of(b"", "empty.txt")


def test_a_report_of_the_platform_becomes_the_file_that_was_asked_for(connector: ModuleType, export: ModuleType) -> None:
    bundle = held(connector)
    page, kind = export.file_of(bundle, "2026_TLP-AMBER_Report-statement.html")
    assert kind == "text/html"
    assert b"HAFNIUM" in page
    assert SAID in export.file_of(bundle, "statement.csv")[0].decode()
    with pytest.raises(ValueError, match=r"only \.html, \.md"):
        export.file_of(bundle, "statement.xlsx")
    with pytest.raises(ValueError, match="nobody accuses anybody"):
        export.file_of({"type": "bundle", "objects": []}, "statement.html")


class Platform(BaseHTTPRequestHandler):
    """Registers a connector, hands out one file, and keeps what is uploaded."""

    uploads: list[bytes] = []

    def do_GET(self) -> None:
        self._answer(SAID.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers["Content-Type"].startswith("multipart/"):
            self.uploads.append(body)
            self._answer(b'{"data": {}}')
            return
        asked = json.loads(body)
        found = re.search(r"\{\s*(\w+)", asked["query"])
        name = found.group(1) if found else ""
        queue = dict.fromkeys(("listen", "listen_routing", "listen_exchange", "push", "push_routing", "push_exchange"), "")
        mq = {"host": "127.0.0.1", "vhost": "/", "use_ssl": False, "port": 5672, "user": "", "pass": ""}
        s3 = dict.fromkeys(("endpoint", "port", "use_ssl", "bucket_name", "bucket_region", "access_key", "secret_key"))
        one = {"id": str(uuid.UUID(int=1)), "connector_state": None, "config": queue | {"connection": mq, "s3": s3}}
        one |= {"connector_user_id": None, "jwks": "{}", "definition": "TLP:GREEN"}
        self._answer(json.dumps({"data": {name: one | {"version": "6.0.0", "connector_info": {}}}}).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def helper_of(url: str, kind: str, scope: str, **more: object) -> Any:
    pycti = pytest.importorskip("pycti", reason="needs pycti, in the version of a platform")
    connector = {"id": str(uuid.UUID(int=1)), "type": kind, "name": "Indicia", "scope": scope, "log_level": "error", **more}
    return pycti.OpenCTIConnectorHelper({"opencti": {"url": url, "token": str(uuid.UUID(int=2))}, "connector": connector})


@pytest.mark.filterwarnings("ignore")
def test_the_connector_uploads_the_brief_to_the_report(
    connector: ModuleType, export: ModuleType, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = helper_of(url, "INTERNAL_EXPORT_FILE", export.SCOPE)
    monkeypatch.setattr(
        helper.api_impersonate.stix2, "get_stix_bundle_or_object_from_entity_id", lambda **asked: held(connector)
    )
    message = {
        "export_scope": "single", "export_type": "full", "entity_type": "Report", "entity_id": str(uuid.UUID(int=3)),
        "file_name": "statement.html", "file_markings": [str(uuid.UUID(int=4))],
    }  # fmt: skip
    Platform.uploads.clear()
    assert export.ExportClaims(helper).process(message) == "Export done"
    (sent,) = Platform.uploads
    assert all(
        word in sent
        for word in (
            b"exportPush",
            b'filename="statement.html"',
            b"text/html",
            b"HAFNIUM",
            message["file_markings"][0].encode(),
        )
    )
    with pytest.raises(ValueError, match="one report at a time"):
        export.ExportClaims(helper).process({**message, "export_scope": "query"})


@pytest.mark.filterwarnings("ignore")
def test_the_connector_reads_what_the_platform_hands_over(connector: ModuleType, url: str, tmp_path: Path) -> None:
    folder = {"send_to_queue": False, "send_to_directory": True, "send_to_directory_path": str(tmp_path)}
    helper = helper_of(url, "INTERNAL_IMPORT_FILE", connector.SCOPE, **folder)
    message = {
        "file_fetch": "/storage/get/import/statement.txt",
        "file_id": "import/statement.txt",
        "file_markings": [str(uuid.UUID(int=4))],
    }
    told = connector.ImportClaims(helper).process(message)
    assert told.startswith("1 claims")
    (sent,) = [file.read_text("utf-8") for file in tmp_path.glob("*.json")]
    assert "DIRECTORY_BUNDLE" in sent
    assert "note--" in sent
    assert SAID in sent
    assert TLP_IDS[Tlp.GREEN] in sent, "as the file is marked in the platform"
    assert TLP_IDS[Tlp.AMBER] not in sent
