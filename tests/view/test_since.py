"""What changed since the last brief: who joined, denied, hardened, and what a person confirmed; each in a sentence."""

from __future__ import annotations

import msgspec

from indicia.records import Case, Firmness, HuntVerdict, Stance
from indicia.share.brief.build import build
from indicia.view.lines import plain
from indicia.view.since import since
from tests.share.brief.cases import KNOWLEDGE, named


def told(before: Case, now: Case) -> list[str]:
    return [one.text for one in since(before, now)]


def test_nothing_changed_is_said() -> None:
    assert told(named("exchange"), named("exchange")) == ["Nothing of note has changed."]


def test_who_joined_and_who_denied() -> None:
    now = named("exchange")
    denials = [claim for claim in now.claims if claim.stance is Stance.DENIES]
    accusers = [claim for claim in now.claims if claim.stance is Stance.ACCUSES and claim.source.party]
    first = accusers[0].source.party
    assert denials and first
    held = tuple(
        claim
        for claim in now.claims
        if claim not in denials and not (claim.source.party and claim.source.party.canonical == first.canonical)
    )
    sentences = told(msgspec.structs.replace(now, claims=held), now)
    assert any(text.startswith("Joined the accusers: ") and first.canonical in text for text in sentences), sentences
    assert any(text.startswith("Denied: ") for text in sentences), sentences
    gone = told(now, msgspec.structs.replace(now, claims=held))
    assert any(text.startswith("No longer counted: ") for text in gone), gone


def test_firmer_words_are_hardening_and_the_other_way_round_softening() -> None:
    now = named("exchange")

    def weaker(case: Case) -> Case:
        claims = tuple(
            msgspec.structs.replace(
                claim,
                deed=claim.deed and msgspec.structs.replace(claim.deed, firmness=Firmness.HEDGED, cue=None),
                tie=claim.tie and msgspec.structs.replace(claim.tie, firmness=Firmness.HEDGED, cue=None),
            )
            if claim.stance is Stance.ACCUSES
            else claim
            for claim in case.claims
        )
        return msgspec.structs.replace(case, claims=claims)

    assert any(text.startswith("Firmer now: ") and "from hedged to" in text for text in told(weaker(now), now))
    assert any(text.startswith("Less firm now: ") and "to hedged" in text for text in told(now, weaker(now)))


def test_the_hunt_changed_its_mind() -> None:
    now = named("exchange")
    assert now.hunt is not None
    before = msgspec.structs.replace(now, hunt=msgspec.structs.replace(now.hunt, verdict=HuntVerdict.NOT_SEEN))
    assert f"Our logs: from not seen to {now.hunt.verdict.value}." in told(before, now)


def test_the_brief_begins_with_what_changed_where_there_was_one_before() -> None:
    now = named("exchange")
    brief = build(now, KNOWLEDGE, before=msgspec.structs.replace(now, claims=now.claims[:1]))
    assert [box.id for box in brief.page_one][:3] == ["since", "what", "who"]
    (bullets,) = brief.page_one[0].blocks
    assert 1 <= len(bullets.items) <= 6 and all(plain(item) for item in bullets.items)  # type: ignore[union-attr]
    assert [box.id for box in build(now, KNOWLEDGE).page_one][0] == "what"
