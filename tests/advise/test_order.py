"""The order of measures by what each adds per effort, on needs and measures made up for it."""

from __future__ import annotations

import pytest

from indicia.advise.needs import Need
from indicia.advise.order import ordered, shares
from indicia.records import Audience, Measure, MeasureKind, Rank


def need(id: str, weight: float) -> Need:
    return Need(id=id, name="", rank=Rank.STATED, reasons=(), weight=weight)


def measure(id: str, *covers: str, effort: int = 1, in_place: bool = False, kind: MeasureKind = MeasureKind.PATCH) -> Measure:
    return Measure(
        id=id, kind=kind, title="", instruction="", audience=Audience.IT, covers=covers, effort=effort, in_place=in_place
    )


def order(
    *measures: Measure, needs: list[Need], breadth: dict[str, int] | None = None
) -> tuple[list[str], list[object], float]:
    found, curve, base = ordered(measures, needs, breadth or {})
    return [one.id for one in found], [(step.measure, step.covered) for step in curve], base


@pytest.mark.parametrize(
    ("id", "most", "share"),
    [
        ("narrow", 100, 1.0),
        ("nobody counted", 100, 1.0),
        ("some", 100, 1 - 0.55 / 2),
        ("broad", 100, 0.45),
        ("some", 1, 1.0),  # nothing to compare with
        ("two", 2, 0.45),
    ],
)
def test_the_broader_a_measure_the_less_it_does_against_each(id: str, most: int, share: float) -> None:
    breadth = {"narrow": 1, "two": 2, "some": 10, "broad": 100}
    found = shares(measure(id, "T1", "T2"), breadth, most)
    assert found == {"T1": pytest.approx(share), "T2": pytest.approx(share)}


def test_what_only_lets_us_see_counts_half() -> None:
    assert shares(measure("narrow", "T1", kind=MeasureKind.LOG), {"narrow": 50}, 100) == {"T1": 0.5}
    assert shares(measure("narrow", "T1", kind=MeasureKind.DETECT), {"narrow": 1}, 100) == {"T1": 1.0}


@pytest.mark.parametrize(
    ("effort", "weight", "first"),
    [(2, 1.59, "easy"), (2, 1.61, "hard"), (3, 2.59, "easy"), (3, 2.61, "hard"), (9, 2.59, "easy"), (9, 2.61, "hard")],
)
def test_more_effort_must_bring_more(effort: int, weight: float, first: str) -> None:
    found, _, _ = order(
        measure("easy", "T1"), measure("hard", "T2", effort=effort), needs=[need("T1", 1.0), need("T2", weight)]
    )
    assert found[0] == first


def test_each_counts_for_what_it_adds_to_those_before() -> None:
    needs = [need("T1", 3.0), need("T2", 2.0), need("T3", 1.0), need("T4", 4.0)]
    found, curve, base = order(
        measure("a", "T3", "T2"), measure("b", "T1", "T2", "T9"), measure("c", "T1"), measure("d", "T4"), needs=needs
    )
    assert found == ["b", "d", "a", "c"]  # a adds T3 alone, c nothing
    assert curve == [("b", 0.5), ("d", 0.9), ("a", 1.0)]
    assert base == 0.0


def test_what_is_covered_well_is_not_covered_less_by_a_log() -> None:
    needs = [need("T1", 6.0), need("T2", 1.0), need("T3", 0.7)]
    log = measure("log", "T1", "T2", kind=MeasureKind.LOG)
    found, curve, _ = order(measure("patch", "T1"), log, measure("narrow", "T3"), needs=needs)
    assert found == ["patch", "narrow", "log"]  # the log adds half of T2 and takes nothing from T1
    assert curve == [("patch", round(6 / 7.7, 4)), ("narrow", round(6.7 / 7.7, 4)), ("log", round(7.2 / 7.7, 4))]


def test_what_is_in_place_is_counted_first_and_told_last() -> None:
    needs = [need("T1", 1.0), need("T2", 2.0)]
    found, curve, base = order(measure("had", "T2", in_place=True), measure("again", "T2"), measure("new", "T1"), needs=needs)
    assert found == ["new", "again", "had"]
    assert base == 0.6667
    assert curve == [("new", 1.0)]


def test_what_adds_nothing_comes_after_by_effect_and_then_by_id() -> None:
    needs = [need("T1", 1.0), need("T2", 2.0), need("T3", 0.04)]
    every = [measure("all", "T1", "T2"), measure("z", "T2"), measure("y", "T1"), measure("x", "T1"), measure("idle", "T8")]
    found, curve, _ = order(*every, measure("little", "T3"), needs=needs)
    assert found == ["all", "little", "z", "x", "y", "idle"]
    assert [step for step, _ in curve] == ["all", "little"]  # type: ignore[misc]


def test_equals_go_by_effect_and_then_by_id() -> None:
    needs = [need("T1", 2.0), need("T2", 2.0), need("T3", 2.0)]
    assert order(measure("b", "T1"), measure("a", "T2"), needs=needs)[0] == ["a", "b"]
    # After the first, both add T3 alone; the one that covers more in itself comes first.
    found, _, _ = order(measure("w", "T1", "T2"), measure("a", "T3"), measure("b", "T3", "T1"), needs=needs)
    assert found[0] == "b"
    both = [measure("0", "T1", "T2", in_place=True), measure("a", "T3"), measure("b", "T3", "T1")]
    assert order(*both, needs=needs)[0] == ["b", "a", "0"]


def test_the_effect_is_the_share_of_all_that_the_case_calls_for() -> None:
    needs = [need("T1", 1.0), need("T2", 2.0)]
    found, _, _ = ordered([measure("a", "T1", "T9"), measure("b", "T2", in_place=True)], needs, {})
    assert [(one.id, one.effect) for one in found] == [("a", 0.3333), ("b", 0.6667)]
    wide, _, _ = ordered([measure("a", "T1"), measure("b", "T2")], needs, {"a": 10, "b": 100})
    assert {one.id: one.effect for one in wide} == {"a": round((1 - 0.55 / 2) / 3, 4), "b": round(0.45 * 2 / 3, 4)}


def test_where_nothing_is_called_for_nothing_has_an_effect() -> None:
    found, curve, base = ordered([measure("b", "T1"), measure("a", "T1", in_place=True)], [], {})
    assert [(one.id, one.effect) for one in found] == [("b", 0.0), ("a", 0.0)]
    assert (curve, base) == ((), 0.0)
