"""What an export leaves out, and how it says so."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.records import Case, Problem, Severity

__all__ = ["PUBLIC", "is_public", "is_said", "left_out", "said"]

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
