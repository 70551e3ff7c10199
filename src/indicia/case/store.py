"""The one place that stores: one SQLite file, or PostgreSQL for a team. Append-only: what was believed stays readable.

A case is written in one transaction, so a run that was reported done is there whole after a crash, and one that was not
leaves nothing. SQLite runs in WAL mode with full synchronisation; writers wait for each other instead of failing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Text, cast, delete, func, insert, select

from indicia.case.columns import Columns
from indicia.case.past import (
    AT_ONCE,
    Changes,
    Run,
    Version,
    bodies,
    case_of,
    changes_of,
    decoded,
    each_sighting,
    holds,
    last_build,
    runs_of,
    seen_of,
    versions_of,
    whole_case,
    with_sightings,
)
from indicia.case.place import DAMAGED, Place, complete, reading
from indicia.case.rows import batches, loading
from indicia.case.tables import LISTS, RecordPart, entry, offered, run, sighting, technique, watched
from indicia.case.words import INDEXED, find_numbers, find_rows, how_many, phrases, snippet, words_of
from indicia.case.writer import MANY, Writer, new_run
from indicia.errors import StoreError
from indicia.records import Case, Claim, Document, Judgement, Mention, Record, Seen, Sighting, Streamed, to_json

_KINDS: dict[str, type[Record]] = {kind: type for kind, (_, type) in LISTS.items()} | {"sighting": Sighting}
_TRIES = 3  # to grow a case while others write to it, before they are made to wait


class Found(Record, frozen=True, kw_only=True):
    """A current record that holds what was searched for, and where: `before`, `match`, `after` are the text around it."""

    kind: str
    number: int  # of the row; rises with time
    record: Document | Claim | Mention | Judgement | Sighting
    before: str = ""
    match: str = ""
    after: str = ""


Row = Mapping[str, str]  # the columns of an object that was passed on: digest, created, modified, added


class Merged(NamedTuple):
    """What became of a case: how it was (None where nothing was kept), how it is, and what that changed."""

    before: Case | None
    case: Case
    changes: Changes


def open_store(where: Path | str) -> Store:
    """The store in a file or behind a URL such as `postgresql+psycopg://...`; the first who writes makes it if it is not there.
    Raises: StoreError.

    A file of another program, of a newer version or a damaged one is refused and stays as it is; one of an earlier version too
    as long as it is only read.
    """
    return Store(Place(where))


class Store:
    """A case on disk. Use as a context manager, or call `close`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._place.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection to which the case stands still."""
        engine = self._place.for_readers()
        with reading(self.address), engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # where else each question would be answered as of its own moment
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def _writing(self, *, many: bool = False) -> Iterator[Connection]:
        engine = self._place.for_writers()
        with (
            reading(self.address, "could not be written, and nothing was changed"),
            engine.connect().execution_options(writes=True) as connection,
            loading(connection, sighting) if many else nullcontext(),
            connection.begin(),
        ):
            if engine.dialect.name == "postgresql":  # one writer at a time, so that `place` and `until` stay consistent
                connection.exec_driver_sql("LOCK TABLE run IN EXCLUSIVE MODE")
            yield connection

    def merge(
        self,
        grow: Callable[[Case | None], Case],
        *,
        author: str,
        time: str,
        what: str,
        seen: Mapping[str, Seen] | None = None,
    ) -> Merged:
        """Makes the case what `grow` makes of it as it stands, and says what that changed. What does not change is not written
        again, and judgements by people are never withdrawn. `seen` is what of each watched source is in the case from now on.

        `grow` is asked again where somebody else has changed the case meanwhile, the last time while all others wait: nothing
        that they added is lost. `time` is ISO, UTC, and is the caller's to give.
        """
        for _ in range(_TRIES):
            with self._reading() as connection:
                build, before = last_build(connection), whole_case(connection)
            case = grow(before)
            with self._writing(many=len(case.hunt.sightings if case.hunt else ()) > MANY) as connection:
                if last_build(connection) == build:
                    return self._write(connection, before, case, new_run(connection, author, time, what), seen or {})
        with self._writing() as connection:
            before = whole_case(connection)
            return self._write(connection, before, grow(before), new_run(connection, author, time, what), seen or {})

    def _write(self, connection: Connection, before: Case | None, case: Case, run: int, seen: Mapping[str, Seen]) -> Merged:
        changes = Writer(connection, run).write_case(case)
        self._remember(connection, seen)
        judgements = tuple(decoded(body, Judgement) for body in bodies(connection, "judgement"))
        return Merged(before, msgspec.structs.replace(case, judgements=judgements), changes)

    def _remember(self, connection: Connection, seen: Mapping[str, Seen]) -> None:
        for source, one in seen.items():
            key = _key(source)
            now = seen_of(connection, key).with_later(one)
            connection.execute(delete(watched).where(watched.c.source == key))
            connection.execute(insert(watched).values(source=key, body=to_json(now)))

    def seen(self, source: str) -> Seen:
        """What is in the case of a source that is watched."""
        with self._reading() as connection:
            return seen_of(connection, _key(source))

    def remember(self, seen: Mapping[str, Seen]) -> None:
        """Keeps what was seen of sources where nothing new was to be read. It is no change of the case."""
        with self._writing() as connection:
            self._remember(connection, seen)

    def rename(self, name: str, *, author: str, time: str) -> None:
        """Calls the case by another name; nothing else of it is read or written. Raises: StoreError when it is empty."""
        with self._writing() as connection:
            heads = list(bodies(connection, "head", None))
            if not heads:
                raise StoreError("no case has been saved here yet", where=self.address)
            head = msgspec.structs.replace(decoded(heads[-1], Case), name=name)
            Writer(connection, new_run(connection, author, time, f"renamed: {name}")).write(
                RecordPart("head", (("head", to_json(head)),))
            )

    def judge(self, judgement: Judgement) -> None:
        """Keeps what a person decided, beside the machine's own. What is there already, word by word, is kept once."""
        body = to_json(judgement)
        with self._writing() as connection:
            of_all = entry.c.kind == "judgement"
            is_alike = (entry.c.id == judgement.id) | entry.c.id.startswith(f"{judgement.id}#", autoescape=True)
            alike = connection.execute(select(entry.c.body).where(of_all, is_alike)).scalars().all()
            if body in map(bytes, alike):
                return
            place = connection.execute(select(func.count()).where(of_all)).scalar_one()
            id = f"{judgement.id}#{len(alike) + 1}" if alike else judgement.id
            what = f"judgement: {judgement.action} {judgement.subject}"
            writer = Writer(connection, new_run(connection, judgement.author, judgement.time, what))
            writer.add_entries("judgement", [(id, place, body)])

    def load(self, *, at: int | None = None, sightings: bool = True) -> Case:
        """The case as it stands, or as it stood after run `at`, perhaps without its sightings, which may be a million.

        Raises: StoreError when nothing was saved yet.
        """
        with self._reading() as connection:
            case = self._held(connection, at)
            return with_sightings(case, tuple(each_sighting(connection, at))) if sightings else case

    @contextmanager
    def reading(self) -> Iterator[Case]:
        """The case as it stands when it is opened; its sightings are `Streamed` from the store, and only while it is open.

        Raises: StoreError when nothing was saved yet.
        """
        with self._reading() as connection:
            case = self._held(connection, None)
            count = connection.execute(select(func.count()).where(holds(sighting, None))).scalar_one()
            yield with_sightings(case, Streamed(lambda: each_sighting(connection, None), int(count)))

    def _held(self, connection: Connection, at: int | None) -> Case:
        """The case without its sightings. Raises: StoreError when nothing was saved yet."""
        case = case_of(connection, at)
        if case is None:
            raise StoreError("no case has been saved here yet", where=self.address)
        return case

    def runs(self) -> tuple[Run, ...]:
        """All changes, oldest first."""
        with self._reading() as connection:
            return runs_of(connection)

    def changes(self) -> tuple[Changes, ...]:
        """What each run changed, oldest first."""
        with self._reading() as connection, complete(self.address):
            return changes_of(connection)

    def versions(self, id: str) -> tuple[Version, ...]:
        """Every version of the record of this id, oldest first; none where nothing has it."""
        with self._reading() as connection, complete(self.address):
            return versions_of(connection, id)

    def last_run(self) -> int:
        """The number of the last change, 0 when there was none."""
        with self._reading() as connection:
            return int(connection.execute(select(func.max(run.c.id))).scalar_one() or 0)

    def last_build(self) -> int:
        """The number of the last change that was more than a judgement, 0 when there was none."""
        with self._reading() as connection:
            return last_build(connection)

    def judgements(self) -> tuple[Judgement, ...]:
        """All that people decided, oldest first."""
        with self._reading() as connection:
            return tuple(decoded(body, Judgement) for body in bodies(connection, "judgement", None))

    def columns(self) -> Columns:
        """The current sightings as columns; the place in them is what `sightings_at` takes."""
        with self._reading() as connection:
            found = list(bodies(connection, "columns", None))
        try:
            return Columns.unpack(found[-1]) if found else Columns.of(self.load().hunt)  # saved by an earlier version
        except (zlib.error, msgspec.MsgspecError, ValueError) as error:
            raise StoreError(
                f"the columns of the sightings cannot be read: {error}", where=self.address, hint=DAMAGED
            ) from error

    def sightings_at(self, places: Sequence[int]) -> tuple[Sighting, ...]:
        """The current sightings at these places, in the order asked for; a place that is not there is left out."""
        found: dict[int, Sighting] = {}
        with self._reading() as connection:
            for batch in batches(places, AT_ONCE):
                query = select(sighting.c.place, sighting.c.body).where(sighting.c.until.is_(None), sighting.c.place.in_(batch))
                found |= {row.place: decoded(row.body, Sighting) for row in connection.execute(query)}
        return tuple(found[place] for place in places if place in found)

    def places_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The places of those of `ids` that are current sightings."""
        found: dict[str, int] = {}
        with self._reading() as connection:
            for batch in batches(ids, AT_ONCE):
                # Whether it holds is asked here: in the query it would lead SQLite to read all that hold instead of these ids.
                query = select(sighting.c.id, sighting.c.place, sighting.c.until).where(sighting.c.id.in_(batch))
                found |= {row.id: row.place for row in connection.execute(query) if row.until is None}
        return found

    def numbers(self) -> list[int]:
        """The numbers of the current sightings, by place."""
        query = "SELECT seq FROM sighting WHERE until IS NULL ORDER BY place"
        with self._reading() as connection:
            driver: Any = connection.connection.driver_connection  # a million rows: the rows of SQLAlchemy would take a second
            cursor = driver.cursor()
            try:
                cursor.execute(query)
                return [number for (number,) in cursor]
            finally:
                cursor.close()

    def numbers_with(self, query: str, *, inside: bool = False) -> list[int]:
        """The numbers of the sightings, earlier versions among them, that hold all words of the query.

        `inside`: that hold it as it is anywhere in their JSON, in the middle of words too, which reads all of them.
        """
        with self._reading() as connection:
            if inside:
                is_sqlite = connection.dialect.name == "sqlite"
                text = msgspec.json.encode(query)[1:-1].decode().lower()
                body = func.lower(cast(sighting.c.body, Text) if is_sqlite else func.convert_from(sighting.c.body, "UTF8"))
                found = func.instr(body, text) if is_sqlite else func.strpos(body, text)
                return list(connection.execute(select(sighting.c.seq).where(sighting.c.until.is_(None), found > 0)).scalars())
            wanted = phrases(query)
            return find_numbers(connection, "sighting", wanted) if wanted else []

    def sightings(
        self,
        *,
        technique_id: str | None = None,
        host: str | None = None,
        rule: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> tuple[tuple[int, Sighting], ...]:
        """Current sightings with their number, in order of number; `after` is the last number of the page before."""
        number = sighting.c.seq
        query = select(sighting.c.seq, sighting.c.body).where(sighting.c.until.is_(None))
        if technique_id is not None:
            number = technique.c.sighting  # whose key holds the page in order, so that only the page is read
            query = query.join(technique, number == sighting.c.seq).where(technique.c.technique == technique_id)
        if host is not None:
            query = query.where(sighting.c.host == host)
        if rule is not None:
            query = query.where(sighting.c.rule == rule)
        with self._reading() as connection:
            rows = connection.execute(query.where(number > after).order_by(number).limit(limit))
            return tuple((row.seq, decoded(row.body, Sighting)) for row in rows)

    def search(self, query: str, *, kind: str | None = None, after: int = 0, limit: int = 50) -> tuple[Found, ...]:
        """Current documents, claims, mentions, judgements and sightings that hold all words of the query, in capitals or not.

        At most `limit` of each kind, by number; with a `kind`, `after` is the last number of the page before. Words in quotes
        stand together, and so do the parts of a value such as an address; the last word may be the beginning of one, from
        three letters on.
        """
        wanted = phrases(query)
        if not wanted:
            return ()
        found = []
        with self._reading() as connection:
            for each in (kind,) if kind else (*INDEXED, "sighting"):
                for number, body in find_rows(connection, each, wanted, after=after, most=limit):
                    record = decoded(body, _KINDS[each])
                    before, match, rest = snippet(words_of(record), wanted)
                    found.append(Found(kind=each, number=number, record=record, before=before, match=match, after=rest))
        return tuple(found)

    def count(self, query: str, *, most: int = 10_000) -> dict[str, int]:
        """How many records of each kind hold all words of the query, each counted up to `most`."""
        wanted = phrases(query)
        if not wanted:
            return {}
        with self._reading() as connection:
            counts = {kind: how_many(connection, kind, wanted, most=most) for kind in (*INDEXED, "sighting")}
        return {kind: count for kind, count in counts.items() if count}

    def offered(self, to: str) -> dict[str, Row]:
        """What was passed on last `to` somebody: the columns of each object, by its id."""
        with self._reading() as connection:
            return _offered(connection, to)

    def offer(self, to: str, renew: Callable[[Mapping[str, Row]], Mapping[str, Row | None]]) -> None:
        """Keeps what is passed on `to` somebody: `renew` is given what was passed on last, and says what is new or another now,
        and (None) what is to be forgotten. It may be asked twice. It is no change of the case."""
        if not renew(self.offered(to)):
            return
        with self._writing() as connection:
            rows = renew(_offered(connection, to))
            for batch in batches(rows, AT_ONCE):
                connection.execute(delete(offered).where(offered.c.reader == to[:200], offered.c.id.in_(batch)))
            kept = ({"reader": to[:200], "id": id, **columns} for id, columns in rows.items() if columns is not None)
            for some in batches(kept):
                connection.execute(insert(offered), some)

    def check(self) -> None:
        """Raises: StoreError when the file is damaged."""
        with self._reading() as connection:
            if connection.dialect.name != "sqlite":
                return
            answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if answer != "ok":
            raise StoreError(f"the file is damaged: {answer}", where=self.address)

    @property
    def address(self) -> str:
        """Where the case is: a path, or a URL without a password."""
        return self._place.shown


def _offered(connection: Connection, to: str) -> dict[str, Row]:
    rows = connection.execute(select(offered).where(offered.c.reader == to[:200]))
    return {row["id"]: {n: row[n] for n in ("digest", "created", "modified", "added")} for row in rows.mappings()}


def _key(source: str) -> str:
    """A source in the table of those that are watched; addresses may be longer than a key."""
    return sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
