"""Everything with a date on one scale: incident, attribution, denials, texts and sightings."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from indicia.records import Case
from indicia.view.drawing import Drawing
from indicia.view.inert import Shown
from indicia.view.moments import LANES, Moment, day_of, moved
from indicia.web.cases.shelf import Held
from indicia.web.shown.render import Ask, Page, case_address, paged

# One time scale: a lane for each kind of moment, every mark a link to its record, every date on the axis a link into it.
TITLE = "Everything with a date, on one scale"
WIDE, LEFT, RIGHT = 1160.0, 190.0, 1140.0
ROW, ROWS, LANE_GAP = 22.0, 5, 16.0
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIZE = 12.0
LETTER = 6.9  # width of a letter of that size, on the safe side


def span_of(moments: Sequence[Moment]) -> tuple[date, date] | None:
    """The first and the last day of all."""
    days = [bound for one in moments for bound in day_of(one.date) or ()]
    return (min(days), max(days)) if days else None


def timeline_drawing(
    moments: Sequence[Moment],
    bounds: tuple[date, date],
    show: Shown,
    at: Mapping[str, str],
    zoom: Callable[[str, str], str],
    label: Callable[[Moment], str],
) -> tuple[Drawing, tuple[date, date]]:
    """The timeline, with the first and the last day of its scale. `at` gives the address of a record, `zoom` that of a range;
    where they give nothing, there is no link. Moments of one lane and date share a mark."""
    low, high = bounds
    edge = max(1, (high - low).days // 40)
    low, high = moved(low, -edge), moved(high, edge)
    days = max(1, (high - low).days)

    def x_of(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(0.0, (day - low).days / days), 1.0)

    lanes: dict[str, dict[str, list[Moment]]] = defaultdict(lambda: defaultdict(list))
    for one in moments:
        lanes[one.lane][one.date[:10]].append(one)
    placed, y = [], 44.0
    for key, name, colour in LANES:
        if key in lanes:
            marks = _place(lanes[key], x_of, show, label)
            tall = ROW * (1 + max(mark[0] for mark in marks))
            placed.append((name, colour, y, marks))
            y += tall + LANE_GAP
    canvas = Drawing(WIDE, y)
    for start, end, words in _ticks(low, high):
        x = x_of(start)
        canvas.line(x, 26, x, y - 6)
        canvas.begin(zoom(start.isoformat(), end.isoformat()), f"zoom to {words}", mark="tick")
        cut = x + 3 + len(words) * LETTER > WIDE
        canvas.text(x - 3 if cut else x + 3, 18, words, size=SIZE, fill="link", anchor="end" if cut else "start")
        canvas.end()
    for name, colour, top, marks in placed:
        canvas.line(0, top - 8, WIDE, top - 8)
        canvas.text(0, top + 13, name, size=13, bold=True)
        for row, first, last, words, group, flipped in marks:
            middle = top + ROW * row + 9
            title = f"{group[0].date}: " + "; ".join(show(one.label, 140) for one in group[:8])
            if len(group) > 8:
                title += f"; and {len(group) - 8} more"
            canvas.begin(_leads_to(group, at, zoom), title, mark="node")
            if last - first > 10:
                canvas.rect(first, middle - 5, last - first, 10, colour, round_=5)
            else:
                canvas.dot((first + last) / 2, middle, 6, colour)
            x = first - 9 if flipped else last + 9 if last - first > 10 else (first + last) / 2 + 10
            canvas.text(x, middle + 4, words, size=SIZE, anchor="end" if flipped else "start")
            canvas.end()
    return canvas, (low, high)


def linked(canvas: Drawing, scale: tuple[date, date]) -> Markup:
    """The drawing as a page shows it; a script reads from it which days lie where."""
    where = {"low": scale[0].isoformat(), "high": scale[1].isoformat(), "left": f"{LEFT:g}", "right": f"{RIGHT:g}"}
    return Markup(canvas.linked("timeline", TITLE, where))


def _leads_to(group: Sequence[Moment], at: Mapping[str, str], zoom: Callable[[str, str], str]) -> str:
    """To the record of a single moment, else to the day."""
    traces = [trace for one in group for trace in one.traces if trace in at]
    if len(group) == 1 and traces:
        return at[traces[0]]
    bounds = day_of(group[0].date)
    assert bounds is not None  # only dated moments are drawn
    return zoom(bounds[0].isoformat(), bounds[1].isoformat())


Mark = tuple[int, float, float, str, list[Moment], bool]


def _place(
    dates: Mapping[str, list[Moment]], x_of: Callable[[date], float], show: Shown, label: Callable[[Moment], str]
) -> list[Mark]:
    """(row, first x, last x, words, moments, words to the left) of each mark; what does not fit beside others goes a row down,
    and marks without room for words stand without them."""
    ends = [LEFT - 4.0] * ROWS
    found: list[Mark] = []
    for text, group in sorted(dates.items()):
        bounds = day_of(text)
        if bounds is None:
            continue
        first, last = x_of(bounds[0]), x_of(bounds[1])
        words = ", ".join(dict.fromkeys(show(label(one), 46) for one in group[:3]))
        words = words if len(words) <= 74 else words[:72].rstrip(" ,") + "…"
        more = len({label(one) for one in group}) - min(3, len(group))
        words += f" +{more}" if more > 0 else ""
        wide = len(words) * LETTER + 14
        flipped = last + wide > WIDE
        begin, finish = (first - wide, last + 8) if flipped else (first - 8, last + wide)
        row = next((row for row in range(ROWS) if ends[row] <= begin), None)
        if row is None:  # below all words, so that no mark stands on them
            row, words, flipped = ROWS, "", False
        else:
            ends[row] = finish
        found.append((row, first, last, words, group, flipped))
    return found


def _ticks(low: date, high: date) -> list[tuple[date, date, str]]:
    """(first day, last day, words) of years, months or days, about eight of them."""
    days = (high - low).days
    if days > 365 * 4:
        step = max(1, round(days / 365 / 8))
        years = range(low.year + 1, high.year + 1, step)
        return [(date(year, 1, 1), date(year, 12, 31), str(year)) for year in years]
    if days > 70:
        step = next(step for step in (1, 2, 3, 6) if days / 30 / step <= 12 or step == 6)
        found = []
        for number in range(low.year * 12 + low.month - 1, high.year * 12 + high.month):
            year, month = number // 12, number % 12 + 1
            first = date(year, month, 1)
            if first > low and (month - 1) % step == 0:
                found.append((first, date(year, month, monthrange(year, month)[1]), f"{MONTHS[month - 1]} {year}"))
        return found
    step = max(1, -(-days // 9))
    starts = [low + timedelta(days=number) for number in range(0, days + 1, step)]
    return [(day, min(high, day + timedelta(days=step - 1)), f"{day.day} {MONTHS[day.month - 1]}") for day in starts]


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
        **page.place,
        "of": len(found),
        "undated": len(found) - len(dated),
        "filters": {"since": since, "until": until, "lanes": lanes},
    }

    def zoom(first: str, last: str) -> str:
        return ask.link(since=first, until=last)

    view = {
        "picture": linked(*timeline_drawing(kept[:DRAWN], shown, held.show, at, zoom, _spoken)) if shown else "",
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
