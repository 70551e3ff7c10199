"""The learned judge of claims: is this party accused here, of what, how firmly, and who says so?

It was taught on annotated real documents, where the scorer (`scorer.py`) knows our own passages only: what rules and scorer
propose is weighed with its verdict, and what it is sure of is added. The scorer's lower half reads each sentence by itself;
three layers more (int8 products, ONNX) read a window once, with a question beside it for each party that may be accused, and
for nobody. Who speaks is chosen among the parties of the window, whoever has the turn, and nobody (the text narrates, or its
issuer speaks). Weights lie in `model/judge` and are made by `scripts/train_judge.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder
from indicia.read.claims.score.scorer import Scorer, scorer
from indicia.read.claims.score.sessions import open_network
from indicia.read.claims.score.windows import OUTSIDE, Window
from indicia.records import Basis, Channel, DeedKind, Firmness, Prominence, SourceType, Stance, TieKind, Voice

__all__ = ["ACCUSED_TYPES", "ANSWERS", "Judge", "Verdict", "judge"]

F = npt.NDArray[np.float32]
ACCUSED_TYPES = ("state", "agency", "group", "person", "criminal", "company", "place", "unknown")
# Each question's answers in the order in which the judge was taught them; None: no claim, nothing of the kind is said.
ANSWERS: Mapping[str, tuple[Any, ...]] = {
    "stance": (
        None, Stance.ACCUSES, Stance.ENDORSES, Stance.DENIES, Stance.QUESTIONS, Stance.DECLINES, Stance.CLAIMS,
    ),
    "deed": (None, DeedKind.DID, DeedKind.DIRECTED, DeedKind.ENABLED),
    "tie": (
        None, TieKind.ORGAN, TieKind.DIRECTED, TieKind.WORKS_FOR, TieKind.LINKED, TieKind.ALIGNED, TieKind.LOCATED,
        TieKind.TOLERATED,
    ),
    "firm": (Firmness.NONE, Firmness.CONFIRMED, Firmness.HIGH, Firmness.MODERATE, Firmness.LOW, Firmness.HEDGED),
    "tfirm": (Firmness.NONE, Firmness.CONFIRMED, Firmness.HIGH, Firmness.MODERATE, Firmness.LOW, Firmness.HEDGED),
    "basis": (Basis.NONE_STATED, Basis.TECHNICAL, Basis.INTELLIGENCE, Basis.LEGAL, Basis.POLITICAL),
    "at": ACCUSED_TYPES,
    "pr": (Prominence.ANNOUNCEMENT, Prominence.REPORTED, Prominence.BACKGROUND),
    "voice": (Voice.TEXT, Voice.ISSUER, Voice.QUOTE),
    "stype": (
        SourceType.GOVERNMENT, SourceType.INTERNATIONAL, SourceType.COMPANY, SourceType.MEDIA, SourceType.PERSON,
        SourceType.GROUP, SourceType.COURT, SourceType.ANONYMOUS,
    ),
    "ch": (
        Channel.UNKNOWN, Channel.TECHNICAL_REPORT, Channel.POLITICAL_STATEMENT, Channel.INDICTMENT, Channel.SANCTION,
        Channel.DIRECT_MEDIA, Channel.ANONYMOUS_MEDIA, Channel.SELF_CLAIM,
    ),
}  # fmt: skip
UNSEEN = -1e4  # added to attention: as good as never
NOBODY = -1  # asked about in the place of a party: does the source decline to name anybody?


class Verdict(NamedTuple):
    """Probabilities. `answers` by question, in the order of ANSWERS; `source`: of each party of the window, then of nobody,
    then of whoever has the turn."""

    answers: Mapping[str, F]
    source: F

    @property
    def claim(self) -> float:
        """That there is a claim at all."""
        return 1.0 - float(self.answers["stance"][0])

    def stance(self, stance: Stance) -> float:
        """That there is a claim with this stance."""
        return float(self.answers["stance"][ANSWERS["stance"].index(stance)])

    def best(self, question: str) -> Any:
        """The likeliest answer; of stances, the likeliest if there is a claim."""
        values = self.answers[question]
        first = 1 if question == "stance" else 0
        return ANSWERS[question][first + int(values[first:].argmax())]


class Judge:
    """Layers and heads, loaded once per process; the lower half of the encoder and the tokenizer are the scorer's."""

    def __init__(self, folder: Path, below: Scorer) -> None:
        self.front, self.upper, self.heads = (
            open_network(folder / name) for name in ("front.onnx", "upper.onnx", "heads.onnx")
        )
        self.names = [one.name for one in self.heads.get_outputs()]
        self.read = below.half
        self.encode = below.encode

    def ask(self, window: Window, accused: Sequence[int]) -> list[Verdict]:
        """A verdict for each of `accused` (places of parties, NOBODY for none). All are asked at once and none sees another."""
        if not accused:
            return []
        halves = [self.read(part) for part in window.pieces]
        hidden = np.concatenate(halves)
        segments = np.repeat(np.array(window.segments, dtype=np.int64), [len(half) for half in halves])
        n, tokens = len(window.spans), len(hidden)
        rows = max(n, 1)  # the network wants a party, be it an empty one
        pool = np.zeros((rows, tokens), dtype=np.float32)
        for k, (a, b) in enumerate(window.spans):
            pool[k, a:b] = 1.0 / (b - a)
        own = (segments == 0).astype(np.float32)
        own /= own.sum()
        party = window.party if n else np.zeros((1, window.party.shape[1]), dtype=np.float32)
        asked = np.zeros((len(accused), rows), dtype=np.float32)
        pair = np.zeros((len(accused), rows + OUTSIDE, window.pair.shape[2]), dtype=np.float32)
        for row, k in enumerate(accused):
            column = window.pair[:, k if k >= 0 else n]
            pair[row, :n], pair[row, rows] = column[:n], column[n]
            if k >= 0:
                asked[row, k] = 1.0
        front = {
            "hidden": hidden, "segments": segments, "pool": pool, "party": party, "about": window.about[None],
            "asked": asked, "pair": pair,
        }  # fmt: skip
        given = self.front.run(None, front)[0]
        after = self.upper.run(None, {"given": given, "sight": _sight(tokens, len(accused))})[0]
        outside, tokens_after, questions = np.split(after, [OUTSIDE, OUTSIDE + tokens])
        heads = {
            "outside": outside, "tokens": tokens_after, "questions": questions, "pool": pool, "own": own, "asked": asked,
            "pair": pair,
        }  # fmt: skip
        out = dict(zip(self.names, self.heads.run(None, heads), strict=True))
        scores = out.pop("source")
        if not window.turn:
            scores[:, -1] = -1e4
        odds = np.exp(scores - scores.max(1, keepdims=True))
        if not n:
            odds = odds[:, 1:]
        source = (odds / odds.sum(1, keepdims=True)).astype(np.float32)
        return [Verdict({name: answer[row] for name, answer in out.items()}, source[row]) for row in range(len(accused))]


@lru_cache(maxsize=64)
def _sight(tokens: int, asked: int) -> F:
    """What is added to attention [1, 1, n, n]: all see those outside and the tokens; a question sees itself beside."""
    seen = OUTSIDE + tokens
    sight = np.zeros((seen + asked, seen + asked), dtype=np.float32)
    sight[:, seen:] = UNSEEN
    sight[range(seen, seen + asked), range(seen, seen + asked)] = 0.0
    return sight[None, None]


@cache
def judge() -> Judge:
    """The judge that comes with the program. Raises: ExtraError, where the models are not installed."""
    return Judge(model_folder("claims/score") / "judge", scorer())
