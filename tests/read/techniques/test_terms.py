from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indicia.knowledge import load
from indicia.read.techniques.terms import Terms, read, terms


def test_every_line_is_of_a_technique_of_this_release() -> None:
    attack = load().attack
    assert not [line.technique for line in terms().lines if attack.technique(line.technique) is None]
    assert all(0 < line.share < 1 and all(all(group) for group in line.groups) for line in terms().lines)


def test_all_groups_must_stand_in_the_text_and_words_end_where_the_table_says() -> None:
    own = Terms(tuple(read("T1490 .50 shadow cop*|vssadmin + delet*\nT1021.005 .40 vnc")))
    assert [told.term.technique for told in own.told("It deletes every Shadow Copy.")] == ["T1490"]
    assert not list(own.told("It makes shadow copies with vncviewer and undeletes."))
    (told,) = own.told("Access by VNC.")
    assert (told.start, told.end) == (10, 13)


@given(st.text(max_size=300))
def test_any_text_ends_and_places_lie_in_it(text: str) -> None:
    assert all(0 <= told.start < told.end <= len(text) for told in terms().told(text))
