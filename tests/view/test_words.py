"""What is said of a claim in words, and what is counted of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia.view.positions import positions
from indicia.view.slots import counted, rows_of
from indicia.view.words import firmness_words, known_state, propositions
from tests.view.made import made_claim

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "view" / "words.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_each_part_is_said_as_firmly_as_its_own_words(case: dict[str, Any]) -> None:
    found = positions([made_claim(case["claim"])])
    assert {one.says: firmness_words(one.said) for one in found} == case["says"]
    assert next((one.state for one in found if one.state), None) == case["state"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_claim_says_first_what_its_first_position_says(case: dict[str, Any]) -> None:
    claim = made_claim(case["claim"])
    assert propositions(claim)[0][0] == positions([claim])[0].says


def test_deeds_are_counted_and_ties_are_not() -> None:
    hafnium = {"accused": "HAFNIUM", "level": "group"}
    found = rows_of(
        (
            made_claim(fields, number)
            for number, fields in enumerate(
                (
                    {"source": "Microsoft", **hafnium, "deed": "did"},
                    {"source": "United Kingdom", **hafnium, "tie": "linked", "to": "China", "tie_state": "CN"},
                    {"source": "Canada", "accused": "China", "level": "state", "said": "CN", "deed": "did"},
                    {"source": "China", "stance": "denies", "accused": "China", "level": "state", "deed": "did"},
                )
            )
        ),
        {},
    )
    assert counted(found) == "2 voices name who did it, 1 denies"


def test_two_ties_of_one_source_stay_two() -> None:
    hafnium = {"source": "Microsoft", "accused": "HAFNIUM", "level": "group", "to": "China", "tie_state": "CN"}
    found = positions(made_claim({**hafnium, "tie": tie}) for tie in ("linked", "located"))
    assert [one.tie for one in found] == ["acting from China", "tied to the Chinese state"]


def test_what_is_known_is_not_told_as_said() -> None:
    claim = made_claim({"source": "United Kingdom", "accused": "APT31", "level": "group", "known": "CN", "deed": "did"})
    assert known_state(claim) == "known, not stated here: tied to China"
    said = made_claim({"source": "United Kingdom", "accused": "APT31", "level": "group", "said": "CN", "known": "CN"})
    assert known_state(said) == ""
