"""A set of rules against batches of events.

1. Guard: rows are parted by the fields that say what kind of event it is (channel, provider, event id); only rules that can
   hold there are looked at, and kinds that no rule asks for are dropped.
2. Classes: each field's distinct values are put into classes by the tests they pass (values.py); whole texts only where they
   hold a literal of a keyword (keywords.py).
3. Algebra: rows of one part that agree in all classes are one case; rules are tried on cases, and what they gave is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from indicia.hunt.events import Codes, Column, EventBatch, encode
from indicia.hunt.match.literals import Ints
from indicia.hunt.match.plan import GUARDS, Mask, Plan, PlanRule, rows_where
from indicia.hunt.match.reference import matches as matches_slowly
from indicia.hunt.match.values import KEYWORD, MISSING, PRESENT, FieldTests, Keywords

_REMEMBERED = 500_000  # cases per kind of event, before memory is cleared
_FEW = 16  # rows that are tried sooner than told apart


class Match(NamedTuple):
    """One rule and the rows of the batch that it matched, ascending; `fields` for each are the fields whose tests passed."""

    rule: int
    rows: Ints
    fields: list[tuple[str, ...]]


@dataclass
class _Kind:
    """One kind of event: the rules that can hold there, the fields they ask, and the cases seen so far with their matches."""

    rules: list[PlanRule]
    fields: list[str]
    same: list[int]
    keywords: Ints | None = None  # literals
    cases: dict[bytes, tuple[tuple[int, tuple[str, ...]], ...]] = field(default_factory=dict)


class Matcher:
    """Rules of one log family, ready for any number of batches."""

    def __init__(self, plan: Plan, *, hyperscan: bool | None = None) -> None:
        self.fields = plan.fields
        self._plan = plan
        self._hyperscan = hyperscan
        self._fields: dict[str, FieldTests] = {}
        self._kinds: dict[tuple[int, ...], _Kind] = {}
        self._classes: dict[tuple[str, str | None], int] = {}
        self._keywords: Keywords | None = None
        self._all_of: dict[str, frozenset[int]] = {}
        self._guards = tuple(name for name in GUARDS if name in plan.asked)
        # Rules by the tests of their first guard: few are ever looked at for one kind of event.
        self._by_guard: defaultdict[int, list[int]] = defaultdict(list)
        self._unguarded: list[int] = []
        for number, rule in enumerate(plan.rules):
            if rule.guards:
                for test_number in rule.guards[0]:
                    self._by_guard[test_number].append(number)
            else:
                self._unguarded.append(number)

    def match(self, batch: EventBatch) -> list[Match]:
        """Every (rule, row) that matches, by rule."""
        if not batch.size or not self._plan.rules:
            return []
        classes = {name: self._row_classes(batch, name) for name in self._guards}
        found: defaultdict[int, tuple[list[Ints], list[list[tuple[str, ...]]]]] = defaultdict(lambda: ([], []))
        cache: dict[str, Codes | None] = {}
        parts = list(self._parts(classes, batch.size))
        texts = [rows for kind, rows in parts if KEYWORD in kind.fields]
        worth = None
        if texts:
            every = [np.arange(batch.size) if rows is None else rows for rows in texts]
            worth = _Worth(batch.size, self._worth_reading(batch, np.sort(np.concatenate(every))))
        for kind, rows in parts:
            for rule, its_rows, fields in self._match_kind(batch, kind, rows, cache, worth):
                found[rule][0].append(its_rows)
                found[rule][1].append(fields)
        return [self._merged(rule, rows, fields) for rule, (rows, fields) in sorted(found.items())]

    @staticmethod
    def _merged(rule: int, rows: list[Ints], fields: list[list[tuple[str, ...]]]) -> Match:
        if len(rows) == 1:
            return Match(rule, rows[0], fields[0])
        every = np.concatenate(rows)
        flat = [each for part in fields for each in part]
        order = np.argsort(every, kind="stable")
        return Match(rule, every[order], [flat[index] for index in order.tolist()])

    def late(self) -> Iterator[tuple[str, int, list[int]]]:
        """Expressions that took too long since it was last asked: each with how many values, and the rules that ask it."""
        for tests in self._fields.values():
            for index, expression in tests.expressions.items():
                if expression.late:
                    rules = [rule.rule for rule in self._plan.rules if index in rule.tests()]
                    yield expression.pattern, expression.late, rules
                    expression.late = 0

    # -- guards ---------------------------------------------------------------------------------------------------------------

    def _parts(self, classes: dict[str, Codes | None], size: int) -> Iterator[tuple[_Kind, Ints | None]]:
        """The kinds of event in the batch that some rule can match, with their rows (None: all of them)."""
        present = [(name, codes) for name, codes in classes.items() if codes is not None]
        if not present:
            kind = self._kind(tuple(MISSING for _ in self._guards))
            if kind.rules:
                yield kind, None
            return
        key = np.zeros(size, np.int64)
        for _, its_codes in present:
            key = key * (int(its_codes.max()) + 1) + its_codes
        uniques, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        bounds = np.searchsorted(inverse[order], np.arange(len(uniques) + 1))
        for number, row in enumerate(first.tolist()):
            kind = self._kind(tuple(MISSING if (codes := classes[name]) is None else int(codes[row]) for name in self._guards))
            if kind.rules:
                yield kind, None if len(uniques) == 1 else order[bounds[number] : bounds[number + 1]]

    def fields_of(self, kind: Mapping[str, str | None]) -> frozenset[str]:
        """The fields that rules ask of events with these values (None: missing) in fields that say what kind they are.

        Such fields that `kind` does not name may hold anything.
        """
        if kind.keys() >= set(self._guards):
            found = self._kind(tuple(self._class_of(name, kind[name]) for name in self._guards))
            return frozenset(found.fields).union(*(self._compared(index) for index in found.same))
        passed: set[int] = set()
        for name in self._guards:
            passed |= set(self._tests(name).passed[self._class_of(name, kind[name])]) if name in kind else self._asked_of(name)
        rules = self._rules_for(passed)
        return frozenset().union(*(rule.fields for rule in rules), *(self._compared(at) for rule in rules for at in rule.same))

    def _class_of(self, name: str, value: str | None) -> int:
        """The class of one value of a guard (None: missing)."""
        number = self._classes.get((name, value), -1)
        if number < 0:
            tests = self._tests(name)
            number = MISSING if value is None else int(tests.classify(Column([value], np.zeros(1, np.int32)))[0])
            if len(self._classes) < _REMEMBERED:
                self._classes[name, value] = number
        return number

    def _asked_of(self, name: str) -> frozenset[int]:
        asked = self._all_of.get(name)
        if asked is None:
            number = self._plan.names.index(name)
            asked = self._all_of[name] = frozenset(np.flatnonzero(np.array(self._plan.field_of) == number).tolist())
        return asked

    def _compared(self, index: int) -> tuple[str, str]:
        """The fields that a test compares with each other."""
        test = self._plan.same[index]
        return test.field, test.other

    def _rules_for(self, passed: set[int]) -> list[PlanRule]:
        """The rules that can hold where these tests of the guards pass."""
        chosen = set(self._unguarded)
        for test in passed:
            chosen.update(self._by_guard.get(test, ()))
        some = [self._plan.rules[number] for number in sorted(chosen)]
        return [rule for rule in some if all(not passed.isdisjoint(guard) for guard in rule.guards)]

    def _kind(self, key: tuple[int, ...]) -> _Kind:
        kind = self._kinds.get(key)
        if kind is None:
            passed: set[int] = set()
            for name, number in zip(self._guards, key, strict=True):
                passed.update(self._tests(name).passed[number])
            rules = self._rules_for(passed)
            fields = sorted({name for rule in rules for name in rule.fields})
            same = sorted({index for rule in rules for index in rule.same})
            kind = self._kinds[key] = _Kind(rules, fields, same)
        return kind

    # -- classes --------------------------------------------------------------------------------------------------------------

    def _tests(self, name: str) -> FieldTests:
        tests = self._fields.get(name)
        if tests is None:
            tests = self._fields[name] = FieldTests(self._plan.of_field(name), hyperscan=self._hyperscan)
        return tests

    def _row_classes(self, batch: EventBatch, name: str) -> Codes | None:
        """The class of every row in one field; None where the log has no such field."""
        column = batch.column(name)
        if column is None:
            return None
        return self._tests(name).classify(column)[column.codes]

    def _keyword_classes(self, batch: EventBatch, kind: _Kind, rows: Ints | None, worth: _Worth) -> Codes:
        """The class of the whole text of each row.

        Only rows that hold a literal of a keyword that rules for this kind of event ask for are written out and looked at.
        """
        every = np.arange(batch.size) if rows is None else rows
        if worth.found is None or self._keywords is None:
            column = encode(batch.text_of(every))
            return self._tests(KEYWORD).classify(column)[column.codes]
        if kind.keywords is None:
            kind.keywords = self._keywords.literals_for(kind.rules)
        classes = np.full(len(every), PRESENT, np.int32)
        at = np.flatnonzero(worth.rows_with(kind.keywords)[every])
        if len(at):
            column = encode(batch.text_of(every[at]))
            classes[at] = self._tests(KEYWORD).classify(column)[column.codes]
        return classes

    def _worth_reading(self, batch: EventBatch, rows: Ints) -> tuple[Ints, Ints] | None:
        """(literal, row) wherever the raw text of one of `rows` holds a literal of a keyword; None when a keyword has none."""
        if self._keywords is None:
            self._keywords = Keywords(self._plan, self._hyperscan)
        return self._keywords.find(batch, rows)

    def _same(self, batch: EventBatch, index: int, rows: Ints | None) -> Mask | bool:
        test = self._plan.same[index]
        one, other = batch.column(test.field), batch.column(test.other)
        if one is None or other is None:
            return False
        left, right = (column.codes if rows is None else column.codes[rows] for column in (one, other))
        pairs, inverse = np.unique(left.astype(np.int64) * (len(other) + 1) + right, return_inverse=True)
        outcome = np.zeros(len(pairs), bool)
        for number, pair in enumerate(pairs.tolist()):
            first, second = divmod(pair, len(other) + 1)
            if first >= 0 and second < len(other) and (left_text := _text(one, first)) is not None:
                right_text = _text(other, second)
                if right_text is not None:
                    outcome[number] = matches_slowly(test, {test.field: left_text, test.other: right_text})
        return outcome[inverse]

    # -- algebra --------------------------------------------------------------------------------------------------------------

    def _match_kind(
        self, batch: EventBatch, kind: _Kind, rows: Ints | None, cache: dict[str, Codes | None], worth: _Worth | None
    ) -> Iterator[tuple[int, Ints, list[tuple[str, ...]]]]:
        size = batch.size if rows is None else len(rows)
        layers: list[tuple[str | int, Codes]] = []
        for name in kind.fields:
            if name == KEYWORD:
                assert worth is not None
                layers.append((name, self._keyword_classes(batch, kind, rows, worth)))
                continue
            if name not in cache:
                cache[name] = self._row_classes(batch, name)
            codes = cache[name]
            if codes is None:
                codes = np.zeros(size, np.int32)
            elif rows is not None:
                codes = codes[rows]
            layers.append((name, codes))
        for index in kind.same:
            mask = self._same(batch, index, rows)
            layers.append((index, np.full(size, mask, np.int32) if isinstance(mask, bool) else mask.astype(np.int32)))
        table = np.stack([codes for _, codes in layers]) if layers else np.zeros((0, size), np.int32)
        first, inverse = _cases(table)
        keys = [column.tobytes() for column in np.ascontiguousarray(table[:, first].T)]
        if len(kind.cases) > _REMEMBERED:
            kind.cases.clear()
        new = [number for number, key in enumerate(keys) if key not in kind.cases]
        if new:
            outcome = self._try(kind, [name for name, _ in layers], table[:, first[new]])
            for number, matched in zip(new, outcome, strict=True):
                kind.cases[keys[number]] = matched
        by_rule: defaultdict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for number, key in enumerate(keys):
            for rule, fields in kind.cases[key]:
                by_rule[rule].append((number, fields))
        if not by_rule:
            return
        if size <= _FEW:  # every row is a case of its own
            for rule, cases in by_rule.items():
                its_rows = np.array([number for number, _ in cases], np.int64)
                yield rule, its_rows if rows is None else rows[its_rows], [fields for _, fields in cases]
            return
        order = np.argsort(inverse, kind="stable")
        bounds = np.searchsorted(inverse[order], np.arange(len(keys) + 1)).tolist()
        for rule, cases in by_rule.items():
            its_rows = np.concatenate([order[bounds[number] : bounds[number + 1]] for number, _ in cases])
            its_fields = [fields for number, fields in cases for _ in range(bounds[number + 1] - bounds[number])]
            if len(cases) > 1:
                sorting = np.argsort(its_rows, kind="stable")
                its_rows = its_rows[sorting]
                its_fields = [its_fields[index] for index in sorting.tolist()]
            yield rule, its_rows if rows is None else rows[its_rows], its_fields

    def _try(
        self, kind: _Kind, names: list[str | int], table: np.ndarray[tuple[int, int], np.dtype[np.int32]]
    ) -> list[tuple[tuple[int, tuple[str, ...]], ...]]:
        """The rules that match each case (a column of `table`: the classes of one row), with the fields whose tests passed."""
        size = table.shape[1]
        truth: dict[int, Mask | bool] = {}
        for name, codes in zip(names, table, strict=True):
            if isinstance(name, int):
                truth[name] = codes.astype(bool)
                continue
            passed = self._tests(name).passed
            numbers = np.unique(codes).tolist()
            for number in numbers:
                if not passed[number]:
                    continue
                here: Mask | bool = True if len(numbers) == 1 else codes == number
                for test in passed[number]:
                    before = truth.get(test)
                    truth[test] = here if before is None else before | here
        matched: list[list[tuple[int, tuple[str, ...]]]] = [[] for _ in range(size)]
        live = truth.keys()
        for rule in kind.rules:
            if rule.anchor is not None and live.isdisjoint(rule.anchor):
                continue
            mask = rows_where(rule.expression, truth)
            if mask is False:
                continue
            cases = range(size) if isinstance(mask, bool) else np.flatnonzero(mask).tolist()
            tests = rule.positive & live
            for case in cases:
                matched[case].append((rule.rule, self._passed_fields(tests, truth, case)))
        return [tuple(found) for found in matched]

    def _passed_fields(self, tests: frozenset[int], truth: dict[int, Mask | bool], case: int) -> tuple[str, ...]:
        names = set()
        for index in tests:
            mask = truth[index]
            if mask if isinstance(mask, bool) else mask[case]:
                names.add(self._plan.field(index))
        return tuple(sorted(names))


class _Worth:
    """Which rows of a batch hold which literals of keywords; None in `found` where that cannot be told."""

    def __init__(self, size: int, found: tuple[Ints, Ints] | None) -> None:
        self.found = found
        self._size = size
        self._rows: dict[bytes, Mask] = {}

    def rows_with(self, literals: Ints) -> Mask:
        """The rows with one of some literals; most kinds of event are asked for the same ones."""
        key = literals.tobytes()
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = np.zeros(self._size, bool)
            if self.found is not None:
                rows[self.found[1][np.isin(self.found[0], literals)]] = True
        return rows


def _text(column: Column, code: int) -> str | None:
    return str(column.values[code].as_py()) if 0 <= code < len(column) else None


def _cases(table: np.ndarray[tuple[int, int], np.dtype[np.int32]]) -> tuple[Ints, Ints]:
    """The different columns of `table`: where each is first, and which of them each column is. Few columns are not told apart.

    Columns are told apart by a random 64-bit sum, which is then checked against the first of its kind, so that the answer is
    exact and not just likely.
    """
    size = table.shape[1]
    if size <= _FEW:
        return np.arange(size), np.arange(size)
    varying = table[(table != table[:, :1]).any(axis=1)] if size else table
    if not len(varying):
        return np.zeros(1, np.int64), np.zeros(size, np.int64)
    random = np.random.default_rng()
    while True:
        key = np.zeros(size, np.uint64)
        for codes in varying:
            salt = random.integers(0, 2**63, int(codes.max()) + 1, np.uint64)
            key += salt[codes]
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        if (varying == varying[:, first[inverse]]).all():
            return first, inverse
