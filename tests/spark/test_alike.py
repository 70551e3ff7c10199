"""Copies among many texts on Spark: those that one machine finds, whatever leads from one to the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.affairs.origins import copies_of, shingles
from indicia.spark.ledger import copies_among, is_star, large_star, small_star

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_Pair = tuple[int, int]


def grouped(pairs: Iterable[_Pair]) -> list[tuple[int, list[int]]]:
    found = defaultdict(list)
    for one, other in pairs:
        found[one].append(other)
    return list(found.items())


def led(edges: list[_Pair]) -> tuple[dict[int, int], int]:
    """Each number with the first of all that it is connected with, and the rounds that it took; lists stand in for Spark."""
    rounds = 0
    while True:
        beside = grouped(pair for one, other in edges for pair in ((one, other), (other, one)))
        if all(map(is_star, beside)):
            return {one: min(one, *others) for one, others in beside}, rounds
        rounds += 1
        edges = [pair for group in grouped(pair for some in beside for pair in large_star(some)) for pair in small_star(group)]


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda pair: pair[0] != pair[1]), max_size=24))
@settings(max_examples=100, deadline=None)
def test_all_are_led_to_the_first_that_they_are_connected_with(edges: list[_Pair]) -> None:
    first = {number: number for edge in edges for number in edge}
    for _ in first:
        for one, other in edges:
            first[one] = first[other] = min(first[one], first[other])
    assert led([(max(edge), min(edge)) for edge in edges])[0] == first


def test_a_long_way_takes_few_rounds() -> None:
    found, rounds = led([(number + 1, number) for number in range(1_000)])
    assert set(found.values()) == {0}
    assert rounds <= 12


def test_copies(session: SparkSession) -> None:
    """Sixty texts word for word, one that loses its words step by step until nothing of the first is left, and others."""
    words = [f"w{number}" for number in range(120)]
    same = [" ".join(words[:30])] * 60
    on_the_way = [" ".join(words[start : start + 30]) for start in range(0, 90, 5)]
    other = [" ".join(f"{number}x{word}" for word in words[:20]) for number in range(5)]
    texts = list(enumerate(map(shingles, same + on_the_way + other + ["", "short"])))
    rows = session.sparkContext.parallelize(sorted(texts, key=lambda text: text[0] * 7 % 31), 3)
    found = {number: number for number, _ in texts} | dict(copies_among(rows, 3).collect())
    assert found == copies_of(texts)
    assert len(set(found.values())) > 8
