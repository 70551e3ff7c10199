"""Sentences of our own and the claims in them, by phenomenon: tests/cases/read/claims/*.yml. What is misread is kept as a list
that a person can review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id
from tests.golden import check
from tests.wording import names

CASES = Path(__file__).parent.parent / "cases" / "read" / "claims"
MISREAD_AT_MOST = 0.3  # of all cases: many were written for what is hard


def fits(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    for field, value in wanted.items():
        if field in ("source", "accused") and value is not None:
            if not names(value, found[field]) and not names(value, found[f"{field}_canonical"]):
                return False
        elif found[field] != value:
            return False
    return True


def test_a_case_fits_whole_words_alone() -> None:
    def named(name: str | None) -> dict[str, Any]:
        return {"accused": name, "accused_canonical": name}

    assert fits({"accused": "US"}, named("the US military")) and fits({"accused": None}, named(None))
    assert not fits({"accused": "US"}, named("Russia"))
    assert not fits({"accused": "Russia"}, named(None)) and not fits({"accused": None}, named("Russia"))


def is_right(case: dict[str, Any]) -> bool:
    """Whether exactly the wanted claims are read."""
    text = case["text"]
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="", published=case.get("date"))
    claims, problems = read_claims(document, knowledge.load())
    assert not problems
    left = [claim_row(claim, document) for claim in claims]
    if silent := case.get("silent"):
        return not any(names(silent, row["source"]) for row in left)
    for wanted in case["claims"]:
        match = next((row for row in left if fits(wanted, row)), None)
        if match is None:
            return False
        left.remove(match)
    return case.get("also") == "any" or not left


def test_claims_of_sentences_golden() -> None:
    misread, count = [], 0
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            count += 1
            if not is_right(case):
                misread.append(f"{path.stem}: {case['text']}".replace("\n", " / "))
    check("claims-misread.txt", ("\n".join(misread) + "\n").encode())
    assert len(misread) < MISREAD_AT_MOST * count, f"{len(misread)} of {count} cases are misread"
