"""How a case falls into kinds of records, and how it is put together again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

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
)

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
_encoder = msgspec.json.Encoder(order="deterministic")


class RecordPart(NamedTuple):
    """All records of one kind, as (id, JSON), in the order of the case. Ids are unique within a part."""

    kind: str
    records: tuple[tuple[str, bytes], ...]


def _identified(records: Iterator[Any] | tuple[Any, ...], kind: str) -> tuple[tuple[str, bytes], ...]:
    seen: dict[str, int] = {}
    out = []
    for record in records:
        body = _encoder.encode(record)
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
        yield RecordPart(kind, ((kind, _encoder.encode(one)),) if one is not None else ())
