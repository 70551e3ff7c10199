"""Weights of evidence: what each item does to one hypothesis, in decibans, to the right for and to the left against."""

from __future__ import annotations

from indicia.records import Assessment, Evidence
from indicia.share.brief.blocks import Picture
from indicia.view.drawing import Drawing, width_of
from indicia.view.inert import Shown
from indicia.view.wording import called, leader, many

__all__ = ["weights"]

MOST = 12


def weights(name: str, assessment: Assessment, evidence: dict[str, Evidence], show: Shown) -> Picture | None:
    """Bars for the heaviest items; the decisive ones are marked. None when nothing weighs."""
    about = leader(assessment)
    rows = [one for one in assessment.weights if one.hypothesis == about]
    rows.sort(key=lambda one: (-abs(one.decibans), one.evidence))
    rows, rest = rows[:MOST], rows[MOST:]
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
