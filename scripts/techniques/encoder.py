"""The encoder of techniques: a few layers of a MiniLM that read a sentence as a whole, where the linear machines see words and
pairs of words.

It is taught in two steps: which technique an example of ATT&CK's or a rule of Sigma's shows, for all techniques; then the marked
techniques in the reports, or "none of them". The first step sees no report and serves all folds.

Needs torch and transformers.
"""

from __future__ import annotations

import copy
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from indicia.read.techniques.encoder import LONGEST
from indicia.read.techniques.features import shaped
from scripts.techniques.data import Example, Texts
from scripts.techniques.machines import family

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS = 4
FROZEN = 2  # the lowest layers learn in the first step only: a third of the second's time
WIDTH = 384
UNKNOWN = 100  # the token of a piece of a word that was never seen
BATCH = 32
BALANCE = (
    0.5  # how much of a technique's frequency is taken out of what is learned: 1 makes rare ones as likely as frequent ones
)

# The part of each kind that an epoch of the second step shows. Of ATT&CK's own texts those of marked techniques, and few others.
SHOWN = {"span": 1.0, "sentence": 0.7, "nothing": 0.3, "procedure": 0.5, "description": 0.5, "rule": 0.5, "quiet": 0.3}
SHOWN_OTHER = {"procedure": 0.1, "rule": 0.1, "description": 0.05}


class Encoder(nn.Module):
    """[texts, classes] logits of texts given as tokens. `rows` [vocabulary] maps a token to its row of `table`."""

    def __init__(self, folder: Path, layers: int, seen: Sequence[int], classes: int) -> None:
        super().__init__()
        from transformers import BertModel

        digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        if digest != WEIGHTS:
            raise SystemExit(f"{folder}/model.safetensors has sha256 {digest}, not the published one")
        bert: Any = BertModel.from_pretrained(str(folder), add_pooling_layer=False)
        kept = sorted({UNKNOWN, *seen})
        words = bert.embeddings.word_embeddings.weight.detach()
        rows = torch.full((words.shape[0],), kept.index(UNKNOWN), dtype=torch.long)
        rows[kept] = torch.arange(len(kept))
        self.register_buffer("rows", rows)
        self.register_buffer("table", words[kept] + bert.embeddings.token_type_embeddings.weight[0].detach())
        self.register_buffer("places", bert.embeddings.position_embeddings.weight[:LONGEST].detach().clone())
        self.norm = bert.embeddings.LayerNorm
        for parameter in self.norm.parameters():
            parameter.requires_grad = False
        self.layers = nn.ModuleList(bert.encoder.layer[:layers])
        self.drop = nn.Dropout(0.15)
        self.head = nn.Linear(WIDTH, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        hidden = self.norm(self.table[self.rows[ids]] + self.places[: ids.shape[1]])
        bias = (1.0 - mask[:, None, None, :].float()) * -1e9
        for layer in self.layers:
            out = layer(hidden, bias)
            hidden = out[0] if isinstance(out, tuple) else out
        weight = mask[:, :, None].float()
        result: torch.Tensor = self.head(self.drop((hidden * weight).sum(1) / weight.sum(1)))
        return result


class Lesson(NamedTuple):
    """One text: its tokens, how its truth spreads over the classes, and its part in an epoch."""

    tokens: list[int]
    truth: dict[int, float]
    shown: float


def tokenizer_of(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def tokens_of(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    return [encoded.ids for encoded in tokenizer.encode_batch([shaped(text) for text in texts])]


def even(labels: Sequence[int], other: int) -> dict[int, float]:
    return {label: 1 / len(labels) for label in labels} if labels else {other: 1.0}


def first_lessons(texts: Texts, tokenizer: Tokenizer) -> list[Lesson]:
    """All techniques, from texts that belong to no report. The last class is none."""
    classes = {id: k for k, id in enumerate(sorted(texts.attack.techniques))}
    use = [e for e, fold in zip(texts.examples, texts.fold, strict=True) if fold < 0]
    shown = {"procedure": 1.0, "description": 0.7, "rule": 0.5, "quiet": 0.5}
    return [
        Lesson(tokens, even([classes[id] for id in sorted(e.labels) if id in classes], len(classes)), shown[e.kind])
        for e, tokens in zip(use, tokens_of(tokenizer, [e.text for e in use]), strict=True)
    ]


def marked_lessons(texts: Texts, tokenizer: Tokenizer, fold: int | None) -> list[Lesson]:
    """The marked techniques, from all but the reports of `fold`. The last class is none of them."""
    column = {id: k for k, id in enumerate(texts.marked)}

    def labels(example: Example) -> list[int]:
        own = {id if id in column else family(id) for id in example.labels}
        return sorted(column[id] for id in own if id in column)

    use = [e for e, of in zip(texts.examples, texts.fold, strict=True) if fold is None or of != fold]
    lessons = []
    for example, tokens in zip(use, tokens_of(tokenizer, [e.text for e in use]), strict=True):
        own = labels(example)
        shown = SHOWN[example.kind] if own else SHOWN_OTHER.get(example.kind, SHOWN[example.kind])
        lessons.append(Lesson(tokens, even(own, len(column)), shown))
    return lessons


def batches(lessons: list[Lesson], chance: random.Random) -> Iterator[list[Lesson]]:
    """Of texts about as long, in random order."""
    shown = sorted(
        (one for one in lessons if chance.random() < one.shown), key=lambda one: len(one.tokens) + chance.random() * 8
    )
    starts = list(range(0, len(shown), BATCH))
    chance.shuffle(starts)
    for at in starts:
        yield shown[at : at + BATCH]


def padded(tokens: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    size = max(map(len, tokens))
    ids = torch.tensor([one + [0] * (size - len(one)) for one in tokens])
    mask = torch.tensor([[1] * len(one) + [0] * (size - len(one)) for one in tokens])
    return ids, mask


def teach(model: Encoder, lessons: list[Lesson], epochs: int, rate: float, head_rate: float, *, seed: int, name: str) -> None:
    chance = random.Random(seed)
    torch.manual_seed(seed)
    classes = model.head.out_features
    mass = np.full(classes, 1e-3)
    for lesson in lessons:
        for k, part in lesson.truth.items():
            mass[k] += part * lesson.shown
    prior = torch.from_numpy(BALANCE * np.log(mass / mass.sum())).float()
    body = [p for p in model.layers.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": list(model.head.parameters()), "lr": head_rate}], weight_decay=0.01
    )
    steps = int(epochs * sum(lesson.shown for lesson in lessons) / BATCH) + epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min(1.0, (k + 1) / (0.1 * steps)) * max(0.02, 1 - k / steps)
    )
    model.train()
    for epoch in range(epochs):
        total = count = 0.0
        for group in batches(lessons, chance):
            truth = torch.zeros(len(group), classes)
            for row, lesson in enumerate(group):
                for k, part in lesson.truth.items():
                    truth[row, k] = part
            logits = model(*padded([lesson.tokens for lesson in group])) + prior
            loss = -(truth * torch.log_softmax(logits, -1)).sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            schedule.step()
            total, count = total + float(loss.detach()) * len(group), count + len(group)
        print(f"{name}, epoch {epoch}: loss {total / count:.3f}, {time.process_time():.0f} s", file=sys.stderr, flush=True)
    model.eval()


def seen_tokens(texts: Texts, tokenizer: Tokenizer, fold: int | None) -> list[int]:
    use = [e.text for e, of in zip(texts.examples, texts.fold, strict=True) if fold is None or of != fold]
    return sorted({token for tokens in tokens_of(tokenizer, use) for token in tokens})


def first_step(texts: Texts, folder: Path, tokenizer: Tokenizer, layers: int = LAYERS, epochs: int = 2) -> Encoder:
    """An encoder that knows ATT&CK's examples and no report; its table holds the whole vocabulary."""
    model = Encoder(folder, layers, range(tokenizer.get_vocab_size()), len(texts.attack.techniques) + 1)
    teach(model, first_lessons(texts, tokenizer), epochs, 2e-4, 1e-3, seed=11, name="examples")
    return model


def second_step(
    model: Encoder, texts: Texts, tokenizer: Tokenizer, fold: int | None, epochs: int = 3, seed: int = 12
) -> Encoder:
    """The same, taught the marked techniques by all reports but those of `fold`."""
    model = copy.deepcopy(model)
    classes = {id: k for k, id in enumerate(sorted(texts.attack.techniques))}
    head = nn.Linear(WIDTH, len(texts.marked) + 1)
    with torch.no_grad():
        own = [*(classes[id] for id in texts.marked), len(classes)]
        head.weight.copy_(model.head.weight[own])
        head.bias.copy_(model.head.bias[own])
    model.head = head
    for parameter in model.layers[:FROZEN].parameters():
        parameter.requires_grad = False
    kept = sorted({UNKNOWN, *seen_tokens(texts, tokenizer, fold)})
    rows = torch.full_like(model.rows, kept.index(UNKNOWN))
    rows[kept] = torch.arange(len(kept))
    model.table, model.rows = model.table[kept].clone(), rows
    print(f"fold {fold}: {len(kept)} rows of the table", file=sys.stderr)
    teach(model, marked_lessons(texts, tokenizer, fold), epochs, 1.5e-4, 1e-3, seed=seed, name=f"fold {fold}")
    return model


@torch.no_grad()
def shares(model: Encoder, tokenizer: Tokenizer, texts: Sequence[str]) -> np.ndarray:
    """[texts, classes] logarithms of probabilities."""
    tokens = tokens_of(tokenizer, texts)
    order = sorted(range(len(texts)), key=lambda k: len(tokens[k]))
    out = np.zeros((len(texts), model.head.out_features), np.float32)
    model.eval()
    for at in range(0, len(order), 64):
        own = order[at : at + 64]
        out[own] = torch.log_softmax(model(*padded([tokens[k] for k in own])), -1).numpy()
    return out


class _Shares(nn.Module):
    """[texts, classes] logarithms of probabilities of texts of equally many tokens: nothing is padded."""

    def __init__(self, model: Encoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        model = self.model
        hidden = model.norm(model.table[model.rows[ids]] + model.places[: ids.shape[1]])
        for layer in model.layers:
            out = layer(hidden)
            hidden = out[0] if isinstance(out, tuple) else out
        return torch.log_softmax(model.head(hidden.mean(1)), -1)


def export(model: Encoder, file: Path) -> None:
    """Writes the encoder as ONNX, its weights stored as int8."""
    import onnx

    from scripts.onnx_weights import store_int8

    model.eval()
    dynamic = {0: torch.export.Dim("texts", min=1, max=256), 1: torch.export.Dim("tokens", min=2, max=LONGEST)}
    program = torch.onnx.export(
        _Shares(model), (torch.randint(0, 2000, (3, 40)),), dynamo=True, input_names=["ids"], output_names=["shares"],
        dynamic_shapes=(dynamic,),
    )  # fmt: skip
    full = file.with_suffix(".f32.onnx")
    program.save(str(full), include_initializers=True, external_data=False)
    onnx.checker.check_model(str(full))
    store_int8(full, file)
    full.unlink()
