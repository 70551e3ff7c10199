"""Everything with a date on one scale: incident, attribution, denials, texts and sightings."""

from __future__ import annotations

from indicia.share.brief.notes import Notes
from indicia.share.brief.pages.said import moments
from indicia.share.brief.pictures.timeline import LANES, Moment, day_of, timeline
from indicia.web.render import Ask, Page, case_address, paged

__all__ = ["timeline_page"]


def timeline_page(ask: Ask) -> Page:
    """Zoomed to `since` and `until` (ISO, may be cut), with the lanes that `lane` leaves."""
    held, case = ask.held, ask.held.case
    since, until, lanes = ask.one("since"), ask.one("until"), ask.many("lane")
    bad = [text for text in (since, until) if text and day_of(text) is None]
    found = sorted(moments(case, Notes(held.index)), key=lambda one: (one.date, one.lane, one.label))
    dated = [(one, bounds) for one in found if (bounds := day_of(one.date))]
    low, high = day_of(since) if since else None, day_of(until) if until else None
    kept: list[Moment] = [
        one
        for one, (first, last) in dated
        if (not lanes or one.lane in lanes) and (not low or last >= low[0]) and (not high or first <= high[1])
    ]
    page = paged(kept, ask.number("page"))
    at = {claim.id: case_address(held.slug, "claims", claim.id) for claim in case.claims}
    at |= {one.id: case_address(held.slug, "documents", one.id) for one in case.documents}
    at |= {id: case_address(held.slug, "sightings", id) for id in held.index.sightings}
    data = {
        "moments": page.rows,
        "total": page.total,
        "of": len(found),
        "undated": len(found) - len(dated),
        "page": page.page,
        "pages": page.pages,
        "filters": {"since": since, "until": until, "lanes": lanes},
    }
    view = {
        "picture_of": timeline(kept[:2000], held.show),
        "lanes": [(key, name) for key, name, _ in LANES],
        "lane_names": {key: name for key, name, _ in LANES},
        "at": at,
        "bad": bad,
        "affairs": [one for one in case.affairs if one.first_official or one.first_private or one.first_detected][:6],
    }
    return Page("timeline.html.j2", "Timeline", data, view)
