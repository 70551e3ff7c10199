"""A case as tables that one may ask anything in SQL: a copy in memory that nothing can be written to, each question bounded.

SQLite itself refuses what a question may not do: its authorizer allows reading these tables and pure functions, and no more.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from indicia.errors import UsageError

SECONDS = 3.0  # that one question may take
MOST_ROWS = 1_000  # that one answer holds
MOST_CELL = 20_000  # bytes of one value, made by a question as well
MOST_PATTERN = 1_000  # bytes of what LIKE and GLOB compare with
MOST_MADE = 100_000  # bytes of a value on the way: one step over it, which no clock ends, takes a third of a second at most
MOST_SQL = 10_000  # characters of a question
PAGES = 131_072  # of 4 KB: what a copy may take
CACHE = 32_000  # KB in memory while a question is answered, beside
MOST_HELD = 256 << 20  # bytes that it may take to sort: it has no file for that
STEPS = 2_000  # instructions of SQLite between two looks at the clock
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_STATM = Path("/proc/self/statm")
_TOO_MUCH = f"that takes more than {MOST_HELD >> 20} MB of memory: ask for less, or filter first"
# What reads files, loads code or makes values of any size.
_REFUSED = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "randomblob", "sqlite_log"}


class QueryTable(NamedTuple):
    """A table: its name, its columns, and its rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


class QueryAnswer(NamedTuple):
    """What a question gave; `cut` where there would have been more."""

    columns: list[str]
    rows: list[tuple[object, ...]]
    cut: bool
    milliseconds: int


class Tables:
    """Tables in memory, filled once. Safe to ask from several threads; one question at a time is answered."""

    def __init__(self, tables: Iterable[QueryTable]) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._turn = threading.Lock()
        self._is_large = False  # whether the last question was stopped for what it took
        self.columns: dict[str, tuple[str, ...]] = {}
        self.counts: dict[str, int] = {}
        self._database.execute(f"PRAGMA max_page_count={PAGES}")
        self._database.execute(f"PRAGMA cache_size=-{CACHE}")
        self._database.execute("PRAGMA temp_store=MEMORY")
        for table in tables:
            names = ", ".join(f'"{column}"' for column in table.columns)
            self._database.execute(f'CREATE TABLE "{table.name}" ({names})')
            marks = ", ".join("?" * len(table.columns))
            given = (tuple(map(_plain, row)) for row in table.rows)
            added = self._database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', given)
            self.columns[table.name], self.counts[table.name] = tuple(table.columns), max(0, added.rowcount)
        self._database.execute("PRAGMA query_only=ON")
        self._database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_MADE)
        self._database.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MOST_PATTERN)
        self._database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MOST_SQL)
        self._database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._database.set_authorizer(_may)  # no method, which would keep the tables for as long as their database
        self.close = weakref.finalize(self, self._database.close)  # called when the last who holds the tables lets go of them

    def ask(self, sql: str) -> QueryAnswer:
        """The first rows of one question. Raises: UsageError for one that cannot be answered, or took too long."""
        if len(sql) > MOST_SQL:
            raise UsageError(f"a query has at most {MOST_SQL:,} characters")
        with self._turn, self._until(time.monotonic() + SECONDS):
            begun = time.monotonic()
            try:
                found = self._database.execute(sql)
                rows = found.fetchmany(MOST_ROWS + 1)
                columns = [one[0] for one in found.description or ()]
                found.close()
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                raise UsageError(_TOO_MUCH if self._is_large else _reason(error)) from None
        if not columns:
            raise UsageError("that is not a query", hint="for example: select * from claims")
        spent = max(1, round((time.monotonic() - begun) * 1000))
        return QueryAnswer(columns, [tuple(map(_short, row)) for row in rows[:MOST_ROWS]], len(rows) > MOST_ROWS, spent)

    @contextmanager
    def _until(self, end: float) -> Iterator[None]:
        most = held() + MOST_HELD

        def look() -> int:
            self._is_large = held() > most
            return int(self._is_large or time.monotonic() > end)

        self._is_large = False
        self._database.set_progress_handler(look, STEPS)
        try:
            yield
        finally:
            self._database.set_progress_handler(None, 0)


def _may(action: int, _first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in _REFUSED else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _plain(value: object) -> object:
    """A value as SQLite keeps it."""
    if value is None or isinstance(value, int | float):
        return value
    return str(value).encode("utf-8", "replace").decode()[:MOST_CELL]


def _short(value: object) -> object:
    if isinstance(value, bytes):
        return value[:MOST_CELL].hex()
    return value[:MOST_CELL] if isinstance(value, str) else value


def held() -> int:
    """Bytes of memory that this process holds; nothing where the system does not tell."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _reason(error: Exception) -> str:
    text = str(error)
    if "interrupted" in text:
        return f"that takes longer than {SECONDS:g} seconds: ask for less, or filter first"
    if "not authorized" in text or "prohibited" in text:
        return "only SELECT on these tables is allowed"
    return text
