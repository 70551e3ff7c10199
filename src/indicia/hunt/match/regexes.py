"""Regular expressions of strangers over many values, on an engine that never goes back.

RE2 takes time that grows with the text and with the expression, whatever they are. What it cannot say (a look ahead or behind,
a reference back), and a text that is long for an expression that is long, too, go to Python's `re` in a process apart, which
gives each value a moment.
"""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.apart import Stopped, Work, lent
from indicia.hunt.match import backtracking
from indicia.hunt.match.literals import Ints
from indicia.hunt.match.needs import least_width, required_characters
from indicia.hunt.rules.ir import Test
from indicia.hunt.rules.regex import LONGEST_VALUE, in_re2, weight

WORK = Work(backtracking.__file__, memory=512 << 20, seconds=5, clock=15.0)
_MOST_WORK = 30_000_000  # characters of the text times those of the expression: a third of a second where RE2 is at its slowest
_MOST_LATE = 3  # values for which an expression may be late before it is given up


class Expression:
    """One expression. `late` are the values that took the second engine too long, or came after those: they do not match."""

    def __init__(self, test: Test) -> None:
        self.late = 0
        self.pattern = test.value
        self._flags = test.flags
        self._strikes = 0
        self._quick = in_re2(test.value, test.flags)
        self._reach = _MOST_WORK // weight(test.value) if self._quick else -1  # bytes of a text that RE2 is given
        self._passes_line_feed = "$" in test.value and "m" not in test.flags

    def over(self, values: pa.StringArray) -> pa.BooleanArray:
        """Which values it matches; of a long one it sees the first LONGEST_VALUE characters."""
        if not len(values):
            return pa.array([], pa.bool_())
        if pc.max(pc.binary_length(values)).as_py() > LONGEST_VALUE:
            values = pc.utf8_slice_codeunits(values, 0, LONGEST_VALUE)
        far = pc.greater(pc.binary_length(values), self._reach).to_numpy(zero_copy_only=False)
        found = np.zeros(len(values), bool)
        for places, search in ((np.flatnonzero(~far), self._quickly), (np.flatnonzero(far), self._apart)):
            if len(places):
                found[places] = search(values.take(pa.array(places))).to_numpy(zero_copy_only=False)
        return pa.array(found)

    def _quickly(self, values: pa.StringArray) -> pa.BooleanArray:
        ascii, others = self._quick or ("", "")
        found = self._in_re2(values, ascii)
        is_ascii = pc.string_is_ascii(values)
        if ascii == others or pc.all(is_ascii).as_py():
            return found
        return pc.if_else(is_ascii, found, self._in_re2(values, others))

    def _in_re2(self, values: pa.StringArray, expression: str) -> pa.BooleanArray:
        found = pc.match_substring_regex(values, expression)
        if not self._passes_line_feed:
            return found
        # `$` is also the place before a line feed that ends the text.
        before = pc.match_substring_regex(pc.utf8_slice_codeunits(values, 0, -1), expression)
        return pc.or_(found, pc.and_(pc.ends_with(values, "\n"), before))

    def _apart(self, values: pa.StringArray) -> pa.BooleanArray:
        """The same in a process apart, one expression of one batch at a time."""
        texts = values.to_pylist()
        if self._strikes >= _MOST_LATE:
            self.late += len(texts)
            return pa.array([False] * len(texts), pa.bool_())
        given = b""
        try:
            with lent(WORK) as child:
                given = child.ask(json.dumps([self.pattern, self._flags, texts, _MOST_LATE - self._strikes]).encode())
        except Stopped:
            pass
        given = given.ljust(len(texts), backtracking.LATE)
        late = given.count(backtracking.LATE)
        self.late += late
        self._strikes += late
        return pa.array([answer == ord(backtracking.YES) for answer in given], pa.bool_())


class LonePattern:
    """An expression that holds no text worth looking for, by the id of its test: tried where length and characters allow it."""

    def __init__(self, index: int, test: Test, expression: Expression) -> None:
        self._index = index
        self._expression = expression
        self._width = least_width(test.value)
        self._characters = required_characters(test.value)

    def find(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        """The values that match, and the id of the test for each."""
        mask = pc.greater_equal(pc.binary_length(values), self._width)
        for text in self._characters:
            mask = pc.and_(mask, pc.match_substring(values, text))
        at = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        if len(at):
            at = at[self._expression.over(values.take(pa.array(at))).to_numpy(zero_copy_only=False)]
        return at, np.full(len(at), self._index, np.int64)
