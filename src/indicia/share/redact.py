"""Traffic Light Protocol on the way out: raising, lowering only with a reason, and leaving out what an audience may not see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from indicia.errors import MarkingError
from indicia.records import Case, Claim, Judgement, Tlp, stable_id
from indicia.share.internals import LOWERED, without_internals
from indicia.view.wording import PUBLIC, said

__all__ = ["as_marked", "mark", "marking_of", "marking_of_texts", "redact", "settled", "without_own"]


def mark(case: Case, marking: Tlp, *, reason: str | None = None, author: str = "", time: str = "") -> Case:
    """The case and all its documents under at least `marking`; below its own marking only with a reason, which it then carries.

    `author` and `time` (ISO, UTC) are those of the person who lowers it. Raises: MarkingError.
    """
    # Our own sightings keep their marking where only the texts are marked: to lower it takes the reason, too.
    own = marking_of(case) if reason else marking_of_texts(case)
    if marking.rank >= own.rank:
        documents = tuple(msgspec.structs.replace(d, marking=Tlp.joined([d.marking, marking])) for d in case.documents)
        hunt = case.hunt and msgspec.structs.replace(case.hunt, marking=Tlp.strictest([case.hunt.marking, marking]))
        return msgspec.structs.replace(case, documents=documents, hunt=hunt, marking=marking)
    if not (reason and reason.strip()):
        or_else = 'leave out what is above with --for, or give the right to lower it with --allow-lower "reason"'
        raise MarkingError(
            f"this would lower {own.label} to {marking.label}",
            hint=(
                f"say with --unmarked as what texts without a marking count, {or_else}"
                if _rests_on_unmarked(case, own)
                else or_else
            ),
        )
    lowered = Judgement(
        id=stable_id("judgement", "lower marking", own, marking, reason, author, time),
        subject="case",
        action=LOWERED,
        author=author,
        time=time,
        value=f"{own.label} lowered to {marking.label}:",
        note=reason.strip(),
    )
    documents = tuple(
        d if case.counts_as(d).rank <= marking.rank else msgspec.structs.replace(d, marking=marking) for d in case.documents
    )
    hunt = case.hunt
    if hunt is not None and hunt.marking.rank > marking.rank:
        hunt = msgspec.structs.replace(hunt, marking=marking)
    judgements = (*case.judgements, lowered)
    return msgspec.structs.replace(case, documents=documents, marking=marking, hunt=hunt, judgements=judgements)


def _rests_on_unmarked(case: Case, own: Tlp) -> bool:
    """Whether the case would be marked lower if it were not for texts without a marking."""
    return case.unmarked is own and marking_of_texts(msgspec.structs.replace(case, unmarked=Tlp.CLEAR)).rank < own.rank


def marking_of(case: Case) -> Tlp:
    """The strictest marking of all that the case holds: its own, its documents', that of our own sightings and hosts."""
    hunt = case.hunt
    ours = [hunt.marking] if hunt is not None and (hunt.sightings or hunt.files) else []
    return Tlp.strictest([marking_of_texts(case), *ours])


def marking_of_texts(case: Case) -> Tlp:
    """The strictest of the case's own marking and those of its documents: who may know what the case is about."""
    return Tlp.strictest([case.marking or Tlp.CLEAR, *map(case.counts_as, case.documents)])


def settled(case: Case) -> Case:
    """The case with the markings under which its documents leave: whoever reads them elsewhere has no setting of ours."""
    documents = tuple(
        msgspec.structs.replace(one, marking=case.unmarked) if one.marking is None else one for one in case.documents
    )
    return msgspec.structs.replace(case, documents=documents)


def as_marked(case: Case) -> Case:
    """The case under the marking of all that it holds, its documents under those with which they leave."""
    return msgspec.structs.replace(settled(case), marking=marking_of(case))


def without_own(case: Case, *, told: bool = True) -> Case:
    """The case without anything that our own logs told, and without what people of ours decided, saying so if `told` is set.

    What followed from the logs (weighing, advice) goes too and is to be drawn anew from what is left.
    """
    logs = set(case.hunt.problems) if case.hunt else set()
    problems = (*(problem for problem in case.problems if problem not in logs), *((said(PUBLIC),) * told))
    return without_internals(
        msgspec.structs.replace(case, hunt=None, weighing=None, advice=None, judgements=(), problems=problems)
    )


def redact(case: Case, audience: Tlp, *, sightings: Tlp | None = None, told: bool = True) -> Case:
    """What people cleared for `audience` may see, saying that something was left out where it was and `told` is set.

    Documents above the audience go, with every claim and mention that touches them. What was drawn from the whole case (hunt,
    weighing, advice, affairs, judgements, problems) carries the marking of the whole: it goes when anything goes. One's own
    hunt carries its marking, or `sightings` where that is given. Nothing else is otherwise than in a case that never held what
    was left out.
    """
    whole = marking_of_texts(case)
    if case.hunt is not None and sightings is not None and sightings is not case.hunt.marking:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, marking=sightings))
    with_hunt = marking_of(case).rank <= audience.rank
    if whole.rank <= audience.rank and (with_hunt or case.hunt is None):
        return case
    documents = tuple(document for document in case.documents if case.counts_as(document).rank <= audience.rank)
    ids = {document.id for document in documents}
    claims = [claim for claim in case.claims if all(span.document in ids for span in claim.spans())]
    kept = {claim.id for claim in claims}
    return Case(
        name=case.name if whole.rank <= audience.rank else f"Extract for {audience.label}",
        versions=case.versions,
        documents=documents,
        claims=tuple(_relinked(claims, kept)),
        mentions=tuple(mention for mention in case.mentions if mention.span.document in ids),
        problems=(said(f"parts that may not be shown to an audience cleared for {audience.label} were left out"),) * told,
        marking=Tlp.joined(document.marking for document in documents),
        unmarked=case.unmarked,
    )


def _relinked(claims: Iterable[Claim], kept: set[str]) -> Iterator[Claim]:
    """Copies of one utterance stay copies of one another when it may not be seen: they lead back to the first that may."""
    firsts: dict[str, str] = {}
    for claim in claims:
        if claim.origin is None or claim.origin in kept:
            yield claim
        else:
            first = firsts.setdefault(claim.origin, claim.id)
            yield msgspec.structs.replace(claim, origin=None if first == claim.id else first)
