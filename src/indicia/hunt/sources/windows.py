"""What Windows events mean, as `windows.yml` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from indicia.rulefile import Declared, declared

T = TypeVar("T")


class Category(Declared, frozen=True):
    """The channels and the numbers of the events of one of Sigma's categories."""

    channels: tuple[str, ...]
    numbers: tuple[int, ...]


class ByFields(Declared, frozen=True):
    """The channel of events with one of these numbers and one of these fields."""

    channel: str
    numbers: str
    fields: str


class _Windows(Declared, frozen=True):
    sysmon: Mapping[str, tuple[int, ...]]
    categories: Mapping[str, Category]
    kernel_file: Mapping[str, tuple[int, ...]]
    services: Mapping[str, tuple[str, ...]]
    rights: Mapping[int, str]
    parts: Mapping[str, str]
    messages: Mapping[str, tuple[str, ...]]
    strings: Mapping[str, str]
    sysmon_strings: Mapping[str, str]
    called: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    by_fields: tuple[ByFields, ...]
    providers: Mapping[str, str]
    cleared: Mapping[str, str]
    objects: Mapping[str, Mapping[str, tuple[str, ...]]]
    done: Mapping[str, str]
    failed: Mapping[str, str]


def _by_number(rows: Mapping[str, T]) -> dict[str, T]:
    """What stands for several numbers, by each of them."""
    return {number: row for numbers, row in rows.items() for number in numbers.split()}


def _names(row: str) -> list[str]:
    """The names in a row, with those that the parts in it stand for."""
    while "{" in row:
        row = row.format(**WINDOWS.parts)
    return row.split()


WINDOWS = declared("indicia.hunt.sources", "windows.yml", _Windows)
SYSMON, CATEGORIES, KERNEL_FILE, SERVICES = WINDOWS.sysmon, WINDOWS.categories, WINDOWS.kernel_file, WINDOWS.services
RIGHTS = WINDOWS.rights
MESSAGES = {number: tuple(map(_names, rows)) for number, rows in _by_number(WINDOWS.messages).items()}
STRINGS = {number: _names(row) for number, row in _by_number(WINDOWS.strings).items()}
SYSMON_STRINGS = {number: _names(row) for number, row in WINDOWS.sysmon_strings.items()}
CALLED, ALIASES = WINDOWS.called, WINDOWS.aliases
BY_FIELDS, PROVIDERS, CLEARED = WINDOWS.by_fields, WINDOWS.providers, WINDOWS.cleared
OBJECTS = {(channel, number): row for channel, rows in WINDOWS.objects.items() for number, row in _by_number(rows).items()}
DONE, FAILED = ({channel: frozenset(row.split()) for channel, row in rows.items()} for rows in (WINDOWS.done, WINDOWS.failed))
