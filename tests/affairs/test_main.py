"""Which affair a case is mainly about: by voices, texts and prominence, a text's own word first, never by names of files."""

from __future__ import annotations

import random

import pytest

from indicia.affairs.joining import join_affairs
from indicia.affairs.main import MainAffair, main_among
from indicia.affairs.origins import led_back
from indicia.knowledge import Knowledge, load
from indicia.read.claims import read_claims
from indicia.read.fronts import document_from_text
from indicia.records import Claim
from tests.affairs.claims import case_of

CZECH = "Czech Republic | accuses | Russia | state | none | RU | CZ | government"
EXCHANGE = "Microsoft | accuses | HAFNIUM | group | none | CN | US | company"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def main_of(texts: list[tuple[str, list[str]]], knowledge: Knowledge, folder: str = "texts") -> MainAffair:
    documents, claims = case_of(texts, folder)
    claims = led_back(claims, documents)
    return main_among(claims, join_affairs(claims, documents, knowledge))


def sources(claims: tuple[Claim, ...]) -> set[str]:
    return {claim.source.party.canonical for claim in claims if claim.source.party}


def test_a_word_in_passing_does_not_top_an_announcement(knowledge: Knowledge) -> None:
    statement = [
        f"{CZECH} | the intrusion into the Zeleny Registry | announcement",
        f"{EXCHANGE} | exchange-2021 | background",
        "United States | accuses | China | state | none | CN | US | government | exchange-2021 | background",
    ]
    found = main_of([("2025-05-28", statement)], knowledge)
    assert found.id is None
    assert "zeleny registry" in found.name.lower()
    assert sources(found.on) == {"Czech Republic"}
    assert sources(found.beside) == {"Microsoft", "United States"}


def test_what_a_text_tells_first_counts_where_nothing_says_how_prominent_it_is(knowledge: Knowledge) -> None:
    lines = [f"{CZECH} | the intrusion into the Zeleny Registry | reported", f"{EXCHANGE} | exchange-2021 | reported"]
    assert "zeleny registry" in main_of([("2025-05-28", lines)], knowledge).name.lower()
    assert main_of([("2025-05-28", lines[::-1])], knowledge).id == "exchange-2021"


def test_voices_and_texts_decide_and_copies_do_not(knowledge: Knowledge) -> None:
    exchange = ("2021-07-19", [f"{EXCHANGE} | exchange-2021 | reported"])
    copied = ("2021-07-20", ["Microsoft | accuses | HAFNIUM | group | none | CN | US | company | exchange-2021 | reported"])
    solarwinds = [
        ("2021-04-15", ["United States | accuses | Russia | state | none | RU | US | government | solarwinds | reported"]),
        ("2021-04-15", ["Canada | accuses | Russia | state | none | RU | CA | government | solarwinds | reported"]),
    ]
    assert main_of([exchange, copied, copied, copied, *solarwinds], knowledge).id == "solarwinds"


def test_a_denial_speaks_to_the_affair_of_its_accused(knowledge: Knowledge) -> None:
    texts = [
        (
            "2021-07-19",
            [
                "United States | accuses | China | state | none | CN | US | government | exchange-2021 | announcement",
                "United Kingdom | accuses | China | state | none | CN | GB | government | exchange-2021 | announcement",
            ],
        ),
        ("2021-07-20", ["China | denies | China | state | none | CN | CN | government | - | announcement"]),
        ("2021-07-20", ["Russia | denies | Russia | state | none | RU | RU | government | - | announcement"]),
    ]
    found = main_of(texts, knowledge)
    assert sources(found.on) == {"United States", "United Kingdom", "China"}
    assert sources(found.beside) == {"Russia"}


def test_a_text_says_itself_that_a_deed_is_another(knowledge: Knowledge) -> None:
    text = """United States: statement by the White House

The United States accuses China of the compromise of Microsoft Exchange Server.

Also today, the Department of Justice charged three officers of the Hainan State Security Department with a cyber campaign from
2011 to 2018.{} """
    told = " That campaign is not the compromise of Microsoft Exchange Server."
    for words in (told, " The campaign has nothing to do with the Exchange hack.", " It is unrelated to the Exchange hack."):
        document = document_from_text(text.format(words), name="us.txt", published="2021-07-19")
        claims = led_back(read_claims(document, knowledge, threshold=0.3)[0], [document])
        affairs = join_affairs(claims, [document], knowledge)
        found = main_among(claims, affairs)
        assert found.id == "exchange-2021"
        assert "United States" in sources(found.on)
        charged = {claim.id for claim in claims if claim.quote.text.startswith("Also today")}
        assert charged and charged.isdisjoint(claim.id for claim in found.on), words
        assert charged <= {claim.id for claim in found.beside}
        assert [affair.is_not for affair in affairs] == [(), ("exchange-2021",)]


def test_neither_names_of_files_nor_order_decide(knowledge: Knowledge) -> None:
    texts = [
        ("2021-04-15", ["United States | accuses | Russia | state | none | RU | US | government | solarwinds | reported"]),
        ("2021-07-19", ["United Kingdom | accuses | China | state | none | CN | GB | government | exchange-2021 | reported"]),
        ("2017-06-27", ["Ukraine | accuses | Russia | state | none | RU | UA | government | notpetya | reported"]),
    ]
    dice, seen = random.Random(15), set()
    for turn in range(60):
        dice.shuffle(texts)
        seen.add(main_of(texts, knowledge, f"folder-{turn}").id)
    assert len(seen) == 1


FIRM = "Mandiant | accuses | APT41 | group | high | CN | US | company | the hack of Acme Corp | reported"


@pytest.mark.parametrize("called", ["the Acme hack", "it was behind the Acme hack", "the breach at Acme Corporation", "-"])
def test_a_denial_answers_the_accusation_however_it_calls_the_deed(called: str, knowledge: Knowledge) -> None:
    denial = f"Chinese Foreign Ministry | denies | China | agency | none | CN | CN | government | {called} | reported"
    for dates in (("2024-03-12", "2024-03-13"), ("2024-03-13", "2024-03-12")):
        found = main_of(list(zip(dates, ([FIRM], [denial]), strict=True)), knowledge)
        assert sources(found.on) == {"Mandiant", "Chinese Foreign Ministry"}


@pytest.mark.parametrize("called", ["the raid on Umbra Bank", "the hack of Acorn Corp"])
def test_a_denial_of_another_deed_is_not_the_main_affair(called: str, knowledge: Knowledge) -> None:
    denial = f"China | denies | China | state | none | CN | CN | government | {called} | reported"
    for texts in ([("2024-03-12", [FIRM]), ("2024-03-12", [denial])], [("2024-03-12", [denial]), ("2024-03-12", [FIRM])]):
        found = main_of(texts, knowledge)
        assert (sources(found.on), sources(found.beside)) == ({"Mandiant"}, {"China"})


def test_a_short_name_that_fits_two_deeds_joins_neither(knowledge: Knowledge) -> None:
    lines = [
        "Norway | accuses | Russia | state | high | RU | NO | government | the attack on Kestrel Ports | reported",
        "Sweden | accuses | Russia | state | high | RU | SE | government | the attack on Kestrel Airways | reported",
        "Russia | denies | Russia | state | none | RU | RU | government | the Kestrel attack | reported",
    ]
    documents, claims = case_of([("2024-03-12", [line]) for line in lines])
    assert len(join_affairs(led_back(claims, documents), documents, knowledge)) == 3
