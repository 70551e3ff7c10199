"""The reader's network: what it makes of a chunk of a document.

A transformer reads the tokens of a chunk once. Heads say which spans may be accused and which may speak, which words tell how
surely and of what, and for each pair of an accused and a speaker which stance the text makes the one take toward the other:
each with a probability of its own, so that two speakers of one sentence do not compete. The weights are made by `make models`
(`scripts/reader`), with everything below as it is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.models import model_folder, open_network
from indicia.read.claims.chunks import Chunk, Place
from indicia.records import AccusedType, Basis, Channel, DeedKind, Firmness, Prominence, SourceType, Stance, TieKind, Voice

F = npt.NDArray[np.float32]

STANCES = tuple(map(Stance, ("accuses", "endorses", "denies", "questions", "declines", "claims", "withdraws")))
# What the network answers about a claim, in the order of its outputs. None: nothing of the kind is said.
FIELDS: dict[str, tuple[Any, ...]] = {
    "deed": (None, *map(DeedKind, ("did", "directed", "enabled"))),
    "tie": (None, *map(TieKind, ("organ", "directed", "works_for", "linked", "aligned", "located", "tolerated"))),
    "firmness": tuple(map(Firmness, ("confirmed", "high", "moderate", "low", "hedged", "none"))),
    "tie_firmness": tuple(map(Firmness, ("confirmed", "high", "moderate", "low", "hedged", "none"))),
    "basis": tuple(map(Basis, ("technical", "intelligence", "legal", "political", "none stated"))),
    "channel": tuple(Channel),
    "voice": tuple(map(Voice, ("text", "issuer", "quote"))),
    "source_type": tuple(SourceType),
    "accused_type": tuple(AccusedType),
    "prominence": tuple(map(Prominence, ("announcement", "reported", "background"))),
    "repeated": (False, True),
}
# What a sentence tells of the incident that the document is mainly about; "background" is of another one.
FACTS = ("deed", "victims", "when", "how", "open", "corrected", "spared", "answer", "background")
TAGS = ("firmness_cue", "tie_cue", "basis_cue", "victims", "via", "not_accused", "incident")
WIDEST = 16  # tokens of a party
_NEAR = (0, 1, 2, 3, 5, 8, 12, 20, 32, 50, 80, 130, 220)  # tokens: distances up to each are alike
_STOPS = (".", '"', "”", "’", "!", "?")  # how a sentence ends that is no heading
UNKNOWN = 2 * (len(_NEAR) + 1)


def bucket(distance: int) -> int:
    """The class of a distance in tokens, before or after."""
    size = abs(distance)
    at = next((k for k, limit in enumerate(_NEAR) if size <= limit), len(_NEAR))
    return at if distance >= 0 else len(_NEAR) + 1 + at


def same(speaker: Place, sentence: Place, accused: Place | None) -> int:
    """Where a speaker stands to the sentence of an accused: 1 in it, 2 outside of it, 3 it is the accused."""
    if speaker == accused:
        return 3
    return 1 if sentence[0] <= speaker[0] < sentence[1] else 2


class Spans(NamedTuple):
    """For each token of a chunk: how probably a party begins there that is so many tokens long [tokens, WIDEST], and how
    probably a word of each of TAGS begins or goes on there [tokens, TAGS, 2]."""

    accused: F
    speakers: F
    tags: F


class Answers(NamedTuple):
    """What is said of each accused, then of each sentence as a whole (A rows), by each speaker, the last of which is nobody
    named (S columns): probabilities of the stances [A, S, STANCES], log odds of the values of FIELDS in their order
    [A, S, values], and which accused and which speakers lead back to which."""

    stances: F
    fields: F
    accused_led: F
    speakers_led: F


class Network:
    """The network of a folder with `encoder-*.onnx`, `spans.onnx`, `pairs.onnx`, `facts.npz` and `tokenizer.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        out = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        out.no_padding()
        out.no_truncation()
        return out

    @cached_property
    def _encoder(self) -> tuple[Any, ...]:
        return tuple(open_network(file) for file in sorted(self.folder.glob("encoder-*.onnx")))

    @cached_property
    def _heads(self) -> tuple[Any, Any]:
        return open_network(self.folder / "spans.onnx"), open_network(self.folder / "pairs.onnx")

    @cached_property
    def _facts(self) -> tuple[F, F]:
        with np.load(self.folder / "facts.npz") as file:
            return file["weights"].astype(np.float32), file["offsets"]

    def tokens(self, text: str) -> tuple[Sequence[int], Sequence[Place]]:
        """The token ids of a text and where each stands in it."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return encoded.ids, encoded.offsets

    def read(self, chunk: Chunk) -> F:
        """What the encoder makes of the tokens [tokens, width]. Chunks are read one by one: what stands beside one changes
        nothing of it."""
        words, *layers = self._encoder
        given = {"ids": chunk.ids, "shapes": chunk.shapes, "zones": chunk.zones}
        hidden, bias = words.run(None, {name: np.array(values, np.int64)[None] for name, values in given.items()})
        for part in layers:
            (hidden,) = part.run(None, {"hidden": hidden, "bias": bias})
        out: F = hidden[0]
        return out

    def spans(self, hidden: F) -> Spans:
        scores, tags = self._heads[0].run(None, {"hidden": hidden})
        return Spans(_probable(scores[0]), _probable(scores[1]), _probable(tags))

    def answers(self, chunk: Chunk, hidden: F, accused: Sequence[Place], speakers: Sequence[Place]) -> Answers:
        """What the chunk says of each of `accused` and in each of its own sentences, by each of `speakers`."""
        at = [_sentence_of(chunk, one) for one in accused] + list(range(len(chunk.own)))
        starts = [one[0] for one in accused] + [one[0] for one in chunk.own]
        distance = np.full((len(at), len(speakers) + 1), UNKNOWN, np.int64)
        where = np.zeros((len(at), len(speakers) + 1), np.int64)
        for i, sentence in enumerate(at):
            for j, speaker in enumerate(speakers):
                distance[i, j] = bucket(speaker[0] - starts[i])
                where[i, j] = same(speaker, chunk.own[sentence], accused[i] if i < len(accused) else None)
        stances, fields, accused_led, speakers_led, _ = self._heads[1].run(
            None,
            {
                "hidden": hidden,
                "accused": _places(accused),
                "speakers": _places(speakers),
                "sentences": _places(chunk.own),
                "at": np.array(at, np.int64),
                "distance": distance,
                "where": where,
                "accused_distance": _between(accused),
                "speakers_distance": _between(speakers),
            },
        )
        return Answers(_probable(stances), fields, _probable(accused_led), _probable(speakers_led))

    def facts(self, chunk: Chunk, hidden: F, text: str) -> F:
        """How probably each own sentence of a chunk tells each of FACTS [sentences, FACTS]."""
        weights, offsets = self._facts
        return _probable(sentence_features(chunk, hidden, text) @ weights.T + offsets)


def sentence_features(chunk: Chunk, hidden: F, text: str) -> F:
    """What is known of each own sentence of a chunk: its first token, the mean of all, and where it stands and how long it is
    [sentences, 2 * width + 5]."""
    rows = []
    for first, end in chunk.own:
        start, stop = chunk.text_range((first, end))
        told = text[start:stop].rstrip()
        beside = (start < 40, np.exp(-start / 400), np.exp(-start / 1500), min(1.0, len(told) / 300), not told.endswith(_STOPS))
        rows.append(np.concatenate([hidden[first], hidden[first:end].mean(0), np.array(beside, np.float32)]))
    return np.array(rows, np.float32).reshape(len(chunk.own), -1)


def _places(places: Sequence[Place]) -> npt.NDArray[np.int64]:
    return np.array(places, np.int64).reshape(-1, 2)


def _between(places: Sequence[Place]) -> npt.NDArray[np.int64]:
    """Distances of each to each [n, n]."""
    rows = [[bucket(other[0] - one[0]) for other in places] for one in places]
    return np.array(rows, np.int64).reshape(len(places), len(places))


def _sentence_of(chunk: Chunk, place: Place) -> int:
    return next((k for k, (start, end) in enumerate(chunk.own) if start <= place[0] < end), 0)


def _probable(logits: F) -> F:
    return (1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -30, 30)))).astype(np.float32)


@cache
def network() -> Network:
    """The network that comes with the program: the large one where it is installed. Raises: ExtraError, where none is."""
    return Network(model_folder("claims"))
