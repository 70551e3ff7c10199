"""The kinds of records that are known in JSON, CSV, tables and lines of text, as `logs.yml` declares them.

A new kind is one entry there, with an example and a rule in `tests/cases/hunt/sources.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicia.hunt.names import Remembered, field_key
from indicia.hunt.sources.form import Carrier, LogSource, holds
from indicia.rulefile import Declared, declared


class Target(Declared, frozen=True):
    """Fields that say where a connection went."""

    names: tuple[str, ...]
    port: str


class Anywhere(Declared, frozen=True):
    """Fields that say who acted, from where, what and toward what, whatever the log."""

    users: tuple[str, ...]
    addresses: tuple[str, ...]
    actions: tuple[str, ...]
    targets: tuple[Target, ...]


class Logs(Declared, frozen=True):
    """`logs.yml`; `names` hold what several kinds share."""

    names: Mapping[str, Any]
    sources: tuple[LogSource, ...]
    carriers: tuple[Carrier, ...]
    fields: Mapping[str, Mapping[str, tuple[str, ...]]]
    appliances: Mapping[str, str]
    programs: Mapping[str, tuple[str, ...]]
    databases: tuple[str, ...]
    anywhere: Anywhere
    zeek: Mapping[str, tuple[str, ...]]


LOGS = declared("indicia.hunt.sources", "logs.yml", Logs)
SOURCES, CARRIERS = LOGS.sources, LOGS.carriers
FAMILIES = tuple(source.name for source in SOURCES)
_BY_NAME = {source.name: source for source in SOURCES}


def source_named(name: str) -> LogSource | None:
    """The kind of that name."""
    return _BY_NAME.get(name)


def source_of(fields: Mapping[str, Any]) -> LogSource | None:
    """The kind of a record, by its own (dotted) names; None when it shows none."""
    candidates = _candidates(tuple(fields))
    if not candidates:
        return None
    folded: dict[str, Any] | None = None
    for source, mark in candidates:
        if not any("=" in each for each in mark):
            return source
        if folded is None:
            folded = {field_key(name): value for name, value in fields.items()}
        if holds(mark, folded):
            return source
    return None


@Remembered
def _candidates(names: tuple[str, ...]) -> tuple[tuple[LogSource, tuple[str, ...]], ...]:
    """The kinds whose marks these names hold, up to the first that no value decides on."""
    keys = {field_key(name) for name in names}
    found = []
    for source in SOURCES:
        for mark in source.marks:
            if all(each.partition("=")[0] in keys for each in mark):
                found.append((source, mark))
                if not any("=" in each for each in mark):
                    return tuple(found)
    return tuple(found)
