"""The learned scorer: which (source, accused) pairs of a sentence make a claim, with which stance, how firmly, on what basis.

An encoder of a few transformer layers (int8 products, ONNX) reads each sentence by itself; small heads (ONNX too) score every
pair of parties at once, those of the sentence before included. Weights, tokenizer and heads lie in `model/` and are made by
`scripts/train_claims.py`. Without them the rules read alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder
from indicia.read.claims.score.pairs import PARTY_SIZE
from indicia.read.claims.score.sessions import open_network

__all__ = ["MAX_PARTIES", "MAX_TOKENS", "Job", "Scored", "Spared", "pooling", "scorer"]

MAX_TOKENS = 224  # of one sentence
MAX_PARTIES = 28

KEPT = 96  # sentences whose half is remembered, of some 0.1 MB each
SPARED = -0.5  # log odds of there being a claim, after half the encoder, below which the other half does not run

F = npt.NDArray[np.float32]
Part = tuple[int, ...]  # token ids of a sentence


class Job(NamedTuple):
    """One sentence to score: the token ids of the sentence before (where it is taken too) and of itself, token ranges of the
    parties counted over both, features of parties and pairs; `plain`: a rule reads it so plainly that it is not spared."""

    parts: tuple[Part, ...]
    spans: list[tuple[int, int]]
    party: F
    pair: F
    plain: bool = False


class Scored(NamedTuple):
    """Probabilities. stance [n+1, n+1, 6] (0: no claim), firmness and basis [n+1, n+1, k], types [n+1, k]."""

    stance: F
    firmness: F
    basis: F
    source_type: F
    accused_type: F


class Spared(NamedTuple):
    """A sentence of which half the encoder makes out that it holds no claim: the log odds that it does."""

    odds: float


def pooling(job: Job) -> F:
    """What averages tokens: [n + 3, tokens], a row for each party, one of zeros for "nobody", the sentence, the one before."""
    n = len(job.spans)
    out = np.zeros((n + 3, sum(map(len, job.parts))), dtype=np.float32)
    own = len(job.parts[-1])
    before = out.shape[1] - own
    for row, (a, b) in enumerate((*job.spans, (0, 0), (before, before + own), (0, before))):
        if a < b:
            out[row, a:b] = 1.0 / (b - a)
    return out


class Scorer:
    """Encoder, gate, heads and tokenizer, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.lower, self.upper, self.gate, self.heads = (
            open_network(folder / name) for name in ("lower.onnx", "upper.onnx", "gate.onnx", "heads.onnx")
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        # weights made before the newest features were added, at the end, do not see those
        self.pair_size = next(given.shape[2] for given in self.heads.get_inputs() if given.name == "pair")

        # a sentence is wanted again where the next one takes it too, and by the judge
        self.encode = lru_cache(maxsize=KEPT)(self._encode)
        self.half = lru_cache(maxsize=KEPT)(self._half)

    def _encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids and their offsets in `text`; (0, 0) for the marks at both ends."""
        encoded = self.tokenizer.encode(text)
        return encoded.ids, encoded.offsets

    def score(self, jobs: Sequence[Job], spare: float = SPARED) -> list[Scored | Spared]:
        """The probabilities for each job, in order, or only the odds where half the encoder suffices to tell them.

        Each sentence runs by itself and once, also where the next one takes it: a core has no use for larger batches, since
        time grows with the tokens, those of padding included; and so what is made of a sentence is the same whatever lies
        beside it.
        """
        out: list[Scored | Spared] = []
        wholes: dict[Part, F] = {}
        for job in jobs:
            halves = {part: self.half(part) for part in job.parts}
            given = self._given(job)
            if not job.plain and (odds := self._odds(job, halves, given)) < spare:
                out.append(Spared(odds))
                continue
            wholes = {part: wholes[part] if part in wholes else self._whole(halves[part]) for part in job.parts}
            given["hidden"] = np.concatenate([wholes[part] for part in job.parts])
            out.append(Scored(*self.heads.run(None, given)))
        return out

    def _half(self, part: Part) -> F:
        """What half the encoder makes of a sentence [tokens, WIDTH]; not to be written to."""
        half: F = self.lower.run(None, {"ids": np.array(part, dtype=np.int64)})[0]
        return half

    def _whole(self, half: F) -> F:
        whole: F = self.upper.run(None, {"given": half})[0]
        return whole

    def _odds(self, job: Job, halves: Mapping[Part, F], given: Mapping[str, F]) -> float:
        """Log odds that there is a claim, from half of the encoder."""
        hidden = np.concatenate([halves[part] for part in job.parts])
        asked = {"hidden": hidden, "pool": given["pool"], "party": given["party"], "pair": given["pair"]}
        return float(self.gate.run(None, asked)[0][0])

    def _given(self, job: Job) -> dict[str, F]:
        """What gate and heads get beside the encoder's answer."""
        m = len(job.spans) + 1
        nobody = np.zeros((m, 1), dtype=np.float32)
        nobody[-1] = 1
        party = np.zeros((m, PARTY_SIZE), dtype=np.float32)
        party[:-1] = job.party
        return {"pool": pooling(job), "nobody": nobody, "party": party, "pair": job.pair[:, :, : self.pair_size]}


@cache
def scorer() -> Scorer:
    """The scorer that comes with the program. Raises: ExtraError, where the models are not installed."""
    return Scorer(model_folder("claims/score"))
