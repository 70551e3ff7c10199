"""Probabilities in words and figures, and the hypothesis that is worth explaining."""

from __future__ import annotations

from indicia.records import Assessment

__all__ = ["called", "leader", "percent"]


def called(assessment: Assessment) -> dict[str, str]:
    """The name of each hypothesis of an assessment, and of each that several add up to, by its id."""
    return {one.hypothesis.id: one.hypothesis.name for one in (*assessment.posteriors, *assessment.levels)}


def leader(assessment: Assessment) -> str | None:
    """The hypothesis worth explaining: the first leader, else the likeliest that is not `unknown`."""
    if assessment.leaders:
        return assessment.leaders[0]
    return next((one.hypothesis.id for one in assessment.posteriors if one.hypothesis.id != "unknown"), None)


def percent(value: float) -> str:
    """A probability without false precision; never 0% or 100%.

    >>> percent(0.743), percent(0.0004), percent(0.9999)
    ('74%', '<1%', '>99%')
    """
    if value < 0.01:
        return "<1%"
    return ">99%" if value > 0.99 else f"{value * 100:.0f}%"
