"""The sightings as columns say the same as the sightings, however many there are."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from indicia.case import Columns, open_store
from indicia.errors import StoreError
from indicia.records import Case, Hunt, Judgement
from tests import sample_case
from tests.sample_case import keep

NOW = "2026-01-02T03:04:05+00:00"


def many() -> Case:
    return sample_case.big_case(claims=3, sightings=1300, techniques=("T1003.001", "T1059.003"))


def hunt_of(case: Case) -> Hunt:
    assert case.hunt is not None
    return case.hunt


def test_columns_say_what_the_sightings_say() -> None:
    hunt = hunt_of(many())
    columns = Columns.unpack(Columns.of(hunt).pack())
    assert len(columns) == len(hunt.sightings)
    in_chain = set(hunt.chains[0].sightings)
    for place, one in enumerate(hunt.sightings):
        told = {name: columns.names[name][columns.codes[name][place]] for name in ("rule", "host", "stage", "outcome", "level")}
        assert told == {
            "rule": one.title,
            "host": one.event.host,
            "stage": one.stage.value,
            "outcome": one.outcome.value,
            "level": one.level.value,
        }
        assert columns.techniques[columns.codes["technique"][place]] == one.techniques
        assert (columns.names["chain"][columns.codes["chain"][place]] == hunt.chains[0].id) is (one.id in in_chain)
        assert one.event.time is not None and columns.seconds[place] == int(one.event.time.timestamp())


def test_one_of_each_kind_stands_for_all() -> None:
    sightings = hunt_of(many()).sightings
    columns = Columns.of(hunt_of(many()))

    def kind(place: int) -> tuple[object, ...]:
        one = sightings[place]
        return one.rule, one.title, one.stage, one.outcome, one.level, one.techniques, one.vulnerabilities

    places = columns.alike()
    assert len({kind(place) for place in places}) == len(places) < len(sightings)
    assert {kind(place) for place in places} == {kind(place) for place in range(len(sightings))}
    assert places == sorted(places)
    first = places[0]
    again = columns.alike([first])
    assert first not in again and {kind(place) for place in again} == {kind(place) for place in places}


def test_no_sighting_is_no_trouble() -> None:
    for hunt in (None, Hunt(verdict=hunt_of(many()).verdict, reason="nothing")):
        columns = Columns.unpack(Columns.of(hunt).pack())
        assert len(columns) == 0 and columns.alike() == []


def test_the_store_reads_by_place(tmp_path: Path) -> None:
    case = many()
    sightings = hunt_of(case).sightings
    with open_store(tmp_path / "a.indicia") as store:
        changes = keep(store, case, author="a", time=NOW, what="x")
        assert "columns" not in changes.added
        assert store.sightings_at([7, 3, 10_000]) == (sightings[7], sightings[3])
        assert store.places_of([sightings[9].id, "none"]) == {sightings[9].id: 9}
        without = store.load(sightings=False)
        assert without == msgspec.structs.replace(case, hunt=msgspec.structs.replace(hunt_of(case), sightings=()))
        numbers = store.numbers()
        found = store.numbers_with('"Rule 7"')
        assert [sightings[numbers.index(number)].title for number in found].count("Rule 7") == 33
        inside = store.numbers_with("ULE 7", inside=True)
        assert len(inside) == 33 and set(inside) == set(found), "7 is a word of its own, and no beginning of 70"
        built = store.last_build()
        store.judge(Judgement(id="j", subject=sightings[0].id, action="star", author="a", time=NOW))
        assert store.last_build() == built < store.last_run()
        assert [one.id for one in store.judgements()] == ["j"]
        assert keep(store, case, author="a", time=NOW, what="the same again").is_empty


def test_broken_columns_say_so(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.indicia") as store:
        keep(store, many(), author="a", time=NOW, what="x")
        with store._place.for_writers().begin() as connection:
            connection.exec_driver_sql("UPDATE entry SET body = x'00' WHERE kind = 'columns'")
        with pytest.raises(StoreError, match="columns"):
            store.columns()


def test_columns_that_unpack_to_too_much_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = Columns.of(hunt_of(many())).pack()
    monkeypatch.setattr("indicia.case.columns._LARGEST", 1000)
    with pytest.raises(msgspec.MsgspecError):
        Columns.unpack(packed)
