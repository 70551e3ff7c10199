"""What a brief needs of knowledge: names of techniques and tactics, and the order of the matrix."""

from __future__ import annotations

from typing import Any


class BriefKnowledge:
    """A view of `knowledge.attack`. Ids that ATT&CK does not have give None, so that the page can say so."""

    def __init__(self, knowledge: Any) -> None:
        attack = knowledge.attack
        self._attack = attack
        self.version: str = attack.version
        self.tactics: tuple[tuple[str, str], ...] = tuple(
            (row.shortname, row.name) for row in sorted(attack.tactics, key=lambda row: row.order)
        )
        self._names = dict(self.tactics)
        self._order = {short: index for index, (short, _) in enumerate(self.tactics)}

    def technique_id(self, value: str) -> str | None:
        """The live id behind `value`, or None."""
        row = self._attack.technique(value)
        return row.id if row else None

    def technique_name(self, value: str) -> str:
        row = self._attack.technique(value)
        return row.name if row else value

    def name(self, value: str) -> str:
        """`Name (id)` of anything that ATT&CK has, else `value`."""
        found = self._attack.name(value) if value[:1] in {"T", "S", "G", "C", "M"} else None
        return f"{found} ({value})" if found else value

    def tactics_of(self, value: str) -> tuple[str, ...]:
        """Shortnames, in the matrix' order."""
        row = self._attack.technique(value)
        return tuple(sorted(row.tactics, key=lambda short: self._order.get(short, 99))) if row else ()

    def tactic_name(self, short: str) -> str:
        return self._names.get(short, short)

    def position(self, value: str) -> int:
        """Place of the technique's first tactic in the matrix."""
        return min((self._order.get(short, 99) for short in self.tactics_of(value)), default=99)
