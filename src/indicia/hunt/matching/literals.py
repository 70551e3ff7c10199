"""Many literals in one text at a time."""

from __future__ import annotations

import importlib.util
import os
from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias

import ahocorasick_rs
import numpy as np

__all__ = ["Ints", "LiteralScanner", "hyperscan_is_there"]

Ints: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


def hyperscan_is_there() -> bool:
    """Whether hyperscan can be used; INDICIA_HYPERSCAN=off switches it off (the results are the same, only slower)."""
    return os.environ.get("INDICIA_HYPERSCAN") != "off" and importlib.util.find_spec("hyperscan") is not None


class LiteralScanner:
    """Finds any number of byte strings, overlaps included. Made once, used for many texts."""

    def __init__(self, literals: Sequence[bytes], *, hyperscan: bool | None = None) -> None:
        self.literals = tuple(literals)
        self._database: Any = None
        self._automaton: Any = None
        if not self.literals:
            return
        if hyperscan_is_there() if hyperscan is None else hyperscan:
            import hyperscan as engine

            self._database = engine.Database()
            self._database.compile(
                expressions=list(self.literals),
                ids=list(range(len(self.literals))),
                flags=[0] * len(self.literals),
                literal=True,
            )
        else:
            self._automaton = ahocorasick_rs.BytesAhoCorasick(list(self.literals))

    def find(self, text: bytes) -> tuple[Ints, Ints]:
        """Every occurrence as (index of the literal, offset of its end), in no particular order."""
        if self._database is not None:
            found = array("q")
            extend = found.extend

            def note(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
                extend((index, end))

            self._database.scan(text, match_event_handler=note)
            pairs = np.frombuffer(found, np.int64).reshape(-1, 2) if found else np.empty((0, 2), np.int64)
            return pairs[:, 0], pairs[:, 1]
        if self._automaton is not None:
            triples = self._automaton.find_matches_as_indexes(text, overlapping=True)
            if triples:
                table = np.array(triples, dtype=np.int64)
                return table[:, 0], table[:, 2]
        empty = np.empty(0, np.int64)
        return empty, empty
