"""One ledger on Spark and on one machine: the same origins, the same affairs to the last byte; a run that ended goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.errors import InputError
from indicia.knowledge import load
from indicia.records import to_json
from indicia.spark.reading import read_texts
from indicia.spark.tables import read_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ACCUSED = (
    "London, 19 July 2021. The British government blamed China for the hack of Microsoft Exchange servers. It said that the "
    "attack was reckless, and that groups which work for the Ministry of State Security had done it over many months."
)
TEXTS = [
    ("a", ACCUSED, "2021-07-19"),
    ("b", ACCUSED + " Our reporters add one more line here.", "2021-07-20"),
    ("c", "Beijing denied it. China said on Tuesday that it had not hacked Microsoft Exchange servers.", "2021-07-20"),
    (
        "d",
        "The attack on Kestrel Ports\n\nKyiv accused Russia of the attack on Kestrel Ports, which stopped its cranes.",
        "2022-03-01",
    ),
    ("e", "Moscow denied that it had stopped the cranes of any harbour.", "2022-03-02"),
    ("f", "Ukraine said Russia was behind the hack of the Kestrel harbour.", "2022-03-05"),
    ("g", "Nothing of note happened.", None),
]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return list(ds.dataset(folder, partitioning="hive", exclude_invalid_files=True).to_table().to_pylist())


def told(folder: Path) -> list[tuple[str, str, int, str]]:
    return sorted((row["kind"], row["id"], row["number"], row["row"]) for row in rows_of(folder))


def test_one_ledger(session: SparkSession, tmp_path: Path) -> None:
    from indicia.spark.ledger import decode_text, join_ledger

    schema = pa.schema({name: pa.string() for name in ("id", "text", "date")})
    (tmp_path / "texts").mkdir()
    table = read_table(f"parquet:{tmp_path / 'texts'}")
    for number in range(2):
        some = [dict(zip(schema.names, text, strict=True)) for text in TEXTS[number::2]]
        pq.write_table(pa.Table.from_pylist(some, schema), tmp_path / "texts" / f"{number}.parquet")
        read_texts(session, table, str(tmp_path / "read"))  # the second time only what is new
    once = told(tmp_path / "read")
    assert sorted(id for kind, id, _, _ in once if kind == "texts") == list("abcdefg")
    # As if the driver had ended before it could note that the second batch was written, and while it wrote the affairs.
    for note in ("1", ".1.crc"):
        (tmp_path / "read" / "_checkpoint" / "commits" / note).unlink()
    (tmp_path / "read" / "batch=000001" / "_SUCCESS").unlink()
    (tmp_path / "ledger" / "_temporary").mkdir(parents=True)
    with pytest.raises(InputError, match="not read to the end"):
        join_ledger(session, str(tmp_path / "read"), str(tmp_path / "ledger"))
    read_texts(session, table, str(tmp_path / "read"))
    assert told(tmp_path / "read") == once

    join_ledger(session, str(tmp_path / "read"), str(tmp_path / "ledger"))
    texts = [decode_text(row["row"]) for row in rows_of(tmp_path / "read") if row["kind"] == "ledger"]
    documents = [text.document for text in texts]
    claims = led_back((claim for text in texts for claim in text.claims), documents)
    assert any(claim.origin for claim in claims)
    rows = sorted(rows_of(tmp_path / "ledger"), key=lambda row: row["number"])
    assert [row["row"] for row in rows if row["kind"] == "affairs"] == [
        to_json(affair).decode() for affair in join_affairs(claims, documents, load())
    ]
    origins = {row["id"]: orjson.loads(row["row"])["origin"] for row in rows if row["kind"] == "claims"}
    assert origins == {claim.id: claim.origin for claim in claims}
    with pytest.raises(InputError, match="is there already"):
        join_ledger(session, str(tmp_path / "read"), str(tmp_path / "ledger"))
