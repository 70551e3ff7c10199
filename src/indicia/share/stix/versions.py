"""What changed since it was last passed on: objects whose content is the same keep their version, others get a new one.

A file of a case carries the time of its newest source on every object, so that the same case gives the same bytes. Who passes a
case on again and again keeps what was passed on (`versioned`), or has it in the file that the next one takes the place of
(`continued`), and each object then has times of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from indicia.records import CASE_EXTENSION, Record

_TIMES = {"created", "modified"}
_MARK = ""  # the id under which is kept when the last of all was added, also of those that are gone
_LARGEST = 64 * 2**20  # bytes of a bundle that is looked at for what was passed on


class Offered(Record, frozen=True, kw_only=True):
    """One object as it was passed on last: what it holds, its times, and when it was added (RFC 3339, UTC, microseconds)."""

    digest: str
    created: str
    modified: str
    added: str


def later(now: str, before: str) -> str:
    """The moment `now`, or a millisecond after `before` where the clock has been set back. Both RFC 3339, UTC.

    >>> later("2026-11-24T12:00:00.000000Z", "2026-11-24T12:00:00.000Z")
    '2026-11-24T12:00:00.001000Z'
    """
    if not before or datetime.fromisoformat(now) > datetime.fromisoformat(before):
        return now
    after = datetime.fromisoformat(before) + timedelta(milliseconds=1)
    return after.isoformat(timespec="microseconds").replace("+00:00", "Z")


def versioned(
    items: Iterable[dict[str, Any]], held: Mapping[str, Offered], now: str
) -> tuple[list[dict[str, Any]], dict[str, Offered]]:
    """The objects with the times that are theirs, and what to keep of each by id. `now` is RFC 3339, UTC, microseconds.

    What is new is later than all that was passed on before, whatever the clock says: whoever asks for what came after that gets
    it.
    """
    mark = max((one.added for one in held.values()), default="")
    now = later(now, mark)
    found, kept = [], {}
    for item in items:
        digest = _digest(item)
        before = held.get(item["id"])
        created, modified = str(item.get("created", "")), str(item.get("modified", ""))
        if before is None:
            one = Offered(digest=digest, created=created, modified=modified, added=now)
        elif before.digest == digest:
            one = before
        else:
            newer = max(modified, f"{later(f'{now[:23]}Z', before.modified)[:23]}Z") if modified else ""
            one = Offered(digest=digest, created=before.created, modified=newer, added=now)
        times = {"created": one.created, "modified": one.modified}
        found.append({**item, **{name: value for name, value in times.items() if name in item}})
        kept[item["id"]] = one
    if any(one.added == now for one in kept.values()):
        mark = now
    if mark:
        kept[_MARK] = Offered(digest="", created="", modified="", added=mark)
    return found, kept


def _digest(item: Mapping[str, Any]) -> str:
    content = {name: value for name, value in item.items() if name not in _TIMES}
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def sum_of(parts: Iterable[Any]) -> str:
    """A word that stands for a long list and hangs on all of it."""
    found = sha256()
    for part in parts:
        found.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
    return found.hexdigest()


def continued(items: list[dict[str, Any]], before: bytes) -> list[dict[str, Any]]:
    """The objects with the times that they had in the bundle `before` where they say the same, and newer ones where they do
    not. What is no bundle, or too large to look into, changes nothing."""
    try:
        bundle = orjson.loads(before) if 0 < len(before) <= _LARGEST else None
    except orjson.JSONDecodeError:
        return items
    listed = bundle.get("objects") if isinstance(bundle, dict) else None
    held = {one["id"]: one for one in listed or () if isinstance(one, dict) and isinstance(one.get("id"), str)}
    return [_next(item, held[item["id"]]) if item["id"] in held and "modified" in item else item for item in items]


def _next(item: dict[str, Any], was: dict[str, Any]) -> dict[str, Any]:
    created, modified = str(was.get("created", item["created"])), str(was.get("modified", ""))
    if _digest(item) == _digest(_summed(was)):
        return {**item, "created": created, "modified": modified or item["modified"]}
    try:
        newer = (datetime.fromisoformat(modified) + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")[:23] + "Z"
    except ValueError:
        newer = ""
    return {**item, "created": created, "modified": max(item["modified"], newer)}


def _summed(item: dict[str, Any]) -> dict[str, Any]:
    """A report with one word in place of its sightings, as `pieces` has it."""
    extensions = item.get("extensions")
    case = extensions.get(CASE_EXTENSION) if isinstance(extensions, dict) else None
    hunt = case.get("hunt") if isinstance(case, dict) else None
    if extensions is None or case is None or not isinstance(hunt, dict) or not isinstance(hunt.get("sightings"), list):
        return item
    case = {**case, "hunt": {**hunt, "sightings": [sum_of(hunt["sightings"])]}}
    return {**item, "extensions": {**extensions, CASE_EXTENSION: case}}
