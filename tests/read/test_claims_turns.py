"""Turns of phrase that make a claim by the rules alone, and sentences that make none: tests/cases/read/claims_turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id
from tests.wording import names

CASES = Path(__file__).parent.parent / "cases" / "read" / "claims_turns"


def rows(name: str) -> list[Any]:
    loaded: list[Any] = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return loaded


def by_rules(text: str) -> list[dict[str, Any]]:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    return [claim_row(claim, document) for claim in read_claims(document, knowledge.load(), model=False)[0]]


def holds(wanted: str | None, found: str | None, canonical: str | None) -> bool:
    if wanted is None:
        return found is None
    return any(names(wanted, text) for text in (found, canonical))


@pytest.mark.parametrize("row", rows("turns.yml"), ids=lambda row: row[3][:40])
def test_turn_makes_a_claim(row: list[Any]) -> None:
    stance, source, accused, text, *rest = row
    found = by_rules(text)
    hits = [
        claim
        for claim in found
        if claim["stance"] == stance
        and holds(source, claim["source"], claim["source_canonical"])
        and holds(accused, claim["accused"], claim["accused_canonical"])
    ]
    seen = [(claim["source"], claim["stance"], claim["accused"]) for claim in found]
    assert bool(hits) != (rest == ["open"]), f"found {seen}"


@pytest.mark.parametrize("row", rows("nothing.yml"), ids=lambda row: (row if isinstance(row, str) else row[0])[:40])
def test_sentence_makes_no_claim(row: str | list[str]) -> None:
    text, *rest = [row] if isinstance(row, str) else row
    seen = [(claim["source"], claim["stance"], claim["accused"]) for claim in by_rules(text)]
    assert bool(seen) == (rest == ["open"]), f"found {seen}"
