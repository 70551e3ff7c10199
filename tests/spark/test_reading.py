"""Texts read on Spark: the rows say what `indicia read --jsonl` answers, text by text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from indicia.errors import InputError
from indicia.pipeline import read_lines
from indicia.spark.reading import KINDS, answered, read_texts
from indicia.spark.tables import read_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TEXTS: list[dict[str, Any]] = [
    {
        "id": "a",
        "text": "London, 19 July 2021. The British government blamed China for the hack of Microsoft Exchange servers.",
    },
    {"id": "b", "text": "Beijing denied it. The attackers used 203.0.113.7 and dumped LSASS memory.", "date": "2021-07-20"},
    {"id": "c", "text": "", "date": None},
    {"id": "d", "text": "Kyiv accused Russia of the attack.", "date": "yesterday"},
]


def of_answers() -> dict[tuple[str, str, int], Any]:
    lines = [orjson.dumps({name: value for name, value in text.items() if value is not None}) for text in TEXTS]
    found = {}
    for answer in read_lines(lines, jobs=1):
        told = orjson.loads(answer.data)
        for kind in KINDS:
            found |= {(kind, told["id"], number): row for number, row in enumerate(told.get(kind, ()))}
    return found


def of_rows(rows: list[dict[str, Any]]) -> dict[tuple[str, str, int], Any]:
    return {(row["kind"], row["id"], row["number"]): orjson.loads(row["row"]) for row in rows if row["kind"] in KINDS}


@pytest.mark.parametrize("again", [False, True])
def test_rows_say_what_is_answered(again: bool) -> None:
    rows = list(answered(TEXTS, None, again=again))
    assert [row["id"] for row in rows if row["kind"] == "texts"] == ["a", "b", "c", "d"]
    assert of_rows(rows) == of_answers()
    assert {kind for kind, _, _ in of_rows(rows)} >= {"claims", "indicators", "techniques", "problems"}


def test_a_table_of_texts(session: SparkSession, tmp_path: Path) -> None:
    schema = pa.schema({name: pa.string() for name in ("id", "text", "date")})
    pq.write_table(pa.Table.from_pylist(TEXTS, schema), tmp_path / "texts.parquet", row_group_size=2)
    table = read_table(f"parquet:{tmp_path / 'texts.parquet'}")
    read_texts(session, table, str(tmp_path / "out"))
    rows = ds.dataset(tmp_path / "out", partitioning="hive", exclude_invalid_files=True).to_table().to_pylist()
    assert of_rows(rows) == of_answers()
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="is there already"):
        read_texts(session, table, str(tmp_path / "mine"))
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(InputError, match="needs the columns id and text"):
        read_texts(session, read_table(f"parquet:{tmp_path / 'other.parquet'}"), str(tmp_path / "more"))
