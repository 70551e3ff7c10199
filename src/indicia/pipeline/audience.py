"""A case as others may see it. What they may not see is left out first; only then is what people decided laid over the rest,
and what follows drawn from it, as if there had never been anything else."""

from __future__ import annotations

import msgspec

from indicia.knowledge import Knowledge
from indicia.pipeline.concluding import drawn_anew
from indicia.pipeline.standing import Standing, as_left
from indicia.records import Case, Tlp
from indicia.share.redact import judged_as, redact, without_own

__all__ = ["for_audience"]


def for_audience(
    case: Case,
    audience: Tlp | None,
    knowledge: Knowledge,
    *,
    public: bool = False,
    sightings: Tlp | None = None,
    told: bool = True,
    laid_over: bool = True,
) -> Case:
    """The case as people left it and as those cleared for `audience` (None: all of us) may see it; `public` is without what our
    own logs told and who decided what.

    `case` is as it is kept, with nothing laid over it. That something was left out is said if `told` is set; `sightings` is how
    our own are marked, if not as the hunt is. Not `laid_over`: what people decided stays beside the machine's records, for
    those who pass it on again and leave out more.
    """
    seen = case if audience is None else redact(case, audience, sightings=sightings, told=told)
    seen = without_own(seen, told=told) if public else seen
    if any(getattr(seen, part) is not getattr(case, part) for part in ("documents", "claims", "hunt", "weighing")):
        seen = drawn_anew(seen, case, knowledge)
    if laid_over or public:
        seen = _with_texts_marked(as_left(seen, knowledge), seen)
    return msgspec.structs.replace(seen, judgements=()) if public else seen


def _with_texts_marked(left: Case, seen: Case) -> Case:
    """The case with each text marked no less than what people decided about what it says, whose words now stand as its own."""
    standing, least = Standing(seen), {one.id: seen.counts_as(one) for one in seen.documents}
    for claim in left.claims:
        judged = [judged_as(seen, one) for one in standing.of(claim.id) if one.action in {"add", "correct", "regrade"}]
        of = claim.quote.document
        least[of] = Tlp.strictest([least.get(of, Tlp.CLEAR), *judged])
    if all(least[one.id] is seen.counts_as(one) for one in left.documents):
        return left
    return msgspec.structs.replace(
        left,
        documents=tuple(
            one if least[one.id] is seen.counts_as(one) else msgspec.structs.replace(one, marking=least[one.id])
            for one in left.documents
        ),
    )
