"""Page one in German and French: no message without a translation, names where they belong, words of sources as they are."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from indicia.errors import UsageError
from indicia.records import Case
from indicia.share import render
from indicia.share.brief.build import build
from indicia.share.brief.markdown import markdown
from indicia.share.internals import without_internals
from indicia.view.language import LANGUAGES, country, joined, speaking, tell, tell_many
from indicia.view.positions import positions
from indicia.view.saying import clause, voice_words
from indicia.view.translated import LACKS, missing_words
from indicia.weigh import observed
from tests.share.brief.cases import KNOWLEDGE, named

FOREIGN = LANGUAGES[1:]
ENGLISH = "Who says names denies insufficient Within Missing likely weeks brief cover"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", FOREIGN)
def test_the_catalogues_hold_every_message_and_are_compiled(code: str) -> None:
    pytest.importorskip("babel", reason="Babel is not installed (requirements/dev.txt)")
    from scripts.catalogues import FOLDER, compiled, updated, written

    catalogue = updated(code)
    folder = FOLDER / code / "LC_MESSAGES"
    again = "run: python scripts/catalogues.py"
    assert (folder / "brief.po").read_bytes() == written(catalogue), again
    assert (folder / "brief.mo").read_bytes() == compiled(catalogue), again
    for message in catalogue:
        if not message.id:
            continue
        asked = message.id if isinstance(message.id, tuple) else (message.id,)
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(told), f"no translation of {asked[0]!r}"
        for one in told:
            assert fields(one) <= fields(asked[-1]) and one.count(" | ") == asked[0].count(" | "), (asked, one)
            assert fields(asked[-1]) - fields(one) <= {"count"}, (asked, one)


def page_one(name: str, code: str, changed: Callable[[Case], Case] = lambda case: case) -> str:
    with speaking(code):
        brief = build(changed(named(name)), KNOWLEDGE)
    text = markdown(brief).decode()
    return text[: text.index(f"## {brief.labels.annex}: ")]


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("name", ["exchange", "news", "small", "empty"])
def test_page_one_holds_no_english_message(name: str, code: str) -> None:
    # Words of sources and of files stay as they are.
    text = re.sub(r"[\u201e\u00ab].*?[\u201c\u00bb]|brief\.\w+", "", page_one(name, code))
    for english in ENGLISH.split():
        assert not re.search(rf"(?<!\w){english}(?!\w)", text), (english, text)


@pytest.mark.parametrize("code", FOREIGN)
def test_what_leaves_without_names_of_machines_is_told_in_the_language(code: str) -> None:
    text = page_one("exchange", code, without_internals)
    assert "broken into" not in text and "withheld" not in text


def test_sentences_are_whole_in_each_language() -> None:
    german, french = page_one("exchange", "de"), page_one("exchange", "fr")
    assert "China weist dies zurück" in german
    assert "La Chine dément" in french
    assert "**Nennt als Urheber** China" in german
    assert "**Désigne comme responsable** la Chine" in french


def test_a_clause_is_told_in_the_language() -> None:
    claims = named("exchange").claims
    with speaking("de"):
        told = {
            f"{voice_words((one,))}: {clause(one)}" for one in positions(claims) if one.source in {"United States", "China"}
        }
    assert "China: weist zurück den Vorwurf" in told, told


def test_what_is_missing_is_found_by_its_message() -> None:
    asked = LACKS[5].format(first="APT29")
    with speaking("fr"):
        assert missing_words(asked).startswith("un second type d’éléments. Pour désigner APT29, il faut")
        assert missing_words("something new: nobody translated it") == "Something new: nobody translated it."
    for message in LACKS:  # `weigh` still says it so
        first = message.partition("{")[0]
        assert first in Path(observed.__file__ or "").read_text("utf-8"), message


def test_verbs_agree_and_lists_are_joined() -> None:
    with speaking("de"):
        assert (
            tell_many("{who} denies it.", "{who} deny it.", 2, who=joined(["Iran", "China"]))
            == "Iran und China weisen dies zurück."
        )
        states = country("United States")
        assert states and (states.name, states.to, states.plural) == (
            "die Vereinigten Staaten",
            "den Vereinigten Staaten",
            True,
        )
    with speaking("fr"):
        assert joined(["la Chine", "l\u2019Iran", "Cuba"]) == "la Chine, l\u2019Iran et Cuba"
        kingdom, china = country("United Kingdom"), country("China")
        assert kingdom and china and (kingdom.to, china.of) == ("au Royaume-Uni", "de la Chine")
    assert tell("What is not known") == "What is not known"


@pytest.mark.parametrize("code", FOREIGN)
def test_a_brief_says_its_language_and_that_the_annexes_are_english(code: str) -> None:
    made = render(named("exchange"), "html", KNOWLEDGE, language=code)
    assert made == render(named("exchange"), "html", KNOWLEDGE, language=code)
    text = made.decode()
    assert f'<html lang="{code}">' in text and '<div id="judgements" lang="en">' in text
    assert render(named("exchange"), "pdf", KNOWLEDGE, language=code).startswith(b"%PDF")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="no language 'tlh'.*en, de, fr"):
        render(named("empty"), "html", KNOWLEDGE, language="tlh")
