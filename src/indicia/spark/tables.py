"""Events in tables that Spark opens: kept ones, OCSF, ECS, or columns that a mapping names. Rows go through the same matcher.

References: Apache Spark, "Generic File Source Options" (the hidden column `_metadata`); `DataFrame.mapInArrow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
import pyarrow as pa
import yaml

from indicia.errors import InputError, UsageError
from indicia.hunt.logs.formats import arrow
from indicia.hunt.logs.formats.arrow import is_kept
from indicia.hunt.logs.formats.base import LogInput
from indicia.hunt.logs.keep import TIME
from indicia.hunt.sight.correlation import Feed
from indicia.spark.scanning import Fed, KeptSightings, Scanned, Stand, Sum, Summed, WorkerSetup, packed, scanner_of, sent
from indicia.spark.session import is_of_spark, spare, told_by_spark, without_warnings
from indicia.walking import told_path

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.core.broadcast import Broadcast
    from pyspark.sql import DataFrame, Row, SparkSession

# What Spark does not bring, by the name that its makers give it for a version of Spark, as 4.1.
PACKAGES = {
    "delta": "io.delta:delta-spark_{spark}_2.13",
    "iceberg": "org.apache.iceberg:iceberg-spark-runtime-{spark}_2.13",
    "avro": "org.apache.spark:spark-avro_2.13",
}
FILE_FORMATS = ("parquet", "delta", "iceberg", "orc", "avro", "json")
# Beside the columns of the table, on their way to a worker.
_FILE, _SPLIT, _ROW, _SIZE = (f"indicia_{name}" for name in ("file", "split", "row", "size"))
ROWS = 8_192  # matched at a time, as in a file
CHECKPOINT = "_checkpoint"  # in a folder that a stream writes
TOLD = "kind string, number long, id string, marking string, row string"  # the rows of what is written; `row` is JSON


class SparkTable(NamedTuple):
    """A table as it is asked for: `parquet:s3a://lake/events`, `delta:/lake/x`, `table:catalog.schema.name`."""

    format: str
    address: str

    def __str__(self) -> str:
        return f"{self.format}:{self.address}"


class ColumnMeanings(NamedTuple):
    """What the columns of a table are: field of a rule -> expression of Spark SQL, and the column that holds the time."""

    fields: dict[str, str]
    time: str = ""


class TimeSpan(NamedTuple):
    """The time that is asked for; rows without a time count as within."""

    since: datetime | None = None
    until: datetime | None = None


class RowRun(NamedTuple):
    """Rows that stand one behind the other in one file: the parts of its path, and the first row. Runs sort as a hunt goes."""

    path: tuple[str, ...]
    row: int


def read_table(text: str) -> SparkTable:
    """A table by what the command line calls it. Raises: UsageError."""
    form, colon, address = text.partition(":")
    if not colon or not address or form not in (*FILE_FORMATS, "table"):
        known = ", ".join((*FILE_FORMATS, "table"))
        raise UsageError(f"--table {text!r} does not say what it is", hint=f"write FORMAT:ADDRESS, FORMAT one of {known}")
    return SparkTable(form, address)


def read_columns(text: str, name: str) -> ColumnMeanings:
    """What a mapping file says. Raises: UsageError."""
    try:
        given = yaml.safe_load(text)
        fields = given["fields"]
        assert isinstance(fields, dict) and fields
        return ColumnMeanings({str(field): str(column) for field, column in fields.items()}, str(given.get("time", "")))
    except (yaml.YAMLError, ValueError, LookupError, TypeError, AssertionError, AttributeError, RecursionError) as error:
        hint = "it needs fields: {FIELD OF A RULE: column or expression}, and may have time: column"
        raise UsageError(f"{name} is not a mapping of columns", hint=hint) from error


def open_table(session: SparkSession, table: SparkTable, columns: ColumnMeanings | None, span: TimeSpan) -> DataFrame:
    """The rows to hunt through, with where each stands; filters on the time are left to the source of the table.

    Raises: InputError where Spark cannot open it, or a column of the mapping is not there.
    """
    return to_hunt(load_table(session, table), table, columns, span)


def to_hunt(rows: DataFrame, table: SparkTable, columns: ColumnMeanings | None, span: TimeSpan) -> DataFrame:
    """What a hunt needs of the rows of a table, as `open_table` says it, also of those of a stream."""
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as sql

    rows.sparkSession.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(ROWS))
    try:
        time = columns.time if columns is not None else TIME if is_kept(rows.columns) else ""
        if time:
            rows = _within(rows, time, span)
        own = [sql.expr(each).alias(name) for name, each in columns.fields.items()] if columns else [sql.col("*")]
        try:
            chosen = rows.select(*own, *(sql.col(f"_metadata.{each}").alias(name) for name, each in _PLACES.items()))
            assert chosen.schema is not None
        except PySparkException:  # a source that does not tell where its rows stand
            if rows.isStreaming:  # a number that holds for one run would name other rows in the next
                raise
            nowhere = (sql.lit(str(table)), sql.lit(0), sql.monotonically_increasing_id(), sql.lit(0))
            chosen = rows.select(*own, *(each.alias(name) for name, each in zip(_PLACES, nowhere, strict=True)))
    except PySparkException as error:
        raise refused(table, error) from error
    return chosen


def load_table(session: SparkSession, table: SparkTable) -> DataFrame:
    """The table, with all times in UTC and the columns of all its files. Raises: InputError where Spark cannot open it."""
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.conf.set("spark.sql.caseSensitive", "true")  # logs of two kinds may call a field Image and image
    try:
        if table.format == "table":
            return session.read.table(table.address)
        # Without this the columns are those of one file, whichever Spark looks into: what others have besides is lost unseen.
        merged = {"mergeSchema": "true"} if table.format in ("parquet", "orc") else {}
        return session.read.format(table.format).options(**merged).load(table.address)
    except Exception as error:  # of Java where Spark has no word of its own for it
        if not is_of_spark(error):
            raise
        raise refused(table, error) from error


def stream_table(session: SparkSession, table: SparkTable, rows: DataFrame, at_once: int) -> DataFrame:
    """The rows of a table as a stream of files, about `at_once` bytes of them at a time; `rows` are those that it has now."""
    # Without an age Spark passes over files that are a week older than the newest that it has seen.
    options = {"maxBytesPerTrigger": str(at_once), "maxFileAge": "36500d"}
    stream = session.readStream.options(**options)
    if table.format == "table":
        return stream.table(table.address)
    if table.format not in PACKAGES or table.format == "avro":  # files, whose columns a stream has to be told
        stream = stream.schema(rows.schema)
    store, path = _stored(session, table.address)
    if store.exists(path) and store.getFileStatus(path).isFile():  # a stream is of a folder
        return stream.option("pathGlobFilter", path.getName()).format(table.format).load(path.getParent().toString())
    return stream.format(table.format).load(table.address)


def may_go_on(session: SparkSession, out: str) -> None:
    """Raises: InputError where a folder is there that no stream of ours has begun to write."""
    if exists(session, out) and not exists(session, f"{out}/{CHECKPOINT}"):
        what = "is there already, and holds nothing that could be gone on with"
        raise InputError(what, where=out, hint="name another folder")


def exists(session: SparkSession, address: str) -> bool:
    """Whether there is such a file or folder, wherever Spark keeps it."""
    store, path = _stored(session, address)
    return bool(store.exists(path))


def files_in(session: SparkSession, address: str) -> list[str]:
    """The names of what is in a folder, wherever Spark keeps it."""
    store, path = _stored(session, address)
    return sorted(str(each.getPath().getName()) for each in store.listStatus(path))


def _stored(session: SparkSession, address: str) -> tuple[Any, Any]:
    context: Any = session.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(address)  # pyspark has no word of its own for it
    return path.getFileSystem(context._jsc.hadoopConfiguration()), path


def refused(table: SparkTable, error: Exception) -> InputError:
    """What to tell of a table that Spark cannot open."""
    from pyspark import __version__ as pyspark_version

    said = str(error)
    if table.format in PACKAGES and ("DATA_SOURCE_NOT_FOUND" in said or "Failed to find data source" in said):
        what = f"Spark has not been given the package that reads {table.format}"
        package = PACKAGES[table.format].format(spark=".".join(pyspark_version.split(".")[:2]))
        hint = f"set spark.jars.packages to {package}:VERSION, or spark.jars to its file (docs/scale.md)"
        return InputError(what, where=str(table), hint=hint)
    hint = "a column has different types: give the files of each type their own --table" if "CANNOT_MERGE" in said else ""
    return InputError(f"Spark cannot open it: {told_by_spark(error)}", where=str(table), hint=hint)


_PLACES = {_FILE: "file_path", _SPLIT: "file_block_start", _ROW: "row_index", _SIZE: "file_size"}


def _within(rows: DataFrame, time: str, span: TimeSpan) -> DataFrame:
    from pyspark.sql import functions as sql

    column = sql.expr(time)
    if span.since is not None:
        rows = rows.filter((column >= sql.lit(span.since)) | column.isNull())
    if span.until is not None:
        rows = rows.filter((column <= sql.lit(span.until)) | column.isNull())
    return rows


Came = tuple[RowRun, Scanned]
_SENT = pa.schema([("path", pa.list_(pa.string())), ("row", pa.int64()), ("kind", pa.string()), ("data", pa.binary())])


def scanned(rows: DataFrame, setup: Broadcast[WorkerSetup], number: int) -> RDD[Came]:
    """What comes of all rows, run by run, wherever Spark reads them. `number` tells tables of one hunt apart."""

    def of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for run, came in scan_rows(lambda: setup.value, batches, number):
            data = msgspec.msgpack.encode(came.feed) if isinstance(came, Fed) else came.data
            row = {"path": list(run.path), "row": run.row, "kind": type(came).__name__, "data": data}
            yield pa.RecordBatch.from_pylist([row], _SENT)

    with without_warnings():
        sent = rows.mapInArrow(of_batches, "path array<string>, row long, kind string, data binary")
        return sent.rdd.map(_received)


def _received(row: Row) -> Came:
    return RowRun(tuple(row.path), row.row), _KINDS[row.kind](bytes(row.data))


_FORM = arrow.FORMATS[0]
_KINDS: dict[str, Callable[[bytes], Scanned]] = {
    Fed.__name__: lambda data: Fed(0, msgspec.msgpack.decode(data, type=list[Feed])),
    KeptSightings.__name__: lambda data: KeptSightings(_FORM.name, data),
    Summed.__name__: Summed,
}


def fed_of_runs(came: RDD[Came], runs: Iterable[RowRun], first: int) -> RDD[Fed]:
    """What correlations count, the runs numbered from `first` in the order of the hunt, in which they are given."""
    number = {run: first + index for index, run in enumerate(runs)}

    def with_number(row: Came) -> Iterator[Fed]:
        if isinstance(row[1], Fed):
            yield row[1]._replace(task=number[row[0]])

    return came.flatMap(with_number)


def scan_rows(setup: Callable[[], WorkerSetup], batches: Iterable[pa.RecordBatch], number: int = 0) -> Iterator[Came]:
    """What comes of the rows that one worker is given, of each run as of a task."""
    for run, name, size, some in _runs(batches):
        scanner, total = scanner_of(setup(), Stand(number, run)), Sum()
        found = scanner.scan(_FORM._replace(read=partial(_events, some)), [LogInput(name, _not_opened, size)])
        for file in found.files:
            file.bytes = size if file.file == name else 0  # kept events name the logs that they are of
        for each in sent(scanner, 0, _FORM.name, found, total):
            yield run, each
        spare(setup().rules)
        yield run, Summed(packed(total))


def _not_opened() -> Any:
    raise OSError("rows come from Spark")


def _events(rows: Iterable[pa.RecordBatch], logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[Any]:
    for log in logs:
        for batch in rows:
            positions = [row + 1 for row in batch.column(_ROW).to_pylist()]
            yield from arrow.events_of(log, batch.drop_columns(list(_PLACES)), positions, wanted)


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[RowRun, str, int, Iterator[pa.RecordBatch]]]:
    """The rows stretch by stretch of a file; each run is to be gone through before the next is asked for."""
    left = _of_one_split(batches)
    ahead = next(left, None)
    while ahead is not None:
        first = ahead

        def same(split: tuple[str, int]) -> Iterator[pa.RecordBatch]:
            nonlocal ahead
            while ahead is not None and _splits(ahead.slice(0, 1))[0] == split:
                yield ahead
                ahead = next(left, None)

        split = _splits(first.slice(0, 1))[0]
        name = _name_of(split[0])
        yield RowRun(tuple(name.split("/")), first.column(_ROW)[0].as_py()), name, first.column(_SIZE)[0].as_py(), same(split)
        for _ in same(split):  # what a fault has left
            pass


def _of_one_split(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        splits = _splits(batch)
        start = 0
        for end in range(1, len(splits) + 1):
            if end == len(splits) or splits[end] != splits[start]:
                yield batch.slice(start, end - start)
                start = end


def _splits(batch: pa.RecordBatch) -> list[tuple[str, int]]:
    """The file of each row, and where the stretch of it that one task reads begins."""
    return list(zip(batch.column(_FILE).to_pylist(), batch.column(_SPLIT).to_pylist(), strict=True))


def _name_of(address: str) -> str:
    """A file as one machine tells it; what is elsewhere by its address."""
    parts = urlsplit(address)
    return told_path(unquote(parts.path)) if parts.scheme == "file" else address
