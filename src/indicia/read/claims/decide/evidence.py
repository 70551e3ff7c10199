"""How likely each candidate is a claim of its document: what rules, scorer and judge say of it, and what else stands there.

Scorer and judge were taught on different texts, our own passages and real documents, and each asks about a sentence by itself.
A forest of small decision trees, fitted on real documents that the judge has not seen, weighs both and looks at the document: a
sentence that names no speaker says little beside one that tells who says the same. `scripts/fit_confirming.py` makes it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia.read.claims.draft.suspects import specific
from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.score.choosing import is_strict
from indicia.read.claims.score.judge import ANSWERS, Verdict
from indicia.read.claims.score.sessions import open_network
from indicia.records import Stance, Voice

__all__ = ["FEATURES", "chances", "features_of", "said_of"]

_SHORT, _LONG = 500, 6000  # characters: in a passage a claim is likelier than in a document, and in between in between
_KINDS = ("actor", "state", "agency", "group", "pronoun", "named_person")
# What is said of a candidate by itself ...
_SAID = (
    "judge: a claim", "judge: this stance", "judge: this speaker", "judge: another speaker", "judge: in passing",
    "judge: announced", "judge: the issuer speaks", "judge: no deed", "judge: no tie", "proposed", "scorer",
    "by the scorer alone", "by a strict rule",
    "declines", "answers", "takes credit", "nobody speaks", "whose turn it is", "specific", "nobody accused",
    *(f"accused: {kind}" for kind in _KINDS), *(f"speaker: {kind}" for kind in _KINDS), "short text", "silent", "asks", "where",
    "heading",
)  # fmt: skip
# ... and beside the others of its document.
_BESIDE = (
    "same accused, somebody speaks", "same accused, same speaker", "same accused", "candidates",
    "other sentences that claim", "the surest of them", "other sentences",
)  # fmt: skip
_CLAIMS = 0.8  # the judge's probability from which a sentence counts as one that claims something
_SUREST = 3
FEATURES = (*_SAID, *_BESIDE)
_UNSCORED = -4.0  # log odds of what no scorer proposed


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return math.log(p / (1 - p))


def _share(verdict: Verdict, question: str, answer: Any) -> float:
    return float(verdict.answers[question][ANSWERS[question].index(answer)])


def said_of(
    found: Found,
    verdict: Verdict,
    speakers: Sequence[int],
    length: int,
    *,
    proposed: bool,
    silent: bool,
    asks: bool,
    heading: bool,
) -> tuple[float, ...]:
    """What speaks for a candidate by itself, in the order of FEATURES. `speakers`: the places in the verdict's `source` of who
    speaks and of those in one list with it, among whom the judge divides what it believes; empty where it knows no such
    party. `length`: of the document, in characters."""
    stance = found.draft.stance
    speaks = float(verdict.source[list(speakers)].sum())
    rivals = np.delete(verdict.source, speakers)
    accused, source = found.accused, found.source
    by = [found.draft.rule == "scorer", is_strict(found.draft)] if proposed else [False, False]
    return (
        _logit(verdict.claim),
        _logit(verdict.stance(stance)),
        speaks,
        float(rivals.max()) if len(rivals) else 0.0,
        float(verdict.answers["pr"][2]),
        float(verdict.answers["pr"][0]),
        _share(verdict, "voice", Voice.ISSUER),
        _share(verdict, "deed", None),
        _share(verdict, "tie", None),
        float(proposed),
        _logit(found.score) if proposed else _UNSCORED,
        *map(float, by),
        float(stance is Stance.DECLINES),
        float(stance in (Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES)),
        float(stance is Stance.CLAIMS),
        float(found.source_is is None),
        float(source is None and found.source_is is not None),
        float(accused is not None and specific(accused)),
        float(accused is None),
        *(float(accused is not None and kind in accused.kinds) for kind in _KINDS),
        *(float(source is not None and kind in source.kinds) for kind in _KINDS),
        max(0.0, min(1.0, (_LONG - length) / (_LONG - _SHORT))),
        float(silent),
        float(asks),
        found.piece.own[0] / max(1, length),
        float(heading),
    )


class _Best:
    """The surest of some candidates, and the surest of those in other sentences than its own."""

    def __init__(self) -> None:
        self.count: Counter[tuple[int, int]] = Counter()
        self.first: tuple[float, tuple[int, int]] = (0.0, (-1, -1))
        self.second = 0.0

    def add(self, one: Found) -> None:
        sentence, claim = one.piece.own, _claim(one)
        self.count[sentence] += 1
        if sentence == self.first[1]:
            self.first = (max(claim, self.first[0]), sentence)
        elif claim > self.first[0]:
            self.first, self.second = (claim, sentence), self.first[0]
        else:
            self.second = max(self.second, claim)

    def beside(self, sentence: tuple[int, int]) -> float:
        return self.second if sentence == self.first[1] else self.first[0]


class _Sentences:
    """What the judge makes of each sentence of a document, for those beside one of them."""

    def __init__(self, found: Sequence[Found]) -> None:
        self.best: dict[tuple[int, int], float] = {}
        for one in found:
            self.best[one.piece.own] = max(_claim(one), self.best.get(one.piece.own, 0.0))
        self.total = sum(self.best.values())
        self.claiming = sum(claim > _CLAIMS for claim in self.best.values())
        self.first = sorted(self.best.items(), key=lambda item: (-item[1], item[0]))[: _SUREST + 1]

    def beside(self, sentence: tuple[int, int]) -> tuple[float, float, float]:
        """Of the others: how many claim something, how sure the surest are, and all of them, on the average."""
        own = self.best[sentence]
        surest = [claim for place, claim in self.first if place != sentence][:_SUREST]
        others = max(1, len(self.best) - 1)
        return math.log1p(self.claiming - (own > _CLAIMS)), sum(surest) / _SUREST, (self.total - own) / others


def features_of(found: Sequence[Found]) -> npt.NDArray[np.float32]:
    """One row of FEATURES for each candidate of a document."""
    groups: dict[tuple[object, ...], _Best] = defaultdict(_Best)
    for one in found:
        groups[_accused(one)].add(one)
        groups[*_accused(one), _speaker(one)].add(one)
        if one.source_is is not None:
            groups[*_accused(one), True].add(one)
    sentences = _Sentences(found)
    rows = np.zeros((len(found), len(FEATURES)), dtype=np.float32)
    for row, one in zip(rows, found, strict=True):
        accused, sentence = _accused(one), one.piece.own
        alike = groups[accused]
        row[: len(_SAID)] = one.features
        row[len(_SAID) :] = (
            groups[*accused, True].beside(sentence),
            groups[*accused, _speaker(one)].beside(sentence),
            math.log1p(alike.count.total() - alike.count[sentence]),
            math.log1p(len(found)),
            *sentences.beside(sentence),
        )
    return rows


def _accused(found: Found) -> tuple[object, object]:
    return found.draft.stance, found.accused_is.same if found.accused_is is not None else None


def _speaker(found: Found) -> str | None:
    return found.source_is.same if found.source_is is not None else None


def _claim(found: Found) -> float:
    return found.judged.claim if found.judged is not None else 0.0


def chances(found: Sequence[Found]) -> list[float]:
    """The probability of each candidate of a document to be a claim of it."""
    if not found:
        return []
    odds = _forest().run(None, {"given": features_of(found)})[0]
    return [float(one) for one in 1.0 / (1.0 + np.exp(-odds.reshape(-1).astype(np.float64)))]


@cache
def _forest() -> Any:
    return open_network(Path(str(resources.files(__package__).joinpath("confirming.onnx"))))
