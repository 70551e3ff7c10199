"""The fast matcher says what the slow one says, with hyperscan and without."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indicia.hunt.match.literals import LiteralScanner, hyperscan_is_there
from indicia.hunt.match.matcher import Matcher
from indicia.hunt.match.plan import plan_of
from indicia.hunt.match.reference import matches
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test
from tests.hunt.batches import batch_of
from tests.hunt.strategies import conditions, events

ENGINES = [False, pytest.param(True, marks=pytest.mark.skipif(not hyperscan_is_there(), reason="needs hyperscan"))]
Events = Sequence[dict[str, str]]


def fast(rules: Sequence[Node], batches: Sequence[Events], hyperscan: bool) -> list[set[tuple[int, int]]]:
    matcher = Matcher(plan_of(enumerate(rules)), hyperscan=hyperscan)
    return [{(match.rule, row) for match in matcher.match(batch_of(batch)) for row in match.rows.tolist()} for batch in batches]


def slow(rules: Sequence[Node], batch: Events) -> set[tuple[int, int]]:
    return {(number, row) for number, rule in enumerate(rules) for row, event in enumerate(batch) if matches(rule, event)}


@pytest.mark.parametrize("hyperscan", ENGINES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(conditions, min_size=1, max_size=6), st.lists(st.lists(events, min_size=1, max_size=8), min_size=1, max_size=2))
@example([Test("Image", How.STARTS, "a")], [[{"Image": "a"}, {"Image": "\x01a"}, {"Image": "b\x01a"}]])
@example([Test("Image", How.ENDS, "aab")], [[{"Image": "aab"}, {"Image": "aab\x01"}, {"Image": "xaab\x01y"}]])
@example([Test("Image", How.CONTAINS, "a\x01")], [[{"Image": "a"}, {"Image": "a\x01b"}]])
@example([Not(Test("Image", How.NULL))], [[{}, {"Image": ""}, {"Image": "a"}]])
@example([And(()), Or(())], [[{}]])
@example([Same("EventID", "Image")], [[{"Image": "", "EventID": ""}, {"Image": "1", "EventID": "1"}, {"Image": "1"}]])
def test_fast_is_slow(hyperscan: bool, rules: list[Node], batches: list[Events]) -> None:
    assert fast(rules, batches, hyperscan) == [slow(rules, batch) for batch in batches]


@pytest.mark.parametrize(
    ("test", "value", "holds"),
    [
        (Test("f", How.REGEX, "^a.c$", flags="i"), "ABC", True),
        (Test("f", How.REGEX, "^a.c$"), "ABC", False),
        (Test("f", How.CIDR, "198.51.100.0/24"), "198.51.100.255", True),
        (Test("f", How.CIDR, "198.51.100.0/24"), "198.51.101.0", False),
        (Test("f", How.CIDR, "198.51.100.0/24"), "no address", False),
        (Test("f", How.AT_LEAST, "10"), "10", True),
        (Test("f", How.LESS, "10"), "ten", False),
        (Test("f", How.WILD, parts=("100%", 1, "_", 2)), "100% sure_x", True),
        (Test("f", How.WILD, parts=("100%", 1, "_", 2)), "100x sure-x", False),
        (Test("f", How.TIME_PART, "6", flags="hour"), "2021-03-03T06:50:08", True),
    ],
)
def test_the_slow_one_by_example(test: Test, value: str, holds: bool) -> None:
    assert matches(test, {"f": value}) is holds


@pytest.mark.parametrize("hyperscan", ENGINES)
@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=8, unique=True), st.binary(max_size=60))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scanners_find_every_occurrence(hyperscan: bool, literals: list[bytes], text: bytes) -> None:
    which, ends = LiteralScanner(literals, hyperscan=hyperscan).find(text)
    found = sorted(zip(which.tolist(), ends.tolist(), strict=True))
    assert found == sorted(
        (number, at + len(literal))
        for number, literal in enumerate(literals)
        for at in range(len(text) - len(literal) + 1)
        if text[at : at + len(literal)] == literal
    )


@pytest.mark.parametrize("hyperscan", ENGINES)
def test_many_literals_with_one_ending(hyperscan: bool) -> None:
    literals = [f"host{number}.bad.example".encode() for number in range(500)]
    which, _ = LiteralScanner(literals, hyperscan=hyperscan).find(b"GET host7.bad.example and host499.bad.example")
    assert sorted(which.tolist()) == [7, 499]


def test_matched_fields_are_named() -> None:
    rule = And((Test("Image", How.ENDS, "\\cmd.exe"), Not(Test("User", How.EQUALS, "system"))))
    (match,) = Matcher(plan_of([(7, rule)])).match(batch_of([{"Image": "C:\\cmd.exe", "User": "x"}]))
    assert (match.rule, match.rows.tolist(), match.fields) == (7, [0], [("image",)])


def test_expressions_without_a_text_to_look_for() -> None:
    patterns = [r"\s-k\s", r"[a-f0-9]{4,8}\.[a-z]", ".{30}", r":[^\\]", r"\w+`\w", "é$"]
    rules: list[Node] = [Test("f", How.REGEX, pattern) for pattern in patterns]
    first = [{"f": f"value {number} of many: plain"} for number in range(700)]
    texts = ("a -k b", "beef.x", "x" * 30, "c:d", "a`b", "café", "caf\né\n", "\x1c-k\x1c", "", "a\x0b-k\x0bb")
    second = [{"f": text} for text in texts]
    batches = [first, second, first + second]
    assert fast(rules, batches, False) == [slow(rules, batch) for batch in batches]
