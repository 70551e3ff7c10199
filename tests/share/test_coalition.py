"""The EU names a place, the UK a group and a state, the US an agency: together they can sign the place, and no more."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.records import Case, Claim, Confidence, Firmness, Level, SourceType, Stance, Tlp
from indicia.share.coalition import Signer, SignerStanding, compare, joint_statement, merge, statement_text
from indicia.share.redact import marking_of
from tests.sample_case import exchange_case, said_with
from tests.share.strategies import cases
from tests.share.test_stix_round_trip import SLOW


def only(case: Case, *wanted: int) -> Case:
    return msgspec.structs.replace(case, claims=tuple(case.claims[number] for number in wanted), hunt=None)


def named(claim: Claim, **changes: object) -> Claim:
    return msgspec.structs.replace(claim, **changes)


@pytest.fixture
def three() -> list[Signer]:
    case = exchange_case()
    american = only(case, 5)
    official = named(american.claims[0], source=msgspec.structs.replace(american.claims[0].source, type=SourceType.GOVERNMENT))
    return [
        Signer(name="European Union", case=only(case, 3)),
        Signer(name="GB", case=only(case, 1, 4)),
        Signer(name="United States", case=msgspec.structs.replace(american, claims=(official,))),
    ]


def test_the_joint_statement_names_the_place_only(three: list[Signer]) -> None:
    (joint,) = joint_statement(three)
    assert (joint.level, joint.accused, joint.state) == (Level.PLACE, "China", "CN")
    assert joint.firmness is Firmness.NONE, "the US's high is not all signers' high"
    assert joint.confidence is None, "only one of three states a confidence"
    text = statement_text(three)
    sentence = next(line for line in text.splitlines() if line.startswith("The signers"))
    assert "territory of China" in sentence
    for word in ("Ministry", "state-backed", "confidence"):
        assert word not in sentence
    assert text.count(", by implication: it names ") == 2
    by_name = statement_text(three, states={"GB": "United Kingdom", "CN": "China"})
    assert "- United Kingdom says more: " in by_name and "GB" not in by_name


def test_who_says_more(three: list[Signer]) -> None:
    standing = {position.party: position.standing for position in compare(three)}
    assert standing == {
        "European Union": SignerStanding.AGREES,
        "GB": SignerStanding.MORE,
        "United States": SignerStanding.MORE,
    }


def test_one_hedged_signer_hedges_all(three: list[Signer]) -> None:
    hedged = said_with(three[0].case.claims[0], firmness=Firmness.HEDGED)
    eu = Signer(name="European Union", case=msgspec.structs.replace(three[0].case, claims=(hedged,)))
    (joint,) = joint_statement([eu, *three[1:]])
    assert joint.firmness is Firmness.HEDGED
    assert "may have been" in statement_text([eu, *three[1:]])


def test_the_lowest_confidence_counts_where_all_state_one(three: list[Signer]) -> None:
    confidences = (Confidence.HIGH, Confidence.LOW, Confidence.MODERATE)
    parties = [
        Signer(
            name=party.name,
            case=msgspec.structs.replace(
                party.case, claims=tuple(said_with(claim, confidence=confidence) for claim in party.case.claims)
            ),
        )
        for party, confidence in zip(three, confidences, strict=True)
    ]
    (joint,) = joint_statement(parties)
    assert joint.confidence is Confidence.LOW


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.QUESTIONS, Stance.DECLINES])
def test_nobody_signs_against_a_signer(three: list[Signer], stance: Stance) -> None:
    against = named(three[0].case.claims[0], stance=stance)
    eu = Signer(name="European Union", case=msgspec.structs.replace(three[0].case, claims=(against,)))
    (joint,) = joint_statement([eu, *three[1:]])
    assert joint.level is None
    assert joint.by == "European Union"
    assert compare([eu, *three[1:]])[0].standing is SignerStanding.AGAINST


def test_an_unnamed_official_signs_for_nobody(three: list[Signer]) -> None:
    anonymous = Signer(name="United States", case=only(exchange_case(), 5))
    (joint,) = joint_statement([*three[:2], anonymous])
    assert joint.level is None


def test_others_words_in_a_partys_case_are_not_its_own(three: list[Signer]) -> None:
    eu = Signer(name="European Union", case=only(exchange_case(), 3, 1, 4, 5, 7))
    assert joint_statement([eu, *three[1:]]) == joint_statement(three)


def spoken_by(claim: Claim, canonical: str, state: str | None, type: SourceType = SourceType.GOVERNMENT) -> Claim:
    assert claim.source.party is not None
    party = msgspec.structs.replace(claim.source.party, canonical=canonical)
    return named(claim, source=msgspec.structs.replace(claim.source, party=party, type=type, state=state))


def test_a_state_speaks_where_a_part_of_its_government_does(three: list[Signer]) -> None:
    claims = tuple(spoken_by(claim, "UK National Cyber Security Centre", "GB") for claim in three[1].case.claims)
    case = msgspec.structs.replace(three[1].case, claims=claims)
    for party in (Signer(name="United Kingdom", case=case, state="GB"), Signer(name="GB", case=case)):
        (joint,) = joint_statement([three[0], party, three[2]])
        assert joint.level is Level.PLACE
        assert "- United Kingdom says more: " in statement_text([three[0], party, three[2]], states={"GB": "United Kingdom"})
    company = tuple(spoken_by(claim, "Vendor", "GB", SourceType.COMPANY) for claim in claims)
    other = Signer(name="United Kingdom", case=msgspec.structs.replace(case, claims=company), state="GB")
    assert joint_statement([three[0], other, three[2]])[0].by == "United Kingdom", "a company of the state is not the state"


def test_who_only_endorses_signs_nothing_and_the_draft_says_so(three: list[Signer]) -> None:
    endorsing = named(three[1].case.claims[0], stance=Stance.ENDORSES)
    party = Signer(name="GB", case=msgspec.structs.replace(three[1].case, claims=(endorsing,)))
    parties = [three[0], party, three[2]]
    (joint,) = joint_statement(parties)
    assert (joint.level, joint.by) == (None, "GB")
    assert "- GB: it endorses what others say of " in statement_text(parties)


@pytest.mark.parametrize("firmness", list(Firmness))
def test_who_is_not_sure_does_not_say_that_it_was_so(three: list[Signer], firmness: Firmness) -> None:
    claim = said_with(three[0].case.claims[0], firmness=firmness)
    parties = [Signer(name="European Union", case=msgspec.structs.replace(three[0].case, claims=(claim,))), *three[1:]]
    (joint,) = joint_statement(parties)
    text = statement_text(parties)
    unsure = joint.firmness in {Firmness.HEDGED, Firmness.LOW}
    assert ("activity may have been conducted" in text) is unsure
    assert ("activity was conducted" in text) is not unsure
    told = "The least sure of them is " in text
    assert told or all(one.said.firmness is Firmness.NONE for _, one in joint.claims)


def test_nothing_in_a_draft_is_markup_of_others(three: list[Signer]) -> None:
    claim = three[0].case.claims[0]
    hostile = "x\n# Heading <img src=x> [a](http://b.example) ![i](https://c.example/p.png)\u202e"
    quote = msgspec.structs.replace(claim.quote, text=hostile)
    eu = Signer(name="European Union", case=msgspec.structs.replace(three[0].case, claims=(named(claim, quote=quote),)))
    text = statement_text([eu, *three[1:]], names={"exchange-2021": "An affair\n# of <b>others</b>"})
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith(("# Draft", "## An affair"))
    ]
    assert "\\<img" in text and "\\[a\\]" in text and "http" not in text and "\u202e" not in text


def test_merging_keeps_both_readings_and_the_stricter_marking() -> None:
    one = exchange_case()
    other = msgspec.structs.replace(
        one,
        claims=(said_with(one.claims[0], firmness=Firmness.LOW), *one.claims[1:]),
        documents=tuple(msgspec.structs.replace(document, marking=Tlp.AMBER) for document in one.documents),
    )
    merged = merge([Signer(name="A", case=one), Signer(name="B", case=other)], "both")
    assert len(merged.claims) == len(one.claims) + 1
    assert set(one.claims) <= set(merged.claims)
    assert merged.marking is Tlp.AMBER
    assert any("differently" in problem.what for problem in merged.problems)


@SLOW
@given(st.lists(cases(), min_size=2, max_size=3))
def test_merging_loses_no_claim_and_no_marking(found: list[Case]) -> None:
    merged = merge([Signer(name=str(number), case=case) for number, case in enumerate(found)], "all")
    quotes = {(claim.quote, claim.stance, claim.said.firmness) for claim in merged.claims}
    for case in found:
        assert {(claim.quote, claim.stance, claim.said.firmness) for claim in case.claims} <= quotes
        assert marking_of(merged).rank >= marking_of(case).rank
    assert len({claim.id for claim in merged.claims}) == len(merged.claims)
    assert merge([Signer(name="x", case=merged), Signer(name="y", case=merged)], "again").claims == merged.claims
