"""Parquet and Arrow files: every row is a record, of whatever kind its columns show.

References: Apache Parquet, "File format"; Apache Arrow, "Arrow columnar format: IPC file".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Codes, EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.envelope import unpacked
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.hunt.logs.formats.table import ShapedRows, bare_names, shown_column
from indicia.hunt.logs.keep import BASE, MORE, TIME
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import GENERIC, JOINED_URI, SHOWN, field_key
from indicia.hunt.sources import FAMILIES
from indicia.records import Problem, Severity

# Tables of Arrow, so many rows at a time as unfold to bounded memory: by its dictionaries and its packing a small file can
# stand for terabytes.
ROWS = (8_192, 128, 1)  # at a time; fewer where so many need more memory than they may
MOST = 512 << 20  # bytes that the library may take for that many
AT_ONCE = 32 << 20  # bytes of text in the rows that are given at a time
LARGEST_ROW = 256 << 20


def bounded_batches(batches: Callable[[int], Iterator[pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    """All rows of a table, of which `batches(n)` gives n at a time. Raises: ValueError where a row alone is too much."""
    done = 0
    for size in ROWS:
        at = 0
        given = batches(size)
        try:
            while True:
                with _bounded(MOST):
                    rows = next(given, None)
                if rows is None:
                    return
                at += len(rows)
                if at > done:
                    for part in _parts(rows.slice(max(0, len(rows) - (at - done)))):
                        yield part
                        done += len(part)
        except MemoryError:
            continue
    raise ValueError(f"what stands after row {done:,} unfolds to more than {MOST >> 20} MB")


def _parts(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows, cut where they hold more text than is taken at once."""
    sizes: Ints = np.zeros(len(rows), np.int64)
    for column in rows.columns:
        sizes += _sizes(column)
    if len(sizes) and sizes.max() > LARGEST_ROW:
        raise ValueError(f"one of its rows unfolds to more than {LARGEST_ROW >> 20} MB")
    ends = np.cumsum(sizes)
    start = 0
    while start < len(rows):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + AT_ONCE, side="right")))
        yield rows.slice(start, end - start)
        start = end


def _sizes(column: pa.Array) -> Ints:
    """How many bytes each row of a column unfolds to, roughly."""
    kind = column.type
    sizes: Ints
    if pa.types.is_dictionary(kind):
        of_values = _sizes(column.dictionary)
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        sizes = np.append(of_values, 0)[codes]  # the last one where there is none
        return sizes
    if pa.types.is_struct(kind):
        sizes = np.full(len(column), 8, np.int64)
        for part in column.flatten():
            sizes += _sizes(part)
        return sizes
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        offsets = column.offsets.to_numpy(zero_copy_only=False)
        values = column.values.slice(offsets[0], offsets[-1] - offsets[0])
        ends = np.concatenate(([0], np.cumsum(_sizes(values)))) + 8 * np.arange(len(values) + 1)
        sizes = np.diff(ends[offsets - offsets[0]]).astype(np.int64)
        return sizes
    if pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        sizes = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        return sizes
    return _as_ints(column)


def _as_ints(column: pa.Array) -> Ints:
    sizes: Ints = np.full(len(column), max(8, int(column.nbytes) // max(1, len(column))), np.int64)
    return sizes


@contextmanager
def _bounded(more: int) -> Iterator[None]:
    """With at most so much more memory, where the system can bound it; what asks for more raises MemoryError."""
    try:
        import resource

        held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (held + more, before[1]))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)


# Events that were kept as Parquet (`hunt/logs/keep.py`), read as what they were: each with its own log, place, kind and time.
#
# What a log's raw line held beside its fields is not kept: keywords and indicators are sought in the values.
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


LARGEST = 1 << 30  # bytes of a file within an archive, which is read whole


def sniff(head: bytes, _name: str) -> bool:
    """The first bytes of either."""
    return head.startswith((b"PAR1", b"ARROW1"))


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Rows in file order; `position` counts them."""
    for log in logs:
        number = 0
        try:
            for rows in bounded_batches(partial(_tables, log)):
                yield from events_of(log, rows, range(number + 1, number + 1 + len(rows)), wanted)
                number += len(rows)
        except (pa.ArrowException, ValueError, OSError) as error:
            yield Problem(where=log.name, what=f"cannot be read on: {error}", severity=Severity.FAILED)


def events_of(log: LogInput, rows: pa.RecordBatch, positions: Iterable[int], wanted: frozenset[str]) -> Iterator[EventBatch]:
    """Some rows of a table, with their positions in it, as events."""
    if is_kept(rows.schema.names):
        yield from kept_batches(rows, wanted)
        return
    records = [(position, unpacked(_plain(row))) for position, row in zip(positions, _rows(rows), strict=True)]
    yield from batches(log, records, wanted, "record")


def _rows(rows: pa.RecordBatch) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = rows.to_pylist()
        return found
    except (OverflowError, ValueError):  # a time beyond the calendar
        columns = [[_value(cell) for cell in column] for column in rows.columns]
        return [dict(zip(rows.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _value(cell: Any) -> Any:
    """The value of a cell; of a time beyond the calendar the number that it is kept as and its kind, so that none reads it as
    another time."""
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        if isinstance(cell, pa.StructScalar):
            return {name: _value(inner) for name, inner in cell.items()}
        if isinstance(cell, pa.ListScalar | pa.LargeListScalar | pa.FixedSizeListScalar | pa.MapScalar):
            return [_value(inner) for inner in cell.values]
        return _value(cell.value) if isinstance(cell.value, pa.Scalar) else f"{cell.value} {cell.type}"


def _tables(log: LogInput, size: int) -> Iterator[pa.RecordBatch]:
    """Its rows, so many at a time where the format lets one choose."""
    with log.open() as stream:
        source = stream if log.path is not None else _whole(stream)
        first = source.read(4)
        source.seek(0)
        if first == b"PAR1":
            import pyarrow.parquet as pq  # few logs are such, and it takes a while to load

            with pq.ParquetFile(source) as file:
                yield from file.iter_batches(size, use_threads=False)  # of which none may be begun while memory is bounded
        else:
            with pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False)) as file:
                for index in range(file.num_record_batches):
                    rows = file.get_batch(index)
                    rows.validate(full=True)  # its offsets may lead out of its memory
                    yield rows


def _whole(stream: BinaryIO) -> pa.BufferReader:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"within an archive it may have {LARGEST >> 30} GB; unpack it first")
    return pa.BufferReader(data)


def _plain(value: Any) -> Any:
    """A value as JSON would have it; a map of names is an object."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            return {str(name): _plain(inner) for name, inner in value}
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


FORMATS = (Format("parquet", "generic", sniff, read, also=("windows", "zeek", *LINE_FAMILIES, *FAMILIES)),)
