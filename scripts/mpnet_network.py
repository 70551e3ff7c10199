"""all-mpnet-base-v2 as an encoder of whole windows, to be taught further.

Its vocabulary is BERT's, moved by four places, so the pieces of the judge need not be cut again. Products are of 16 bits (bfloat16), which
processors with AMX multiply ten times as fast as those of 32; what is learnt is kept in 32.

References: K. Song et al., "MPNet: Masked and Permuted Pre-training for Language Understanding" (2020); weights of
sentence-transformers/all-mpnet-base-v2 (Apache-2.0).
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

__all__ = ["LAYERS", "MPNET_WIDTH", "Mpnet", "mpnet_ids", "published"]

MPNET_WIDTH = 768
HEADS, INNER, WORDS, PLACES, BUCKETS = 12, 3072, 30527, 514, 32
LAYERS = 10  # of twelve: who does what to whom is told best below the last
AS_PUBLISHED = 2  # of these, the lowest, which stay as they are
DIGEST = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of model.safetensors
MOVED, FIRST, PADDING, LAST = 4, 0, 1, 2
OPENS, CLOSES = 101, 102  # BERT's own marks


class Layer(nn.Module):
    """Attention with a bias by distance, then two linear layers; each with its norm after."""

    def __init__(self, fades: bool) -> None:
        super().__init__()
        self.seen = nn.Linear(MPNET_WIDTH, 3 * MPNET_WIDTH)
        self.out = nn.Linear(MPNET_WIDTH, MPNET_WIDTH)
        self.norm = nn.LayerNorm(MPNET_WIDTH, eps=1e-5)
        self.widen = nn.Linear(MPNET_WIDTH, INNER)
        self.narrow = nn.Linear(INNER, MPNET_WIDTH)
        self.last_norm = nn.LayerNorm(MPNET_WIDTH, eps=1e-5)
        self.drop = nn.Dropout(0.1 if fades else 0.0)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        b, t, _ = x.shape
        q, k, v = self.seen(x).view(b, t, 3, HEADS, MPNET_WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        # written out: at these lengths faster than the fused one, which does not use AMX
        looks = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(MPNET_WIDTH // HEADS) + bias, 3)
        x = self.norm(x + self.out((looks @ v).transpose(1, 2).reshape(x.shape)))
        return self.last_norm(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))  # type: ignore[no-any-return]


class Mpnet(nn.Module):
    """Tokens [b, t], there where `mask` [b, t] is true, to what the layers make of them [b, t, MPNET_WIDTH]."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, MPNET_WIDTH)
        self.places = nn.Embedding(PLACES, MPNET_WIDTH)
        self.norm = nn.LayerNorm(MPNET_WIDTH, eps=1e-5)
        self.distance = nn.Embedding(BUCKETS, HEADS)
        self.layers = nn.ModuleList(Layer(number % 3 == 2) for number in range(LAYERS))
        for part in (self.words, self.places, self.norm, self.distance, *self.layers[:AS_PUBLISHED]):
            part.requires_grad_(False)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        place = torch.arange(ids.shape[1])
        x = self.norm(self.words(ids) + self.places((place + 2).clamp(max=PLACES - 1)))
        bias = self.distance(_bucket(place[None] - place[:, None])).permute(2, 0, 1)[None]
        bias = bias.masked_fill(~mask[:, None, None], -1e4)
        for layer in self.layers:
            x = layer(x, bias)
        return x


def _bucket(distance: torch.Tensor) -> torch.Tensor:
    """Distances as the model was taught them: exact where short, by their logarithm up to 128."""
    half, exact = BUCKETS // 2, BUCKETS // 4
    far = distance.abs()
    long = exact + (torch.log(far.clamp(min=1) / exact) / math.log(128 / exact) * (half - exact)).long()
    return (distance > 0).long() * half + torch.where(far < exact, far, long.clamp(max=half - 1))


def mpnet_ids(piece: tuple[int, ...]) -> np.ndarray:
    """The tokens of a piece in its vocabulary."""
    return np.array([FIRST if one == OPENS else LAST if one == CLOSES else one + MOVED for one in piece])


def published(folder: Path) -> Mpnet:
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
    network = Mpnet()
    network.load_state_dict(state)
    return network


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
