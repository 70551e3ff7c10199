"""Reports on the very affair that is weighed: they cannot bear out what they themselves first said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from indicia.knowledge.resolve import names_of
from indicia.knowledge.tables import Incident
from indicia.records import Evidence
from indicia.weigh.known import Known

_WRITTEN_ABOUT = timedelta(days=365)  # after it became known


def incident_of(evidence: Sequence[Evidence], known: Known) -> Incident | None:
    """The incident of ours that the claims among the evidence are mainly about, as it was decided when they were gathered."""
    told = {item.said.incident for item in evidence if item.said and not item.said.beside}
    return next((incident for incident in known.incidents if incident.id in told), None)


def set_aside(evidence: Sequence[Evidence], known: Known) -> frozenset[str]:
    """The reports that may not speak on this evidence, since they are on the very affair that its claims are about."""
    incident = incident_of(evidence, known)
    return reports_on(incident, known) if incident else frozenset()


def reports_on(incident: Incident, known: Known) -> frozenset[str]:
    """Citations of ATT&CK on this incident: all that its campaigns rest on, and what was published on those accused of it from
    its start to a year after it became known. Profiles are built without them."""
    attack = known.attack
    names = names_of(known)
    accused = {names.group(one.actor) or one.actor for one in incident.alleged}
    start = incident.start or incident.disclosed
    end = _later(incident.disclosed or incident.start)
    dates = {citation.name: citation.date for citation in attack.citations}
    found: set[str] = set()
    for use in attack.uses:
        if use.source in incident.campaigns:
            found.update(use.citations)
        elif use.source in accused and start and end:
            found.update(name for name in use.citations if _within(dates.get(name), start, end))
    return frozenset(found)


def _later(day: str | None) -> str | None:
    if day is None:
        return None
    parts = [int(part) for part in day.split("-")]
    known = date(parts[0], parts[1] if len(parts) > 1 else 12, parts[2] if len(parts) > 2 else 28)
    return (known + _WRITTEN_ABOUT).isoformat()


def _within(published: str | None, start: str, end: str) -> bool:
    """Dates cut to month or year count as within where they may be."""
    if published is None:
        return False
    return published >= start[: len(published)] and published <= end[: len(published)]
