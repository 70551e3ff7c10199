"""The date of a claim, apart from that of the deed. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.dates import dates
from indicia.records import Document, stable_id

KNOWN = knowledge.load()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("On 4 October 2018 the Dutch defence minister blamed Russia for the attack on Kestrel Ports.", "2018-10-04"),
        ("The hack of Kestrel Ports was the work of Turla, a Russian group, the AIVD disclosed in May 2025.", "2025-05"),
        ("The worm was found in spring. On 5 January the FBI blamed Russia for the hack of Kestrel Ports.", None),
    ],
)
def test_date_of_the_claim(text: str, date: str | None) -> None:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert [claim_row(claim, document)["date"] for claim in claims] == [date]


@pytest.mark.parametrize("published", ["0001-01-01", "1066-10-14", "9999-12-31"])
def test_no_day_is_counted_from_one_of_another_age(published: str) -> None:
    text = "Yesterday Norway accused China of the breach at Larkspur Mining. On Friday China denied it, as it had in May."
    assert dates(text, 0, len(text), published) == []
