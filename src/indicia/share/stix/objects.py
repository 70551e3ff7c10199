"""The growing set of STIX objects of one bundle: each id once, each with times, marking and creator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicia.knowledge import Knowledge
from indicia.records import TLP_IDS, Tlp
from indicia.share.stix.ids import PROFILE, later_by, object_id


def attack_reference(id: str) -> dict[str, str]:
    """An object of ATT&CK as an external reference: by its number, since STIX wants a hash beside an address."""
    return {"source_name": "mitre-attack", "external_id": id}


def _of_attack(stix: str, number: str, name: str, created: str) -> dict[str, Any]:
    """No more than says which object is meant: what is not there changes nothing on a platform that has it already."""
    kind = stix.partition("--")[0]
    item = {"type": kind, "spec_version": "2.1", "id": stix, "created": created, "modified": created, "name": name}
    more: dict[str, Any] = {"is_family": True} if kind == "malware" else {}
    return {**item, **more, "external_references": [attack_reference(number)]}


class Objects:
    """Collects objects by id. What belongs to the case was modified `grown` milliseconds after `moment`, or after it was
    created; its newest text is from `born`; `keys` say what claims and texts are known by wherever they come again. What has no
    time of its own was created on the day of the profile: it stays what it is while the case grows. What others made, such as
    the objects of ATT&CK, is referred to by its id and stays theirs (`refer`).

    What several sources state is marked by the widest of their markings, and holds what that source says: a thing that a public
    text tells is public, whatever else tells it too. Objects that belong to no single source carry the marking of the case.
    """

    def __init__(
        self,
        *,
        moment: str,
        grown: int = 0,
        born: str,
        marking: Tlp,
        knowledge: Knowledge,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self._keys = keys or {}
        self._moment = moment
        self._grown = grown
        self.born = born
        self.marking = marking
        self.knowledge = knowledge
        self.producer: str | None = None
        self._objects: dict[str, dict[str, Any]] = {}
        self._markings: dict[str, Tlp] = {}
        self._referred: dict[str, str] = {}

    @property
    def markings(self) -> tuple[Tlp, ...]:
        """All markings in use, widest first."""
        return tuple(sorted({self.marking, *self._markings.values()}, key=lambda tlp: tlp.rank))

    def add_raw(self, item: dict[str, Any]) -> str:
        """Adds an object that is complete already; returns its id."""
        self._objects.setdefault(item["id"], item)
        return str(item["id"])

    def add(
        self,
        kind: str,
        *key: object,
        marking: Tlp | None = None,
        created: str | None = None,
        modified: str | None = None,
        **fields: Any,
    ) -> str:
        """Adds an object of our own making and returns its id, which depends on `kind` and `key` alone."""
        identity = object_id(kind, *key)
        marking = marking or self.marking
        before = self._markings.get(identity)
        if identity in self._objects and (before is None or before.rank <= marking.rank):
            return identity
        created = created or PROFILE
        item: dict[str, Any] = {
            "type": kind,
            "spec_version": "2.1",
            "id": identity,
            "created": created,
            "modified": modified or later_by(self._grown, max(self._moment, created)),
            "object_marking_refs": [TLP_IDS[marking]],
        }
        if self.producer and fields.get("created_by_ref") is None:
            item["created_by_ref"] = self.producer
        item.update({name: value for name, value in fields.items() if value not in (None, "", [], {})})
        self._objects[identity] = item
        self._markings[identity] = marking
        return identity

    def named(self, kind: str, *key: object, marking: Tlp | None = None, **fields: Any) -> str:
        """Adds what is the same in every case, since its key says all of it: it has one time everywhere."""
        return self.add(kind, *key, marking=marking, created=PROFILE, modified=PROFILE, **fields)

    def refer(self, id: str) -> str | None:
        """The id of an object of ATT&CK, by T, G, S or C number; None for what ATT&CK does not know.

        It stays ATT&CK's own, for the reader to have. For whoever has not, its name and number are added as of the day on which
        ATT&CK created it: every version that ATT&CK has published since is newer, and none is replaced by that.
        """
        attack = self.knowledge.attack
        stix = attack.stix_id(id)
        if stix is None:
            return None
        number = attack.current(id)
        self._referred[number] = stix
        created = attack.created(number)
        if created is not None:
            self.add_raw(_of_attack(stix, number, str(attack.name(number)), created))
        return stix

    @property
    def references(self) -> list[dict[str, str]]:
        """What is referred to, as external references for whoever does not have ATT&CK beside the bundle."""
        return [attack_reference(id) for id in sorted(self._referred)]

    def holds(self, id: str) -> bool:
        """Whether the object is in the bundle itself."""
        return id in self._objects

    def key(self, id: str) -> str:
        """What a claim or a text with this id is known by, as a part of the ids of what is made of it."""
        return self._keys.get(id, id)

    def called(self, id: str) -> str | None:
        """The name of an object of the bundle."""
        return self._objects.get(id, {}).get("name")

    def field(self, id: str, name: str) -> Any:
        """What an object of the bundle holds under a name; None for nothing."""
        return self._objects.get(id, {}).get(name)

    def observable(self, kind: str, id: str, **fields: Any) -> str:
        """Adds a cyber observable, which has no times; returns its id."""
        item = {"type": kind, "spec_version": "2.1", "id": id, "object_marking_refs": [TLP_IDS[self.marking]], **fields}
        return self.add_raw(item)

    def relate(self, source: str, kind: str, target: str, *key: object, marking: Tlp | None = None, **fields: Any) -> str:
        """Adds a relationship. Times stand in `fields`, as for `add`."""
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
