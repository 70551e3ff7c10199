"""A table on Spark gives what the same files give on one machine: kept events, OCSF, columns that a mapping names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from indicia.errors import IndiciaError, InputError, UsageError
from indicia.hunt.run import hunt
from indicia.hunt.tuning import Tuning
from indicia.records import Hunt, to_json
from indicia.spark.tables import read_columns, read_table
from tests.spark.conftest import SOUGHT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PROCESSES = """title: whoami
id: 00000000-0000-4000-8000-000000000021
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: whoami}, condition: s}
level: high
"""


def plain(found: Hunt) -> bytes:
    return to_json(replace(found, stats=()))


def on_spark(session: SparkSession, tables: Sequence[str], **options: Any) -> Hunt:
    from indicia.spark.hunting import hunt as hunt_on_spark

    return hunt_on_spark([], session=session, tables=[read_table(each) for each in tables], **options)


def test_kept_events(session: SparkSession, logs: Path, lake: Path) -> None:
    session.conf.set("spark.sql.files.maxPartitionBytes", "40000")
    session.conf.set("spark.sql.files.openCostInBytes", "1000")
    options: dict[str, Any] = {"rules": [logs / "rules.yml"], "indicators": SOUGHT, "most": 20, "builtin": False}
    whole = hunt([lake], jobs=1, **options)
    assert {"many", "burst", "bursts", "ordered", "pages"} <= {each.title for each in whole.rules if each.matches}
    assert plain(on_spark(session, [f"parquet:{lake}"], **options)) == plain(whole)
    since = datetime(2021, 3, 3, 6, 2, tzinfo=UTC)
    chosen = Tuning(since=since)
    some = on_spark(session, [f"parquet:{lake}"], tuning=chosen, **options)
    assert some.sightings == hunt([lake], jobs=1, tuning=chosen, **options).sightings
    assert sum(each.events for each in some.files) < sum(each.events for each in whole.files)


def test_ocsf_and_a_mapping(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(PROCESSES, "utf-8")
    process = pa.struct([("cmd_line", pa.string()), ("file", pa.struct([("path", pa.string())]))])
    said = [f"cmd /c {what} {row}" for row, what in enumerate(("whoami", "dir", "whoami", "echo") * 50)]
    table = pa.table(
        {
            "class_uid": pa.array([1007] * 200, pa.int32()),
            "time": pa.array([datetime(2021, 3, 3, 6, row % 60, tzinfo=UTC) for row in range(200)], pa.timestamp("us", "UTC")),
            "process": pa.array([{"cmd_line": each, "file": {"path": "C:\\cmd.exe"}} for each in said], process),
            "metadata": pa.array([[("product", "x")]] * 200, pa.map_(pa.string(), pa.string())),
        }
    )
    (tmp_path / "lake").mkdir()
    pq.write_table(table, tmp_path / "lake" / "a b.parquet", row_group_size=30)
    rules = [tmp_path / "rules.yml"]
    whole = hunt([tmp_path / "lake"], rules=rules, builtin=False, jobs=1)
    assert len(whole.sightings) == 100
    assert plain(on_spark(session, [f"parquet:{tmp_path / 'lake'}"], rules=rules, builtin=False)) == plain(whole)
    columns = read_columns(
        "fields: {EventID: '1', Channel: \"'Microsoft-Windows-Sysmon/Operational'\", CommandLine: process.cmd_line}", "x.yml"
    )
    mapped = on_spark(session, [f"parquet:{tmp_path / 'lake'}"], columns=columns, rules=rules, builtin=False)
    assert [(each.event.place, each.title) for each in mapped.sightings][:2] == [
        (each.event.place, each.title) for each in sorted(whole.sightings, key=lambda each: each.event.place.position)
    ][:2]
    with pytest.raises(InputError, match="cannot open it"):
        on_spark(session, [f"parquet:{tmp_path / 'nothing'}"])


def test_files_that_differ_are_read_whole_or_refused(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(PROCESSES, "utf-8")
    lake, options = tmp_path / "lake", {"rules": [tmp_path / "rules.yml"], "builtin": False}
    lake.mkdir()
    row = {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\cmd.exe"}
    said = {"CommandLine": "whoami", "SystemTime": "2021-03-03T06:00:00Z"}
    for name, some in (("a", row), ("b", row | said), ("c", said | row | {"User": "eve"})):
        pq.write_table(pa.Table.from_pylist([some] * 3), lake / f"{name}.parquet")
    whole = hunt([lake], jobs=1, **options)
    assert len(whole.sightings) == 6
    assert plain(on_spark(session, [f"parquet:{lake}"], **options)) == plain(whole)
    pq.write_table(pa.Table.from_pylist([row | {"EventID": "one"}]), lake / "d.parquet")
    with pytest.raises(InputError, match=r"incompatible data types .*give the files of each type their own --table"):
        on_spark(session, [f"parquet:{lake}"], **options)
    data = bytearray((lake / "c.parquet").read_bytes())
    data[30:90] = bytes(60)  # of a page: it is seen only when the rows are read
    (lake / "d.parquet").write_bytes(data)
    with pytest.raises(IndiciaError, match=r"d\.parquet cannot be read"):
        on_spark(session, [f"parquet:{lake}"], **options)


@pytest.mark.parametrize("form", ["delta", "iceberg"])
def test_a_format_whose_package_is_missing(session: SparkSession, form: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"has not been given the package that reads {form} .*spark.jars.packages"):
        on_spark(session, [f"{form}:{tmp_path}"])


@pytest.mark.parametrize("text", ["/lake/events", "csv:/lake", "parquet:"])
def test_a_table_says_what_it_is(text: str) -> None:
    with pytest.raises(UsageError, match="does not say what it is"):
        read_table(text)


@pytest.mark.parametrize("text", ["[1]", "fields: 3", "{", ""])
def test_a_mapping_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="not a mapping of columns"):
        read_columns(text, "columns.yml")
