"""The weighing: what was observed and what was said, side by side, and one sentence on how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from indicia.records import Assessment, Evidence, Judgement, Level, Verdict, Weighing
from indicia.weigh.affair import set_aside
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
    return Weighing(evidence=items, observed=observed, said=said, agreement=_agreement(observed, said))


def _agreement(observed: Assessment, said: Assessment) -> str:
    if said.verdict is Verdict.INSUFFICIENT and observed.verdict is Verdict.INSUFFICIENT:
        return "Neither the statements nor the observations support an attribution."
    if said.verdict is Verdict.INSUFFICIENT:
        return "The observations stand alone: too little was said to compare them with."
    names = _names(said)
    if observed.verdict is Verdict.INSUFFICIENT:
        return f"The statements point to {names}; the observations alone neither confirm nor contradict that."
    theirs, ours = _places(said), _places(observed)
    if set(said.leaders) & set(observed.leaders) or (theirs and theirs == ours):
        return f"The statements and the observations agree on {names}."
    if theirs & ours:
        return f"The statements ({names}) and the observations ({_names(observed)}) agree in part."
    if theirs and ours:
        return f"The statements ({names}) and the observations ({_names(observed)}) conflict."
    return f"The statements point to {names}, the observations to {_names(observed)}; we cannot tell whether they agree."


def _names(assessment: Assessment) -> str:
    by_id = {at.hypothesis.id: at.hypothesis.name for at in (*assessment.posteriors, *assessment.levels)}
    return " or ".join(by_id[at] for at in assessment.leaders) or "nobody"


def _places(assessment: Assessment) -> set[str]:
    """The states that the leaders belong to."""
    by_id = {at.hypothesis.id: at.hypothesis for at in (*assessment.posteriors, *assessment.levels)}
    return {state for at in assessment.leaders if (state := by_id[at].state) and by_id[at].level is not Level.PLACE}
