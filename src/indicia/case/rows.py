"""Many rows at once, the quickest way that each database has: COPY in PostgreSQL, one prepared statement in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary, String, Table

BATCH = 5_000  # rows sent at a time: large enough to be quick, small enough to bound memory
_CACHE = 256_000  # KiB of pages that SQLite may hold while it takes in very many rows, and of PostgreSQL's to sort them
_GATHERED = 32_000  # KiB that PostgreSQL gathers of a full-text index: with more it is slower, since it looks further for each


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """The rows, so many at a time."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


# Our column types as PostgreSQL calls them.
_BINARY: dict[type[Any], str] = {Integer: "int4", String: "text", LargeBinary: "bytea"}


def add_rows(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows of all columns of `table`, in their order. They may be made as they are taken: PostgreSQL works on those before."""
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table.name, names, rows, [_BINARY[type(column.type)] for column in table.columns])
    elif held := list(rows):
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", held)


def copy_rows(
    connection: Connection, table: str, names: Sequence[str], rows: Iterable[tuple[Any, ...]], types: Sequence[str]
) -> None:
    """COPY in its binary form, which only PostgreSQL has; `types` are those of the columns, as it calls them."""
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


_SQLITE_PARTS = "SELECT 'DROP INDEX ' || name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
# Foreign keys among the tables that are filled (that to `run` stays, so that its readers are not shut out), keys of several
# columns (those of one grow with the rows, which costs little), then indexes.
_POSTGRES_PARTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = CAST(%s AS regclass)
AND (contype = 'f' AND confrelid <> CAST('run' AS regclass) OR contype = 'p' AND array_length(conkey, 1) > 1)
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE NOT indisprimary AND indrelid = CAST(%s AS regclass)
"""


@contextmanager
def bare(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """The tables without indexes, and in PostgreSQL without foreign keys, while they are filled for the first time: made
    afterwards and at once, in the same transaction, they take a fraction of the time."""
    postgres = connection.dialect.name == "postgresql"
    query = _POSTGRES_PARTS if postgres else _SQLITE_PARTS
    parts = [
        (str(drop), str(make))
        for table in tables
        for drop, make in connection.exec_driver_sql(query, (table,) * (2 if postgres else 1))
    ]
    for drop, _ in parts:
        connection.exec_driver_sql(drop)
    yield
    for _, make in reversed(parts):
        if postgres:
            room = _GATHERED if " USING gin " in make else _CACHE
            connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{room}kB'")
        connection.exec_driver_sql(make)
    if postgres:  # which plans its queries by what it knows of the tables, and knows nothing of new rows yet
        connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")


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
