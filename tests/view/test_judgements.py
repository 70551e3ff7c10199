"""Key judgements say no more than their sources."""

from __future__ import annotations

import msgspec
import pytest

from indicia.affairs.main import main_affair
from indicia.records import Case, HuntVerdict, Judgement, Level, MeasureKind, SourceType, Verdict
from indicia.share import render
from indicia.view.judgements import NONE_FOUND, Sentence, key_judgements
from tests.sample_case import VERSIONS, about
from tests.share.brief.cases import KNOWLEDGE, named


def texts(case: Case, topic: str = "") -> list[str]:
    return [one.text for one in key_judgements(case) if not topic or one.topic == topic]


def sentences(case: Case, topic: str) -> list[Sentence]:
    return [one for one in key_judgements(case) if one.topic == topic]


def test_levels_are_kept_apart() -> None:
    said = texts(named("exchange"), "said")
    assert said[0] == "In the Microsoft Exchange 2021 affair, the European Union and the United Kingdom name China."
    assert any(text.endswith("names the Ministry of State Security.") for text in said)
    place = next(text for text in said if "territory" in text)
    assert place == "The European Union says it came from the territory of China, which is not to accuse the state."
    assert not any("Microsoft" in text and "name China" in text for text in said[1:]), "Microsoft named a group"


def test_an_unnamed_official_is_not_turned_into_the_government() -> None:
    text = next(text for text in texts(named("exchange"), "said") if "Ministry of State Security" in text)
    assert text.startswith("An unnamed official of the United States (")
    assert "\u201ca high degree of confidence\u201d" in text


def test_words_of_confidence_stay_with_the_one_who_said_them() -> None:
    group = next(text for text in texts(named("exchange"), "said") if "HAFNIUM" in text)
    assert "Microsoft (\u201chigh confidence\u201d) names HAFNIUM" in group
    assert "the European Union (\u201ccould be linked\u201d) names Chinese hacking groups" in group
    assert "the United Kingdom names Chinese state-backed groups" in group
    assert "private researchers name Chinese cyber spies" in group, "the verb agrees"


def test_likelihood_and_confidence_are_passed_on_as_given_and_apart() -> None:
    case = named("exchange")
    assert case.weighing is not None
    observed, said = sentences(case, "grounds")
    assert (said.likelihood, said.confidence) == (case.weighing.said.likelihood, case.weighing.said.confidence)
    assert observed.likelihood is None
    assert "insufficient grounds" in observed.text


def test_denials_and_silence_are_said() -> None:
    (text,) = texts(named("exchange"), "denied")
    assert "NATO endorses what others said." in text
    assert "China denies it." in text
    assert "declined to name anyone" in text


def test_a_verdict_on_our_logs_comes_with_their_reach() -> None:
    (text,) = texts(named("exchange"), "ours")
    assert text.startswith("Our logs show a compromise. One chain on EXCH01")
    assert "2021-03-01 00:00 to 2021-03-04 00:00 UTC, with 1 gap" in text
    case = named("exchange")
    assert case.hunt is not None
    calm = msgspec.structs.replace(
        case,
        hunt=msgspec.structs.replace(
            case.hunt, verdict=HuntVerdict.NOT_SEEN, sightings=(), chains=(), reason="no rule matched"
        ),
    )
    (text,) = texts(calm, "ours")
    assert "does not prove that it did not happen" in text and "2021-03-01" in text


@pytest.mark.parametrize("name", ["news", "empty"])
def test_without_logs_it_is_not_known(name: str) -> None:
    assert texts(named(name), "ours") == ["We do not know whether it happened to us: no logs were given."]


def test_an_empty_case_says_that_nothing_was_found() -> None:
    assert texts(named("empty"), "unsaid") == [NONE_FOUND], "never that there is nothing: the reader may have missed it"


def test_a_compromise_is_contained_before_it_is_patched_and_without_one_it_is_patched() -> None:
    (text,) = texts(named("exchange"), "act")
    assert text.index("preserve evidence") < text.index("isolate") < text.index("patch Microsoft Exchange Server")
    (text,) = texts(named("news"), "act")
    assert text.startswith("Priorities: patch Microsoft Exchange Server")
    assert "2021-04-16" in text


@pytest.mark.parametrize("name", ["exchange", "news", "empty", "hostile", "big"])
def test_every_trace_leads_to_a_record(name: str) -> None:
    case = named(name)
    known = {one.id for one in (*case.claims, *case.mentions)}
    known |= {one.id for one in case.hunt.sightings} if case.hunt else set()
    known |= {one.id for one in case.weighing.evidence} if case.weighing else set()
    known |= {one.id for one in case.advice.measures} if case.advice else set()
    for one in key_judgements(case):
        assert set(one.traces) <= known, one.text
        if one.topic in {"said", "denied"} and case.claims:
            assert one.traces, one.text


def test_five_hundred_claims_stay_a_few_sentences() -> None:
    found = key_judgements(named("big"))
    assert 3 <= len(found) <= 14
    assert max(len(one.text) for one in found) < 700


def test_all_verdicts_have_words() -> None:
    case = named("exchange")
    assert case.weighing is not None
    for verdict in Verdict:
        weighing = msgspec.structs.replace(
            case.weighing, observed=msgspec.structs.replace(case.weighing.observed, verdict=verdict)
        )
        assert texts(msgspec.structs.replace(case, weighing=weighing), "grounds")


def test_a_case_without_advice_advises_nothing() -> None:
    assert not texts(Case(name="x", versions=VERSIONS), "act")
    advice = named("exchange").advice
    assert advice is not None and advice.measures[0].kind is MeasureKind.CONTAIN


def test_narration_and_other_affairs_are_counted_and_not_told_as_accusations() -> None:
    case = named("exchange")
    first = case.claims[0]
    narrated = msgspec.structs.replace(
        first, id="claim--narrated", source=msgspec.structs.replace(first.source, type=SourceType.MEDIA, party=None)
    )
    other = about(msgspec.structs.replace(first, id="claim--other"), "finnish-parliament-2020", "Finnish parliament 2020")
    mixed = msgspec.structs.replace(case, claims=(*case.claims, narrated, other))
    assert texts(mixed, "said") == texts(case, "said"), "they change no judgement"
    assert texts(mixed, "aside") == [
        "Not counted here, but listed with the claims: 1 claim that the texts make in their own voice "
        "and 1 claim about other incidents (Finnish parliament 2020)."
    ]


def test_what_the_accused_says_in_kind_is_told_beside_the_affair() -> None:
    case = named("exchange")
    first = case.claims[0]
    assert first.accused.party is not None and first.source.party is not None
    group = msgspec.structs.replace(first.accused.party, canonical="APT-C-40")
    speaker = msgspec.structs.replace(first.source.party, canonical="Chinese Foreign Ministry")
    in_kind = msgspec.structs.replace(
        first,
        id="claim--in-kind",
        incidents=(),
        source=msgspec.structs.replace(first.source, party=speaker, state="CN", type=SourceType.GOVERNMENT, body=None),
        accused=msgspec.structs.replace(first.accused, level=Level.GROUP, party=group, state_said="US"),
    )
    said = texts(msgspec.structs.replace(case, claims=(*case.claims, in_kind)), "said")
    assert said[:4] == texts(case, "said")[:4], "it changes no judgement on the affair"
    assert said[4] == "Beyond this incident, the Chinese Foreign Ministry names APT-C-40."


def test_the_main_affair_is_the_one_that_most_sources_speak_about() -> None:
    case = named("exchange")
    moved = tuple(about(claim, "other-2020", "Other 2020") if n < 2 else claim for n, claim in enumerate(case.claims))
    main = main_affair(msgspec.structs.replace(case, claims=moved))
    assert (main.id, main.name) == ("exchange-2021", "Microsoft Exchange hack")
    nothing = main_affair(Case(name="x", versions=VERSIONS))
    assert (nothing.id, nothing.name) == (None, "")


def test_a_claim_that_names_no_known_affair_is_kept() -> None:
    case = named("exchange")
    free = msgspec.structs.replace(case, claims=tuple(about(one, None, one.incident) for one in case.claims))
    said = texts(free, "said")[0]
    assert said == "In the Microsoft Exchange 2021 affair, the European Union and the United Kingdom name China."


def test_what_a_person_rejected_is_counted_told_and_no_longer_relied_on() -> None:
    case = named("exchange")
    official = next(one for one in case.claims if "senior" in one.quote.text)

    def judged(action: str, number: int) -> Judgement:
        return Judgement(
            id=f"judgement--{number}",
            subject=official.id,
            action=action,
            author="an analyst",
            time="2021-07-20T08:00:00Z",
            note="misread",
        )

    refused = msgspec.structs.replace(case, judgements=(judged("reject", 1),))
    said = texts(refused, "said")
    assert not any("Ministry of State Security" in text for text in said)
    assert texts(refused, "aside") == ["Not counted here, but listed with the claims: 1 claim that a person rejected."]
    page = render(refused, "html", KNOWLEDGE).decode()
    assert "rejected by an analyst: misread" in page
    restored = msgspec.structs.replace(case, judgements=(judged("reject", 1), judged("confirm", 2)))
    assert texts(restored, "said") == texts(case, "said")
