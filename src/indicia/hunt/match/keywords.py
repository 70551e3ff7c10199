"""Rules' keywords, which may stand anywhere in an event: the literals that say whose whole text is worth reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.match.factors import raw_literals
from indicia.hunt.match.literals import Ints, LiteralScanner
from indicia.hunt.match.plan import Plan, PlanRule

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
