"""Everything with a date on one scale: incident, attribution, denials, texts and sightings."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from indicia.records import Case
from indicia.view.drawing import Drawing
from indicia.view.moments import LANES, Moment, day_of, moved
from indicia.web.cases.shelf import Held
from indicia.web.shown.drawings.timeline import span_of, timeline_drawing, timeline_picture
from indicia.web.shown.render import Ask, Page, case_address, paged

__all__ = ["timeline_page"]

DRAWN = 2_000  # moments in the picture


def _kept(ask: Ask) -> tuple[list[Moment], list[Moment], tuple[date, date] | None]:
    """Moments in the range that the address says, those that the lanes leave too, and the days from which to which."""
    since, until, lanes = ask.one("since"), ask.one("until"), ask.many("lane")
    dated = [(one, bounds) for one in ask.held.moments if (bounds := day_of(one.date))]
    low, high = day_of(since) if since else None, day_of(until) if until else None
    in_range = [one for one, (first, last) in dated if (not low or last >= low[0]) and (not high or first <= high[1])]
    kept = [one for one in in_range if not lanes or one.lane in lanes]
    shown = span_of(kept)
    if low and high and low[0] <= high[1]:  # a stretch in which nothing lies can be left again
        shown = low[0], high[1]
    elif shown:
        shown = (low[0] if low else shown[0], high[1] if high else shown[1])
    return in_range, kept, shown


def drawn(ask: Ask) -> Drawing | None:
    """The picture without links, to take along; None where nothing is left."""
    _, kept, shown = _kept(ask)
    if not kept or not shown:
        return None
    return timeline_drawing(kept[:DRAWN], shown, ask.held.show, {}, lambda first, last: "", _spoken)[0]


def _spoken(one: Moment) -> str:
    return one.who or one.label


def timeline_page(ask: Ask) -> Page:
    """Zoomed to `since` and `until` (ISO, may be cut), with the lanes that `lane` leaves."""
    held, case = ask.held, ask.held.case
    since, until, lanes = ask.one("since"), ask.one("until"), ask.many("lane")
    bad = [text for text in (since, until) if text and day_of(text) is None]
    found = held.moments
    dated = [one for one in found if day_of(one.date)]
    in_range, kept, shown = _kept(ask)
    page = paged(kept, ask.number("page"))
    whole = span_of(dated)
    at = _addresses(held, kept[:DRAWN])
    counts = Counter(one.lane for one in in_range)
    data = {
        "moments": page.rows,
        "total": page.total,
        "of": len(found),
        "undated": len(found) - len(dated),
        "page": page.page,
        "pages": page.pages,
        "filters": {"since": since, "until": until, "lanes": lanes},
    }

    def zoom(first: str, last: str) -> str:
        return ask.link(since=first, until=last)

    view = {
        "picture": timeline_picture(kept[:DRAWN], shown, held.show, at, zoom, _spoken) if shown else "",
        "cut": len(kept) > DRAWN,
        "lanes": [
            {"name": name, "count": counts[key], "chosen": key in lanes, "address": _toggled(ask, lanes, key), "key": key}
            for key, name, _ in LANES
            if counts[key] or key in lanes
        ],
        "lane_names": {key: name for key, name, _ in LANES},
        "at": at,
        "bad": bad,
        "moves": _moves(ask, shown, whole) if shown and whole else [],
        "affairs": _affairs(case),
        "zoomed": bool(since or until),
    }
    return Page("timeline.html.j2", "Timeline", data, view)


def _addresses(held: Held, kept: list[Moment]) -> dict[str, str]:
    traces = {trace for one in kept for trace in one.traces}
    at = {}
    for trace in traces:
        if trace in held.claims:
            at[trace] = case_address(held.slug, "claims", trace)
        elif trace in held.index.documents:
            at[trace] = case_address(held.slug, "documents", trace)
        else:
            at[trace] = case_address(held.slug, "sightings", trace)
    return at


def _affairs(case: Case) -> list[tuple[Any, int | None]]:
    """The known affairs with a lag between detection and the first official word, in days."""
    rows = []
    for one in case.affairs:
        if one.incident_id and (one.first_official or one.first_private or one.first_detected):
            first, last = day_of(one.first_detected or ""), day_of(one.first_official or "")
            rows.append((one, (last[0] - first[0]).days if first and last else None))
    return rows[:6]


def _toggled(ask: Ask, lanes: list[str], key: str) -> str:
    """This page with a lane switched on or off."""
    left = [lane for lane in lanes if lane != key] if key in lanes else [*lanes, key]
    return ask.link_many("lane", left)


def _moves(ask: Ask, shown: tuple[date, date], whole: tuple[date, date]) -> list[tuple[str, str]]:
    """Earlier, later, closer, wider: what can be done from here."""
    low, high = shown
    days = max(1, (high - low).days + 1)

    def to(first: date, last: date) -> str:
        return ask.link(since=first.isoformat(), until=last.isoformat())

    found = []
    if low > whole[0]:
        found.append(("← earlier", to(moved(low, -days), moved(low, -1))))
    if days > 2:
        quarter = days // 4
        found.append(("closer", to(moved(low, max(1, quarter)), moved(high, -max(1, quarter)))))
    if low > whole[0] or high < whole[1]:
        found.append(("wider", to(max(whole[0], moved(low, -days)), min(whole[1], moved(high, days)))))
        found.append(("everything", ask.link(since=None, until=None)))
    if high < whole[1]:
        found.append(("later →", to(moved(high, 1), moved(high, days))))
    return found
