"""Regular expressions over many values. Python's `re` decides; hyperscan, where it is there, only says where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from indicia.hunt.matching.literals import Ints, hyperscan_database, hyperscan_is_there
from indicia.hunt.rules.cache import key_of, load, store
from indicia.hunt.rules.ir import Test
from indicia.hunt.rules.regex import LONGEST_VALUE, compiled

__all__ = ["RegexScanner"]


class RegexScanner:
    """The expressions of one field, tried on all its distinct values."""

    def __init__(self, tests: Sequence[tuple[int, Test]], *, hyperscan: bool | None = None) -> None:
        self._expressions = [(index, compiled(test.value, test.flags)) for index, test in tests]
        self._database: Any = None
        self._filtered: list[int] = []  # positions in _expressions that the database knows
        if tests and (hyperscan_is_there() if hyperscan is None else hyperscan):
            self._compile([test for _, test in tests])

    def _compile(self, tests: Sequence[Test]) -> None:
        """A database of those that hyperscan knows; the others (lookaround, too large, not ASCII) are left to `re` alone."""
        import hyperscan as engine

        flags = [_flags_of(test, engine) for test in tests]
        name = f"{key_of((test.flags, test.value.encode('utf-8', 'surrogatepass')) for test in tests)}.known"
        known = load(name, list[int])
        if known is None:
            known = [position for position, test in enumerate(tests) if _is_known(test, flags[position], engine)]
            store(name, known)
        if known:
            expressions = [tests[position].value.encode() for position in known]
            self._database = hyperscan_database(expressions, [flags[position] for position in known], literal=False)
            self._filtered = known

    def find(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        """Every (index of the value, index of the test) that matches."""
        if not self._expressions:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        where: list[int] = []
        which: list[int] = []
        texts = values.to_pylist()
        filtered = frozenset(self._filtered)
        others = [pair for position, pair in enumerate(self._expressions) if position not in filtered]
        for number, text in enumerate(texts):
            plain = self._database is not None and _is_plain(text)
            candidates = others + self._candidates(text) if plain else self._expressions
            for index, expression in candidates:
                if expression.search(text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE]):
                    where.append(number)
                    which.append(index)
        return np.array(where, np.int64), np.array(which, np.int64)

    def _candidates(self, text: str) -> list[tuple[int, Any]]:
        found: list[int] = []
        self._database.scan(text.encode(), match_event_handler=lambda number, *_: found.append(number))
        return [self._expressions[self._filtered[number]] for number in found]


def _flags_of(test: Test, engine: Any) -> int:
    flags = engine.HS_FLAG_SINGLEMATCH | engine.HS_FLAG_ALLOWEMPTY
    for letter, flag in (("i", engine.HS_FLAG_CASELESS), ("m", engine.HS_FLAG_MULTILINE), ("s", engine.HS_FLAG_DOTALL)):
        flags |= flag if letter in test.flags else 0
    return int(flags)


def _is_known(test: Test, flags: int, engine: Any) -> bool:
    if not test.value.isascii():
        return False
    try:
        engine.Database().compile(expressions=[test.value.encode()], ids=[0], flags=[flags])
    except engine.error:
        return False
    return True


def _is_plain(text: str) -> bool:
    """Whether hyperscan and `re` mean the same characters by \\w, \\s and case in it, and see all of it."""
    return text.isascii() and len(text) <= LONGEST_VALUE and not any(control in text for control in "\x0b\x1c\x1d\x1e\x1f\x85")
