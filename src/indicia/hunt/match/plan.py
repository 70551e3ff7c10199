"""Rules of one log family, numbered and taken apart as the matcher needs them: made once, kept on disk.

Every different test has one number, whichever rules ask it. A condition is a small expression over these numbers:
["t", number] | ["n", expression] | ["a" or "o", [expression, ...]].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from indicia.hunt.match.fieldplan import FieldPlan, field_plan
from indicia.hunt.names import SHOWN, field_key
from indicia.hunt.rules.ir import And, Node, Not, Or, Same, Test, tests_of

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
