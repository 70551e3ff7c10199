"""The tests of one field, each put where it costs least to ask: worked out once, kept on disk with the rules."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from indicia.hunt.match.factors import required_texts
from indicia.hunt.rules.ir import How, Test

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
