"""Events kept as Parquet, for DuckDB, Spark, Timesketch (through either) and later questions.

One file a format and run: `file`, `position`, `unit`, `format`, `family` (what rules call the kind of log), `time` (UTC),
`time_text`, `host`, and `fields`, a map from name to text with everything that the log says. `formats/kept.py` reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indicia.hunt.events import NO_TIME, EventBatch

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["SCHEMA", "Keeper"]

SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("position", pa.int64()),
        ("unit", pa.string()),
        ("format", pa.string()),
        ("family", pa.string()),
        ("time", pa.timestamp("us", "UTC")),
        ("time_text", pa.string()),
        ("host", pa.string()),
        ("fields", pa.map_(pa.string(), pa.string())),
    ]
)


class Keeper:
    """Writes batches into a folder. Files take their names when they are whole: leave it as a context, or nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.fault = ""

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for name, writer in self._writers.items():
            part = self._folder / f"{name}.parquet.part"
            try:
                writer.close()
                if kind is None and not self.fault:
                    part.replace(self._folder / f"{name}.parquet")
            except OSError as error:
                self.fault = self.fault or str(error)
            finally:
                part.unlink(missing_ok=True)

    def add(self, batch: EventBatch) -> None:
        """Writes a batch; after a fault (a full disk) it does nothing, and `fault` says why."""
        import pyarrow.parquet as pq  # few hunts keep their events, and it takes a while to load

        if self.fault:
            return
        whole = [batch.rebuild(row) for row in range(batch.size)]
        times = [None if time == NO_TIME else time for time in batch.times.tolist()]
        files = (
            [batch.files[0]] * batch.size if batch.file_of is None else [batch.files[index] for index in batch.file_of.tolist()]
        )
        table = pa.table(
            [
                pa.array(files, pa.string()),
                pa.array(batch.positions, pa.int64()),
                pa.array([batch.unit] * batch.size, pa.string()),
                pa.array([batch.format] * batch.size, pa.string()),
                pa.array([batch.family] * batch.size, pa.string()),
                pa.array(times, pa.timestamp("us", "UTC")),
                pa.array([text for text, _, _ in whole], pa.string()),
                pa.array([host for _, host, _ in whole], pa.string()),
                pa.array([list(fields.items()) for _, _, fields in whole], pa.map_(pa.string(), pa.string())),
            ],
            schema=SCHEMA,
        )
        try:
            writer = self._writers.get(batch.format)
            if writer is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                path = self._folder / f"{batch.format}.parquet.part"
                writer = self._writers[batch.format] = pq.ParquetWriter(path, SCHEMA, compression="zstd")
            writer.write_table(table)
        except OSError as error:
            self.fault = str(error)
