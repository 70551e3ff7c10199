"""How the graph of claims is drawn: the line of each stance, its width by firmness, the heights of names."""

from __future__ import annotations

from typing import TypeVar

from indicia.records import Firmness, Stance
from indicia.view.positions import Position

__all__ = ["OTHERS", "STYLE", "WIDTH", "spread", "stroke"]

WIDTH = {
    Firmness.CONFIRMED: 5.0,
    Firmness.HIGH: 4.0,
    Firmness.NONE: 2.6,
    Firmness.MODERATE: 2.6,
    Firmness.LOW: 1.4,
    Firmness.HEDGED: 1.6,
}


STYLE = {
    Stance.ACCUSES: ("blue", "", "names"),
    Stance.CLAIMS: ("blue", "9 3", "takes credit"),
    Stance.ENDORSES: ("green", "7 4", "endorses"),
    Stance.QUESTIONS: ("amber", "2 4", "questions"),
    Stance.WITHDRAWS: ("amber", "5 3", "withdraws"),
    Stance.DENIES: ("red", "2 3", "denies"),
    Stance.DECLINES: ("quiet", "1 4", "declines to name"),
}


TIED = ("violet", "", "ties or places")  # says to whom somebody belongs or where it came from, not who did it
OTHERS = "what others said"


T = TypeVar("T")


def stroke(position: Position) -> tuple[str, str, str]:
    """(colour, dashes, word) of the line for a position."""
    return TIED if position.tie else STYLE[position.stance]


def spread(names: list[T], rows: int, step: float) -> dict[T, float]:
    """The height of each name, in the middle of `rows` rows."""
    offset = (rows - len(names)) * step / 2
    return {name: 26 + offset + index * step for index, name in enumerate(names)}
