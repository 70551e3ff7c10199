"""A bundle that Indicia wrote is a source like any other, and its claims arrive as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.records import Tlp
from indicia.share import render
from tests.sample_case import exchange_case


@pytest.mark.parametrize(
    ("logs", "least"),
    [
        pytest.param(True, Tlp.AMBER, id="as strict as the sightings that came with them"),
        pytest.param(False, Tlp.GREEN, id="texts alone"),
    ],
)
def test_its_claims_arrive_as_they_were(tmp_path: Path, logs: bool, least: Tlp) -> None:
    case = exchange_case(logs=logs)
    path = tmp_path / "theirs.stix.json"
    path.write_bytes(render(case, "stix", load()))
    documents, claims, mentions, problems = read_sources([str(path), str(path)], load(), marking=Tlp.GREEN)
    assert (claims, mentions) == (case.claims, case.mentions)
    assert {document.marking for document in documents} == {least}
    assert any("without its text" in problem.what for problem in problems)


def test_one_that_was_tampered_with_is_read_as_any_other(tmp_path: Path) -> None:
    bundle = json.loads(render(exchange_case(), "stix", load()))
    for item in bundle["objects"]:
        for extension in item.get("extensions", {}).values():
            if "quote" in extension:
                extension["quote"]["text"] = "something else"
    path = tmp_path / "theirs.stix.json"
    path.write_text(json.dumps(bundle), "utf-8")
    documents, _, mentions, problems = read_sources([str(path)], load())
    assert [document.name for document in documents] == [str(path)]
    assert mentions
    assert any("but damaged" in problem.what for problem in problems)
