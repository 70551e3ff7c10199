"""Probabilities in words and figures, and the hypothesis that is worth explaining."""

from __future__ import annotations

from indicia.records import Assessment, EvidenceKind

__all__ = ["called", "fitting", "leader", "percent"]

_FIRST = 5  # of those that evidence fits


def called(assessment: Assessment) -> dict[str, str]:
    """The name of each hypothesis of an assessment, and of each that several add up to, by its id."""
    named = {one.hypothesis.id: one.hypothesis.name for one in (*assessment.posteriors, *assessment.levels)}
    return {one.id: one.name for one in assessment.fits} | named


def leader(assessment: Assessment) -> str | None:
    """The hypothesis worth explaining: the first leader that items were weighed for, else the first whom the evidence fits."""
    weighed = {one.hypothesis for one in assessment.weights}
    likely = (*assessment.leaders, *(one.id for one in assessment.fits), *(one.hypothesis for one in assessment.weights))
    return next((one for one in likely if one in weighed), None)


def fitting(assessment: Assessment) -> str:
    """Whom what was observed fits, as a set without numbers: `A, B and 20 more groups`; empty where it fits nobody.

    No number, for the grounds do not carry one."""
    if assessment.kind is not EvidenceKind.OBSERVED:
        return ""
    names = [one.name for one in assessment.fits]
    rest = len(names) - _FIRST
    if rest > 1:
        return f"{', '.join(names[:_FIRST])}, and {rest} more groups"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def percent(value: float) -> str:
    """A probability without false precision; never 0% or 100%.

    >>> percent(0.743), percent(0.0004), percent(0.9999)
    ('74%', '<1%', '>99%')
    """
    if value < 0.01:
        return "<1%"
    return ">99%" if value > 0.99 else f"{value * 100:.0f}%"
