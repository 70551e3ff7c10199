"""Many rows at once, the quickest way that each database has: COPY in PostgreSQL, one prepared statement in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Index, Table

__all__ = ["add_rows", "copy_rows", "drop_indexes", "keep_log", "loading"]

_CACHE = 256_000  # KiB of pages that SQLite may hold while it takes in very many rows


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of all columns of `table`, in their order."""
    if not rows:
        return
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table.name, names, rows)
    else:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", list(rows))


def copy_rows(connection: Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """COPY, which only PostgreSQL has."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def drop_indexes(connection: Connection, table: Table) -> tuple[Index, ...]:
    """Drops the indexes of a table that is empty, for the caller to make again in the same transaction once it is full."""
    found = tuple(sorted(table.indexes, key=lambda index: str(index.name)))
    for index in found:
        index.drop(connection)
    return found


@contextmanager
def loading(connection: Connection, table: Table) -> Iterator[None]:
    """For very many rows in one transaction, which begins and ends inside.

    An SQLite file whose `table` is empty is written straight, with a rollback journal that holds next to nothing, instead of
    into a log first and then once more: as safe, with half the writing. Where somebody else has the file open it stays with the
    log, and they read on. References among our own rows are not looked up a million times.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    for pragma in (f"cache_size=-{_CACHE}", "foreign_keys=OFF"):
        driver.execute(f"PRAGMA {pragma}")
    if driver.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone() is None:
        with suppress(sqlite3.OperationalError):
            driver.execute("PRAGMA journal_mode=DELETE")
    try:
        yield
    finally:
        keep_log(driver)
        connection.invalidate()  # and with it what was set here


def keep_log(driver: Any) -> None:
    """Has SQLite keep a write-ahead log, in which readers and a writer do not meet. Where somebody is filling the file just now
    it is left as it is: they will do so themselves, or whoever opens it next."""
    with suppress(sqlite3.OperationalError):
        driver.execute("PRAGMA journal_mode=WAL")
