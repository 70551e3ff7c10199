"""What changed since it was last passed on: objects whose content is the same keep their version, others get a new one.

A file of a case carries the time of its newest source on every object, so that the same case gives the same bytes. Who passes a
case on again and again keeps what was passed on, and each object then has times of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from indicia.records import Record

__all__ = ["Offered", "later", "versioned"]

_TIMES = {"created", "modified"}


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
    found, kept = [], {}
    last = max(held, key=lambda id: held[id].added, default=None)
    if last is not None:
        now, kept[last] = later(now, held[last].added), held[last]
    for item in items:
        content = {name: value for name, value in item.items() if name not in _TIMES}
        digest = sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
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
    return found, kept
