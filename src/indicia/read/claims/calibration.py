"""How probably a claim is right, by how surely the network takes it for one: its log odds times a slope, plus an offset.

Fitted on publishers that the network was not taught on (`scripts.reader.measure`), when each sentence was read but once;
"other" was set again on the development set, since both readings count, and so were doubts and exonerations, of which those
publishers hold next to none.
"""

from __future__ import annotations

import math

from indicia.records import Stance

GROUPS: dict[str, tuple[float, float]] = {  # slope, offset
    "accuses": (1.0, -0.6),
    "denies": (1.1, 0.6),
    "declines": (0.7, 0.65),
    "questions": (0.9, 0.1),
    "other": (0.9, -0.7),
}
_LEAST = 1e-4


def group_of(stance: Stance) -> str:
    return stance.value if stance.value in GROUPS else "other"


def calibrated(stance: Stance, score: float) -> float:
    """The probability that a claim of this stance is right."""
    slope, offset = GROUPS[group_of(stance)]
    return probability_of(slope * odds_of(score) + offset)


def odds_of(score: float) -> float:
    """The log odds of a probability, which are bounded where it is next to 0 or 1."""
    score = min(max(score, _LEAST), 1 - _LEAST)
    return math.log(score / (1 - score))


def probability_of(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
