"""What a page counts and finds among sightings is what a plain loop over them would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from indicia.case import Store, open_store
from indicia.records import Outcome, RuleLevel, Sighting, Stage
from indicia.web.cases import shelf
from indicia.web.cases.sightings import FACETS, Sightings
from indicia.web.pages.hunt import line_of, worst_first
from tests import sample_case
from tests.sample_case import keep
from tests.web.site import client, shelve, token

CASE = sample_case.big_case(claims=5, sightings=400, techniques=("T1003.001", "T1059.003", "T1041"))
SEEN: tuple[Sighting, ...] = CASE.hunt.sightings if CASE.hunt else ()
VALUE = {
    "rule": lambda one: [one.title],
    "host": lambda one: [one.event.host],
    "stage": lambda one: [one.stage.value],
    "outcome": lambda one: [one.outcome.value],
    "level": lambda one: [one.level.value],
    "technique": lambda one: list(one.techniques),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("store") / "a.indicia") as made:
        keep(made, CASE, author="a", time="2026-01-02T03:04:05+00:00", what="x")
        yield made


@st.composite
def wanted(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.sets(st.sampled_from(FACETS), max_size=3))
    return {name: draw(st.sampled_from(sorted({value for one in SEEN for value in VALUE[name](one)}))) for name in names}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=wanted(), descending=st.booleans(), sort=st.sampled_from(["time", "host", "rule", "stage", "level"]))
def test_filters_and_facets(store: Store, filters: dict[str, str], descending: bool, sort: str) -> None:
    found = Sightings(store, store.columns()).find(filters, sort=sort, descending=descending)

    def fits(one: Sighting, but: str = "") -> bool:
        return all(name == but or value in VALUE[name](one) for name, value in filters.items())

    assert sorted(found.places.tolist()) == [place for place, one in enumerate(SEEN) if fits(one)]
    for name in FACETS:
        counts = Counter(value for one in SEEN if fits(one, name) for value in VALUE[name](one))
        assert dict(found.facets[name]) == dict(counts)
    days = Counter(one.event.time.date().isoformat() for one in SEEN if fits(one) and one.event.time)
    assert found.days == dict(days)
    rank = {
        "time": lambda one: one.event.time,
        "host": lambda one: one.event.host.casefold(),
        "rule": lambda one: one.title.casefold(),
        "stage": lambda one: list(Stage).index(one.stage),
        "level": lambda one: -list(RuleLevel).index(one.level),
    }[sort]
    order = [rank(SEEN[place]) for place in found.places.tolist()]
    assert order == sorted(order, reverse=descending)


def test_days_words_and_chosen_places(store: Store) -> None:
    sightings = Sightings(store, store.columns())
    first = SEEN[0].event.time
    assert first
    day = first.date()
    assert len(sightings.find({}, since=day, until=day)) == sum(
        bool(one.event.time) and one.event.time.date() == day for one in SEEN
    )
    assert len(sightings.find({}, until=date(2000, 1, 1))) == 0
    assert sightings.find({}, among=[3, 5, 9999]).places.tolist() == [3, 5]
    word = next(value for value in SEEN[7].event.fields.values() if len(value) > 4)
    assert 7 in sightings.find({}, words=word).places
    assert len(sightings.find({}, words="nowhere at all")) == 0
    assert len(sightings.find({}, words=word[1:-1], inside=True)) >= len(sightings.find({}, words=word))


def test_chains_and_days_are_called_by_their_worst(store: Store) -> None:
    sightings = Sightings(store, store.columns())
    by_id, levels = {one.id: one for one in SEEN}, list(RuleLevel)
    assert CASE.hunt and CASE.hunt.chains
    worst = sightings.worst_by_chain
    for chain in CASE.hunt.chains:
        mine = [by_id[id] for id in chain.sightings if id in by_id]
        beyond = [one for one in mine if one.outcome is not Outcome.ATTEMPT] or mine
        assert worst[chain.id] == max(beyond, key=lambda one: levels.index(one.level)).level.value
    order = [worst[one.id] for one in worst_first(CASE.hunt.chains, worst) if one.outcome is Outcome.SUCCESS]
    assert order == sorted(order, key=lambda level: -levels.index(RuleLevel(level)))
    for day, (count, place) in sightings.worked_by_day().items():
        mine = [one for one in SEEN if one.event.time and one.event.time.date().isoformat() == day]
        mine = [one for one in mine if one.outcome is not Outcome.ATTEMPT]
        assert len(mine) == count and SEEN[place].level == max(mine, key=lambda one: levels.index(one.level)).level


@pytest.fixture(params=["whole", "one of each kind"])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The page over one case, held with all of its sightings and held with one of each kind."""
    monkeypatch.setattr(shelf, "WHOLE", 5_000 if request.param == "whole" else 0)
    shelve(tmp_path, "sample", CASE)
    with client(tmp_path) as made:
        yield made


def told(site: TestClient) -> dict[str, object]:
    """What must not depend on how a case is held."""
    base = "/case/sample"
    hunt = site.get(f"{base}/hunt.json?sort=-time&stage=probe").json()
    weighing = site.get(f"{base}/weigh.json").json()
    return {
        "sightings": [one["id"] for one in hunt["sightings"]],
        "facets": hunt["facets"],
        "timeline": site.get(f"{base}/timeline.json").json()["moments"],
        "now": weighing["now"],
        "evidence": [(one["id"], one["weight"], one["reliability"], one["credibility"]) for one in weighing["evidence"]],
        "measures": [one["id"] for one in site.get(f"{base}/advise.json").json()["measures"]],
        "overview": [one["text"] for one in site.get(f"{base}.json").json()["judgements"]],
        "exported": site.get(f"{base}/export/json").json()["hunt"]["sightings"],
    }


ANSWERS: dict[str, dict[str, object]] = {}


def test_a_case_is_the_same_however_it_is_held(site: TestClient, request: pytest.FixtureRequest) -> None:
    before = told(site)
    page = site.get("/case/sample/claims").text
    for one in SEEN[:2]:  # more of their kind are there, so that nothing falls but these
        answer = site.post(
            "/case/sample/judge", data={"token": token(page), "subject": one.id, "action": "reject"}, follow_redirects=False
        )
        assert answer.status_code == 303
    after = told(site)
    assert after["sightings"] == before["sightings"] and len(after["exported"]) == len(SEEN)  # type: ignore[arg-type]
    ANSWERS[request.node.callspec.id] = {"before": before, "after": after}
    if len(ANSWERS) == 2:
        one, other = ANSWERS.values()
        assert one == other


def test_the_table_holds_what_the_filters_leave(site: TestClient) -> None:
    rows = site.get("/case/sample/hunt.csv?outcome=success").text.split("\r\n")
    expected = [one for one in SEEN if one.outcome.value == "success"]
    assert len(rows) == len(expected) + 2 and rows[0].startswith("time,host,level")
    assert all(one.id in row for one, row in zip(expected, rows[1:-1], strict=True))
    assert line_of(expected[0]).split("=")[0] in rows[1] and {row.rpartition(",")[2] for row in rows[1:-1]} == {"TLP:AMBER"}
