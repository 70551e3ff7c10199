"""Events in bulk: columns of distinct values and codes, a few thousand to a few ten thousand events at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from indicia.hunt.names import field_key
from indicia.records import Event, Gap, LogFile, Place

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
    (time text, host, fields), from the text that the batch keeps. `files` and `file_of` say which file each event is from (the
    first where `file_of` is None), `positions` its line or record, counted from 1. `family` is what rules call this kind of
    log. `others` are the times of further events of the first file, in which no rule can be true and no indicator stands: they
    are counted, not looked at. What is not `counted` says nothing of how far a log reaches.
    """

    format: str
    family: str
    columns: dict[str, Column]
    files: Sequence[str]
    positions: Rows
    times: Times
    rebuild: Callable[[int], tuple[str, str, Mapping[str, str]]]
    file_of: Codes | None = None
    unit: str = "line"
    others: Times | None = None
    counted: bool = True
    texts: Callable[[Rows], pa.StringArray] | None = None
    raw: Callable[[], tuple[bytes, Rows, Rows]] | None = None
    raw_rows: Callable[[Rows], tuple[bytes, Rows, Rows]] | None = None
    pieces: Callable[[], Iterator[tuple[bytes, Rows, Rows, Rows]]] | None = None
    _raw: tuple[bytes, Rows, Rows] | None = None
    _by_folded: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many events it holds."""
        return len(self.positions)

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

    def text_of(self, rows: Rows) -> pa.StringArray:
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


# How far back a log reaches, and where it is silent: what "not seen" is worth.
SLOT = 600_000_000  # microseconds: ten minutes
LEAST_SLOTS = 36  # a log with fewer busy slots is not steady enough to speak of gaps
LEAST_GAP = 6  # slots: an hour
FACTOR = 8  # a gap is this many times longer than nine in ten of the log's pauses
MOST_GAPS = 20
MOST_SLOTS = 1 << 20  # of one log, twenty years without a pause; of what has more, no gaps are told


@dataclass(slots=True)
class Reach:
    """Adds up one file's events: how many, from when to when, and in which ten minutes there were any."""

    events: int = 0
    oldest: int = NO_TIME
    newest: int = NO_TIME
    slots: set[int] = field(default_factory=set)
    host: str = ""

    def add(self, times: Times) -> None:
        """Counts events; those without a time count only as events."""
        self.events += len(times)
        known = times[times != NO_TIME]
        if not len(known):
            return
        low, high = int(known.min()), int(known.max())
        self.oldest = low if self.oldest == NO_TIME else min(self.oldest, low)
        self.newest = high if self.newest == NO_TIME else max(self.newest, high)
        if len(self.slots) >= MOST_SLOTS:
            return
        slots = known // SLOT
        self.slots.update(slots[np.flatnonzero(np.diff(slots, append=slots[-1] + 1))].tolist())

    def join(self, other: Reach) -> None:
        """Adds what was counted elsewhere."""
        self.events += other.events
        for bound in (other.oldest, other.newest):
            if bound != NO_TIME:
                self.oldest = bound if self.oldest == NO_TIME else min(self.oldest, bound)
                self.newest = bound if self.newest == NO_TIME else max(self.newest, bound)
        if len(self.slots) < MOST_SLOTS:
            self.slots |= other.slots
        self.host = self.host or other.host

    def gaps(self) -> tuple[Gap, ...]:
        """Stretches without events in a log that is otherwise steady, longest first, then in time order."""
        if not LEAST_SLOTS <= len(self.slots) < MOST_SLOTS:
            return ()
        busy = np.array(sorted(self.slots), np.int64)
        pauses = np.diff(busy)
        bound = max(LEAST_GAP, FACTOR * float(np.quantile(pauses, 0.9)))
        long = np.flatnonzero(pauses > bound)
        chosen = sorted(long[np.argsort(-pauses[long], kind="stable")][:MOST_GAPS].tolist())
        found = []
        for index in chosen:
            start, end = datetime_of(int(busy[index] + 1) * SLOT), datetime_of(int(busy[index + 1]) * SLOT)
            if start is not None and end is not None:
                found.append(Gap(start=start, end=end))
        return tuple(found)

    def log_file(self, name: str, format_name: str, size: int, skipped: int) -> LogFile:
        """The record of the file."""
        return LogFile(
            file=name,
            format=format_name,
            bytes=size,
            events=self.events,
            skipped=skipped,
            host=self.host,
            oldest=datetime_of(self.oldest),
            newest=datetime_of(self.newest),
            gaps=self.gaps(),
        )
