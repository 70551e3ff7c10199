"""Sentences of our own and the claims in them, by phenomenon: tests/cases/read/claims/*.yml, and claims_rules/*.yml for what
the rules read without the scorer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id
from tests.wording import names

CASES = Path(__file__).parent.parent / "cases" / "read"


def cases(folder: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{number}")
        for path in sorted((CASES / folder).glob("*.yml"))
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
    ]


def fits(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    for field, value in wanted.items():
        if field in ("source", "accused") and value is not None:
            if not names(value, found[field]):
                return False
        elif found[field] != value:
            return False
    return True


def test_a_case_fits_whole_words_alone() -> None:
    assert fits({"accused": "US"}, {"accused": "the US military"}) and fits({"accused": None}, {"accused": None})
    assert not fits({"accused": "US"}, {"accused": "Russia"})
    assert not fits({"accused": "Russia"}, {"accused": None}) and not fits({"accused": None}, {"accused": "Russia"})


@pytest.mark.parametrize("case", cases("claims"))
def test_claims_of_a_sentence(case: dict[str, Any]) -> None:
    """A case that is `open` is known to be read wrong; it must be told when it no longer is."""
    if case.get("open"):
        with pytest.raises(AssertionError):
            check(case, model=True)
    else:
        check(case, model=True)


@pytest.mark.parametrize("case", cases("claims_rules"))
def test_claims_of_a_sentence_by_rules_alone(case: dict[str, Any]) -> None:
    check(case, model=False)


def check(case: dict[str, Any], *, model: bool) -> None:
    """That exactly the wanted claims are read."""
    text = case["text"]
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="", published=case.get("date"))
    claims, problems = read_claims(document, knowledge.load(), model=model)
    rows = [claim_row(claim, document) for claim in claims]
    seen = [(row["source"], row["stance"], row["accused"]) for row in rows]
    assert not problems
    left = list(rows)
    for wanted in case["claims"]:
        match = next((row for row in left if fits(wanted, row)), None)
        assert match is not None, f"{wanted} not among {[{k: row[k] for k in wanted} for row in rows]}"
        left.remove(match)
    assert not left, f"also found {[(row['source'], row['stance'], row['accused']) for row in left]} among {seen}"
