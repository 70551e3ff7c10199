"""Parquet and Arrow files: every row is a record, of whatever kind its columns show.

References: Apache Parquet, "File format"; Apache Arrow, "Arrow columnar format: IPC file".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, BinaryIO

import pyarrow as pa

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.envelope import unpacked
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.kept import is_kept, kept_batches
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.hunt.logs.formats.unfolding import bounded_batches
from indicia.hunt.sources import FAMILIES
from indicia.records import Problem, Severity

__all__ = ["FORMATS", "events_of"]

LARGEST = 1 << 30  # bytes of a file within an archive, which is read whole


def sniff(head: bytes, _name: str) -> bool:
    """The first bytes of either."""
    return head.startswith((b"PAR1", b"ARROW1"))


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Rows in file order; `position` counts them."""
    for log in logs:
        number = 0
        try:
            for rows in bounded_batches(partial(_tables, log)):
                yield from events_of(log, rows, range(number + 1, number + 1 + len(rows)), wanted)
                number += len(rows)
        except (pa.ArrowException, ValueError, OSError) as error:
            yield Problem(where=log.name, what=f"cannot be read on: {error}", severity=Severity.FAILED)


def events_of(log: LogInput, rows: pa.RecordBatch, positions: Iterable[int], wanted: frozenset[str]) -> Iterator[EventBatch]:
    """Some rows of a table, with their positions in it, as events."""
    if is_kept(rows.schema.names):
        yield from kept_batches(rows, wanted)
        return
    records = [(position, unpacked(_plain(row))) for position, row in zip(positions, _rows(rows), strict=True)]
    yield from batches(log, records, wanted, "record")


def _rows(rows: pa.RecordBatch) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = rows.to_pylist()
        return found
    except (OverflowError, ValueError):  # a time beyond the calendar
        columns = [[_value(cell) for cell in column] for column in rows.columns]
        return [dict(zip(rows.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _value(cell: Any) -> Any:
    """The value of a cell; of a time beyond the calendar the number that it is kept as and its kind, so that none reads it as
    another time."""
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        if isinstance(cell, pa.StructScalar):
            return {name: _value(inner) for name, inner in cell.items()}
        if isinstance(cell, pa.ListScalar | pa.LargeListScalar | pa.FixedSizeListScalar | pa.MapScalar):
            return [_value(inner) for inner in cell.values]
        return _value(cell.value) if isinstance(cell.value, pa.Scalar) else f"{cell.value} {cell.type}"


def _tables(log: LogInput, size: int) -> Iterator[pa.RecordBatch]:
    """Its rows, so many at a time where the format lets one choose."""
    with log.open() as stream:
        source = stream if log.path is not None else _whole(stream)
        first = source.read(4)
        source.seek(0)
        if first == b"PAR1":
            import pyarrow.parquet as pq  # few logs are such, and it takes a while to load

            with pq.ParquetFile(source) as file:
                yield from file.iter_batches(size, use_threads=False)  # of which none may be begun while memory is bounded
        else:
            with pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False)) as file:
                for index in range(file.num_record_batches):
                    rows = file.get_batch(index)
                    rows.validate(full=True)  # its offsets may lead out of its memory
                    yield rows


def _whole(stream: BinaryIO) -> pa.BufferReader:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"within an archive it may have {LARGEST >> 30} GB; unpack it first")
    return pa.BufferReader(data)


def _plain(value: Any) -> Any:
    """A value as JSON would have it; a map of names is an object."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            return {str(name): _plain(inner) for name, inner in value}
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


FORMATS = (Format("parquet", "generic", sniff, read, also=("windows", "zeek", *LINE_FAMILIES, *FAMILIES)),)
