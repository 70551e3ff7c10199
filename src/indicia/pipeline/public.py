"""The version of a case that may leave the house."""

from __future__ import annotations

from indicia.knowledge import Knowledge
from indicia.pipeline.build import conclude
from indicia.records import Case
from indicia.share.redact import without_own

__all__ = ["for_public"]


def for_public(case: Case, knowledge: Knowledge) -> Case:
    """The case as anybody may see it: without what our own logs told. What follows is drawn from what is left."""
    return conclude(without_own(case), knowledge)
