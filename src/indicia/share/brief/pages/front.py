"""Page one, on one sheet: who says what, were we hit, do the grounds hold, what first, what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicia.affairs.telling import AnswerSentence, told_of
from indicia.knowledge.articles import capital
from indicia.records import Case, HuntVerdict, Measure, MeasureKind
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Section, note, warn
from indicia.share.brief.pages.holds import holds
from indicia.share.brief.pages.ours import ours
from indicia.share.brief.pages.who import who
from indicia.view import slots
from indicia.view.affair import Subject, others, subject, titled
from indicia.view.first import by_when, first_things, headline
from indicia.view.inert import clip
from indicia.view.judgements import NONE_FOUND, OF_TABLES, Sentence, reach_of
from indicia.view.language import colon, foreign, quoted, tell, tell_many
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.saying import asked_words
from indicia.view.since import since
from indicia.view.slots import rows
from indicia.view.translated import by_when_words, headline_words, missing_words
from indicia.view.unread import unread
from indicia.view.wording import because, many
from indicia.view.words import MEANINGS, TONES

# What to do first: three measures on page one; five with how and why in the annex.
FIRST = 3


def todo(case: Case, notes: Notes) -> Box:
    """The box of page one: the first three things to do, each with by when."""
    title, show = tell("What to do first"), notes.index.show
    if case.advice is None or not case.advice.measures:
        text = case.advice.summary if case.advice else "No advice was worked out for this case."
        nothing = warn(show(text, 400) or "Nothing in particular.")
        return Box(id="todo", title=title, lead=tell("Nothing in particular"), tone="quiet", blocks=(nothing,))
    first = first_things(case.advice, FIRST)
    items = tuple(line(*_head(one, notes), notes=notes((one.id,))[:1]) for one in first)
    blocks: list[AnyBlock] = [Bullets(items=items, ordered=True, role="todo")]
    if all(one.floor for one in first):
        text = tell("Good practice anywhere: nothing in this case calls for anything in particular.")
        blocks.append(note(text))
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
        blocks.append(note(text, " ", Bit(text="See the checklist", href="#reporting"), "."))
    few = case.advice.curve[:5]
    if few:
        lead = "The first preventive measure covers" if len(few) == 1 else f"The first {len(few)} preventive measures cover"
        text = f"{lead} {few[-1].covered * 100:.0f}% of what this case calls for, by weight."
        blocks.append(note(text))
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


# What happened: on page one the clearest sentences of the texts on the deed itself, each with what it answers.
LONGEST = 230  # characters of a sentence
ROOM, FEWEST = 16, 6  # sentences here and rows of who says what, together on one sheet; sentences at the least


def what(case: Case, notes: Notes, about: Subject | None = None) -> Box:
    """The box of page one, or that of another affair of the case."""
    title = tell("What happened") if about is None else tell("Another affair: {name}", name=titled(case, about))
    id = "what" if about is None else "what-else"
    about = about or subject(case)
    told = told_of(case, about.story, about.incident, about.others)[: max(FEWEST, ROOM - len(rows(case, about)))]
    if not told:
        nothing = tell("No sentence was found that tells the deed plainly: read the texts.")
        return Box(id=id, title=title, tone="quiet", blocks=(note(nothing),))
    return Box(id=id, title=title, tone="blue", blocks=(Bullets(items=tuple(_item(one, notes) for one in told)),))


def _item(one: AnswerSentence, notes: Notes) -> Line:
    words = quoted(notes.index.show(clip(" ".join(one.mention.span.text.split()), LONGEST)))
    document = notes.index.documents.get(one.mention.span.document)
    day = f" ({document.published})" if document is not None and document.published else ""
    return line(Bit(text=f"{asked_words(one.asked)}{colon()}", look="strong"), words, day, notes=notes((one.mention.id,)))


FEW = 3
CHANGES = 5
ELSE = 2  # other affairs that are told after page one


def gist(case: Case, notes: Notes) -> tuple[Line, ...]:
    """The affair in a few sentences: what nobody read, who accuses whom, and who answers."""
    hidden = tuple(line(notes.index.show(text, 400)) for text in unread(case))
    if not case.claims:
        return (*hidden, line(tell(NONE_FOUND)))
    about = subject(case)
    told = (*_several(case), *slots.gist(slots.rows(case, about)))
    return (*hidden, *(line(notes.index.show(text, 400), notes=notes(traces)) for text, traces in told))


def _several(case: Case) -> Iterator[tuple[str, tuple[str, ...]]]:
    """That the texts tell of more than one affair, and which of them this page is on."""
    more = others(case)
    if more:
        words = tell_many(
            "These texts tell {count} affair: {names}. This page is on the first; the other one stands below it.",
            "These texts tell {count} affairs: {names}. This page is on the first; the others stand below it.",
            len(more) + 1,
            names="; ".join(quoted(clip(titled(case, one), 80)) for one in (subject(case), *more)),
        )
        yield words, ()


def page_one(case: Case, notes: Notes, before: Case | None = None) -> tuple[Box, ...]:
    """The boxes of page one, and first what changed since `before`."""
    changed = (_since(case, before, notes),) if before is not None else ()
    return (
        *changed,
        what(case, notes),
        who(case, notes),
        ours(case, notes),
        holds(case, notes),
        todo(case, notes),
        _not_known(case, notes),
        *(box for about in others(case)[:ELSE] for box in (what(case, notes, about), who(case, notes, about))),
    )


def _since(case: Case, before: Case, notes: Notes) -> Box:
    found = since(before, case)
    items = tuple(line(notes.index.show(one.text, 260), notes=notes(one.traces)[:FEW]) for one in found[:CHANGES])
    if len(found) > CHANGES:
        items = (*items, line(tell_many("{count} more change", "{count} more changes", len(found) - CHANGES) + "."))
    return Box(id="since", title=tell("Since the last brief"), blocks=(Bullets(items=items),), more="judgements")


def _not_known(case: Case, notes: Notes) -> Box:
    """What would have to be found out: what the grounds lack, and what lies outside the logs."""
    show = notes.index.show
    missing = case.weighing.observed.missing[:2] if case.weighing else ()
    items = [
        line(tell("Missing: {what}", what=show(missing_words(text) if foreign() else because(text), 240))) for text in missing
    ]
    reach = reach_of(case.hunt) if case.hunt and case.hunt.verdict is not HuntVerdict.NO_LOGS else None
    if reach:
        start, end = (f"{at:%Y-%m-%d %H:%M}" for at in reach)
        items.append(line(tell("What happened before {start} and after {end} UTC: the logs end there.", start=start, end=end)))
    silent = sum(not claim.date for claim in case.claims)
    if silent and not items:
        items.append(
            line(
                tell(
                    "When {silent} of the {all} claims were made: the texts give no date.", silent=silent, all=len(case.claims)
                )
            )
        )
    items = items or [line(tell("Whether the sources are right: this brief repeats what they said."))]
    return Box(id="missing", title=tell("What is not known"), blocks=(Bullets(items=tuple(items)),), more="limits")


# The key judgements, all of them, each with whose word it is and how sure it is.
def judgements_section(judgements: Sequence[Sentence], notes: Notes) -> Section:
    """The sentences, then what their marks mean."""
    words = [Bit(text=word.value, look=f"tag-{TONES[word]}") for word in MEANINGS]
    meant = [part for word, meaning in zip(words, MEANINGS.values(), strict=True) for part in (word, f" {meaning}. ")]
    axes = "Likelihood says how probable something is; confidence says how good the grounds are. One never replaces the other."
    blocks: tuple[AnyBlock, ...] = (
        _list(judgements, notes),
        note(*meant),
        note(axes),
    )
    return Section(id="judgements", title="Key judgements", blocks=blocks)


def _list(judgements: Sequence[Sentence], notes: Notes) -> Bullets:
    show = notes.index.show
    items = []
    for one in judgements:
        bits: list[str | Bit] = [show(one.text)]
        if one.told:
            bits += [" ", Bit(text=one.told.value, look=f"tag-{TONES[one.told]}")]
        if one.likelihood:
            bits += [" ", Bit(text=f"Likelihood: {one.likelihood.value}", look="tag-blue")]
        if one.confidence:
            bits += [" ", Bit(text=f"Confidence: {one.confidence.value}", look="tag-violet")]
        items.append(line(*bits, notes=notes(one.traces)))
    return Bullets(items=tuple(items), ordered=True, role="judgements")
