"""Whose voice a statement is: its heading, its own words or its publisher name the body that "we" and narration stand for."""

from __future__ import annotations

import msgspec
import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.parties import NamesByPlace, Parties
from indicia.read.claims.voices import issuers_of
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Document, stable_id

KNOWN = knowledge.load()
DEED = "APT28 hacked the parliament and stole mail of two ministers."


def issuers(text: str, publisher: str = "") -> list[str]:
    document = msgspec.structs.replace(document_from_text(text, name="text"), publisher=publisher or None)
    names = NamesByPlace(find_names(document, KNOWN))
    named = find_names(document_from_text(publisher, name="publisher"), KNOWN) if publisher else ()
    return [one.speaker.canonical for one in issuers_of(document, names, Parties(text, names, KNOWN), named)]


def rows(text: str, publisher: str | None = None) -> list[dict[str, object]]:
    document = Document(id=stable_id("document", text), name="text", text=text, sha256="", publisher=publisher)
    return [claim_row(claim, document) for claim in read_claims(document, KNOWN)[0]]


@pytest.mark.parametrize(
    ("text", "publisher", "told"),
    [
        (f"United Kingdom: statement by the Foreign Secretary\n19 July 2021\n\n{DEED}\n", "", ["United Kingdom"]),
        (f"Statement by the European Union\n\n{DEED}\n", "", ["European Union"]),
        (f"Russia behind hack of parliament: report\n\n{DEED}\n", "", []),
        (f"United Kingdom: hackers and statements\n\n{DEED}\n", "", []),
        (f"Parliament hacked\n\n{DEED}\n", "", []),
        (DEED, "Reuters", []),
        (DEED, "Reuters UK News", []),
        (DEED, "NCSC", ["UK National Cyber Security Centre"]),
        (DEED, "Microsoft Security Blog", ["Microsoft"]),
        ("This advisory was coauthored by the FBI and CISA. It tells more.", "", ["FBI", "CISA"]),
        ("The U.S. Department of State and the FBI are issuing this guidance.", "", ["US State Department", "FBI"]),
        ("The ministry published a report.", "", []),
    ],
)
def test_who_issues_a_text(text: str, publisher: str, told: list[str]) -> None:
    assert issuers(text, publisher) == told


def test_narration_in_a_statement_is_the_issuers() -> None:
    (row,) = rows(f"United Kingdom: statement by the Foreign Secretary\n19 July 2021\n\n{DEED}\n")
    assert (row["source_state"], row["accused"], row["quote"]) == ("GB", "APT28", DEED)


def test_we_is_the_issuer() -> None:
    found = rows("Norway: statement by the Government\n\nWe attribute the break-in at the parliament to APT31.\n")
    assert [(row["source"], row["source_canonical"], row["accused_canonical"]) for row in found] == [("We", "Norway", "APT31")]


def test_each_issuer_of_a_paper_that_names_several_says_what_the_paper_tells() -> None:
    text = (
        "Actors Breach Water Utilities\n\nThe Federal Bureau of Investigation (FBI), the National Security Agency and CISA are "
        "releasing this joint Cybersecurity Advisory (CSA) to warn of attacks on water utilities.\n\n"
        "Russian state-sponsored cyber actors have compromised controllers at water utilities and disrupted their operation.\n"
    )
    said = {row["source_canonical"] for row in rows(text) if "Russia" in str(row["accused_canonical"])}
    assert said == {"FBI", "NSA", "CISA"}
