"""Filters as a page shows them: facets whose values are links with their counts, and a chip for each filter that is on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

from indicia.web.shown.render import Ask

SHOWN = 8  # values of a facet before the fold
NO_WORDS: Mapping[str, str] = MappingProxyType({})


class Filter(NamedTuple):
    """A filter that is on: its parameter, what to call it, and its value."""

    name: str
    heading: str
    value: str
    shown: str = ""


class Chip(NamedTuple):
    """A filter that is on, and the address without it."""

    heading: str
    value: str
    without: str


class Value(NamedTuple):
    """One value of a facet: how many there would be, and the address that chooses it, or takes it away again."""

    value: str
    amount: int
    address: str
    chosen: bool


class Facet(NamedTuple):
    """A parameter with its values; those `more` stand behind a fold."""

    name: str
    heading: str
    values: list[Value]
    more: list[Value]
    chosen: bool


T = TypeVar("T")
Facets: TypeAlias = Mapping[str, tuple[str, Callable[[T], str]]]  # name in the address -> (heading, value of a row)


def wanted_of(ask: Ask, facets: Iterable[str]) -> dict[str, str]:
    """The values that the address asks for."""
    return {name: text for name in facets if (text := ask.one(name))}


def filters_of(facets: Facets[T], wanted: Mapping[str, str]) -> list[Filter]:
    """Those as filters that are on."""
    return [Filter(name, facets[name][0], text) for name, text in wanted.items()]


def left_by(rows: Iterable[T], facets: Facets[T], wanted: Mapping[str, str], but: str = "") -> list[T]:
    """The rows that have these values, in their order; what is asked of one facet does not count."""
    asked = [(facets[name][1], text) for name, text in wanted.items() if name in facets and name != but]
    return [one for one in rows if all(value(one) == text for value, text in asked)]


def counted(
    rows: Iterable[T], facets: Facets[T], name: str, wanted: Mapping[str, str], order: Iterable[str] = ()
) -> list[tuple[str, int]]:
    """How many rows there would be with each value of one facet, the other facets as they are: those of `order` first, then
    the most first."""
    places = {text: place for place, text in enumerate(order)}
    found = Counter(map(facets[name][1], left_by(rows, facets, wanted, name)))
    return sorted(found.items(), key=lambda row: (places.get(row[0], len(places)), -row[1], row[0]))


def chips(ask: Ask, filters: Iterable[Filter]) -> list[Chip]:
    return [Chip(one.heading, one.shown or one.value, ask.link(**{one.name: None})) for one in filters]


def facet_of(ask: Ask, name: str, heading: str, rows: Sequence[tuple[str, int]], words: Mapping[str, str] = NO_WORDS) -> Facet:
    """`rows` are values with their counts, in order; `words` what some of them are shown as. A chosen value is always shown,
    even if nothing is left of it."""
    now = ask.one(name)
    values = [
        Value(words.get(value, value), count, ask.link(**{name: None if value == now else value}), value == now)
        for value, count in rows
    ]
    if now and not any(one.chosen for one in values):
        values.insert(0, Value(words.get(now, now), 0, ask.link(**{name: None}), True))
    first = [one for place, one in enumerate(values) if place < SHOWN or one.chosen]
    return Facet(name, heading, first, [one for one in values if one not in first], bool(now))


# Indicators as people paste them, made whole again.
_DEFANGED = re.compile(r"\[(\.|:|@)\]|\((\.)\)")


def refang(text: str) -> str:
    """The value behind a defanged one.

    >>> refang("hxxp://bad[.]example")
    'http://bad.example'
    """
    text = _DEFANGED.sub(lambda match: match[1] or match[2], text)
    return re.sub(r"^hxxp", "http", text, flags=re.IGNORECASE)
