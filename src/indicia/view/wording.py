"""Small words that brief, page and exports share: counts, sentences, probabilities, what an export leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.knowledge.articles import capital
from indicia.records import Assessment, Case, EvidenceKind, Problem, Severity


def in_quotes(text: str) -> str:
    """
    >>> in_quotes("\u201cIt was APT31,\u201d said Norway.")
    '\u201c\u2018It was APT31,\u2019 said Norway.\u201d'
    """
    return "\u201c{}\u201d".format(text.replace("\u201c", "\u2018").replace("\u201d", "\u2019"))


def many(count: int, word: str, words: str = "") -> str:
    """`1 text`, `3 texts`, `2 duties`."""
    return f"{count} {word}" if count == 1 else f"{count} {words or f'{word}s'}"


def because(text: str) -> str:
    """What is missing, and why in a sentence of its own.

    >>> because("software: no malware is identified")
    'software. No malware is identified.'
    """
    what, _, why = text.partition(": ")
    return f"{what}. {sentence(why)}" if why else f"{what}."


def sentence(text: str) -> str:
    """`text` as a sentence: a capital first, a stop at the end."""
    text = text.strip()
    return capital(text if text.endswith((".", "!", "?", "\u2026")) else f"{text}.") if text else ""


# What an export leaves out, and how it says so.
_HERE = "this export"
PUBLIC = "this is the public version: sightings in our own logs, names of hosts and log lines were left out"


def said(what: str) -> Problem:
    """The note in a case that says that something was left out of it."""
    return Problem(where=_HERE, what=what, severity=Severity.NOTE)


def is_said(problem: Problem) -> bool:
    """Whether it is such a note, and no problem with what was given."""
    return problem.where == _HERE


def left_out(case: Case) -> Iterator[str]:
    """The sentences that say what was left out."""
    for problem in case.problems:
        if is_said(problem):
            yield problem.what[:1].upper() + problem.what[1:] + "."


def is_public(case: Case) -> bool:
    """Whether all that our own logs told was left out."""
    return any(is_said(problem) and problem.what == PUBLIC for problem in case.problems)


# Probabilities in words and figures, and the hypothesis that is worth explaining.
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
