"""Which texts a model may see: what is marked above what the user allows is never sent."""

from __future__ import annotations

from indicia.records import UNMARKED, Document, Tlp


def may_see(document: Document, allowed: Tlp | None, *, remote: bool, unmarked: Tlp | None = None) -> str | None:
    """Why a model may not see a document, None where it may.

    Where the user says nothing (`allowed` is None), a model on this machine may see everything, one elsewhere what is CLEAR.
    A text without a marking counts as `unmarked`, AMBER by default, as wherever else it leaves.
    """
    marking = document.marking if document.marking is not None else (unmarked or UNMARKED)
    most = allowed if allowed is not None else Tlp.CLEAR if remote else Tlp.RED
    if remote and most.rank > Tlp.AMBER.rank:
        most = Tlp.AMBER  # what is for one house or one room alone is sent nowhere
    if marking.rank <= most.rank:
        return None
    named = "bears no marking and counts as " if document.marking is None else "is "
    return f"it {named}{marking.label}, and the model may see texts up to {most.label}"
