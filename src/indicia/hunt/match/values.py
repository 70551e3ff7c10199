"""The tests of one field over its distinct values: each test once per value, many at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, repeat
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import Codes, Column, EventBatch
from indicia.hunt.match.literals import Ints, LiteralScanner
from indicia.hunt.match.needs import raw_literals
from indicia.hunt.match.plan import SEPARATOR, FieldPlan, Plan, PlanRule, Want
from indicia.hunt.match.reference import holds
from indicia.hunt.match.regexes import Expression, LonePattern
from indicia.hunt.rules.ir import How, Test, Wild


# Sigma strings with wildcards over many values: linear in the text, however many stars there are.
def glob_over(parts: tuple[str | int, ...]) -> Callable[[pa.StringArray], pa.BooleanArray]:
    """Which texts fit the parts from end to end; the engine behind it is RE2, which never goes back."""
    written = []
    for part in parts:
        if part == Wild.MANY:
            written.append(".*")
        elif part == Wild.ONE:
            written.append(".")
        else:
            written.append(re.sub(r"([^\w\s])", r"\\\1", str(part)))
    expression = f"(?s)\\A{''.join(written)}\\z"
    # Stars at the ends only say that the match may stand anywhere.
    expression = expression.replace("(?s)\\A.*", "(?s)", 1)
    expression = expression.removesuffix(".*\\z") if expression.endswith(".*\\z") else expression
    return lambda values: pc.match_substring_regex(values, expression)


Ask: TypeAlias = Callable[[pa.StringArray], pa.BooleanArray]
MISSING = 0  # the class of a missing value; every other class is a set of passed tests
PRESENT = 1  # present, and passes none
_REMEMBERED = 20_000  # values of one field
_REMEMBERED_BYTES = 4 << 20
_TRIED = 2_000  # values after which is judged whether they repeat


class FieldTests:
    """All tests that rules ask of one field.

    Values that pass the same tests are one class. `passed[c]` are the numbers of the tests that class c passes; classes are
    never forgotten, so class numbers mean the same in every batch.
    """

    def __init__(self, plan: FieldPlan, *, hyperscan: bool | None = None) -> None:
        self.passed: list[tuple[int, ...]] = [plan.on_missing, plan.on_present]
        self._plan = plan
        self._classes: dict[tuple[int, ...], int] = {plan.on_present: PRESENT}
        self._hyperscan = hyperscan
        self._checks: dict[int, Ask] = {}
        self._folded = [(index, _single(test)) for index, test in plan.folded]
        self._cased = [(index, _single(test)) for index, test in plan.cased]
        self.expressions: dict[int, Expression] = {index: Expression(test) for index, test in plan.patterns}
        self._patterns = [LonePattern(index, test, self.expressions[index]) for index, test in plan.patterns]
        self._by_own_text = [want for want in plan.wants if want.check is not None and want.check.how is How.REGEX]
        self._scanner: LiteralScanner | None = None
        # Classes of values that were seen before, for as long as values come again.
        self._known: dict[str, int] = {}
        self._bytes = self._asked = self._new = 0
        self._repeating = True
        self._wanted = pa.array(list(plan.equals), pa.string())
        self._wanted_ids = np.array(list(plan.equals.values()), np.int64)

    def _passed_check(self, want: Want, values: pa.StringArray, folded: pa.StringArray) -> pa.BooleanArray:
        """Which values pass the check of a want: expressions see them as they are, wildcards folded."""
        test = want.check
        assert test is not None
        check = self._checks.get(want.test)
        if check is None:
            if test.how is How.REGEX:
                check = self.expressions.setdefault(want.test, Expression(test)).over
            else:
                check = glob_over(test.parts)
            self._checks[want.test] = check
        return check(values if test.how is How.REGEX else folded)

    def classify(self, column: Column) -> Codes:
        """The class of each value of a column, with one more at the end for index -1: MISSING."""
        size = len(column)
        classes = np.full(size + 1, PRESENT, np.int32)
        classes[-1] = MISSING
        if not size:
            return classes
        if not self._repeating or size > _REMEMBERED:
            self._assign(classes, *self._matches(column.values))
            return classes
        texts, known = column.texts, self._known
        new = np.arange(size)
        if known:
            classes[:-1] = np.fromiter(map(known.get, texts, repeat(-1)), np.int32, size)
            new = np.flatnonzero(classes[:-1] < 0)
            self._asked += size
            self._new += len(new)
            self._repeating = self._asked < _TRIED or self._new * 2 < self._asked
        if len(new):
            some = np.full(len(new) + 1, PRESENT, np.int32)
            values = column.values if len(new) == size else pa.array([texts[at] for at in new.tolist()], pa.string())
            self._assign(some, *self._matches(values))
            classes[new] = some[:-1]
            if len(known) + len(new) > _REMEMBERED or self._bytes + values.nbytes > _REMEMBERED_BYTES:
                known.clear()
                self._bytes = 0
            if not self._repeating:
                known.clear()
            elif values.nbytes <= _REMEMBERED_BYTES:
                self._bytes += values.nbytes
                known.update(zip([texts[at] for at in new.tolist()], some.tolist(), strict=False))
        return classes

    def _matches(self, values: pa.StringArray) -> tuple[Ints, Ints]:
        found: list[tuple[Ints, Ints]] = []
        plan = self._plan
        folded = _folded(values) if plan.equals or plan.folded or plan.literals else values
        if plan.equals:
            hit = pc.index_in(folded, value_set=self._wanted)
            if hit.null_count < len(hit):
                at = np.flatnonzero(hit.is_valid().to_numpy(zero_copy_only=False))
                found.append((at, self._wanted_ids[hit.fill_null(-1).to_numpy(zero_copy_only=False)[at]]))
        found += [_where(index, ask(folded)) for index, ask in self._folded]
        found += [_where(index, ask(values)) for index, ask in self._cased]
        if plan.on_missing:
            empty = pc.equal(pc.binary_length(values), 0)
            found += [_where(index, empty) for index in plan.on_missing]
        if plan.wants:
            found += self._wanted_matches(values, folded)
        found += [pattern.find(values) for pattern in self._patterns]
        if plan.slowly:
            texts = values.to_pylist()
            for index, test in plan.slowly:
                at = np.array([number for number, text in enumerate(texts) if holds(test, text)], np.int64)
                found.append((at, np.full(len(at), index, np.int64)))
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate([where for where, _ in found]), np.concatenate([which for _, which in found])

    def _wanted_matches(self, values: pa.StringArray, folded: pa.StringArray) -> list[tuple[Ints, Ints]]:
        """Literals are sought in all values at once: one text, in which a separator stands around each value."""
        if self._scanner is None:
            self._scanner = LiteralScanner([literal.encode() for literal in self._plan.literals], hyperscan=self._hyperscan)
        text, starts, odd = _joined(folded)
        hits, ends = self._scanner.find(text)
        # A separator stands right before the next start, so the last byte of a hit is always the owner's.
        owners = np.searchsorted(starts, ends - 1, side="right") - 1
        pairs = np.unique(hits * len(folded) + owners)
        hits, owners = pairs // len(folded), pairs % len(folded)
        bounds = [*np.flatnonzero(np.diff(hits, prepend=-1)).tolist(), len(hits)]
        by_literal = {int(hits[first]): owners[first:last] for first, last in pairwise(bounds)}
        chosen = dict.fromkeys(number for literal in by_literal for number in self._plan.wanting[literal])
        found = []
        for number in chosen:
            want = self._plan.wants[number]
            kept = _in_any([by_literal[each] for each in want.literals if each in by_literal])
            if want.check is not None and len(kept):
                passed = self._passed_check(want, values.take(pa.array(kept)), folded.take(pa.array(kept)))
                kept = kept[passed.to_numpy(zero_copy_only=False)]
            if len(kept):
                found.append((kept, np.full(len(kept), want.test, np.int64)))
        return found + self._odd_matches(values, folded, odd)

    def _odd_matches(self, values: pa.StringArray, folded: pa.StringArray, odd: Ints) -> list[tuple[Ints, Ints]]:
        """Values that hold the separator themselves, one by one, and those in which case is more than ASCII's."""
        found = []
        beyond = np.setdiff1d(_not_ascii(values), odd) if self._by_own_text else odd[:0]
        for want in self._by_own_text if len(beyond) else ():
            some = pa.array(beyond)
            passed = self._passed_check(want, values.take(some), folded.take(some)).to_numpy(zero_copy_only=False)
            found.append((beyond[passed], np.full(int(passed.sum()), want.test, np.int64)))
        for number in odd.tolist():
            own, text = values.slice(number, 1), folded.slice(number, 1)
            for want in self._plan.wants:
                if want.check is not None:
                    passed = self._passed_check(want, own, text)[0].as_py()
                else:
                    passed = _odd_holds(self._plan.literals[want.literals[0]], str(text[0].as_py()))
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
            key = (*self._plan.on_present, *which[first : first + int(lengths[index])].tolist())
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
        case How.WILD:
            return glob_over(test.parts)
    return lambda values: pc.equal(values, value)


def _odd_holds(literal: str, text: str) -> bool:
    bare = literal.strip(SEPARATOR)
    if literal.startswith(SEPARATOR):
        return text.startswith(bare)
    return text.endswith(bare) if literal.endswith(SEPARATOR) else bare in text


def _joined(values: pa.StringArray) -> tuple[bytes, Ints, Ints]:
    """One text with a separator before, between and behind the values; where each starts; which hold the separator themselves.

    Those are left empty in the text, for the caller to look at apart.
    """
    odd = np.empty(0, np.int64)
    offsets, octets = _parts(values)
    if (octets == 1).any():
        holds_separator = pc.match_substring(values, pattern=SEPARATOR)
        odd = np.flatnonzero(holds_separator.to_numpy(zero_copy_only=False))
        values = pc.if_else(holds_separator, "", values)
        offsets, octets = _parts(values)
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values), SEPARATOR)[0]
    text = b"".join((b"\x01", whole.as_buffer(), b"\x01"))
    starts = (offsets[:-1] - offsets[0]).astype(np.int64) + np.arange(1, len(values) + 1)
    return text, starts, odd


def _parts(values: pa.StringArray) -> tuple[Codes, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """The offsets of the values, and the bytes that they are in."""
    _, offsets, data = values.buffers()
    own: Codes = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    octets = np.frombuffer(data, np.uint8)[own[0] : own[-1]] if data is not None else np.empty(0, np.uint8)
    return own, octets


# Rules' keywords, which may stand anywhere in an event: the literals that say whose whole text is worth reading.
KEYWORD = ""  # the field of tests on any value


class Keywords:
    """The literals by which rows are chosen whose whole text is worth reading, and which of them a rule needs.

    A rule is looked for by its most telling keywords: of "POST", "200" and "/ecp/DDI/DDIService.svc/SetObject" together, by the
    last. In a row without any of these, the rule gives the same when all keywords are taken as absent.
    """

    def __init__(self, plan: Plan, hyperscan: bool | None) -> None:
        literals = {index: raw_literals(test) for index, test in plan.keywords}
        self._of_rule: dict[int, list[int]] = {}
        numbers: dict[bytes, int] = {}
        self.scanner: LiteralScanner | None = None
        for rule in plan.rules:
            if KEYWORD not in rule.fields:
                continue
            needed = _telling(rule.expression, literals)
            chosen: list[int] = []
            for test in sorted(needed):
                own = literals[test]
                if own is None:
                    return
                chosen += [numbers.setdefault(literal, len(numbers)) for literal in own]
            self._of_rule[rule.rule] = chosen
        self.scanner = LiteralScanner(list(numbers), hyperscan=hyperscan, caseless=True)

    def find(self, batch: EventBatch, rows: Ints) -> tuple[Ints, Ints] | None:
        """(literal, row) wherever the raw text of one of `rows` (ascending) holds a literal; None when a keyword has none."""
        if self.scanner is None:
            return None
        which, where = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for text, starts, ends, its_rows in batch.raw_pieces(rows):
            literals, stops = self.scanner.find(text)
            order = np.argsort(starts, kind="stable")
            slots = np.searchsorted(starts[order], stops - 1, side="right") - 1
            literals, stops, slots = literals[slots >= 0], stops[slots >= 0], order[slots[slots >= 0]]
            inside = stops <= ends[slots]  # the text may hold other rows between these
            which.append(literals[inside])
            where.append(its_rows[slots[inside]])
        return np.concatenate(which), np.concatenate(where)

    def literals_for(self, rules: Sequence[PlanRule]) -> Ints:
        """The numbers of the literals that these rules need."""
        return np.array(sorted({number for rule in rules for number in self._of_rule.get(rule.rule, ())}), np.int64)


def _telling(expression: Any, literals: Mapping[int, Iterable[bytes] | None]) -> frozenset[int]:
    """Keyword tests: where none of them holds, the expression is what it would be without any keyword."""
    kind, content = expression
    if kind == "t":
        return frozenset((content,)) if content in literals else frozenset()
    if kind == "n":
        return _telling(content, literals)
    if kind == "a":  # one item that cannot hold decides for all
        sets = [found for item in content if (found := _anchor(item, literals)) is not None]
        if sets:
            return max(sets, key=lambda found: _worth(found, literals))
    return frozenset().union(*(_telling(item, literals) for item in content))


def _anchor(expression: Any, literals: Mapping[int, Iterable[bytes] | None]) -> frozenset[int] | None:
    """Keyword tests of which one holds wherever the expression does, the most telling ones; None if it can hold without."""
    kind, content = expression
    if kind == "t":
        return frozenset((content,)) if content in literals else None
    if kind == "n":
        return None
    sets = [_anchor(item, literals) for item in content]
    known = [found for found in sets if found is not None]
    if kind == "a":
        return max(known, key=lambda found: _worth(found, literals), default=None)
    return frozenset().union(*known) if content and len(known) == len(sets) else None


def _worth(tests: frozenset[int], literals: Mapping[int, Iterable[bytes] | None]) -> tuple[int, int]:
    shortest = min((min(map(len, literals[test] or ()), default=0) for test in tests), default=0)
    return shortest, -len(tests)
