"""Events in bulk: columns of distinct values and codes, a few thousand to a few ten thousand events at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from indicia.hunt.names import field_key
from indicia.records import Event, Place

Codes = np.ndarray[tuple[int], np.dtype[np.int32]]
Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Times = np.ndarray[tuple[int], np.dtype[np.int64]]  # microseconds since 1970, UTC
NO_TIME = np.iinfo(np.int64).min
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Column:
    """One field of every event: `values` are texts (few repeats, no nulls), `codes` index them.

    -1 where the field is missing. The texts are given as an Arrow array or as a list; the other is made when asked for.
    """

    __slots__ = ("_given", "_texts", "_values", "codes")

    def __init__(self, values: pa.StringArray | list[str], codes: Codes) -> None:
        self.codes = codes
        self._given = values
        self._values: pa.StringArray | None = None
        self._texts: list[str] | None = None

    @property
    def values(self) -> pa.StringArray:
        """The texts as an Arrow array."""
        if not isinstance(self._given, list):
            return self._given
        if self._values is None:
            self._values = pa.array(self._given, pa.string())
        return self._values

    @property
    def texts(self) -> list[str]:
        """The texts as a list."""
        if isinstance(self._given, list):
            return self._given
        if self._texts is None:
            self._texts = self._given.to_pylist()
        return self._texts

    def __len__(self) -> int:
        return len(self._given)

    def with_codes(self, codes: Codes) -> Column:
        """A column of the same texts."""
        return Column(self._given, codes)

    def text(self, row: int) -> str | None:
        """The value of one event, None where it has none."""
        code = int(self.codes[row])
        return None if code < 0 else str(self.values[code].as_py())


def encode(array: pa.Array | pa.ChunkedArray) -> Column:
    """A column from an Arrow array of texts or of a dictionary of texts; nulls are missing values."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):  # combine_chunks gives one chunk or none
            array = array.chunk(0) if array.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices
    codes = (
        (indices.fill_null(-1) if indices.null_count else indices).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    )
    values = array.dictionary
    if values.type != pa.string():
        values = values.cast(pa.string())
    return Column(values, codes)


@dataclass(slots=True, kw_only=True)
class EventBatch:
    """Events of one format, as columns.

    `columns` hold the fields that were asked for, by the source's own names; `rebuild(row)` gives the whole record again, as
    (time text, host, fields), from the text that the batch keeps. `files` and `file_of` say which file each event is from,
    `positions` its line or record, counted from 1. `family` is what rules call this kind of log. `others` are the times of
    further events of the first file, in which no rule can be true and no indicator stands: they are counted, not looked at.
    What is not `counted` says nothing of how far a log reaches.
    """

    format: str
    family: str
    size: int
    columns: dict[str, Column]
    files: Sequence[str]
    file_of: Codes | None  # None: all from files[0]
    positions: np.ndarray[tuple[int], np.dtype[np.int64]]
    times: Times
    rebuild: Callable[[int], tuple[str, str, Mapping[str, str]]]
    unit: str = "line"
    others: Times | None = None
    counted: bool = True
    texts: Callable[[np.ndarray[tuple[int], np.dtype[np.int64]]], pa.StringArray] | None = None
    raw: Callable[[], tuple[bytes, Rows, Rows]] | None = None
    raw_rows: Callable[[Rows], tuple[bytes, Rows, Rows]] | None = None
    pieces: Callable[[], Iterator[tuple[bytes, Rows, Rows, Rows]]] | None = None
    _raw: tuple[bytes, Rows, Rows] | None = None
    _by_folded: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The column of that name, in any case; None where the log has no such field."""
        if not self._by_folded:
            self._by_folded = {field_key(own): own for own in reversed(self.columns)}
        own = self._by_folded.get(field_key(name))
        return None if own is None else self.columns[own]

    def place(self, row: int) -> Place:
        """Where the event of that row stands."""
        file = self.files[0 if self.file_of is None else int(self.file_of[row])]
        return Place(file=file, position=int(self.positions[row]), unit=self.unit)

    def event(self, row: int) -> Event:
        """The whole event of that row, all its fields included."""
        time_text, host, fields = self.rebuild(row)
        return Event(
            place=self.place(row),
            format=self.format,
            time=datetime_of(int(self.times[row])),
            time_text=time_text,
            host=host,
            fields=dict(fields),
        )

    def text_of(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.StringArray:
        """The text of each of the rows, in which keywords are sought: the raw line, or all values, one a line."""
        if self.texts is not None:
            return self.texts(rows)
        return pa.array(["\n".join(self.rebuild(int(row))[2].values()) for row in rows], pa.string())

    def raw_of(self, rows: Rows) -> tuple[bytes, Rows, Rows]:
        """The text of some events and where in it each starts and ends."""
        if self.raw_rows is not None and self._raw is None and len(rows) < self.size:
            return self.raw_rows(rows)
        text, starts, ends = self.raw_text()
        return text, starts[rows], ends[rows]

    def raw_pieces(self, rows: Rows) -> Iterator[tuple[bytes, Rows, Rows, Rows]]:
        """The text of some events (ascending), some at a time, and where in it each starts and ends, with its row."""
        if self.pieces is None or self._raw is not None or len(rows) < self.size // 2:
            yield *self.raw_of(rows), rows
            return
        for text, starts, ends, its_rows in self.pieces():
            if len(rows) < self.size:
                asked = np.isin(its_rows, rows)
                starts, ends, its_rows = starts[asked], ends[asked], its_rows[asked]
            yield text, starts, ends, its_rows

    def raw_text(self) -> tuple[bytes, Rows, Rows]:
        """The text of all events and where in it each starts and ends: what indicators are sought in."""
        if self._raw is None and self.raw is not None:
            self._raw = self.raw()
        if self._raw is not None:
            return self._raw
        texts = [text.encode() for text in self.text_of(np.arange(self.size)).to_pylist()]
        ends = np.cumsum([len(text) + 1 for text in texts]) - 1
        return b"\n".join(texts), ends - np.array([len(text) for text in texts], np.int64), ends


def datetime_of(time: int) -> datetime | None:
    """Microseconds since 1970 as an aware time; None for NO_TIME and for what no calendar holds."""
    if time == NO_TIME:
        return None
    try:
        return _EPOCH + timedelta(microseconds=time)
    except OverflowError:
        return None


def microseconds(time: datetime) -> int:
    """Microseconds since 1970; a time without zone is taken as UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)
