"""Windows events given as the JSON of their `Event` element, one a line, gathered into batches: EVTX, and exports like it.

A line is decoded in two steps. The first takes the few things that say what kind of event it is and leaves its data as bytes;
the second takes the data apart, all of one kind together, where a rule asks for a field of that kind. A line in an unusual form
is decoded whole, the slow and plain way; both give the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from indicia.hunt.events import Column, EventBatch
from indicia.hunt.logs.formats.base import BYTES, Wanted
from indicia.hunt.logs.formats.eventdata import KindData
from indicia.hunt.logs.formats.lines import LineBlock
from indicia.hunt.logs.formats.table import ShapedRows, column_of, json_of, text_of
from indicia.hunt.logs.formats.windows import flat_event, windows_times
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import field_key

_GUARDS = frozenset({"channel", "eventid", "provider_name"})
_NO_FIELD = _GUARDS | {""}  # "" stands for the whole text, which is kept anyway
_MOST_KINDS = 20_000  # remembered from batch to batch
_Key = tuple[str | None, int | str | None, str | None]  # channel, event id, provider


class _Name(msgspec.Struct, gc=False):
    Name: str
    EventSourceName: str | None = None


class _Provider(msgspec.Struct, gc=False):
    attributes: _Name = msgspec.field(name="#attributes")


class _When(msgspec.Struct, gc=False):
    SystemTime: str = ""


class _Created(msgspec.Struct, gc=False):
    attributes: _When = msgspec.field(name="#attributes")


class _Numbered(msgspec.Struct, gc=False, frozen=True):
    text: int | str = msgspec.field(name="#text")


class _System(msgspec.Struct, gc=False):
    Provider: _Provider
    EventID: int | str | _Numbered
    Channel: str | None
    TimeCreated: _Created


_ABSENT = msgspec.Raw(b"")


class _Content(msgspec.Struct, gc=False):
    System: Any
    EventData: msgspec.Raw = _ABSENT
    UserData: msgspec.Raw = _ABSENT
    ProcessingErrorData: msgspec.Raw = _ABSENT


class _Further(NamedTuple):
    """A further field of the system part: which of its members holds it, and whether it counts before one of the data."""

    name: str
    member: str
    first: bool = False


# By their keys; they are decoded only when a rule asks for them.
_FURTHER = {
    field_key(each.name): each
    for each in (
        _Further("EventRecordID", "EventRecordID", first=True),
        _Further("Computer", "Computer", first=True),
        _Further("Level", "Level"),
        _Further("Task", "Task"),
        _Further("Opcode", "Opcode"),
        _Further("Keywords", "Keywords"),
        _Further("Version", "Version"),
        _Further("UserID", "Security"),
        _Further("EventSourceName", "Provider"),
        _Further("SystemTime", "TimeCreated", first=True),
    )
}
_PARTS = ("EventData", "UserData", "ProcessingErrorData")


@lru_cache(64)
def _decoder(members: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Decodes events, with further members of their system part."""
    own = [(name, Any, None) for name in members if name not in _System.__struct_fields__]
    system = msgspec.defstruct("System", own, bases=(_System,), gc=False)
    content = msgspec.defstruct("Content", [("System", system)], bases=(_Content,), gc=False)
    return msgspec.json.Decoder(msgspec.defstruct("Event", [("Event", content)], gc=False))


class _Kind:
    """A kind of event by its number, with the fields of it that rules ask for, and the events of it that wait to be read."""

    __slots__ = ("data", "further", "heads", "key", "number", "raws", "rows", "wanted")

    def __init__(self, number: int, key: _Key, wanted: frozenset[str], further: tuple[_Further, ...]) -> None:
        self.number = number
        self.key = key
        self.wanted = wanted
        self.further = further
        self.data = KindData(wanted)
        self.forget()

    def forget(self) -> None:
        """Without events that wait."""
        self.rows: list[int] = []
        self.raws: list[msgspec.Raw] = []
        self.heads: list[tuple[int, Any]] = []  # the system parts, by row


class EventTable:
    """Gathers events into batches."""

    def __init__(self, wanted: Wanted | frozenset[str], name: str, unit: str) -> None:
        self._format = name
        self._unit = unit
        self._wanted = wanted
        self._of_kind = getattr(wanted, "of_kind", None)
        self._further = tuple(_FURTHER[key] for key in sorted(wanted & _FURTHER.keys()))
        self._decoder = _decoder(tuple(sorted({each.member for each in self._further})))
        self._kinds: dict[tuple[Any, Any, Any], _Kind] = getattr(wanted, "known", {})
        for kind in self._kinds.values():  # of a reading that was not brought to its end
            kind.forget()
        self._files: list[str] = []
        self._clear()

    def _clear(self) -> None:
        """Begins a batch. The kinds stay, and how their data is read."""
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.clear()
        self._kind_of: list[int] = []
        self._times: list[str] = []
        self._further_values: dict[_Further, tuple[list[int], list[Any]]] = {each: ([], []) for each in self._further}
        self._rows = ShapedRows()
        self._lines = _Lines()
        self._files = self._files[-1:]
        self._file_of: list[tuple[int, int]] = []  # (file, events)
        self._positions: list[Ints] = []
        self._bytes = 0

    def is_full(self, most: int) -> bool:
        """Whether it holds as many events, or as much text, as a batch should."""
        return self.size >= most or self._bytes >= BYTES

    @property
    def size(self) -> int:
        """How many events it holds."""
        return len(self._times)

    def begin(self, file: str) -> None:
        """What is added from now on is from this file."""
        self._files.append(file)

    def add(self, block: LineBlock, positions: Ints) -> list[tuple[int, str]]:
        """More events, one a line, and where each stands. Gives the lines (by index) that are no event, and why."""
        before = self.size
        faults: list[tuple[int, str]] = []
        lines = self._add_lines(block, 0, len(block.starts), faults)
        kept = np.arange(lines.start, lines.stop) if isinstance(lines, range) else np.array(lines, np.int64)
        self._lines.add(block, kept)
        self._bytes += len(block.data)
        self._positions.append(positions[kept])
        self._file_of.append((len(self._files) - 1, self.size - before))
        return faults

    def _add_lines(self, block: LineBlock, first: int, last: int, faults: list[tuple[int, str]]) -> Sequence[int]:
        """Adds the lines from `first` to before `last`; gives those that are events. What fails is halved until it is found."""
        if first == last:
            return ()
        data = block.data[int(block.starts[first]) : int(block.ends[last - 1])]
        try:
            events = self._decoder.decode_lines(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            events = []
        if len(events) == last - first:  # no blank line, none that is broken or in an unusual form
            self._add_quickly([event.Event for event in events])
            return range(first, last)
        if last - first > 1:
            middle = (first + last) // 2
            return [*self._add_lines(block, first, middle, faults), *self._add_lines(block, middle, last, faults)]
        if not data or data.isspace():
            return ()
        fault = self._add_plainly(data)
        if fault:
            faults.append((first, fault))
        return () if fault else (first,)

    def _add_quickly(self, contents: list[Any]) -> None:
        systems = [content.System for content in contents]
        keys = [(system.Channel, system.EventID, system.Provider.attributes.Name) for system in systems]
        for at in [at for at, key in enumerate(keys) if key[0] is None]:
            keys[at] = (_channel_of_data(contents[at]), *keys[at][1:])
        for key in dict.fromkeys(keys):
            if key not in self._kinds:
                self._new_kind(key)
        kinds = list(map(self._kinds.__getitem__, keys))
        first = self.size
        self._kind_of += [kind.number for kind in kinds]
        self._times += [system.TimeCreated.attributes.SystemTime for system in systems]
        for row, (kind, content) in enumerate(zip(kinds, contents, strict=True), first):
            if not kind.wanted:
                continue
            if kind.further:
                kind.heads.append((row, content.System))
            if content.UserData is _ABSENT and content.ProcessingErrorData is _ABSENT and content.EventData is not _ABSENT:
                kind.rows.append(row)
                kind.raws.append(content.EventData)
            else:
                self._rows.put(row, _whole_data(content), kind.wanted)

    def _add_plainly(self, line: bytes) -> str:
        """Adds an event in whatever form; says why it is none."""
        try:
            whole = json_of(line)
        except (ValueError, RecursionError) as error:
            return str(error) or type(error).__name__
        event = whole.get("Event") if isinstance(whole, dict) else None
        if not isinstance(event, dict):
            return "no object of that name: Event"
        fields = flat_event(event)
        channel, number, provider = (_or_text(fields.get(name)) for name in ("Channel", "EventID", "Provider_Name"))
        kind = self._kinds.get(key := (channel, number, provider)) or self._new_kind(key)
        self._rows.put(self.size, fields, kind.wanted)
        self._kind_of.append(kind.number)
        self._times.append(text_of(fields.get("SystemTime")))
        return ""

    def _new_kind(self, key: tuple[Any, Any, Any]) -> _Kind:
        channel, number, provider = key
        if type(number) is _Numbered:
            number = number.text
        wanted: frozenset[str] = frozenset(self._wanted)
        if self._of_kind is not None:
            wanted = self._of_kind(channel, None if number is None else str(number), provider)
        further = tuple(each for each in self._further if field_key(each.name) in wanted)
        kind = self._kinds[key] = _Kind(len(self._kinds), (channel, number, provider), wanted - _NO_FIELD, further)
        return kind

    def batch(self) -> EventBatch:
        """The events so far as a batch; what is added then goes into the next."""
        for kind in self._kinds.values():
            if kind.rows:
                kind.data.read(kind.rows, kind.raws, self._rows)
            if kind.heads:
                heads = [head for _, head in kind.heads]
                for each in kind.further:
                    its_rows, values = self._further_values[each]
                    its_rows += [row for row, _ in kind.heads]
                    values += [_further_of(head, each) for head in heads]
            kind.forget()
        self._rows.size = self.size
        columns = self._rows.columns(self._wanted - _GUARDS)
        kind_of = np.array(self._kind_of, np.int32)
        for place, name in enumerate(("Channel", "EventID", "Provider_Name")):
            of_kind = column_of([kind.key[place] for kind in self._kinds.values()])
            columns[name] = of_kind.with_codes(of_kind.codes[kind_of])
        spelling = {field_key(name): name for name in columns}
        for each, (at, values) in self._further_values.items():
            own, of_data = _placed(column_of(values), at, self.size), spelling.get(field_key(each.name))
            if of_data is not None:
                own = _either(own, columns.pop(of_data)) if each.first else _either(columns.pop(of_data), own)
            columns[each.name] = own
        lines = self._lines
        counts = [count for _, count in self._file_of]
        made = EventBatch(
            format=self._format,
            family="windows",
            columns=columns,
            files=self._files,
            file_of=None
            if len(self._files) == 1
            else np.repeat(np.array([file for file, _ in self._file_of], np.int32), counts),
            positions=np.concatenate(self._positions) if self._positions else np.empty(0, np.int64),
            times=windows_times(self._times),
            rebuild=lambda row: _rebuild(lines.line(row)),
            unit=self._unit,
            texts=lambda rows: pa.array(
                ["\n".join(_rebuild(lines.line(row))[2].values()) for row in rows.tolist()], pa.string()
            ),
            raw=lines.raw,
            raw_rows=lines.raw_of,
            pieces=lines.pieces,
        )
        self._clear()
        return made


class _Lines:
    """The lines of a batch, in the blocks that they came in."""

    def __init__(self) -> None:
        self._blocks: list[tuple[LineBlock, Ints]] = []
        self._begins: list[int] = [0]

    def add(self, block: LineBlock, kept: Ints) -> None:
        self._blocks.append((block, kept))
        self._begins.append(self._begins[-1] + len(kept))

    def line(self, row: int) -> bytes:
        """The line of a row of the batch."""
        at = bisect_right(self._begins, row) - 1
        block, kept = self._blocks[at]
        index = int(kept[row - self._begins[at]])
        return block.data[int(block.starts[index]) : int(block.ends[index])]

    def raw_of(self, rows: Ints) -> tuple[bytes, Ints, Ints]:
        """The lines of some rows as one text, and where in it each starts and ends."""
        return _joined([self.line(row) for row in rows.tolist()])

    def pieces(self) -> Iterator[tuple[bytes, Ints, Ints, Ints]]:
        """Each block, and where in it the line of each of its rows starts and ends, with the row."""
        for (block, kept), begin in zip(self._blocks, self._begins, strict=False):
            yield block.data, block.starts[kept], block.ends[kept], np.arange(begin, begin + len(kept))

    def raw(self) -> tuple[bytes, Ints, Ints]:
        """All blocks as one text, and where in it the line of each row starts and ends."""
        starts, ends, base = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
        for block, kept in self._blocks:
            starts.append(block.starts[kept] + base)
            ends.append(block.ends[kept] + base)
            base += len(block.data) + 1
        return b"\n".join(block.data for block, _ in self._blocks), np.concatenate(starts), np.concatenate(ends)


def _joined(lines: Sequence[bytes]) -> tuple[bytes, Ints, Ints]:
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    ends = np.cumsum(lengths + 1) - 1
    return b"\n".join(lines), ends - lengths, ends


def _rebuild(line: bytes) -> tuple[str, str, Mapping[str, str]]:
    event = json_of(line)["Event"]
    parts = flat_event(event).items()
    fields = {name: text for name, value in parts if (text := value if type(value) is str else text_of(value))}
    return fields.get("SystemTime", ""), fields.get("Computer", ""), fields


def _whole_data(content: Any) -> dict[str, Any]:
    parts = ((name, getattr(content, name)) for name in _PARTS)
    return flat_event({name: json_of(part) for name, part in parts if part is not _ABSENT})


def _channel_of_data(content: Any) -> str | None:
    """Where the system part names no channel, a field of that name in the data is taken for it, as in the plain reading."""
    parts = b"".join(getattr(content, name) for name in _PARTS)
    if b"\\u" not in parts and b"channel" not in parts.lower():
        return None
    return next((_or_text(value) for name, value in _whole_data(content).items() if field_key(name) == "channel"), None)


def _further_of(system: Any, each: _Further) -> Any:
    value = getattr(system, each.member)
    if each.member == "TimeCreated":
        return value.attributes.SystemTime
    if each.member == "Provider":
        return value.attributes.EventSourceName
    if each.member == "Security":
        attributes = value.get("#attributes", value) if isinstance(value, dict) else None
        return attributes.get("UserID") if isinstance(attributes, dict) else None
    return value.get("#text", value.get("Value")) if isinstance(value, dict) else value


def _placed(column: Column, rows: Sequence[int], size: int) -> Column:
    """A column of some rows as one of all."""
    codes = np.full(size, -1, np.int32)
    codes[np.asarray(rows, np.int64)] = column.codes
    return column.with_codes(codes)


def _either(one: Column, other: Column) -> Column:
    """The values of one column, and of the other where the first has none."""
    more = np.where(other.codes < 0, -1, other.codes + len(one)).astype(np.int32)
    return Column([*one.texts, *other.texts], np.where(one.codes < 0, more, one.codes))


def _or_text(value: Any) -> str | None:
    return None if value is None else text_of(value)
