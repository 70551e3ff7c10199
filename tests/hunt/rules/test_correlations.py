"""How correlations are read: pySigma's, with ranges and fractions, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from indicia.hunt.rules.ir import Correlation, RuleSet
from indicia.hunt.rules.sigma import compile_documents
from indicia.hunt.sight.correlation import Feed, correlated


def read(kind: str, rules: list[str], condition: Any, **more: Any) -> RuleSet:
    asked = {"type": kind, "rules": rules, "group-by": ["ip"], "timespan": "1m", **more}
    if condition is not None:
        asked["condition"] = condition
    if not rules:
        del asked["rules"]
    names = rules or ["a", "b", "c"]
    each = [
        {"title": name, "name": name, "logsource": {"product": "p"}, "detection": {"s": {"f": name}, "condition": "s"}}
        for name in names
    ]
    return compile_documents([("r.yml", [{"title": "c", "name": "c", "correlation": asked}, *each])])


def one(kind: str, rules: list[str], condition: Any, **more: Any) -> Correlation:
    found = read(kind, rules, condition, **more)
    assert not found.refused, found.refused
    return found.correlations[0]


def at(correlation: Correlation, matched: str) -> list[int]:
    """The seconds at which it holds of matches of the rules named, one a second, a "." being a second without."""
    feeds = [
        Feed("c", rule, second * 1_000_000, ("x",), rule, "x.log", second, "line")
        for second, rule in enumerate(matched)
        if rule != "."
    ]
    return [feed.time // 1_000_000 for feed in correlated(correlation, feeds)]


@pytest.mark.parametrize(
    ("kind", "condition", "matched", "holds"),
    [
        ("event_count", {"gte": 2, "lt": 4}, "aaa", [2]),
        ("event_count", {"gte": 2, "lt": 4}, "aaaa", []),
        ("event_count", {"gt": 2.5}, "aaa", [2]),
        ("event_count", {"gt": 2.5}, "aa", []),
        ("event_count", {"gte": "2"}, "aa", [1]),
        ("value_count", {"gt": 1, "lte": 2, "field": "f"}, "aab", [2]),
        ("value_count", {"gt": 1, "lte": 2, "field": "f"}, "abc", []),
        ("temporal", None, "abc", [2]),
        ("temporal", None, "aab", []),
        ("temporal", {"gte": 2}, "aab", [2]),
        ("temporal", {"eq": 2}, "aab", [2]),
        ("temporal", {"eq": 2}, "abc", []),
        ("temporal_ordered", None, "abc", [2]),
        ("temporal_ordered", None, "a" + 50 * "." + "bcabc", [52]),
        ("temporal_ordered", None, "a" + 70 * "." + "bc", []),
        ("temporal_ordered", None, "acb", []),
        ("temporal_ordered", {"gte": 2}, "acb", [1]),
        ("temporal_ordered", {"gte": 2}, "cba", []),
        ("temporal_ordered", {"lt": 2}, "cba", [2]),
        ("temporal", "a and (b or c)", "ca", [1]),
        ("temporal", "a and (b or c)", "cb", []),
        ("temporal", "a and not b or c", "ab", []),
        ("temporal", "a and not b or c", "aa", [1]),
        ("temporal", "a and not b or c", "abc", [2]),
        ("temporal_ordered", "a and b and c", "abc", [2]),
        ("temporal_ordered", "a and b and c", "cba", []),
    ],
)
def test_conditions(kind: str, condition: Any, matched: str, holds: list[int]) -> None:
    assert at(one(kind, ["a", "b", "c"], condition), matched) == holds


def test_rules_may_be_named_in_the_condition_alone() -> None:
    assert at(one("temporal", [], "a or b"), "b") == [0]


def test_a_long_sequence_takes_time_in_proportion_to_its_length() -> None:
    """Twenty thousand failures before a success: each was compared with all before it."""
    correlation = one("temporal_ordered", ["a", "b"], None, timespan="1d")
    feeds = [Feed("c", "a", second * 1_000, ("x",), "", "x.log", second, "line") for second in range(20_000)]
    last = Feed("c", "b", 20_000_000, ("x",), "", "x.log", 20_000, "line")
    assert correlated(correlation, [*feeds, last]) == [last]


def test_several_fields_count_together_also_below_another_correlation() -> None:
    correlation = one("value_count", ["a"], {"gte": 3, "field": ["user", "host"]})
    assert correlation.fields == ("user", "host")
    feeds = [
        Feed("c", "a", number, ("x",), value, "x.log", number, "line") for number, value in enumerate(("u\nh", "u\ni", "v\nh"))
    ]
    assert correlated(correlation, feeds) == feeds[2:]


@pytest.mark.parametrize(
    ("kind", "condition", "reason"),
    [
        ("event_count", {"gte": "many"}, "'many' is not a number"),
        ("event_count", {"gte": True}, "True is not a number"),
        ("event_count", {"gte": 2, "around": 3}, "invalid items: around"),
        ("event_count", {}, "exactly one condition item"),
        ("event_count", "a and b", "Extended conditions"),
        ("value_sum", {"gte": 3}, "without field reference"),
        ("value_sum", {"gte": 3, "field": ["x", "y"]}, "of one field, not of 2"),
        ("value_count", {"gte": 3, "field": [7]}, "is not a name"),
        ("value_percentile", {"gte": 3, "field": "x", "percentile": 200}, "not between 0 and 100"),
        ("temporal_ordered", "a and b or c", "joined by 'and' only"),
        ("around", {"gte": 3}, "no valid Sigma correlation type"),
    ],
)
def test_what_is_refused(kind: str, condition: Any, reason: str) -> None:
    found = read(kind, ["a", "b", "c"], condition)
    assert not found.correlations and reason in found.refused[0].reason
