"""The growing set of STIX objects of one bundle: each id once, each with times, marking and creator."""

from __future__ import annotations

from typing import Any

from indicia.knowledge import Knowledge
from indicia.share.stix.ids import object_id

__all__ = ["Objects"]


class Objects:
    """Collects objects by id. `moment` stands for created and modified, since the clock must not change the bytes."""

    def __init__(self, *, moment: str, marking: str, knowledge: Knowledge) -> None:
        self.moment = moment
        self.marking = marking
        self.knowledge = knowledge
        self.producer: str | None = None
        self._objects: dict[str, dict[str, Any]] = {}

    def add_raw(self, item: dict[str, Any]) -> str:
        """Adds an object that is complete already; returns its id."""
        self._objects.setdefault(item["id"], item)
        return str(item["id"])

    def add(self, kind: str, *key: object, id: str | None = None, **fields: Any) -> str:
        """Adds an object of our own making and returns its id, which depends on `kind` and `key` alone (or is given)."""
        identity = id or object_id(kind, *key)
        item: dict[str, Any] = {
            "type": kind,
            "spec_version": "2.1",
            "id": identity,
            "created": self.moment,
            "modified": self.moment,
            "object_marking_refs": [self.marking],
        }
        if self.producer and "created_by_ref" not in fields:
            item["created_by_ref"] = self.producer
        item.update({name: value for name, value in fields.items() if value not in (None, "", [], {})})
        self._objects.setdefault(identity, item)
        return identity

    def relate(self, source: str, kind: str, target: str, *key: object, **fields: Any) -> str:
        """Adds a relationship."""
        return self.add(
            "relationship", source, kind, target, *key, relationship_type=kind, source_ref=source, target_ref=target, **fields
        )

    def sorted(self) -> list[dict[str, Any]]:
        """All objects, by type and id."""
        return sorted(self._objects.values(), key=lambda item: (item["type"], item["id"]))
