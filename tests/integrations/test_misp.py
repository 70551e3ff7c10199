"""The modules by the interface of misp-modules: called as its server does, and by the server itself where it is installed."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources
from tests.share.test_exchange_formats import numbers

ROOT = Path(__file__).parents[2] / "integrations" / "misp"
SAID = "Microsoft attributes the attack on Exchange servers to HAFNIUM with high confidence. China denies it was involved."
DOCUMENT = {"data": base64.b64encode(SAID.encode()).decode(), "filename": "../statement.txt"}


def module(kind: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / kind / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def asked(kind: str, name: str, **request: Any) -> dict[str, Any]:
    answer: dict[str, Any] = module(kind, name).handler(json.dumps({"module": name, **request}))
    json.dumps(answer)
    return answer


def test_a_document_becomes_parts_of_an_event_that_pymisp_takes() -> None:
    from pymisp import MISPEvent

    results = asked("import_mod", "indicia_import", **DOCUMENT)["results"]
    event = MISPEvent()
    event.from_dict(info="made", **results)
    claims = [one for one in event.attributes if one.category == "Attribution"]
    assert [one.value for one in claims] == SAID.replace(". China", ".\nChina").split("\n")
    assert 'misp-galaxy:mitre-intrusion-set="HAFNIUM - G0125"' in {tag.name for tag in claims[0].tags}
    (report,) = event.event_reports
    assert "Source: Microsoft\nAccused: HAFNIUM (group)\nStance: accuses" in report.content


def test_an_event_made_of_them_comes_back_with_each_claim_once(tmp_path: Path) -> None:
    results = asked("import_mod", "indicia_import", **DOCUMENT)["results"]
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"Event": {"uuid": "5f0e0f6a-0000-4000-8000-000000000001", "info": "made", **results}}), "utf-8")
    documents, claims, _, _ = read_sources([str(file)], load())
    assert len(documents) == 1, "the report is no text of its own"
    told = {(claim.source.party.canonical, claim.stance.value) for claim in claims if claim.source.party}
    assert told == {("Microsoft", "accuses"), ("China", "denies")}
    assert len(claims) == 2


def test_a_document_that_is_read_into_two_events_is_whole_in_both() -> None:
    """MISP drops what bears a number that another event has."""
    first, second = (asked("import_mod", "indicia_import", **DOCUMENT)["results"] for _ in range(2))
    assert len(numbers(first)) == len(numbers(second)) > 3
    assert not numbers(first) & numbers(second)


def test_a_document_is_marked_as_it_says_and_else_as_you_say() -> None:
    for said, more, marking in (
        ("", {}, "amber"),
        ("", {"unmarked": "clear"}, "clear"),
        ("TLP:GREEN\n\n", {"unmarked": "clear"}, "green"),
    ):
        data = base64.b64encode((said + SAID).encode()).decode()
        results = asked("import_mod", "indicia_import", data=data, filename="a.txt", config=more)["results"]
        assert f"tlp:{marking}" in {tag["name"] for tag in results["Tag"]}
    assert "TLP:CLEAR" in asked("import_mod", "indicia_import", **DOCUMENT, config={"unmarked": "purple"})["error"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [({"data": "%"}, "base64"), ({"data": ""}, "is empty"), ({"data": base64.b64encode(b"Nothing.").decode()}, "says nothing")],
)
def test_what_cannot_be_read_is_said(request_: dict[str, str], words: str) -> None:
    assert words in asked("import_mod", "indicia_import", **request_)["error"]


def test_an_actor_is_told_by_all_its_names_and_a_text_by_its_claims() -> None:
    (group,) = asked("expansion", "indicia_expand", **{"threat-actor": "Silk Typhoon"})["results"]
    assert group["values"][0].startswith("HAFNIUM (G0125 in ATT&CK); tied to CN according to ")
    assert "Silk Typhoon" not in group["values"][0]
    (claims,) = asked("expansion", "indicia_expand", text=SAID)["results"]
    assert len(claims["values"]) == 2
    assert "no group" in asked("expansion", "indicia_expand", **{"threat-actor": "Nobody at all"})["error"]
    assert "nobody is accused" in asked("expansion", "indicia_expand", comment="A fine day.")["error"]
    assert "asks about none" in asked("expansion", "indicia_expand", domain="example.org")["error"]


@pytest.mark.parametrize(("kind", "name"), [("import_mod", "indicia_import"), ("expansion", "indicia_expand")])
def test_a_module_tells_what_the_server_lists(kind: str, name: str) -> None:
    one = module(kind, name)
    assert one.handler() is False
    assert {"name", "version", "description", "module-type", "author", "config"} <= one.version().keys()
    assert {"inputSource", "format"} <= one.introspection().keys() or one.introspection()["input"]


def test_the_server_of_misp_modules_runs_them(tmp_path: Path) -> None:
    pytest.importorskip("misp_modules", reason="needs misp-modules")
    port = "16666"
    command = [sys.executable, "-m", "misp_modules", "-c", str(ROOT), "-l", "127.0.0.1", "-p", port]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path) as server:
        try:
            found = _answer(port, "modules", None)
            assert {"indicia_import", "indicia_expand"} <= {one["name"] for one in found}
            results = _answer(port, "query", {"module": "indicia_import", **DOCUMENT})["results"]
            assert sum(one["category"] == "Attribution" for one in results["Attribute"]) == 2
        finally:
            server.terminate()


def _answer(port: str, path: str, request: dict[str, Any] | None) -> Any:
    data = json.dumps(request).encode() if request is not None else None
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", data, timeout=60) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server does not answer")
