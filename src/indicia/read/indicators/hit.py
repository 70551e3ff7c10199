"""What a searcher finds in the refanged view, before anything is said about what it means there."""

from __future__ import annotations

from typing import NamedTuple

from indicia.records import MentionKind

__all__ = ["Hit"]


class Hit(NamedTuple):
    """A candidate at [start, end) of the refanged view. `note` is why it is no indicator by its own form ("private address");
    `within` names the larger hit that holds it ("url"), for only such hits may overlap another."""

    start: int
    end: int
    type: str
    value: str
    note: str = ""
    within: str = ""
    kind: MentionKind = MentionKind.INDICATOR
    score: float = 1.0
