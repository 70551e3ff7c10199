"""Who has the turn in a transcript. The texts are made up for this test."""

from __future__ import annotations

import pytest

from indicia.read.claims.score.windows import turn_labels
from tests.read.test_claims_barred import said


def labels(text: str) -> list[str | None]:
    return [text[slice(*turn.label)] if turn.label else None for turn in turn_labels(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Q Who did it?\nMS. DOE: We do not know.\n", [None, "MS. DOE"]),
        ("MINISTER FOR TRADE:\nWelcome.\nJOURNALIST:\nWho did it?\nMINISTER FOR TRADE:\nNobody knows.\n",
         ["MINISTER FOR TRADE", None, "MINISTER FOR TRADE"]),
        ("Q\xa0\xa0 Who did it?\nMS. DOE:\xa0 We do not know.\n", [None, "MS. DOE"]),
        ("SUMMARY:\nThe group broke in.\nMITIGATIONS:\nPatch.\n", []),
    ],
)  # fmt: skip
def test_labels_of_a_transcript_and_no_headings(text: str, wanted: list[str | None]) -> None:
    assert labels(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Q Thank you. Can you say who was behind the intrusion at the energy ministry?\n\n"
         "MS. HOLLOWAY: We are still working with the ministry, and I'm not in a position to say who carried out this "
         "intrusion.\n\nQ Was it Russia?\n\nMS. HOLLOWAY: I'm not going to speculate about who is responsible for the hack.\n",
         {("declines", "MS. HOLLOWAY", None)}),
        ("Q Does the minister know who hacked the ballot computers?\n\n"
         "MR. OKAFOR: The investigators have not yet told us who did it, so I won't get ahead of them.\n\n"
         "Q And the budget?\n\nMR. OKAFOR: It will be ready in May.\n",
         {("declines", "MR. OKAFOR", None), ("declines", "The investigators", None)}),
        ("Q Will the tax on coffee go up?\n\nMR. OKAFOR: I won't get ahead of the finance minister on that.\n\n"
         "Q When?\n\nMR. OKAFOR: I am not going to speculate.\n",
         set()),
    ],
)  # fmt: skip
def test_whoever_has_the_turn_declines_once(text: str, wanted: set[tuple[str, str | None, str | None]]) -> None:
    assert said(text) == wanted
