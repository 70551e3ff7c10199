"""Names of actors in the spellings that the press gives them. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims.known.names import names_of

NAMES = names_of(knowledge.load())


@pytest.mark.parametrize(
    ("text", "said", "state"),
    [
        ("The ministry named Laundry Bear on Monday.", "Laundry Bear", "RU"),
        ("It was SideWinder again, they said.", "SideWinder", "IN"),
        ("The lure is that of Ocean Lotus.", "Ocean Lotus", "VN"),
        ("The KillNet channel fell silent.", "KillNet", "RU"),
        ("The police spoke of the Qilin gang.", "Qilin gang", "RU"),
        ("DragonForce affiliates sold the files.", "DragonForce", None),
        ("DragonForce Malaysia defaced the site.", "DragonForce Malaysia", "MY"),
        ("Blind Eagle wrote to the bank.", "Blind Eagle", "CO"),
    ],
)
def test_actors_in_the_spelling_of_the_text(text: str, said: str, state: str | None) -> None:
    found = [(text[a:b], name.state) for a, b, name in NAMES.find(text, 0, len(text)) if name.kind == "actor"]
    assert found == [(said, state)]


@pytest.mark.parametrize(
    "text", ["The laundry bear of the zoo slept.", "A sidewinder is a snake.", "The hotel was dark.", "the ocean lotus flowers"]
)
def test_everyday_words_are_no_actors(text: str) -> None:
    assert not [name for _, _, name in NAMES.find(text, 0, len(text)) if name.kind == "actor"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The hacktivist collective Anonymous took the page down.", "Anonymous"),
        ("A loose-knit group known as Anonymous defaced the page.", "Anonymous"),
        ("A gang calling itself Silence robbed the bank.", "Silence"),
        ("Dragonfly hackers broke into the utility.", "Dragonfly"),
    ],
)
def test_everyday_words_beside_a_word_for_a_group_are_actors(text: str, said: str) -> None:
    assert [text[a:b] for a, b, name in NAMES.find(text, 0, len(text)) if name.kind == "actor"] == [said]


@pytest.mark.parametrize(
    "text", ["An Anonymous source spoke to the paper.", "Silence fell over the group.", "Play is good for a group of children."]
)
def test_everyday_words_elsewhere_are_no_actors(text: str) -> None:
    assert not [name for _, _, name in NAMES.find(text, 0, len(text)) if name.kind == "actor"]


@pytest.mark.parametrize("name", ["The Guardian", "Der Spiegel", "La Repubblica", "Sky News", "The Sun", "Zero Day"])
def test_media_are_known_by_their_whole_names(name: str) -> None:
    def media(text: str) -> list[str]:
        return [text[a:b] for a, b, found in NAMES.find(text, 0, len(text)) if found.kind == "media"]

    assert media(f"{name} reports that the bank was robbed.")[0] in {name, name.split(" ", 1)[1]}
    assert not media(f"{name.replace(' ', '')} reports that the bank was robbed.")
