"""What our notes tell comes back from whoever keeps no extensions: the five fields of every claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evals.exchange import fields_of
from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.read.text.told import read_note
from indicia.records import Case, to_check
from indicia.share import render
from indicia.share.stix.told import told
from tests.sample_case import document_of, exchange_case, hostile_case


def through_a_platform(case: Case) -> bytes:
    """The bundle without extensions, as OpenCTI gives it back."""
    bundle = json.loads(render(case, "stix", load()))
    kept: list[dict[str, Any]] = [item for item in bundle["objects"] if item["type"] != "extension-definition"]
    return json.dumps({**bundle, "objects": [{k: v for k, v in item.items() if k != "extensions"} for item in kept]}).encode()


def through_misp(case: Case) -> bytes:
    return render(case, "misp", load())


@pytest.mark.parametrize("way", [through_a_platform, through_misp])
def test_every_claim_comes_back_once(way: Any, tmp_path: Path) -> None:
    case = exchange_case()
    first, *rest = case.claims
    case = msgspec.structs.replace(case, claims=(msgspec.structs.replace(first, score=0.099), *rest))
    path = tmp_path / "back.json"
    path.write_bytes(way(case))
    documents, claims, _, _ = read_sources([str(path)], load())
    assert all(documents[0].text[span.start : span.end] == span.text for claim in claims for span in claim.spans())
    assert sorted(map(fields_of, claims)) == sorted(map(fields_of, case.claims))
    assert [(fields_of(claim)[0], claim.score) for claim in to_check(claims, ())] == [(fields_of(first)[0], 0.09)]
    ties = {(claim.tie.kind, claim.tie.state) for claim in claims if claim.tie}
    assert ties == {(claim.tie.kind, claim.tie.state) for claim in case.claims if claim.tie}


@pytest.mark.parametrize("way", [through_a_platform, through_misp])
def test_a_title_that_notes_tell_is_not_told_again(way: Any, tmp_path: Path) -> None:
    case = msgspec.structs.replace(exchange_case(), name="Microsoft says that HAFNIUM hacked the Exchange servers of Norway")
    path = tmp_path / "back.json"
    path.write_bytes(way(case))
    _, claims, _, _ = read_sources([str(path)], load())
    assert sorted(map(fields_of, claims)) == sorted(map(fields_of, case.claims))


@pytest.mark.parametrize("make", [exchange_case, hostile_case])
def test_a_note_is_read_as_it_was_written(make: Any) -> None:
    case = make()
    for claim in case.claims:
        found = read_note(told(claim, document_of(case, claim), doubtful=claim.score < 0.5))
        assert found is not None
        assert (found.quote, found.stance, found.level) == (claim.quote.text, claim.stance, claim.accused.level)


@pytest.mark.parametrize(
    "text", ["", "Anybody's note", "x\n\n“q”\n\nSource: y", "x\n\n“q”\n\nSource: y\nAccused: z\nStance: odd"]
)
def test_notes_of_others_are_no_claims(text: str) -> None:
    assert read_note(text) is None
