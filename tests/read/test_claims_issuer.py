"""Whose voice a statement is: its heading, its own words or its publisher name the body that "we" and narration stand for."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.issuers import issuers_of
from indicia.read.claims.network import FIELDS
from indicia.read.claims.parties import NamesByPlace, Parties
from indicia.read.claims.proposals import Proposal
from indicia.read.claims.voices import DocumentVoices
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Document, Stance, stable_id

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
        (f"What we saw in the intrusion\nMicrosoft Threat Intelligence, September 8, 2022\n\n{DEED}", "", ["Microsoft"]),
        (f"Microsoft Exchange servers attacked\n8 September 2022\n\n{DEED}", "", []),
        (f"Address of the Prime Minister, Ann Bo\nOslo, 7 September 2022\n\n{DEED}", "", ["Norway"]),
        (f"Remarks by the spokesperson of the embassy\nOslo, 7 September 2022\n\n{DEED}", "", []),
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


def test_we_whom_nothing_names_is_whoever_writes_and_not_who_was_named_last() -> None:
    text = (
        "What we found\n\nMandiant was called in, too. We assess with high confidence that APT31 broke into the parliament.\n"
    )
    assert {row["source"] for row in rows(text) if row["accused_canonical"] == "APT31"} == {None}


def test_a_quotation_is_of_whom_the_line_above_credits() -> None:
    said = "Sandworm attacked the operator."
    text = (
        f'Hackers claim attack\n\nSource: Security Service of Ukraine\n\nQuote: "{said}"\n\nBackground:\n\nSandworm is known.\n'
    )
    parties = Parties(text, NamesByPlace(find_names(document_from_text(text, name="text"), KNOWN)), KNOWN)
    voices = DocumentVoices(text, parties, (), ())
    for words, told in ((said, "Security Service of Ukraine"), ("Sandworm is known.", None)):
        start = text.index(words)
        heard = Proposal(
            stance=Stance.ACCUSES,
            score=0.9,
            accused=(start, start + len("Sandworm")),
            speaker=None,
            sentence=(start, start + len(words)),
            odds=np.zeros(sum(map(len, FIELDS.values())), np.float32),
            tags={},
            accused_led=None,
            speaker_led=None,
        )
        assert [one.speaker.canonical if one.speaker else None for one in voices.of(heard)] == [told]


def test_an_official_answers_for_the_state_whose_charge_he_denies() -> None:
    text = '"Russia had nothing to do with the attack on the pipeline and rejects the accusation," the spokesman Peskov said.\n'
    (row,) = [one for one in rows(text) if one["stance"] == "denies"]
    assert (row["source_state"], row["state"]) == ("RU", "RU")
