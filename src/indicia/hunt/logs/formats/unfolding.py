"""Tables of Arrow, so many rows at a time as unfold to bounded memory: by its dictionaries and its packing a small file can
stand for terabytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.match.literals import Ints

__all__ = ["bounded_batches"]

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
    return _plain(column)


def _plain(column: pa.Array) -> Ints:
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
