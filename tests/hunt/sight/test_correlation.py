"""When correlations hold: as their matches come, or when their span is over."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.hunt.rules.ir import Correlation, CorrelationKind
from indicia.hunt.sight.correlation import Feed, correlated, correlated_until, feed_of_correlation

MINUTE = 60
LATE = 50


def rule(
    kind: str, condition: str, *, field: str = "", percentile: int = 50, group_by: tuple[str, ...] = ("ip",)
) -> Correlation:
    limits = tuple((sign, float(number)) for sign, number in (limit.split() for limit in condition.split(" and ")))
    return Correlation(
        "c", "", "c", "high", "c.yml", "", "", (), CorrelationKind(kind), ("r",), MINUTE, group_by, limits,
        (field,) if field else (), percentile=percentile,
    )  # fmt: skip


def feeds(*matches: tuple[int, str]) -> list[Feed]:
    """Matches as (second, value)."""
    return [Feed("c", "r", second * 1_000_000, ("a",), value, "x.log", second, "line") for second, value in matches]


def at(kind: str, condition: str, *seconds: int) -> list[int]:
    found = correlated(rule(kind, condition), feeds(*((second, "") for second in seconds)))
    return [feed.time // 1_000_000 for feed in found]


@pytest.mark.parametrize(
    ("condition", "seconds", "holds"),
    [
        (">= 3", (0, 1, 2, 3), [2]),
        ("> 3", (0, 1, 2, 3), [3]),
        ("= 3", (0, 1, 2), [2]),
        ("= 3", (0, 1, 2, 3), []),
        ("= 3", (0, 1, 2, 100, 101), [2]),
        ("< 3", (0, 1, 2, 3), []),
        ("< 3", (0, 1), [1]),
        ("<= 2", (0, 1, 100, 101, 102), [1]),
        ("!= 2", (0, 1, 100), [100]),
        ("!= 2", (0, 1), []),
    ],
)
def test_counts(condition: str, seconds: tuple[int, ...], holds: list[int]) -> None:
    assert at("event_count", condition, *seconds) == holds


@pytest.mark.parametrize(
    ("kind", "condition", "values", "holds"),
    [
        ("value_sum", ">= 10", "4 5", False),
        ("value_sum", ">= 10", "4 6", True),
        ("value_avg", "> 4", "4 4", False),
        ("value_avg", "> 4", "4 6", True),
        ("value_median", ">= 6", "1 6 9", True),
        ("value_median", ">= 6", "1 5 900", False),
        ("value_percentile", ">= 9", "1 2 3 4 5 6 7 8 9 10", True),
        ("value_percentile", ">= 10", "1 2 3 4 5 6 7 8 9 10", False),
        ("value_sum", ">= 1", "none at-all", False),
        ("value_count", "= 2", "a b", True),
        ("value_count", "= 2", "a b c", False),
    ],
)
def test_values(kind: str, condition: str, values: str, holds: bool) -> None:
    found = correlated(rule(kind, condition, field="f", percentile=90), feeds(*enumerate(values.split())))
    assert len(found) == holds


def test_groups_are_apart() -> None:
    some = feeds((0, ""), (1, ""), (2, ""))
    other = [Feed("c", "r", 3_000_000, ("b",), "", "x.log", 3, "line")]
    assert not correlated(rule("event_count", ">= 4"), [*some, *other])
    assert len(correlated(rule("event_count", ">= 3"), [*some, *other])) == 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from("ab"), st.integers(0, LATE - 1)), max_size=30),
    st.sets(st.integers(0, 30)),
    st.sampled_from([("event_count", ">= 3"), ("event_count", "< 3"), ("value_count", ">= 2"), ("value_count", "= 1")]),
)
def test_what_grows_is_told_once_and_as_of_the_whole(
    matches: list[tuple[int, str, int]], cuts: set[int], condition: tuple[str, str]
) -> None:
    """Each match (second, value, seconds that it comes late) in its turn, in batches."""
    one = rule(*condition, field="f")
    whole = [
        Feed("c", "r", second * 1_000_000, ("a",), value, "x.log", number, "line")
        for number, (second, value, _) in enumerate(matches)
    ]
    came = sorted(whole, key=lambda feed: matches[feed.position][0] + matches[feed.position][2])
    told: list[Feed] = []
    kept: list[Feed] = []
    until = -1
    for start, end in pairwise([0, *sorted(cuts), len(came)]):
        new = came[start:end]
        before, until = until, max([until, *(feed.time - LATE * 1_000_000 for feed in new)])
        hits, kept = correlated_until(one, [*kept, *new], before, until)
        told += hits
    hits, _ = correlated_until(one, kept, until, 1 << 62)
    assert told + hits == correlated(one, whole)


def test_a_correlation_is_a_match_to_another() -> None:
    below, hit = rule("value_count", ">= 2", field="user", group_by=("ip",)), feeds((7, "eve"))[0]
    above = rule("event_count", ">= 2", group_by=("IP",))
    made = feed_of_correlation(below, hit, above)
    assert made is not None and (made.rule, made.group, made.time) == ("c", ("a",), 7_000_000)
    by_user = feed_of_correlation(below, hit, rule("event_count", ">= 2", group_by=("user",)))
    assert by_user is not None and by_user.group == ("eve",)
    assert feed_of_correlation(below, hit, rule("event_count", ">= 2", group_by=("host",))) is None
