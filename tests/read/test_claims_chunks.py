"""Chunks: every sentence is read once as a chunk's own, every token knows its place, and no chunk is too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.read.claims import proposals
from indicia.read.claims.chunks import ALONE, LONGEST, WIDE, Room, Zone, chunks
from indicia.read.claims.network import network
from indicia.read.claims.proposals import hear, may_claim, of_computers
from indicia.read.text.sentences import sentences

WORDS = st.sampled_from(
    "Norway accused China of the breach . The ministry denies it ! MS. PSAKI: \n\n hackers é 12 U.S. “we”".split(" ")
)
MOST = sum(WIDE) + WIDE.head + LONGEST + 8


@given(st.lists(WORDS, max_size=600).map(" ".join), st.sampled_from([WIDE, ALONE]))
@settings(max_examples=40, deadline=None)
def test_each_sentence_is_the_own_one_of_one_chunk(text: str, room: Room) -> None:
    own: list[tuple[int, int]] = []
    for chunk in chunks(text, network().tokens, room):
        assert len(chunk.ids) == len(chunk.places) == len(chunk.shapes) == len(chunk.zones) <= MOST
        own += map(chunk.text_range, chunk.own)
        for start, end in chunk.own:
            assert {chunk.zones[at] for at in range(start, end)} == {Zone.OWN}
    assert own == sorted(own)
    covered = "".join(text[start:end] for start, end in own)
    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", "".join(text[a:b] for a, b in sentences(text)))


def test_a_chunk_knows_what_the_document_begins_with_and_whose_turn_it_is() -> None:
    text = "Briefing on the outage\n\nMR. VALE: Good afternoon. " + "We looked at the servers of the port again today. " * 60
    last = list(chunks(text, network().tokens))[-1]
    head = [text[slice(*place)] for place, zone in zip(last.places, last.zones, strict=True) if zone is Zone.HEAD]
    assert head[:2] == ["Briefing", "on"] and head[-4:] == ["MR", ".", "VALE", ":"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("The ferry was late and the captain denies it.", False), ("The ferry's booking server was hacked.", True), ("", False)],
)
def test_what_tells_of_no_computers_is_not_read(text: str, told: bool) -> None:
    assert of_computers(text) is told
    assert may_claim(text, 0, len(text)) is told


def test_reading_stops_at_a_bound_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_READ", 1)
    text = "Norway accused China of the hack of its parliament. " * 60
    until = hear(text, network()).until
    assert until is not None and 0 < until < len(text)
    assert hear(text[:300], network()).until is None
