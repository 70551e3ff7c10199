"""Regular expressions that hold no text worth looking for: tried where length and single characters allow it."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.match.factors import least_width, required_characters
from indicia.hunt.match.literals import Ints
from indicia.hunt.rules.ir import Test
from indicia.hunt.rules.regex import LONGEST_VALUE

__all__ = ["LonePattern", "found_in"]

_DIFFERENT = "[^\\x00-\\x7f]|[\n\x0b\x1c-\x1f]"  # where RE2 and `re` do not mean the same by \w, \s and $

_LONG = 100  # characters


def found_in(expression: re.Pattern[str], values: pa.StringArray) -> pa.BooleanArray:
    """Which values the expression matches, as Python's `re` has it."""
    search = expression.search
    return pa.array([search(text[:LONGEST_VALUE]) is not None for text in values.to_pylist()], pa.bool_())


class LonePattern:
    """One expression, by the id of its test.

    RE2, where it knows the expression, says which values are worth trying, and `re` decides. Asking for several expressions in
    one pass is no gain: the union of a few long repeats takes RE2 longer than all of them apart.
    """

    def __init__(self, index: int, test: Test, expression: re.Pattern[str]) -> None:
        self._index = index
        self._expression = expression
        self._width = least_width(test.value)
        self._characters = required_characters(test.value)
        self.quick = ""
        quick = f"(?{test.flags}){test.value}" if test.flags else test.value
        if self._width > _LONG:
            return  # few values are that long, and a repeat of many rounds costs RE2 more than trying them
        with contextlib.suppress(pa.ArrowInvalid):
            pc.match_substring_regex(pa.array([""]), quick)
            self.quick = quick

    def find(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        """The values that match, and the id of the test for each."""
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
