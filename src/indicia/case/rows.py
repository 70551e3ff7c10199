"""Many rows at once, the quickest way that each database has: COPY in PostgreSQL, one prepared statement in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Index, Table

__all__ = ["add_rows", "copy_rows", "drop_indexes", "widen_cache"]

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


def widen_cache(connection: Connection) -> None:
    """Until the connection is closed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE}")
