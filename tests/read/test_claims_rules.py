"""Sentences of our own that the rules read without the scorer: tests/cases/read/claims_rules/*.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id
from tests.read.test_claims_cases import fits

CASES = Path(__file__).parent.parent / "cases" / "read" / "claims_rules"


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.yml"))
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
    ]


@pytest.mark.parametrize("case", cases())
def test_claims_of_a_sentence_by_rules_alone(case: dict[str, Any]) -> None:
    text = case["text"]
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="", published=case.get("date"))
    claims, _ = read_claims(document, knowledge.load(), model=False)
    rows = [claim_row(claim, document) for claim in claims]
    left = list(rows)
    for wanted in case["claims"]:
        match = next((row for row in left if fits(wanted, row)), None)
        assert match is not None, f"{wanted} not among {[{k: row[k] for k in wanted} for row in rows]}"
        left.remove(match)
    assert not left, f"also found {[(row['source'], row['stance'], row['accused']) for row in left]}"
