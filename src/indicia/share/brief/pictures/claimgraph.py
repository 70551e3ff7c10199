"""Who accuses, endorses, denies whom: sources on the left, accused on the right. Style is the stance, width the firmness."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from indicia.records import Stance
from indicia.share.brief.blocks import Picture
from indicia.view.drawing import OTHERS, WIDTH, Drawing, spread, stroke, width_of
from indicia.view.inert import Shown
from indicia.view.positions import Position, is_narration
from indicia.view.words import firmness_words

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
