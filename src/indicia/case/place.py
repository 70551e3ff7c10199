"""Where a case is kept: which database is asked by who reads it, and by who writes to it, and what is told where it fails.

Who only reads changes nothing: a file of an earlier version is read in a copy that is brought to today's shape, and one that is
not there yet as an empty case. The first who writes makes the file, or brings it to today's shape.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import msgspec
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from indicia.case.migrate import upgrade
from indicia.case.rows import keep_log
from indicia.case.tables import SHAPES
from indicia.errors import StoreError
from indicia.writing import make_private

_FORM = "postgresql+psycopg://user@host/database"
_WAIT = 60  # seconds that a writer waits for another
_FILE_SHAPE = "SELECT version_num FROM alembic_version"
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version')",
}


class Place:
    """A file, or a database behind a URL. Safe to use from several threads."""

    def __init__(self, where: Path | str) -> None:
        """Raises: StoreError for what is no case, is damaged, or was written by a newer version; it stays as it is."""
        text = str(where)
        self.url, self._engine = _engine_of(text)
        self.shown = text if "://" not in text else self.url.render_as_string(hide_password=True)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        on_disk = self.is_sqlite and self.url.database and not self.url.database.startswith((":memory:", "file:"))
        self._file = Path(str(self.url.database)) if on_disk else None
        self._lock = threading.Lock()
        self._is_ready = False  # has today's shape
        self._instead: tuple[str | None, Engine] | None = None  # what is read until then, made of this shape
        self._copy: TemporaryDirectory[str] | None = None
        if self.is_sqlite:
            _listen(self._engine)
        if self._file is not None:
            check_file(self._file, self.shown)
        try:
            self.for_readers()
        except BaseException:
            self.close()
            raise

    def for_readers(self) -> Engine:
        """Raises: StoreError."""
        with self._lock, self._opening():
            shape = SHAPES[-1] if self._is_ready else self._shape()
            if shape == SHAPES[-1]:
                self._become_ready()
                return self._engine
            if self._instead is None or self._instead[0] != shape:
                self._forget()
                self._instead = shape, _empty() if shape is None else self._older()
            return self._instead[1]

    def for_writers(self) -> Engine:
        """Raises: StoreError."""
        with self._lock, self._opening():
            if not self._is_ready:
                if self._file is not None:
                    make_private(self._file)  # SQLite gives its log and its index of it the mode of the file
                    with closing(self._engine.raw_connection()) as connection:
                        keep_log(connection.driver_connection)
                upgrade(self._engine)
                self._become_ready()
            return self._engine

    def close(self) -> None:
        with self._lock:
            self._forget()
            self._engine.dispose()

    def _become_ready(self) -> None:
        self._is_ready = True
        self._forget()

    def _forget(self) -> None:
        if self._instead is not None:
            self._instead[1].dispose()
            self._instead = None
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _shape(self) -> str | None:
        """None where no case has been kept yet."""
        if self._file is not None and not (self._file.exists() and self._file.stat().st_size):
            return None
        with self._engine.connect() as connection:
            if connection.exec_driver_sql(_TABLES[connection.dialect.name]).scalar() is None:
                return None
            shape = str(connection.exec_driver_sql(_FILE_SHAPE).scalar_one())
        if shape not in SHAPES:
            raise CommandError(shape)
        return shape

    def _older(self) -> Engine:
        """A copy of the file in today's shape."""
        if self._file is None:
            hint = "whatever adds to it brings it to today's form, such as indicia judge, or brief with --case"
            raise StoreError(
                "was written by an earlier version, and who only reads changes nothing", where=self.shown, hint=hint
            )
        self._copy = TemporaryDirectory(prefix="indicia-older-")
        copy = Path(self._copy.name) / "copy.indicia"
        make_private(copy)
        with closing(sqlite3.connect(self._file, timeout=_WAIT)) as held, closing(sqlite3.connect(copy)) as made:
            held.execute("PRAGMA query_only=ON")
            held.backup(made)
        engine = create_engine(URL.create("sqlite", database=str(copy)))
        _listen(engine)
        upgrade(engine)
        return engine

    @contextmanager
    def _opening(self) -> Iterator[None]:
        try:
            yield
        except CommandError as error:
            hint = "open it with the version that wrote it, or with a newer one"
            what = "was written by a newer version of Indicia, or is not a case"
            raise StoreError(what, where=self.shown, hint=hint) from error
        except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
            what = f"cannot be opened as a case: {reason_of(error)}"
            raise StoreError(what, where=self.shown, hint=hint_of(error)) from error


def _empty() -> Engine:
    """A case in memory in which nothing is."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _listen(engine)
    upgrade(engine)
    return engine


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
        for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_WAIT * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that later writes could find the file changed under it and fail; a writer from the start waits instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


# Case files that are none, or not whole: told with the file's name, and left as they are.
DAMAGED = "the file may be damaged: use an older copy"
_THEIRS = "do not trust whoever gave it to you"
_PARTS = "SELECT type, name, sql FROM sqlite_master"
# What a stranger's file may have SQLite do for whoever reads or writes it.
_ACTS = re.compile(r"\b(?:check|generated|default|as|where|collate|cascade|conflict|set)\b|\busing\s+(?!fts5\b)", re.IGNORECASE)
_NAME = '"?\\w+"?'
_PLAIN_INDEX = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+{_NAME}\s+ON\s+{_NAME}\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)\s*", re.IGNORECASE
)
_OURS = {"alembic_version", "run", "entry", "sighting"}


def check_file(path: Path, where: str) -> None:
    """Looks at what is there before anything is changed in it. Raises: StoreError for what can be no case, or never be one."""
    try:
        if path.is_dir():
            raise StoreError("is a folder, not a case file", where=where)
        if not path.exists():
            _check_folder(path.parent, where)
            return
        if path.stat().st_size == 0:
            return  # as it is before the first run
        if not os.access(path, os.R_OK):
            raise StoreError("cannot be read: permission denied", where=where)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            hint = "SQLite keeps its log beside it; make a copy elsewhere"
            raise StoreError("it or its folder cannot be written to", where=where, hint=hint)
        schema = _schema(path)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot be a case: {reason_of(error)}", where=where) from error
    if schema and not {name for kind, name, _ in schema if kind == "table"} >= _OURS:
        raise StoreError("is another program's database; nothing in it was changed", where=where)
    for kind, name, words in schema:
        reckons = kind == "index" and words and not _PLAIN_INDEX.fullmatch(words)
        if kind not in {"table", "index"} or _ACTS.search(words) or reckons:
            raise StoreError(
                f"holds a {kind} ({name[:40]!r}) that acts by itself, as none of ours does", where=where, hint=_THEIRS
            )


def _check_folder(folder: Path, where: str) -> None:
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}", where=where)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"the folder {folder} may not be written to", where=where)


def _schema(path: Path) -> list[tuple[str, str, str]]:
    """Kind, name and definition of all that it is made of, read without a change; nothing where SQLite cannot read it at all.

    Where SQLite must mend it first, by a journal that lies beside it, that is done in a copy."""
    try:
        return _parts(f"file:{quote(str(path))}?mode=ro")
    except sqlite3.Error:
        journal = path.with_name(f"{path.name}-journal")
        if not journal.is_file():
            return []
    with TemporaryDirectory(prefix="indicia-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, copy.with_name(journal.name))
        with suppress(sqlite3.Error):
            return _parts(f"file:{quote(str(copy))}")
    return []


def _parts(address: str) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(address, uri=True, timeout=60)) as connection:
        return [(kind, name, words or "") for kind, name, words in connection.execute(_PARTS)]


@contextmanager
def reading(where: str, what: str = "cannot be read") -> Iterator[None]:
    """Tells as StoreError what a database or the records in it do not give."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"{what}: {reason_of(error)}", where=where, hint=hint_of(error)) from error
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise StoreError(f"{what}: a record is not whole: {error}", where=where, hint=DAMAGED) from error


@contextmanager
def complete(where: str) -> Iterator[None]:
    """Tells as StoreError that records speak of a change of which nothing is left."""
    try:
        yield
    except KeyError as error:
        raise StoreError(f"cannot be read: of run {error} nothing is left", where=where, hint=DAMAGED) from error


def reason_of(error: BaseException) -> str:
    """What the database or the system says, without the statement and its values."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error.orig if isinstance(error, DBAPIError) and error.orig else error).split())


def hint_of(error: BaseException) -> str:
    """What to do, where the words of the database say that its file is not whole."""
    words = ("malformed", "no such table", "no such column", "corrupt", "decode", "not a database", "datatype")
    return DAMAGED if any(word in str(error) for word in words) else ""
