"""A table that grows, gone through in steps: each sighting of the whole is told once, whatever is stopped in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from indicia.errors import InputError
from indicia.hunt.logs.keep import TIME
from indicia.hunt.run import hunt
from indicia.records import to_json
from indicia.spark.tables import read_table
from tests.spark.conftest import SOUGHT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LATE = timedelta(seconds=20)


def rows_of(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    rows = ds.dataset(folder, partitioning="hive", exclude_invalid_files=True).to_table().to_pylist()
    return sorted((row for row in rows if row["kind"] in kinds), key=lambda row: (row["batch"], row["kind"], row["number"]))


def sightings_in(folder: Path) -> list[tuple[str, ...]]:
    return sorted(key_of(orjson.loads(row["row"])) for row in rows_of(folder, "sightings"))


def key_of(told: dict[str, Any]) -> tuple[str, ...]:
    place = told["event"]["place"]
    return told["id"], told["title"], place["file"], str(place["position"])


def test_each_sighting_once(session: SparkSession, logs: Path, lake: Path, tmp_path: Path) -> None:
    from indicia.spark.watching import watch

    growing, out = tmp_path / "growing", tmp_path / "out"
    growing.mkdir()
    events = pq.read_table(lake / "iis.parquet").sort_by(TIME)
    at = [time + LATE * (row * 7 % 20) / 20 for row, time in enumerate(events[TIME].to_pylist())]  # each comes somewhat late
    events = events.take(sorted(range(len(at)), key=at.__getitem__))
    row = events.to_pylist()[-1]
    last = pa.Table.from_pylist([row | {TIME: row[TIME] + timedelta(days=1), "log_position": 9_999}], events.schema)
    pieces = [events.slice(0, 170), events.slice(170), last]
    options: dict[str, Any] = {"rules": [logs / "rules.yml"], "indicators": SOUGHT, "builtin": False}

    def look() -> Any:
        return watch(session, read_table(f"parquet:{growing}"), str(out), late=LATE, **options)

    for number, piece in enumerate(pieces):
        pq.write_table(piece, growing / f"{number}.parquet")
        assert look().events == piece.num_rows
    whole = hunt([growing], jobs=1, **options)
    assert {"many", "burst", "bursts", "ordered", "pages"} <= {each.title for each in whole.rules if each.matches}
    certain = [each for each in whole.sightings if each.event.format != "correlation" or each.event.time < row[TIME]]
    wanted = sorted(key_of(orjson.loads(to_json(each))) for each in certain)
    assert sightings_in(out) == wanted
    assert not rows_of(out, "problems")

    # As if whoever asked had ended before it could note that the last batch was written.
    for note in ("2", ".2.crc"):
        (out / "_checkpoint" / "commits" / note).unlink()
    (out / "batch=000002" / "_SUCCESS").unlink()
    assert look().events == 1
    assert sightings_in(out) == wanted
    assert look().events == 0, "nothing has come"

    pq.write_table(pieces[0], growing / "late.parquet")
    assert any("came later than events may" in problem.what for problem in look().problems)
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="is there already"):
        watch(session, read_table(f"parquet:{growing}"), str(tmp_path / "mine"), **options)
