"""Events straight from EVTX chunks: no text is made of a record unless a rule asks for it.

A record gives a template and values. For each form of event (evtxforms.py) the places of the wanted fields are known, so their
bytes are taken out and become texts once for each different value. Records of an unusual form come as the library's JSON. Each
form is held against that JSON when it is first met, and left to the library for good if they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from indicia.hunt.events import Column, EventBatch, Span
from indicia.hunt.formats.base import Wanted
from indicia.hunt.formats.binxml import CHUNK, text_of_value
from indicia.hunt.formats.evtxblock import Alike, Block
from indicia.hunt.formats.evtxcolumns import Columns
from indicia.hunt.formats.evtxforms import GUARDS, Field, Library
from indicia.hunt.formats.table import ShapedRows, text_of
from indicia.hunt.formats.windows import flat_event, windows_times
from indicia.hunt.matching.literals import Ints
from indicia.records import Problem

__all__ = ["Parser", "Piece", "batch_of"]

_1601 = 11_644_473_600_000_000  # microseconds before 1970
_NAMES = ("Channel", "EventID", "Provider_Name")
_plainly = msgspec.json.Decoder()
_library = Library()


class Piece(NamedTuple):
    """Whole chunks of a log: of which, by its number, and where in it they begin."""

    file: int
    at: int
    data: bytes


class Parser(NamedTuple):
    """The library: `lines` gives the JSON of a chunk's records, none if some cannot be read.

    `at_any_cost` gives that of those that can be read, and what is to be told of the others: (chunk, log, its offset there).
    """

    lines: Callable[[bytes], list[str]]
    at_any_cost: Callable[[bytes, str, int], tuple[list[str], Problem | None]]


class _Line(NamedTuple):
    """A record that came as JSON."""

    chunk: int
    order: int  # in its chunk
    text: str
    fields: Mapping[str, Any]


class _Reading:
    """The records of some chunks: those of known forms in `alike`, the others in `lines`, by chunk and order."""

    def __init__(self, pieces: Sequence[Piece], files: Sequence[str], parser: Parser) -> None:
        self._parser = parser
        self.block = block = Block([piece.data for piece in pieces], _library)
        self.file_of = np.repeat([piece.file for piece in pieces], [len(piece.data) // CHUNK for piece in pieces])
        self.problems: list[tuple[int, int, Problem | str]] = []  # (chunk, order, what)
        counts = np.bincount(block.chunk_of, minlength=block.count)
        odd = block.odd | (counts < block.nominal)
        firsts = np.append(0, np.cumsum(counts))
        order = np.arange(len(block.begins)) - firsts[block.chunk_of]
        self.lines: list[_Line] = []
        parsed: dict[int, list[str]] = {}
        self.alike = [alike for alike in block.alike if self._is_good(alike, parsed, odd, order)]
        known = np.zeros(len(block.begins), bool)
        for alike in self.alike:
            known[alike.records] = True
        left = np.flatnonzero(~known & ~odd[block.chunk_of])
        for chunk in np.unique(block.chunk_of[left]).tolist():
            lines = self._parsed(chunk, parsed)
            if len(lines) != counts[chunk]:
                odd[chunk] = True
        for number in left.tolist():
            chunk = int(block.chunk_of[number])
            if not odd[chunk]:
                place = int(order[number])
                self._add_line(chunk, place, self._parsed(chunk, parsed)[place])
        starts = [0, *accumulate(len(piece.data) for piece in pieces)][:-1]
        for chunk in np.flatnonzero(odd).tolist():
            piece, at = next(
                (piece, at)
                for piece, begin in zip(pieces, starts, strict=True)
                if 0 <= (at := chunk * CHUNK - begin) < len(piece.data)
            )
            texts, problem = parser.at_any_cost(block.chunk(chunk), files[piece.file], piece.at + at)
            if problem is not None:
                self.problems.append((chunk, -1, problem))
            for place, text in enumerate(texts):
                self._add_line(chunk, place, text)
            counts[chunk] = len(texts)
        self.counts = counts
        self.odd = odd
        self.order = order

    def _parsed(self, chunk: int, parsed: dict[int, list[str]]) -> list[str]:
        if chunk not in parsed:
            parsed[chunk] = self.lines_of(chunk)
        return parsed[chunk]

    def lines_of(self, chunk: int) -> list[str]:
        """The JSON of the records of a chunk, by the library."""
        return self._parser.lines(self.block.chunk(chunk))

    def _is_good(self, alike: Alike, parsed: dict[int, list[str]], odd: Any, order: Ints) -> bool:
        """Whether the form gives the fields that the plain reading gives, as far as is known."""
        form = alike.form
        if form.good is None:
            usual = np.flatnonzero(~odd[self.block.chunk_of[alike.records]])
            for row in usual[:1].tolist():
                record = int(alike.records[row])
                lines = self._parsed(int(self.block.chunk_of[record]), parsed)
                if order[record] < len(lines):
                    form.good = self._is_same(alike, row, lines[order[record]])
        return bool(form.good)

    def _is_same(self, alike: Alike, row: int, line: str) -> bool:
        try:
            fields = flat_event(_plainly.decode(line)["Event"])
        except (msgspec.MsgspecError, LookupError, TypeError, AttributeError):
            return False
        plain = [(name, text_of(value)) for name, value in fields.items() if value is not None]
        own = ((field.name, _text(self.block.data, alike, row, field)) for field in alike.form.fields)
        return [each for each in own if each[1] is not None] == plain

    def _add_line(self, chunk: int, order: int, text: str) -> None:
        try:
            whole = _plainly.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            self.problems.append((chunk, order, str(error) or type(error).__name__))
            return
        event = whole.get("Event") if isinstance(whole, dict) else None
        if isinstance(event, dict):
            self.lines.append(_Line(chunk, order, text, flat_event(event)))
        else:
            self.problems.append((chunk, order, "no object of that name: Event"))


def batch_of(
    pieces: Sequence[Piece], files: Sequence[str], positions: dict[int, int], wanted: Wanted, parser: Parser
) -> tuple[EventBatch | None, list[Problem]]:
    """The events of some chunks, and what could not be read of them.

    `positions` gives the number of the next record of each file, and is carried on.
    """
    reading = _Reading(pieces, files, parser)
    first: list[int] = []
    for file, count in zip(reading.file_of.tolist(), reading.counts.tolist(), strict=True):
        first.append(positions[file])
        positions[file] += count
    problems = []
    for chunk, order, what in sorted(reading.problems, key=lambda each: each[:2]):
        if isinstance(what, str):
            where = f"{files[int(reading.file_of[chunk])]} record {first[chunk] + order}"
            problems.append(Problem(where=where, what=f"cannot be understood: {what}"))
        else:
            problems.append(what)
    rows = _Rows(reading, np.array(first, np.int64), wanted)
    return rows.batch(files) if rows.size else None, problems


class _Rows:
    """The rows of a batch."""

    def __init__(self, reading: _Reading, first: Ints, wanted: Wanted) -> None:
        self._reading = reading
        self._wanted = frozenset(wanted)
        self._of_kind = getattr(wanted, "of_kind", None)
        # Rows in the order of chunks and records: those of known forms by their number, those that came as JSON behind them.
        block, lines = reading.block, reading.lines
        records = np.concatenate([np.empty(0, np.int64), *(alike.records for alike in reading.alike)])
        records = np.sort(records[~reading.odd[block.chunk_of[records]]])
        chunks = np.append(block.chunk_of[records], [line.chunk for line in lines]).astype(np.int64)
        orders = np.append(reading.order[records], [line.order for line in lines]).astype(np.int64)
        sorting = np.lexsort((orders, chunks))
        self.size = len(sorting)
        row_of = np.empty(self.size, np.int64)
        row_of[sorting] = np.arange(self.size)
        self._row_of_record = np.full(len(block.begins), -1)
        self._row_of_record[records] = row_of[: len(records)]
        self._line_of_row = dict(zip(row_of[len(records) :].tolist(), lines, strict=True))
        self._chunks = chunks[sorting]
        self._positions = first[self._chunks] + orders[sorting]
        self._alike = []
        self._which = np.full(self.size, -1)  # of the alike, and which of them
        self._place = np.zeros(self.size, np.int64)
        for number, alike in enumerate(reading.alike):
            rows = self._row_of_record[alike.records]
            if (rows < 0).any():
                alike = Alike(alike.form, *(each[rows >= 0] for each in alike[1:]))
                rows = rows[rows >= 0]
            self._which[rows] = number
            self._place[rows] = np.arange(len(rows))
            self._alike.append((alike, rows))

    def batch(self, files: Sequence[str]) -> EventBatch:
        """The events as a batch."""
        return EventBatch(
            format="evtx",
            family="windows",
            size=self.size,
            columns=self._columns(),
            files=files,
            file_of=None if len(files) == 1 else self._reading.file_of[self._chunks].astype(np.int32),
            positions=self._positions,
            times=self._times(),
            rebuild=self._rebuild,
            unit="record",
            raw=self._raw,
            spans=self._spans,
        )

    def _times(self) -> Any:
        times = np.empty(self.size, np.int64)
        for alike, rows in self._alike:
            times[rows] = (self._reading.block.u64[alike.ends[:, alike.form.time]] // 10).astype(np.int64) - _1601
        if self._line_of_row:
            texts = [text_of(line.fields.get("SystemTime")) for line in self._line_of_row.values()]
            times[list(self._line_of_row)] = windows_times(texts)
        return times

    def _columns(self) -> dict[str, Column]:
        block = self._reading.block
        flat = {row: line.fields for row, line in self._line_of_row.items()}
        guards = Columns(self.size, block)
        others = ShapedRows()
        for row, fields in flat.items():
            others.size = row
            others.add({name: fields[name] for name in _NAMES if name in fields}, None)
        others.size = self.size
        for name, found in others.columns(None).items():
            guards.add(name, found)
        for alike, rows in self._alike:
            for name in GUARDS:
                if field := alike.form.by_key.get(name):
                    guards.add_values(field, alike, rows, None)
        columns = guards.columns()
        missing = Column(pa.array([], pa.string()), np.full(self.size, -1, np.int32))
        of_kind = [columns.get(name, missing) for name in _NAMES]
        key = np.zeros(self.size, np.int64)
        for column in of_kind:
            key = key * (len(column.values) + 1) + column.codes + 1
        _, examples, kinds = np.unique(key, return_index=True, return_inverse=True)
        wanted = [self._wanted_of(*(column.text(row) for column in of_kind)) for row in examples.tolist()]
        made = Columns(self.size, block)
        others = ShapedRows()
        for row, fields in flat.items():
            others.size = row
            others.add(fields, wanted[kinds[row]])
        others.size = self.size
        for name, found in others.columns(self._wanted.difference(GUARDS)).items():
            made.add(name, found)
        for alike, rows in self._alike:
            self._add_wanted(made, alike, rows, kinds[rows], wanted)
        return {**made.columns(), **dict(zip(_NAMES, of_kind, strict=True))}

    @staticmethod
    def _add_wanted(made: Columns, alike: Alike, rows: Ints, kinds: Ints, wanted: Sequence[frozenset[str]]) -> None:
        own = np.unique(kinds).tolist()
        for name in frozenset().union(*(wanted[kind] for kind in own)) & alike.form.by_key.keys():
            asking = [kind for kind in own if name in wanted[kind]]
            chosen = None if len(asking) == len(own) else np.flatnonzero(np.isin(kinds, asking))
            made.add_values(alike.form.by_key[name], alike, rows, chosen)

    def _wanted_of(self, channel: str | None, event: str | None, provider: str | None) -> frozenset[str]:
        wanted = self._wanted if self._of_kind is None else self._of_kind(channel, event, provider)
        return frozenset(wanted.difference(GUARDS))

    # -- texts ----------------------------------------------------------------------------------------------------------------

    def _rebuild(self, row: int) -> tuple[str, str, Mapping[str, str]]:
        line = self._line_of_row.get(row)
        if line is None:
            alike, _ = self._alike[int(self._which[row])]
            fields = _texts(self._reading.block.data, alike, int(self._place[row]))
        else:
            fields = {name: text for name, content in line.fields.items() if (text := text_of(content)) != ""}
        return fields.get("SystemTime", ""), fields.get("Computer", ""), fields

    def _raw(self) -> tuple[bytes, Ints, Ints]:
        """The JSON of all records as one text, and where in it that of each row starts and ends."""
        texts = [b""] * self.size
        for row, line in self._line_of_row.items():
            texts[row] = line.text.encode("utf-8", "replace")
        records = np.flatnonzero(self._row_of_record >= 0)
        orders, chunks = self._reading.order[records], self._reading.block.chunk_of[records]
        lines: list[str] = []
        before = -1
        for row, order, chunk in zip(self._row_of_record[records].tolist(), orders.tolist(), chunks.tolist(), strict=True):
            if chunk != before:
                before, lines = chunk, self._reading.lines_of(chunk)
            text = lines[order] if order < len(lines) else "\n".join(self._rebuild(row)[2].values())
            texts[row] = text.encode("utf-8", "replace")
        lengths = np.fromiter(map(len, texts), np.int64, self.size)
        ends = np.cumsum(lengths + 1) - 1
        return b"\n".join(texts), ends - lengths, ends

    def _spans(self, rows: Ints) -> Iterator[Span]:
        """Where the texts of some rows stand: as UTF-16 amid the bytes of chunks, as UTF-8 in what came as JSON."""
        block = self._reading.block
        asked = np.zeros(self.size, bool)
        asked[rows] = True
        records = np.flatnonzero(self._row_of_record >= 0)
        records = records[asked[self._row_of_record[records]]]
        if len(records):
            yield Span(block.data, True, block.begins[records], block.stops[records], self._row_of_record[records])
        constants: dict[str, list[Ints]] = {}
        for alike, its_rows in self._alike:
            constants.setdefault(alike.form.constants, []).append(its_rows)
        for text, parts in constants.items():
            its_rows = np.concatenate(parts)
            yield _span(text.encode(), its_rows[asked[its_rows]])
        for row, line in self._line_of_row.items():
            if asked[row]:
                yield _span(line.text.encode("utf-8", "replace"), np.array([row]))


def _span(data: bytes, rows: Ints) -> Span:
    return Span(data, False, np.zeros(1, np.int64), np.full(1, len(data)), rows)


def _text(data: bytes, alike: Alike, row: int, field: Field) -> str | None:
    """The text of a field; None where it has no value."""
    texts = []
    for part in field.parts:
        if isinstance(part, str):
            texts.append(part)
        else:
            inside, number = part
            begin, end = (alike.inner if inside else alike.ends)[row, number : number + 2].tolist()
            texts.append(text_of_value(alike.form.types[inside][number], data[begin:end]))
    text = "\n".join(texts)
    return None if field.omitted and not text else text


def _texts(data: bytes, alike: Alike, row: int) -> dict[str, str]:
    """The texts of all fields that have one."""
    types = alike.form.types
    places = alike.ends[row].tolist(), alike.inner[row].tolist()
    found = {}
    for name, parts, _ in alike.form.fields:
        texts = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
            else:
                inside, number = part
                texts.append(_short_text(types[inside][number], data[places[inside][number] : places[inside][number + 1]]))
        if text := texts[0] if len(texts) == 1 else "\n".join(texts):
            found[name] = text
    return found


def _short_text(kind: int, value: bytes) -> str:
    return _known_text(kind, value) if len(value) <= SHORT else text_of_value(kind, value)


# What most events have in common is short: names, numbers, identifiers.
_known_text = lru_cache(20_000)(text_of_value)
SHORT = 64  # bytes
