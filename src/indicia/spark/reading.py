"""Texts in a table that Spark opens, read by the workers: what `indicia read --jsonl` answers, as rows of Parquet.

The models are loaded once by each worker, which lives as long as the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from indicia.errors import InputError
from indicia.pipeline.stream import read_lines
from indicia.spark.session import clear_errors, spare, without_warnings
from indicia.spark.tables import CHECKPOINT, SparkTable, exists, files_in, load_table, may_go_on, refused, stream_table

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import DataFrame, Row, SparkSession

KINDS = ("claims", "techniques", "indicators", "names", "problems")
_ROWS = pa.schema(
    [("kind", pa.string()), ("id", pa.string()), ("number", pa.int32()), ("marking", pa.string()), ("row", pa.string())]
)
_AT_ONCE = 200  # texts


def read_texts(
    session: SparkSession, table: SparkTable, out: str, *, published: str | None = None, at_once: int = 1 << 20
) -> None:
    """Reads the texts of a table with the columns `id`, `text` and perhaps `date` into a folder of Parquet, batch by batch.

    Its rows are `kind` (claims, techniques, indicators, names, problems; `texts` for each text that was read; `ledger` for the
    text itself with its claims, where it has any), `id`, `number` within the text, `marking`, and `row`: JSON, as in
    docs/cli.md.
    What was stopped or killed goes on with the batch that it was at when it is asked again, and files that the table has
    gained since are read then. `at_once` are the bytes of files in a batch for each core, so that what a kill costs is some
    minutes, however large the cluster. Raises: InputError where the table has other columns, or the folder holds something
    else.
    """
    from pyspark.errors import PySparkException

    rows = load_table(session, table)
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(_AT_ONCE))
    if not {"id", "text"} <= set(rows.columns):
        raise InputError("a table of texts needs the columns id and text", where=str(table))
    wanted = ("cast(id as string) id", "text", *(("cast(date as string) date",) if "date" in rows.columns else ()))
    may_go_on(session, out)

    def of_batch(some: DataFrame, number: int) -> None:
        # A batch is written as a whole or again, under its own name, so that nothing is told twice.
        read = _read(some.selectExpr(*wanted), published)
        read.write.partitionBy("kind").mode("overwrite").parquet(f"{out}/batch={number:06}")

    with clear_errors():
        try:
            stream = stream_table(session, table, rows, at_once * int(session.sparkContext.defaultParallelism))
            begun = stream.writeStream.foreachBatch(of_batch).option("checkpointLocation", f"{out}/{CHECKPOINT}")
            begun.trigger(availableNow=True).start().awaitTermination()
        except PySparkException as error:
            raise refused(table, error) from error


def ledger_rows(session: SparkSession, folder: str) -> RDD[str]:
    """The JSON of each text with claims in a folder that `read_texts` wrote. Raises: InputError where it is none, or a batch of
    it was not written to its end."""
    if not exists(session, f"{folder}/{CHECKPOINT}"):
        raise InputError("is not a folder that `indicia read --engine spark` wrote", where=folder)
    for batch in files_in(session, folder):
        if batch.startswith("batch=") and not exists(session, f"{folder}/{batch}/_SUCCESS"):
            raise InputError(
                "was not read to the end", where=folder, hint="run the reading again: it continues where it stopped"
            )
    rows = session.read.option("basePath", folder).parquet(f"{folder}/batch=*")
    return rows.filter("kind = 'ledger'").select("row").rdd.map(_only)


def _only(row: Row) -> str:
    return str(row[0])


def _read(rows: DataFrame, published: str | None) -> DataFrame:
    def of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        task = TaskContext.get()
        again = task is not None and task.attemptNumber() > 0  # a text that ends its reader shall cost itself alone
        for batch in batches:
            yield pa.RecordBatch.from_pylist(list(answered(batch.to_pylist(), published, again=again)), _ROWS)
            spare("models")

    with without_warnings():
        return rows.mapInArrow(of_batches, "kind string, id string, number int, marking string, row string")


def answered(texts: Iterable[dict[str, Any]], published: str | None, *, again: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of some texts, in their order."""
    given = [{name: value for name, value in text.items() if value is not None} for text in texts]
    answers = read_lines(map(orjson.dumps, given), jobs=1, published=published, apart=again, whole=True)
    for text, answer in zip(given, answers, strict=True):
        yield from rows_of(str(text.get("id", "")), answer.data)


def rows_of(id: str, answer: bytes) -> Iterator[dict[str, Any]]:
    """The answer to one text as rows: one for the text, and one for each thing in it."""
    told = orjson.loads(answer)
    if "error" in told:
        del told["line"]  # of a stream; a table has none
        yield {"kind": "problems", "id": id, "number": 0, "marking": None, "row": orjson.dumps(told).decode()}
        return
    same = {"id": id, "marking": told["marking"]}
    if told["claims"]:
        yield {"kind": "ledger", "number": 0, "row": orjson.dumps(told["whole"]).decode(), **same}
    counts = {kind: len(told.get(kind, ())) for kind in KINDS}
    yield {"kind": "texts", "number": 0, "row": orjson.dumps(counts).decode(), **same}
    for kind in KINDS:
        for number, row in enumerate(told.get(kind, ())):
            yield {"kind": kind, "number": number, "row": orjson.dumps(row).decode(), **same}
