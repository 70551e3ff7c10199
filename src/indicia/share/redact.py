"""Traffic Light Protocol on the way out: raising, lowering only with a reason, and leaving out what an audience may not see."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indicia.errors import MarkingError
from indicia.records import Case, Claim, Judgement, Problem, Severity, Tlp, stable_id
from indicia.share.internals import LOWERED

__all__ = ["left_out", "mark", "marking_of", "redact"]

_WHERE = "this export"


def mark(case: Case, marking: Tlp, *, reason: str | None = None, author: str = "", time: str = "") -> Case:
    """The case and all its documents under at least `marking`; below its own marking only with a reason, which it then carries.

    `author` and `time` (ISO, UTC) are those of the person who lowers it. Raises: MarkingError.
    """
    own = marking_of(case)
    if marking.rank >= own.rank:
        documents = tuple(msgspec.structs.replace(d, marking=Tlp.strictest([d.marking, marking])) for d in case.documents)
        return msgspec.structs.replace(case, documents=documents, marking=marking)
    if not (reason and reason.strip()):
        raise MarkingError(
            f"this would lower {own.label} to {marking.label}",
            hint='leave out what is above with --for, or give the right to lower it with --allow-lower "reason"',
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
        d if d.marking.rank <= marking.rank else msgspec.structs.replace(d, marking=marking) for d in case.documents
    )
    return msgspec.structs.replace(case, documents=documents, marking=marking, judgements=(*case.judgements, lowered))


def marking_of(case: Case) -> Tlp:
    """The strictest of the case's own marking and those of its documents."""
    return Tlp.strictest([case.marking, *(document.marking for document in case.documents)])


def redact(case: Case, audience: Tlp, *, sightings: Tlp = Tlp.CLEAR) -> Case:
    """What people cleared for `audience` may see, saying that something was left out where it was.

    Documents above the audience go, with every claim and mention that touches them. What was drawn from the whole case (hunt,
    weighing, advice, affairs, judgements, problems) carries the marking of the whole: it goes when anything goes. One's own
    hunt is at least as strict as `sightings`. A claim that repeats one that is left out still says that it repeats something.
    """
    whole = marking_of(case)
    with_hunt = case.hunt is not None and max(whole.rank, sightings.rank) <= audience.rank
    if whole.rank <= audience.rank and (with_hunt or case.hunt is None):
        return case
    documents = tuple(document for document in case.documents if document.marking.rank <= audience.rank)
    ids = {document.id for document in documents}
    claims = [claim for claim in case.claims if all(span.document in ids for span in claim.spans())]
    kept = {claim.id for claim in claims}
    return Case(
        name=case.name if whole.rank <= audience.rank else f"Extract for {audience.label}",
        versions=case.versions,
        documents=documents,
        claims=tuple(_unlinked(claim, kept) for claim in claims),
        mentions=tuple(mention for mention in case.mentions if mention.span.document in ids),
        problems=(
            Problem(
                where=_WHERE,
                what=f"parts that may not be shown to an audience cleared for {audience.label} were left out",
                severity=Severity.NOTE,
            ),
        ),
        marking=Tlp.strictest([document.marking for document in documents]),
    )


def left_out(case: Case) -> Iterator[str]:
    """The sentences that say what this export leaves out."""
    for problem in case.problems:
        if problem.where == _WHERE:
            yield problem.what[:1].upper() + problem.what[1:] + "."


def _unlinked(claim: Claim, kept: set[str]) -> Claim:
    """Copies of one first utterance stay copies of one another when the first itself may not be seen."""
    if claim.origin is None or claim.origin in kept:
        return claim
    return msgspec.structs.replace(claim, origin=stable_id("claim", "withheld", claim.origin))
