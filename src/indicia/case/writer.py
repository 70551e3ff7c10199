"""Writes the difference between a case and what holds, within one run. A million sightings go in batches of bounded size."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, update

from indicia.case.columns import Columns
from indicia.case.past import Changes
from indicia.case.rows import BATCH, add_rows, bare, batches
from indicia.case.tables import LISTS, RecordPart, entry, parts_of, run, sighting, technique
from indicia.case.words import INDEXED, add_words, words_of
from indicia.records import Case, Sighting, to_json

MANY = 50_000  # sightings: from here on, indexes are made after the rows and not with each
_FILLED = ("sighting", "technique", "sighting_words")


def new_run(connection: Connection, author: str, time: str, what: str) -> int:
    """The number of a change that begins; `time` is ISO, UTC."""
    number = connection.execute(insert(run).values(time=time, author=author, what=what[:2000])).inserted_primary_key
    assert number is not None
    return int(number[0])


class Writer:
    """`added`, `superseded` and `withdrawn` count by kind what was written."""

    def __init__(self, connection: Connection, run: int) -> None:
        self.connection = connection
        self.run = run
        self.added: dict[str, int] = {}
        self.superseded: dict[str, int] = {}
        self.withdrawn: dict[str, int] = {}

    def write_case(self, case: Case) -> Changes:
        """All of a case, and what that changes."""
        for part in parts_of(case):
            self.write(part)
        self.write_sightings(case.hunt.sightings if case.hunt else ())
        self.write(RecordPart("columns", (("columns", Columns.of(case.hunt).pack()),)))
        for counts in (self.added, self.superseded, self.withdrawn):
            counts.pop("columns", None)  # nothing new: the sightings once more, in another form
        return Changes(run=self.run, added=self.added, superseded=self.superseded, withdrawn=self.withdrawn)

    def write(self, part: RecordPart) -> None:
        """One kind of record."""
        held = {
            row.id: (row.seq, bytes(row.body), row.place)
            for row in self.connection.execute(
                select(entry.c.seq, entry.c.id, entry.c.body, entry.c.place).where(
                    entry.c.kind == part.kind, entry.c.until.is_(None)
                )
            )
        }
        rows: list[tuple[str, int, bytes]] = []
        ended: list[int] = []
        for place, (id, body) in enumerate(part.records):
            before = held.pop(id, None)
            if before is not None and before[1] == body and before[2] == place:
                continue
            if before is None:
                self.added[part.kind] = self.added.get(part.kind, 0) + 1
            else:
                ended.append(before[0])
                if before[1] != body:
                    self.superseded[part.kind] = self.superseded.get(part.kind, 0) + 1
            rows.append((id, place, body))
        if held and part.kind != "judgement":
            self.withdrawn[part.kind] = len(held)
            ended += [seq for seq, _, _ in held.values()]
        self._end(entry, ended)
        self.add_entries(part.kind, rows)

    def add_entries(self, kind: str, rows: Iterable[tuple[str, int, bytes]]) -> None:
        """New versions, each as (id, place, body)."""
        top = self._top(entry)
        for batch in batches(rows):
            numbered = list(enumerate(batch, top + 1))
            top += len(batch)
            self.connection.execute(
                insert(entry),
                [
                    {"seq": seq, "kind": kind, "id": id, "place": place, "since": self.run, "until": None, "body": body}
                    for seq, (id, place, body) in numbered
                ],
            )
            if kind in INDEXED:
                type = LISTS[kind][1]
                words = [(seq, words_of(msgspec.json.decode(body, type=type))) for seq, (_, _, body) in numbered]
                add_words(self.connection, "entry", words)

    def write_sightings(self, sightings: Sequence[Sighting]) -> None:
        """Sightings, which may be a million: what holds is kept as digests while they are compared."""
        held: dict[str, tuple[int, int, bytes]] = {}
        query = select(sighting.c.seq, sighting.c.id, sighting.c.place, sighting.c.body).where(sighting.c.until.is_(None))
        for row in self.connection.execute(query, execution_options={"yield_per": BATCH}):
            held[row.id] = (row.seq, row.place, _digest(bytes(row.body)))
        first = len(sightings) > MANY and not self._top(sighting)
        with bare(self.connection, _FILLED) if first else nullcontext():
            moved, ended, counted = self._fill(sightings, held)
        for some in batches(moved):
            self.connection.execute(
                update(sighting).where(sighting.c.seq == bindparam("number")).values(place=bindparam("to")), some
            )
        self._end(sighting, [*ended, *(seq for seq, _, _ in held.values())])
        for name, number in (counted | {"withdrawn": len(held)}).items():
            if number:
                getattr(self, name)["sighting"] = number

    def _fill(
        self, sightings: Sequence[Sighting], held: dict[str, tuple[int, int, bytes]]
    ) -> tuple[list[dict[str, int]], list[int], dict[str, int]]:
        """Writes what is not held as it is: what only stands elsewhere, the numbers of what is superseded, and counts. What is
        left in `held` is no longer there."""
        shown: dict[str, array[int]] = {}  # technique -> numbers of the sightings that show it
        moved: list[dict[str, int]] = []
        ended: list[int] = []
        superseded = added = 0
        top = self._top(sighting)
        seen: dict[str, int] = {}
        words: list[tuple[int, str]] = []

        def new(batch: Iterable[tuple[int, Sighting]]) -> Iterator[tuple[Any, ...]]:
            nonlocal top, superseded, added
            for place, each in batch:
                count = seen[each.id] = seen.get(each.id, 0) + 1
                id = each.id if count == 1 else f"{each.id}#{count}"
                body = to_json(each)
                before = held.pop(id, None)
                if before is not None and before[2] == _digest(body):
                    if before[1] != place:
                        moved.append({"number": before[0], "to": place})
                    continue
                if before is not None:
                    ended.append(before[0])
                    superseded += 1
                else:
                    added += 1
                top += 1
                words.append((top, words_of(each)))
                for name in each.techniques:
                    numbers = shown.setdefault(_plain(name, 16), array("q"))
                    if not numbers or numbers[-1] != top:  # one that is named twice is shown once
                        numbers.append(top)
                yield _row(each, id, top, place, self.run, body)

        for batch in batches(enumerate(sightings)):
            add_rows(self.connection, sighting, new(batch))
            add_words(self.connection, "sighting", words)
            words.clear()
        # At the end and in the order of the key: in that of the sightings every row would go to another page.
        for some in batches((name, number) for name in sorted(shown) for number in shown[name]):
            add_rows(self.connection, technique, some)
        return moved, ended, {"added": added, "superseded": superseded}

    def _top(self, table: Any) -> int:
        """The highest number in use. There is one writer at a time, so the next ones are ours."""
        return int(self.connection.execute(select(func.max(table.c.seq))).scalar_one() or 0)

    def _end(self, table: Any, numbers: Sequence[int]) -> None:
        for batch in batches(numbers, 500):
            self.connection.execute(update(table).where(table.c.seq.in_(batch)).values(until=self.run))


def _row(each: Sighting, id: str, seq: int, place: int, number: int, body: bytes) -> tuple[Any, ...]:
    """The values of the columns of `sighting`, in their order."""
    return (
        seq,
        id,
        place,
        number,
        None,
        _plain(each.rule, 200),
        each.level._value_,  # what `value` gives, without its detour: there are a million of them
        each.stage._value_,
        each.outcome._value_,
        _plain(each.event.host, 200),
        each.event.time.isoformat() if each.event.time else None,
        _plain(each.indicator, 2000) if each.indicator else None,
        body,
    )


def _plain(value: str, most: int) -> str:
    """As a column holds it: PostgreSQL knows no NUL. The record itself is kept whole in the body."""
    return value[:most].replace("\x00", "")


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
