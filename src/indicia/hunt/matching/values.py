"""The tests of one field over its distinct values: each test once per value, many at a time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import Codes
from indicia.hunt.matching.factors import required_texts
from indicia.hunt.matching.globs import glob_over
from indicia.hunt.matching.literals import Ints, LiteralScanner
from indicia.hunt.matching.reference import holds
from indicia.hunt.matching.regexes import LonePattern, found_in
from indicia.hunt.rules.ir import How, Test
from indicia.hunt.rules.regex import compiled

__all__ = ["MISSING", "PRESENT", "FieldTests"]

Ask: TypeAlias = Callable[[pa.StringArray], pa.BooleanArray]
MISSING = 0  # the class of a missing value; every other class is a set of passed tests
PRESENT = 1  # present, and passes none
_SEPARATOR = "\x01"
_REMEMBERED = 20_000  # values of one field
_REMEMBERED_BYTES = 4 << 20
_TRIED = 2_000  # values after which is judged whether they repeat
_SHORT = 1  # bytes: literals that short are everywhere, and cheaper to ask for one by one


class _Want(NamedTuple):
    """A test that needs, of each group, one of the literals (by number), and then the check (of folded or own texts)."""

    test: int
    groups: tuple[tuple[int, ...], ...]
    check: Ask | None
    folded: bool


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
        self._classes: dict[tuple[int, ...], int] = {self.on_present: PRESENT}
        self._hyperscan = hyperscan
        self._equals: dict[str, int] = {}
        self._literals: dict[str, int] = {}
        self._wants: list[_Want] = []
        self._by_literal: defaultdict[int, list[_Want]] = defaultdict(list)
        self._singly: list[tuple[int, Ask]] = []
        self._cased: list[tuple[int, Ask]] = []
        self._slowly: list[tuple[int, Test]] = []
        patterns: list[tuple[int, Test, re.Pattern[str]]] = []
        for index, test in tests:
            if test.how not in (How.NULL, How.EXISTS):
                self._sort_in(index, test, patterns)
        self._patterns = [LonePattern(*pattern) for pattern in patterns]
        for want in self._wants:
            for literal in want.groups[0]:
                self._by_literal[literal].append(want)
        self._scanner: LiteralScanner | None = None
        # Classes of values that were seen before, for as long as values come again.
        self._known: dict[str, int] = {}
        self._bytes = self._asked = self._new = 0
        self._repeating = True
        self._wanted = pa.array(list(self._equals), pa.string())
        self._wanted_ids = np.array(list(self._equals.values()), np.int64)

    def _sort_in(self, index: int, test: Test, patterns: list[tuple[int, Test, re.Pattern[str]]]) -> None:
        """Puts a test where it costs least."""
        if test.how in (How.CIDR, How.TIME_PART, How.LESS, How.AT_MOST, How.GREATER, How.AT_LEAST):
            self._slowly.append((index, test))
        elif test.how is How.REGEX:
            self._sort_in_pattern(index, test, patterns)
        elif test.cased:
            if test.how is How.WILD:
                self._slowly.append((index, test))
            else:
                self._cased.append((index, _single(test)))
        elif test.how is How.EQUALS:
            self._equals[test.value] = index
        elif test.how is How.WILD:
            texts = [part for part in test.parts if isinstance(part, str) and len(part.encode()) > _SHORT]
            if texts:
                # The longest alone: the others are everywhere more often than not, and the check asks for them anyway.
                self._wants.append(_Want(index, ((self._literal(max(texts, key=len)),),), glob_over(test.parts), True))
            else:
                self._singly.append((index, glob_over(test.parts)))
        elif len(test.value.encode()) <= _SHORT:
            self._singly.append((index, _single(test)))
        else:
            ends, starts = test.how is How.ENDS, test.how is How.STARTS
            literal = f"{_SEPARATOR if starts else ''}{test.value}{_SEPARATOR if ends else ''}"
            self._wants.append(_Want(index, ((self._literal(literal),),), None, True))

    def _sort_in_pattern(self, index: int, test: Test, patterns: list[tuple[int, Test, re.Pattern[str]]]) -> None:
        expression = compiled(test.value, test.flags)
        required = required_texts(test.value)
        if required is None:
            patterns.append((index, test, expression))
            return
        group = tuple(self._literal(text) for text in sorted(required))
        self._wants.append(_Want(index, (group,), partial(found_in, expression), False))

    def _literal(self, text: str) -> int:
        return self._literals.setdefault(text, len(self._literals))

    def classify(self, values: pa.StringArray) -> Codes:
        """The class of each value, with one more at the end for index -1: MISSING."""
        classes = np.full(len(values) + 1, PRESENT, np.int32)
        classes[-1] = MISSING
        if not len(values):
            return classes
        if not self._repeating or len(values) > _REMEMBERED or values.nbytes > _REMEMBERED_BYTES:
            self._assign(classes, *self._matches(values))
            return classes
        texts = values.to_pylist()
        known = self._known
        if known:
            classes[:-1] = [known.get(text, -1) for text in texts]
            new = np.flatnonzero(classes[:-1] < 0)
            self._asked += len(texts)
            self._new += len(new)
            self._repeating = self._asked < _TRIED or self._new * 2 < self._asked
        else:
            new = np.arange(len(texts))
        if len(new):
            some = np.full(len(new) + 1, PRESENT, np.int32)
            self._assign(some, *self._matches(values if len(new) == len(texts) else values.take(pa.array(new))))
            classes[new] = some[:-1]
            size = values.nbytes
            if len(known) + len(new) > _REMEMBERED or self._bytes + size > _REMEMBERED_BYTES:
                known.clear()
                self._bytes = 0
            self._bytes += size
            if self._repeating:
                known.update(zip([texts[at] for at in new.tolist()], some.tolist(), strict=False))
            else:
                known.clear()
        return classes

    def _matches(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        found: list[tuple[Ints, Ints]] = []
        folded = _folded(values) if self._equals or self._singly or self._literals else values
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
        if self._wants:
            found += self._wanted_matches(values, folded)
        found += [pattern.find(values) for pattern in self._patterns]
        if self._slowly:
            texts = values.to_pylist()
            for index, test in self._slowly:
                at = np.array([number for number, text in enumerate(texts) if holds(test, text)], np.int64)
                found.append((at, np.full(len(at), index, np.int64)))
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate([where for where, _ in found]), np.concatenate([which for _, which in found])

    def _wanted_matches(self, values: pa.StringArray, folded: pa.StringArray) -> list[tuple[Ints, Ints]]:
        """Literals are sought in all values at once: one text, in which a separator stands around each value."""
        if self._scanner is None:
            self._scanner = LiteralScanner([literal.encode() for literal in self._literals], hyperscan=self._hyperscan)
        text, starts, odd = _joined(folded)
        hits, ends = self._scanner.find(text)
        # A separator stands right before the next start, so the last byte of a hit is always the owner's.
        owners = np.searchsorted(starts, ends - 1, side="right") - 1
        pairs = np.unique(hits * len(folded) + owners)
        hits, owners = pairs // len(folded), pairs % len(folded)
        bounds = [*np.flatnonzero(np.diff(hits, prepend=-1)).tolist(), len(hits)]
        by_literal = {int(hits[first]): owners[first:last] for first, last in pairwise(bounds)}
        chosen = {want.test: want for literal in by_literal for want in self._by_literal.get(literal, ())}
        found = []
        for want in chosen.values():
            kept = _in_all([_in_any([by_literal[each] for each in group if each in by_literal]) for group in want.groups])
            if want.check is not None and len(kept):
                texts = (folded if want.folded else values).take(pa.array(kept))
                kept = kept[want.check(texts).to_numpy(zero_copy_only=False)]
            if len(kept):
                found.append((kept, np.full(len(kept), want.test, np.int64)))
        return found + self._odd_matches(values, folded, odd)

    def _odd_matches(self, values: pa.StringArray, folded: pa.StringArray, odd: Ints) -> list[tuple[Ints, Ints]]:
        """Values that hold the separator themselves, and those in which case is more than ASCII's, one by one."""
        special = np.union1d(odd, _not_ascii(values)) if any(not want.folded for want in self._wants) else odd
        names = list(self._literals)
        found = []
        holds_separator = frozenset(odd.tolist())
        for number in special.tolist():
            own, text = values.slice(number, 1), folded.slice(number, 1)
            for want in self._wants:
                if not want.folded or number in holds_separator:
                    if want.check is not None:
                        passed = want.check(text if want.folded else own)[0].as_py()
                    else:
                        passed = _odd_holds(names[want.groups[0][0]], str(text[0].as_py()))
                    if passed:
                        found.append((np.array([number], np.int64), np.array([want.test], np.int64)))
        return found

    def _assign(self, classes: Codes, where: Ints, which: Ints) -> None:
        """Gives each value the class of the tests it passed. Values are first put together by a random sum of their tests."""
        if not len(where):
            return None
        pairs = np.unique(where * (int(which.max()) + 1) + which)
        where, which = pairs // (int(which.max()) + 1), pairs % (int(which.max()) + 1)
        firsts = np.flatnonzero(np.diff(where, prepend=-1))
        lengths = np.diff(np.append(firsts, len(where)))
        owners = where[firsts]
        salt = np.random.default_rng().integers(0, 2**63, int(which.max()) + 1, np.uint64)
        sums = np.add.reduceat(salt[which], firsts)
        _, example, inverse = np.unique(sums, return_index=True, return_inverse=True)
        # Exact, not just likely: every value is held against the example of its kind.
        same_length = (lengths == lengths[example[inverse]]).all()
        offset = np.arange(len(where)) - np.repeat(firsts, lengths)
        if not same_length or (which != which[np.repeat(firsts[example[inverse]], lengths) + offset]).any():
            return self._assign(classes, where, which)
        numbers = np.empty(len(example), np.int32)
        for number, index in enumerate(example.tolist()):
            first = int(firsts[index])
            key = (*self.on_present, *which[first : first + int(lengths[index])].tolist())
            known = self._classes.get(key)
            if known is None:
                known = self._classes[key] = len(self.passed)
                self.passed.append(key)
            numbers[number] = known
        classes[owners] = numbers[inverse]
        return None


def _in_any(sets: list[Ints]) -> Ints:
    if not sets:
        return np.empty(0, np.int64)
    return sets[0] if len(sets) == 1 else np.unique(np.concatenate(sets))


def _in_all(sets: list[Ints]) -> Ints:
    kept = sets[0]
    for other in sets[1:]:
        kept = np.intersect1d(kept, other, assume_unique=True)
    return kept


def _folded(values: pa.StringArray) -> pa.StringArray:
    """All values in lower case; quick where they are ASCII, the same function elsewhere."""
    return pc.ascii_lower(values) if not len(_not_ascii(values)) else pc.utf8_lower(values)


def _not_ascii(values: pa.StringArray) -> Ints:
    _, octets = _parts(values)
    if not len(octets) or octets.max() < 128:
        return np.empty(0, np.int64)
    return np.flatnonzero(~pc.string_is_ascii(values).to_numpy(zero_copy_only=False))


def _where(index: int, mask: pa.BooleanArray) -> tuple[Ints, Ints]:
    at = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    return at, np.full(len(at), index, np.int64)


def _single(test: Test) -> Ask:
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
    offsets, octets = _parts(values)
    if (octets == 1).any():
        holds_separator = pc.match_substring(values, pattern=_SEPARATOR)
        odd = np.flatnonzero(holds_separator.to_numpy(zero_copy_only=False))
        values = pc.if_else(holds_separator, "", values)
        offsets, octets = _parts(values)
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values), _SEPARATOR)[0]
    text = b"".join((b"\x01", whole.as_buffer(), b"\x01"))
    starts = (offsets[:-1] - offsets[0]).astype(np.int64) + np.arange(1, len(values) + 1)
    return text, starts, odd


def _parts(values: pa.StringArray) -> tuple[Codes, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """The offsets of the values, and the bytes that they are in."""
    _, offsets, data = values.buffers()
    own: Codes = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    octets = np.frombuffer(data, np.uint8)[own[0] : own[-1]] if data is not None else np.empty(0, np.uint8)
    return own, octets
