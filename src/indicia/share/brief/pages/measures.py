"""What to do, for three readers: a paragraph for management, a checklist for IT, detections and hunts for the SOC."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Advice, Case, Measure, MeasureKind, Rank
from indicia.share.brief.blocks import (
    AnyBlock,
    Bullets,
    Code,
    Fold,
    Heading,
    Picture,
    Section,
    Table,
    note,
    para,
    row,
    table,
    warn,
)
from indicia.share.brief.pages.front import first_five
from indicia.view.drawing import Drawing
from indicia.view.first import by_when
from indicia.view.inert import Shown, visible
from indicia.view.language import noted
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.wording import many
from indicia.view.words import measure_told

# Coverage: what each measure adds, one under the other, up to what all of them cover.
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


ROWS = 120
QUERIES = 40


def measures_section(case: Case, notes: Notes, *, full: bool) -> Section:
    """The measures in order; those against what the accused are only known for where it is `full`. Without any it says so."""
    advice, show = case.advice, notes.index.show
    title = noted("Measures")
    if advice is None or not advice.measures:
        text = advice.summary if advice else "No advice was worked out."
        return Section(id="measures", title=title, blocks=(warn(show(text)),))
    by_kind: dict[MeasureKind, list[Measure]] = {kind: [] for kind in MeasureKind}
    shown = advice.measures if full else tuple(one for one in advice.measures if one.rank is not Rank.TYPICAL)
    for one in shown:
        by_kind[one.kind].append(one)
    blocks: list[AnyBlock] = [*first_five(case, notes), Heading(text="For management"), para(show(advice.summary))]
    if left := len(advice.measures) - len(shown):
        what = f"{many(left, 'measure')} against techniques that the accused are only known for"
        text = f"Left out: {what}. The full brief has them."
        blocks.append(note(text))
    picture = coverage(advice, show)
    if picture:
        blocks.append(picture)
        blocks.append(
            note(
                "Covered: the share of the case's techniques and flaws that at least one measure acts on, by "
                "weight (seen counts more than stated, "
                "stated more than typical; early in the chain more than late). A log that only lets us see counts half."
            )
        )
    if by_kind[MeasureKind.CONTAIN]:
        blocks += [
            Heading(text="Contain and recover, in this order", id="contain"),
            _steps(by_kind[MeasureKind.CONTAIN], notes),
        ]
    main = [one for one in shown if one.kind in {MeasureKind.PATCH, MeasureKind.MITIGATE, MeasureKind.LOG}]
    if main:
        blocks += [Heading(text="For IT: checklist, the most effective first", id="checklist"), _checklist(main, notes)]
        specific = [one for one in main if one.text]
        if specific:
            blocks.append(Fold(summary="What to do against single techniques", blocks=tuple(_specifics(specific, notes))))
    if by_kind[MeasureKind.HUNT] or by_kind[MeasureKind.DETECT]:
        blocks.append(Heading(text="For the SOC: hunts to run now, detections to keep", id="soc"))
        if by_kind[MeasureKind.HUNT]:
            blocks.append(
                Fold(
                    summary=f"{many(len(by_kind[MeasureKind.HUNT]), 'hunt')} as queries for Splunk, Elastic and Kusto",
                    blocks=tuple(_queries(by_kind[MeasureKind.HUNT], notes)),
                )
            )
        if by_kind[MeasureKind.DETECT]:
            blocks.append(_detections(by_kind[MeasureKind.DETECT], notes))
    if by_kind[MeasureKind.REPORT]:
        blocks += [Heading(text="Reporting duties to think of", id="reporting"), _duties(by_kind[MeasureKind.REPORT], notes)]
    if advice.gaps:
        gaps = [line(show(text, 200)) for text in advice.gaps]
        blocks.append(Heading(text="Gaps: what nothing covers"))
        blocks.append(Bullets(items=tuple(gaps[:8])))
        if len(gaps) > 8:
            blocks.append(Fold(summary=f"{len(gaps) - 8} more gaps", blocks=(Bullets(items=tuple(gaps[8:300])),)))
    return Section(id="measures", title=title, blocks=tuple(blocks))


def _steps(measures: Sequence[Measure], notes: Notes) -> Table:
    show = notes.index.show
    return table(
        "Containment and recovery",
        {"By when": 12, "Step": 22, "How": 54, "Who": 12},
        (
            row(
                Bit(text=by_when(one), look="strong"),
                Bit(text=show(one.title, 120), look="strong"),
                line(show(one.instruction), notes=notes((one.id,))),
                one.audience.value.upper() if one.audience.value != "management" else "management",
                id=one.id,
            )
            for one in measures
        ),
        shown=20,
    )


def _checklist(measures: Sequence[Measure], notes: Notes) -> Table:
    show = notes.index.show
    rows = []
    for one in measures[:ROWS]:
        references = [one.source, *(text for text in one.references[:3] if one.kind is not MeasureKind.LOG)]
        rows.append(
            row(
                line(
                    Bit(text=("\u2611 " if one.in_place else "\u2610 ") + show(one.title, 140), look="strong"),
                    " (in place)" if one.in_place else "",
                ),
                line(show(one.instruction), notes=notes(one.reasons[:2])),
                by_when(one) + (f"; CISA: {one.due}" if one.due else ""),
                f"{one.effect * 100:.0f}%",
                show(one.why),
                Bit(text=show("; ".join(references), 200), look="quiet"),
                id=one.id,
                tone="quiet" if one.in_place else "",
            )
        )
    return table(
        "Patches, mitigations and logs. Share: of the case's weight that the measure covers by itself",
        {"Measure": 17, "How": 35, "By when": 10, "Share": 6, "Why here": 14, "From": 18},
        rows,
        shown=10,
        of=len(measures),
    )


def _specifics(measures: Sequence[Measure], notes: Notes) -> list[AnyBlock]:
    show = notes.index.show
    blocks: list[AnyBlock] = []
    for one in measures:
        items = []
        for text in one.text.splitlines():
            key, _, words = text.partition(": ")
            items.append(line(Bit(text=show(key), look="strong"), f": {show(words)}"))
        blocks += [para(Bit(text=show(one.title), look="strong")), Bullets(items=tuple(items))]
    return blocks


def _queries(measures: Sequence[Measure], notes: Notes) -> list[AnyBlock]:
    show = notes.index.show
    blocks: list[AnyBlock] = [note(show(measures[0].instruction))]
    for one in measures[:QUERIES]:
        blocks.append(
            para(Bit(text=show(one.title, 160), look="strong"), f" ({', '.join(one.covers[:5])})", notes=notes(one.reasons[:2]))
        )
        if one.text:
            # A query is for a machine: it is not defanged, only made visible.
            blocks.append(Code(text=visible(one.text), title=show(one.title, 120)))
    if len(measures) > QUERIES:
        blocks.append(note(f"{len(measures) - QUERIES} more hunts are in the JSON form."))
    return blocks


def _detections(measures: Sequence[Measure], notes: Notes) -> Table:
    show = notes.index.show
    rows = tuple(
        row(
            Bit(text=show(one.title, 100), look="strong"),
            line(show(one.instruction), notes=notes(one.reasons[:1])),
            measure_told(one, notes.index.case),
            Bit(text=show("; ".join((one.source, *one.references[:4])), 220), look="quiet"),
            id=one.id,
        )
        for one in measures[: ROWS * 2]
    )
    return table(
        "Detections by technique",
        {"Technique": 17, "What to look for": 39, "Why here": 10, "Strategy, rules, log sources": 34},
        rows,
        shown=8,
        of=len(measures),
    )


def _duties(measures: Sequence[Measure], notes: Notes) -> Table:
    show = notes.index.show
    rows = tuple(
        row(
            Bit(text=f"\u2610 {show(one.title, 120)}", look="strong"),
            by_when(one),
            show(one.instruction),
            Bit(text=show(one.source, 160), look="quiet"),
            id=one.id,
        )
        for one in measures
    )
    reviewed = next((text for one in measures for text in one.references if text.startswith("reviewed")), "")
    return table(
        f"Facts to check with counsel, not legal advice ({reviewed})"
        if reviewed
        else "Facts to check with counsel, not legal advice",
        {"Duty": 24, "First deadline": 13, "What": 43, "Source": 20},
        rows,
        shown=8,
    )
