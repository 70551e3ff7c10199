"""The judge as it is trained: three layers that read a window in which one party is marked, and heads for each question.

What goes in are the token vectors of the packaged lower half, which stays as it is. The layers start from the packaged upper half.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from onnx_graph import ATTENTION, WIDTH
from torch import nn
from torch.nn import functional

from indicia.read.claims.score.judge import ANSWERS
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

__all__ = ["WIDTH", "Batch", "Judge", "Layer", "loss_of", "packaged", "packaged_layers"]

SEGMENTS = 4
# How much each question counts beside "is there a claim, with which stance".
WEIGHTS = {
    "stance": 1.0, "deed": 0.3, "tie": 0.4, "firm": 0.3, "tfirm": 0.15, "basis": 0.15, "at": 0.2, "pr": 0.15, "voice": 0.15,
    "stype": 0.15, "ch": 0.15,
}  # fmt: skip
SPEAKER = 0.7
SMOOTHING = 0.02


class Batch(NamedTuple):
    """Windows side by side, padded to the longest. `pool` [b, m, t] averages tokens into parties, `marked` [b, t] into the party that is
    asked about (zeros: nobody), `own` [b, t] into the sentence; `pair` [b, m + 2, PAIR_SIZE] is the column of that party for each
    source, nobody and the turn; `can` [b, m + 2] says who may be chosen, `right` who is; `answers` [b] by question, -100 unknown."""

    hidden: torch.Tensor
    segments: torch.Tensor
    mask: torch.Tensor
    pool: torch.Tensor
    party: torch.Tensor
    marked: torch.Tensor
    own: torch.Tensor
    pair: torch.Tensor
    about: torch.Tensor
    can: torch.Tensor
    right: torch.Tensor
    answers: dict[str, torch.Tensor]
    weight: torch.Tensor


class Layer(nn.Module):
    """One layer of a BERT, normalised after each half."""

    def __init__(self) -> None:
        super().__init__()
        self.inward = nn.Linear(WIDTH, 3 * WIDTH)
        self.outward = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, tokens, _ = x.shape
        parts = self.inward(x).view(batch, tokens, 3, ATTENTION, WIDTH // ATTENTION).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask[:, None, None, :])
        x = self.norm(x + self.drop(self.outward(seen.transpose(1, 2).reshape(batch, tokens, WIDTH))))
        return self.last_norm(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))


class Judge(nn.Module):
    """Three vectors stand before the tokens: one that gathers what is known of the window, nobody, and whoever has the turn."""

    def __init__(self, layers: int = 3) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.seg = nn.Embedding(SEGMENTS, WIDTH)
        self.role = nn.Parameter(torch.randn(WIDTH) * 0.05)
        self.party = nn.Linear(PARTY_SIZE, WIDTH, bias=False)
        self.special = nn.Parameter(torch.randn(1 + OUTSIDE, WIDTH) * 0.05)
        self.about = nn.Linear(ABOUT + PAIR_SIZE + 1, WIDTH)
        self.z = nn.Linear(3 * WIDTH, WIDTH)
        self.drop = nn.Dropout(0.2)
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTH, len(values)) for name, values in ANSWERS.items()})
        self.speaker_left = nn.Linear(WIDTH, WIDTH)
        self.speaker_claim = nn.Linear(WIDTH, WIDTH)
        self.speaker_right = nn.Linear(WIDTH, WIDTH)
        self.speaker_score = nn.Linear(WIDTH, 1)
        self.pair = nn.Linear(PAIR_SIZE, 64)
        self.pair_score = nn.Linear(64, 1)

    def forward(self, batch: Batch) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Logits of each question [b, k], and of who speaks [b, m + 2]."""
        size = len(batch.hidden)
        x = batch.hidden + self.seg(batch.segments) + (batch.marked > 0).float()[:, :, None] * self.role
        x = x + (batch.pool > 0).float().transpose(1, 2) @ self.party(batch.party)
        nobody = (batch.marked.sum(1) == 0).float()[:, None]
        known = self.special[0] + self.about(torch.cat([batch.about, batch.pair[:, :-1].amax(1), nobody], 1))
        before = torch.stack([known, *(one.expand(size, WIDTH) for one in self.special[1:])], 1)
        x = torch.cat([before, x], 1)
        mask = torch.cat([torch.ones(size, 1 + OUTSIDE, dtype=torch.bool), batch.mask], 1)
        for layer in self.layers:
            x = layer(x, mask)
        outside, tokens = x[:, 1 : 1 + OUTSIDE], x[:, 1 + OUTSIDE :]
        marked, own = (batch.marked[:, None] @ tokens)[:, 0], (batch.own[:, None] @ tokens)[:, 0]
        z = torch.relu(self.z(self.drop(torch.cat([x[:, 0], marked, own], 1))))
        scores = self.speakers(torch.cat([batch.pool @ tokens, outside], 1), z, batch.pair)
        return {name: head(self.drop(z)) for name, head in self.heads.items()}, scores.masked_fill(~batch.can, -1e4)

    def speakers(self, who: torch.Tensor, z: torch.Tensor, pair: torch.Tensor) -> torch.Tensor:
        """How well each of `who` [..., n, WIDTH] stands for the source of claim `z` [..., WIDTH]."""
        both = torch.tanh(self.speaker_left(who) + self.speaker_claim(z)[..., None, :])
        alike = (self.speaker_right(who) * z[..., None, :]).sum(-1) / math.sqrt(WIDTH)
        return self.speaker_score(both)[..., 0] + alike + self.pair_score(torch.relu(self.pair(pair)))[..., 0]


def loss_of(answers: dict[str, torch.Tensor], scores: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross entropy of each question where its answer is known, and of the set of right speakers."""
    total = torch.zeros(())
    for name, logits in answers.items():
        known = batch.answers[name] >= 0
        if known.any():
            each = functional.cross_entropy(
                logits[known], batch.answers[name][known], reduction="none", label_smoothing=SMOOTHING
            )
            total = total + WEIGHTS[name] * (each * batch.weight[known]).sum() / len(known)
    told = batch.right.sum(1) > 0
    if told.any():
        likely = torch.log_softmax(scores[told], 1).masked_fill(batch.right[told] == 0, -1e4)
        total = total - SPEAKER * torch.logsumexp(likely, 1).sum() / len(told)
    return total


def packaged_layers(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of the layers in `folder`/upper.onnx: whole numbers times their scales, in columns or in blocks."""
    import onnx
    from onnx import numpy_helper

    known = {weight.name: numpy_helper.to_array(weight) for weight in onnx.load(str(folder / "upper.onnx")).graph.initializer}
    out = {}
    for number in range(sum(name.endswith(".widen.bias") for name in known)):
        for part in ("inward", "outward", "norm", "widen", "narrow", "last_norm"):
            name = f"layer{number}.{part}"
            if f"{name}.blocks" in known:
                blocks = known[f"{name}.blocks"] * known[f"{name}.scale"].astype(np.float32)
                weight = blocks.reshape(-1, blocks.shape[-1]).T
            else:
                weight = known[f"{name}.weight"]
                if weight.dtype == np.int8:
                    weight = (weight * known[f"{name}.scale"]).T
            out[f"layers.{number}.{part}.weight"] = torch.tensor(np.ascontiguousarray(weight), dtype=torch.float32)
            out[f"layers.{number}.{part}.bias"] = torch.tensor(known[f"{name}.bias"].copy())
    return out


def packaged(folder: Path) -> Judge:
    """The judge that lies in `folder`, to be taught further: its layers as rounded when it was exported, all else as it was."""
    import onnx
    from onnx import numpy_helper

    state = packaged_layers(folder)
    model = Judge()
    wanted = model.state_dict()
    special = []
    for file in ("front.onnx", "heads.onnx"):
        for weight in onnx.load(str(folder / file)).graph.initializer:
            value = torch.tensor(numpy_helper.to_array(weight).astype(np.float32))
            name = weight.name.removeprefix("judge.")
            if name in wanted:
                state[name] = value
            elif file == "front.onnx" and value.dim() == 2 and value.shape[1] == WIDTH:
                special.append(value)  # torch cuts what stands before the tokens in two: what is known, and those outside
            elif value.shape == wanted["speaker_claim.weight"].shape:
                state["speaker_claim.weight"] = value.T.contiguous()  # turned, and without its name
    if "special" not in state:
        state["special"] = torch.cat(sorted(special, key=len))
    model.load_state_dict(state)
    return model
