"""Many literals in one text at a time."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import ahocorasick_rs
import numpy as np

from indicia.hunt.rules.cache import load_bytes, store_bytes

# Hundreds of thousands of literals in one text: looked up by their first eight bytes.
#
# An automaton for a million literals takes a gigabyte and most of a minute to make. Here eight bytes at each place of the
# text are one number, and two tables say whether any literal may begin with it; what they let through is compared. Texts in
# which most places begin like some literal are slow, but no place costs more than one comparison for each length that begins
# so.
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


TAIL = 8  # bytes
SHARED = 64  # literals with the same last bytes
MOST_LITERALS = 200_000  # beyond this, hyperscan takes minutes to compile, and an automaton most of a minute and a gigabyte
CASELESS, ONCE = 1, 8  # hyperscan's flags, which are there only where hyperscan is
LITERALS_KEPT = 24  # more than this many take longer to compile than to read

Ints: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


def hyperscan_is_there() -> bool:
    """Whether hyperscan can be used; INDICIA_HYPERSCAN=off switches it off (the results are the same, only slower)."""
    return os.environ.get("INDICIA_HYPERSCAN") != "off" and importlib.util.find_spec("hyperscan") is not None


def hyperscan_database(expressions: Sequence[bytes], flags: Sequence[int], *, literal: bool, kept: bool = True) -> Any:
    """A database in which each expression has its position as its id; large ones may be `kept`. Raises: hyperscan.error."""
    import hyperscan as engine

    costly = kept and len(expressions) > (LITERALS_KEPT if literal else 0)
    name = ""
    if costly:
        from importlib.metadata import version

        digest = hashlib.sha256(f"{version('hyperscan')} {platform.machine()} {literal}".encode())
        for expression, flag in zip(expressions, flags, strict=True):
            digest.update(len(expression).to_bytes(8, "big") + expression + flag.to_bytes(4, "big"))
        name = f"{digest.hexdigest()[:40]}.hyperscan"
        known = load_bytes(name)
        if known is not None:
            with contextlib.suppress(engine.error):
                database = engine.loadb(known, mode=engine.HS_MODE_BLOCK)
                database.scratch = engine.Scratch(database)
                return database
    database = engine.Database()
    database.compile(expressions=list(expressions), ids=list(range(len(expressions))), flags=list(flags), literal=literal)
    if costly:
        store_bytes(name, engine.dumpb(database))
    return database


class LiteralScanner:
    """Finds any number of byte strings, overlaps included. Made once, used for many texts.

    Hyperscan looks at the last bytes of a literal first, so that thousands with one ending (`.corp.example`) slow it down a
    hundredfold; those go to the automaton, which looks at the first. More than both can bear are looked up (`prefixes`). What
    will not be made again need not be `kept` on disk.
    With `caseless`, literals in lower case are found in ASCII letters of any case: sooner than in a text put into lower case.
    """

    def __init__(
        self, literals: Sequence[bytes], *, hyperscan: bool | None = None, kept: bool = True, caseless: bool = False
    ) -> None:
        self.literals = tuple(literals)
        self._caseless = caseless
        self._database: Any = None
        self._automaton: Any = None
        numbers = range(len(self.literals))
        here = set[int]()
        if self.literals and (hyperscan_is_there() if hyperscan is None else hyperscan) and len(self.literals) <= MOST_LITERALS:
            endings = Counter(literal[-TAIL:] for literal in self.literals)
            # A NUL would end the literal for hyperscan.
            here = {
                number
                for number, literal in enumerate(self.literals)
                if endings[literal[-TAIL:]] <= SHARED and b"\0" not in literal
            }
        many = len(self.literals) > MOST_LITERALS
        long = [number for number in numbers if many and len(self.literals[number]) >= KEY]
        rest = (number for number in numbers if number not in here and not (many and len(self.literals[number]) >= KEY))
        self._known, self._long, self._others = (np.array(some, np.int64) for some in (sorted(here), long, list(rest)))
        self._prefixes = PrefixScanner([self.literals[number] for number in long]) if long else None
        if here:
            chosen = [self.literals[number] for number in self._known]
            self._database = hyperscan_database(chosen, [CASELESS * caseless] * len(chosen), literal=True, kept=kept)
        if len(self._others):
            self._automaton = ahocorasick_rs.BytesAhoCorasick([self.literals[number] for number in self._others])

    def find(self, text: bytes | memoryview) -> tuple[Ints, Ints]:
        """Every occurrence as (index of the literal, offset of its end), in no particular order."""
        which = [np.empty(0, np.int64)]
        ends = [np.empty(0, np.int64)]
        if self._database is not None:
            found = array("q")
            extend = found.extend

            def note(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
                extend((index, end))

            self._database.scan(text, match_event_handler=note)
            if found:
                pairs = np.frombuffer(found, np.int64).reshape(-1, 2)
                which.append(self._known[pairs[:, 0]])
                ends.append(pairs[:, 1])
        if self._prefixes is None and self._automaton is None:
            return np.concatenate(which), np.concatenate(ends)
        text = bytes(text).lower() if self._caseless else text
        if self._prefixes is not None and (looked_up := list(self._prefixes.find(bytes(text)))):
            table = np.array(looked_up, np.int64)
            which.append(self._long[table[:, 0]])
            ends.append(table[:, 1])
        if self._automaton is not None and (triples := self._automaton.find_matches_as_indexes(text, overlapping=True)):
            table = np.array(triples, np.int64)
            which.append(self._others[table[:, 0]])
            ends.append(table[:, 2])
        return np.concatenate(which), np.concatenate(ends)


def which_of(literals: Sequence[bytes]) -> Callable[[bytes], frozenset[int]]:
    """What tells the numbers of those of a few literals that stand in a text at all."""
    if not (literals and hyperscan_is_there()):
        return lambda text: frozenset(number for number, literal in enumerate(literals) if literal in text)
    database = hyperscan_database(literals, [ONCE] * len(literals), literal=True, kept=False)

    def find(text: bytes) -> frozenset[int]:
        found: set[int] = set()
        database.scan(text, match_event_handler=lambda index, *_: found.add(index))
        return frozenset(found)

    return find
