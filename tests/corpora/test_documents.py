"""Our own documents and the facts of real ones: every place lies in its text, and every name is one that the reader knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indicia.read.claims.network import FACTS
from indicia.records import Stance

CORPORA = Path(__file__).parents[2] / "corpora"


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]


DOCUMENTS = [row for file in sorted((CORPORA / "documents").glob("*.jsonl")) for row in rows(file)]


def places(claim: dict[str, Any]) -> Iterator[list[int]]:
    for value in claim.values():
        if isinstance(value, list) and value:
            yield from value if isinstance(value[0], list) else [value]


def test_every_place_lies_in_its_text() -> None:
    for document in DOCUMENTS:
        told = [place for claim in document["claims"] for place in places(claim)]
        told += [fact["place"] for fact in document.get("facts") or ()]
        for start, end in told:
            assert 0 <= start < end <= len(document["text"]), (document["id"], start, end)
            assert document["text"][start:end].strip(), (document["id"], start, end)


def test_every_stance_and_fact_is_one_that_the_reader_is_taught() -> None:
    stances = {claim["stance"] for document in DOCUMENTS for claim in document["claims"]}
    assert stances <= set(Stance) and {"withdraws", "declines", "questions", "endorses", "claims"} <= stances
    real = rows(CORPORA / "real" / "facts.jsonl")
    assert {fact["what"] for row in (*DOCUMENTS, *real) for fact in row.get("facts") or ()} <= set(FACTS)


def test_ids_are_given_once_and_a_third_makes_no_claim() -> None:
    ids = [document["id"] for document in DOCUMENTS]
    assert len(set(ids)) == len(ids)
    assert sum(not document["claims"] for document in DOCUMENTS) >= len(DOCUMENTS) / 3
