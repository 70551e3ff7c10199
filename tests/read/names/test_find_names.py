from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.hostile import NAMES
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import MentionKind

CASES = Path(__file__).parent.parent.parent / "cases" / "read" / "names"
EVERYDAY = Path(__file__).parents[3] / "evals" / "data" / "everyday.txt"


def cases() -> list[object]:
    return [
        pytest.param(case["text"], case["want"], id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.yml"))
        for number, case in enumerate(yaml.safe_load(path.read_text("utf-8")), start=1)
    ]


@pytest.mark.parametrize(("text", "want"), cases())
def test_cases(text: str, want: list[str]) -> None:
    got = []
    for m in find_names(document_from_text(text, name="case"), load()):
        assert text[m.span.start : m.span.end] == m.span.text
        if m.kind in {MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN, MentionKind.VENDOR}:
            got.append([m.kind.value, m.span.text, m.target, m.according_to])
    assert len(got) == len(want), got
    for found, line in zip(got, want, strict=True):
        kind, written, target, *whose = (part.strip() for part in line.split(" | "))
        assert found[:2] == [kind, written]
        assert target == "-" or found[2] == target
        assert not whose or found[3] == tuple(whose)


def test_who_uses_the_alias_is_said() -> None:
    (mention,) = find_names(document_from_text("Fancy Bear was there.", name="t"), load())
    assert "CrowdStrike" in mention.according_to and mention.value == "APT28"


def test_an_alias_of_two_groups_keeps_both_unless_the_text_decides() -> None:
    knowledge = load()
    seen: dict[str, set[str]] = {}
    for name in knowledge.names():
        if name.kind is MentionKind.ACTOR and not name.risky and name.surface.isalnum() and len(name.surface) > 5:
            seen.setdefault(name.surface, set()).add(name.id)
    canonical = {row.name for row in knowledge.actors}
    shared = sorted(surface for surface, ids in seen.items() if len(ids) == 2 and surface not in canonical)
    assert shared
    open_ones = 0
    for surface in shared:
        (mention, *_) = find_names(document_from_text(f"The group {surface} attacked.", name="t"), knowledge)
        if mention.kind is MentionKind.ACTOR and mention.target is None:
            open_ones += 1
            assert {c.id for c in mention.candidates} == seen[surface]
            one = knowledge.actors.get(sorted(seen[surface])[0])
            assert one is not None
            decided = find_names(
                document_from_text(f"{one.name} is active. The group {surface} attacked.", name="t"), knowledge
            )
            assert decided[-1].target in {one.id, None}
    assert open_ones


def test_no_actor_where_there_is_none() -> None:
    text = (
        "The ministry said on Monday that will and patience had won. A tick bit the anchor of the news; his will was "
        "read in silence. "
        "Turkish and Russian officials met. The orange light of dawn, the brain and the fox, equation and molecule, all "
        "in one carbon copy."
    )
    found = find_names(document_from_text(text, name="t"), load())
    assert not [m.span.text for m in found if m.kind in {MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN}]


@pytest.mark.parametrize("line", [line for line in EVERYDAY.read_text("utf-8").splitlines() if line[:1] != "#"])
def test_everyday_sentences_name_nobody(line: str) -> None:
    found = find_names(document_from_text(line, name="t"), load())
    assert not [m.span.text for m in found if m.kind in {MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN}]


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES.keys())
def test_hostile_lines_are_read_to_the_end(text: str) -> None:
    """That time stays in proportion is measured by `python -m bench.hostile`."""
    document = document_from_text(text + "\n\nThe mail came from Turla, they said.\n", name="t")
    assert [one.span.start for one in find_names(document, load())][-1] == document.text.rindex("Turla")
