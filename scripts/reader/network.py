"""The network of the reader as it is taught: an encoder of chunks, and heads that find parties and judge pairs of them.

The encoder is all-mpnet-base-v2 (Apache-2.0), taught further, with two more embeddings: how a word is written, since its vocabulary
knows small letters only, and the zone of the chunk. Each pair of an accused (or a sentence) and a speaker (or nobody named) asks
the tokens of the chunk by attention, so that the words between and around the two decide.

References: K. Song et al., "MPNet: Masked and Permuted Pre-training for Language Understanding" (2020); spans and pairs as in
M. Eberts and A. Ulges, "Span-based Joint Entity and Relation Extraction" (2020).
"""

from __future__ import annotations

import json
import math
import struct
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from indicia.read.claims.network import FACTS, FIELDS, STANCES, TAGS, UNKNOWN, WIDEST

__all__ = ["WIDTH", "Encoder", "Reader", "published"]

WIDTH = 768
HEADS, INNER, WORDS, PLACES, BUCKETS, LAYERS = 12, 3072, 30527, 514, 32, 12
SHAPES, ZONES = 7, 5
PARTY, SPAN, PLACED = 384, 128, 64  # widths: of a party and a pair, of a span's ends, of distances
ASKING = 6  # heads with which a pair asks the tokens
DIGEST = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of model.safetensors


class Layer(nn.Module):
    """Attention with a bias by distance, then two linear layers; each with its norm after."""

    def __init__(self, fades: bool) -> None:
        super().__init__()
        self.seen = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.widen = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.drop = nn.Dropout(0.1 if fades else 0.0)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        b, t, _ = x.shape
        q, k, v = self.seen(x).view(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        looks = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + bias, 3)
        x = self.norm(x + self.out((looks @ v).transpose(1, 2).reshape(b, t, WIDTH)))
        return self.last_norm(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))  # type: ignore[no-any-return]


class Encoder(nn.Module):
    """The published encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.distance = nn.Embedding(BUCKETS, HEADS)
        self.layers = nn.ModuleList(Layer(number % 3 == 2) for number in range(LAYERS))

    def bias(self, length: int | torch.Tensor) -> torch.Tensor:
        """How tokens look at each other by their distance [1, HEADS, t, t]."""
        place = torch.arange(length)
        return self.distance(_bucket(place[None] - place[:, None])).permute(2, 0, 1)[None]  # type: ignore[no-any-return]


class Reader(nn.Module):
    """Tokens of chunks to what is claimed in them."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.enc = encoder
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.zone = nn.Embedding(ZONES, WIDTH)
        self.drop = nn.Dropout(0.15)
        self.begin = nn.Linear(WIDTH, 2 * SPAN)
        self.end = nn.Linear(WIDTH, 2 * SPAN)
        self.width = nn.Embedding(WIDEST, 2)
        self.uni = nn.Linear(2 * SPAN, 2)
        self.span = nn.ModuleList(nn.Sequential(nn.Linear(3 * WIDTH, PARTY), nn.GELU()) for _ in range(2))
        self.sent = nn.Sequential(nn.Linear(2 * WIDTH, PARTY), nn.GELU())
        self.unnamed = nn.Parameter(torch.randn(PARTY) * 0.05)
        self.dist = nn.Embedding(UNKNOWN + 2, PLACED)
        self.same = nn.Embedding(4, PLACED)
        self.one = nn.Linear(PARTY, PARTY)
        self.two = nn.Linear(PARTY, PARTY, bias=False)
        self.three = nn.Linear(PARTY, PARTY, bias=False)
        self.four = nn.Linear(PLACED, PARTY, bias=False)
        self.five = nn.Linear(PARTY, PARTY, bias=False)
        self.key = nn.Linear(WIDTH, 2 * PARTY)
        self.ask = nn.Linear(PARTY, PARTY)
        self.got = nn.Linear(PARTY, PARTY)
        self.n1 = nn.LayerNorm(PARTY)
        self.n2 = nn.LayerNorm(PARTY)
        self.ff = nn.Sequential(nn.Linear(PARTY, 3 * PARTY), nn.GELU(), nn.Linear(3 * PARTY, PARTY))
        self.stance = nn.Linear(PARTY, len(STANCES))
        self.alone = nn.Linear(2 * PARTY, len(STANCES))  # what is claimed of an anchor, whoever speaks: to learn from only
        self.fields = nn.ModuleDict({name: nn.Linear(PARTY, len(values)) for name, values in FIELDS.items()})
        self.tags = nn.Linear(WIDTH, 2 * len(TAGS))
        self.facts = nn.Sequential(nn.Dropout(0.15), nn.Linear(PARTY, len(FACTS)))
        self.lead = nn.ModuleList(nn.Linear(3 * PARTY + PLACED, PARTY) for _ in range(2))
        self.leads = nn.ModuleList(nn.Linear(PARTY, 1) for _ in range(2))
        for table in (self.shape, self.zone, self.width):
            nn.init.zeros_(table.weight)
        nn.init.constant_(self.stance.bias, -4.0)
        nn.init.constant_(self.alone.bias, -3.0)

    def embedded(self, ids: torch.Tensor, shapes: torch.Tensor, zones: torch.Tensor) -> torch.Tensor:
        """[b, t] -> [b, t, WIDTH]"""
        place = (torch.arange(ids.shape[1]) + 2).clamp(max=PLACES - 1)
        known = self.enc.norm(self.enc.words(ids) + self.enc.places(place))
        return known + self.shape(shapes) + self.zone(zones)  # type: ignore[no-any-return]

    def encode(self, ids: torch.Tensor, mask: torch.Tensor, shapes: torch.Tensor, zones: torch.Tensor) -> torch.Tensor:
        """[b, t] -> [b, t, WIDTH]; `mask` is true where a token is."""
        x = self.embedded(ids, shapes, zones)
        bias = self.enc.bias(ids.shape[1]).masked_fill(~mask[:, None, None], -1e4)
        for layer in self.enc.layers:
            x = layer(x, bias)
        return x

    def spans(self, hidden: torch.Tensor) -> torch.Tensor:
        """Of one chunk [t, WIDTH]: logits [2, t, WIDEST] that an accused, or a speaker, begins there and is so long."""
        t = hidden.shape[0]
        begin, end = self.begin(hidden).view(t, 2, SPAN), self.end(hidden).view(t, 2, SPAN)
        own = self.uni(begin.reshape(t, 2 * SPAN))
        later = functional.pad(end, (0, 0, 0, 0, 0, WIDEST - 1))
        scores = torch.stack([(begin * later[k : k + t]).sum(2) for k in range(WIDEST)], 2) / math.sqrt(SPAN)
        return (scores + self.width.weight.T[None] + own[:, :, None] - 4.0).permute(1, 0, 2)

    def parties(self, hidden: torch.Tensor, role: int, spans: torch.Tensor) -> torch.Tensor:
        """[n, 2] token ranges -> [n, PARTY]"""
        first, last, mean = _of(hidden, spans)
        return self.span[role](self.drop(torch.cat([first, last, mean], 1)))  # type: ignore[no-any-return]

    def sentences(self, hidden: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
        first, _, mean = _of(hidden, spans)
        return self.sent(self.drop(torch.cat([first, mean], 1)))  # type: ignore[no-any-return]

    def pairs(
        self,
        hidden: torch.Tensor,
        anchors: torch.Tensor,
        sentences: torch.Tensor,
        speakers: torch.Tensor,
        distance: torch.Tensor,
        where: torch.Tensor,
    ) -> torch.Tensor:
        """What is between each anchor [a, PARTY], of sentence [a, PARTY], and each speaker [s, PARTY]: [a, s, PARTY]."""
        z = self.one(anchors)[:, None] + self.two(speakers)[None] + self.three(self.drop(anchors[:, None] * speakers[None]))
        z = z + self.four(self.dist(distance) + self.same(where)) + self.five(sentences)[:, None]
        z = functional.gelu(self.n1(z))
        a, s, size = z.shape[0], z.shape[1], PARTY // ASKING
        question = self.ask(z).reshape(a * s, ASKING, size).transpose(0, 1)
        key, value = self.key(hidden).view(-1, 2, ASKING, size).permute(1, 2, 0, 3)
        looks = torch.softmax(question @ key.transpose(1, 2) / math.sqrt(size), 2)
        z = self.n2(z + self.got((looks @ value).transpose(0, 1).reshape(a, s, PARTY)))
        return z + self.ff(self.drop(z))  # type: ignore[no-any-return]

    def led(self, role: int, pointing: torch.Tensor, others: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
        """Logits [n, m] that each of `pointing` [n, PARTY] means each of `others` [m, PARTY]."""
        n, m = pointing.shape[0], others.shape[0]
        one, other = pointing[:, None].expand(n, m, PARTY), others[None].expand(n, m, PARTY)
        x = torch.cat([one, other, one * other, self.dist(distance)], 2)
        return self.leads[role](functional.gelu(self.lead[role](self.drop(x))))[:, :, 0]  # type: ignore[no-any-return]


def _of(hidden: torch.Tensor, spans: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The first and last token of spans, and the mean of all."""
    sums = torch.cat([torch.zeros(1, hidden.shape[1]), hidden.cumsum(0)], 0)
    first, end = spans[:, 0], spans[:, 1]
    return hidden[first], hidden[end - 1], (sums[end] - sums[first]) / (end - first)[:, None]


def _bucket(distance: torch.Tensor) -> torch.Tensor:
    """Distances as the encoder was taught them: exact where short, by their logarithm up to 128."""
    half, exact = BUCKETS // 2, BUCKETS // 4
    far = distance.abs()
    long = exact + (torch.log(far.clamp(min=1) / exact) / math.log(128 / exact) * (half - exact)).long()
    return (distance > 0).long() * half + torch.where(far < exact, far, long.clamp(max=half - 1))


def published(folder: Path) -> Encoder:
    """Raises: SystemExit, where `folder`/model.safetensors is not what was published."""
    data = (folder / "model.safetensors").read_bytes()
    if sha256(data).hexdigest() != DIGEST:
        raise SystemExit(f"{folder / 'model.safetensors'} is not all-mpnet-base-v2 as published")
    known = _tensors(data)
    state = {
        "words.weight": known["embeddings.word_embeddings.weight"],
        "places.weight": known["embeddings.position_embeddings.weight"],
        "distance.weight": known["encoder.relative_attention_bias.weight"],
    }
    names = {
        "out": "attention.attn.o", "norm": "attention.LayerNorm", "widen": "intermediate.dense", "narrow": "output.dense",
        "last_norm": "output.LayerNorm",
    }  # fmt: skip
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = known[f"embeddings.LayerNorm.{kind}"]
        for number in range(LAYERS):
            theirs = f"encoder.layer.{number}."
            state[f"layers.{number}.seen.{kind}"] = torch.cat([known[f"{theirs}attention.attn.{one}.{kind}"] for one in "qkv"])
            for mine, name in names.items():
                state[f"layers.{number}.{mine}.{kind}"] = known[f"{theirs}{name}.{kind}"]
    encoder = Encoder()
    encoder.load_state_dict(state)
    return encoder


def _tensors(data: bytes) -> dict[str, torch.Tensor]:
    """The tensors of 32 bits in a file of safetensors."""
    (size,) = struct.unpack("<Q", data[:8])
    out = {}
    for name, about in json.loads(data[8 : 8 + size]).items():
        if about.get("dtype") == "F32":
            start, end = about["data_offsets"]
            values = np.frombuffer(data, np.float32, (end - start) // 4, 8 + size + start)
            out[name] = torch.tensor(values.reshape(about["shape"]).copy())
    return out
