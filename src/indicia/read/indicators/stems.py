"""Where in a text the stems of cues stand, and the literals that searchers begin with: all found in one pass."""

from __future__ import annotations

import codecs
from bisect import bisect_left
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from indicia.read.indicators.cues import FAMILIES

__all__ = ["Cues", "one_byte_each"]

_SIDES = tuple((name, side) for name in FAMILIES for side in ("before", "after"))
_SPOKEN = _SIDES.index(("example", "before"))  # the families before this one say something of a hit

# Every literal that some searcher begins with: found together in one pass.
_LITERALS = (
    "HK", "utex", "UTEX", "utant", "Global\\", "Local\\", "BaseNamedObjects\\", "gent", "GENT", "\"ua\"", "'ua'",
    "CVE", "cve", "Cve", "CWE", "cwe", "utonomous System", "utonomous system", 'UA "', "UA: ", "UA is", "UA was", "UA =",
    "rule ", "rule\t", "title:",
)  # fmt: skip


def _wide(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "\xff" * (error.end - error.start), error.end


codecs.register_error("indicia.wide", _wide)


def one_byte_each(text: str) -> bytes:
    """The text as Latin-1; what is beyond is 0xFF."""
    return text.encode("latin-1", "indicia.wide")


@lru_cache(maxsize=1)
def _automaton() -> tuple[BytesAhoCorasick, tuple[bytes, ...], npt.NDArray[np.uint64]]:
    """All stems and literals in lower case, and for each the families that it belongs to, as bits."""
    owners: dict[bytes, int] = {one_byte_each(literal).lower(): 0 for literal in _LITERALS}
    for number, (name, side) in enumerate(_SIDES):
        family = FAMILIES[name]
        for stem in family.before_stems if side == "before" else family.after_stems:
            low = one_byte_each(stem).lower()
            owners[low] = owners.get(low, 0) | 1 << number
    patterns = tuple(sorted(owners))
    automaton = BytesAhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA)
    return automaton, patterns, np.array([owners[pattern] for pattern in patterns], np.uint64)


_LOW = bytes(range(256)).lower().replace(b"\n", b" ")  # lines break anywhere within a cue


class Cues:
    """Where in a text the stems of each family stand, and the `literals` that searchers begin with."""

    def __init__(self, text: bytes, pad: int) -> None:
        """`text` has one byte for each character, after `pad` of them that are none of the text's (see `Anchors`)."""
        automaton, patterns, owners = _automaton()
        found = automaton.find_matches_as_indexes(text.translate(_LOW), overlapping=True)
        rows = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        rows = rows[np.argsort(rows[:, 1], kind="stable")]
        starts = rows[:, 1] - pad
        self.literals = {
            literal: [
                at for at in starts[rows[:, 0] == patterns.index(form.lower())].tolist() if text.startswith(form, at + pad)
            ]
            for literal, form in ((literal, one_byte_each(literal)) for literal in _LITERALS)
        }
        families = owners[rows[:, 0]]
        places = [starts[(families & 1 << number) != 0].tolist() for number in range(len(_SIDES))]
        self._before = {name: places[2 * number] for number, name in enumerate(FAMILIES)}
        self._after = {name: places[2 * number + 1] for number, name in enumerate(FAMILIES)}
        self._spoken = starts[(families & (1 << _SPOKEN) - 1) != 0]

    def any_in(self, lows: npt.NDArray[np.int64], highs: npt.NDArray[np.int64]) -> list[bool]:
        """For each range [low, high), whether any stem of those that say something of a hit stands in it."""
        flags: list[bool] = (np.searchsorted(self._spoken, lows) < np.searchsorted(self._spoken, highs)).tolist()
        return flags

    def has(self, family: str, low: int, high: int) -> bool:
        """Whether a stem of the family's expressions before a hit stands in [low, high)."""
        return _between(self._before[family], low, high)

    def first(self, family: str, low: int, high: int) -> int:
        """Where the first stem of the family's expressions before a hit stands in [low, high), or -1."""
        positions = self._before[family]
        index = bisect_left(positions, low)
        return positions[index] if index < len(positions) and positions[index] < high else -1

    def follows(self, family: str, low: int, high: int) -> bool:
        """Whether a stem of the family's expressions after a hit stands in [low, high)."""
        return _between(self._after[family], low, high)


def _between(positions: list[int], low: int, high: int) -> bool:
    index = bisect_left(positions, low)
    return index < len(positions) and positions[index] < high
