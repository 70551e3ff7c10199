"""How old the built-in knowledge is, source by source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from indicia.knowledge.tables import Provenance

__all__ = ["OLD", "TOO_OLD", "Age", "ages", "too_old"]

OLD = 180  # days after which an update is worth it
TOO_OLD = 365  # days after which it is warned of


class Age(NamedTuple):
    """One source, and how many days ago it was of."""

    source: str
    version: str
    days: int


def ages(rows: Iterable[Provenance], today: date) -> tuple[Age, ...]:
    """Each source that has a date, once, by its name."""
    found = []
    for source, version, day in sorted({(row.source, row.version, row.date) for row in rows}):
        try:
            found.append(Age(source, version, (today - date.fromisoformat(day[:10])).days))
        except ValueError:
            continue  # a table of our own, or one that tells no date
    return tuple(found)


def too_old(rows: Iterable[Provenance], today: date) -> str:
    """The sentence that warns of what is over a year old, "" where nothing is."""
    told = [f"{age.source} {age.version} ({age.days:,} days)" for age in ages(rows, today) if age.days > TOO_OLD]
    return f"over a year old: {', '.join(told)}; newer files: indicia knowledge update FILE..." if told else ""
