"""Everything in a case that has a date, its sightings counted by day."""

from __future__ import annotations

import msgspec

from indicia.records import Case
from indicia.view.moments import Moment, moments
from indicia.view.notes import Index, Notes
from indicia.web.cases.sightings import Sightings

__all__ = ["Moment", "moments_of"]


def moments_of(case: Case, index: Index, sightings: Sightings) -> list[Moment]:
    """All moments, by date; each day with sightings leads to the first of them that was more than an attempt."""
    if case.hunt is not None:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=()))
    found = moments(case, Notes(index))
    days = sightings.worked_by_day()
    firsts = [places[0] for _, places in days.values()]
    ids = dict(zip(firsts, (one.id for one in sightings.read(firsts)), strict=False))
    for day, (count, places) in days.items():
        label = f"{count:,} sighting{'' if count == 1 else 's'}"
        found.append(
            Moment(date=day, lane="ours", label=label, traces=tuple(ids[place] for place in places[:1] if place in ids))
        )
    return sorted(found, key=lambda one: (one.date, one.lane, one.label))
