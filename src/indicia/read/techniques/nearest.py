"""The third reader: how near a text comes to what ATT&CK itself says of each technique.

Marked reports taught few techniques and ATT&CK's examples are short; its descriptions tell all of them apart. A text and a
description are bags of stems, weighed by how few descriptions hold them; their similarity is the cosine. Weights lie in
`model/nearest.npz`, without a word in them: a stem is the CRC-32 of its letters. Made by `scripts/train_techniques_nearest.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder
from indicia.read.techniques.features import BUCKETS, stemmed, words

F = npt.NDArray[np.float32]
I = npt.NDArray[np.int64]  # noqa: E741


SIGNS = ("similarity", "lead over others that are no kin", "margin of the machines")
_CHOSEN = 1.7  # log-odds of .69 (TRAM's marked sentences) above those of .285 (pairs of CTI-HAL's and AnnoCTR's)
_SHARE = 5.0  # of a similarity beside a margin
_MEANT = 0.4  # of a nearness of meaning


class Best(NamedTuple):
    """The technique whose description a text comes nearest to, its `SIGNS`, and how probably it is right."""

    technique: int
    signs: F
    probability: float


def buckets_of(text: str) -> I:
    """The buckets of a text's stems, ascending, without repeats."""
    stems = {stemmed(word.lower()) for word in words(text)}
    return np.array(sorted({crc32(one.encode()) % BUCKETS for one in stems}), dtype=np.int64)


class Nearest:
    """Descriptions of all techniques, in the order of the machines' classes, loaded once per process."""

    def __init__(self, stored: Mapping[str, npt.NDArray[Any]]) -> None:
        buckets = np.cumsum(stored["gaps"], dtype=np.int64)
        self._idf = stored["idf"].astype(np.float32)
        self._lengths = stored["counts"].astype(np.int64)
        self._columns = stored["columns"].astype(np.int64)
        self._values = stored["values"].astype(np.float32) * stored["scale"].astype(np.float32)[self._columns]
        self._size = len(stored["scale"])
        *weights, self._bias, self.threshold = stored["judge"].tolist()
        self._weights = np.array(weights, np.float32)
        self._row = np.full(BUCKETS, -1, dtype=np.int64)
        self._row[buckets] = np.arange(len(buckets))
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)[:-1]])

    def similarities(self, texts: Sequence[str]) -> F:
        """[texts, techniques] within 0 and 1. A stem that no description holds says nothing, and does not count."""
        out = np.zeros((len(texts), self._size), np.float32)
        for own, text in zip(out, texts, strict=True):
            rows = self._row[buckets_of(text)]
            rows = rows[rows >= 0]
            length = float(np.sqrt((self._idf[rows] ** 2).sum()))
            for row in rows.tolist() if length else ():
                at, count = self._starts[row], self._lengths[row]
                own[self._columns[at : at + count]] += self._values[at : at + count] * (self._idf[row] / length)
        return out

    def best(self, similarity: F, margins: F, nearness: F, parents: I, *, chosen: bool = False) -> Best:
        """The best technique of one text, by its similarities, the machines' margins and its meaning. `chosen`: the text is
        known to tell of techniques, as one in four pairs of a report's sentences does and seven in ten that somebody chose."""
        scores = _SHARE * similarity + margins + _MEANT * nearness
        technique = int(np.argmax(scores))
        roots = np.where(parents >= 0, parents, np.arange(len(parents)))
        lead = scores[technique] - scores[roots != roots[technique]].max()
        signs = np.array([similarity[technique], lead, margins[technique]], np.float32)
        odds = float(signs @ self._weights) + self._bias + (_CHOSEN if chosen else 0.0)
        return Best(technique, signs, float(1 / (1 + np.exp(-np.clip(odds, -30, 30)))))


@cache
def nearest() -> Nearest:
    """The descriptions that come with the program. Raises: ExtraError, where the models are not installed."""
    with np.load(model_folder("techniques") / "nearest.npz") as stored:
        return Nearest(stored)
