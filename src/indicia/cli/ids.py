"""Ids of records as people see and type them: the first characters, as long as they name one record."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.errors import UsageError
from indicia.records import Case

__all__ = ["meant", "short_id"]

SHOWN = 8  # characters of an id in text for people
LEAST = 4  # characters that somebody has to give


def short_id(id: str) -> str:
    """What is shown of an id.

    >>> short_id("claim--0123456789abcdef")
    '01234567'
    """
    return id.rpartition("--")[2][:SHOWN]


def meant(case: Case, given: str) -> str:
    """The id in the case that `given` is, or begins. Raises: UsageError where it names none, or more than one."""
    known = set(_ids(case))
    if given in known:
        return given
    found = sorted(
        id for id in known if len(given) >= LEAST and (id.startswith(given) or id.rpartition("--")[2].startswith(given))
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{given!r} names {len(found)} records", hint="give more of it: " + ", ".join(found[:5]))
    raise UsageError(
        f"nothing in this case has the id {given!r}", hint="read, weigh and advise show the ids, and --json shows them whole"
    )


def _ids(case: Case) -> Iterator[str]:
    yield from (record.id for records in (case.claims, case.mentions) for record in records)
    yield from (sighting.id for sighting in case.hunt.sightings) if case.hunt else ()
    yield from (item.id for item in case.weighing.evidence) if case.weighing else ()
    yield from (one.subject for one in case.judgements if one.action == "add")
    yield from (measure.id for measure in case.advice.measures) if case.advice else ()
