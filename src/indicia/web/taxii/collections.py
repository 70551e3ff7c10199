"""What a TAXII server offers: objects with the time they were added, filtered and in order."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from indicia.records import STIX_MARKINGS, Record, Tlp

_ID = re.compile(r"[a-z0-9-]{1,60}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_NAMESPACE = uuid.UUID("a4b2a1a3-2a0e-5f5c-8c63-4a8a7f1d3c11")


class Entry(Record, frozen=True, kw_only=True):
    """An object and when it was added (RFC 3339, UTC, microseconds)."""

    added: str
    item: dict[str, Any]


def collection_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def keyed_id(key: bytes, name: str) -> str:
    """An id that nobody can work out from the name without the key."""
    return str(uuid.UUID(bytes=hmac.digest(key, name.encode(), "sha256")[:16], version=4))


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
    for name in ("created", "modified"):
        if name in item and not is_stamp(item[name]):
            return f"{name} is no timestamp of STIX"
    try:
        orjson.dumps([[[[[[item]]]]]])  # as deep as it will ever stand in an answer
    except orjson.JSONEncodeError:
        return "is nested too deeply"
    return None


def is_stamp(value: object) -> bool:
    """Whether it is a timestamp as STIX writes them."""
    try:
        return isinstance(value, str) and _STAMP.fullmatch(value) is not None and moment(value) is not None
    except ValueError:
        return False


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
    by_id: dict[str, list[datetime]] = {}
    for entry in found:
        by_id.setdefault(str(entry.item["id"]), []).append(moment(version_of(entry)))
    bounds = {id: (min(versions), max(versions)) for id, versions in by_id.items()}

    def is_wanted(entry: Entry) -> bool:
        version, (first, last) = moment(version_of(entry)), bounds[str(entry.item["id"])]
        return ("last" in wanted and version == last) or ("first" in wanted and version == first) or version in exact

    return [entry for entry in found if is_wanted(entry)]
