"""Which of the logs that rules are for were there at all: a rule that was asked of nothing has not been answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.match.book import Guard
from indicia.hunt.match.reference import matches
from indicia.hunt.names import field_key
from indicia.hunt.rules.ir import Test, tests_of

__all__ = ["Kinds"]

REMEMBERED = 20_000  # kinds of one family: what a record says that it is of may be new in every record


class Kinds:
    """Tells the guards of a rule book that events pass, each once.

    A guard on the whole text is taken as passed: it says how a line looks, and only lines that look so can match.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._open: defaultdict[str, dict[int, Guard]] = defaultdict(dict)
        for number, guard in enumerate(guards):
            self._open[guard.family][number] = guard
        self._fields: dict[str, tuple[str, ...]] = {}
        self._tried: dict[str, set[tuple[tuple[str, str | None], ...]]] = defaultdict(set)

    def new_in(self, batch: EventBatch) -> list[int]:
        """The numbers of the guards that events of this batch pass and none before did."""
        waiting = self._open.get(batch.family)
        if not waiting:
            return []
        found = []
        for kind in self._kinds(batch):
            event = {name: value for name, value in kind.items() if value is not None}
            for number, guard in list(waiting.items()):
                if _on_text(guard) or matches(guard.condition, event):
                    found.append(number)
                    del waiting[number]
        return found

    def _kinds(self, batch: EventBatch) -> list[dict[str, str | None]]:
        """The different values, together, of the fields that guards ask for, as far as they are new."""
        names = self._fields.get(batch.family)
        if names is None:
            asked = {
                field_key(leaf.field)
                for guard in self._open[batch.family].values()
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
        found = []
        for row in rows:
            kind = {name: column.text(row) if batch.size else None for name, column in columns}
            key_of_kind = tuple(sorted(kind.items()))
            tried = self._tried[batch.family]
            if key_of_kind not in tried:
                if len(tried) >= REMEMBERED:
                    tried.clear()
                tried.add(key_of_kind)
                found.append(kind)
        return found


def _on_text(guard: Guard) -> bool:
    return any(isinstance(leaf, Test) and not leaf.field for leaf in tests_of(guard.condition))
