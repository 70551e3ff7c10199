"""Regular expressions that hold no text worth looking for: tried where length and single characters allow it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.matching.factors import least_width, required_characters
from indicia.hunt.matching.literals import Ints
from indicia.hunt.rules.ir import Test
from indicia.hunt.rules.regex import LONGEST_VALUE

__all__ = ["LonePatterns", "found_in"]

_DIFFERENT = "[^\\x00-\\x7f]|[\n\x0b\x1c-\x1f]"  # where RE2 and `re` do not mean the same by \w, \s and $


def found_in(expression: re.Pattern[str], values: pa.StringArray) -> pa.BooleanArray:
    """Which values the expression matches, as Python's `re` has it."""
    search = expression.search
    return pa.array([search(text[:LONGEST_VALUE]) is not None for text in values.to_pylist()], pa.bool_())


class LonePatterns:
    """The expressions of one field, by the ids of their tests.

    RE2, where it knows an expression, says which values are worth trying, and `re` decides. Those that few values match are
    asked together, in one pass; the first batch tells which they are.
    """

    def __init__(self, patterns: Sequence[tuple[int, Test, re.Pattern[str]]]) -> None:
        self._all = [_LonePattern(*pattern) for pattern in patterns]
        self._rare: list[_LonePattern] | None = None
        self._together = ""

    def find(self, values: pa.StringArray) -> list[tuple[Ints, Ints]]:
        """(values that match, id of the test for each), by expression."""
        if self._rare is None:
            return self._first(values)
        found = [pattern.find(values) for pattern in self._all if pattern not in self._rare]
        if self._rare:
            worth = pc.or_(pc.match_substring_regex(values, self._together), pc.match_substring_regex(values, _DIFFERENT))
            at = np.flatnonzero(worth.to_numpy(zero_copy_only=False))
            if len(at):
                some = values.take(pa.array(at))
                found += [(at[where], which) for where, which in (pattern.find(some) for pattern in self._rare)]
        return found

    def _first(self, values: pa.StringArray) -> list[tuple[Ints, Ints]]:
        found = [pattern.find(values) for pattern in self._all]
        if len(values) >= _ENOUGH:
            few = len(values) // 50
            rare = [pattern for pattern, (at, _) in zip(self._all, found, strict=True) if pattern.quick and len(at) <= few]
            together = "|".join(f"(?:{pattern.quick})" for pattern in rare)
            self._rare = []
            with contextlib.suppress(pa.ArrowInvalid):  # too large for RE2: one by one, then
                if len(rare) > 1:
                    pc.match_substring_regex(pa.array([""]), together)
                    self._rare, self._together = rare, together
        return found


_ENOUGH = 500  # values that tell which expressions are rare


class _LonePattern:
    def __init__(self, index: int, test: Test, expression: re.Pattern[str]) -> None:
        self._index = index
        self._expression = expression
        self._width = least_width(test.value)
        self._characters = required_characters(test.value)
        self.quick = ""
        quick = f"(?{test.flags}){test.value}" if test.flags else test.value
        with contextlib.suppress(pa.ArrowInvalid):
            pc.match_substring_regex(pa.array([""]), quick)
            self.quick = quick

    def find(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        mask = pc.greater_equal(pc.binary_length(values), self._width)
        for text in self._characters:
            mask = pc.and_(mask, pc.match_substring(values, text))
        at = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        if len(at) and self.quick:
            some = values.take(pa.array(at))
            worth = pc.or_(pc.match_substring_regex(some, self.quick), pc.match_substring_regex(some, _DIFFERENT))
            at = at[worth.to_numpy(zero_copy_only=False)]
        if len(at):
            at = at[found_in(self._expression, values.take(pa.array(at))).to_numpy(zero_copy_only=False)]
        return at, np.full(len(at), self._index, np.int64)
