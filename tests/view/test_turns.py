"""Who turned, and how: decided once, for the brief that says what changed and for the digest of what is watched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.records import Claim, Firmness
from indicia.view.since import Turn, turns
from tests.view.made import made_claim

FIRM = tuple(sorted(Firmness, key=lambda one: one.strength))


def claim(number: int, firmness: str = "none", **fields: str) -> Claim:
    return made_claim({"source": "Norway", "accused": "APT31", "deed": "did", "firmness": firmness, **fields}, number)


def told(before: list[Claim], now: list[Claim]) -> list[str]:
    return [one.turn.value for one in turns(before, now)]


def test_low_confidence_is_weaker_than_a_hedge_and_a_flat_statement_stands_before_high() -> None:
    assert [one.value for one in FIRM] == ["low", "hedged", "moderate", "none", "high", "confirmed"]


FIRST = claim(1)
CASES = {
    "joined": ([], [FIRST]),
    "took credit": ([], [claim(2, stance="claims")]),
    "endorsed": ([], [claim(2, stance="endorses")]),
    "denied": ([], [claim(2, stance="denies")]),
    "took it back": ([], [claim(2, stance="withdraws")]),
    "doubted": ([], [claim(2, stance="questions")]),
    "declined to say": ([], [claim(2, stance="declines")]),
    "hardened": ([FIRST], [FIRST, claim(2, "high")]),
    "softened": ([FIRST], [FIRST, claim(2, "hedged")]),
    "changed": ([FIRST], [FIRST, claim(2, accused="APT40")]),
    "no longer says it": ([FIRST], []),
}


@pytest.mark.parametrize("turn", Turn)
def test_each_turn(turn: Turn) -> None:
    assert told(*CASES[turn.value]) == [turn.value]


def test_who_denied_and_accuses_now_has_changed_and_who_accused_and_denies_now_denies() -> None:
    denial = claim(2, stance="denies")
    assert told([denial], [denial, FIRST]) == ["changed"]
    assert told([FIRST], [FIRST, denial]) == ["denied"]


def test_to_repeat_what_was_said_once_in_weaker_words_is_no_turn() -> None:
    both = [claim(1, "hedged"), claim(2, "high")]
    assert told(both, [*both, claim(3, "moderate")]) == []
    assert told(both, [*both, claim(3, "low")]) == ["softened"]


def test_the_voice_of_a_text_joins_nobody() -> None:
    assert told([], [claim(1, source="")]) == []


@given(st.lists(st.sampled_from(FIRM), max_size=4), st.sampled_from(FIRM))
def test_words_harden_or_soften_only_beyond_all_that_was_said(before: list[Firmness], now: Firmness) -> None:
    old = [claim(number, one.value) for number, one in enumerate(before)]
    found = told(old, [*old, claim(9, now.value)])
    strengths = [one.strength for one in before]
    expected = (
        ["joined"]
        if not before
        else ["hardened"]
        if now.strength > max(strengths)
        else ["softened"]
        if now.strength < min(strengths)
        else []
    )
    assert found == expected


@given(st.lists(st.builds(claim, st.integers(0, 9), st.sampled_from([one.value for one in FIRM])), max_size=5))
def test_nothing_turns_where_nothing_is_new(claims: list[Claim]) -> None:
    assert told(claims, claims) == []
