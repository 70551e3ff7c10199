"""Whom words mean: the state that an office or a country of one's own is of."""

from __future__ import annotations

import pytest

from indicia.knowledge import load
from indicia.read.claims.parties import NamesByPlace, Parties
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import SourceType


def parties(text: str) -> Parties:
    known = load()
    return Parties(text, NamesByPlace(find_names(document_from_text(text, name="text.txt"), known)), known)


@pytest.mark.parametrize(
    ("text", "words", "state"),
    [
        ("A spokesman for the committee of the Republic of Moldova denied it.", "A spokesman for the committee", "MD"),
        ("A spokesman for the committee in Moldova denied it.", "A spokesman for the committee", None),
        ("Police of the town denied it, Moldova said.", "Police", None),
    ],
)
def test_an_office_is_of_the_state_that_follows_with_of(text: str, words: str, state: str | None) -> None:
    at = text.index(words)
    assert parties(text).speaker((at, at + len(words)), SourceType.GOVERNMENT).state == state


@pytest.mark.parametrize(("words", "is_own"), [("our country", True), ("our own state", True), ("our company", False)])
def test_whoever_writes_may_speak_of_the_own_country(words: str, is_own: bool) -> None:
    text = f"The ministry once more accuses {words} of the attack."
    at = text.index(words)
    assert parties(text).is_our_country((at, at + len(words))) is is_own
