"""Words of a text are found whatever their white space, quotation marks and hyphens, and never where a letter differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.read.claims.quoting import Words

TEXT = "It is “almost certain”, the\nagency said, that HAF-\nNIUM did it. The group’s tools don't matter. NOTHING stood there."


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ('"almost certain", the agency', "almost certain”, the\nagency"),
        ("that HAFNIUM did it.", "that HAF-\nNIUM did it"),
        ("The group's tools don’t matter", "The group’s tools don't matter"),
        ("almost  certain", "almost certain"),
        ("almost uncertain", None),
        ("It is certain", None),
        ("HAFNIU", None),
        ("thing stood", None),
        ("the group's", None),
        ("", None),
        (" “” ", None),
    ],
)
def test_places(words: str, found: str | None) -> None:
    place = next(Words(TEXT).places(words), None)
    assert (TEXT[slice(*place)] if place else None) == found


def test_capitals_count_unless_told() -> None:
    assert next(Words(TEXT).places("the GROUP's", fold=True), None) is not None


def test_scripts_without_spaces_have_no_edges_of_words() -> None:
    text = "外交部发言人毛宁说中国反对黑客攻击。"
    assert next(Words(text).places("毛宁")) == (6, 8)


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_every_piece_of_a_text_stands_in_it(text: str, start: int, length: int) -> None:
    piece = text[start : start + length]
    for place in Words(text).places(piece, whole=False):
        assert 0 <= place[0] < place[1] <= len(text)
    bare = [letter for letter in piece if letter.isalnum()]
    if bare and piece[0].isalnum() and piece[-1].isalnum():
        assert any(start <= place[0] and place[1] <= start + length for place in Words(text).places(piece, whole=False))
