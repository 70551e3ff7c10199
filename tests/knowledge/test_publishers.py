"""What publishers offer, fetched when asked: from a server of our own that plays them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from indicia.cli import exits
from indicia.cli.main import run
from indicia.errors import FormatError
from indicia.knowledge.library import PACKAGED, Knowledge, user_folder
from indicia.knowledge.publishers import addresses, fetched
from indicia.knowledge.updating import Kind, since
from tests.knowledge.test_building import bundle, relation, stix

CITED = [{"source_name": "Example 2026", "description": "Someone. (2026, November 1). X. Retrieved November 2, 2026."}]


class Publisher(BaseHTTPRequestHandler):
    files: dict[str, bytes] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        data = self.files.get(self.path)
        self.send_response(200 if data is not None else 404)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    phase = [{"kill_chain_name": "mitre-attack", "phase_name": "execution"}]
    made = [stix("attack-pattern", f"T20{number:02}", f"Way {number}", kill_chain_phases=phase) for number in range(4)]
    made.append(stix("intrusion-set", "G9001", "Velvet Kestrel", aliases=["Velvet Kestrel", "UNC7777"]))
    made += [
        relation("uses", "intrusion-set--G9001", f"attack-pattern--T20{number:02}", external_references=CITED)
        for number in range(4)
    ]
    galaxy = {"type": "threat-actor", "version": 999, "values": [{"value": "Crimson Plover", "meta": {"country": "CN"}}]}
    Publisher.files = {
        "/attack.json": json.dumps(bundle(*made)).encode(),
        "/actors.json": json.dumps(galaxy).encode(),
        "/wrong.json": json.dumps(galaxy).encode(),
    }
    Publisher.asked = []
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def mirrors(path: Path, host: str, **files: str) -> Path:
    path.write_text("".join(f'"{Kind[kind].value}" = "{host}/{file}"\n' for kind, file in files.items()), "utf-8")
    return path


def update(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run(["knowledge", "update", *arguments])
    return int(stop.value.code or 0)


def test_one_command_fetches_and_lists_what_changed(publisher: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Knowledge((PACKAGED,))
    there = mirrors(tmp_path / "mirrors.toml", publisher, ATTACK="attack.json", ACTORS="actors.json", KEV="gone.json")
    assert update("--from-web", "--publishers", str(there)) == exits.E_OK
    told = capsys.readouterr()
    assert "Velvet Kestrel (G9001)" in told.out and "Crimson Plover" in told.out
    assert "stays as it was" in told.err and "404" in told.err, "one that fails costs itself alone"
    assert Publisher.asked == ["/attack.json", "/actors.json", "/gone.json"]
    now = Knowledge((user_folder(), PACKAGED))
    assert now.actors.get("G9001") and now.actors.get("actor:crimson-plover")
    made = {(row.source, row.version) for row in before.provenance if row.version}
    assert "MITRE ATT&CK enterprise bundle 18.1 (now " in since(made, now) and "threat-actor 349 (now 999)" in since(made, now)
    assert since(made, before) == ""


def test_nothing_is_fetched_unless_asked(publisher: str, tmp_path: Path) -> None:
    there = mirrors(tmp_path / "mirrors.toml", publisher, ATTACK="attack.json")
    assert update("--publishers", str(there)) == exits.E_USAGE
    assert update() != exits.E_OK
    assert Publisher.asked == [] and not user_folder().exists()


def test_files_given_take_precedence(publisher: str, tmp_path: Path) -> None:
    mine = tmp_path / "threat-actor.json"
    mine.write_bytes(Publisher.files["/actors.json"].replace(b"999", b"998"))
    there = mirrors(tmp_path / "mirrors.toml", publisher, ACTORS="actors.json")
    assert update(str(mine), "--from-web", "--publishers", str(there)) == exits.E_OK
    assert Publisher.asked == []


def test_what_comes_has_to_be_what_was_promised(publisher: str, tmp_path: Path) -> None:
    files, failed = fetched(tmp_path, {Kind.KEV: f"{publisher}/wrong.json"})
    assert files == [] and "is no CISA" in failed[0].message
    there = mirrors(tmp_path / "mirrors.toml", publisher, KEV="wrong.json")
    assert update("--from-web", "--publishers", str(there)) != exits.E_OK
    assert not user_folder().exists()


def test_the_addresses_are_of_known_kinds_over_tls(tmp_path: Path) -> None:
    assert all(url.startswith("https://") for url in addresses().values()) and Kind.ATTACK in addresses()
    (tmp_path / "bad.toml").write_text('"MITRE" = "https://example.org/a.json"\n', "utf-8")
    with pytest.raises(FormatError, match="not a kind of file"):
        addresses(tmp_path / "bad.toml")
