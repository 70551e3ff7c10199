"""The network behind the claims reader as it is trained: a few layers of MiniLM with int8 products, and heads over all pairs of parties.

What the packaged encoder does in int8 is done here in float32 with the same roundings ("fake" quantisation): weights to seven bits a column,
what flows in to eight bits a sentence. Gradients pass the roundings by, so the weights settle where rounding costs little. Seven bits
and not eight, because processors without VNNI add two products of a byte and a weight in 16 bits: 2 * 255 * 63 fits, 2 * 255 * 127 does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from onnx_graph import ATTENTION, LEVELS, WIDTH
from torch import nn

from indicia.read.claims.score.pairs import ACCUSED_TYPES, PAIR_SIZE, PARTY_SIZE, STANCES
from indicia.records import Basis, Firmness, SourceType

__all__ = ["HEADS_OUT", "WIDTH", "Encoder", "Layer", "Reader", "load_encoder", "rounded_table"]

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HEADS_OUT = ("stance", "firmness", "basis", "source_type", "accused_type")
TAGS = 4  # words of the act, of the cue, of relays, others: an exercise beside the task, left out of the package


class _Round(torch.autograd.Function):
    """Rounds to multiples of a step. Gradients pass by."""

    @staticmethod
    def forward(_: Any, x: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        return torch.div(x, step).round_().mul_(step)

    @staticmethod
    def backward(_: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
        return gradient, None


class Rounded(nn.Linear):
    """A linear layer that computes as the packaged one will. `short`: with products of 16 bits, ten times as fast with AMX."""

    short = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`x` [batch, tokens, width], each sentence rounded by its own range, which includes 0."""
        with torch.no_grad():
            scale = torch.maximum(self.weight.amax(1), -self.weight.amin(1)).clamp(min=1e-9)[:, None] / LEVELS
            reach = x.amax((1, 2)).clamp(min=0) - x.amin((1, 2)).clamp(max=0)
            step = (reach / 255).clamp(min=1e-12)[:, None, None]
        x, weight = _Round.apply(x, step), _Round.apply(self.weight, scale)
        if self.short:
            return nn.functional.linear(x.bfloat16(), weight.bfloat16(), self.bias.bfloat16()).float()
        return nn.functional.linear(x, weight, self.bias)


class Layer(nn.Module):
    """One layer of a BERT, normalised after each half."""

    def __init__(self) -> None:
        super().__init__()
        self.inward = Rounded(WIDTH, 3 * WIDTH)
        self.outward = Rounded(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = Rounded(WIDTH, 4 * WIDTH)
        self.narrow = Rounded(4 * WIDTH, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor, seen_by: torch.Tensor | None = None) -> torch.Tensor:
        """`mask` [batch, tokens] is 1 where there is a token; what stands elsewhere is kept at 0, out of the way of ranges. `seen_by`
        [batch, tokens, tokens]: who sees whom, if not all see all."""
        batch, tokens, _ = x.shape
        parts = self.inward(x).view(batch, tokens, 3, ATTENTION, WIDTH // ATTENTION).permute(2, 0, 3, 1, 4)
        sight = mask[:, None, None, :].bool() if seen_by is None else seen_by[:, None]
        seen = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=sight)
        seen = seen.transpose(1, 2).reshape(batch, tokens, WIDTH) * mask[:, :, None]
        x = self.norm(x + self.drop(self.outward(seen))) * mask[:, :, None]
        inner = nn.functional.gelu(self.widen(x)) * mask[:, :, None]
        return self.last_norm(x + self.drop(self.narrow(inner))) * mask[:, :, None]


class Encoder(nn.Module):
    """Embeddings and layers. The embeddings and the lowest `frozen` layers stay as they are: what they yield is computed once. After
    `middle` layers the gate has its say whether the others are worth running."""

    def __init__(self, layers: int, frozen: int, middle: int, vocabulary: int = 30522) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.frozen, self.middle = frozen, middle
        for part in (self.words, self.places, self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)

    def lower(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Through the embeddings and the frozen layers; the same for a text in every epoch."""
        x = self.words(ids) + self.places.weight[: ids.shape[1]]
        return self._through(self.norm(x) * mask[:, :, None], mask, 0, self.frozen)

    def half(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """On to where the gate looks."""
        return self._through(hidden, mask, self.frozen, self.middle)

    def rest(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """From there, or from above the frozen layers, to the end."""
        return self._through(hidden, mask, max(self.frozen, self.middle), len(self.layers))

    def _through(self, hidden: torch.Tensor, mask: torch.Tensor, first: int, last: int) -> torch.Tensor:
        for layer in self.layers[first:last]:
            hidden = layer(hidden, mask)
        return hidden


def rounded_table(table: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A table as int8 rows and a scale for each."""
    scale = table.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
    return torch.round(table / scale).to(torch.int8), scale


def load_encoder(folder: Path, layers: Sequence[int], frozen: int, middle: int) -> Encoder:
    """The named layers of all-MiniLM-L6-v2, which lies in `folder`."""
    from safetensors.torch import load

    content = (folder / "model.safetensors").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WEIGHTS:
        raise SystemExit(f"{folder}/model.safetensors has sha256 {digest}, not the published one")
    known = load(content)
    encoder = Encoder(len(layers), frozen, middle)
    state = {
        "words.weight": torch.mul(*rounded_table(known["embeddings.word_embeddings.weight"])),
        # each text is of one piece: the embedding of "first piece" is part of every place
        "places.weight": known["embeddings.position_embeddings.weight"] + known["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": known["embeddings.LayerNorm.weight"],
        "norm.bias": known["embeddings.LayerNorm.bias"],
    }
    for mine, theirs in enumerate(layers):
        at = f"encoder.layer.{theirs}."
        for kind in ("weight", "bias"):
            state[f"layers.{mine}.inward.{kind}"] = torch.cat(
                [known[f"{at}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
            )
            for name, theirs_name in (
                ("outward", "attention.output.dense"), ("norm", "attention.output.LayerNorm"), ("widen", "intermediate.dense"),
                ("narrow", "output.dense"), ("last_norm", "output.LayerNorm"),
            ):  # fmt: skip
                state[f"layers.{mine}.{name}.{kind}"] = known[f"{at}{theirs_name}.{kind}"]
    encoder.load_state_dict(state)
    return encoder


class Gate(nn.Module):
    """Whether a sentence may hold a claim at all: a few units look at each party, with what the rules see in its pairs."""

    def __init__(self, hidden: int = 48) -> None:
        super().__init__()
        self.party = nn.Linear(WIDTH + PARTY_SIZE + PAIR_SIZE, hidden)
        self.around = nn.Linear(2 * WIDTH, hidden)
        self.answer = nn.Linear(hidden, 1)

    def forward(self, hidden: torch.Tensor, pool: torch.Tensor, party: torch.Tensor, pair: torch.Tensor) -> torch.Tensor:
        """Log odds [batch, 1]; the arguments are those of `Reader.heads`, with `hidden` from the middle of the encoder."""
        mean = pool @ hidden
        each = self.party(torch.cat([mean[:, :-2], party, pair.amax(2)], 2))
        return self.answer(torch.relu(each + self.around(mean[:, -2:].flatten(1))[:, None]).amax(1))


class Reader(nn.Module):
    """Encoder, gate and heads."""

    def __init__(self, encoder: Encoder, hidden: int = 192) -> None:
        super().__init__()
        self.encoder = encoder
        self.gate = Gate()
        self.null_source = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.null_accused = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.null_party = nn.Parameter(torch.zeros(PARTY_SIZE))
        self.source = nn.Linear(WIDTH + PARTY_SIZE, hidden)
        self.accused = nn.Linear(WIDTH + PARTY_SIZE, hidden)
        self.context = nn.Linear(2 * WIDTH, hidden)
        self.pair = nn.Linear(PAIR_SIZE, hidden)
        self.left = nn.Linear(WIDTH, hidden, bias=False)
        self.right = nn.Linear(WIDTH, hidden, bias=False)
        self.drop = nn.Dropout(0.2)
        self.stance = nn.Linear(hidden, len(STANCES) + 1)
        self.firmness = nn.Linear(hidden, len(Firmness))
        self.basis = nn.Linear(hidden, len(Basis))
        self.source_type = nn.Linear(WIDTH + PARTY_SIZE, len(SourceType))
        self.accused_type = nn.Linear(WIDTH + PARTY_SIZE, len(ACCUSED_TYPES))
        self.tags = nn.Linear(WIDTH, TAGS)

    def heads(
        self, hidden: torch.Tensor, pool: torch.Tensor, nobody: torch.Tensor, party: torch.Tensor, pair: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Logits of sentences from their token vectors `hidden` [batch, tokens, width], those of the sentence before first.

        `pool` [batch, m + 2, tokens] averages tokens into m parties; its last two rows average the sentence itself and the one before it.
        The row of "nobody" is zero, `nobody` [batch, m, 1] is 1 there. `party` [batch, m, PARTY_SIZE], `pair` [batch, m, m, PAIR_SIZE].
        """
        mean = pool @ hidden
        around = mean[:, -2:].flatten(1)
        mean = mean[:, :-2]
        s = mean + nobody * self.null_source
        a = mean + nobody * self.null_accused
        f = party + nobody * self.null_party
        sf, af = torch.cat([s, f], 2), torch.cat([a, f], 2)
        z = (
            self.source(self.drop(sf))[:, :, None] + self.accused(self.drop(af))[:, None] + self.context(around)[:, None, None]
            + self.pair(pair) + self.left(s)[:, :, None] * self.right(a)[:, None]
        )  # fmt: skip
        z = self.drop(torch.relu(z))
        return {
            "stance": self.stance(z), "firmness": self.firmness(z), "basis": self.basis(z),
            "source_type": self.source_type(sf), "accused_type": self.accused_type(af), "tags": self.tags(self.drop(hidden)),
        }  # fmt: skip
