"""What holds in a case, and what was believed when: its runs, what each of them changed, and every version of a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, case, func, literal, select, true

from indicia.case.tables import LISTS, SINGLES, entry, run, sighting, watched
from indicia.records import Case, Record, Seen, Sighting

_INNER = frozenset({"columns"})  # kinds that hold nothing new: the sightings once more, in another form


class Run(Record, frozen=True, kw_only=True):
    """One change of the case."""

    id: int
    time: str
    author: str
    what: str


class Changes(Record, frozen=True, kw_only=True):
    """What a run changed, by kind: how many records are new, how many supersede an earlier version, how many are withdrawn."""

    run: int
    added: dict[str, int]
    superseded: dict[str, int]
    withdrawn: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.superseded or self.withdrawn)


class Version(Record, frozen=True, kw_only=True):
    """One version of a record: as JSON, with the run that brought it and the run that superseded or withdrew it, if any."""

    kind: str
    body: bytes
    since: Run
    until: Run | None = None


def runs_of(connection: Connection) -> tuple[Run, ...]:
    """All changes, oldest first."""
    rows = connection.execute(select(run).order_by(run.c.id))
    return tuple(Run(id=row.id, time=row.time, author=row.author, what=row.what) for row in rows)


def changes_of(connection: Connection) -> tuple[Changes, ...]:
    """What each run changed, oldest first, counted from the rows themselves."""
    found = {
        number: Changes(run=number, added={}, superseded={}, withdrawn={})
        for number in connection.execute(select(run.c.id).order_by(run.c.id)).scalars()
    }
    for table in (entry, sighting):
        is_entry = table is entry
        kind = table.c.kind if is_entry else literal("sighting")
        began = select(table.c.since, kind, func.count()).group_by(table.c.since, kind)
        ended = select(table.c.until, kind, func.count()).where(table.c.until.is_not(None)).group_by(table.c.until, kind)
        # A record that one run ends and begins: its content is another, or only its place in the case.
        before, after = table.alias(), table.alias()
        kind = before.c.kind if is_entry else literal("sighting")
        same = (after.c.id == before.c.id) & (after.c.since == before.c.until)
        same &= after.c.kind == before.c.kind if is_entry else true()
        other = func.sum(case((after.c.body != before.c.body, 1), else_=0))
        replaced = select(before.c.until, kind, func.count(), other).join(after, same).group_by(before.c.until, kind)
        gone_on: dict[tuple[int, str], int] = {}
        for number, name, count, changed in connection.execute(replaced):
            gone_on[number, name] = count
            if changed and name not in _INNER:
                found[number].superseded[name] = int(changed)
        for query, field in ((began, "added"), (ended, "withdrawn")):
            for number, name, count in connection.execute(query):
                left = count - gone_on.get((number, name), 0)
                if left and name not in _INNER:
                    getattr(found[number], field)[name] = left
    return tuple(found.values())


def versions_of(connection: Connection, id: str) -> tuple[Version, ...]:
    """Every version of the record of this id, oldest first; none where nothing has it."""
    runs = {each.id: each for each in runs_of(connection)}
    found = []
    for table in (entry, sighting):
        kind = table.c.kind if table is entry else literal("sighting")
        query = select(table.c.since, table.c.until, kind, table.c.body).where(table.c.id == id).order_by(table.c.seq)
        for since, until, name, body in connection.execute(query):
            found.append(Version(kind=name, body=bytes(body), since=runs[since], until=runs.get(until)))
    return tuple(found)


# What holds in a case, or held after one of its runs, read over a connection.
AT_ONCE = 500  # values in one query, and rows that are fetched together


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
