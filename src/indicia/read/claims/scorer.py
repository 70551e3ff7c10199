"""The learned scorer: which (source, accused) pairs of a sentence make a claim, with which stance, how firmly, on what basis.

An encoder of a few transformer layers (int8, ONNX) reads a sentence with the one before it; small heads in NumPy score every pair of
parties at once. Weights, tokenizer and heads lie in `model/` and are made by `scripts/train_claims.py`. Without them the
rules read alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.pairs import PARTY_SIZE

__all__ = ["MAX_PARTIES", "MAX_TOKENS", "TAGS", "Job", "Scored", "scorer"]

MAX_TOKENS = 224
MAX_PARTIES = 28
BATCH_TOKENS = 2048
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


def _softmax(x: F) -> F:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    result: F = e / e.sum(axis=-1, keepdims=True)
    return result


class Scorer:
    """Encoder session, tokenizer and heads, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        with np.load(folder / "heads.npz") as stored:
            self.w: dict[str, F] = {name: stored[name].astype(np.float32) for name in stored.files}
        self.settings: dict[str, Any] = (
            json.loads((folder / "settings.json").read_text("utf-8")) if (folder / "settings.json").exists() else {}
        )

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids and their offsets in `text`; (0, 0) for the marks at both ends."""
        encoded = self.tokenizer.encode(text)
        return encoded.ids, encoded.offsets

    def score(self, jobs: Sequence[Job]) -> list[Scored]:
        """The probabilities for each job, in order. Jobs of like length share a run, so little is padded."""
        order = sorted(range(len(jobs)), key=lambda i: len(jobs[i].tokens))
        out: dict[int, Scored] = {}
        at = 0
        while at < len(order):
            stop = at + 1
            while (
                stop < len(order)
                and len(jobs[order[stop]].tokens) * (stop + 1 - at) <= BATCH_TOKENS
                and (len(jobs[order[stop]].tokens) <= 1.4 * len(jobs[order[at]].tokens) + 6)
            ):
                stop += 1
            group = [jobs[i] for i in order[at:stop]]
            size = max(len(job.tokens) for job in group)
            ids = np.zeros((len(group), size), dtype=np.int64)
            mask = np.zeros((len(group), size), dtype=np.int64)
            for k, job in enumerate(group):
                ids[k, : len(job.tokens)] = job.tokens
                mask[k, : len(job.tokens)] = 1
            (hidden,) = self.session.run(None, {"ids": ids, "mask": mask})
            for k, job in enumerate(group):
                out[order[at + k]] = self._heads(hidden[k, : len(job.tokens)], job)
            at = stop
        return [out[i] for i in range(len(jobs))]

    def _linear(self, name: str, x: F) -> F:
        result: F = x @ self.w[f"{name}.weight"].T
        bias = self.w.get(f"{name}.bias")
        return result if bias is None else result + bias

    def _heads(self, h: F, job: Job) -> Scored:
        parties = np.stack([h[a:b].mean(axis=0) for a, b in job.spans]) if job.spans else np.zeros((0, h.shape[1]), np.float32)
        s = np.concatenate([parties, self.w["null_source"][None]])
        a = np.concatenate([parties, self.w["null_accused"][None]])
        f = np.concatenate([job.party.reshape(-1, PARTY_SIZE), self.w["null_party"][None]])
        sf, af = np.concatenate([s, f], 1), np.concatenate([a, f], 1)
        x, y = job.sentence
        z = (
            self._linear("source", sf)[:, None] + self._linear("accused", af)[None, :]
            + self._linear("context", h[x:y].mean(axis=0))[None, None] + self._linear("pair", job.pair)
            + self._linear("left", s)[:, None] * self._linear("right", a)[None, :]
        )  # fmt: skip
        np.maximum(z, 0, out=z)
        return Scored(
            stance=_softmax(self._linear("stance", z)),
            firmness=_softmax(self._linear("firmness", z)),
            basis=_softmax(self._linear("basis", z)),
            source_type=_softmax(self._linear("source_type", sf)),
            accused_type=_softmax(self._linear("accused_type", af)),
            tags=_softmax(self._linear("tags", h)),
        )


@cache
def scorer() -> Scorer | None:
    """The scorer, or None where its files are absent."""
    folder = resources.files(__package__).joinpath("model")
    path = Path(str(folder))
    return Scorer(path) if (path / "encoder.onnx").is_file() else None
