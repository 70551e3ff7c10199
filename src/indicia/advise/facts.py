"""What knowledge says about measures, indexed once: techniques, mitigations, detections, groups, flaws, controls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from indicia.knowledge.resolve import names_of
from indicia.knowledge.tables import Countermeasure, Detection, Incident, KevEntry, Mitigation, Technique


class Knows(Protocol):
    """The part of `knowledge.Knowledge` that advice rests on."""

    @property
    def attack(self) -> Any: ...  # AttackTables, or a view that offers the same names
    @property
    def kev(self) -> Any: ...  # rows, or a mapping of them by CVE
    @property
    def nist(self) -> Any: ...
    @property
    def d3fend(self) -> Any: ...
    @property
    def incidents(self) -> Any: ...
    @property
    def actors(self) -> Any: ...
    @property
    def agencies(self) -> Any: ...


def _rows(table: Any) -> Iterable[Any]:
    return table.values() if isinstance(table, Mapping) else table


class Facts:
    """Lookups over the tables. Ids that ATT&CK revoked, or has only in a later release, lead to those of this one."""

    def __init__(self, knowledge: Knows) -> None:
        attack = knowledge.attack
        self.version: str = attack.version
        self.revoked: Mapping[str, str] = {**attack.later, **attack.revoked}
        self.techniques: dict[str, Technique] = {row.id: row for row in _rows(attack.techniques)}
        self.mitigations: dict[str, Mitigation] = {row.id: row for row in _rows(attack.mitigations)}
        self.order = {row.shortname: row.order for row in _rows(attack.tactics)}
        self.tactics = tuple(sorted(_rows(attack.tactics), key=lambda row: row.order))
        self.by_technique: dict[str, list[Mitigation]] = defaultdict(list)
        for mitigation in sorted(self.mitigations.values(), key=lambda row: row.id):
            for technique in mitigation.techniques:
                self.by_technique[technique].append(mitigation)
        self.detections: dict[str, list[Detection]] = defaultdict(list)
        for detection in _rows(attack.detections):
            for technique in detection.techniques:
                self.detections[technique].append(detection)
        self.uses: dict[str, list[str]] = defaultdict(list)
        for use in _rows(attack.uses):
            if use.target.startswith("T"):
                self.uses[use.source].append(use.target)
        self.names = names_of(knowledge)
        self.kev: dict[str, KevEntry] = {row.cve: row for row in _rows(knowledge.kev)}
        self.incidents: dict[str, Incident] = {row.id: row for row in _rows(knowledge.incidents)}
        self.nist: tuple[Countermeasure, ...] = tuple(_rows(knowledge.nist))
        self.d3fend: tuple[Countermeasure, ...] = tuple(_rows(knowledge.d3fend))

    def technique(self, value: str) -> Technique | None:
        """The live technique behind an id, after revocations; None when ATT&CK has no such id."""
        for _ in range(4):
            if value in self.techniques or value not in self.revoked:
                break
            value = self.revoked[value]
        return self.techniques.get(value)

    def group(self, name: str) -> str | None:
        """ATT&CK's id of the group that goes by `name`."""
        return self.names.group(name)

    def position(self, technique: Technique) -> int:
        """Where in the chain it first bites inside our walls: 0 for initial access to 11 for impact; what comes before is
        12."""
        inside = [self.order[tactic] - 2 for tactic in technique.tactics if self.order.get(tactic, 0) >= 2]
        return min(inside, default=12)
