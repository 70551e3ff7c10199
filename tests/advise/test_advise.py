"""Advice as a whole: cases in `tests/cases/advise/*.yml`, and what must hold for any case."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.advise import words
from indicia.advise.advice import advise
from indicia.advise.facts import Facts
from indicia.advise.needs import Need, needs_of
from indicia.advise.order import COST, ordered, shares
from indicia.advise.prevention import breadth
from indicia.knowledge import load
from indicia.records import (
    Audience,
    Case,
    Context,
    HuntVerdict,
    Measure,
    MeasureKind,
    Mention,
    MentionKind,
    Rank,
    Span,
    Stance,
    Versions,
    stable_id,
    to_json,
)
from tests.affairs.claims import case_of
from tests.sample_case import VERSIONS, empty_case, exchange_case
from tests.sample_knowledge import SampleKnowledge

CASES = Path(__file__).parent.parent / "cases" / "advise"
SAMPLE = SampleKnowledge()


def stated(*values: str, context: Context = Context.STATED) -> Case:
    """A case in which a text states these techniques and CVEs."""
    mentions = tuple(
        Mention(
            id=stable_id("mention", value),
            kind=MentionKind.VULNERABILITY if value.startswith("CVE") else MentionKind.TECHNIQUE,
            value=value,
            target=value,
            span=Span(document="d", start=0, end=1, text="x"),
            context=context,
        )
        for value in values
    )
    return Case(name="stated", versions=Versions(indicia="0"), mentions=mentions)


def kinds(case: Case, kind: MeasureKind, **options: Any) -> list[Measure]:
    return [one for one in advise(case, SAMPLE, **options).measures if one.kind is kind]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yml")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    wanted = yaml.safe_load(path.read_text("utf-8"))
    case = exchange_case() if wanted.get("case") == "exchange" else stated(*wanted["stated"])
    advice = advise(case, SAMPLE, have=wanted.get("have", ()))
    titles = [f"{one.kind.value}: {one.title}" for one in advice.measures]
    for title in wanted.get("holds", ()):
        assert title in titles, f"{title} is not among {titles}"
    for title in wanted.get("lacks", ()):
        assert title not in titles
    order = [titles.index(title) for title in wanted.get("order", ())]
    assert order == sorted(order), titles
    assert [title.split(" ")[0].rstrip(":") for title in advice.gaps] == wanted.get("gaps", [])
    for title in wanted.get("in_place", ()):
        assert any(one.in_place and one.title == title for one in advice.measures), title
    for phrase in wanted.get("summary", ()):
        assert phrase in advice.summary


def test_every_technique_of_attack_ends_in_a_mitigation_a_detection_or_a_gap() -> None:
    knowledge = load()
    every = [row.id for row in knowledge.attack.techniques]
    advice = advise(stated(*every), knowledge)
    kinds_of = {MeasureKind.MITIGATE, MeasureKind.DETECT}
    covered = {key for one in advice.measures if one.kind in kinds_of for key in one.covers}
    gaps = {text.split(" ")[0] for text in advice.gaps}
    assert len(every) > 600
    assert not [key for key in every if key not in covered | gaps]


def test_every_exploited_flaw_ends_in_its_patch() -> None:
    knowledge = load()
    every = [row.cve for row in knowledge.kev]
    advice = advise(stated(*every), knowledge)
    patches = [one for one in advice.measures if one.kind is MeasureKind.PATCH]
    assert {key for one in patches for key in one.covers} >= set(every)
    assert all(one.due and one.source == "CISA KEV" for one in patches)


def test_a_flaw_outside_the_catalogue_says_so() -> None:
    advice = advise(stated("CVE-2099-0001"), SAMPLE)
    assert advice.measures[0].title == "Look for a fix for CVE-2099-0001"
    assert advice.measures[0].due is None
    assert advice.gaps[0].startswith("CVE-2099-0001: not in CISA's catalogue")


def test_what_was_seen_weighs_more_than_what_was_stated_and_that_more_than_what_is_typical() -> None:
    needs, _ = needs_of(exchange_case(), Facts(SAMPLE))
    by_id = {need.id: need for need in needs}
    assert by_id["T1003.001"].rank is Rank.SEEN
    assert by_id["T1059.001"].rank is Rank.STATED
    assert by_id["T1114.002"].rank is Rank.TYPICAL
    assert by_id["T1003.001"].weight > by_id["T1059.001"].weight > by_id["T1114.002"].weight
    assert all(by_id[key].reasons for key in by_id)


def test_a_flaw_that_was_only_tried_weighs_less_than_one_that_worked() -> None:
    case = exchange_case()
    assert case.hunt is not None
    tries = tuple(one for one in case.hunt.sightings if one.outcome.value == "attempt")
    only = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=tries))
    worked = next(need for need in needs_of(case, Facts(SAMPLE))[0] if need.id == "T1190")
    tried = next(need for need in needs_of(only, Facts(SAMPLE))[0] if need.id == "T1190")
    assert tried.attempt and not worked.attempt
    assert tried.weight < worked.weight


@pytest.mark.parametrize("context", [one for one in Context if one is not Context.STATED])
def test_what_a_text_does_not_state_calls_for_nothing(context: Context) -> None:
    assert not advise(stated("T1190", "CVE-2021-26855", context=context), SAMPLE).measures


def test_a_denied_charge_does_not_make_a_group_s_techniques_typical() -> None:
    case = exchange_case(logs=False)
    named = next(claim for claim in case.claims if claim.accused.party and claim.accused.party.canonical == "HAFNIUM")
    only = msgspec.structs.replace(named, stance=Stance.DENIES, incidents=())
    needs, _ = needs_of(Case(name="x", versions=VERSIONS, claims=(only,)), Facts(SAMPLE))
    assert not needs
    accusing = msgspec.structs.replace(only, stance=Stance.ACCUSES)
    needs, _ = needs_of(Case(name="x", versions=VERSIONS, claims=(accusing,)), Facts(SAMPLE))
    assert {need.id for need in needs} == {use.target for use in SAMPLE.attack.uses}


def test_revoked_ids_lead_on_and_unknown_ones_are_gaps() -> None:
    advice = advise(stated("T1100", "T9999"), SAMPLE)
    assert any("T1505.003" in one.covers for one in advice.measures)
    assert "T9999: ATT&CK 18.1 knows no such technique" in advice.gaps


def test_an_incident_without_a_cve_in_the_text_still_leads_to_its_patch() -> None:
    bare = msgspec.structs.replace(exchange_case(logs=False), mentions=())
    patch = next(one for one in advise(bare, SAMPLE).measures if one.kind is MeasureKind.PATCH)
    assert set(patch.covers) == {"CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065"}
    assert "KB5000871" in patch.instruction
    assert patch.due == "2021-04-16"
    assert patch.rank is Rank.KNOWN


def test_what_a_table_knows_is_never_told_as_stated_and_never_comes_first() -> None:
    case = exchange_case(logs=False)
    bare = msgspec.structs.replace(case, mentions=tuple(one for one in case.mentions if one.kind is MentionKind.TECHNIQUE))
    advice = advise(bare, SAMPLE)
    main = [one for one in advice.measures if one.kind in {MeasureKind.PATCH, MeasureKind.MITIGATE, MeasureKind.LOG}]
    patch = next(one for one in main if one.kind is MeasureKind.PATCH)
    assert set(patch.known) == {"CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065"}
    assert "not stated in the texts" in patch.instruction
    assert "Not stated in the texts, but known about this affair from our table: 4 flaws" in advice.summary
    assert "9 techniques call for action (" in advice.summary and "9 techniques and" not in advice.summary
    assert patch.rank is Rank.KNOWN and 0 < main.index(patch) < 5
    told = advise(case, SAMPLE)
    stated_patch = next(one for one in told.measures if one.kind is MeasureKind.PATCH)
    assert stated_patch.rank is Rank.STATED
    assert set(stated_patch.known).isdisjoint(one.target or one.value for one in case.mentions)


def test_an_affair_that_is_named_in_passing_calls_for_nothing() -> None:
    _, claims = case_of(
        [
            (
                "2025-05-28",
                [
                    "Czech Republic | accuses | Russia | state | none | RU | CZ | government | the Zeleny hack | announcement",
                    "Microsoft | accuses | HAFNIUM | group | none | CN | US | company | exchange-2021 | background",
                ],
            )
        ]
    )
    needs, _ = needs_of(Case(name="x", versions=VERSIONS, claims=claims), Facts(SAMPLE))
    assert not needs


def test_containment_comes_first_and_in_order_and_only_after_a_compromise() -> None:
    advice = advise(exchange_case(), SAMPLE)
    contain = [one for one in advice.measures if one.kind is MeasureKind.CONTAIN]
    assert advice.measures[: len(contain)] == tuple(contain)
    titles = [one.title for one in contain]
    assert titles.index("Preserve evidence before you change anything") < titles.index(
        "Isolate the affected machines from the network"
    )
    assert "Find every web shell, not only the first" in titles
    assert "Stop the destruction and protect the backups" not in titles, "nothing of impact was sighted"
    assert all(one.within_hours and one.reasons for one in contain)
    hunt = exchange_case().hunt
    assert hunt is not None
    for verdict in (HuntVerdict.ATTEMPT, HuntVerdict.NOT_SEEN, HuntVerdict.NO_LOGS):
        calm = msgspec.structs.replace(exchange_case(), hunt=msgspec.structs.replace(hunt, verdict=verdict))
        found = {one.kind for one in advise(calm, SAMPLE).measures}
        assert not found & {MeasureKind.CONTAIN, MeasureKind.REPORT}


def test_reporting_duties_name_their_law_and_their_first_deadline() -> None:
    duties = kinds(exchange_case(), MeasureKind.REPORT)
    assert len(duties) >= 15
    assert [one.within_hours for one in duties] == sorted(one.within_hours or 0 for one in duties)
    by_title = {one.title: one for one in duties}
    assert by_title["EU: NIS2 significant incident"].within_hours == 24
    assert by_title["EU: GDPR personal data breach"].within_hours == 72
    assert "four business days" in by_title["US: SEC Form 8-K, item 1.05"].instruction
    assert all(one.source and one.audience is Audience.MANAGEMENT for one in duties)


def test_what_is_in_place_is_marked_counted_and_comes_last() -> None:
    without = advise(exchange_case(), SAMPLE)
    advice = advise(exchange_case(), SAMPLE, have=["patching", "MFA ", "no-such-thing"])
    placed = [one for one in advice.measures if one.in_place]
    assert {one.title for one in placed} == {"Patch what faces the internet first", "Require a second factor"}
    steps = {step.measure for step in advice.curve}
    assert not steps & {one.id for one in placed}
    assert "What is in place covers" in advice.summary and "What is in place" not in without.summary
    assert "no-such-thing" in advice.summary


@pytest.mark.parametrize("values", [("T1190",), ("T1003.001", "T1059.001"), ("CVE-2021-26855",), ("T1566.001", "T1110")])
def test_the_floor_is_in_the_first_ten_of_every_case(values: tuple[str, ...]) -> None:
    advice = advise(stated(*values), load())
    main = [one for one in advice.measures if one.kind in {MeasureKind.PATCH, MeasureKind.MITIGATE, MeasureKind.LOG}]
    first = main[:10]
    sources = " ".join(one.source for one in first)
    later = {key for kind in words.kinds() for key in kind.after} if "T1566.001" in values else set()
    assert all(mitigation in sources for mitigation in words.floor().every if mitigation not in later), [
        one.title for one in first
    ]
    sources = " ".join(one.source for one in main[:15])
    assert all(mitigation in sources for mitigation in later)
    assert all(one.floor and one.reasons for one in main if "M1053" in one.source)


def test_what_the_kind_of_attack_calls_for_goes_before_what_stops_none_of_it() -> None:
    def order(*values: str) -> list[str]:
        return [one.source.split()[1] for one in advise(stated(*values), load()).measures if one.kind is MeasureKind.MITIGATE]

    mail, both = order("T1566.001"), order("T1566.001", "T1486")
    assert mail.index("M1017") < mail.index("M1053") and mail.index("M1054") < mail.index("M1030")
    assert both.index("M1053") < both.index("M1041")  # ransomware came by it: backups are for the first hour


def test_logging_stands_in_a_list_of_its_own_after_what_prevents() -> None:
    advice = advise(stated("T1003.001", "T1059.001", "T1190"), load())
    main = [
        one.kind is MeasureKind.LOG
        for one in advice.measures
        if one.kind in {MeasureKind.PATCH, MeasureKind.MITIGATE, MeasureKind.LOG}
    ]
    assert any(main) and main == sorted(main)


def test_the_curve_rises_and_stays_within_one() -> None:
    curve = [step.covered for step in advise(exchange_case(), SAMPLE).curve]
    assert curve == sorted(curve)
    assert curve[0] > 0 and curve[-1] <= 1


def test_a_log_that_only_shows_counts_half_and_a_narrow_measure_more_than_a_broad_one() -> None:
    facts = Facts(load())
    wide = breadth(facts)
    most = max(wide.values())

    def share(kind: MeasureKind, key: str) -> float:
        measure = Measure(id=key, kind=kind, title="", instruction="", audience=Audience.IT, covers=("T1003.001",))
        return shares(measure, wide, most)["T1003.001"]

    narrow, broad = (stable_id("measure", "mitigate", key) for key in ("M1025", "M1047"))
    assert share(MeasureKind.LOG, "x") == 0.5
    assert share(MeasureKind.MITIGATE, narrow) > share(MeasureKind.MITIGATE, broad) >= 0.45
    assert share(MeasureKind.MITIGATE, narrow) <= 1
    assert share(MeasureKind.PATCH, "x") == 1


NEEDS = [Need(id=f"T{n}", name="", rank=Rank.STATED, reasons=(), weight=1.0 + n) for n in range(6)]
COVERS = st.lists(st.sets(st.sampled_from([need.id for need in NEEDS]), min_size=1), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(COVERS)
def test_the_greedy_order_is_near_the_best_order(sets: list[set[str]]) -> None:
    """With equal efforts any first k of it cover at least 1 - 1/e of what the best k could."""
    measures = [
        Measure(
            id=str(n),
            kind=MeasureKind.PATCH,
            title="",
            instruction="",
            audience=Audience.IT,
            covers=tuple(sorted(some)),
            effort=1,
        )
        for n, some in enumerate(sets)
    ]
    weights = {need.id: need.weight for need in NEEDS}
    total = sum(weights.values())
    _, curve, base = ordered(measures, NEEDS, {})
    assert base == 0
    for k, step in enumerate(curve, 1):
        best = max(sum(weights[key] for key in set().union(*some)) for some in itertools.combinations(sets, k)) / total
        assert step.covered >= (1 - 1 / 2.718281828) * best - 1e-3
    assert curve[-1].covered == pytest.approx(sum(weights[key] for key in set().union(*sets)) / total, abs=1e-3)
    assert set(COST) == {1, 2, 3}


def test_the_same_case_gives_the_same_bytes_whatever_the_order_of_its_parts() -> None:
    case = exchange_case()
    first = advise(case, SAMPLE)
    assert to_json(first) == to_json(advise(exchange_case(), SAMPLE))
    turned = msgspec.structs.replace(case, mentions=case.mentions[::-1], claims=case.claims[::-1])
    other = advise(turned, SAMPLE)
    assert [one.id for one in first.measures] == [one.id for one in other.measures]
    assert first.curve == other.curve


def test_nothing_found_says_what_to_give() -> None:
    advice = advise(empty_case(), SAMPLE)
    assert not advice.measures and not advice.curve
    assert "nothing specific to advise" in advice.summary


def test_every_measure_has_a_reason_that_is_in_the_case() -> None:
    case = exchange_case()
    assert case.hunt is not None
    ids = {one.id for one in (*case.claims, *case.mentions, *case.hunt.sightings)}
    for measure in advise(case, SAMPLE).measures:
        assert measure.reasons and set(measure.reasons) <= ids, measure.title
