"""The second reader: a few layers of a transformer see a whole sentence where the linear machines see words and pairs of them.

It is slow beside them, so it is loaded when the first sentence comes for which its answer can matter, and asked about such
sentences only. Weights lie in `model/encoder.onnx`, stored as int8 and computed as float32, and are made by
`scripts/train_techniques_encoder.py`; the tokenizer is that of all-MiniLM-L6-v2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder, open_network
from indicia.read.techniques.features import shaped

F = npt.NDArray[np.float32]

LONGEST = 96  # tokens of a sentence
TOGETHER = 32  # texts of equally many tokens that run at once


class Encoder:
    """Session and tokenizer, loaded once per process."""

    def __init__(self, file: Path, tokenizer: Path) -> None:
        from tokenizers import Tokenizer

        self._session = open_network(file)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def shares(self, texts: Sequence[str]) -> F:
        """[texts, marked techniques + 1] logarithms of probabilities; the last column is none of the techniques.

        Only texts of equally many tokens run together, so that none is padded.
        """
        tokens = [encoded.ids for encoded in self._tokenizer.encode_batch([shaped(text) for text in texts])]
        order = sorted(range(len(texts)), key=lambda k: len(tokens[k]))
        out: list[F | None] = [None] * len(texts)
        for _, group in groupby(order, key=lambda k: len(tokens[k])):
            alike = list(group)
            for at in range(0, len(alike), TOGETHER):
                own = alike[at : at + TOGETHER]
                answer = self._session.run(None, {"ids": np.array([tokens[k] for k in own], dtype=np.int64)})[0]
                for k, row in zip(own, answer, strict=True):
                    out[k] = row
        return np.array(out, dtype=np.float32)


@cache
def encoder() -> Encoder:
    """The encoder that comes with the program. Raises: ExtraError, where the models are not installed."""
    folder = model_folder("techniques")
    return Encoder(folder / "encoder.onnx", folder / "tokenizer.json")
