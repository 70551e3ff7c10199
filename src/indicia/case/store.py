"""The one place that stores: one SQLite file, or PostgreSQL for a team. Append-only: what was believed stays readable.

A case is written in one transaction, so a run that was reported done is there whole after a crash, and one that was not
leaves nothing. SQLite runs in WAL mode with full synchronisation; writers wait for each other instead of failing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Text, cast, create_engine, delete, event, func, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from indicia.case.columns import Columns
from indicia.case.faults import DAMAGED, check_file, complete, hint_of, reading, reason_of
from indicia.case.migrate import upgrade
from indicia.case.parts import LISTS, SINGLES, RecordPart, parts_of
from indicia.case.past import Changes, Run, Version, changes_of, runs_of, versions_of
from indicia.case.rows import keep_log, loading
from indicia.case.tables import entry, offered, run, sighting, technique
from indicia.case.words import INDEXED, find_numbers, find_rows, how_many, phrases, snippet, words_of
from indicia.case.writer import MANY, Writer, batches
from indicia.errors import StoreError
from indicia.records import Case, Claim, Document, Judgement, Mention, Record, Sighting, Streamed
from indicia.writing import make_private

__all__ = ["Found", "Store", "open_store"]

_KINDS: dict[str, type[Record]] = {kind: type for kind, (_, type) in LISTS.items()} | {"sighting": Sighting}
_FORM = "postgresql+psycopg://user@host/database"
_AT_ONCE = 500  # values in one query
_WAIT = 60  # seconds that a writer waits for another


class Found(Record, frozen=True, kw_only=True):
    """A current record that holds what was searched for, and where: `before`, `match`, `after` are the text around it."""

    kind: str
    number: int  # of the row; rises with time
    record: Document | Claim | Mention | Judgement | Sighting
    before: str = ""
    match: str = ""
    after: str = ""


def open_store(where: Path | str) -> Store:
    """The store in a file (made if it is not there) or behind a URL such as `postgresql+psycopg://...`. Raises: StoreError.

    A file of another program, of a newer version or a damaged one is refused and stays as it is.
    """
    text = str(where)
    url, engine = _engine_of(text)
    shown = text if "://" not in text else url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
            check_file(Path(url.database), shown)
            make_private(Path(url.database))  # SQLite gives its log and its index of it the mode of the file
        _listen(engine)
    try:
        upgrade(engine)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, CommandError):
            hint = "open it with the version that wrote it, or with a newer one"
            raise StoreError("was written by a newer version of Indicia, or is not a case", where=shown, hint=hint) from error
        if not isinstance(error, SQLAlchemyError | OSError | ImportError):
            raise
        raise StoreError(f"cannot be opened as a case: {reason_of(error)}", where=shown, hint=hint_of(error)) from error
    return Store(engine)


def _engine_of(text: str) -> tuple[URL, Engine]:
    """Raises: StoreError for an address that SQLAlchemy does not understand, or whose driver is not installed."""
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=str(Path(text).absolute()))
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise StoreError(f"{url.get_backend_name()} is no database that cases are kept in", where=_hidden(text), hint=_FORM)
        return url, create_engine(url, connect_args={"timeout": _WAIT} if url.get_backend_name() == "sqlite" else {})
    except (ArgumentError, ValueError, TypeError) as error:
        raise StoreError("is no database address", where=_hidden(text), hint=_FORM) from error
    except ImportError as error:
        hint = f'pip install "indicia[postgresql]", and an address such as {_FORM}'
        raise StoreError(f"the driver {error.name} is not installed", where=_hidden(text), hint=hint) from error


def _hidden(address: str) -> str:
    """The address without what may be a password."""
    return re.sub(r"(?<=://).*@", "***@", address)


def _listen(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # so that BEGIN is ours to write
        keep_log(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_WAIT * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that later writes could find the file changed under it and fail; a writer from the start waits instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


class Store:
    """A case on disk. Use as a context manager, or call `close`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reading(self.address), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self, *, many: bool = False) -> Iterator[Connection]:
        with (
            reading(self.address, "could not be written, and nothing was changed"),
            self._engine.connect().execution_options(writes=True) as connection,
            loading(connection, sighting) if many else nullcontext(),
            connection.begin(),
        ):
            if self._engine.dialect.name == "postgresql":  # one writer at a time, so that `place` and `until` stay consistent
                connection.exec_driver_sql("LOCK TABLE run IN EXCLUSIVE MODE")
            yield connection

    def save(self, case: Case, *, author: str, time: str, what: str) -> Changes:
        """Makes `case` the current state and says what that changed. What does not change is not written again.

        `time` is ISO, UTC, and is the caller's to give. Judgements by people are never withdrawn by a run.
        """
        sightings = case.hunt.sightings if case.hunt else ()
        with self._writing(many=len(sightings) > MANY) as connection:
            number = connection.execute(insert(run).values(time=time, author=author, what=what[:2000])).inserted_primary_key
            assert number is not None
            writer = Writer(connection, int(number[0]))
            for part in parts_of(case):
                writer.write(part)
            writer.write_sightings(sightings)
            writer.write(RecordPart("columns", (("columns", Columns.of(case.hunt).pack()),)))
            for counts in (writer.added, writer.superseded, writer.withdrawn):
                counts.pop("columns", None)  # nothing new: the sightings once more, in another form
            return Changes(run=writer.run, added=writer.added, superseded=writer.superseded, withdrawn=writer.withdrawn)

    def rename(self, name: str, *, author: str, time: str) -> None:
        """Calls the case by another name; nothing else of it is read or written. Raises: StoreError when it is empty."""
        with self._writing() as connection:
            heads = list(self._bodies(connection, "head", None))
            if not heads:
                raise StoreError("no case has been saved here yet", where=self.address)
            number = connection.execute(
                insert(run).values(time=time, author=author, what=f"renamed: {name}"[:2000])
            ).inserted_primary_key
            assert number is not None
            head = msgspec.structs.replace(_decode(heads[-1], Case), name=name)
            Writer(connection, int(number[0])).write(RecordPart("head", (("head", _encode(head)),)))

    def judge(self, judgement: Judgement) -> None:
        """Keeps what a person decided, beside the machine's own."""
        with self._writing() as connection:
            what = f"judgement: {judgement.action} {judgement.subject}"
            number = connection.execute(
                insert(run).values(time=judgement.time, author=judgement.author, what=what)
            ).inserted_primary_key
            assert number is not None
            place = connection.execute(select(func.count()).where(entry.c.kind == "judgement")).scalar_one()
            writer = Writer(connection, int(number[0]))
            writer.add_entries("judgement", [(judgement.id, place, _encode(judgement))])

    def load(self, *, at: int | None = None, sightings: bool = True) -> Case:
        """The case as it stands, or as it stood after run `at`, perhaps without its sightings, which may be a million.

        Raises: StoreError when nothing was saved yet.
        """
        with self._reading() as connection:
            case = self._case(connection, at)
            return _with_sightings(case, tuple(_each_sighting(connection, at))) if sightings else case

    @contextmanager
    def reading(self) -> Iterator[Case]:
        """The case as it stands when it is opened; its sightings are `Streamed` from the store, and only while it is open.

        Raises: StoreError when nothing was saved yet.
        """
        with self._reading() as connection:
            if not self._is_sqlite:  # where else each question would be answered as of its own moment
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            case = self._case(connection, None)
            count = connection.execute(select(func.count()).where(_holds(sighting, None))).scalar_one()
            yield _with_sightings(case, Streamed(lambda: _each_sighting(connection, None), int(count)))

    def _case(self, connection: Connection, at: int | None) -> Case:
        """The case without its sightings."""
        fields: dict[str, Any] = {}
        for kind, (field, type) in LISTS.items():
            fields[field] = tuple(_decode(body, type) for body in self._bodies(connection, kind, at))
        for kind, (field, single) in SINGLES.items():
            found = list(self._bodies(connection, kind, at))
            if found:
                fields[field] = _decode(found[-1], single)
        if "head" not in fields:
            raise StoreError("no case has been saved here yet", where=self.address)
        head: Case = fields.pop("head")
        return msgspec.structs.replace(head, **fields)

    def _bodies(self, connection: Connection, kind: str, at: int | None) -> Iterator[bytes]:
        query = select(entry.c.body).where(entry.c.kind == kind, _holds(entry, at)).order_by(entry.c.place, entry.c.seq)
        for row in connection.execute(query):
            yield row.body

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
        last = func.max(entry.c.since), func.max(entry.c.until)
        with self._reading() as connection:
            row = connection.execute(select(*last).where(entry.c.kind != "judgement")).one()
        return max(number or 0 for number in row)

    def judgements(self) -> tuple[Judgement, ...]:
        """All that people decided, oldest first."""
        with self._reading() as connection:
            return tuple(_decode(body, Judgement) for body in self._bodies(connection, "judgement", None))

    def columns(self) -> Columns:
        """The current sightings as columns; the place in them is what `sightings_at` takes."""
        with self._reading() as connection:
            found = list(self._bodies(connection, "columns", None))
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
            for start in range(0, len(places), _AT_ONCE):
                batch = places[start : start + _AT_ONCE]
                query = select(sighting.c.place, sighting.c.body).where(sighting.c.until.is_(None), sighting.c.place.in_(batch))
                found |= {row.place: _decode(row.body, Sighting) for row in connection.execute(query)}
        return tuple(found[place] for place in places if place in found)

    def places_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The places of those of `ids` that are current sightings."""
        found: dict[str, int] = {}
        with self._reading() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                batch = ids[start : start + _AT_ONCE]
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
                text = msgspec.json.encode(query)[1:-1].decode().lower()
                body = func.lower(
                    cast(sighting.c.body, Text) if self._is_sqlite else func.convert_from(sighting.c.body, "UTF8")
                )
                found = func.instr(body, text) if self._is_sqlite else func.strpos(body, text)
                return list(connection.execute(select(sighting.c.seq).where(sighting.c.until.is_(None), found > 0)).scalars())
            wanted = phrases(query)
            return find_numbers(connection, "sighting", wanted) if wanted else []

    @property
    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

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
            return tuple((row.seq, _decode(row.body, Sighting)) for row in rows)

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
                    record = _decode(body, _KINDS[each])
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

    def offered(self, to: str) -> dict[str, dict[str, str]]:
        """What was passed on last `to` somebody: the columns of each object, by its id."""
        with self._reading() as connection:
            rows = connection.execute(select(offered).where(offered.c.reader == to[:200]))
            return {row["id"]: {n: row[n] for n in ("digest", "created", "modified", "added")} for row in rows.mappings()}

    def keep_offered(self, to: str, objects: Mapping[str, Mapping[str, str]], *, gone: Sequence[str] = ()) -> None:
        """Keeps what was passed on `to` somebody, and forgets what is `gone`. It is no change of the case."""
        with self._writing() as connection:
            for batch in batches([*objects, *gone], _AT_ONCE):
                connection.execute(delete(offered).where(offered.c.reader == to[:200], offered.c.id.in_(batch)))
            for some in batches(objects.items()):
                connection.execute(insert(offered), [{"reader": to[:200], "id": id, **columns} for id, columns in some])

    def check(self) -> None:
        """Raises: StoreError when the file is damaged."""
        if not self._is_sqlite:
            return
        with self._reading() as connection:
            answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if answer != "ok":
            raise StoreError(f"the file is damaged: {answer}", where=self.address)

    @property
    def address(self) -> str:
        """Where the case is: a path, or a URL without a password."""
        url = self._engine.url
        return url.database if self._is_sqlite and url.database else url.render_as_string(hide_password=True)


def _with_sightings(case: Case, sightings: Sequence[Sighting]) -> Case:
    hunt = msgspec.structs.replace(case.hunt, sightings=sightings) if case.hunt else None
    return msgspec.structs.replace(case, hunt=hunt)


def _each_sighting(connection: Connection, at: int | None) -> Iterator[Sighting]:
    """In the order of the case, a few at a time."""
    query = select(sighting.c.body).where(_holds(sighting, at)).order_by(sighting.c.place, sighting.c.seq)
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:  # closed if nobody asks for the rest
        for row in rows:
            yield _decode(row.body, Sighting)


def _holds(table: Any, at: int | None) -> Any:
    if at is None:
        return table.c.until.is_(None)
    return (table.c.since <= at) & (table.c.until.is_(None) | (table.c.until > at))


_encoder = msgspec.json.Encoder(order="deterministic")


def _encode(record: Mapping[str, Any] | Record) -> bytes:
    return _encoder.encode(record)


def _decode(body: bytes, type: Any) -> Any:
    return msgspec.json.decode(bytes(body), type=type)
