"""ATT&CK with its relations indexed: who uses what, what mitigates, what detects. Old ids lead to their successors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

from indicia.knowledge.index import Index
from indicia.knowledge.tables import (
    AttackTables,
    AttackUses,
    Campaign,
    Citation,
    Detection,
    Group,
    Mitigation,
    Software,
    Tactic,
    Technique,
    Use,
)

T = TypeVar("T")


class Attack:
    """One release. Every id may be an old one: `current` says what became of it.

    Relations are those that ATT&CK states itself: a group does not inherit the techniques of its software or its campaigns.
    """

    def __init__(
        self, core: AttackTables, uses: Callable[[], AttackUses], detections: Callable[[], tuple[Detection, ...]]
    ) -> None:
        self._core = core
        self._load_uses = uses
        self._load_detections = detections
        self.version = core.version
        self.date = core.date

    @classmethod
    def of(cls, tables: AttackTables) -> Attack:
        """The same over tables that are whole already, such as those of an older release."""
        return cls(tables, lambda: AttackUses(uses=tables.uses, citations=tables.citations), lambda: tables.detections)

    # What there is.

    @property
    def tactics(self) -> tuple[Tactic, ...]:
        """In the order of the matrix, Reconnaissance first."""
        return self._core.tactics

    @cached_property
    def techniques(self) -> Index[Technique]:
        return Index(self._core.techniques, lambda row: row.id, lambda row: (row.name,))

    @cached_property
    def groups(self) -> Index[Group]:
        return Index(self._core.groups, lambda row: row.id, lambda row: (row.name, *row.aliases))

    @cached_property
    def software(self) -> Index[Software]:
        return Index(self._core.software, lambda row: row.id, lambda row: (row.name, *row.aliases))

    @cached_property
    def campaigns(self) -> Index[Campaign]:
        return Index(self._core.campaigns, lambda row: row.id, lambda row: (row.name, *row.aliases))

    @cached_property
    def mitigations(self) -> Index[Mitigation]:
        return Index(self._core.mitigations, lambda row: row.id, lambda row: (row.name,))

    @cached_property
    def detections(self) -> Index[Detection]:
        return Index(self._load_detections(), lambda row: row.id, lambda row: (row.name,))

    @cached_property
    def _uses(self) -> AttackUses:
        return self._load_uses()

    @property
    def uses(self) -> tuple[Use, ...]:
        return self._uses.uses

    @cached_property
    def citations(self) -> Index[Citation]:
        """The cited reports, by ATT&CK's name for them."""
        return Index(self._uses.citations, lambda row: row.name, lambda row: (row.name,))

    @property
    def revoked(self) -> dict[str, str]:
        return self._core.revoked

    @property
    def later(self) -> dict[str, str]:
        """Ids of later releases that rules and texts use already, each with what this release has for it."""
        return self._core.later

    @cached_property
    def deprecated(self) -> frozenset[str]:
        return frozenset(self._core.deprecated)

    @cached_property
    def tables(self) -> AttackTables:
        """Everything in one struct again."""
        parts = {name: getattr(self._core, name) for name in self._core.__struct_fields__}
        parts |= {"uses": self.uses, "citations": self._uses.citations, "detections": self.detections.rows}
        return AttackTables(**parts)

    # One thing by its id.

    def current(self, id: str) -> str:
        """`id` in upper case, or that under which this release has it: of its successor where ATT&CK revoked it, of what was
        before where it is of a later release."""
        id = id.strip().upper()
        return self._core.revoked.get(id) or self._core.later.get(id, id)

    def led_on(self, id: str) -> str:
        """The sentence that says why `current` gives another id; "" where it does not."""
        id, now = id.strip().upper(), self.current(id)
        if id == now:
            return ""
        if id in self._core.revoked:
            return f"{id} was revoked; its successor is {now}"
        return f"{id} is of a later ATT&CK; {self.version} has it as {now}"

    def technique(self, id: str) -> Technique | None:
        return self.techniques.get(self.current(id))

    def group(self, id: str) -> Group | None:
        return self.groups.get(self.current(id))

    def malware(self, id: str) -> Software | None:
        return self.software.get(self.current(id))

    def campaign(self, id: str) -> Campaign | None:
        return self.campaigns.get(self.current(id))

    def mitigation(self, id: str) -> Mitigation | None:
        return self.mitigations.get(self.current(id))

    def name(self, id: str) -> str | None:
        """The name of any tactic, technique, group, software, campaign, mitigation or detection strategy."""
        id = self.current(id)
        if id.startswith("TA"):
            return next((tactic.name for tactic in self.tactics if tactic.id == id), None)
        if id.startswith("DET"):
            found: object = self.detections.get(id)
        else:
            table: dict[str, Index[Technique] | Index[Group] | Index[Software] | Index[Campaign] | Index[Mitigation]] = {
                "T": self.techniques,
                "G": self.groups,
                "S": self.software,
                "C": self.campaigns,
                "M": self.mitigations,
            }
            found = table[id[0]].get(id) if id[:1] in table else None
        name: str | None = getattr(found, "name", None)
        return name

    def stix_id(self, id: str) -> str | None:
        """ATT&CK's own STIX id of a technique, group, software, campaign or mitigation."""
        id = self.current(id)
        if id.startswith("T"):
            return self._core.technique_stix.get(id)
        row = self.groups.get(id) or self.software.get(id) or self.campaigns.get(id) or self.mitigations.get(id)
        return (row.stix or None) if row else None

    def created(self, id: str) -> str | None:
        """When ATT&CK created what has a STIX id (RFC 3339); None where its newest version is no younger than that."""
        return self._core.created.get(self.current(id))

    # Tactics and sub-techniques.

    @cached_property
    def tactic_order(self) -> dict[str, int]:
        """Tactic shortname -> its place in the matrix."""
        return {tactic.shortname: tactic.order for tactic in self.tactics}

    def parent(self, technique: str) -> Technique | None:
        row = self.technique(technique)
        return self.techniques.get(row.parent) if row and row.parent else None

    # Relations.

    @cached_property
    def _by_source(self) -> dict[str, tuple[Use, ...]]:
        return _gather((use.source, use) for use in self.uses)

    @cached_property
    def _by_target(self) -> dict[str, tuple[Use, ...]]:
        return _gather((use.target, use) for use in self.uses)

    def uses_of(self, source: str) -> tuple[Use, ...]:
        """What a group, campaign or software (G, C or S id) uses."""
        return self._by_source.get(self.current(source), ())

    def users_of(self, target: str, *, kinds: str = "GSC") -> tuple[Use, ...]:
        """Who uses a technique or software. `kinds`: only users whose id starts with one of these letters."""
        return tuple(use for use in self._by_target.get(self.current(target), ()) if use.source[0] in kinds)

    @cached_property
    def _mitigating(self) -> dict[str, tuple[Mitigation, ...]]:
        return _gather((technique, row) for row in self.mitigations for technique in row.techniques)

    def mitigations_for(self, technique: str) -> tuple[Mitigation, ...]:
        """What ATT&CK advises against exactly this technique (a sub-technique does not inherit its parent's)."""
        return self._mitigating.get(self.current(technique), ())


def _gather(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
