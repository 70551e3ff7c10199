"""Whose voice a statement is: the heading names the body, "we" and plain narration are its own."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.refer.issuer import find_issuer, issuers_told
from indicia.read.claims.refer.resolving import tools_of
from indicia.records import Document, stable_id

DEED = "APT28 hacked the parliament and stole mail of two ministers."


def rows(text: str, publisher: str | None = None) -> list[dict[str, object]]:
    document = Document(id=stable_id("document", text), name="text", text=text, sha256="", publisher=publisher)
    found = [claim_row(claim, document) for claim in read_claims(document, knowledge.load())[0]]
    for row in found:
        for name in ("source", "accused"):
            if row[name] is not None:
                a, b = row["spans"][name]
                assert text[a:b] == row[name]
    return found


@pytest.mark.parametrize(
    ("heading", "words", "canonical"),
    [
        ("United Kingdom: statement by the Foreign Secretary", "United Kingdom", "United Kingdom"),
        ("Statement by the European Union", "the European Union", "European Union"),
    ],
)
def test_narration_in_a_statement_is_the_issuers(heading: str, words: str, canonical: str) -> None:
    (row,) = rows(f"{heading}\n19 July 2021\n\n{DEED}\n")
    assert (row["source"], row["source_canonical"], row["accused"]) == (words, canonical, "APT28")
    assert row["quote"] == DEED


@pytest.mark.parametrize(
    "heading", ["Russia behind hack of parliament: report", "United Kingdom: hackers and statements", "Parliament hacked"]
)
def test_a_news_headline_names_no_issuer(heading: str) -> None:
    text = f"{heading}\n\n{DEED}\n"
    tools = tools_of(knowledge.load())
    document = Document(id=stable_id("document", text), name="text", text=text, sha256="")
    assert find_issuer(document, tools.names, tools.states) is None


def test_a_publisher_that_is_a_newspaper_does_not_speak() -> None:
    assert [row["source"] for row in rows(DEED, "Reuters")] == [None]


def test_we_is_the_issuer() -> None:
    found = rows("Norway: statement by the Government\n\nWe attribute the break-in at the parliament to APT31.\n")
    assert [(row["source"], row["source_canonical"], row["accused_canonical"]) for row in found] == [("We", "Norway", "APT31")]


def test_the_spokesperson_of_a_ministry_speaks_for_its_state() -> None:
    found = rows(
        "China: answers of the Foreign Ministry spokesperson\n\n"
        "The spokesperson denied that China had any part in the attack.\n"
    )
    assert [(row["source"], row["source_canonical"], row["stance"]) for row in found] == [
        ("The spokesperson", "China", "denies")
    ]


def test_a_territory_is_neither_state_nor_speaker() -> None:
    text = (
        "European Union: declaration by the High Representative\n\nThe attack was conducted from the territory of China.\n\n"
        "We call on the Chinese authorities not to allow their territory to be used for attacks.\n"
    )
    (row,) = rows(text)
    assert (row["source_canonical"], row["level"], row["accused_type"], row["state"]) == (
        "European Union",
        "place",
        "unknown",
        "CN",
    )


@pytest.mark.parametrize("publisher", ["NCSC", "UK National Cyber Security Centre"])
def test_a_first_sentence_that_names_the_publisher_is_read(publisher: str) -> None:
    found = rows("The NCSC has attributed the attack on the Electoral Commission to APT31. It gave no date.", publisher)
    assert [(row["source"], row["stance"], row["accused"]) for row in found] == [("The NCSC", "accuses", "APT31")]


def test_what_follows_a_heading_without_an_empty_line_is_read() -> None:
    found = rows("Statement by the European Union\nWe attribute the break-in at the parliament to APT31.\n")
    assert [(row["source"], row["source_canonical"], row["accused"]) for row in found] == [("We", "European Union", "APT31")]


def test_the_company_of_a_companys_own_statement_is_its_issuer() -> None:
    text = "Viasat statement on the outage of its network\n\nThe company declined to say who was responsible for the attack.\n"
    assert [(row["source"], row["source_canonical"]) for row in rows(text)] == [("The company", "Viasat")]
    news = "Outage hits a network\n\nThe company declined to say who was responsible for the attack.\n"
    assert [row["source_canonical"] for row in rows(news)] == ["The company"]


def test_each_issuer_of_a_paper_that_names_several_says_what_the_paper_tells() -> None:
    text = (
        "Actors Breach Water Utilities\n\nThe Federal Bureau of Investigation (FBI), the National Security Agency and CISA are "
        "releasing this joint Cybersecurity Advisory (CSA) to warn of attacks on water utilities.\n\n"
        "Russian state-sponsored cyber actors have compromised controllers at water utilities and disrupted their operation.\n"
    )
    said = {row["source_canonical"] for row in rows(text) if "Russian" in str(row["accused"])}
    assert said == {"FBI", "NSA", "CISA"}


@pytest.mark.parametrize(
    ("text", "issuers"),
    [
        ("This advisory was coauthored by the FBI and CISA. It tells more.", ["FBI", "CISA"]),
        ("The U.S. Department of State and the FBI are issuing this guidance.", ["US State Department", "FBI"]),
        ("The FBI has identified 52 victims.\n\nThe FBI recommends backups.", ["FBI"]),
        ("The FBI has identified 52 victims.\n\nThe FBI recommends backups, a spokesperson said.", []),  # news
        ("The FBI has identified 52 victims. CISA urges caution. The FBI recommends backups. CISA advises rest.", []),
        ("The ministry published a report.", []),
    ],
)
def test_who_issues_a_paper_by_its_own_words(text: str, issuers: list[str]) -> None:
    tools = tools_of(knowledge.load())
    assert [described.canonical for described, _ in issuers_told(text, tools.names, tools.states)] == issuers
