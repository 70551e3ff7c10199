"""One time scale for an affair: the incident, private and official attribution, denials, advisories, sightings in our logs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from indicia.share.brief.blocks import Picture
from indicia.view.drawing import Drawing, width_of
from indicia.view.inert import Shown
from indicia.view.moments import LANES, Moment, day_of, moved

ROWS = 5  # rows of labels in one lane


def timeline(moments: Iterable[Moment], show: Shown) -> Picture | None:
    """One lane for each kind that has something; moments of one date and lane share a mark. None without any date."""
    lanes: dict[str, dict[str, list[Moment]]] = defaultdict(lambda: defaultdict(list))
    for one in moments:
        if day_of(one.date):
            lanes[one.lane][one.date[:10]].append(one)
    if not lanes:
        return None
    days = [bound for lane in lanes.values() for text in lane for bound in day_of(text) or ()]
    low, high = min(days), max(days)
    margin = max(2, (high - low).days // 25)
    low, high = moved(low, -margin), moved(high, margin)
    left, right, width = 158.0, 972.0, 1000.0
    span = max(1, (high - low).days)

    def at(day: date) -> float:
        return left + (right - left) * (day - low).days / span

    drawing = Drawing(width, 0)
    placed = []
    y = 34.0
    for key, name, colour in LANES:
        if key in lanes:
            rows = _place(sorted(lanes[key].items()), at, right, show)
            placed.append((name, colour, y, rows))
            y += 22 * max(1, 1 + max((row for _, _, row, _, _ in rows), default=0)) + 14
    ticks = _ticks(low, high)
    for day, text in ticks:
        drawing.line(at(day), 24, at(day), y - 6, "rule")
        drawing.text(at(day), 16, text, size=11, fill="quiet", anchor="middle")
    for name, colour, top, rows in placed:
        drawing.line(0, top - 8, width, top - 8, "rule")
        drawing.text(0, top + 11, name, size=12.5, bold=True, most=left - 20)
        for start, end, row, label, flipped in rows:
            middle = top + 22 * row + 7
            if end - start > 8:
                drawing.rect(start, middle - 5, end - start, 10, colour, round_=5)
            else:
                drawing.dot((start + end) / 2, middle, 5.5, colour)
            if flipped:
                drawing.text(start - 8, middle + 4.5, label, size=12, anchor="end")
            else:
                drawing.text(max(end, start + 6) + 7, middle + 4.5, label, size=12)
    drawing.height = y
    title = "Timeline"
    alt = "Timeline: " + "; ".join(
        f"{day} {', '.join(show(one.label, 60) for one in lanes[key][day][:4])}"
        for key, _, _ in LANES
        for day in sorted(lanes.get(key, ()))[:30]
    )
    return Picture(name="timeline", svg=drawing.svg("timeline", title, alt), title=title, alt=alt, size="wide")


def _label(mine: Sequence[Moment], show: Shown) -> str:
    names = list(dict.fromkeys(show(one.label, 46) for one in mine))
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")


def _place(
    items: Sequence[tuple[str, list[Moment]]], at: object, right: float, show: Shown
) -> list[tuple[float, float, int, str, bool]]:
    """(start, end, row, label, label to the left) for each date: the first row of the lane in which the label is free."""
    assert callable(at)
    taken: list[list[tuple[float, float]]] = []
    result = []
    for text, mine in items:
        bounds = day_of(text)
        if bounds is None:
            continue
        start, end = at(bounds[0]), at(bounds[1])
        label = _label(mine, show)
        reach = width_of(label, 12) + 22
        flipped = max(end, start + 6) + reach > right + 20
        low, high = (start - reach, end + 8) if flipped else (start - 8, max(end, start + 6) + reach)
        row = 0
        while row < len(taken) and any(low < other_high and other_low < high for other_low, other_high in taken[row]):
            row += 1
        if row >= ROWS:
            row, label = ROWS - 1, ""
        while row >= len(taken):
            taken.append([])
        taken[row].append((low, high))
        result.append((start, end, row, label, flipped))
    return result


def _ticks(low: date, high: date) -> list[tuple[date, str]]:
    """About eight round dates: days, months, quarters or years."""
    days = (high - low).days
    if days <= 45:
        every = max(1, days // 8)
        return [(low + timedelta(days=n), f"{low + timedelta(days=n):%d %b}") for n in range(every, days, every)]
    months = 1 if days < 300 else 3 if days < 1100 else 12 * max(1, days // 3650)
    numbers = range(low.year * 12, high.year * 12 + high.month, months)
    firsts = (date(number // 12, number % 12 + 1, 1) for number in numbers)
    return [(day, f"{day:%Y}" if months >= 12 else f"{day:%b %Y}") for day in firsts if day >= low]
