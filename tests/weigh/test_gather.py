"""What becomes evidence: only what is stated or seen to have worked; the best grade stands; victims from claims."""

from __future__ import annotations

import msgspec
import pytest

from indicia.knowledge import Knowledge, load
from indicia.records import (
    Context,
    Document,
    Event,
    EvidenceKind,
    Hunt,
    HuntVerdict,
    Mention,
    MentionKind,
    Outcome,
    Place,
    RuleLevel,
    Sighting,
    Span,
)
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.stress import ease_of_faking
from tests.weigh.samples import claim_of

DOCUMENT = Document(id="document--0", name="advisory.txt", text="They used web shells.", sha256="0" * 64, publisher="Vendor")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def mention(target: str | None, context: Context = Context.STATED, kind: MentionKind = MentionKind.TECHNIQUE) -> Mention:
    span = Span(document=DOCUMENT.id, start=0, end=4, text="They")
    return Mention(id=f"mention--{target}-{context}", kind=kind, value=target or "?", span=span, target=target, context=context)


def sighting(technique: str, outcome: Outcome) -> Sighting:
    event = Event(place=Place(file="a.log", position=1), format="iis", time=None, time_text="", host="h", fields={})
    return Sighting(
        id=f"sighting--{technique}-{outcome}",
        rule="rule",
        title="a rule",
        level=RuleLevel.HIGH,
        event=event,
        techniques=(technique,),
        outcome=outcome,
    )


def hunt_of(*sightings: Sighting) -> Hunt:
    return Hunt(verdict=HuntVerdict.SIGNS, reason="test", sightings=sightings)


@pytest.mark.parametrize("context", [context for context in Context if context is not Context.STATED])
def test_only_what_is_stated_counts(context: Context, knowledge: Knowledge) -> None:
    assert gather((), [mention("T1505.003", context)], None, [DOCUMENT], knowledge) == ()
    found = gather((), [mention("T1505.003", context), mention("T1505.003")], None, [DOCUMENT], knowledge)
    assert [(item.feature, item.origin, len(item.traces)) for item in found] == [("T1505.003", "Vendor", 1)]


def test_actors_places_and_unknown_ids_are_no_observations(knowledge: Knowledge) -> None:
    mentions = [
        mention("G0125", kind=MentionKind.ACTOR),
        mention(None),
        mention("T9999"),
        mention("CN", kind=MentionKind.STATE),
    ]
    assert gather((), mentions, None, [DOCUMENT], knowledge) == ()


def test_attempts_are_no_observations_and_own_logs_grade_best(knowledge: Knowledge) -> None:
    tried = hunt_of(sighting("T1190", Outcome.ATTEMPT))
    assert gather((), (), tried, (), knowledge) == ()
    worked = hunt_of(sighting("T1505.003", Outcome.SUCCESS), sighting("T1505.003", Outcome.SUCCESS))
    found = gather((), [mention("T1505.003")], worked, [DOCUMENT], knowledge)
    assert len(found) == 1
    assert (found[0].reliability, found[0].credibility, found[0].origin) == ("A", 1, "own logs")
    assert len(found[0].traces) == 2  # the mention, and the sighting once
    assert found == gather((), [mention("T1505.003")], worked, [DOCUMENT], knowledge)


def test_victims_come_from_claims_and_are_observed(knowledge: Knowledge) -> None:
    claim = claim_of("Norway | accuses | China | state | high | CN | NO | government | -")
    claim = msgspec.structs.replace(claim, victim_countries=("NO",), sectors=("government",))
    found = gather([claim, claim], (), None, [DOCUMENT], knowledge)
    observed = [item.feature for item in found if item.kind is EvidenceKind.OBSERVED]
    assert observed == ["victim-country:NO", "victim-sector:government"]


def test_a_text_s_own_voice_accuses_nobody(knowledge: Knowledge) -> None:
    claim = claim_of("Somebody | accuses | China | state | high | CN | - | person | -")
    narrated = msgspec.structs.replace(claim, source=msgspec.structs.replace(claim.source, party=None))
    (item,) = gather([narrated], (), None, (), knowledge)
    assert (item.weight, item.reliability) == (0, "F")
    assert "own voice" in item.note


def test_how_easily_an_item_is_faked_is_told(knowledge: Knowledge) -> None:
    evidence = from_ids(["T1190"], ["S0002", "S0020"], knowledge=knowledge)
    told = {item.feature: ease_of_faking(evidence, knowledge)[item.id] for item in evidence}
    assert "public tool" in told["S0002"]
    assert "easy to share" in told["T1190"]
    assert "groups have it" in told["S0020"]
