"""Page one, on one sheet: who says what, were we hit, do the grounds hold, what first, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.records import Case, HuntVerdict, to_check
from indicia.share.brief.blocks import Box, Bullets
from indicia.share.brief.pages.holds import holds
from indicia.share.brief.pages.ours import ours
from indicia.share.brief.pages.todo import todo
from indicia.share.brief.pages.who import who
from indicia.view.judgements import Sentence, listed, reach_of
from indicia.view.lines import Line, line
from indicia.view.notes import Notes
from indicia.view.positions import positions
from indicia.view.wording import sentence

__all__ = ["gist", "page_one"]

FEW = 3


def gist(judgements: Sequence[Sentence], notes: Notes) -> tuple[Line, ...]:
    """The affair in two sentences: who accuses whom, and who answers."""
    said = [one for one in judgements if one.topic == "said"][:1]
    answered = [one for one in judgements if one.topic == "denied"][:1]
    return tuple(line(notes.index.show(one.text, 400), notes=notes(one.traces[:FEW])) for one in said + answered)


def page_one(case: Case, notes: Notes) -> tuple[Box, ...]:
    """The five boxes of page one."""
    return who(case, notes), ours(case, notes), holds(case, notes), todo(case, notes), _not_known(case, notes)


def _to_check(case: Case, notes: Notes) -> Iterable[Line]:
    """The claims that the reader is not sure of, if any, in one line."""
    found = positions(to_check(case.claims, case.judgements))
    if found:
        told = listed((f"{one.who} {one.says}" for one in found), FEW)
        text = f"Whether these were read right; please check them, they count nowhere yet: {notes.index.show(told, 300)}."
        yield line(text, notes=notes(one.firmest.id for one in found)[:FEW])


def _not_known(case: Case, notes: Notes) -> Box:
    """What would have to be found out: what the grounds lack, and what lies outside the logs."""
    show = notes.index.show
    missing = case.weighing.observed.missing[:2] if case.weighing else ()
    items = [*_to_check(case, notes)]
    # Some say why after a colon: "software: no malware or tool is identified".
    items += [line(sentence(f"Missing{'' if ': ' in text else ':'} {show(text, 160)}")) for text in missing]
    reach = reach_of(case.hunt) if case.hunt and case.hunt.verdict is not HuntVerdict.NO_LOGS else None
    if reach:
        start, end = (f"{at:%Y-%m-%d %H:%M}" for at in reach)
        items.append(line(f"What happened before {start} and after {end} UTC: the logs end there."))
    silent = sum(not claim.date for claim in case.claims)
    if silent and not items:
        items.append(line(f"When {silent} of the {len(case.claims)} claims were made: the texts give no date."))
    items = items or [line("Whether the sources are right: this brief repeats what they said.")]
    return Box(id="missing", title="What is not known", blocks=(Bullets(items=tuple(items)),), more="limits")
