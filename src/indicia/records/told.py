"""Whose word a thing is: a text's, our tables', or the program's. Three words that stand for nothing else."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Told"]


class Told(StrEnum):
    STATED = "stated"  # a text that was read says it
    KNOWN = "known"  # our tables say it, whoever speaks here
    CONCLUDED = "concluded"  # the program infers it from what is stated, known and seen
