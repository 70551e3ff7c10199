"""Keywords: in which events it is worth to look at the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from indicia.hunt.events import EventBatch, Span
from indicia.hunt.matching.factors import raw_literals
from indicia.hunt.matching.literals import Ints, LiteralScanner
from indicia.hunt.matching.plan import Plan, PlanRule

__all__ = ["KEYWORD", "Keywords"]

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
        self._scanner: LiteralScanner | None = None
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
        self._scanner = LiteralScanner(list(numbers), hyperscan=hyperscan, caseless=True)

    def literals_for(self, rules: Sequence[PlanRule]) -> Ints:
        """The numbers of the literals that these rules need."""
        return np.array(sorted({number for rule in rules for number in self._of_rule.get(rule.rule, ())}), np.int64)

    def find(self, batch: EventBatch, rows: Ints) -> tuple[Ints, Ints] | None:
        """(literal, row) wherever the text of one of `rows` holds a literal; None when that cannot be told."""
        if self._scanner is None:
            return None
        if batch.spans is not None:
            return self._find_in_spans(batch.spans(rows))
        text, starts, ends = batch.raw_of(rows)
        which, owners = _owned(*self._scanner.find(bytes(text)), starts, ends)
        return which, rows[owners]

    def _find_in_spans(self, spans: Iterable[Span]) -> tuple[Ints, Ints] | None:
        assert self._scanner is not None
        literals = self._scanner.literals
        if any(_WRITTEN_OTHERWISE.fullmatch(literal) or literal in b"true\nfalse" for literal in literals):
            return None
        found, its_rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for span in spans:
            which, stops = _find_wide(self._scanner, span.data) if span.wide else self._scanner.find(span.data)
            if not len(which):
                continue
            which, owners = _owned(which, stops, span.starts, span.ends)
            if len(span.starts) == 1:  # all rows have this text
                which = np.unique(which)
                owners = np.tile(np.arange(len(span.rows)), len(which))
                which = np.repeat(which, len(span.rows))
            found.append(which)
            its_rows.append(span.rows[owners])
        return np.concatenate(found), np.concatenate(its_rows)


# Numbers, bytes, identifiers and times stand in binary records as they are counted, not as they are written.
_WRITTEN_OTHERWISE = re.compile(rb"[0-9a-f-]*|0?x[0-9a-f]*|s?[0-9-]*|[0-9tz:.-]*")


def _find_wide(scanner: LiteralScanner, data: bytes) -> tuple[Ints, Ints]:
    """Where the literals stand as UTF-16, at even places or odd ones. Only the lower half of each letter is looked at."""
    which, stops = [], []
    for shift in (0, 1):
        narrow = np.frombuffer(data, np.uint16, (len(data) - shift) // 2, shift).astype(np.uint8)
        found, ends = scanner.find(narrow.data)
        which.append(found)
        stops.append(2 * ends + shift)
    return np.concatenate(which), np.concatenate(stops)


def _owned(which: Ints, stops: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The literals found inside of the stretches from `starts` to `ends`, and which of these each stands in."""
    order = np.argsort(starts, kind="stable")
    slots = np.searchsorted(starts[order], stops - 1, side="right") - 1
    which, stops, slots = which[slots >= 0], stops[slots >= 0], order[slots[slots >= 0]]
    inside = stops <= ends[slots]  # the text may hold other things between these
    return which[inside], slots[inside]


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
