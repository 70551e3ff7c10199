"""To which state the words beside an accused tie it. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.known.names import names_of
from indicia.read.claims.refer.ties import lands_of, tied_state
from indicia.read.claims.score.cutting import parse
from indicia.records import Document, stable_id

KNOWN = knowledge.load()


def state_of(text: str, accused: str) -> str | None:
    sentence = parse(text, 0, len(text), names_of(KNOWN))
    party = next(party for party in sentence.parties if text[party.start : party.end].startswith(accused))
    return party.state or tied_state(party, sentence, text, lands_of(KNOWN))


@pytest.mark.parametrize(
    ("text", "accused", "state"),
    [
        ("The prosecutor traced the theft to a man in Odesa.", "a man", "UA"),
        ("Police blamed a firm based in Shenzhen for the leak.", "a firm", "CN"),
        ("The ministry said pro-Russian hackers flooded the site.", "pro-Russian", "RU"),
        ("The bank blamed hackers in Rostov-on-Don for the fraud.", "hackers", "RU"),
        ("The agency blamed a group that works for Minsk.", "a group", "BY"),
        ("The agency blamed a group believed to be Iranian.", "a group", "IR"),
        ("The agency named a group known as Andariel.", "a group", "KP"),
        ("The court convicted two members of the Qilin gang.", "two members", "RU"),
        ("Police blamed four suspects in Armenia and Ukraine.", "four suspects", None),
        ("Police blamed a group that hit German hospitals.", "a group", None),
        ("Police blamed hackers for the attack in Munich.", "hackers", None),
        ("The police accused an Arizona woman of it.", "an Arizona woman", "US"),
        ("The court convicted a 29-year-old Ukrainian of it.", "a 29-year-old", "UA"),
        ("South Korea blamed the North for the theft.", "the North", "KP"),
        ("Norway's port blamed the North for the theft.", "the North", None),
    ],
)
def test_ties(text: str, accused: str, state: str | None) -> None:
    assert state_of(text, accused) == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("A Finnish court convicted a 25-year-old man of hacking the clinic.", "FI"),
        ("A US court convicted a 25-year-old man of hacking the clinic.", None),
        ("Morocco denied that it had hacked the ministers' phones.", "MA"),
    ],
)
def test_who_is_caught_or_denies_is_at_home(text: str, state: str | None) -> None:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert [claim_row(claim, document)["state"] for claim in claims] == [state]
