"""Traffic Light Protocol on the way out: raising, lowering only with a reason, and leaving out what an audience may not see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from indicia.errors import MarkingError
from indicia.records import Case, Claim, Judgement, Tlp, added_claims, stable_id
from indicia.share.internals import LOWERED, without_internals
from indicia.view.wording import PUBLIC, said


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
        marking=marking,
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
    """The strictest marking of all that the case holds: its own, its documents', that of our own sightings and hosts, and those
    of what people decided."""
    ours = [one.marking for one in case.judgements if isinstance(one.marking, Tlp)]
    if any(one.marking is None for one in case.judgements):
        ours.append(case.unmarked)
    return Tlp.strictest([_marking_of_read(case), *ours])


def _marking_of_read(case: Case) -> Tlp:
    hunt = case.hunt
    ours = [hunt.marking] if hunt is not None and (hunt.sightings or hunt.files) else []
    return Tlp.strictest([marking_of_texts(case), *ours])


def judged_as(case: Case, judgement: Judgement) -> Tlp:
    """The marking under which a judgement leaves: its own, else the one of texts that bear none, or of the whole case where it
    was made before judgements were marked."""
    if judgement.marking is msgspec.UNSET:
        return _marking_of_read(case)
    return judgement.marking or case.unmarked


def judging_in(case: Case) -> Tlp | None:
    """What a judgement is marked that is made now: as the case is, None where nothing in it bears a marking."""
    hunt = case.hunt
    ours = [hunt.marking] if hunt is not None and (hunt.sightings or hunt.files) else []
    said = (one.marking for one in case.judgements if one.marking is not msgspec.UNSET)
    return Tlp.joined([case.marking, *(one.marking for one in case.documents), *ours, *said])


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
    """The case without anything that our own logs told, saying so if `told` is set; of what people of ours decided that which
    everybody may know who may know the texts stays, without names of theirs and of our machines.

    What followed from the logs (weighing, advice) goes too and is to be drawn anew from what is left.
    """
    logs, most = set(case.hunt.problems) if case.hunt else set(), marking_of_texts(case).rank
    judged = tuple(one for one in case.judgements if judged_as(case, one).rank <= most)
    problems = (*(problem for problem in case.problems if problem not in logs), *((said(PUBLIC),) * told))
    bare = without_internals(msgspec.structs.replace(case, weighing=None, advice=None, judgements=judged, problems=problems))
    return msgspec.structs.replace(bare, hunt=None)


def redact(case: Case, audience: Tlp, *, sightings: Tlp | None = None, told: bool = True) -> Case:
    """What people cleared for `audience` may see of a case over which nothing that people decided is laid yet (`as_left` does),
    saying that something was left out where it was and `told` is set.

    Documents above the audience go, with every claim and mention that touches them, and every judgement that is marked above
    it. What was drawn from the whole case (hunt, weighing, advice, affairs, problems, judgements of anything but claims and
    mentions that stay) carries the marking of the whole: it goes when anything but a judgement goes. One's own hunt carries its
    marking, or `sightings` where that is given. Nothing else is otherwise than in a case that never held what was left out.
    """
    whole = marking_of_texts(case)
    judged = tuple(one for one in case.judgements if judged_as(case, one).rank <= audience.rank)
    left_out = said(f"parts that may not be shown to an audience cleared for {audience.label} were left out")
    if case.hunt is not None and sightings is not None and sightings is not case.hunt.marking:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, marking=sightings))
    with_hunt = _marking_of_read(case).rank <= audience.rank
    if whole.rank <= audience.rank and (with_hunt or case.hunt is None):
        if len(judged) == len(case.judgements):
            return case
        return msgspec.structs.replace(case, judgements=judged, problems=(*case.problems, *((left_out,) * told)))
    documents = tuple(document for document in case.documents if case.counts_as(document).rank <= audience.rank)
    ids = {document.id for document in documents}
    claims = [claim for claim in case.claims if all(span.document in ids for span in claim.spans())]
    kept = {claim.id for claim in claims}
    mentions = tuple(mention for mention in case.mentions if mention.span.document in ids)
    added = (one for one in added_claims(judged).values() if all(span.document in ids for span in one.spans()))
    about = kept | {mention.id for mention in mentions} | {claim.id for claim in added}
    return Case(
        name=case.name if whole.rank <= audience.rank else f"Extract for {audience.label}",
        versions=case.versions,
        documents=documents,
        claims=tuple(_relinked(claims, kept)),
        mentions=mentions,
        judgements=tuple(one for one in judged if one.subject in about),
        problems=(left_out,) * told,
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
