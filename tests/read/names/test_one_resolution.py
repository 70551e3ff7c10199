"""A name means the same wherever it is asked: in a text, in a claim's party, in weighing, advice and exports."""

from __future__ import annotations

import random

import pytest

from indicia.knowledge import Name, load
from indicia.knowledge.index import fold
from indicia.knowledge.resolve import names_of, software_of
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import MentionKind

SAMPLED = 700


def sampled() -> list[Name]:
    kinds = {MentionKind.ACTOR: 0, MentionKind.SOFTWARE: 0}
    rows = [name for name in load().names() if name.kind in kinds and not name.risky and len(name.surface) > 4]
    random.Random(7).shuffle(rows)
    return rows[:SAMPLED]


def test_names_in_texts_resolve_as_everywhere() -> None:
    knowledge = load()
    names = names_of(knowledge)
    read, apart = 0, []
    for name in sampled():
        lead = "Researchers attribute it to the group" if name.kind is MentionKind.ACTOR else "Researchers found the malware"
        document = document_from_text(f"{lead} {name.surface}.", name="t")
        found = [one for one in find_names(document, knowledge) if one.kind is name.kind and one.span.text == name.surface]
        known = names.actor(name.surface) if name.kind is MentionKind.ACTOR else software_of(knowledge).get(name.surface)
        if not found or known is None:
            continue  # a name that leads to two is told with both
        read += 1
        if found[0].target not in {known.id, getattr(known, "group", None)}:
            apart.append((name.surface, found[0].target, known.id))
    assert read > SAMPLED * 0.9
    assert not apart


@pytest.mark.parametrize("written", ["RokRAT", "ROKRAT", "RokRat", "Rok RAT"])
def test_spelling_does_not_matter(written: str) -> None:
    (found,) = find_names(document_from_text(f"It was {written} that they ran.", name="t"), load())
    software = software_of(load()).get(written)
    assert software is not None
    assert (found.target, software.id) == ("S0240", "S0240")


def test_a_name_that_leads_to_two_leads_to_neither() -> None:
    knowledge = load()
    own: dict[str, set[str]] = {}
    mitre = {fold(name) for one in knowledge.attack.software for name in (one.name, *one.aliases)}
    for one in knowledge.malware:
        own.setdefault(fold(one.name), set()).add(one.id)
    shared = [name for name, ids in own.items() if len(ids) > 1 and name not in mitre]
    assert all(software_of(knowledge).get(name) is None for name in shared)


def test_words_that_are_no_sector_and_no_state() -> None:
    text = "They asked for a payment on port 443 of South American telecom providers."
    assert [one.span.text for one in find_names(document_from_text(text, name="t"), load())] == ["telecom"]
