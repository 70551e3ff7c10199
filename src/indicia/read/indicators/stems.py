"""Which families of cues could stand around each hit: what their expressions begin with, or have in them, found in one pass
over the sentences of the hits."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from indicia.read.indicators.anchors import PAD, Anchors, one_byte_each
from indicia.read.indicators.cues import FAMILIES

_Places = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.uint64]

BEFORE_BIT = {name: 1 << number for number, name in enumerate(FAMILIES)}
AFTER_BIT = {name: 1 << number for number, name in enumerate(FAMILIES, start=len(FAMILIES))}
_BEFORE, _AFTER = np.uint64(sum(BEFORE_BIT.values())), np.uint64(sum(AFTER_BIT.values()))
_LOW = bytes(0x20 if chr(code).isspace() else ord(chr(code).lower()) for code in range(256))  # lines break anywhere in a cue
_WORD = bytes((chr(code).isalnum() or code == ord("_")) and code != 0xFF for code in range(256))  # 0xFF may be a quote


@lru_cache(maxsize=1)
def _automaton() -> tuple[BytesAhoCorasick, _Bits, npt.NDArray[np.bool_], int]:
    """All stems in lower case; for each the families that it belongs to and whether it begins with a letter; the longest."""
    owners: dict[bytes, int] = {}
    for name, family in FAMILIES.items():
        for stem, bit in (
            *((stem, BEFORE_BIT[name]) for stem in family.begins),
            *((stem, AFTER_BIT[name]) for stem in family.after_stems),
        ):
            low = one_byte_each(stem).translate(_LOW)
            owners[low] = owners.get(low, 0) | bit
    patterns = tuple(owners)
    automaton = BytesAhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA)
    worded = np.array([_WORD[pattern[0]] for pattern in patterns], np.bool_)
    return automaton, np.array([owners[pattern] for pattern in patterns], np.uint64), worded, max(map(len, patterns))


class Cues:
    """The cues in the sentences of hits. `before` and `after` have for each hit the families of which a cue could stand on
    that side of it, as bits (see `BEFORE_BIT` and `AFTER_BIT`)."""

    def __init__(self, anchors: Anchors, lows: _Places, ranges: _Places, highs: _Places) -> None:
        """One row for each hit, in text order: its sentence is [low, high), the hit is [start, end)."""
        self._text = anchors.text
        self._starts, self._bits = _stems(anchors.padded, lows, highs)
        self._lists: dict[int, list[int]] = {}
        self.before: list[int] = (self._any_in(lows, ranges[:, 0]) & _BEFORE).tolist()
        self.after: list[int] = (self._any_in(ranges[:, 1], highs) & _AFTER).tolist()

    def _any_in(self, lows: _Places, highs: _Places) -> _Bits:
        """The bits of all stems that begin in each [low, high)."""
        first, last = np.searchsorted(self._starts, lows), np.searchsorted(self._starts, highs)
        edges = np.stack([first, last], axis=1).ravel()
        joined: _Bits = np.bitwise_or.reduceat(np.append(self._bits, np.uint64(0)), edges)[::2]
        return np.where(first < last, joined, np.uint64(0))

    def _list(self, bit: int) -> list[int]:
        places = self._lists.get(bit)
        if places is None:
            places = self._lists[bit] = self._starts[(self._bits & np.uint64(bit)) != 0].tolist()
        return places

    def find(self, family: str, low: int, high: int) -> re.Match[str] | None:
        """The first cue of the family in [low, high) that stands right before `high`."""
        places = self._list(BEFORE_BIT[family])
        patterns = FAMILIES[family].before
        for index in range(bisect_left(places, low), len(places)):
            if places[index] >= high:
                break
            for pattern in patterns:
                if (match := pattern.match(self._text, places[index], high)) is not None:
                    return match
        return None


def _stems(padded: bytes, lows: _Places, highs: _Places) -> tuple[_Places, _Bits]:
    """Where stems begin in the sentences [low, high), in order, and the families of each. A cue before a hit begins where a
    word does."""
    automaton, owners, worded, longest = _automaton()
    ends = np.maximum.accumulate(highs) + longest
    new = np.append(True, lows[1:] > ends[:-1])  # where a sentence does not touch those before it
    begins, ends = lows[new] + PAD, np.append(ends[:-1][new[1:]], ends[-1:]) + PAD
    sentences = [padded[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    found = automaton.find_matches_as_indexes(b"".join(sentences).translate(_LOW), overlapping=True)
    rows = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    sizes = np.array([len(sentence) for sentence in sentences], np.int64)
    shifts = begins - np.cumsum(sizes) + sizes
    places = rows[:, 1] + shifts[np.searchsorted(np.cumsum(sizes), rows[:, 1], side="right")]
    bits = owners[rows[:, 0]]
    before = np.frombuffer(padded, np.uint8)[places - 1]
    inside = worded[rows[:, 0]] & _IS_WORD[before]
    bits[inside] &= _AFTER
    return places - PAD, bits


_IS_WORD = np.frombuffer(_WORD, np.bool_)
