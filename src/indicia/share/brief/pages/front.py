"""Page one, on one sheet: who says what, were we hit, do the grounds hold, what first, what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.affairs.naming import heading_of
from indicia.affairs.stories import stories
from indicia.records import Case, HuntVerdict
from indicia.share.brief.blocks import Box, Bullets
from indicia.share.brief.pages.holds import holds
from indicia.share.brief.pages.ours import ours
from indicia.share.brief.pages.todo import todo
from indicia.share.brief.pages.what import what
from indicia.share.brief.pages.who import who
from indicia.view import slots
from indicia.view.affair import known_affair, subject
from indicia.view.inert import clip
from indicia.view.judgements import NONE_FOUND, reach_of
from indicia.view.language import foreign, quoted, tell, tell_many
from indicia.view.lines import Line, line
from indicia.view.notes import Notes
from indicia.view.since import since
from indicia.view.translated import missing_words
from indicia.view.unread import unread
from indicia.view.wording import because

__all__ = ["gist", "page_one"]

FEW = 3
CHANGES = 5


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
    told = [one for one in stories(case) if len(one.documents) > 1]
    if len(told) > 1:
        names = [called for one in told if (called := known_affair(one.incident or "") or heading_of(case, one))]
        words = tell_many(
            "These texts tell {count} affair: {names}. This page is on the first; make a case of its own for the other.",
            "These texts tell {count} affairs: {names}. This page is on the first; make a case of its own for each other one.",
            len(told),
            names="; ".join(quoted(clip(name, 80)) for name in names),
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
