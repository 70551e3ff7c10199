"""What newer knowledge changed: who and what is new, and who goes by another name now."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.knowledge.library import Knowledge
from indicia.knowledge.tables import Actor, Group, Malware, Software

_TOLD = 12  # names in one line


def changes(before: Knowledge, after: Knowledge) -> tuple[str, ...]:
    """A line each for new groups, renamed groups, new software, other new actors and new families, where there are any."""
    return tuple(
        line
        for line in (
            _new("groups", before.attack.groups, after.attack.groups),
            _renamed(before.attack.groups, after.attack.groups),
            _new("software", before.attack.software, after.attack.software),
            _new("other actors", before.actors, (one for one in after.actors if not one.group)),
            _new("families", before.malware, after.malware),
        )
        if line
    )


Rows = Iterable[Group | Software | Actor | Malware]


def _new(what: str, before: Rows, after: Rows) -> str:
    known = {one.id for one in before}
    found = [f"{one.name} ({one.id})" for one in after if one.id not in known]
    return f"new {what}: {_listed(found)}" if found else ""


def _renamed(before: Iterable[Group], after: Iterable[Group]) -> str:
    names = {one.id: one.name for one in before}
    found = [f"{names[one.id]} is {one.name} ({one.id})" for one in after if names.get(one.id, one.name) != one.name]
    return f"renamed: {_listed(found)}" if found else ""


def _listed(found: list[str]) -> str:
    return "; ".join(found[:_TOLD]) + (f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else "")
