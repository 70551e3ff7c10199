"""The learned scorer: which (source, accused) pairs of a sentence make a claim, with which stance, how firmly, on what basis.

An encoder of a few transformer layers (int8, ONNX) reads a sentence with the one before it; small heads (ONNX too) score
every pair of
parties at once. Weights, tokenizer and heads lie in `model/` and are made by `scripts/train_claims.py`. Without them the
rules read alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.pairs import PARTY_SIZE

__all__ = ["MAX_PARTIES", "MAX_TOKENS", "TAGS", "Job", "Scored", "scorer"]

MAX_TOKENS = 224
MAX_PARTIES = 28
TAGS = ("other", "act", "cue", "via")

F = npt.NDArray[np.float32]


class Job(NamedTuple):
    """One sentence to score: token ids, token ranges of the parties and of the sentence, features of parties and pairs."""

    tokens: list[int]
    spans: list[tuple[int, int]]
    sentence: tuple[int, int]
    party: F
    pair: F


class Scored(NamedTuple):
    """Probabilities. stance [n+1, n+1, 6] (0: no claim), firmness and basis [n+1, n+1, k], types [n+1, k], tags [tokens, 4]."""

    stance: F
    firmness: F
    basis: F
    source_type: F
    accused_type: F
    tags: F


class Scorer:
    """Encoder session, tokenizer and heads, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # onnxruntime joins addition and layer norm into one kernel, which on a CPU is the slower way: 12 % of the whole run
        self.session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.heads = onnxruntime.InferenceSession(str(folder / "heads.onnx"), options, providers=["CPUExecutionProvider"])
        # weights made before the newest features were added, at the end, do not see those
        self.pair_size = next(given.shape[2] for given in self.heads.get_inputs() if given.name == "pair")

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids and their offsets in `text`; (0, 0) for the marks at both ends."""
        encoded = self.tokenizer.encode(text)
        return encoded.ids, encoded.offsets

    def score(self, jobs: Sequence[Job]) -> list[Scored]:
        """The probabilities for each job, in order.

        Each runs by itself: a core has no use for larger batches, since time grows with the tokens, those of padding included;
        and so a sentence has the same score whatever lies beside it.
        """
        return [self.probabilities(self.hidden(job), job) for job in jobs]

    def hidden(self, job: Job) -> F:
        """What the encoder makes of each token of a sentence."""
        ids = np.array([job.tokens], dtype=np.int64)
        hidden: F = self.session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0]
        return hidden

    def probabilities(self, hidden: F, job: Job) -> Scored:
        """What the heads make of the encoder's answer."""
        m = len(job.spans) + 1
        pool = np.zeros((m, len(hidden)), dtype=np.float32)
        for row, (a, b) in enumerate(job.spans):
            pool[row, a:b] = 1.0 / (b - a)
        nobody = np.zeros((m, 1), dtype=np.float32)
        nobody[-1] = 1
        party = np.zeros((m, PARTY_SIZE), dtype=np.float32)
        party[:-1] = job.party
        sentence = np.zeros((1, len(hidden)), dtype=np.float32)
        x, y = job.sentence
        sentence[0, x:y] = 1.0 / (y - x)
        given = {
            "hidden": hidden,
            "pool": pool,
            "nobody": nobody,
            "party": party,
            "pair": job.pair[:, :, : self.pair_size],
            "sentence": sentence,
        }
        return Scored(*self.heads.run(None, given))


@cache
def scorer() -> Scorer | None:
    """The scorer, or None where its files are absent."""
    folder = resources.files(__package__).joinpath("model")
    path = Path(str(folder))
    return Scorer(path) if (path / "encoder.onnx").is_file() else None
