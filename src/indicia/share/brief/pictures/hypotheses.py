"""Hypotheses as bars over the seven bands of ICD 203."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.records import Assessment, EvidenceKind, Level, Posterior
from indicia.share.brief.blocks import Picture
from indicia.view.drawing import Drawing, width_of
from indicia.view.inert import Shown
from indicia.view.wording import percent

__all__ = ["hypotheses"]

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
