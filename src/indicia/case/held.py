"""What holds in a case, or held after one of its runs, read over a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from indicia.case.parts import LISTS, SINGLES
from indicia.case.tables import entry, sighting, watched
from indicia.records import Case, Record, Seen, Sighting

__all__ = [
    "AT_ONCE",
    "bodies",
    "case_of",
    "decoded",
    "each_sighting",
    "encoded",
    "holds",
    "last_build",
    "seen_of",
    "whole_case",
    "with_sightings",
]

AT_ONCE = 500  # values in one query, and rows that are fetched together
_encoder = msgspec.json.Encoder(order="deterministic")


def encoded(record: Mapping[str, Any] | Record) -> bytes:
    return _encoder.encode(record)


def decoded(body: bytes, type: Any) -> Any:
    return msgspec.json.decode(bytes(body), type=type)


def holds(table: Any, at: int | None) -> Any:
    """The condition that a row holds now, or held after run `at`."""
    if at is None:
        return table.c.until.is_(None)
    return (table.c.since <= at) & (table.c.until.is_(None) | (table.c.until > at))


def bodies(connection: Connection, kind: str, at: int | None = None) -> Iterator[bytes]:
    """The records of a kind, in the order of the case."""
    query = select(entry.c.body).where(entry.c.kind == kind, holds(entry, at)).order_by(entry.c.place, entry.c.seq)
    for row in connection.execute(query):
        yield row.body


def each_sighting(connection: Connection, at: int | None = None) -> Iterator[Sighting]:
    """In the order of the case, a few at a time."""
    query = select(sighting.c.body).where(holds(sighting, at)).order_by(sighting.c.place, sighting.c.seq)
    with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:  # closed if nobody asks for the rest
        for row in rows:
            yield decoded(row.body, Sighting)


def case_of(connection: Connection, at: int | None = None) -> Case | None:
    """The case without its sightings, None where nothing was kept yet."""
    fields: dict[str, Any] = {}
    for kind, (field, type) in LISTS.items():
        fields[field] = tuple(decoded(body, type) for body in bodies(connection, kind, at))
    for kind, (field, single) in SINGLES.items():
        found = list(bodies(connection, kind, at))
        if found:
            fields[field] = decoded(found[-1], single)
    if "head" not in fields:
        return None
    head: Case = fields.pop("head")
    return msgspec.structs.replace(head, **fields)


def whole_case(connection: Connection, at: int | None = None) -> Case | None:
    """The case with its sightings, None where nothing was kept yet."""
    case = case_of(connection, at)
    return None if case is None else with_sightings(case, tuple(each_sighting(connection, at)))


def with_sightings(case: Case, sightings: Sequence[Sighting]) -> Case:
    """The case, if it has a hunt, with these sightings in it."""
    hunt = msgspec.structs.replace(case.hunt, sightings=sightings) if case.hunt else None
    return msgspec.structs.replace(case, hunt=hunt)


def last_build(connection: Connection) -> int:
    """The number of the last change that was more than a judgement, 0 when there was none."""
    last = func.max(entry.c.since), func.max(entry.c.until)
    row = connection.execute(select(*last).where(entry.c.kind != "judgement")).one()
    return max(number or 0 for number in row)


def seen_of(connection: Connection, key: str) -> Seen:
    """What was seen of a watched source, by the key of its row."""
    body = connection.execute(select(watched.c.body).where(watched.c.source == key)).scalar()
    return Seen() if body is None else decoded(body, Seen)
