"""An expression of a stranger costs no more than a moment, whatever text it meets; and means what it says."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indicia.errors import RuleError
from indicia.hunt.match.reference import holds
from indicia.hunt.match.regexes import Expression
from indicia.hunt.rules.ir import How, Test, Wild
from indicia.hunt.rules.regex import check_regex

EVIL: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[2] / "cases/hunt/evil_expressions.yml").read_text("utf-8"))
LENGTHS = (60, 8_000, 40_000)  # of the text: enough for exponential, for cubic and for quadratic work
MOST = 2.0  # seconds of the processor for one value


def found(expression: Expression, *values: str) -> list[bool]:
    answer: list[bool] = expression.over(pa.array(values, pa.string())).to_pylist()
    return answer


@pytest.mark.parametrize("evil", EVIL, ids=lambda each: each["pattern"])
@pytest.mark.parametrize("size", LENGTHS)
def test_no_expression_takes_long(evil: dict[str, Any], size: int) -> None:
    text = evil["piece"] * (size // len(evil["piece"])) + evil["end"]
    check_regex(evil["pattern"], "")
    expression = Expression(Test("f", How.REGEX, evil["pattern"]))
    for value in (text, text + " é"):  # what another engine would be needed for
        before, wall = time.process_time(), time.monotonic()
        answer = found(expression, value)
        assert time.process_time() - before < MOST
        assert time.monotonic() - wall < 20, "the process apart has a clock of its own"
        if "matches" in evil and value is text and size < 30_000:
            assert answer == [evil["matches"]]


def test_what_took_too_long_is_counted() -> None:
    expression = Expression(Test("f", How.REGEX, r"(?=.*a)(.*a)(.*a)(.*a)(.*a)(.*a)x"))
    assert found(expression, "a" * 8_000, "aaaaaaax", "b") == [False, True, False]
    assert expression.late == 1


def test_an_expression_that_is_always_late_is_given_up() -> None:
    expression = Expression(Test("f", How.REGEX, r"(?=.*a)(.*a)(.*a)(.*a)(.*a)(.*a)x"))
    wall = time.monotonic()
    assert not any(found(expression, *(f"{number}{'a' * 8_000}" for number in range(200))))
    assert expression.late == 200 and time.monotonic() - wall < 15


@pytest.mark.parametrize("pattern", [r"(a+)+\1", "(?=(a+)+b)c", "x" * 5_000])
def test_what_no_engine_can_bear_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError):
        check_regex(pattern, "")


PIECES = (
    "a",
    "é",
    "ß",
    ".",
    "[a-c]",
    r"\w",
    r"\d",
    r"\s",
    r"\W",
    r"[\w.]",
    "[^a]",
    "(?:a|b)",
    "b?",
    "1*",
    "a+",
    r"\S{1,3}",
    "k",
)
patterns = st.tuples(
    st.sampled_from(["", "^"]),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join),
    st.sampled_from(["", "$"]),
).map("".join)


@given(patterns, st.sampled_from(["", "i", "m", "s"]), st.lists(st.text("aAbB1é \n\u3000ßKk٣.", max_size=8), max_size=5))
def test_the_engine_and_re_mean_the_same(pattern: str, flags: str, values: list[str]) -> None:
    expected = re.compile(f"(?{flags}){pattern}" if flags else pattern)
    expression = Expression(Test("f", How.REGEX, pattern, flags=flags))
    assert found(expression, *values) == [expected.search(value) is not None for value in values]


def test_wildcards_cost_no_more_than_the_text_is_long() -> None:
    parts = tuple(part for _ in range(20) for part in (Wild.MANY, "a"))
    before = time.process_time()
    assert not holds(Test("f", How.WILD, parts=(*parts, "b"), cased=True), "a" * 8_000)
    assert holds(Test("f", How.WILD, parts=(*parts, Wild.ONE, "b"), cased=True), "a" * 8_000 + "cb")
    assert time.process_time() - before < MOST
