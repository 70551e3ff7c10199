"""What to do first: three measures on page one; five with how and why in the annex."""

from __future__ import annotations

from indicia.records import Advice, Case, Measure, MeasureKind
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Para
from indicia.view.judgements import OF_TABLES
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.wording import capital, many

__all__ = ["by_when", "first_five", "first_things", "todo"]

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
    """The box of page one: the first three things to do, each with by when."""
    title, show = "What to do first", notes.index.show
    if case.advice is None or not case.advice.measures:
        text = case.advice.summary if case.advice else "No advice was worked out for this case."
        nothing = Para(text=line(show(text, 400) or "Nothing in particular."), role="warn")
        return Box(id="todo", title=title, lead="Nothing in particular", tone="quiet", blocks=(nothing,))
    first = first_things(case.advice, FEW)
    items = tuple(line(*_head(one, notes), notes=notes((one.id,))[:1]) for one in first)
    return Box(
        id="todo",
        title=title,
        tone="green",
        blocks=(Bullets(items=items, ordered=True, role="todo"),),
        more="measures",
    )


def _head(one: Measure, notes: Notes) -> tuple[str | Bit, ...]:
    show = notes.index.show
    return (
        Bit(text=f"{capital(by_when(one))}: ", look="strong"),
        Bit(text=show(one.title, 140), href=f"#{one.id}"),
        f" {OF_TABLES}" if one.known else "",
    )


def first_five(case: Case, notes: Notes) -> tuple[AnyBlock, ...]:
    """The annex: the first five measures with how and why, the clocks that may be running, and how far they go."""
    if case.advice is None or not case.advice.measures:
        return ()
    show = notes.index.show
    items = []
    for one in first_things(case.advice):
        how = one.instruction.removeprefix(one.title).lstrip(". ")  # some begin with their own title
        items.append(line(*_head(one, notes), f". {show(_first_sentences(how, 240))}", notes=notes((one.id,))))
    blocks: list[AnyBlock] = [Bullets(items=tuple(items), ordered=True, role="todo")]
    reports = [one for one in case.advice.measures if one.kind is MeasureKind.REPORT]
    if reports:
        soonest = min(one.within_hours or 999 for one in reports)
        text = f"Reporting deadlines may be running: the shortest of {many(len(reports), 'duty', 'duties')} is {soonest} hours."
        blocks.append(Para(text=line(text, " ", Bit(text="See the checklist", href="#reporting"), "."), role="note"))
    few = case.advice.curve[:5]
    if few:
        lead = "The first preventive measure covers" if len(few) == 1 else f"The first {len(few)} preventive measures cover"
        text = f"{lead} {few[-1].covered * 100:.0f} % of what this case calls for, by weight."
        blocks.append(Para(text=line(text), role="note"))
    return tuple(blocks)


def _first_sentences(text: str, most: int) -> str:
    """Whole sentences of `text`, as many as fit `most` characters, at least one."""
    text = " ".join(text.split())
    end = 0
    while (found := text.find(". ", end)) >= 0 and found + 1 <= most:
        end = found + 1
    if len(text) <= most:
        return text
    return text[:end] if end else text[:most].rsplit(" ", 1)[0] + "\u2026"
