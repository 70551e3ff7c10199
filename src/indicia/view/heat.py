"""How hot a technique is: seen, stated in the texts, or only typical of the accused."""

from __future__ import annotations

from indicia.records import Outcome, Rank, Record

__all__ = ["HEAT", "Cell"]

# From the hottest to the coolest: fill, ink, dashed edge, meaning. Dark to light, so that it reads in grey as well.
HEAT = {
    "worked": ("red", "paper", False, "seen in our logs, with success"),
    "seen": ("pale-amber", "ink", False, "seen in our logs, outcome not known"),
    "tried": ("pale-red", "ink", False, "seen in our logs, as attempts"),
    "stated": ("pale-blue", "ink", False, "stated in the texts"),
    "typical": ("panel", "quiet", True, "known about the accused, not stated here"),
}


class Cell(Record, frozen=True, kw_only=True):
    """One technique: where it stands, how sure it is and how often it was found."""

    id: str
    name: str
    tactics: tuple[str, ...]  # shortnames
    rank: Rank
    count: int = 1
    outcome: Outcome = Outcome.UNKNOWN  # the best that was seen

    @property
    def heat(self) -> str:
        if self.rank is Rank.SEEN:
            return {Outcome.SUCCESS: "worked", Outcome.UNKNOWN: "seen", Outcome.ATTEMPT: "tried"}[self.outcome]
        return "stated" if self.rank is Rank.STATED else "typical"
