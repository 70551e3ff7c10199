"""What a field of a claim most likely is: what its words tell, weighed with what the networks make of it.

The judge was taught on real documents. Of what kind source and accused are it learned by other conventions than ours: that
is left to the scorer; so is all where the judge did not hear a sentence, and without either the words do alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

import numpy as np

from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.score.judge import ANSWERS, Verdict
from indicia.read.claims.score.pairs import ACCUSED_TYPES
from indicia.read.claims.score.scorer import F, Scored
from indicia.records import Basis, Firmness, SourceType

__all__ = ["likeliest"]

E = TypeVar("E", bound=Enum)

# How much more the words' own answer counts than another one (natural log), by question, beside the judge ...
JUDGE_TRUST: Mapping[str, float] = {
    "firm": 1.0, "tfirm": 3.0, "basis": 0.5, "deed": 0.0, "voice": 0.5, "ch": 0.8,
}  # fmt: skip
# ... and beside the scorer.
SCORER_TRUST: Mapping[str, float] = {"stype": 1.5, "at": 1.5, "firm": 6.0, "basis": 1.5}
_SCORER_ANSWERS: Mapping[str, tuple[Any, ...]] = {
    "stype": tuple(SourceType), "at": ACCUSED_TYPES, "firm": tuple(Firmness), "basis": tuple(Basis),
}  # fmt: skip


class _Likely(NamedTuple):
    answers: tuple[Any, ...]
    probabilities: F
    trust: float


def likeliest(found: Found, question: str, said: E | None) -> Any:
    """The likeliest answer to a question of `judge.ANSWERS`. `said`: what the words tell."""
    likely = _judge(found.judged, question) or _scorer(found.scored, found, question)
    if likely is None or said not in likely.answers:
        return said
    scores = np.log(np.maximum(likely.probabilities, 1e-6))
    scores[likely.answers.index(said)] += likely.trust
    return likely.answers[int(scores.argmax())]


def _judge(heard: Verdict | None, question: str) -> _Likely | None:
    if heard is None or question not in JUDGE_TRUST:
        return None
    return _Likely(ANSWERS[question], heard.answers[question], JUDGE_TRUST[question])


def _scorer(told: Scored | None, found: Found, question: str) -> _Likely | None:
    if told is None or question not in SCORER_TRUST:
        return None
    source, accused = found.pair
    probabilities = {
        "stype": told.source_type[source], "at": told.accused_type[accused], "firm": told.firmness[found.pair],
        "basis": told.basis[found.pair],
    }[question]  # fmt: skip
    return _Likely(_SCORER_ANSWERS[question], probabilities, SCORER_TRUST[question])
