"""Events kept as Parquet: a column a field, whatever fields are called, and nothing lost on the way back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs import keep
from indicia.hunt.logs.formats.arrow import kept_batches

Fields = dict[str, str]
NAMES = st.sampled_from(["Image", "image", "cs-method", "log_file", "LOG_MORE", "a.b", "", "ü", "time"]) | st.text(max_size=5)
EVENTS = st.lists(st.dictionaries(NAMES, st.text(max_size=8), max_size=6), max_size=12)


def batch(fields: Sequence[Fields], first: int = 1) -> EventBatch:
    size = len(fields)
    times = np.array([NO_TIME if row % 3 == 2 else row * 1_000_000 for row in range(size)], np.int64)
    return EventBatch(
        format="jsonl", family="generic", columns={}, files=("app.json",),
        positions=np.arange(first, first + size), times=times, rebuild=lambda row: (str(times[row]), "host1", fields[row]),
    )  # fmt: skip


def kept(folder: Path, *parts: Sequence[Fields]) -> Path:
    with keep.Keeper(folder) as keeper:
        for fields in parts:
            keeper.add(batch(fields))
    assert not keeper.fault
    assert not list(folder.glob("*.part"))
    return folder / "jsonl.parquet"


def back(file: Path) -> list[tuple[int, int, str, Fields]]:
    out = []
    for rows in pq.ParquetFile(file).iter_batches(3):
        for one in kept_batches(rows, frozenset()):
            for row in range(one.size):
                _, host, fields = one.rebuild(row)
                out.append((int(one.positions[row]), int(one.times[row]), host, dict(fields)))
    return out


@given(EVENTS, EVENTS)
def test_what_was_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, one: list[Fields], two: list[Fields]) -> None:
    file = kept(tmp_path_factory.mktemp("kept"), one, two)
    times = [NO_TIME if row % 3 == 2 else row * 1_000_000 for part in (one, two) for row in range(len(part))]
    positions = [row + 1 for part in (one, two) for row in range(len(part))]
    assert back(file) == [(p, t, "host1", fields) for p, t, fields in zip(positions, times, [*one, *two], strict=True)]
    names = [name.lower() for name in pq.read_schema(file).names]
    assert len(set(names)) == len(names)


def test_a_field_is_a_column_elsewhere(tmp_path: Path) -> None:
    file = kept(tmp_path, [{"user": "ada", "User": "x"}, {"user": "bob", "code": "7"}])
    table = pq.read_table(file).to_pandas()
    assert table["user"].tolist() == ["ada", "bob"]
    assert table["code"].isna().tolist() == [True, False]
    assert table["log_more"].tolist() == [[("User", "x")], []]


def test_no_more_columns_than_a_table_bears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "COLUMNS", 2)
    events = [{f"x{row}": "1", "often": "2", "last": "3"} for row in range(5)]
    file = kept(tmp_path, events)
    assert pq.read_schema(file).names == [*keep.BASE.names, "often", "last", keep.MORE]
    assert [fields for *_, fields in back(file)] == events


def test_many_small_batches_make_few_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "GROUP", 20)
    file = kept(tmp_path, *([[{"a": "1"}] * 3] * 15))
    groups = pq.ParquetFile(file).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [21, 21, 3]
    assert pa.types.is_timestamp(pq.read_schema(file).field(keep.TIME).type)
