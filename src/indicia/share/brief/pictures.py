"""Pictures drawn by us from the records, as SVG: no script, no style of their own, text escaped, the same bytes every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import fsum

from indicia.records import Assessment, Evidence, EvidenceKind, Level, Posterior, Stance
from indicia.share.brief.blocks import Picture
from indicia.view.drawing import OTHERS, WIDTH, Drawing, spread, stroke, width_of
from indicia.view.inert import Shown
from indicia.view.moments import LANES, Moment, day_of, moved
from indicia.view.positions import Position, is_narration
from indicia.view.wording import called, leader, many, percent
from indicia.view.words import firmness_words

# Who accuses, endorses, denies whom: sources on the left, accused on the right. Style is the stance, width the firmness.
MOST_SOURCES, MOST_ACCUSED = 22, 14


def claim_graph(positions: Sequence[Position], show: Shown) -> Picture | None:
    """None when there is no position; the sources beyond the first 22 are counted below the picture."""
    # What a text says in its own voice would cross everything; it is drawn only where nobody else speaks.
    positions = [one for one in positions if not is_narration(one)] or list(positions)
    sources = list(dict.fromkeys(one.source for one in positions))
    if not sources:
        return None
    shown, hidden = sources[:MOST_SOURCES], sources[MOST_SOURCES:]
    mine = [one for one in positions if one.source in set(shown)]
    targets = list(dict.fromkeys(_target(one) for one in mine))
    # Who denies seldom says at which level: where one level alone was named, that is what is denied.
    same = {name: [one for one in targets if one[0] == name and one[1]] for name, level in targets if not level}
    lead = {(name, ""): found[0] for name, found in same.items() if len(found) == 1}
    targets = [target for target in targets if target not in lead]

    def target_of(one: Position) -> tuple[str, str]:
        return lead.get(_target(one), _target(one))

    # Each accused stands at the mean height of its sources: fewer crossings.
    place = {source: index for index, source in enumerate(shown)}
    mean = {target: _mean([place[one.source] for one in mine if target_of(one) == target]) for target in targets}
    targets = sorted(targets, key=lambda target: (mean[target], target))
    undrawn, targets = targets[MOST_ACCUSED:], targets[:MOST_ACCUSED]
    rows = max(len(shown), len(targets))
    step = 34.0
    levels = {target_of(one): one.level.value for one in mine if one.level}
    called = {target: show(target[0]) + (f" ({levels[target]})" if target in levels else "") for target in targets}
    left = min(max(width_of(show(source), 13) for source in shown), 280.0) + 16
    right = left + 250
    width = right + min(max((width_of(text, 13) for text in called.values()), default=0.0), 330.0) + 16
    drawing = Drawing(width, 30 + rows * step + 46)
    at_left = spread(shown, rows, step)
    at_right = spread(targets, rows, step)
    for one in mine:
        target = target_of(one)
        if target in at_right:
            colour, dash, _ = stroke(one)
            y1, y2 = at_left[one.source], at_right[target]
            middle = (left + right) / 2
            drawing.path(
                f"M{left:.1f} {y1:.1f} C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {right:.1f} {y2:.1f}",
                colour,
                width=WIDTH[one.said.firmness],
                dash=dash,
            )
    for source in shown:
        drawing.dot(left, at_left[source], 4.5, "ink")
        drawing.text(left - 10, at_left[source] + 4.5, show(source), size=13, anchor="end", most=left - 14)
    for target in targets:
        drawing.dot(right, at_right[target], 4.5, "ink")
        drawing.text(right + 10, at_right[target] + 4.5, called[target], size=13, most=width - right - 12)
    y = 30 + rows * step + 16
    x = 4.0
    for colour, dash, word in dict.fromkeys(stroke(one) for one in mine):
        drawing.line(x, y, x + 34, y, colour, width=3, dash=dash)
        drawing.text(x + 40, y + 4, word, size=11.5)
        x += 60 + width_of(word, 11.5)
    more = f" {len(hidden)} more sources and {len(undrawn)} more accused are told below." if hidden or undrawn else ""
    drawing.text(4, y + 24, f"The thicker the line, the firmer the words.{more}", size=10.5, fill="quiet")
    title = "Who accuses, endorses and denies"
    alt = f"{title}: " + "; ".join(
        f"{show(one.source, 60)} {show(one.saying, 110)} ({firmness_words(one.said)})" for one in mine[:60]
    )
    return Picture(name="claims", svg=drawing.svg("claims", title, alt), title=title, alt=alt)


def _target(position: Position) -> tuple[str, str]:
    if position.stance in {Stance.ENDORSES, Stance.QUESTIONS} and position.firmest.accused.party is None:
        return (OTHERS, "")
    return (position.accused, position.level.value if position.level else "")


def _mean(values: list[int]) -> float:
    return fsum(values) / len(values) if values else 0.0


# Hypotheses as bars over the seven bands of ICD 203.
BANDS = ((0.05, "5"), (0.2, "20"), (0.45, "45"), (0.55, "55"), (0.8, "80"), (0.95, "95"))
MOST, SUMS = 6, 3
SAID, SUMMED = "Who is named", "By state, agency or type, known or not"


def rows_of(assessment: Assessment) -> list[Posterior]:
    """The first of the groups (with `unknown` always among them), then the states and agencies."""
    first = list(assessment.posteriors[:MOST])
    unknown = next((one for one in assessment.posteriors if one.hypothesis.id == "unknown"), None)
    if unknown is not None and unknown not in first:
        first[-1:] = [unknown]
    return first


def hypotheses(name: str, title: str, assessment: Assessment, show: Shown) -> Picture | None:
    """Bars for the likeliest hypotheses, leaders in full colour; None when there is nothing to show."""
    groups = rows_of(assessment)
    said = assessment.kind is EvidenceKind.SAID
    sums = [one for one in assessment.levels if said or one.hypothesis.level in {Level.STATE, Level.AGENCY, None}]
    levels = sums[: MOST if said else SUMS]
    if not groups and not levels:
        return None
    longest = max(width_of(show(one.hypothesis.name), 12.5, bold=True) for one in (*groups, *levels))
    label = min(max(longest, 120.0), 250.0)
    left, right, step = label + 7, label + 264, 25.0
    drawing = Drawing(right + 52, 0)
    y = 14.0
    for rows, head in (
        (groups, "Groups (together 100%)"),
        (levels, SAID if said else SUMMED),
    ):
        if not rows:
            continue
        drawing.text(0, y, head, size=11, fill="quiet", bold=True)
        y += 8
        top = y
        for bound, _ in BANDS:
            x = left + (right - left) * bound
            drawing.line(x, top, x, top + step * len(rows), "rule", dash="2 3")
        for one in rows:
            leads = one.hypothesis.id in assessment.leaders
            fill = "blue" if leads else "quiet" if one.hypothesis.id == "unknown" else "violet"
            drawing.text(label, y + 17, show(one.hypothesis.name), size=12.5, anchor="end", bold=leads, most=label)
            width = (right - left) * one.probability
            drawing.rect(left, y + 5, max(width, 1.5), step - 10, fill, round_=2)
            prior = left + (right - left) * one.prior
            drawing.line(prior, y + 3, prior, y + step - 3, "ink", width=1.5)
            drawing.text(right + 8, y + 17, percent(one.probability), size=12.5, bold=leads)
            y += step
        for bound, text in BANDS:
            drawing.text(left + (right - left) * bound, y + 12, text, size=10, fill="quiet", anchor="middle")
        y += 30
    drawing.text(
        0,
        y - 8,
        "Dotted: bounds of the ICD 203 bands, in percent. Upright mark: before the evidence.",
        size=10,
        fill="quiet",
        most=right + 46,
    )
    drawing.height = y - 4
    alt = f"{title}: {_spoken(groups or levels, show)}."
    alt += f" Added up: {_spoken(levels, show)}." if groups and levels else ""
    return Picture(name=name, svg=drawing.svg(name, title, alt), title=title, alt=alt, size="narrow")


def _spoken(rows: Iterable[Posterior], show: Shown) -> str:
    return ", ".join(f"{show(one.hypothesis.name, 60)} {percent(one.probability)}" for one in rows)


# One time scale for an affair: the incident, private and official attribution, denials, advisories, sightings in our logs.
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


# Weights of evidence: what each item does to one hypothesis, in decibans, to the right for and to the left against.
MOST_WEIGHTS = 12


def weights(name: str, assessment: Assessment, evidence: dict[str, Evidence], show: Shown) -> Picture | None:
    """Bars for the heaviest items; the decisive ones are marked. None when nothing weighs."""
    about = leader(assessment)
    rows = [one for one in assessment.weights if one.hypothesis == about]
    rows.sort(key=lambda one: (-abs(one.decibans), one.evidence))
    rows, rest = rows[:MOST_WEIGHTS], rows[MOST_WEIGHTS:]
    if not rows or about is None:
        return None
    name_of = called(assessment).get(about, about)
    title = f"What weighs for and against {show(name_of, 60)} ({assessment.kind.value})"
    most = max(3.0, *(abs(one.decibans) for one in rows))
    texts = {one.evidence: _text(one.evidence, evidence, assessment) for one in rows}
    longest = max(width_of(show(text), 12, bold=True) for text in texts.values())
    label = min(max(longest, 150.0), 330.0)
    against = any(one.decibans < 0 for one in rows)
    half, step = 170.0, 24.0
    zero = label + (half if against else 46) + 14
    drawing = Drawing(zero + half + 56, 40 + step * len(rows) + 22)
    drawing.text(zero - 8, 16, "against", size=11, fill="red", anchor="end", bold=True)
    drawing.text(zero + 8, 16, "for", size=11, fill="blue", bold=True)
    y = 26.0
    for one in rows:
        decisive = one.evidence in assessment.decisive
        drawing.text(label, y + 17, show(texts[one.evidence]), size=12, anchor="end", bold=decisive, most=label)
        width = half * abs(one.decibans) / most
        x = zero if one.decibans >= 0 else zero - width
        drawing.rect(x, y + 5, max(width, 1), step - 10, "blue" if one.decibans >= 0 else "red", round_=2)
        drawing.text(
            zero + half + 50, y + 17, f"{one.decibans:+.1f}".replace("-", "\u2212"), size=12, anchor="end", bold=decisive
        )
        y += step
    drawing.line(zero, 22, zero, y + 2, "ink", width=1.2)
    hint = "Decibans: +10 makes the odds ten times as great, \u221210 a tenth. \u2605 decisive."
    hint += f" {many(len(rest), 'lighter item')} in the table." if rest else ""
    drawing.text(0, y + 22, hint, size=10, fill="quiet", most=drawing.width)
    alt = f"{title}: " + "; ".join(
        f"{show(evidence[one.evidence].label if one.evidence in evidence else one.evidence, 90)} {one.decibans:+.1f}"
        for one in rows
    )
    return Picture(name=name, svg=drawing.svg(name, title, alt), title=title, alt=alt)


def _text(key: str, evidence: dict[str, Evidence], assessment: Assessment) -> str:
    """What an item is called beside its bar; the decisive bear a star."""
    item = evidence.get(key)
    return (item.label if item else key) + (" \u2605" if key in assessment.decisive else "")
