"""The quick reading of Windows events gives the columns that the plain one gives, whatever form the events have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.hunt.logs.formats.base import Wanted
from indicia.hunt.logs.formats.eventdata import KindData
from indicia.hunt.logs.formats.eventtable import EventTable
from indicia.hunt.logs.formats.lines import block_of
from indicia.hunt.logs.formats.table import ShapedRows, text_of
from indicia.hunt.logs.formats.windows import flat_event
from indicia.hunt.names import field_key

SYSTEM = {
    "Provider": {"#attributes": {"Name": "p"}},
    "EventID": 1,
    "TimeCreated": {"#attributes": {"SystemTime": "2021-03-03T06:50:08Z"}},
    "Channel": "Security",
}
NAMES = ("Image", "image", "Command Line", "Version", "Level", "Computer", "Channel", "EventID", "UserID", "Data", "xmlns")
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([1.0, 0.5]), st.text('aA\\{}:" \n\x01é1', max_size=5)
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=2),
    st.dictionaries(st.sampled_from(["#text", "B", "Image", "#attributes"]), scalars, max_size=2),
)
data = st.one_of(
    st.none(), st.just(""), scalars, st.dictionaries(st.sampled_from(NAMES), values, max_size=4),
    st.dictionaries(st.sampled_from(NAMES), scalars, max_size=4),
)  # fmt: skip
providers = st.one_of(
    st.just({"#attributes": {"Name": "Sysmon", "Guid": "x"}}),
    st.just({"#attributes": {"Name": "Sysmon", "EventSourceName": "old"}}),
    st.just({"Name": "Sysmon"}),
    st.none(),
)
systems = st.fixed_dictionaries(
    {
        "Provider": providers,
        "EventID": st.one_of(st.sampled_from([1, "1", 11]), st.just({"#attributes": {"Qualifiers": 0}, "#text": 1}), st.none()),
        "Channel": st.one_of(st.just("Security"), st.just("System"), st.none()),
        "TimeCreated": st.one_of(st.just({"#attributes": {"SystemTime": "2021-03-03T06:50:08.5Z"}}), st.none()),
    },
    optional={
        "Computer": st.sampled_from(["EXCH01", None]),
        "EventRecordID": st.integers(1, 3),
        "Level": st.integers(0, 4),
        "Version": st.integers(0, 2),
        "Security": st.sampled_from([None, {"#attributes": {"UserID": "S-1-5-18"}}]),
    },
)
events = st.fixed_dictionaries(
    {"System": st.one_of(st.just(SYSTEM), systems)}, optional={"EventData": data, "UserData": data, "ProcessingErrorData": data}
)


def expected(event: Mapping[str, Any], key: str) -> str | None:
    """What the plain reading has under a key; of names that differ in case alone, the first that has a value."""
    found = [value for name, value in flat_event(event).items() if field_key(name) == key]
    return next((text_of(value) for value in found[:1] if value is not None), None)


@settings(max_examples=300, deadline=None)
@given(st.lists(events, min_size=1, max_size=6), st.booleans(), st.booleans(), st.sampled_from([1, 40]))
def test_columns_are_those_of_the_plain_reading(some: list[dict[str, Any]], compact: bool, by_kind: bool, times: int) -> None:
    keys = sorted({field_key(name) for name in NAMES} | {"b", "systemtime", "eventsourcename", "eventrecordid"})
    wanted = Wanted(keys)
    if by_kind:
        wanted.of_kind = lambda channel, event, provider: frozenset(keys) if channel == "Security" else frozenset()
    table = EventTable(wanted, "evtx", "record")
    table.begin("a.evtx")
    separators = (",", ":") if compact else (", ", ": ")
    lines = [json.dumps({"Event": event}, separators=separators).encode() for event in some] * times
    for _ in range(2):  # the forms of a kind are learnt from the first of many; the rest is then read together
        assert not table.add(block_of(b"\n".join(lines), 1), np.arange(1, len(lines) + 1))
        batch = table.batch()
    assert batch.size == len(lines)
    for row, event in [*enumerate(some), *enumerate(some, len(lines) - len(some))]:
        assert batch.event(row).fields == {name: text for name, value in flat_event(event).items() if (text := text_of(value))}
        asked = not by_kind or expected(event, "channel") == "Security"
        for key in keys if asked else ("channel", "eventid", "provider_name"):
            column = batch.column(key)
            assert (column.text(row) if column else None) == expected(event, key), (key, event)


plain = st.fixed_dictionaries(
    {"Image": st.text('aA\\{}:" \n\x01é1', max_size=5), "ProcessId": st.integers(0, 9)},
    optional={"User": scalars, "B": scalars},
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(plain, data), min_size=1, max_size=4), st.lists(plain, min_size=1, max_size=3), st.booleans())
def test_data_read_together_is_that_of_the_plain_reading(odd: list[Any], usual: list[Any], compact: bool) -> None:
    keys = frozenset(field_key(name) for name in (*NAMES, "B", "User"))
    kind = KindData(keys)
    separators = (",", ":") if compact else (", ", ": ")
    for some in (usual * 40, [*usual, *odd, *usual], (usual + odd) * 20, usual):
        rows = ShapedRows()
        kind.read(range(len(some)), [json.dumps(each, separators=separators).encode() for each in some], rows)
        rows.size = len(some)
        columns = {field_key(name): column for name, column in rows.columns(keys).items()}
        for row, each in enumerate(some):
            for key in keys:
                found = columns[key].text(row) if key in columns else None
                assert found == expected({"EventData": each}, key), (key, each)


def test_a_number_beyond_all_bounds_is_kept_as_it_is_written() -> None:
    line = b'{"Event":{"System":%s,"EventData":{"A":1e999}}}' % json.dumps(SYSTEM).encode()
    table = EventTable(frozenset({"a"}), "windows-json", "line")
    table.begin("a.jsonl")
    assert not table.add(block_of(line, 1), np.arange(1, 2))
    batch = table.batch()
    column = batch.column("A")
    assert column is not None and column.text(0) == "1e999" == batch.event(0).fields["A"]


@pytest.mark.parametrize("line", [b'{"Event":{}', b'{"Event":null}', b"[]", b'{"Event":{"System":{"Channel":"a"}}} x', b"\xff"])
def test_what_is_no_event_is_told_and_the_rest_is_kept(line: bytes) -> None:
    good = (
        b'{"Event":{"System":{"Provider":{"#attributes":{"Name":"p"}},"EventID":1,"Channel":"Security"},"EventData":{"A":"x"}}}'
    )
    table = EventTable(frozenset({"a"}), "windows-json", "line")
    table.begin("a.jsonl")
    faults = table.add(block_of(b"\n".join([good, b"", line, b"  ", good]), 1), np.arange(1, 6))
    assert [index for index, _ in faults] == [2]
    batch = table.batch()
    assert batch.positions.tolist() == [1, 5]
    column = batch.column("A")
    assert column is not None and [column.text(row) for row in range(2)] == ["x", "x"]
    text, starts, ends = batch.raw_text()
    assert [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)] == [good, good]
    text, starts, ends = batch.raw_of(np.array([1]))
    assert [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)] == [good]
