"""How probably a claim is right, by how surely the network takes it for one: its log odds times a slope, plus an offset.

Fitted on documents of publishers that the network was not taught on (`scripts.reader.measure`).
"""

from __future__ import annotations

import math

from indicia.records import Stance

GROUPS: dict[str, tuple[float, float]] = {  # slope, offset
    "accuses": (1.0, -0.6),
    "denies": (1.1, 0.6),
    "declines": (0.7, 0.65),
    "other": (0.9, -0.7),
}
_LEAST = 1e-4


def group_of(stance: Stance) -> str:
    return stance.value if stance.value in GROUPS else "other"


def calibrated(stance: Stance, score: float) -> float:
    """The probability that a claim of this stance is right."""
    slope, offset = GROUPS[group_of(stance)]
    score = min(max(score, _LEAST), 1 - _LEAST)
    return 1 / (1 + math.exp(-(slope * math.log(score / (1 - score)) + offset)))
