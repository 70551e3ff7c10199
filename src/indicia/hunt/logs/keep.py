"""Events kept as Parquet, for DuckDB, pandas, Spark, Timesketch (through any of them) and later questions.

One file a format and run. What every event has stands in columns of ours (BASE); each field of the logs has a column of its own
name, null where an event lacks it. MORE is a map of what got none: names beyond the commonest COLUMNS, and those that differ
from another only by case, which many engines take for one. `formats/kept.py` reads it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.writing import make_private

if TYPE_CHECKING:
    import pyarrow.parquet as pq

COLUMNS = 1_000  # fields that get a column, the commonest of a file
GROUP = 65_536  # events of a row group
TIME = "log_time"
MORE = "log_more"
BASE = pa.schema(
    [
        ("log_file", pa.string()),
        ("log_position", pa.int64()),
        ("log_unit", pa.string()),
        ("log_format", pa.string()),
        ("log_family", pa.string()),
        (TIME, pa.timestamp("us", "UTC")),
        ("log_time_text", pa.string()),
        ("log_host", pa.string()),
    ]
)
_FIELDS = pa.field(MORE, pa.map_(pa.string(), pa.string()))
_SPOOLED = BASE.append(_FIELDS)


class _Spool:
    """The events of one format on their way: which fields there are is known when the last has come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: Counter[str] = Counter()
        make_private(path)
        self.writer = pa.ipc.new_stream(str(path), _SPOOLED, options=pa.ipc.IpcWriteOptions(compression="zstd"))


class Keeper:
    """Writes batches into a folder. Files take their names when they are whole: leave it as a context, or nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spools: dict[str, _Spool] = {}
        self.fault = ""

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for name, spool in self._spools.items():
            part = self._folder / f"{name}.parquet.part"
            try:
                spool.writer.close()
                if kind is None and not self.fault:
                    make_private(part)
                    _write_flat(spool, part)
                    part.replace(self._folder / f"{name}.parquet")
            except OSError as error:
                self.fault = self.fault or str(error)
            finally:
                part.unlink(missing_ok=True)
                spool.path.unlink(missing_ok=True)

    def add(self, batch: EventBatch) -> None:
        """Writes a batch; after a fault (a full disk) it does nothing, and `fault` says why."""
        if self.fault:
            return
        try:
            spool = self._spools.get(batch.format)
            if spool is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                spool = self._spools[batch.format] = _Spool(self._folder / f"{batch.format}.arrow.part")
            rows = _rows(batch)
            spool.names.update(rows.column(MORE).keys.to_pylist())
            spool.writer.write_batch(rows)
        except OSError as error:
            self.fault = str(error)


def _rows(batch: EventBatch) -> pa.RecordBatch:
    whole = [batch.rebuild(row) for row in range(batch.size)]
    times = [None if time == NO_TIME else time for time in batch.times.tolist()]
    files = [batch.files[0]] * batch.size if batch.file_of is None else [batch.files[index] for index in batch.file_of.tolist()]
    columns = [
        files,
        batch.positions,
        [batch.unit] * batch.size,
        [batch.format] * batch.size,
        [batch.family] * batch.size,
        times,
        [text for text, _, _ in whole],
        [host for _, host, _ in whole],
        [list(fields.items()) for _, _, fields in whole],
    ]
    return pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, _SPOOLED, strict=True)], schema=_SPOOLED)


def _write_flat(spool: _Spool, path: Path) -> None:
    import pyarrow.parquet as pq  # few hunts keep their events, and it takes a while to load

    names = _with_column(spool.names)
    schema = pa.schema([*BASE, *(pa.field(name, pa.string()) for name in names), _FIELDS])
    with pa.memory_map(str(spool.path)) as file, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for rows in pa.ipc.open_stream(file):
            waiting.append(rows)
            if sum(map(len, waiting)) >= GROUP:
                _write_group(writer, waiting, names, schema)
                waiting = []
        _write_group(writer, waiting, names, schema)


def _write_group(writer: pq.ParquetWriter, rows: list[pa.RecordBatch], names: list[str], schema: pa.Schema) -> None:
    if rows:
        whole = pa.Table.from_batches(rows).combine_chunks().to_batches()
        writer.write_table(pa.Table.from_batches([_flat(each, names, schema) for each in whole], schema))


def _with_column(names: Counter[str]) -> list[str]:
    """The names that get a column: the commonest, in the order in which they came."""
    taken = {name.lower() for name in (*BASE.names, MORE)}
    chosen: set[str] = set()
    for name, _ in sorted(names.items(), key=lambda item: -item[1]):
        if len(chosen) < COLUMNS and name and name.lower() not in taken:
            taken.add(name.lower())
            chosen.add(name)
    return [name for name in names if name in chosen]


def _flat(rows: pa.RecordBatch, names: list[str], schema: pa.Schema) -> pa.RecordBatch:
    """The rows with a column for each of `names`, and the rest in MORE."""
    told = rows.column(MORE)
    place = {name: index for index, name in enumerate(names)}
    column_of = np.array([place.get(name, -1) for name in told.keys.to_pylist()], np.int64)
    offsets = told.offsets.to_numpy() - told.offsets[0].as_py()
    row_of = np.repeat(np.arange(len(rows)), np.diff(offsets))
    order = np.argsort(column_of, kind="stable")
    stops = np.searchsorted(column_of[order], np.arange(-1, len(names)), side="right")
    columns = []
    for start, stop in zip(stops[:-1].tolist(), stops[1:].tolist(), strict=True):
        entry = np.full(len(rows), -1, np.int64)
        mine = order[start:stop]
        entry[row_of[mine]] = mine
        columns.append(told.items.take(pa.array(entry, mask=entry < 0)))
    left = np.sort(order[: stops[0]])
    counts = np.bincount(row_of[left], minlength=len(rows))
    starts = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    more = pa.MapArray.from_arrays(starts, told.keys.take(pa.array(left)), told.items.take(pa.array(left)))
    return pa.record_batch([*rows.columns[: len(BASE)], *columns, more], schema=schema)
