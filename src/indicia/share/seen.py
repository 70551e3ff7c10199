"""When each indicator was seen in the logs."""

from __future__ import annotations

from datetime import datetime

from indicia.records import Case

__all__ = ["seen"]


def seen(case: Case) -> dict[str, tuple[int, datetime, datetime]]:
    """How often, first and last, by the indicator's value. Sightings without a time do not count."""
    found: dict[str, tuple[int, datetime, datetime]] = {}
    for sighting in case.hunt.sightings if case.hunt else ():
        moment = sighting.event.time
        if sighting.indicator and moment:
            count, first, last = found.get(sighting.indicator, (0, moment, moment))
            found[sighting.indicator] = (count + 1, min(first, moment), max(last, moment))
    return found
