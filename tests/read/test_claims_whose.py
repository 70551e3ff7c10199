"""Whose words they are and what they are about: who "we" is, what "his agency" means, and no affair before its time."""

from __future__ import annotations

from typing import Any

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.known.incidents import Incidents
from indicia.read.claims.words.sentences import sentences
from indicia.records import Document, stable_id


def rows(text: str, published: str | None = None, publisher: str | None = None) -> list[dict[str, Any]]:
    document = Document(
        id=stable_id("document", text), name="case", text=text, sha256="", published=published, publisher=publisher
    )
    return [claim_row(claim, document) for claim in read_claims(document, knowledge.load())[0]]


@pytest.mark.parametrize(
    ("day", "told"), [(None, "us-treasury-2024"), ("2025-01-06", "us-treasury-2024"), ("2020-12-14", None), ("2021", None)]
)
def test_no_incident_is_told_before_it_began(day: str | None, told: str | None) -> None:
    found = Incidents(knowledge.load()).told("The hack of the Treasury was found in December", day)
    assert (found.id if found else None) == told


def test_a_line_with_nothing_but_a_date_is_a_sentence_of_its_own() -> None:
    text = "Moscow rejects hack claims\n11 May 2022\n\nRussia denied it.\nMay 12, 2022\nOn 3 May 2022\nit began."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Moscow rejects hack claims", "11 May 2022", "Russia denied it.", "May 12, 2022", "On 3 May 2022\nit began.",
    ]  # fmt: skip


def test_we_is_who_opens_the_report_and_not_whom_it_is_about() -> None:
    text = (
        "FireEye has uncovered a campaign by way of SolarWinds. The actors behind it were inside many networks. "
        "We are not attributing the intrusions to a known group or a country."
    )
    assert [(row["stance"], row["source_canonical"]) for row in rows(text)] == [("declines", "Mandiant")]


def test_his_agency_is_the_speakers_own() -> None:
    text = "Sergei Naryshkin, the director of the SVR, denied that his agency was behind the attack on the ministry."
    assert [(row["stance"], row["accused_canonical"], row["state"]) for row in rows(text)] == [("denies", "SVR", "RU")]


def test_an_origin_between_commas_belongs_to_the_accused() -> None:
    text = "The White House said an actor, likely Russian in origin, is responsible for the breach of the networks."
    (row,) = rows(text)
    assert (row["source"], row["accused"], row["state"], row["firmness"]) == (
        "The White House", "an actor, likely Russian in origin", "RU", "moderate",
    )  # fmt: skip
