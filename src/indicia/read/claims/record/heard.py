"""What a field of a claim most likely is: what its words tell, weighed with what the networks make of it.

The judge was taught on real documents. Of what kind source and accused are it learned by other conventions than ours: that
is left to the scorer; so is all where the judge did not hear a sentence, and without either the words do alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

import numpy as np

from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.score.judge import ANSWERS
from indicia.read.claims.score.pairs import ACCUSED_TYPES
from indicia.read.claims.score.scorer import F, Scored
from indicia.records import Basis, Firmness, SourceType

__all__ = ["likeliest"]

E = TypeVar("E", bound=Enum | None)


class _Asked(NamedTuple):
    """A question to the scorer: its answers in order, where their probabilities stand, and the trust in the words beside it."""

    answers: tuple[Any, ...]
    of: Callable[[Scored, tuple[int, int]], F]
    trust: float


# How much more the words' own answer counts than another one (natural log), by question, beside the judge ...
JUDGE_TRUST: Mapping[str, float] = {
    "firm": 1.0, "tfirm": 3.0, "basis": 0.5, "deed": 0.0, "voice": 0.5, "ch": 0.8,
}  # fmt: skip
# ... and beside the scorer.
SCORER: Mapping[str, _Asked] = {
    "stype": _Asked(tuple(SourceType), lambda told, pair: told.source_type[pair[0]], 1.5),
    "at": _Asked(ACCUSED_TYPES, lambda told, pair: told.accused_type[pair[1]], 1.5),
    "firm": _Asked(tuple(Firmness), lambda told, pair: told.firmness[pair], 6.0),
    "basis": _Asked(tuple(Basis), lambda told, pair: told.basis[pair], 1.5),
}


def likeliest(found: Found, question: str, said: E) -> E:
    """The likeliest answer to a question of `judge.ANSWERS`. `said`: what the words tell."""
    if found.judged is not None and question in JUDGE_TRUST:
        answers, probabilities, trust = ANSWERS[question], found.judged.answers[question], JUDGE_TRUST[question]
    elif found.scored is not None and question in SCORER:
        asked = SCORER[question]
        answers, probabilities, trust = asked.answers, asked.of(found.scored, found.pair), asked.trust
    else:
        return said
    if said not in answers:
        return said
    scores = np.log(np.maximum(probabilities, 1e-6))
    scores[answers.index(said)] += trust
    likely: E = answers[int(scores.argmax())]
    return likely
