"""Everything in a case that has a date, its sightings counted by day."""

from __future__ import annotations

import msgspec

from indicia.records import Case
from indicia.view.moments import Moment, moments
from indicia.view.notes import Index, Notes
from indicia.web.cases.sightings import Sightings

__all__ = ["Moment", "moments_of"]


def moments_of(case: Case, index: Index, sightings: Sightings) -> list[Moment]:
    """All moments, by date; each day with sightings that are more than attempts is called by the worst of them."""
    if case.hunt is not None:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=()))
    found = moments(case, Notes(index))
    days = sightings.worked_by_day()
    worst = sightings.read([place for _, place in days.values()])
    for (day, (count, _)), one in zip(days.items(), worst, strict=True):
        label = one.title if count == 1 else f"{one.title}, and {count - 1:,} more"
        found.append(Moment(date=day, lane="ours", label=label, who=label, traces=(one.id,)))
    return sorted(found, key=lambda one: (one.date, one.lane, one.label))
