"""Rules of one log family, numbered and taken apart as the matcher needs them: made once, kept on disk.

Every different test has one number, whichever rules ask it. A condition is a small expression over these numbers:
["t", number] | ["n", expression] | ["a" or "o", [expression, ...]].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np

from indicia.hunt.match.needs import required_texts
from indicia.hunt.names import SHOWN, field_key
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, tests_of

SEPARATOR = "\x01"  # stands around each value where all are sought at once
_SHORT = 1  # bytes: literals that short are everywhere, and cheaper to ask for one by one
_ONE_BY_ONE = (How.CIDR, How.TIME_PART, How.LESS, How.AT_MOST, How.GREATER, How.AT_LEAST)


class Want(msgspec.Struct, frozen=True, array_like=True):
    """A test that needs one of some literals (by number), and then, where there is one, the check by its own text."""

    test: int
    literals: tuple[int, ...]
    check: Test | None = None


class FieldPlan(msgspec.Struct, frozen=True, array_like=True):
    """All tests of one field, by their numbers."""

    on_missing: tuple[int, ...] = ()  # tests for null
    on_present: tuple[int, ...] = ()  # tests for existence
    equals: dict[str, int] = {}
    literals: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()
    wanting: tuple[tuple[int, ...], ...] = ()  # for each literal, the wants that need it
    folded: tuple[tuple[int, Test], ...] = ()  # asked one by one of folded values
    cased: tuple[tuple[int, Test], ...] = ()  # asked one by one of values as they are
    patterns: tuple[tuple[int, Test], ...] = ()  # expressions that need no literal
    slowly: tuple[tuple[int, Test], ...] = ()  # asked of one value at a time


def field_plan(tests: Sequence[tuple[int, Test]]) -> FieldPlan:
    """The plan for the tests of one field."""
    return _Sorter().sorted(tests)


class _Sorter:
    def __init__(self) -> None:
        self._literals: dict[str, int] = {}
        self._wants: list[Want] = []
        self._equals: dict[str, int] = {}
        self._rest: dict[str, list[tuple[int, Test]]] = {"folded": [], "cased": [], "patterns": [], "slowly": []}

    def sorted(self, tests: Sequence[tuple[int, Test]]) -> FieldPlan:
        for index, test in tests:
            if test.how not in (How.NULL, How.EXISTS):
                self._sort_in(index, test)
        wanting: list[list[int]] = [[] for _ in self._literals]
        for number, want in enumerate(self._wants):
            for literal in want.literals:
                wanting[literal].append(number)
        return FieldPlan(
            on_missing=tuple(index for index, test in tests if test.how is How.NULL),
            on_present=tuple(index for index, test in tests if test.how is How.EXISTS),
            equals=self._equals,
            literals=tuple(self._literals),
            wants=tuple(self._wants),
            wanting=tuple(map(tuple, wanting)),
            **{name: tuple(found) for name, found in self._rest.items()},
        )

    def _sort_in(self, index: int, test: Test) -> None:
        if test.how in _ONE_BY_ONE:
            self._rest["slowly"].append((index, test))
        elif test.how is How.REGEX:
            required = required_texts(test.value)
            if required is None:
                self._rest["patterns"].append((index, test))
            else:
                self._wants.append(Want(index, tuple(self._literal(text) for text in sorted(required)), test))
        elif test.cased:
            self._rest["cased"].append((index, test))
        elif test.how is How.EQUALS:
            self._equals[test.value] = index
        elif test.how is How.WILD:
            texts = [part for part in test.parts if isinstance(part, str) and len(part.encode()) > _SHORT]
            if texts:
                # The longest alone: the others are everywhere more often than not, and the check asks for them anyway.
                self._wants.append(Want(index, (self._literal(max(texts, key=len)),), test))
            else:
                self._rest["folded"].append((index, test))
        elif len(test.value.encode()) <= _SHORT or SEPARATOR in test.value:
            self._rest["folded"].append((index, test))
        else:
            starts, ends = test.how is How.STARTS, test.how is How.ENDS
            literal = f"{SEPARATOR if starts else ''}{test.value}{SEPARATOR if ends else ''}"
            self._wants.append(Want(index, (self._literal(literal),)))

    def _literal(self, text: str) -> int:
        return self._literals.setdefault(text, len(self._literals))


# Fields that say what kind of event it is; rows are parted by them before anything else.
GUARDS = (
    "eventid",
    "channel",
    "provider_name",
    "type",
    "_path",
    SHOWN,
    "actiontype",
    "event.category",
)  # the most telling first
Expression: TypeAlias = Any  # nested lists, as above: quick to walk, and to read from disk


class PlanRule(msgspec.Struct, array_like=True, frozen=True):
    """One rule. Wherever it holds, one of the tests in `anchor` holds (None: nothing is known) and one of each set in `guards`.

    `positive` are the tests that stand under no negation, `same` those that compare two fields.
    """

    rule: int
    expression: Expression
    fields: tuple[str, ...]
    anchor: frozenset[int] | None
    guards: tuple[frozenset[int], ...]
    positive: frozenset[int]
    same: tuple[int, ...]

    def tests(self) -> Iterator[int]:
        """The numbers of all tests in it."""
        waiting = [self.expression]
        while waiting:
            kind, content = waiting.pop()
            if kind == "t":
                yield content
            elif kind == "n":
                waiting.append(content)
            else:
                waiting += content


class Plan(msgspec.Struct, array_like=True, frozen=True):
    """All rules of one family over one table of tests; the field names in it are in lower case.

    `field_of` gives the number in `names` of each test's field (of the first, where it compares two). What is asked of a field
    is read when that field is first met: few are met in any one log.
    """

    rules: tuple[PlanRule, ...] = ()
    names: tuple[str, ...] = ()
    field_of: tuple[int, ...] = ()
    same: dict[int, Same] = {}
    keywords: tuple[tuple[int, Test], ...] = ()
    asked: dict[str, msgspec.Raw] = {}

    @property
    def fields(self) -> frozenset[str]:
        """All fields that a rule asks for; "" when one asks for any value."""
        return frozenset({*self.names, *(test.other for test in self.same.values())})

    def field(self, test: int) -> str:
        """The name of the field that a test is about."""
        return self.names[self.field_of[test]]

    def of_field(self, name: str) -> FieldPlan:
        """What is asked of a field."""
        return msgspec.msgpack.decode(self.asked[name], type=FieldPlan)


class _Tests:
    def __init__(self) -> None:
        self.all: list[Test | Same] = []
        self._numbers: dict[Test | Same, int] = {}

    def number(self, test: Test | Same) -> int:
        """The number of a test; field names that differ in case alone are one field."""
        if isinstance(test, Same):
            key: Test | Same = Same(field_key(test.field), field_key(test.other), test.how)
        else:
            key = Test(field_key(test.field), test.how, test.value, test.cased, test.flags, test.parts)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.all)
            self.all.append(key)
        return found

    def expression(self, node: Node) -> Expression:
        """`node` over the numbers of this table."""
        match node:
            case And() | Or():
                items = [self.expression(item) for item in node.items]
                return items[0] if len(items) == 1 else ["a" if isinstance(node, And) else "o", items]
            case Not():
                return ["n", self.expression(node.item)]
        return ["t", self.number(node)]


def plan_of(conditions: Iterable[tuple[int, Node]]) -> Plan:
    """The plan for some (number of the rule, its condition)."""
    table = _Tests()
    rules = []
    for rule, node in conditions:
        expression = table.expression(node)
        leaves = list(tests_of(node))
        fields = {field_key(leaf.field) for leaf in leaves if isinstance(leaf, Test)}
        same = tuple(sorted({table.number(leaf) for leaf in leaves if isinstance(leaf, Same)}))
        guards = []
        for name in GUARDS:
            found = _needed(expression, table.all, name) if name in fields else None
            if found:
                guards.append(found)
        anchor = _needed(expression, table.all, None)
        rules.append(PlanRule(rule, expression, tuple(sorted(fields)), anchor, tuple(guards), _positive(expression), same))
    return _planned(rules, table.all)


def _planned(rules: Sequence[PlanRule], tests: Sequence[Test | Same]) -> Plan:
    numbers: dict[str, int] = {}
    by_field: dict[str, list[tuple[int, Test]]] = {}
    for index, test in enumerate(tests):
        numbers.setdefault(test.field, len(numbers))
        if isinstance(test, Test):
            by_field.setdefault(test.field, []).append((index, test))
    return Plan(
        rules=tuple(rules),
        names=tuple(numbers),
        field_of=tuple(numbers[test.field] for test in tests),
        same={index: test for index, test in enumerate(tests) if isinstance(test, Same)},
        keywords=tuple(by_field.get("", ())),
        asked={name: msgspec.Raw(msgspec.msgpack.encode(field_plan(some))) for name, some in by_field.items()},
    )


def _needed(expression: Expression, tests: Sequence[Test | Same], field: str | None) -> frozenset[int] | None:
    """Tests (of `field`, or of any) of which one must hold wherever the expression does; None if it can hold without."""
    kind, content = expression
    if kind == "t":
        test = tests[content]
        return frozenset((content,)) if field is None or (isinstance(test, Test) and test.field == field) else None
    if kind == "n":
        return None
    sets = [_needed(item, tests, field) for item in content]
    if kind == "a":
        return min((found for found in sets if found is not None), key=len, default=None)
    known = [found for found in sets if found is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _positive(expression: Expression) -> frozenset[int]:
    kind, content = expression
    if kind == "t":
        return frozenset((content,))
    if kind == "n":
        return frozenset()
    return frozenset().union(*(_positive(item) for item in content))


Mask: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


def rows_where(expression: Expression, truth: Mapping[int, Mask | bool]) -> Mask | bool:
    """Where `expression` holds, given where each test does; a test that is not in `truth` holds nowhere."""
    kind, content = expression
    if kind == "t":
        return truth.get(content, False)
    if kind == "n":
        inner = rows_where(content, truth)
        return not inner if isinstance(inner, bool) else ~inner
    result: Mask | bool = kind == "a"
    for item in content:
        value = rows_where(item, truth)
        if isinstance(value, bool):
            if value == (kind == "o"):
                return value
            continue
        if isinstance(result, bool):
            result = value
        elif kind == "a":
            result = result & value
        else:
            result = result | value
        if kind == "a" and not result.any():
            return False
    return result
