"""The weighing: what was observed and what was said, side by side, and one sentence on how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from indicia.records import Evidence, Judgement, Weighing
from indicia.weigh.affair import set_aside
from indicia.weigh.compare import agreement, compared
from indicia.weigh.judged import judged
from indicia.weigh.known import Known
from indicia.weigh.observed import assess_observed
from indicia.weigh.said import assess_said

__all__ = ["weigh"]


def weigh(
    evidence: Iterable[Evidence],
    knowledge: Known,
    *,
    prior: Mapping[str, float] | None = None,
    judgements: Sequence[Judgement] = (),
) -> Weighing:
    """Two assessments that never mix. Where the claims are about an incident we know, what was observed is weighed without the
    reports on it: they would bear themselves out. `prior` is for what was observed: probabilities of groups, agencies, states
    (`state:CN`) or `unknown`; what it does not name keeps its shares. Raises: UsageError on a prior or judgement that does
    not fit."""
    items = judged(evidence, judgements)
    observed = assess_observed(items, knowledge, prior, set_aside(items, knowledge))
    said = assess_said(items, knowledge)
    rows = compared(items, observed, knowledge)
    return Weighing(evidence=items, observed=observed, said=said, agreement=agreement(rows, observed, said), compared=rows)
