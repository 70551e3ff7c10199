"""The date of a claim, apart from that of the deed. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id

KNOWN = knowledge.load()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("On 4 October 2018 the Dutch defence minister blamed Russia for the attack on Kestrel Ports.", "2018-10-04"),
        ("The hack of Kestrel Ports was the work of Turla, a Russian group, the AIVD disclosed in May 2025.", "2025-05"),
        (
            "The worm was found in December 2020. On 5 January the FBI blamed Russia for the hack of Kestrel Ports.",
            "2021-01-05",
        ),
        ("The worm was found in spring. On 5 January the FBI blamed Russia for the hack of Kestrel Ports.", None),
    ],
)
def test_date_of_the_claim(text: str, date: str | None) -> None:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert [claim_row(claim, document)["date"] for claim in claims] == [date]
