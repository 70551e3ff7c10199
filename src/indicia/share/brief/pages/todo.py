"""Page one: what to do, by when. The first three measures of all, five behind a fold."""

from __future__ import annotations

from indicia.records import Advice, Case, Measure, MeasureKind
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Fold, Para
from indicia.view.judgements import OF_TABLES
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.wording import capital

__all__ = ["by_when", "first_things", "todo"]

FEW = 3
BY_EFFORT = {1: "this week", 2: "this month", 3: "this quarter"}


def by_when(measure: Measure) -> str:
    """By when, in words: hours where they were set, two days for a patch, else by how much work it is."""
    if measure.within_hours is not None:
        hours = measure.within_hours
        if hours <= 72:
            return f"within {hours} hour{'s' if hours > 1 else ''}"
        return f"within {hours // 24} days"
    if measure.kind is MeasureKind.PATCH:
        return "within 48 hours"
    return BY_EFFORT.get(measure.effort, "this quarter")


def first_things(advice: Advice, most: int = 5) -> tuple[Measure, ...]:
    """The first things to do: evidence and isolation when a compromise was sighted, patches, then what covers most."""
    todo = [one for one in advice.measures if not one.in_place]
    contain = [one for one in todo if one.kind is MeasureKind.CONTAIN]
    patches = [one for one in todo if one.kind is MeasureKind.PATCH]
    others = [one for one in todo if one.kind in {MeasureKind.MITIGATE, MeasureKind.LOG}]
    hunts = [one for one in todo if one.kind is MeasureKind.HUNT]
    if contain:
        urgent = [one for one in contain if (one.within_hours or 999) <= 4][:3]
        keys = [one for one in contain if one not in urgent and "credential" in one.title.lower()]
        chosen = [*urgent, *patches[:1], *keys, *contain[len(urgent) :], *others]
    else:
        chosen = [*patches[:3], *others[:2], *hunts[:1], *others[2:]]
    first = list(dict.fromkeys(chosen))[:most]
    return tuple(sorted(first, key=_hours)) if contain else tuple(first)


def _hours(measure: Measure) -> int:
    """By when, as hours; what bears none comes last."""
    return measure.within_hours if measure.within_hours is not None else 48 if measure.kind is MeasureKind.PATCH else 9999


def todo(case: Case, notes: Notes) -> Box:
    title = "What to do, by when"
    if case.advice is None or not case.advice.measures:
        text = case.advice.summary if case.advice else "No advice was worked out for this case."
        nothing = Para(text=line(notes.index.show(text, 400) or "Nothing particular."), role="warn")
        return Box(id="todo", title=title, lead="Nothing particular", tone="quiet", blocks=(nothing,), wide=True)
    show = notes.index.show
    first = first_things(case.advice)
    items: list[Line] = []
    full: list[Line] = []
    for number, one in enumerate(first):
        head = (
            Bit(text=f"{capital(by_when(one))}: ", look="strong"),
            Bit(text=show(one.title, 160), look="strong", href=f"#{one.id}"),
            f" {OF_TABLES}" if one.known else "",
        )
        why = f". {show(_first_sentences(one.instruction, 240))}"
        full.append(line(*head, why, notes=notes((one.id,))))
        if number < FEW:
            items.append(line(*head, notes=notes((one.id,))))
    more: list[AnyBlock] = [Bullets(items=tuple(full), ordered=True, role="todo")]
    reports = [one for one in case.advice.measures if one.kind is MeasureKind.REPORT]
    if reports:
        soonest = min(one.within_hours or 999 for one in reports)
        more.append(
            Para(
                text=line(
                    f"Reporting clocks may be running: the shortest first deadline among {len(reports)} duties is "
                    f"{soonest} hours. ",
                    Bit(text="See the checklist", href="#reporting"),
                    ".",
                ),
                role="note",
            )
        )
    few = case.advice.curve[:5]
    if few:
        first_few = (
            "The first preventive measure covers" if len(few) == 1 else f"The first {len(few)} preventive measures cover"
        )
        text = f"{first_few} {few[-1].covered * 100:.0f} % of what this case calls for, by weight."
        more.append(Para(text=line(text, " ", Bit(text="All measures", href="#measures"), "."), role="note"))
    blocks: list[AnyBlock] = [
        Bullets(items=tuple(items), ordered=True, role="todo"),
        Fold(summary=f"The first {len(first)} of {len(case.advice.measures)} measures, with how and why", blocks=tuple(more)),
    ]
    return Box(
        id="todo",
        title=title,
        lead=f"The first {len(items)} of {len(case.advice.measures)}",
        tone="green",
        blocks=tuple(blocks),
        wide=True,
    )


def _first_sentences(text: str, most: int) -> str:
    """Whole sentences of `text`, as many as fit `most` characters, at least one."""
    text = " ".join(text.split())
    end = 0
    while (found := text.find(". ", end)) >= 0 and found + 1 <= most:
        end = found + 1
    if len(text) <= most:
        return text
    return text[:end] if end else text[:most].rsplit(" ", 1)[0] + "\u2026"
