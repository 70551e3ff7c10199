"""The tables of a case, and how it falls into their rows. Records are kept as JSON beside the few columns that are asked for;
nothing is ever overwritten.

run        one change of the case: who, when, what
entry      one version of one record; `until` is the run that superseded or withdrew it, NULL while it holds
sighting   versions of sightings, with the columns that a hunt is searched by
technique  which sighting shows which technique
offered    what was passed on last to each reader
watched    what was seen of each source that is watched; the rows of these two are replaced
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table

from indicia.records import (
    Advice,
    Affair,
    Case,
    Claim,
    Document,
    Hunt,
    Judgement,
    Mention,
    Problem,
    Record,
    Weighing,
    stable_id,
    to_json,
)

SHAPES = ("0001", "0002", "0003", "0004", "0005", "0006")  # of a case file since the first version; the last is today's

metadata = MetaData()

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", String(32), nullable=False),  # ISO, UTC
    Column("author", String(200), nullable=False),
    Column("what", String(2000), nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("id", String(200), nullable=False),
    Column("place", Integer, nullable=False),  # order within its kind
    Column("since", Integer, ForeignKey("run.id"), nullable=False),
    Column("until", Integer, ForeignKey("run.id"), nullable=True),
    Column("body", LargeBinary, nullable=False),
    Index("entry_current", "kind", "until", "place"),
    Index("entry_id", "kind", "id"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(200), nullable=False),
    Column("place", Integer, nullable=False),
    Column("since", Integer, ForeignKey("run.id"), nullable=False),
    Column("until", Integer, ForeignKey("run.id"), nullable=True),
    Column("rule", String(200), nullable=False),
    Column("level", String(16), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("host", String(200), nullable=False),
    Column("time", String(40), nullable=True),
    Column("indicator", String(2000), nullable=True),
    Column("body", LargeBinary, nullable=False),
    Index("sighting_current", "until", "place"),
    Index("sighting_host", "host", "until", "seq"),  # in the order in which pages follow one another
    Index("sighting_rule", "rule", "until", "seq"),
    Index("sighting_id", "id"),
)

technique = Table(
    "technique",
    metadata,
    Column("technique", String(16), primary_key=True),
    Column("sighting", Integer, ForeignKey("sighting.seq"), primary_key=True),
    sqlite_with_rowid=False,  # the key is all there is
)

offered = Table(
    "offered",
    metadata,
    Column("reader", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("created", String(40), nullable=False),
    Column("modified", String(40), nullable=False),
    Column("added", String(40), nullable=False),
)

watched = Table(
    "watched",
    metadata,
    Column("source", String(64), primary_key=True),  # SHA-256 of the source as the user wrote it
    Column("body", LargeBinary, nullable=False),
)


# How a case falls into kinds of records, and how it is put together again.
# kind -> (field of Case, type): kinds of which a case has many, and those of which it has one.
LISTS: dict[str, tuple[str, type[Record]]] = {
    "document": ("documents", Document),
    "claim": ("claims", Claim),
    "mention": ("mentions", Mention),
    "affair": ("affairs", Affair),
    "judgement": ("judgements", Judgement),
    "problem": ("problems", Problem),
}
SINGLES: dict[str, tuple[str, type[Record]]] = {
    "head": ("head", Case),
    "hunt": ("hunt", Hunt),
    "weighing": ("weighing", Weighing),
    "advice": ("advice", Advice),
}


class RecordPart(NamedTuple):
    """All records of one kind, as (id, JSON), in the order of the case. Ids are unique within a part."""

    kind: str
    records: tuple[tuple[str, bytes], ...]


def _identified(records: Iterator[Any] | tuple[Any, ...], kind: str) -> tuple[tuple[str, bytes], ...]:
    seen: dict[str, int] = {}
    out = []
    for record in records:
        body = to_json(record)
        id = getattr(record, "id", None) or stable_id(kind, body)
        seen[id] = seen.get(id, 0) + 1
        out.append((id if seen[id] == 1 else f"{id}#{seen[id]}", body))
    return tuple(out)


def parts_of(case: Case) -> Iterator[RecordPart]:
    """The parts of a case but for its sightings, which have a table of their own."""
    for kind, (field, _) in LISTS.items():
        yield RecordPart(kind, _identified(getattr(case, field), kind))
    head = Case(
        name=case.name,
        versions=case.versions,
        marking=case.marking,
        have=case.have,
        rules=case.rules,
        unmarked=case.unmarked,
    )
    hunt = msgspec.structs.replace(case.hunt, sightings=()) if case.hunt else None
    for kind, one in (("head", head), ("hunt", hunt), ("weighing", case.weighing), ("advice", case.advice)):
        yield RecordPart(kind, ((kind, to_json(one)),) if one is not None else ())
