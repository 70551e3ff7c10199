"""Coverage: what each measure adds, one under the other, up to what all of them cover."""

from __future__ import annotations

from indicia.records import Advice
from indicia.share.brief.blocks import Picture
from indicia.view.drawing import Drawing
from indicia.view.inert import Shown

MOST = 10


def coverage(advice: Advice, show: Shown) -> Picture | None:
    """Bars that go on where the one before ended; None without a curve."""
    if not advice.curve:
        return None
    titles = {one.id: one.title for one in advice.measures}
    steps = advice.curve[:MOST]
    label, left, right, step = 300.0, 308.0, 640.0, 25.0
    drawing = Drawing(690, 30 + step * len(steps) + 30)
    for tenth in range(0, 11, 2):
        x = left + (right - left) * tenth / 10
        drawing.line(x, 8, x, 14 + step * len(steps), "rule")
        drawing.text(x, 28 + step * len(steps), f"{tenth * 10}%", size=10, fill="quiet", anchor="middle")
    y, before = 10.0, _base(advice)
    for one in steps:
        drawing.text(label, y + 17, show(titles.get(one.measure, one.measure)), size=12, anchor="end", most=label)
        start = left + (right - left) * before
        end = left + (right - left) * one.covered
        drawing.rect(left, y + 5, start - left, step - 9, "pale-green")
        drawing.rect(start, y + 5, max(end - start, 1.5), step - 9, "green", round_=1)
        drawing.text(right + 8, y + 17, f"{one.covered * 100:.0f}%", size=12, bold=one is steps[-1])
        y, before = y + step, one.covered
    title = "What each measure adds"
    alt = f"{title}: " + "; ".join(
        f"{show(titles.get(one.measure, one.measure), 80)} brings it to {one.covered * 100:.0f}%" for one in steps
    )
    return Picture(name="coverage", svg=drawing.svg("coverage", title, alt), title=title, alt=alt)


def _base(advice: Advice) -> float:
    """What is covered before the first step: its gain is its effect, unless something in place covers part of it already."""
    effect = {one.id: one.effect for one in advice.measures}
    first = advice.curve[0]
    placed = any(one.in_place for one in advice.measures)
    return max(0.0, first.covered - effect.get(first.measure, first.covered)) if placed else 0.0
