"""Events that were kept as Parquet (`hunt/logs/keep.py`), read as what they were: each with its own log, place, kind and time.

What a log's raw line held beside its fields is not kept: keywords and indicators are sought in the values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from indicia.hunt.events import NO_TIME, Codes, EventBatch
from indicia.hunt.logs.formats.shown import shown_column
from indicia.hunt.logs.formats.table import ShapedRows, bare_names
from indicia.hunt.logs.keep import BASE, MORE, TIME
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import GENERIC, JOINED_URI, SHOWN, field_key

__all__ = ["is_kept", "kept_batches"]

_URIS = (("cs-uri-stem", "cs-uri-query"), ("UrlStem", "UrlQuery"))
_TEXTS = [name for name in BASE.names if pa.types.is_string(BASE.field(name).type)]
_MORE = pa.map_(pa.string(), pa.string())


class _Kind(NamedTuple):
    """What events of one batch share; the file is named where its name says what they are of."""

    format: str
    family: str
    unit: str
    file: str


def is_kept(names: Iterable[str]) -> bool:
    """Whether a table with these columns holds kept events."""
    return {*BASE.names, MORE} <= set(names)


def kept_batches(rows: pa.RecordBatch, wanted: frozenset[str]) -> Iterator[EventBatch]:
    """The events of some rows, by their kinds. Raises: ArrowException or ValueError where a column holds something else."""
    texts = {name: [text or "" for text in rows.column(name).cast(pa.string()).to_pylist()] for name in _TEXTS}
    fields = _fields(rows)
    positions = rows.column("log_position").cast(pa.int64()).fill_null(0).to_numpy()
    times = rows.column(TIME).cast(pa.timestamp("us", "UTC")).cast(pa.int64()).fill_null(NO_TIME).to_numpy()
    kinds: defaultdict[_Kind, list[int]] = defaultdict(list)
    for row, (form, family, unit, file) in enumerate(
        zip(texts["log_format"], texts["log_family"], texts["log_unit"], texts["log_file"], strict=True)
    ):
        kinds[_Kind(form, family, unit, file if family == GENERIC else "")].append(row)
    for kind, chosen in kinds.items():
        mine = [fields[row] for row in chosen]
        said = [(texts["log_time_text"][row], texts["log_host"][row]) for row in chosen]
        at: Ints = np.array(chosen, np.int64)
        yield _batch(kind, mine, said, [texts["log_file"][row] for row in chosen], positions[at], times[at], wanted)


def _fields(rows: pa.RecordBatch) -> list[dict[str, str]]:
    """What the log says in each row: the columns that are not ours and not null, and what stands in MORE."""
    out: list[dict[str, str]] = [{} for _ in range(len(rows))]
    for name in rows.schema.names:
        column = rows.column(name)
        if name in BASE.names or name == MORE or column.null_count == len(column):
            continue
        told = column.is_valid().to_numpy(zero_copy_only=False).nonzero()[0]
        for row, value in zip(told.tolist(), column.drop_null().cast(pa.string()).to_pylist(), strict=True):
            out[row][name] = value
    for fields, more in zip(out, rows.column(MORE).cast(_MORE).to_pylist(), strict=True):
        fields.update(more or ())
    return out


def _batch(
    kind: _Kind,
    fields: list[dict[str, str]],
    said: list[tuple[str, str]],
    files: list[str],
    positions: Ints,
    times: Ints,
    wanted: frozenset[str],
) -> EventBatch:
    rows = ShapedRows()
    for each in fields:
        rows.add(each if kind.family == "windows" else bare_names(each))
    columns = rows.columns(wanted)
    if JOINED_URI in wanted and JOINED_URI not in map(field_key, columns):
        joined = ShapedRows()
        for each in fields:
            joined.add(_uri_of(each))
        columns |= joined.columns(wanted)
    if kind.family == GENERIC and SHOWN in wanted:
        columns[SHOWN] = shown_column(kind.file, fields)
    names = list(dict.fromkeys(files))
    number = {name: index for index, name in enumerate(names)}
    file_of: Codes | None = None if len(names) == 1 else np.array([number[name] for name in files], np.int32)

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        return *said[row], fields[row]

    return EventBatch(
        format=kind.format,
        family=kind.family,
        size=len(fields),
        columns=columns,
        files=tuple(names),
        file_of=file_of,
        positions=positions,
        times=times,
        rebuild=rebuild,
        unit=kind.unit,
    )


def _uri_of(fields: Mapping[str, str]) -> dict[str, str]:
    for stem, query in _URIS:
        if stem in fields:
            asked = fields.get(query, "")
            return {JOINED_URI: fields[stem] if asked in ("", "-") else f"{fields[stem]}?{asked}"}
    return {}
