"""The judge as it is trained: three layers that read a window once, with a question beside it for each party that may be accused.

What goes in are the token vectors of the packaged lower half, which stays as it is. The pieces of a window see each other, and the questions see them:
each starts from what its party is, looks at the window and at none of the other questions, and ends as what the heads answer from. All products
are rounded as the packaged ones will be (`claims_network.Rounded`).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from claims_network import WIDTH, Layer
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from indicia.read.claims.score.judge import ANSWERS
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

__all__ = ["WIDTH", "Batch", "Judge", "loss_of", "packaged", "packaged_layers"]

SEGMENTS = 4
# How much each question counts beside "is there a claim, with which stance".
WEIGHTS = {
    "stance": 1.0, "deed": 0.3, "tie": 0.6, "firm": 0.4, "tfirm": 0.2, "basis": 0.2, "at": 0.3, "pr": 0.2, "voice": 0.3,
    "stype": 0.2, "ch": 0.2,
}  # fmt: skip
SPEAKER = 1.0
SMOOTHING = 0.02


class Batch(NamedTuple):
    """Windows side by side, padded: b windows of t tokens with m parties and q questions.

    `hidden` [b, t, WIDTH] are the tokens as the lower half reads them, in `segments` [b, t], `mask` [b, t] true where one is. `pool` [b, m, t]
    averages tokens into parties with features `party`, `own` [b, t] into the sentence.
    Of each question: the party `asked` [b, q, m] (zeros: nobody), `pair` [b, q, m + 2, PAIR_SIZE] (the column of that party for each source, nobody
    and the turn), `right` [b, q, m + 2] (who speaks), `answers` [b, q] by question (-100 unknown), `weight` [b, q] (0: no question). `can` [b, m + 2]
    says who may be chosen."""

    hidden: torch.Tensor
    segments: torch.Tensor
    mask: torch.Tensor
    pool: torch.Tensor
    party: torch.Tensor
    own: torch.Tensor
    about: torch.Tensor
    asked: torch.Tensor
    pair: torch.Tensor
    can: torch.Tensor
    right: torch.Tensor
    answers: dict[str, torch.Tensor]
    weight: torch.Tensor


class Judge(nn.Module):
    """Two vectors stand before the tokens: nobody, and whoever has the turn."""

    def __init__(self, layers: int = 3) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.seg = nn.Embedding(SEGMENTS, WIDTH)
        self.role = nn.Parameter(torch.randn(WIDTH) * 0.05)
        self.party = nn.Linear(PARTY_SIZE, WIDTH, bias=False)
        self.special = nn.Parameter(torch.randn(OUTSIDE, WIDTH) * 0.05)
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
        """Logits of each question [b, q, k], and of who speaks [b, q, m + 2]."""
        there = batch.weight > 0
        kept = torch.cat([torch.ones(len(there), OUTSIDE), batch.mask.float(), there.float()], 1)
        x = (
            self.front(batch.hidden, batch.segments, batch.pool, batch.party, batch.about, batch.asked, batch.pair)
            * kept[:, :, None]
        )
        sight = seen_by(batch.mask, there)
        for layer in self.layers:
            x = layer(x, kept, sight)
        t = OUTSIDE + batch.mask.shape[1]
        answers, scores = self.answers(
            x[:, :OUTSIDE], x[:, OUTSIDE:t], x[:, t:], batch.pool, batch.own, batch.asked, batch.pair
        )
        return answers, scores.masked_fill(~batch.can[:, None], -1e4)

    def front(
        self,
        hidden: torch.Tensor,
        segments: torch.Tensor,
        pool: torch.Tensor,
        party: torch.Tensor,
        about: torch.Tensor,
        asked: torch.Tensor,
        pair: torch.Tensor,
    ) -> torch.Tensor:
        """What the layers are given [b, 2 + t + q, WIDTH]: those outside, the tokens, the questions."""
        x = hidden + self.seg(segments) + (pool > 0).float().transpose(1, 2) @ self.party(party)
        nobody = (asked.sum(2, keepdim=True) == 0).float()
        where = about[:, None].expand(-1, asked.shape[1], -1)
        questions = asked @ (pool @ x) + self.about(torch.cat([where, pair[:, :, :-1].amax(2), nobody], 2)) + self.role
        return torch.cat([self.special.expand(len(x), -1, -1), x, questions], 1)

    def answers(
        self,
        outside: torch.Tensor,
        tokens: torch.Tensor,
        questions: torch.Tensor,
        pool: torch.Tensor,
        own: torch.Tensor,
        asked: torch.Tensor,
        pair: torch.Tensor,
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Logits from what the layers give."""
        sentence = (own[:, None] @ tokens).expand(-1, questions.shape[1], -1)
        who = pool @ tokens
        z = torch.relu(self.z(self.drop(torch.cat([questions, asked @ who, sentence], 2))))
        scores = self.speakers(torch.cat([who, outside], 1)[:, None], z, pair)
        return {name: head(self.drop(z)) for name, head in self.heads.items()}, scores

    def speakers(self, who: torch.Tensor, z: torch.Tensor, pair: torch.Tensor) -> torch.Tensor:
        """How well each of `who` [..., n, WIDTH] stands for the source of claim `z` [..., WIDTH]."""
        both = torch.tanh(self.speaker_left(who) + self.speaker_claim(z)[..., None, :])
        alike = (self.speaker_right(who) * z[..., None, :]).sum(-1) / math.sqrt(WIDTH)
        return self.speaker_score(both)[..., 0] + alike + self.pair_score(torch.relu(self.pair(pair)))[..., 0]


def seen_by(tokens: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
    """Who sees whom [b, n, n]: all see those outside and the tokens; a question sees itself beside."""
    size, q = asked.shape
    shared = torch.cat([torch.ones(size, OUTSIDE, dtype=torch.bool), tokens, torch.zeros(size, q, dtype=torch.bool)], 1)
    n = shared.shape[1]
    itself = torch.diag(torch.arange(n) >= n - q)
    return shared[:, None, :] | itself


def loss_of(answers: dict[str, torch.Tensor], scores: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross entropy of each question where its answer is known, and of the set of right speakers; for one window."""
    total = torch.zeros(())
    for name, logits in answers.items():
        known = batch.answers[name] >= 0
        if known.any():
            each = functional.cross_entropy(
                logits[known], batch.answers[name][known], reduction="none", label_smoothing=SMOOTHING
            )
            total = total + WEIGHTS[name] * (each * batch.weight[known]).sum()
    told = batch.right.sum(2) > 0
    if told.any():
        likely = torch.log_softmax(scores[told], 1).masked_fill(batch.right[told] == 0, -1e4)
        total = total - SPEAKER * torch.logsumexp(likely, 1).sum()
    return total / len(batch.weight)


def packaged_layers(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of the layers in `folder`/upper.onnx, the scorer's or the judge's: whole numbers times their scales."""
    known = {weight.name: numpy_helper.to_array(weight) for weight in onnx.load(str(folder / "upper.onnx")).graph.initializer}
    out = {}
    for number in range(sum(name.endswith(".widen.weight") for name in known)):
        for part in ("inward", "outward", "norm", "widen", "narrow", "last_norm"):
            weight = known[f"layer{number}.{part}.weight"]
            if weight.dtype == np.int8:
                weight = (weight * known[f"layer{number}.{part}.scale"]).T
            out[f"layers.{number}.{part}.weight"] = torch.tensor(np.ascontiguousarray(weight), dtype=torch.float32)
            out[f"layers.{number}.{part}.bias"] = torch.tensor(known[f"layer{number}.{part}.bias"].copy())
    return out


# Of each file, in its order: linear layers whose weights torch turned and renamed.
_TURNED = {
    "front.onnx": ("party", "about"),
    "heads.onnx": (
        "z", "speaker_left", "speaker_claim", "speaker_right", "speaker_score", "pair", "pair_score", *(f"heads.{name}" for name in ANSWERS),
    ),
}  # fmt: skip


def packaged(folder: Path) -> Judge:
    """The judge that lies in `folder`, to be taught further: its layers as rounded when it was exported, large weights to 16 bits."""
    state = packaged_layers(folder)
    model = Judge()
    wanted = model.state_dict()
    for file, names in _TURNED.items():
        turned = iter(names)
        for weight in onnx.load(str(folder / file)).graph.initializer:
            value = torch.tensor(numpy_helper.to_array(weight).astype(np.float32))
            if (name := weight.name.removeprefix("judge.")) in wanted:
                state[name] = value
            elif value.dim() == 3:
                state["special"] = value[0]
            elif value.dim() == 2:
                state[f"{next(turned)}.weight"] = value.T.contiguous()
    model.load_state_dict(state)
    return model
