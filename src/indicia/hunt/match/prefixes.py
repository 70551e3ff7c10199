"""Hundreds of thousands of literals in one text: looked up by their first eight bytes.

An automaton for a million literals takes a gigabyte and most of a minute to make. Here eight bytes at each place of the text
are one number, and two tables say whether any literal may begin with it; what they let through is compared. Texts in which most
places begin like some literal are slow, but no place costs more than one comparison for each length that begins so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

__all__ = ["KEY", "PrefixScanner"]

KEY = 8  # bytes
_BITS = 24  # of a place in a table: 16 MB each, and of a million literals one place in 300 of a text that has none
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))  # odd, and without a pattern (xxHash's)


class PrefixScanner:
    """Finds byte strings of at least KEY bytes, overlaps included. Made once, used for many texts."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        """Raises: ValueError for a literal that is too short."""
        if any(len(literal) < KEY for literal in literals):
            raise ValueError(f"a literal is shorter than {KEY} bytes")
        order = sorted(range(len(literals)), key=literals.__getitem__)
        self._sorted = [literals[number] for number in order]
        self._order = np.array(order, np.int64)
        firsts = np.frombuffer(b"".join(literal[:KEY] for literal in self._sorted), np.uint64)
        lengths = np.fromiter(map(len, self._sorted), np.int64, len(self._sorted))
        # Of each beginning the lengths of what begins so, each once, one beginning after the other.
        by_first = np.lexsort((lengths, firsts))
        firsts, lengths = firsts[by_first], lengths[by_first]
        new = np.ones(len(firsts), bool)
        new[1:] = (firsts[1:] != firsts[:-1]) | (lengths[1:] != lengths[:-1])
        self._lengths = lengths[new]
        self._firsts, self._at = np.unique(firsts[new], return_index=True)
        self._at = np.append(self._at, len(self._lengths))
        self._tables = [np.zeros(1 << _BITS, bool) for _ in _FACTORS]
        for table, factor in zip(self._tables, _FACTORS, strict=True):
            table[_place(self._firsts, factor)] = True

    def find(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Every occurrence as (index of the literal, offset of its end), in no particular order."""
        for shift in range(min(KEY, max(0, len(text) - KEY + 1))):
            values = np.frombuffer(text, np.uint64, (len(text) - shift) // KEY, shift)
            at = np.arange(len(values))
            for table, factor in zip(self._tables, _FACTORS, strict=True):
                here = table[_place(values[at], factor)]
                at = at[here]
            group = np.searchsorted(self._firsts, values[at])
            same = self._firsts[np.minimum(group, len(self._firsts) - 1)] == values[at]
            for start, number in zip((at[same] * KEY + shift).tolist(), group[same].tolist(), strict=True):
                for length in self._lengths[self._at[number] : self._at[number + 1]].tolist():
                    found = text[start : start + length]
                    place = bisect_left(self._sorted, found)
                    while place < len(self._sorted) and self._sorted[place] == found:  # as often as it was given
                        yield int(self._order[place]), start + length
                        place += 1


def _place(values: np.ndarray, factor: np.uint64) -> np.ndarray:
    return (values * factor) >> np.uint64(64 - _BITS)
