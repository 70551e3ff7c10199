"""Events read straight from EVTX chunks are those that the evtx library gives."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.hunt.events import EventBatch, datetime_of
from indicia.hunt.formats import evtx
from indicia.hunt.formats.base import LogInput, Wanted
from indicia.hunt.formats.table import text_of
from indicia.hunt.formats.windows import flat_event
from indicia.hunt.rules.names import field_key
from indicia.records import Problem
from tests.hunt.evtx_writer import CHUNK, Node, Value, chunk_of, file_of, text_value
from tests.shared import shared

NAMES = ("Image", "image", "CommandLine", "Level", "Computer", "Channel", "Data", "Hash")
GUARDS = ("channel", "eventid", "provider_name")
texts = st.text("aA\\{é\0\x01€\U0001f600", max_size=4).map(text_value)
usual: st.SearchStrategy[Value] = st.one_of(
    texts,
    st.tuples(st.just(0x08), st.sampled_from([0, 1, 4_294_967_295]).map(lambda number: struct.pack("<I", number))),
    st.sampled_from(
        [
            (0x00, b""),
            (0x01, b"\x00\xd8a\0"),  # half of a character
            (0x03, b"\xff"),
            (0x07, b"\xfe\xff\xff\xff"),
            (0x0A, b"\xff" * 8),
            (0x0D, b"\x01\0\0\0"),
            (0x0E, b"\x01\xab"),
            (0x0E, b""),
            (0x0F, bytes(range(16))),
            (0x10, b"\xab\0\0\0"),
            (0x11, b"\x10\0\0\0\x80\x3e\xd5\x01"),
            (0x13, bytes.fromhex("01010000000000051200 0000")),
            (0x14, b"\xab\xcd\0\0"),
            (0x15, b"\0" * 8),
        ]
    ),
)
unusual: st.SearchStrategy[Value] = st.sampled_from(
    [
        (0x02, b"abc\0"),
        (0x0B, b"\0\0\x80\x3f"),
        (0x0D, b"\x07\0\0\0"),
        (0x11, b"\xff" * 8),  # a time beyond all calendars
        (0x12, struct.pack("<8H", 2021, 3, 3, 3, 6, 50, 8, 0)),
        (0x13, b"\x01\x02" + bytes(10)),  # more parts than there are
        (0x81, "a\0b\0".encode("utf-16-le")),
        (0x81, "a\0".encode("utf-16-le")),
        (0x88, bytes(8)),
    ]
)


def named(names: Sequence[str]) -> Node:
    return "EventData", {}, [("Data", {"Name": name}, [number]) for number, name in enumerate(names)]


def unnamed(count: int) -> Node:
    return "EventData", {}, [*(("Data", {}, [number]) for number in range(count)), ("Binary", {}, [count])]


def own(names: Sequence[str]) -> Node:
    leaves = [(name, {}, [number]) for number, name in enumerate(names)]
    return "UserData", {}, [("LogFileCleared", {"xmlns": "urn:x"}, leaves)]


@st.composite
def events(draw: st.DrawFn, values: st.SearchStrategy[Value] = usual) -> tuple[str, int, Node | None, list[Value]]:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3))
    shape = draw(st.sampled_from([named(names), unnamed(len(names)), own(names or ["Name"]), None]))
    if shape is not None and draw(st.booleans()):
        shape[2].append(("Data", {"Name": "Fixed"}, ["as ever"]))  # type: ignore[attr-defined]
    holes = 0 if shape is None else len(names) + 1
    channel, number = draw(st.sampled_from(["Security", "System", ""])), draw(st.integers(1, 6))
    return channel, number, shape, draw(st.lists(values, min_size=holes, max_size=holes))


def log_of(data: bytes) -> LogInput:
    return LogInput("a.evtx", lambda: io.BytesIO(data), len(data))


def read(data: bytes, wanted: Wanted) -> tuple[list[EventBatch], list[Problem]]:
    items = list(evtx.read([log_of(data)], wanted))
    return [item for item in items if isinstance(item, EventBatch)], [item for item in items if isinstance(item, Problem)]


def plainly(lines: Iterable[str]) -> list[dict[str, Any]]:
    return [flat_event(msgspec.json.decode(line)["Event"]) for line in lines]


def check(batches: Sequence[EventBatch], plain: Sequence[Mapping[str, Any]], keys: Iterable[str]) -> None:
    """Rows, columns and whole events are those of the plain reading."""
    assert sum(batch.size for batch in batches) == len(plain)
    rows = ((batch, row) for batch in batches for row in range(batch.size))
    for number, ((batch, row), fields) in enumerate(zip(rows, plain, strict=True), 1):
        event = batch.event(row)
        assert event.place.position == number
        assert list(event.fields.items()) == [(name, text) for name, value in fields.items() if (text := text_of(value))]
        assert batch.times[row] == evtx_time(text_of(fields.get("SystemTime")))
        for key in keys:
            found = [value for name, value in fields.items() if field_key(name) == key][:1]
            expected = next((text_of(value) for value in found if value is not None), None)
            column = batch.column(key)
            assert (column.text(row) if column else None) == expected, (key, fields)


def evtx_time(text: str) -> int:
    return int(np.datetime64(text.removesuffix("Z"), "us").astype(np.int64))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(events(), min_size=1, max_size=6), min_size=1, max_size=3), st.booleans())
def test_events_are_those_of_the_library(some: list[list[Any]], by_kind: bool) -> None:
    chunks = [chunk_of(each) for each in some]
    plain = plainly(line for chunk in chunks for line in evtx._lines_of(chunk))
    keys = {field_key(name) for fields in plain for name in fields} | set(GUARDS)
    wanted = Wanted(keys)
    if by_kind:
        wanted.of_kind = lambda channel, event, provider: frozenset(keys) if event == "1" else frozenset()
    batches, problems = read(file_of(chunks), wanted)
    assert not problems
    check(batches, plain, GUARDS if by_kind else keys)
    for batch in batches if by_kind else ():
        assert all(
            batch.columns[name].text(row) is None or batch.columns["EventID"].text(row) == "1"
            for name in batch.columns
            if field_key(name) not in GUARDS
            for row in range(batch.size)
        )


@settings(max_examples=200, deadline=None)
@given(st.lists(events(st.one_of(usual, unusual)), min_size=1, max_size=5))
def test_unusual_values_are_left_to_the_library(some: list[Any]) -> None:
    chunk = chunk_of(some)
    lines, told = evtx._at_any_cost(chunk, "a.evtx", 4_096)
    plain = plainly(lines)
    keys = {field_key(name) for fields in plain for name in fields} | set(GUARDS)
    batches, problems = read(file_of([chunk]), Wanted(keys))
    check(batches, plain, keys)
    assert problems == ([told] if told else [])


def test_usual_events_are_read_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    image = [text_value("a.exe"), (0x08, bytes(4))]
    some = [
        ("Security", 1, named(["Image", "Hash"]), image),
        ("System", 3, unnamed(1), image),
        ("System", 1, own(["A"]), image),
    ]
    chunk = chunk_of(some)
    read(file_of([chunk]), Wanted(GUARDS))
    asked: list[bytes] = []
    monkeypatch.setattr(evtx, "_parse", lambda data: (asked.append(data), ([], []))[1])
    batches, problems = read(file_of([chunk] * 3), Wanted({"image", *GUARDS}))
    assert [batch.size for batch in batches] == [9] and not problems and not asked
    assert batches[0].event(8).fields["A"] == "a.exe"
    assert datetime_of(int(batches[0].times[0])) == batches[0].event(0).time


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_chunk_gives_what_the_library_gives(data: st.DataObject) -> None:
    image = [text_value("a.exe"), (0x08, bytes(4)), (0x13, bytes.fromhex("010100000000000512000000"))]
    chunk = bytearray(chunk_of([("Security", number % 3 + 1, named(["Image", "Hash", "Sid"]), image) for number in range(6)]))
    end = struct.unpack_from("<I", chunk, 48)[0]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.one_of(st.integers(8, 127), st.integers(512, end - 1), st.integers(end - 600, end - 1)))
        chunk[at] = data.draw(st.sampled_from([0, 1, 0xFF, chunk[at] ^ 1, chunk[at] ^ 0x80]))
    lines, told = evtx._at_any_cost(bytes(chunk), "a.evtx", 4_096)
    batches, problems = read(file_of([bytes(chunk)]), Wanted({"image", "hash", "sid", *GUARDS}))
    expected, no_events = [], 0
    for line in lines:
        try:
            fields = plainly([line])[0]
        except (msgspec.MsgspecError, KeyError, TypeError, AttributeError):
            no_events += 1
        else:
            expected.append({name: text for name, value in fields.items() if (text := text_of(value))})
    assert [batch.event(row).fields for batch in batches for row in range(batch.size)] == expected
    assert [problem for problem in problems if "understood" not in problem.what] == ([told] if told else [])
    assert len(problems) == no_events + (told is not None)


@pytest.mark.slow
def test_all_samples_read_as_the_library_reads_them() -> None:
    folder = shared("logs", "evtx-attack-samples")
    for path in sorted(Path(folder).rglob("*.evtx"))[::3]:
        data = path.read_bytes()
        chunks = [data[at : at + CHUNK] for at in range(4_096, len(data) - CHUNK + 1, CHUNK)]
        plain = plainly(line for chunk in chunks if chunk.startswith(b"ElfChnk\0") for line in evtx._lines_of(chunk))
        keys = {field_key(name) for fields in plain for name in fields} | set(GUARDS)
        check(read(data, Wanted(keys))[0], plain, keys)
