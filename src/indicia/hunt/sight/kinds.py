"""Which of the logs that rules are for were there at all: a rule that was asked of nothing has not been answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.match.book import Guard
from indicia.hunt.match.reference import matches
from indicia.hunt.names import field_key
from indicia.hunt.rules.ir import Test, tests_of

REMEMBERED = 20_000  # kinds of one family: what a record says that it is of may be new in every record


_Kind: TypeAlias = tuple[tuple[str, str | None], ...]


class Kinds:
    """Tells the guards of a rule book that events pass.

    A guard on the whole text is taken as passed: it says how a line looks, and only lines that look so can match.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._guards: defaultdict[str, dict[int, Guard]] = defaultdict(dict)
        for number, guard in enumerate(guards):
            self._guards[guard.family][number] = guard
        self._open = {family: dict(some) for family, some in self._guards.items()}
        self._fields: dict[str, tuple[str, ...]] = {}
        self._tried: dict[str, set[_Kind]] = defaultdict(set)
        self._passed: dict[tuple[str, _Kind], frozenset[int]] = {}

    def new_in(self, batch: EventBatch) -> list[int]:
        """The numbers of the guards that events of this batch pass and none before did."""
        waiting = self._open.get(batch.family)
        if not waiting:
            return []
        found = []
        tried = self._tried[batch.family]
        for kind in self._kinds(batch):
            if kind in tried:
                continue
            if len(tried) >= REMEMBERED:
                tried.clear()
            tried.add(kind)
            for number in _passed(kind, waiting):
                found.append(number)
                del waiting[number]
        return found

    def in_all(self, batch: EventBatch) -> frozenset[int]:
        """The numbers of all guards that events of this batch pass."""
        found: set[int] = set()
        for kind in self._kinds(batch):
            key = batch.family, kind
            if key not in self._passed:
                if len(self._passed) >= REMEMBERED:
                    self._passed.clear()
                self._passed[key] = frozenset(_passed(kind, self._guards[batch.family]))
            found |= self._passed[key]
        return frozenset(found)

    def _kinds(self, batch: EventBatch) -> list[_Kind]:
        """The different values, together, of the fields that guards ask for."""
        names = self._fields.get(batch.family)
        if names is None:
            asked = {
                field_key(leaf.field)
                for guard in self._guards[batch.family].values()
                for leaf in tests_of(guard.condition)
                if isinstance(leaf, Test) and leaf.field
            }
            names = self._fields[batch.family] = tuple(sorted(asked))
        columns = [(name, column) for name in names if (column := batch.column(name)) is not None]
        if not columns or not batch.size:
            rows = [0] if batch.size or batch.others is not None else []
        else:
            key = np.zeros(batch.size, np.int64)
            for _, column in columns:
                key = key * (len(column) + 1) + column.codes + 1
            rows = np.unique(key, return_index=True)[1].tolist()
        return [tuple((name, column.text(row) if batch.size else None) for name, column in columns) for row in rows]


def _passed(kind: _Kind, guards: Mapping[int, Guard]) -> list[int]:
    event = {name: value for name, value in kind if value is not None}
    return [number for number, guard in guards.items() if _on_text(guard) or matches(guard.condition, event)]


def _on_text(guard: Guard) -> bool:
    return any(isinstance(leaf, Test) and not leaf.field for leaf in tests_of(guard.condition))
