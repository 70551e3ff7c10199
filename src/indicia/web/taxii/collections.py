"""What a TAXII server offers: objects with the time they were added, filtered and in order; and an inbox on disk."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from indicia.records import STIX_MARKINGS, Record, Tlp
from indicia.writing import write_atomically

__all__ = ["Entry", "Inbox", "chosen", "collection_id", "fault_of", "marking_of_object", "version_of"]

_ID = re.compile(r"[a-z0-9-]{1,60}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAMESPACE = uuid.UUID("a4b2a1a3-2a0e-5f5c-8c63-4a8a7f1d3c11")


class Entry(Record, frozen=True, kw_only=True):
    """An object and when it was added (RFC 3339, UTC, microseconds)."""

    added: str
    item: dict[str, Any]


def collection_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def version_of(entry: Entry) -> str:
    """`modified`, else `created`, else when it was added."""
    return str(entry.item.get("modified") or entry.item.get("created") or entry.added)


def marking_of_object(item: Mapping[str, Any]) -> Tlp:
    """The strictest TLP marking of an object. Without one that we know it counts as RED."""
    if item.get("id") in STIX_MARKINGS:
        return Tlp.CLEAR  # a marking definition is public, whatever it marks
    refs = item.get("object_marking_refs")
    known = (
        [STIX_MARKINGS[ref] for ref in refs if isinstance(ref, str) and ref in STIX_MARKINGS] if isinstance(refs, list) else []
    )
    return Tlp.RED if not known or item.get("granular_markings") else Tlp.strictest(known)


def fault_of(item: Any) -> str | None:
    """Why an object cannot be taken in, None if it can."""
    if not isinstance(item, dict):
        return "is no object"
    id, type = item.get("id"), item.get("type")
    if not isinstance(id, str) or not _ID.fullmatch(id) or not isinstance(type, str) or id.split("--")[0] != type:
        return "has no id that fits its type"
    if item.get("spec_version") != "2.1" and type != "bundle":
        return "is not of STIX 2.1"
    if type == "bundle":
        return "is a bundle; post its objects"
    return None


def chosen(entries: Iterable[Entry], query: Mapping[str, str]) -> list[Entry]:
    """The entries that the filters let through, by time added and id. Raises: ValueError for a filter that cannot be read."""
    found = sorted(entries, key=lambda entry: (entry.added, str(entry.item["id"]), version_of(entry)))
    if "added_after" in query:
        after = moment(query["added_after"])
        found = [entry for entry in found if moment(entry.added) > after]
    for name, key in (("match[id]", "id"), ("match[type]", "type"), ("match[spec_version]", "spec_version")):
        if name in query:
            wanted = set(query[name].split(","))
            found = [entry for entry in found if entry.item.get(key, "2.1" if key == "spec_version" else "") in wanted]
    return _versions(found, query.get("match[version]", "last").split(","))


def moment(text: str) -> datetime:
    """The moment that an RFC 3339 timestamp names. Raises: ValueError."""
    found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found


def _versions(found: list[Entry], wanted: list[str]) -> list[Entry]:
    if "all" in wanted:
        return found
    exact = {moment(word) for word in wanted if word not in {"first", "last"}}
    by_id: dict[str, list[str]] = {}
    for entry in found:
        by_id.setdefault(str(entry.item["id"]), []).append(version_of(entry))
    kept: dict[tuple[str, str], Entry] = {}
    for entry in found:
        id, version = str(entry.item["id"]), version_of(entry)
        is_first, is_last = version == min(by_id[id]), version == max(by_id[id])
        if ("last" in wanted and is_last) or ("first" in wanted and is_first) or (exact and moment(version) in exact):
            kept[(id, version)] = entry
    return list(kept.values())


class Inbox:
    """What readers post: one STIX bundle on disk for each request, so that `indicia brief INBOX/` reads them too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self.entries: list[Entry] = []
        for path in sorted(folder.glob("*--*.json")):
            added = _added(path)
            try:
                items = orjson.loads(path.read_bytes())["objects"]
            except (orjson.JSONDecodeError, KeyError, TypeError):
                continue  # not one of ours
            self.entries += [Entry(added=added, item=item) for item in items if fault_of(item) is None]

    def add(self, items: list[dict[str, Any]], status: str, added: str) -> None:
        """Keeps what is new; on disk before it returns. The same version of an object twice is there once."""
        with self._lock:
            held = {(entry.item["id"], version_of(entry)) for entry in self.entries}
            entries = [Entry(added=added, item=item) for item in items]
            new = {(e.item["id"], version_of(e)): e for e in entries if (e.item["id"], version_of(e)) not in held}
            if not new:
                return
            bundle = {"type": "bundle", "id": f"bundle--{status}", "objects": [entry.item for entry in new.values()]}
            self._write(self.folder / f"{added.replace(':', '_')}--{status}.json", bundle)
            self.entries += new.values()

    def remove(self, entries: Iterable[Entry]) -> None:
        """Takes these versions of objects out of the files and of what is offered."""
        gone = {(entry.item["id"], version_of(entry)) for entry in entries}
        with self._lock:
            for path in sorted(self.folder.glob("*--*.json")):
                try:
                    bundle = orjson.loads(path.read_bytes())
                    items = bundle["objects"]
                except (orjson.JSONDecodeError, KeyError, TypeError):
                    continue  # not one of ours
                added = _added(path)
                left = [i for i in items if fault_of(i) or (i["id"], version_of(Entry(added=added, item=i))) not in gone]
                if not left:
                    path.unlink()
                elif len(left) < len(items):
                    self._write(path, {**bundle, "objects": left})
            self.entries = [entry for entry in self.entries if (entry.item["id"], version_of(entry)) not in gone]

    def _write(self, path: Path, bundle: dict[str, Any]) -> None:
        """Whole or not at all, on disk before it returns, and for nobody else: what was posted may be under any marking."""
        write_atomically(path, orjson.dumps(bundle), private=True)


def _added(path: Path) -> str:
    """When the objects of a file of the inbox were added, as its name says."""
    return path.name.split("--")[0].replace("_", ":")
