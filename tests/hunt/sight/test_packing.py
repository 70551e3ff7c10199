"""Events that travel between processes arrive as they were, and share their texts."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from indicia.hunt.sight.found import Packed, pack, unpack
from indicia.records import Event, Place

texts = st.text(max_size=4)
events = st.builds(
    Event,
    place=st.builds(Place, file=texts, position=st.integers(0, 2**40), unit=st.sampled_from(["line", "record"])),
    format=st.sampled_from(["evtx", "iis"]),
    time=st.none() | st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC)),
    time_text=texts,
    host=texts,
    fields=st.dictionaries(texts, texts, max_size=4),
)


@given(st.lists(events, max_size=6))
def test_events_arrive_as_they_were(some: list[Event]) -> None:
    held: dict[str, str] = {}
    sent = msgspec.msgpack.encode(pack(some))
    first, again = (unpack(msgspec.msgpack.decode(sent, type=Packed), held.setdefault) for _ in range(2))
    assert first == again == some
    assert [list(event.fields.items()) for event in first] == [list(event.fields.items()) for event in some]
    for one, other in zip(first, again, strict=True):
        assert all(mine is theirs for mine, theirs in zip(one.fields.values(), other.fields.values(), strict=True))
