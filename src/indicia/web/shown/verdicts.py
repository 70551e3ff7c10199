"""What an assessment comes to, in as few words as a card has room for."""

from __future__ import annotations

from indicia.records import Assessment
from indicia.view.wording import called

__all__ = ["leaders"]


def leaders(assessment: Assessment) -> str:
    """Whom the evidence points to, several joined by "or"; empty where the grounds are insufficient."""
    names = called(assessment)
    return " or ".join(names[id] for id in assessment.leaders if id in names)
