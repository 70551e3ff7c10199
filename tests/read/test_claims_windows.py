"""What the judge is shown beside a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from indicia import knowledge
from indicia.read.claims.refer.resolving import tools_of
from indicia.read.claims.score.cutting import Cut, cut, parse, widened
from indicia.read.claims.score.judge import judge
from indicia.read.claims.score.windows import EARLIER, HEAD, LONGEST, Window, window_of
from indicia.read.claims.words.sentences import sentences

STORY = "Acme lost its mail in March. It took weeks. Microsoft looked into it. The ministry said that APT28 had done it."


def window(text: str, number: int, *, near: bool = True) -> tuple[Cut, Window]:
    """The window of a sentence of a text, with the one before it."""
    ranges = list(sentences(text, 0))
    names = tools_of(knowledge.load()).names
    before, own = (parse(text, *ranges[k], names) for k in (number - 1, number))
    piece = cut(None, own, number, None)
    wide = widened(piece, before) if near else piece
    made = window_of(wide, text, judge().encode, None, ranges[max(0, number - EARLIER) : number])
    assert made is not None
    return wide, made


def encoded(text: str, parts: Sequence[str]) -> list[tuple[int, ...]]:
    assert all(part in text for part in parts)
    return [tuple(judge().encode(part)[0]) for part in parts]


def test_earlier_sentences_are_shown_in_order_before_the_one_whose_parties_count() -> None:
    wide, made = window(STORY, 3)
    assert wide.before
    parts = [
        "Acme lost its mail in March.",
        "It took weeks.",
        "Microsoft looked into it.",
        "The ministry said that APT28 had done it.",
    ]
    assert list(made.pieces) == encoded(STORY, parts)
    assert made.segments == (1, 1, 1, 0)


def test_a_sentence_before_that_is_not_asked_about_is_shown_as_earlier() -> None:
    _, alone = window(STORY, 3, near=False)
    _, beside = window(STORY, 3)
    assert alone.pieces == beside.pieces
    assert len(alone.spans) < len(beside.spans)


def test_parties_keep_their_words_whatever_is_shown_before_them() -> None:
    wide, made = window(STORY, 3)
    tokens = [token for piece in made.pieces for token in piece]
    for party, (first, last) in zip(wide.whole.parties, made.spans, strict=True):
        assert tokens[first:last] == judge().encode(STORY[party.start : party.end])[0][1:-1]


@pytest.mark.parametrize("words", [3, 30, 300])
def test_what_is_shown_of_earlier_sentences_is_bounded(words: int) -> None:
    text = (
        "".join(f"Report {k} tells of {'very ' * words}old networks. " for k in range(20))
        + "Officials said that APT28 had done it."
    )
    number = len(list(sentences(text, 0))) - 1
    wide, made = window(text, number)
    own_and_before = 2 if wide.before else 1
    head = 1 if wide.own[0] > HEAD else 0
    earlier = made.pieces[head : len(made.pieces) - own_and_before]
    assert 0 < sum(map(len, earlier)) <= LONGEST["earlier"]


def test_what_the_head_shows_is_not_shown_again() -> None:
    text = (
        "A short beginning. "
        + "This head goes on for quite a while, and names nobody at all who could be meant here; " * 3
        + "so it is. APT28 hacked Acme."
    )
    number = len(list(sentences(text, 0))) - 1
    _, made = window(text, number, near=False)
    assert made.segments == (2, 0)
