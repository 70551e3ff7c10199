"""The growing set of STIX objects of one bundle: each id once, each with times, marking and creator."""

from __future__ import annotations

from typing import Any

from indicia.knowledge import Knowledge
from indicia.records import Tlp
from indicia.share.stix.ids import TLP_IDS, object_id

__all__ = ["Objects"]


class Objects:
    """Collects objects by id. `moment` stands for created and modified, since the clock must not change the bytes.

    What several sources state is marked by the widest of their markings, and holds what that source says: a thing that a public
    text tells is public, whatever else tells it too. Objects that belong to no single source carry the marking of the case.
    """

    def __init__(self, *, moment: str, marking: Tlp, knowledge: Knowledge) -> None:
        self.moment = moment
        self.marking = marking
        self.knowledge = knowledge
        self.producer: str | None = None
        self._objects: dict[str, dict[str, Any]] = {}
        self._markings: dict[str, Tlp] = {}

    @property
    def markings(self) -> tuple[Tlp, ...]:
        """All markings in use, widest first."""
        return tuple(sorted({self.marking, *self._markings.values()}, key=lambda tlp: tlp.rank))

    def add_raw(self, item: dict[str, Any]) -> str:
        """Adds an object that is complete already; returns its id."""
        self._objects.setdefault(item["id"], item)
        return str(item["id"])

    def add(self, kind: str, *key: object, id: str | None = None, marking: Tlp | None = None, **fields: Any) -> str:
        """Adds an object of our own making and returns its id, which depends on `kind` and `key` alone (or is given)."""
        identity = id or object_id(kind, *key)
        marking = marking or self.marking
        before = self._markings.get(identity)
        if identity in self._objects and (before is None or before.rank <= marking.rank):
            return identity
        item: dict[str, Any] = {
            "type": kind,
            "spec_version": "2.1",
            "id": identity,
            "created": self.moment,
            "modified": self.moment,
            "object_marking_refs": [TLP_IDS[marking]],
        }
        if self.producer and "created_by_ref" not in fields:
            item["created_by_ref"] = self.producer
        item.update({name: value for name, value in fields.items() if value not in (None, "", [], {})})
        self._objects[identity] = item
        self._markings[identity] = marking
        return identity

    def observable(self, kind: str, id: str, **fields: Any) -> str:
        """Adds a cyber observable, which has no times; returns its id."""
        item = {"type": kind, "spec_version": "2.1", "id": id, "object_marking_refs": [TLP_IDS[self.marking]], **fields}
        return self.add_raw(item)

    def relate(self, source: str, kind: str, target: str, *key: object, marking: Tlp | None = None, **fields: Any) -> str:
        """Adds a relationship."""
        return self.add(
            "relationship",
            source,
            kind,
            target,
            *key,
            marking=marking,
            relationship_type=kind,
            source_ref=source,
            target_ref=target,
            **fields,
        )

    def sorted(self) -> list[dict[str, Any]]:
        """All objects, by type and id."""
        return sorted(self._objects.values(), key=lambda item: (item["type"], item["id"]))
