"""Affairs as data: `tests/cases/affairs/*.yml` hold texts of our own and the table that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia import knowledge
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.read.claims import read_claims
from indicia.read.fronts import document_from_text
from indicia.records import Affair, Claim, Document

CASES = sorted((Path(__file__).parents[1] / "cases" / "affairs").glob("*.yml"))
VERBS = {"refine": "refines", "supersede": "supersedes", "contradict": "contradicts", "repeat": "repeats"}


def source(claim: Claim) -> str:
    return claim.source.party.canonical if claim.source.party else "nobody"


def utterance(claim: Claim, document: Document) -> str:
    accused, level = claim.accused.party, claim.accused.level
    words = (level.value if level else "-", claim.said.firmness.value, claim.basis.value)
    whom = accused.canonical if accused else "nobody"
    return f"{claim.date or document.published} {source(claim)} {claim.stance.value} {whom} ({', '.join(words)})"


def table(affair: Affair, claims: dict[str, Claim], documents: dict[str, Document], first: dict[str, str]) -> dict[str, Any]:
    """The affair as its case writes it, without what is empty."""
    own = [claims[one] for row in affair.rows for one in row.claims]
    shifts = [
        f"{source(claims[s.later])} {VERBS[s.kind]} {source(claims[s.earlier])}" + (f" ({s.note})" if s.note else "")
        for s in affair.shifts
    ]
    told = {
        "name": affair.name,
        "origins": affair.origins,
        "first_private": affair.first_private,
        "first_official": affair.first_official,
        "utterances": sorted(utterance(c, documents[c.quote.document]) for c in own if first[c.id] == c.id),
        "passed_on": sorted(documents[c.quote.document].name for c in own if first[c.id] != c.id),
        "endorses": {row.source: sorted(row.endorses) for row in affair.rows if row.endorses},
        "denied_by": {row.source: sorted(row.denied_by) for row in affair.rows if row.denied_by},
        "shifts": sorted(shifts),
    }
    return {key: value for key, value in told.items() if value}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("backwards", [False, True])
def test_texts_make_the_table(path: Path, backwards: bool) -> None:
    case = yaml.safe_load(path.read_text("utf-8"))
    known = knowledge.load()
    documents = [document_from_text(d["text"], name=d["name"], published=str(d["date"])) for d in case["documents"]]
    documents = documents[::-1] if backwards else documents
    claims = [claim for document in documents for claim in read_claims(document, known)[0]]
    claims = list(led_back(claims, documents))
    first = {claim.id: claim.origin or claim.id for claim in claims}
    affairs = join_affairs(claims, documents, known)
    by_id, texts = {claim.id: claim for claim in claims}, {document.id: document for document in documents}
    expected = [
        {
            key: sorted(value) if isinstance(value, list) else value if isinstance(value, int | dict) else str(value)
            for key, value in affair.items()
        }
        for affair in case["affairs"]
    ]
    assert [table(affair, by_id, texts, first) for affair in affairs] == expected
