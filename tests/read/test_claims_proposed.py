"""What the rules propose in a sentence, before the scorer has its say: tests/cases/read/claims_proposed.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indicia import knowledge
from indicia.read.claims.known.names import names_of
from indicia.read.claims.score.cutting import cut, parse
from indicia.read.claims.words.topic import topic_of

CASES = Path(__file__).parent.parent / "cases" / "read" / "claims_proposed.yml"


def proposals(text: str) -> set[tuple[str | None, str, str | None]]:
    """(source, stance, accused) of every draft, in the words of the text."""
    sentence = parse(text, 0, len(text), names_of(knowledge.load()))
    out = set()
    for draft in cut(None, sentence, 1).found:
        words = [
            text[sentence.parties[index].start : sentence.parties[index].end] if index >= 0 else None
            for index in (draft.source, draft.accused)
        ]
        out.add((words[0], draft.stance.value, words[0] if draft.self_reference else words[1]))
    return out


@pytest.mark.parametrize(("text", "source", "stance", "accused"), yaml.safe_load(CASES.read_text(encoding="utf-8")))
def test_rules_propose_the_claim(text: str, source: str | None, stance: str, accused: str | None) -> None:
    assert (source, stance, accused) in proposals(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dragos says Sandworm could get inside a substation.",
        "If LockBit put the files online, the hospital would sue.",
        "The museum said nothing about a disgruntled verger.",
        "Turla works from Moscow.",
    ],
)
def test_what_is_only_possible_or_idle_is_not_told(text: str) -> None:
    assert not [row for row in proposals(text) if row[1] == "accuses"]


def test_the_topic_is_that_of_the_words_around() -> None:
    far = "The dockers went on strike. " * 60
    text = "The server was wiped. " + far + "Kyiv blames Moscow for the shelling."
    start = text.index("Kyiv")
    assert topic_of(text, start, len(text)) == (True, True)
    assert topic_of(text[-len("Kyiv blames Moscow for the shelling.") :] + " The server was wiped.", 0, 30) == (False, False)
