"""Passing lines over changes nothing: what is matched, counted and told is the same as when every line is taken apart."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indicia.hunt.logs.formats import delimited
from indicia.hunt.logs.formats import lines as lines_module
from indicia.hunt.logs.formats.base import LogInput, Wanted
from indicia.hunt.logs.formats.delimited import read_rows
from indicia.hunt.logs.formats.directives import DirectiveLog, read_directive_logs
from indicia.hunt.logs.formats.lines import LineBlock, block_of, line_blocks
from indicia.hunt.match.matcher import Matcher
from indicia.hunt.match.needs import LineForm
from indicia.hunt.match.plan import plan_of
from indicia.hunt.match.telling import LineFilter
from indicia.hunt.names import JOINED_URI
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Test
from indicia.hunt.sight.indicators import IndicatorSought, Sweep
from indicia.records import Problem
from tests.hunt.strategies import ALPHABET, FIELDS, conditions, words

NAMES = ("DateTime", "Stem", "Query", *FIELDS[:4])
COMMAS = DirectiveLog("test", "test", ",", True, ("DateTime",), (), uri=("Stem", "Query"), message="Message")
BLANKS = DirectiveLog("test", "test", " ", False, ("date", "time"), (), uri=("Stem", "Query"))
moments = st.sampled_from(
    ["2021-03-03T06:48:02.123Z", "2021-03-03T23:59:59.999Z", "2020-02-29T00:00:00.000Z", "2021-02-29T00:00:00.000Z"]
)
odd_moments = st.sampled_from(["2021-03-03T06:48:60.000Z", "2021-13-03T06:48:02.000Z", "2021-03-03 06:48:02Z", "", "-", "aB"])
plain = st.text("aAbB.\\/*?'1k=", max_size=5)
quoted = st.text(ALPHABET.replace("\n", "").replace("\x01", "") + ",", max_size=5).map(
    lambda text: f'"{text.replace(chr(34), chr(34) * 2)}"'
)
askew = st.text('ab",', max_size=6)
cells = st.one_of(plain, plain, plain, plain, quoted, askew, words.map(lambda text: text.replace("\n", "")))
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\r \n"])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """One line of commas, most often with all its fields, sometimes with whatever."""
    count = len(NAMES) - 1 + draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 256]))
    cell = cells if draw(st.integers(0, 7)) == 0 else draw(st.sampled_from([plain, st.one_of(plain, quoted)]))
    time = draw(st.one_of(moments, moments, moments, odd_moments))
    return ",".join([time, *(draw(cell) for _ in range(count))]) + draw(ends)


one_test = st.builds(
    Test,
    st.sampled_from([*NAMES[1:4], JOINED_URI]),
    st.sampled_from([How.EQUALS, How.CONTAINS, How.STARTS, How.ENDS]),
    st.text('aAb",/', min_size=1, max_size=3).map(str.lower),
)
rules = st.lists(
    st.one_of(
        conditions,
        st.builds(lambda one, other: And((one, other)), conditions, conditions),
        st.builds(lambda one, other: And((one, other)), one_test, one_test),
        st.sampled_from(
            [
                Test(JOINED_URI, How.CONTAINS, "a?b"),
                Test(JOINED_URI, How.ENDS, "b?"),
                Test("Stem", How.CONTAINS, 'a"b'),
                Test("Message", How.CONTAINS, "b,a"),
                And((Test("Stem", How.EXISTS), Test("Query", How.ENDS, "a"))),
                Or((Test("Absent", How.NULL), Test("Query", How.ENDS, "a"))),
                Not(Test("Absent", How.EXISTS)),
            ]
        ),
    ),
    min_size=1,
    max_size=4,
)
sought = st.lists(st.sampled_from(["a.b.", "abab", "1k1k", 'a"b"'])).map(
    lambda values: [IndicatorSought(type="tool", value=value) for value in values]
)


def outcome(data: bytes, kind: DirectiveLog, nodes: list[Node], sweep: Sweep, passing: bool) -> dict[str, Any]:
    """What is matched where, what is counted, and what is told."""
    matcher = Matcher(plan_of(enumerate(nodes)))
    wanted = Wanted(matcher.fields)
    filters: dict[LineForm, LineFilter] = {}
    if passing:

        def telling(form: LineForm) -> LineFilter:
            return filters.setdefault(form, LineFilter(nodes, form, sweep.scanner if len(sweep) else None))

        wanted.telling = telling
    times: Counter[int] = Counter()
    matched: list[Any] = []
    problems: list[Any] = []
    passed = 0
    for item in read_directive_logs([LogInput("x.log", lambda: BytesIO(data), len(data))], wanted, kind):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        times.update(item.times.tolist())
        if item.others is not None:
            times.update(item.others.tolist())
            passed += len(item.others)
        for match in matcher.match(item):
            matched += [
                (match.rule, item.event(row), fields) for row, fields in zip(match.rows.tolist(), match.fields, strict=True)
            ]
        matched += [("indicator", hit.indicator, item.event(hit.row)) for hit in sweep.find(item)]
    return {"matched": matched, "times": times, "problems": problems, "passed": passed}


def same(data: bytes, kind: DirectiveLog, nodes: list[Node], indicators: list[IndicatorSought] | None = None) -> int:
    sweep = Sweep(indicators or [])
    every, some = (outcome(data, kind, nodes, sweep, passing) for passing in (False, True))
    assert every.pop("passed") == 0
    passed = int(some.pop("passed"))
    assert some == every
    return passed


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines(), max_size=12).map("".join), rules, sought, st.booleans())
@example('2021-03-03T06:48:02.123Z,a,b,"x,""y,z,1\n' * 3, [Test("Image", How.CONTAINS, "x,y")], [], False)
@example("2021-03-03T06:48:02.123Z,a,b,\u212a,y,z,1\n" * 3, [Test("Image", How.CONTAINS, "k")], [], False)
@example("2021-03-03T06:48:02.123Z,xa,by,,,,\n" * 3, [Test(JOINED_URI, How.CONTAINS, "a?b")], [], False)
def test_nothing_changes(text: str, nodes: list[Node], indicators: list[IndicatorSought], whole: bool) -> None:
    data = f"#Fields: {','.join(NAMES)}\n{text}".encode()
    same(data if whole else data.rstrip(b"\r\n"), COMMAS, nodes, indicators)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.one_of(moments, odd_moments), st.lists(plain, min_size=5, max_size=7), ends), max_size=12), rules)
def test_nothing_changes_with_blanks(rows: list[tuple[str, list[str], str]], nodes: list[Node]) -> None:
    text = "".join(" ".join([time.replace("T", " ").replace(".000Z", ""), *row]) + end for time, row, end in rows)
    same(f"#Fields: date time {' '.join(NAMES[1:])}\n{text}".encode(), BLANKS, nodes)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines(), max_size=12).map("".join), st.booleans())
def test_few_lines_are_read_like_many(text: str, rfc: bool) -> None:
    block = block_of(text.encode(), 1)
    every = np.arange(len(block.starts))
    found = []
    for few in (0, 64):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "FEW", few)
            rows = read_rows(block, every, NAMES, delimiter=",", quoted=rfc, wanted=NAMES[1:], plain=NAMES[:2])
        columns = {name: [column.text(row) for row in range(len(rows.lines))] for name, column in rows.columns.items()}
        plain = {name: values.to_pylist() for name, values in rows.plain.items()}
        found.append((columns, plain, rows.lines.tolist(), rows.ragged + rows.unbalanced))
    assert found[0] == found[1]


@given(st.text("ab\n\r\0é", max_size=80), st.integers(1, 9), st.integers(0, 80))
def test_lines_do_not_depend_on_how_they_are_read(text: str, size: int, length: int) -> None:
    data = text.encode()
    assert read_lines(data, size, length) == read_lines(data, 1 << 20, length)


@given(st.text("ab\n\r", max_size=80), st.integers(1, 9))
def test_a_long_line_is_left_out_wherever_it_stands(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "LONGEST_LINE", 10)
        found = [read_lines(text.encode(), each, 80) for each in (size, 1 << 20)]
    lines = enumerate((line.removesuffix("\r"), len(line)) for line in text.split("\n"))
    short = {(number + 3, line) for number, (line, length) in lines if length <= 10 and line}
    assert {each for each in found[0] if each[1]} == {each for each in found[1] if each[1]} == short


def read_lines(data: bytes, size: int, length: int) -> list[tuple[int, str]]:
    """The numbered lines of the first bytes, read so many bytes at a time; the first is the third."""
    blocks = [block for block in line_blocks(BytesIO(data), "x", 3, length, size) if isinstance(block, LineBlock)]
    return [(block.first + number, block.line(number)) for block in blocks for number in every(block)]


def every(block: LineBlock) -> range:
    return range(len(block.starts))


def test_most_lines_are_passed_over() -> None:
    line = '2021-03-03T06:48:02.123Z,/owa/,x=1,"agent, of ""many"" words",GET,1,\n'
    data = (f"#Fields: {','.join(NAMES)}\n" + line * 50 + line.replace("/owa/", "/ecp/y.js") + line * 50).encode()
    rule = And((Test("CommandLine", How.EQUALS, "get"), Test("Stem", How.STARTS, "/ecp/"), Test("Query", How.CONTAINS, "1")))
    assert same(data, COMMAS, [rule]) == 100
    assert same(data, COMMAS, [rule, Test("Query", How.NULL)]) == 0  # nothing tells where that can be true
    assert same(data, COMMAS, [Test("Absent", How.EQUALS, "x")]) == 101
