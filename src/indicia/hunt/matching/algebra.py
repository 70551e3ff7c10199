"""Rules as set algebra: the truth of a condition over many rows at a time, from the truth of its tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from indicia.hunt.rules.ir import And, Node, Not, Or, Same, Test

__all__ = ["Expression", "Mask", "TestTable", "needed", "rows_where", "some_of"]

Mask: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]
# ("t", test id) | ("n", expression) | ("a" or "o", expressions): the same tree, quick to walk
Expression: TypeAlias = tuple[str, "int | Expression | tuple[Expression, ...]"]


class TestTable:
    """Numbers every different test of a set of rules, so that equal tests of different rules are one."""

    def __init__(self) -> None:
        self.tests: list[Test | Same] = []
        self._ids: dict[Test | Same, int] = {}

    def number(self, test: Test | Same) -> int:
        """The id of a test; field names that differ in case alone are one field."""
        key = (
            Same(test.field.lower(), test.other.lower(), test.how)
            if isinstance(test, Same)
            else Test(test.field.lower(), test.how, test.value, test.cased, test.flags, test.parts)
        )
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.tests)
            self.tests.append(key)
        return found

    def expression(self, node: Node) -> Expression:
        """`node` over the ids of this table."""
        match node:
            case And() | Or():
                items = tuple(self.expression(item) for item in node.items)
                if len(items) == 1:
                    return items[0]
                return ("a" if isinstance(node, And) else "o", items)
            case Not():
                return ("n", self.expression(node.item))
        return ("t", self.number(node))


def rows_where(expression: Expression, truth: Mapping[int, Mask | bool], size: int) -> Mask | bool:
    """Where `expression` holds, given where each test does; a test that is not in `truth` holds nowhere."""
    kind, content = expression
    if kind == "t":
        return truth.get(content, False)  # type: ignore[arg-type]
    if kind == "n":
        inner = rows_where(content, truth, size)  # type: ignore[arg-type]
        return not inner if isinstance(inner, bool) else ~inner
    result: Mask | bool = kind == "a"
    for item in content:  # type: ignore[union-attr]
        value = rows_where(item, truth, size)  # type: ignore[arg-type]
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


def some_of(expression: Expression) -> frozenset[int] | None:
    """Tests of which at least one must hold wherever `expression` does; the smallest such set found, None if there is none."""
    kind, content = expression
    if kind == "t":
        return frozenset((content,))  # type: ignore[arg-type]
    if kind == "n":
        return None
    sets = [some_of(item) for item in content]  # type: ignore[union-attr, arg-type]
    if kind == "a":
        return min((found for found in sets if found is not None), key=len, default=None)
    if any(found is None for found in sets):
        return None
    return frozenset().union(*(found for found in sets if found is not None))


def needed(expression: Expression, of: Sequence[bool]) -> frozenset[int] | None:
    """As `some_of`, but only tests t with `of[t]` count: None when the expression can hold without any of them."""
    kind, content = expression
    if kind == "t":
        return frozenset((content,)) if of[content] else None  # type: ignore[arg-type, call-overload]
    if kind == "n":
        return None
    sets = [needed(item, of) for item in content]  # type: ignore[union-attr, arg-type]
    if kind == "a":
        return min((found for found in sets if found is not None), key=len, default=None)
    if any(found is None for found in sets):
        return None
    return frozenset().union(*(found for found in sets if found is not None))


def positive(expression: Expression) -> frozenset[int]:
    """The tests that stand under no negation: those that can make the expression true."""
    kind, content = expression
    if kind == "t":
        return frozenset((content,))  # type: ignore[arg-type]
    if kind == "n":
        return frozenset()
    return frozenset().union(*(positive(item) for item in content))  # type: ignore[union-attr, arg-type]
