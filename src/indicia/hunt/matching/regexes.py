"""Regular expressions over many values. Python's `re` decides; hyperscan, where it is there, only says where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from indicia.hunt.matching.literals import Ints, hyperscan_is_there
from indicia.hunt.rules.ir import Test
from indicia.hunt.rules.regex import LONGEST_VALUE, compiled

__all__ = ["RegexScanner"]

_SEPARATOR = b"\n"


class RegexScanner:
    """The expressions of one field, tried on all its distinct values."""

    def __init__(self, tests: Sequence[tuple[int, Test]], *, hyperscan: bool | None = None) -> None:
        self._expressions = [(index, compiled(test.value, test.flags)) for index, test in tests]
        self._database: Any = None
        self._filtered: list[int] = []  # positions in _expressions that the database knows
        if tests and (hyperscan_is_there() if hyperscan is None else hyperscan):
            self._compile([test for _, test in tests])

    def _compile(self, tests: Sequence[Test]) -> None:
        import hyperscan as engine

        known = []
        for position, test in enumerate(tests):
            flags = engine.HS_FLAG_SINGLEMATCH | engine.HS_FLAG_ALLOWEMPTY
            flags |= engine.HS_FLAG_CASELESS if "i" in test.flags else 0
            flags |= engine.HS_FLAG_MULTILINE if "m" in test.flags else 0
            flags |= engine.HS_FLAG_DOTALL if "s" in test.flags else 0
            try:
                expression = test.value.encode("ascii")
                engine.Database().compile(expressions=[expression], ids=[0], flags=[flags])
            except (UnicodeEncodeError, engine.error):
                continue  # lookaround, back references, too large, not ASCII: `re` alone
            known.append((position, expression, flags))
        if known:
            self._database = engine.Database()
            self._database.compile(
                expressions=[expression for _, expression, _ in known],
                ids=[position for position, _, _ in known],
                flags=[flags for _, _, flags in known],
            )
            self._filtered = [position for position, _, _ in known]

    def find(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        """Every (index of the value, index of the test) that matches."""
        if not self._expressions:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        where: list[int] = []
        which: list[int] = []
        texts = values.to_pylist()
        filtered = set(self._filtered)
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
        self._database.scan(text.encode(), match_event_handler=lambda position, *_: found.append(position))
        return [self._expressions[position] for position in found]


def _is_plain(text: str) -> bool:
    """Whether hyperscan and `re` mean the same characters by \\w, \\s and case in it, and see all of it."""
    return text.isascii() and len(text) <= LONGEST_VALUE and not any(control in text for control in "\x0b\x1c\x1d\x1e\x1f\x85")
