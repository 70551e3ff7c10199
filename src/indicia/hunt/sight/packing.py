"""Events as they travel between processes: every text once, however many events hold it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

import msgspec

from indicia.records import Event, Place

__all__ = ["Packed", "Texts", "pack", "unpack"]

Texts = Callable[[str, str], str]  # gives the text that is held already, or holds this one: `dict.setdefault`


class _PackedEvent(msgspec.Struct, array_like=True, gc=False):
    """One event; but for its position and time, everything is a number: of a text, `names` of a list of texts."""

    names: int
    values: list[int]
    file: int
    position: int
    unit: int
    format: int
    time: datetime | None
    time_text: int
    host: int


class Packed(msgspec.Struct, array_like=True, gc=False):
    """Events and the texts in them; `names` are the lists of names that events have."""

    texts: list[str]
    names: list[tuple[str, ...]]
    events: list[_PackedEvent]


def pack(events: Sequence[Event]) -> Packed:
    """The events, packed."""
    texts: defaultdict[str, int] = defaultdict(count().__next__)
    names: defaultdict[tuple[str, ...], int] = defaultdict(count().__next__)
    number = texts.__getitem__
    packed = [
        _PackedEvent(
            names=names[tuple(event.fields)],
            values=list(map(number, event.fields.values())),
            file=number(event.place.file),
            position=event.place.position,
            unit=number(event.place.unit),
            format=number(event.format),
            time=event.time,
            time_text=number(event.time_text),
            host=number(event.host),
        )
        for event in events
    ]
    return Packed(list(texts), list(names), packed)


def unpack(packed: Packed, one: Texts) -> list[Event]:
    """The events again; those whose texts are held already share them."""
    texts = list(map(one, packed.texts, packed.texts))
    names = [tuple(map(one, some, some)) for some in packed.names]
    text = texts.__getitem__
    return [
        Event(
            place=Place(file=text(each.file), position=each.position, unit=text(each.unit)),
            format=text(each.format),
            time=each.time,
            time_text=text(each.time_text),
            host=text(each.host),
            fields=dict(zip(names[each.names], map(text, each.values), strict=True)),
        )
        for each in packed.events
    ]
