"""The learned part: margins of sentences against every technique, and how a margin becomes a probability.

Weights lie in `model/` and are made by `scripts/train_techniques.py`: sparse int8 rows, one for each hashed feature. A
margin says how far a sentence is on a technique's side; the probability also weighs what the rest of the document says
(`Judge`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder
from indicia.read.techniques.features import BUCKETS, Features
from indicia.read.techniques.pairs import PairJudge, Pairs, asked, candidates, chosen, with_encoder

F = npt.NDArray[np.float32]
I = npt.NDArray[np.int64]  # noqa: E741

BATCH = 128  # sentences scored in one step; bounds the memory of a huge document
ALONE = 2  # up to so many passages there is no document to learn from: they are judged as texts that stand alone


class Scorer:
    """All techniques' weights, loaded once per process."""

    def __init__(self, folder: Path) -> None:
        self.settings = json.loads((folder / "settings.json").read_text("utf-8"))
        self.classes: list[str] = self.settings["classes"]
        alone: list[str] = self.settings["alone"]
        self.features = Features()
        index = {id: k for k, id in enumerate(self.classes)}
        self.parents: I = np.array(
            [index.get(id.split(".")[0], -1) if "." in id else -1 for id in self.classes], dtype=np.int64
        )
        with np.load(folder / "weights.npz") as stored:
            self._row = np.full(BUCKETS, -1, dtype=np.int32)
            self._row[np.cumsum(stored["gaps"], dtype=np.int64)] = np.arange(len(stored["gaps"]), dtype=np.int32)
            self._idf2 = stored["idf"].astype(np.float32) ** 2
            self._lengths = stored["counts"].astype(np.int64)
            self._starts = np.concatenate([[0], np.cumsum(self._lengths)[:-1]])
            self._columns = stored["columns"]
            self._values = stored["values"]
            self._scale: F = stored["scale"].astype(np.float32)
            self._bias: F = stored["bias"].astype(np.float32)
            self._marked: npt.NDArray[np.bool_] = stored["marked"].astype(bool)
            self._judges = {
                name: PairJudge(stored[f"{name}_weights"].astype(np.float32), stored[f"{name}_offset"].astype(np.float32))
                for name in ("marked", "rest", "marked_alone", "rest_alone", "marked_read", "marked_alone_read")
                if f"{name}_weights" in stored
            }
        self._broad = np.isin(np.arange(len(self.classes)), self.parents)  # parents of sub-techniques say least
        self._columns_alone: I = np.array([index[id] for id in alone], dtype=np.int64)
        self._columns_marked: I = np.flatnonzero(self._marked)
        self._parents_marked = _within(self.parents, self._columns_marked)

    @property
    def marked(self) -> list[str]:
        """The techniques that marked reports taught: those of the encoder, in its order."""
        return [self.classes[k] for k in self._columns_marked]

    @property
    def taught(self) -> npt.NDArray[np.bool_]:
        """Of each technique whether marked reports taught it."""
        return self._marked

    def judge(
        self,
        margins: F,
        lengths: Sequence[int],
        *,
        alone: bool = False,
        read: Callable[[Sequence[int]], F | None] | None = None,
        most: int = 1000,
    ) -> list[tuple[int, int, float]]:
        """(sentence, technique, probability) of what the passages of one document describe, in their order.

        Techniques that marked reports taught are judged among each other, as they were learned; the rest, known from
        ATT&CK's examples only, have a judge and a higher threshold of their own. For `read` see `weigh`.
        """
        pairs, probabilities = self.weigh(margins, lengths, alone=alone, read=read, most=most)
        return self.said(pairs, probabilities, alone=alone)

    def said(self, pairs: Pairs, probabilities: F, *, alone: bool = False) -> list[tuple[int, int, float]]:
        """(sentence, technique, probability) of the pairs above their technique's threshold, in their order."""
        taught, untaught, broad = self.settings["thresholds_alone" if alone else "thresholds"]
        thresholds = np.where(self._marked, taught, np.where(self._broad, broad, untaught)).astype(np.float32)
        said = chosen(pairs, probabilities, thresholds, self.parents, self.settings["share"])
        found = [(int(pairs.sentence[k]), int(pairs.technique[k]), float(probabilities[k])) for k in np.flatnonzero(said)]
        return sorted(found)

    def weigh(
        self,
        margins: F,
        lengths: Sequence[int],
        *,
        alone: bool = False,
        read: Callable[[Sequence[int]], F | None] | None = None,
        most: int = 1000,
    ) -> tuple[Pairs, F]:
        """The pairs of a passage and a technique that are worth judging, and their probabilities.

        `read` gives the encoder's shares of the sentences that it is asked about (None if there is no encoder): those in
        which a marked technique is likely enough that its answer matters, the least clear `most` of them.
        """
        marked = candidates(margins[:, self._columns_marked], lengths, self._parents_marked)
        whole = candidates(margins, lengths, self.parents)
        other = ~self._marked[whole.technique]
        rest = Pairs(whole.sentence[other], whole.technique[other], whole.signs[other])
        place = np.cumsum(~self._marked) - 1
        taught = self.settings["thresholds_alone" if alone else "thresholds"][0]
        first = self._judges["marked_alone" if alone else "marked"].probabilities(marked)
        judged = [
            first if read is None else self._reread(marked, first, taught, read, most, alone=alone),
            self._judges["rest_alone" if alone else "rest"].probabilities(rest._replace(technique=place[rest.technique])),
        ]
        pairs = Pairs(
            np.concatenate([marked.sentence, rest.sentence]),
            np.concatenate([self._columns_marked[marked.technique], rest.technique]),
            np.concatenate([marked.signs, rest.signs]),
        )
        return pairs, np.concatenate(judged)

    def _reread(
        self, marked: Pairs, first: F, threshold: float, read: Callable[[Sequence[int]], F | None], most: int, *, alone: bool
    ) -> F:
        """The probabilities after the encoder was asked."""
        judge = self._judges.get("marked_alone_read" if alone else "marked_read")
        rows = (
            asked(marked, first, self.settings["ask_alone" if alone else "ask"]) if judge is not None else np.zeros(0, np.int64)
        )
        if len(rows) > most:
            unclear = np.full(int(marked.sentence.max()) + 1, np.inf)
            np.minimum.at(unclear, marked.sentence, np.abs(first - threshold))
            rows = np.sort(rows[np.argsort(unclear[rows], kind="stable")[:most]])
        shares = read(rows.tolist()) if len(rows) else None
        if judge is None or shares is None:
            return first
        own = np.isin(marked.sentence, rows)
        pairs = Pairs(marked.sentence[own], marked.technique[own], marked.signs[own])
        pairs = with_encoder(pairs, shares, np.searchsorted(rows, pairs.sentence), self._parents_marked)
        result = first.copy()
        result[own] = judge.probabilities(pairs)
        return result

    def margins(self, texts: Sequence[str], *, alone: bool = False) -> F:
        """[texts, techniques]. `alone`: the texts are no passages of a document but chosen by someone; machines that learned
        from chosen spans then have the larger say."""
        parts = [self._margins(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        whole = np.concatenate(parts) if parts else np.zeros((0, len(self._bias)), np.float32)
        passages, spans = whole[:, : len(self.classes)], whole[:, len(self.classes) :]
        if alone:
            share = self.settings["share_of_spans"]
            passages[:, self._columns_alone] = share * spans + (1 - share) * passages[:, self._columns_alone]
        return passages

    def _margins(self, texts: Sequence[str]) -> F:
        size = len(self._bias)
        each = [self.features.of(text) for text in texts]
        text = np.repeat(np.arange(len(texts)), [len(one) for one in each])
        row = self._row[np.concatenate(each)]
        text, row = text[row >= 0], row[row >= 0]
        length = np.sqrt(np.bincount(text, weights=self._idf2[row], minlength=len(texts)))
        counts = self._lengths[row]
        before = np.cumsum(counts) - counts
        at = np.repeat(self._starts[row] - before, counts) + np.arange(counts.sum())
        cell = np.repeat(text, counts) * size + self._columns[at]
        sums = np.bincount(cell, weights=self._values[at], minlength=len(texts) * size).reshape(len(texts), size)
        result: F = (sums * self._scale / np.maximum(length, 1e-9)[:, None] + self._bias).astype(np.float32)
        return result


@cache
def scorer() -> Scorer:
    """The linear machines that come with the program. Raises: ExtraError, where the models are not installed."""
    return Scorer(model_folder("techniques"))


def _within(parents: I, columns: I) -> I:
    """`parents` of the chosen columns, renumbered to them."""
    place = np.full(len(parents) + 1, -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    result: I = place[parents[columns]]
    return result
