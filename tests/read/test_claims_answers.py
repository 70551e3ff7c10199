"""Answers to an accusation that the sentence or clause before tells: tests/cases/read/claims_answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id
from tests.wording import names

CASES = Path(__file__).parent.parent / "cases" / "read" / "claims_answers"


def rows(name: str) -> list[Any]:
    loaded: list[Any] = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return loaded


def read(text: str, *, model: bool) -> list[dict[str, Any]]:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    return [claim_row(claim, document) for claim in read_claims(document, knowledge.load(), model=model)[0]]


@pytest.mark.parametrize("row", rows("answers.yml"), ids=lambda row: row[3][-50:])
def test_an_answer_is_about_whom_the_accusation_names(row: list[str]) -> None:
    stance, source, accused, text = row
    found = [(claim["source"] or "", claim["stance"], claim["accused"] or "") for claim in read(text, model=False)]
    assert any(names(source, s) and kind == stance and (names(accused, a) if accused else not a) for s, kind, a in found), (
        f"found {found}"
    )


@pytest.mark.parametrize("row", rows("nothing.yml"), ids=lambda row: row[1][-50:])
def test_what_answers_no_accusation_makes_no_claim(row: list[str]) -> None:
    speaker, text, *rest = row
    found = [(claim["source"], claim["stance"], claim["accused"]) for claim in read(text, model=True)]
    assert any(names(speaker, source) for source, _, _ in found) == (rest == ["open"]), f"found {found}"
