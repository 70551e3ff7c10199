"""A character that no font here has never ends the brief."""

from __future__ import annotations

import msgspec
import pytest

from indicia.share import render
from tests.sample_case import small_case
from tests.share.brief.cases import KNOWLEDGE

RARE = {
    "ideographs": "\u56fd\u5434",
    "emoji": "\U0001f600",
    "private": "\ue000",
    "many": "".join(map(chr, range(0x4E00, 0x4E90))),
}


@pytest.mark.parametrize("words", RARE.values(), ids=RARE)
def test_a_brief_with_rare_characters_is_set(words: str) -> None:
    case = small_case()
    documents = tuple(msgspec.structs.replace(one, title=f"Report {words} end") for one in case.documents)
    made = render(msgspec.structs.replace(case, documents=documents, name=words[:20]), "pdf", KNOWLEDGE)
    assert made.startswith(b"%PDF")
