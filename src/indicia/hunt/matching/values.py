"""The tests of one field over its distinct values: each test once per value, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import Codes
from indicia.hunt.matching.globs import glob_matcher, longest_literal
from indicia.hunt.matching.literals import Ints, LiteralScanner
from indicia.hunt.matching.reference import holds
from indicia.hunt.matching.regexes import RegexScanner
from indicia.hunt.rules.ir import How, Test

__all__ = ["MISSING", "FieldTests"]

MISSING = 0  # the class of a missing value; every other class is a set of passed tests
_NOTHING = 1  # present, and passes none
_SEPARATOR = "\x01"
_SHORT = 2  # bytes: literals that short are everywhere, and cheaper to ask for one by one


class FieldTests:
    """All tests that rules ask of one field, by the ids that the caller gave them.

    Values that pass the same tests are one class. `passed[c]` are the ids of the tests that class c passes; classes are never
    forgotten, so class numbers mean the same in every batch. `on_missing` and `on_present` are the ids of the tests for null
    and for existence.
    """

    def __init__(self, tests: Sequence[tuple[int, Test]], *, hyperscan: bool | None = None) -> None:
        self.on_missing = tuple(index for index, test in tests if test.how is How.NULL)
        self.on_present = tuple(index for index, test in tests if test.how is How.EXISTS)
        self.passed: list[tuple[int, ...]] = [self.on_missing, self.on_present]
        self._classes: dict[tuple[int, ...], int] = {self.on_present: _NOTHING}
        self._hyperscan = hyperscan
        self._equals: dict[str, int] = {}
        self._literals: list[tuple[str, int, Callable[[str], bool] | None]] = []
        self._singly: list[tuple[int, Callable[[pa.StringArray], pa.BooleanArray]]] = []
        self._cased: list[tuple[int, Callable[[pa.StringArray], pa.BooleanArray]]] = []
        self._slowly: list[tuple[int, Test]] = []
        regexes: list[tuple[int, Test]] = []
        for index, test in tests:
            if test.how is How.REGEX:
                regexes.append((index, test))
            elif test.how not in (How.NULL, How.EXISTS):
                self._sort_in(index, test)
        self._regexes = RegexScanner(regexes, hyperscan=hyperscan)
        self._has_regexes = bool(regexes)
        self._scanner: LiteralScanner | None = None
        self._wanted = pa.array(list(self._equals), pa.string())
        self._wanted_ids = np.array(list(self._equals.values()), np.int64)

    def _sort_in(self, index: int, test: Test) -> None:
        if test.how in (How.CIDR, How.TIME_PART, How.LESS, How.AT_MOST, How.GREATER, How.AT_LEAST):
            self._slowly.append((index, test))
            return
        if test.cased:
            if test.how is How.WILD:
                self._slowly.append((index, test))
            else:
                self._cased.append((index, _single(test)))
            return
        if test.how is How.EQUALS:
            self._equals[test.value] = index
            return
        literal = longest_literal(test.parts) if test.how is How.WILD else test.value
        if test.how is How.WILD:
            if literal:
                self._literals.append((literal, index, glob_matcher(test.parts)))
            else:
                self._slowly.append((index, test))
        elif len(literal.encode()) <= _SHORT:
            self._singly.append((index, _single(test)))
        else:
            ends, starts = test.how is How.ENDS, test.how is How.STARTS
            self._literals.append((f"{_SEPARATOR if starts else ''}{literal}{_SEPARATOR if ends else ''}", index, None))

    def classify(self, values: pa.StringArray) -> Codes:
        """The class of each value, with one more at the end for index -1: MISSING."""
        classes = np.full(len(values) + 1, _NOTHING, np.int32)
        classes[-1] = MISSING
        if len(values):
            where, which = self._matches(values)
            self._assign(classes, where, which)
        return classes

    def _matches(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        found: list[tuple[Ints, Ints]] = []
        folded = pc.utf8_lower(values) if self._equals or self._singly or self._literals else values
        if self._equals:
            hit = pc.index_in(folded, value_set=self._wanted)
            if hit.null_count < len(hit):
                at = np.flatnonzero(hit.is_valid().to_numpy(zero_copy_only=False))
                found.append((at, self._wanted_ids[hit.fill_null(-1).to_numpy(zero_copy_only=False)[at]]))
        found += [_where(index, ask(folded)) for index, ask in self._singly]
        found += [_where(index, ask(values)) for index, ask in self._cased]
        if self.on_missing:
            empty = pc.equal(pc.binary_length(values), 0)
            found += [_where(index, empty) for index in self.on_missing]
        if self._literals:
            found.append(self._literal_matches(folded))
        if self._has_regexes:
            found.append(self._regexes.find(values))
        if self._slowly:
            texts = values.to_pylist()
            for index, test in self._slowly:
                at = np.array([number for number, text in enumerate(texts) if holds(test, text)], np.int64)
                found.append((at, np.full(len(at), index, np.int64)))
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate([where for where, _ in found]), np.concatenate([which for _, which in found])

    def _literal_matches(self, folded: pa.StringArray) -> tuple[Ints, Ints]:
        """Literals are sought in all values at once: one text, in which a separator stands around each value."""
        if self._scanner is None:
            self._by_literal: dict[str, list[tuple[int, Callable[[str], bool] | None]]] = {}
            for literal, index, check in self._literals:
                self._by_literal.setdefault(literal, []).append((index, check))
            self._users = list(self._by_literal.values())
            self._scanner = LiteralScanner([literal.encode() for literal in self._by_literal], hyperscan=self._hyperscan)
        text, starts, odd = _joined(folded)
        hits, ends = self._scanner.find(text)
        if not len(hits) and not len(odd):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        # A separator stands right before the next start, so the last byte of a hit is always the owner's.
        owner = np.searchsorted(starts, ends - 1, side="right") - 1
        pairs = np.unique(hits * (len(folded) + 1) + owner)
        return self._used(folded, pairs // (len(folded) + 1), pairs % (len(folded) + 1), odd)

    def _used(self, folded: pa.StringArray, hits: Ints, owners: Ints, odd: Ints) -> tuple[Ints, Ints]:
        where: list[Ints] = []
        which: list[Ints] = []
        bounds = np.concatenate(([0], np.flatnonzero(np.diff(hits)) + 1, [len(hits)])) if len(hits) else np.array([0])
        for first, last in pairwise(bounds.tolist()):
            owned = owners[first:last]
            for index, check in self._users[int(hits[first])]:
                kept = owned
                if check is not None:
                    texts = folded.take(pa.array(owned)).to_pylist()
                    kept = owned[np.fromiter((check(text) for text in texts), bool, len(texts))]
                where.append(kept)
                which.append(np.full(len(kept), index, np.int64))
        for number in odd.tolist():  # a value that holds the separator itself: one by one
            text = f"{_SEPARATOR}{folded[number].as_py()}{_SEPARATOR}"
            inner = text[1:-1]
            for literal, users in self._by_literal.items():
                for index, check in users:
                    if check(inner) if check is not None else _odd_holds(literal, inner):
                        where.append(np.array([number], np.int64))
                        which.append(np.array([index], np.int64))
        if not where:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(where), np.concatenate(which)

    def _assign(self, classes: Codes, where: Ints, which: Ints) -> None:
        if not len(where):
            return
        order = np.lexsort((which, where))
        where, which = where[order], which[order]
        bounds = [*np.flatnonzero(np.diff(where, prepend=-1)).tolist(), len(where)]
        owners = where[bounds[:-1]].tolist()
        tests = which.tolist()
        known, present = self._classes, self.on_present
        for owner, (first, last) in zip(owners, pairwise(bounds), strict=True):
            key = (*present, *tests[first:last])
            number = known.get(key)
            if number is None:
                number = known[key] = len(self.passed)
                self.passed.append(key)
            classes[owner] = number


def _where(index: int, mask: pa.BooleanArray) -> tuple[Ints, Ints]:
    at = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    return at, np.full(len(at), index, np.int64)


def _single(test: Test) -> Callable[[pa.StringArray], pa.BooleanArray]:
    value = test.value
    match test.how:
        case How.STARTS:
            return lambda values: pc.starts_with(values, pattern=value)
        case How.ENDS:
            return lambda values: pc.ends_with(values, pattern=value)
        case How.CONTAINS:
            return lambda values: pc.match_substring(values, pattern=value)
    return lambda values: pc.equal(values, value)


def _odd_holds(literal: str, text: str) -> bool:
    bare = literal.strip(_SEPARATOR)
    if literal.startswith(_SEPARATOR):
        return text.startswith(bare)
    return text.endswith(bare) if literal.endswith(_SEPARATOR) else bare in text


def _joined(values: pa.StringArray) -> tuple[bytes, Ints, Ints]:
    """One text with a separator before, between and behind the values; where each starts; which hold the separator themselves.

    Those are left empty in the text, for the caller to look at apart.
    """
    odd = np.empty(0, np.int64)
    holds_separator = pc.match_substring(values, pattern=_SEPARATOR)
    if pc.any(holds_separator).as_py():
        odd = np.flatnonzero(holds_separator.to_numpy(zero_copy_only=False))
        values = pc.if_else(holds_separator, "", values)
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values), _SEPARATOR)[0]
    text = b"".join((b"\x01", whole.as_buffer().to_pybytes(), b"\x01"))
    lengths = pc.binary_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.empty(len(values), np.int64)
    starts[0] = 1
    np.cumsum(lengths[:-1] + 1, out=starts[1:])
    starts[1:] += 1
    return text, starts, odd
