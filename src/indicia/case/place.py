"""Where a case is kept: which database is asked by who reads it, and by who writes to it.

Who only reads changes nothing: a file of an earlier version is read in a copy that is brought to today's shape, and one that is
not there yet as an empty case. The first who writes makes the file, or brings it to today's shape.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from indicia.case.faults import check_file, hint_of, reason_of
from indicia.case.migrate import upgrade
from indicia.case.rows import keep_log
from indicia.case.tables import SHAPES
from indicia.errors import StoreError
from indicia.writing import make_private

__all__ = ["Place"]

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
