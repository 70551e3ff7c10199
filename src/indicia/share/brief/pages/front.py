"""Page one, on one sheet: who says what, were we hit, do the grounds hold, what first, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.knowledge.articles import the
from indicia.records import Case, HuntVerdict, to_check
from indicia.share.brief.blocks import Box, Bullets
from indicia.share.brief.pages.holds import holds
from indicia.share.brief.pages.ours import ours
from indicia.share.brief.pages.todo import todo
from indicia.share.brief.pages.who import who
from indicia.view.abroad import clause_words, gist_words, missing_words
from indicia.view.affair import subject
from indicia.view.judgements import Sentence, agreeing, listed, reach_of
from indicia.view.language import foreign, tell, tell_many
from indicia.view.lines import Line, line
from indicia.view.notes import Notes
from indicia.view.positions import Position, is_narration, positions
from indicia.view.since import since
from indicia.view.wording import because

__all__ = ["gist", "page_one"]

FEW = 3
CHANGES = 5


def gist(case: Case, judgements: Sequence[Sentence], notes: Notes) -> tuple[Line, ...]:
    """The affair in two sentences: who accuses whom, and who answers."""
    if foreign():
        return tuple(line(notes.index.show(text, 400), notes=notes(traces[:FEW])) for text, traces in gist_words(case))
    said = [one for one in judgements if one.topic in {"said", "unsaid"}][:1]
    answered = [one for one in judgements if one.topic == "denied"][:1]
    return tuple(line(notes.index.show(one.text, 400), notes=notes(one.traces[:FEW])) for one in said + answered)


def page_one(case: Case, notes: Notes, before: Case | None = None) -> tuple[Box, ...]:
    """The five boxes of page one, and first what changed since `before`."""
    changed = (_since(case, before, notes),) if before is not None else ()
    return *changed, who(case, notes), ours(case, notes), holds(case, notes), todo(case, notes), _not_known(case, notes)


def _since(case: Case, before: Case, notes: Notes) -> Box:
    found = since(before, case)
    items = tuple(line(notes.index.show(one.text, 260), notes=notes(one.traces)[:FEW]) for one in found[:CHANGES])
    if len(found) > CHANGES:
        items = (*items, line(tell_many("{count} more change", "{count} more changes", len(found) - CHANGES) + "."))
    return Box(id="since", title=tell("Since the last brief"), blocks=(Bullets(items=items),), more="judgements")


def _to_check(case: Case, notes: Notes) -> Iterable[Line]:
    """The claims that the reader is not sure of, if any, in one line."""
    found, counted = [], set[str]()
    for one in positions(to_check(case.claims, case.judgements)):
        if not counted.issuperset(one.claims):  # a claim that names and ties counts once
            found.append(one)
            counted.update(one.claims)
    if found:
        told = notes.index.show(_each(found), 300)
        text = tell("Whether these were read correctly (please check; they do not count yet): {claims}.", claims=told)
        yield line(text, notes=notes(one.firmest.id for one in found)[:FEW])


def _each(found: Sequence[Position]) -> str:
    """`the FBI names A, security researchers name B and 3 more`."""
    if foreign():
        more = tell("{count} more", count=len(found) - FEW)
        return "; ".join([*map(clause_words, found[:FEW]), *([more] if len(found) > FEW else [])])
    told = []
    for one in found:
        verb, _, whom = one.says.partition(" ")
        told.append(f"{the(one.who)} {agreeing(verb, (one,))} {the(whom)}")
    return listed(told, FEW)


def _not_known(case: Case, notes: Notes) -> Box:
    """What would have to be found out: what the grounds lack, and what lies outside the logs."""
    show = notes.index.show
    missing = case.weighing.observed.missing[:2] if case.weighing else ()
    sides = [one for one in positions(subject(case).mine) if not is_narration(one)]
    items = [*(_to_check(case, notes) if sides else ())]  # else they stand above
    items += [
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
