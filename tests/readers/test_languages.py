"""Paragraphs of other languages are told, none of English is, and what is read stays where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indicia.knowledge import load
from indicia.read.claims.language import foreign_parts, without_parts
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "readers" / "languages.yml").read_text("utf-8"))
ENGLISH = "Microsoft attributes the attack on Exchange to HAFNIUM with high confidence."
OTHERS = sorted(set(CASES) - {"en"})


@pytest.mark.parametrize("code", OTHERS)
def test_a_sentence_of_twelve_words_is_told(code: str) -> None:
    found = foreign_parts(CASES[code][0])
    assert found.languages == (code,) and found.whole


def test_short_denials_are_told_and_never_as_another_language() -> None:
    told = {code: foreign_parts(CASES[code][1]).languages for code in OTHERS}
    assert all(found in ((), (code,)) for code, found in told.items())
    assert sum(found == (code,) for code, found in told.items()) >= 0.9 * len(OTHERS)


@pytest.mark.parametrize(
    "text",
    [
        *CASES["en"],
        ENGLISH,
        "APT28, Fancy Bear, Sofacy, Sednit, STRONTIUM, Pawn Storm, Forest Blizzard",
        "| CVE-2025-4664 | 4.6 | Medium | Google | Chrome | 136.0.7103.113 |",
        "9dd101caee49c692e5df193b236f8d52a07a2030eed9bd858ed3aaccb406401a 450437d49a7e5530c6fb04df2e56c3ab",
        "Annalena Baerbock, Jan Lipavský, Radosław Sikorski, Gabrielius Landsbergis",
        "",
        "1234 5678",
    ],
)
def test_english_and_what_is_in_no_language_is_not(text: str) -> None:
    assert not foreign_parts(text).places


def test_paragraphs_are_told_apart_and_keep_their_places() -> None:
    text = f"{CASES['de'][0]}\n{ENGLISH}\n{CASES['fa'][0]}"
    found = foreign_parts(text)
    assert set(found.languages) == {"de", "fa"} and not found.whole and len(found.places) == 2
    left = without_parts(text, found)
    assert len(left) == len(text) and left.strip() == ENGLISH and left.index(ENGLISH) == text.index(ENGLISH)
    reading = read_document(document_from_text(text, name="a.txt"), load())
    assert [claim.quote.text for claim in reading.claims] == [ENGLISH]
    assert [problem.what for problem in reading.problems] == ["not read for claims: 2 paragraphs are in German and Persian"]
