"""Page one as slots: one row for what is said of whom, one voice for a government, and what is unsure last and marked."""

from __future__ import annotations

from typing import Any

import pytest

from indicia.records import Claim
from indicia.view.positions import positions
from indicia.view.saying import clause, says_words, voice_words
from indicia.view.slots import Row, Slot, counted, gist, rows_of
from tests.view.made import made_claim

CHINA = {"accused": "China", "level": "state", "said": "CN", "deed": "did"}
HAFNIUM = {"accused": "HAFNIUM", "level": "group", "deed": "did"}


def claims(*fields: dict[str, str]) -> list[Claim]:
    return [made_claim(one, number) for number, one in enumerate(fields)]


def rows(*fields: dict[str, str], **more: Any) -> list[Row]:
    return rows_of(claims(*fields), {}, **more)


def test_who_says_the_same_of_the_same_stands_in_one_row_the_firmest_words_first() -> None:
    found = rows(
        {"source": "Canada", **CHINA}, {"source": "Norway", **CHINA, "firmness": "high"}, {"source": "Microsoft", **HAFNIUM}
    )
    assert [(row.slot, row.whom, row.voices) for row in found] == [
        (Slot.NAMED, "China", ("Norway", "Canada")),
        (Slot.NAMED, "HAFNIUM", ("Microsoft",)),
    ]
    assert found[0].when == "no date given"


def test_slots_stand_in_their_order_whatever_the_claims_do() -> None:
    fields = [
        {"source": "China", "stance": "denies", **CHINA},
        {"source": "Finland", "stance": "declines"},
        {"source": "HAFNIUM", "stance": "claims", **HAFNIUM},
        {"source": "Canada", **CHINA},
        {"source": "Norway", "accused": "HAFNIUM", "level": "group", "tie": "linked", "to": "China", "tie_state": "CN"},
    ]
    order = [row.slot for row in rows(*fields)]
    assert order == [Slot.NAMED, Slot.TIED, Slot.CREDIT, Slot.OPEN, Slot.DENIED]
    assert [row.slot for row in rows(*reversed(fields))] == order


def test_a_government_is_one_voice_however_many_speak_for_it() -> None:
    found = rows(
        {"source": "United Kingdom", "source_state": "GB", **CHINA},
        {"source": "UK National Cyber Security Centre", "source_state": "GB", **CHINA},
        {"source": "Oliver Dowden", "source_type": "government", **CHINA},
    )
    assert len(found) == 1 and len(found[0].speakers) == 1
    assert found[0].voices[0].startswith("the United Kingdom (")
    assert counted(found) == "1 voice names who did it"


def test_spellings_of_one_group_are_one_claimant_and_two_groups_are_two() -> None:
    one = rows(
        *(
            {"source": name, "source_type": "group", "stance": "claims", "accused": name, "level": "group"}
            for name in ("Solntsepek", "Solntsepyok")
        )
    )
    two = rows(
        *(
            {"source": name, "source_type": "group", "stance": "claims", "accused": name, "level": "group"}
            for name in ("APT28", "APT29")
        )
    )
    assert counted(one) == "1 claims it" and counted(two) == "2 claim it"


def test_the_gist_names_the_accused_then_those_who_answer() -> None:
    found = rows(
        {"source": "Canada", **CHINA},
        {"source": "China", "stance": "denies", **CHINA},
        {"source": "Finland", "stance": "declines"},
    )
    assert [text for text, _ in gist(found)] == ["Canada names China.", "Finland declines to name anyone.", "China denies it."]


def test_voices_that_name_different_states_are_said_not_to_agree() -> None:
    found = rows(
        {"source": "Canada", **CHINA},
        {"source": "Norway", **CHINA},
        {"source": "Finland", "accused": "Iran", "level": "state", "said": "IR", "deed": "did"},
    )
    assert [text for text, _ in gist(found)] == ["Canada and Norway name China.", "They do not agree: Finland names Iran."]


def test_a_denial_of_something_else_is_no_denial_of_the_charge() -> None:
    found = rows(
        {"source": "Canada", **CHINA},
        {"source": "Kyivstar", "source_type": "company", "stance": "denies", "accused": "Kyivstar"},
    )
    assert [text for text, _ in gist(found)] == ["Canada names China."]
    assert found[-1].slot is Slot.DENIED


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({**CHINA}, "Names | China"),
        ({**CHINA, "deed": "directed"}, "Names | China as having ordered it"),
        ({"stance": "denies", "accused": "Russia", "level": "state"}, "Denies | the charge against Russia"),
        ({"stance": "withdraws", **HAFNIUM}, "Takes back | the charge against HAFNIUM"),
        ({"stance": "declines"}, "Declines | to name anyone"),
        (
            {"accused": "APT28", "level": "group", "tie": "organ", "to": "GRU", "tie_state": "RU"},
            "Describes | APT28 as part of the GRU",
        ),
    ],
)
def test_what_a_position_says(fields: dict[str, str], words: str) -> None:
    (one,) = positions(claims({"source": "Canada", **fields}))
    assert " | ".join(says_words(one)) == words
    assert clause(one) == words[:1].lower() + words[1:].replace(" | ", " ")
    assert voice_words((one,)) == "Canada"
