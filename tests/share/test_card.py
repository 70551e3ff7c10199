"""The card: who said what, in which words, and nothing beyond its frame."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from indicia.knowledge import load
from indicia.share import render
from indicia.share.card import card_png
from indicia.view.drawing import width_of
from tests.share.brief.cases import named

SVG = "{http://www.w3.org/2000/svg}"


def words(name: str) -> list[str]:
    root = ET.fromstring(render(named(name), "card", load()))
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_it_quotes_each_speaker_once_and_the_denial_last() -> None:
    text = words("exchange")
    assert text[0] == "Microsoft Exchange 2021: who said what, in which words"
    assert text.count("Microsoft") == text.count("China") == 1
    assert text.index("Microsoft") < text.index("China")
    assert any(one.startswith("denies") for one in text[text.index("China") :])
    assert any(one.startswith("\u201c") and one.endswith("\u201d") for one in text)
    assert any("Quoted from" in one for one in text) and "TLP:AMBER" in text


def test_nothing_of_our_own_logs_is_on_it() -> None:
    assert "EXCH01" not in " ".join(words("exchange"))


@pytest.mark.parametrize("name", ["exchange", "empty", "hostile", "big"])
def test_no_text_leaves_the_picture(name: str) -> None:
    root = ET.fromstring(render(named(name), "card", load()))
    for element in root.iter(f"{SVG}text"):
        size, x = float(element.get("font-size", 0)), float(element.get("x", 0))
        bold = element.get("font-weight") == "600"
        reach = width_of(element.text or "", size, bold=bold)
        left, right = (x - reach, x) if element.get("text-anchor") == "end" else (x, x + reach)
        assert left >= 0 and right <= float(root.get("width", 0)), element.text


def test_it_can_be_a_png() -> None:
    assert card_png(named("exchange")).startswith(b"\x89PNG")
