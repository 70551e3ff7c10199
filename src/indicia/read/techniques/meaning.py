"""The fourth reader: how near the meaning of a short text comes to that of what ATT&CK says of each technique.

The lowest layers of the reader of claims are those of a published encoder of sentences (all-mpnet-base-v2), untouched by what
the reader learned. The mean of what they make of a text, as seen by a linear discriminant between the techniques, tells
paraphrases that share no word. It costs ten to thirty milliseconds a text, so that only short ones are read. Weights lie in
`model/meaning.npz` and hold for exactly these layers. Made by `scripts/train_techniques_nearest.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder, open_network

F = npt.NDArray[np.float32]

LAYERS = ("encoder-0.onnx", "encoder-1.onnx")  # words and the four lowest layers
LONGEST = 96  # tokens that are read
_OPENS, _CLOSES = 0, 2  # the tokens around a text


class Layers:
    """The published layers of the reader of claims, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._words, self._layers = (open_network(folder / name) for name in LAYERS)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def mean(self, text: str) -> F:
        """What the layers make of a text [width]."""
        ids = [_OPENS, *self._tokenizer.encode(text, add_special_tokens=False).ids, _CLOSES]
        plain = np.zeros((1, len(ids)), np.int64)
        given = {"ids": np.array([ids], np.int64), "shapes": plain, "zones": plain}
        hidden, bias = self._words.run(None, given)
        (hidden,) = self._layers.run(None, {"hidden": hidden, "bias": bias})
        mean: F = hidden[0].mean(0)
        return mean


class Meaning:
    """The discriminant, in the order of the machines' classes."""

    def __init__(self, layers: Layers, weights: F, offsets: F) -> None:
        self._layers, self._weights, self._offsets = layers, weights, offsets

    def nearness(self, text: str) -> F:
        """[techniques] by how many standard deviations each is nearer to the text than all are on the average."""
        odds = self._weights @ self._layers.mean(text) - self._offsets
        nearness: F = ((odds - odds.mean()) / odds.std()).astype(np.float32)
        return nearness


def checksum(folder: Path) -> int:
    """Tells the layers that the discriminant was made with from any others."""
    return crc32(b"".join((folder / name).read_bytes() for name in LAYERS))


def meaning_of(stored: Mapping[str, npt.NDArray[Any]]) -> Meaning:
    weights = stored["weights"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
    return Meaning(Layers(model_folder("claims")), weights, stored["offsets"].astype(np.float32))


@cache
def meaning() -> Meaning:
    """The discriminant that comes with the program. Raises: ExtraError, where the models are not installed."""
    with np.load(model_folder("techniques") / "meaning.npz") as stored:
        return meaning_of(stored)
