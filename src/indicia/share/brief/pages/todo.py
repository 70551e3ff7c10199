"""What to do first: three measures on page one; five with how and why in the annex."""

from __future__ import annotations

from indicia.knowledge.articles import capital
from indicia.records import Case, Measure, MeasureKind
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Para
from indicia.view.first import by_when, first_things, headline
from indicia.view.judgements import OF_TABLES
from indicia.view.language import colon, foreign, tell
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.translated import by_when_words, headline_words
from indicia.view.wording import many

__all__ = ["first_five", "todo"]

FEW = 3


def todo(case: Case, notes: Notes) -> Box:
    """The box of page one: the first three things to do, each with by when."""
    title, show = tell("What to do first"), notes.index.show
    if case.advice is None or not case.advice.measures:
        text = case.advice.summary if case.advice else "No advice was worked out for this case."
        nothing = Para(text=line(show(text, 400) or "Nothing in particular."), role="warn")
        return Box(id="todo", title=title, lead=tell("Nothing in particular"), tone="quiet", blocks=(nothing,))
    first = first_things(case.advice, FEW)
    items = tuple(line(*_head(one, notes), notes=notes((one.id,))[:1]) for one in first)
    blocks: list[AnyBlock] = [Bullets(items=items, ordered=True, role="todo")]
    if all(one.floor for one in first):
        text = tell("Good practice anywhere: nothing in this case calls for anything in particular.")
        blocks.append(Para(text=line(text), role="note"))
    return Box(id="todo", title=title, tone="green", blocks=tuple(blocks), more="measures")


def _head(one: Measure, notes: Notes) -> tuple[str | Bit, ...]:
    when = by_when_words(one) if foreign() else capital(by_when(one))
    title = headline_words(one) if foreign() else headline(one)
    return (
        Bit(text=f"{when}{colon()}", look="strong"),
        Bit(text=notes.index.show(title, 140), href=f"#{one.id}"),
        f" {tell(OF_TABLES)}" if one.known else "",
    )


def first_five(case: Case, notes: Notes) -> tuple[AnyBlock, ...]:
    """The annex: the first five measures with how and why, the clocks that may be running, and how far they go."""
    if case.advice is None or not case.advice.measures:
        return ()
    show = notes.index.show
    items = []
    for one in first_things(case.advice):
        # The annex is in English; its head is that of page one.
        how = capital(one.instruction.removeprefix(one.title).lstrip(". "))  # some begin with their own title
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
        text = f"{lead} {few[-1].covered * 100:.0f}% of what this case calls for, by weight."
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
