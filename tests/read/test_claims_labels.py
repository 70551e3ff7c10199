"""Who has the turn in a transcript. The texts are made up for this test."""

from __future__ import annotations

import pytest

from indicia.read.claims.score.windows import turn_labels


def labels(text: str) -> list[str | None]:
    return [text[slice(*turn.label)] if turn.label else None for turn in turn_labels(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Q Who did it?\nMS. DOE: We do not know.\n", [None, "MS. DOE"]),
        ("MINISTER FOR TRADE:\nWelcome.\nJOURNALIST:\nWho did it?\nMINISTER FOR TRADE:\nNobody knows.\n",
         ["MINISTER FOR TRADE", None, "MINISTER FOR TRADE"]),
        ("SUMMARY:\nThe group broke in.\nMITIGATIONS:\nPatch.\n", []),
    ],
)  # fmt: skip
def test_labels_of_a_transcript_and_no_headings(text: str, wanted: list[str | None]) -> None:
    assert labels(text) == wanted
