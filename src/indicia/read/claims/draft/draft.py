"""A claim in terms of the units of a sentence, before its parties are resolved."""

from __future__ import annotations

from typing import NamedTuple

from indicia.records import Stance

__all__ = ["ANSWERED", "CLEAR", "PLAIN", "Draft"]

# Log odds below which the scorer cannot push a draft whose words leave little doubt: an accusation, an answer to one that was
# told before, a refusal that names nobody.
CLEAR = -1.5
ANSWERED = -1.0
PLAIN = 0.0


class Draft(NamedTuple):
    """A claim in terms of units. `source` and `accused` are indexes of parties (-1: none); `act` is a range of units or
    None."""

    stance: Stance
    source: int
    accused: int
    act: tuple[int, int] | None
    cue: int  # unit
    rule: str
    legal: bool = False
    self_reference: bool = False  # the accused is the speaker or its state ("denied any role")
    hedge: int = -1  # unit of a cue that hedges by itself: "linked", "suspects"
    lenient: bool = False  # speaker found by nearness only
    answer: bool = False  # it answers an accusation that the clause or sentence before tells
    floor: float | None = None  # log odds below which the scorer cannot push it
    place: bool = False  # the accused state is where it came from, not who did it
