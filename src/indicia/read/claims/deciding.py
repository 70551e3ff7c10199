"""Deciding what is a claim: log odds of the scorer and of the rules, and what one claim makes moot."""

from __future__ import annotations

import math
from collections.abc import Sequence

from indicia.read.claims.party import Party
from indicia.read.claims.resolving import Found
from indicia.read.claims.wordsets import word_set
from indicia.records import (
    Stance,
)

__all__ = [
    "ACROSS_WEIGHT",
    "FLOOR",
    "LENIENT",
    "LENIENT_WEIGHT",
    "RULE_WEIGHT",
    "SELF_WEIGHT",
    "SHIFT",
    "SLOPE",
    "consistent",
    "logit",
    "possible",
    "rank",
    "rule_score",
]


_PRIORITY = {"hostile": 1, "narration": 0, "tied": 0, "behind": 2, "responsible": 2, "participle": 1}


def rank(found: Found) -> tuple[int, int, int]:
    return (int(1000 * found.score), _PRIORITY.get(found.draft.rule, 3), found.draft.act is not None)


def rule_score(found: Found) -> float:
    return 0.6 if found.draft.rule in ("narration", "participle", "tied") else 0.5 if found.draft.lenient else 0.8


def consistent(found: list[Found]) -> list[Found]:
    """Of the claims of one sentence, drops what a likelier one makes moot: narration beside a spoken claim on the same
    accused, an
    accusation that the same source denies, an apposition ("X, a group tied to ...") beside the name it explains."""
    out = []
    for one in found:
        if not any(other is not one and _moot(one, other) for other in found):
            out.append(one)
    return out


def _moot(one: Found, other: Found) -> bool:
    if one.accused_is is None or other.accused_is is None:
        return False
    same_source = one.draft.source == other.draft.source
    if same_source and one.draft.stance is other.draft.stance and one.accused is not None and other.accused is not None:
        row = one.piece.whole.row
        after = other.accused.last
        if (
            after + 1 == one.accused.first
            and row[after].low in (",", "(", "–")
            and row[one.accused.first].low in ("a", "an", "the", "its", "another")
        ):
            return True
    if one.accused_is.same != other.accused_is.same or one.draft.stance is not Stance.ACCUSES:
        return False
    if one.draft.source < 0 <= other.draft.source:
        return other.score >= one.score or other.draft.rule != "scorer"
    return same_source and other.draft.stance in (Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES) and other.score >= one.score


def logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def possible(parties: Sequence[Party], s: int, a: int) -> bool:
    """Whether parties of these kinds can stand in a claim at all: software neither speaks nor is accused."""
    if s < len(parties):
        first = parties[s].kinds[0]
        if first in ("malware", "place") or (first == "report" and parties[s].last - parties[s].first == 1):
            return False
    return a >= len(parties) or parties[a].kinds[0] not in ("malware", "media", "court")


FLOOR = 0.05  # pairs that the scorer holds less likely need a rule
RULE_WEIGHT = 2.0  # log odds that a rule adds
LENIENT_WEIGHT = 0.7
SELF_WEIGHT = -2.0
ACROSS_WEIGHT = -1.0  # a party that stands in the sentence before
LENIENT = word_set("reader.lenient")
# From the sum of log odds to a probability, fitted on the held-out passages of our own corpus (three folds, 2,645 pairs). That
# text is harder than plain news, so on plain news the score is too modest rather than too bold.
SLOPE = 0.346
SHIFT = -0.538
