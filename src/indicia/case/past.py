"""What was believed when: the runs of a case, what each of them changed, and every version of a record."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, literal, select, true

from indicia.case.tables import entry, run, sighting
from indicia.records import Record

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
