"""The version of a case that may leave the house."""

from __future__ import annotations

from indicia.knowledge import Knowledge
from indicia.pipeline.build import drawn_anew
from indicia.records import Case
from indicia.share.redact import without_own

__all__ = ["for_public"]


def for_public(case: Case, knowledge: Knowledge, *, told: bool = True) -> Case:
    """The case as anybody may see it: without what our own logs told. What follows is drawn from what is left; that something
    was left out is said if `told` is set."""
    return drawn_anew(without_own(case, told=told), case, knowledge)
