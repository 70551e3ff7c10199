"""The parts of a JSON document, whatever its author made of them, and where they stand in its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from indicia.read.fronts.opened import skipped
from indicia.read.fronts.values import Said
from indicia.read.text.mentioning import mention
from indicia.records import Document, Mention, Problem

_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*+:)?', re.DOTALL)  # group 2: it is a key


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; none of what is no list."""
    yield from (item for item in listed(value) if isinstance(item, dict))


def listed(value: Any) -> list[Any]:
    """A list, empty where there is none."""
    return value if isinstance(value, list) else []


def string(item: dict[str, Any], key: str) -> str | None:
    """A string that is there and not empty."""
    value = item.get(key)
    return value if isinstance(value, str) and value else None


def dropped(name: str, what: str, kinds: Counter[str]) -> list[Problem]:
    """What of a file is not read, kind by kind, the most first."""
    if not kinds:
        return []
    told = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0])))
    return [skipped(name, f"{what} are not read: {told}", count=kinds.total())]


class Places:
    """Where the strings of a JSON text stand, whatever way they are escaped. The same string is found once for each time it
    is asked for, then at its last place again. One pass over the text, so that no file makes it search again and again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, list[tuple[int, int]]] | None = None
        self._next: dict[str, int] = {}
        self._numbers: dict[str, dict[int, tuple[int, int]]] = {}

    def string(self, value: str) -> tuple[int, int]:
        """The characters between the quotes of the next string with this value; the start of the text if there is none."""
        if self._places is None:
            self._places = _strings(self.text)
        places = self._places.get(value)
        if places is None:
            return 0, 0
        index = self._next.get(value, 0)
        self._next[value] = min(index + 1, len(places) - 1)
        return places[index]

    def inside(self, outer: tuple[int, int], value: str, after: int = 0) -> tuple[int, int]:
        """Where `value` stands within a range (behind `after`, where it does), or the range."""
        written = msgspec.json.encode(value).decode()[1:-1]
        for way in (written, written.replace("/", "\\/")):
            at = self.text.find(way, max(after, outer[0]), outer[1])
            if at >= 0:
                return at, at + len(way)
        return outer

    def number(self, key: str, value: int) -> tuple[int, int] | None:
        """Where a number first stands as the value of a key."""
        if key not in self._numbers:
            found = self._numbers[key] = {}
            for match in re.finditer(rf'"{re.escape(key)}"\s*+:\s*+(\d{{1,20}})\b', self.text):
                found.setdefault(int(match[1]), match.span(1))
        return self._numbers[key].get(value)


def _strings(text: str) -> dict[str, list[tuple[int, int]]]:
    """All strings of a JSON text that are values, with the places of their characters."""
    places: dict[str, list[tuple[int, int]]] = {}
    for match in _STRING.finditer(text):
        written = match[1]
        if match[2] is not None:
            continue
        if "\\" in written:
            try:
                written = msgspec.json.decode(f'"{written}"')
            except msgspec.DecodeError:  # a lone surrogate
                continue
        places.setdefault(written, []).append(match.span(1))
    return places


def finder(said: list[Said]) -> Callable[[Document], tuple[Mention, ...]]:
    """What makes the mentions once the document is there; the same thing said twice at one place is one mention."""

    def find(document: Document) -> tuple[Mention, ...]:
        found = [
            mention(
                document,
                item.kind,
                item.start,
                item.end,
                item.value,
                type=item.type,
                target=item.target,
                context=item.context,
                method=item.method,
                reason=item.reason,
                score=item.score,
            )
            for item in said
        ]
        return tuple({found_one.id: found_one for found_one in found}.values())

    return find
