"""Teaches the packaged judge of claims further with what a larger one says of windows that nobody annotated.

    python scripts/teach_judge.py --mpnet FOLDER --shared ../shared --mirrors FOLDER -o src/indicia/read/claims/score/model

First a teacher is trained on the annotated documents: the judge's own layers over ten of all-mpnet-base-v2 (FOLDER holds its
model.safetensors), of which all but the lowest two are taught as well. It reads a window as a whole. Then it and the judge together answer
for windows of documents that it was not taught, and the judge learns their answers and, as before, the annotations. Needs a
processor with AMX to be done in an hour or two. `mpnet_network` is the encoder below the teacher; `train_judge.py` trains both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from claims_network import Rounded
from judge_examples import Example, examples
from judge_network import SPEAKER, WEIGHTS, WIDTH, Batch, Judge, loss_of, packaged
from judge_onnx import export
from mpnet_network import LAYERS, MPNET_WIDTH, PADDING, Mpnet, mpnet_ids, published
from torch import nn
from train_judge import (
    KEPT,
    Draw,
    Vectors,
    batches,
    learn,
    optimiser_of,
    own_windows,
    rates_of,
    real_windows,
    stack,
    swapped_windows,
    tells,
    train,
)

from evals.annotated import ANNOTATIONS, FRESH, MEASURED, annotated, fetched_text

PASSES = 3  # of the teacher
RATE = 4e-5  # of its encoder's highest layer
PROJECTED = 800  # pieces by which its projection begins
WINDOWS = 9_000  # that the teacher was not taught
WEIGHT = 0.7  # of the teacher beside the judge as it was
JUDGE_PASSES = 2
OF_ONE_TEXT, LONGEST = 20, 12_000  # windows and characters
SILENT = 0.35  # how many of those are seen in which the teacher finds less than FAINT
FAINT = 0.02
ANNOTATED = {"swapped": 300, "own": 400, "own silent": 100, "beside": 800, "far": 800}  # windows beside all that hold a claim
MEAN = 0.985


class Ids:
    """The tokens themselves, in the larger encoder's vocabulary."""

    width = 1

    def of(self, piece: tuple[int, ...]) -> np.ndarray:
        return mpnet_ids(piece)[:, None]


class Teacher(nn.Module):
    """The judge over a larger encoder; `Batch.hidden` [b, t, 1] are tokens."""

    def __init__(self, encoder: Mpnet, judge: Judge) -> None:
        super().__init__()
        self.encoder, self.judge = encoder, judge
        for part in judge.modules():
            if isinstance(part, Rounded):
                part.__class__ = nn.Linear  # it is never packaged
        self.project = nn.Linear(MPNET_WIDTH, WIDTH)
        self.fading = nn.Dropout(0.1)

    def forward(self, batch: Batch) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        ids = torch.where(batch.mask, batch.hidden[..., 0].long(), PADDING)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.project(self.fading(self.encoder(ids, batch.mask)))
            answers, scores = self.judge(batch._replace(hidden=hidden))
        return {name: value.float() for name, value in answers.items()}, scores.float()

    def optimiser(self) -> torch.optim.Optimizer:
        """The higher a layer of the encoder, the faster it learns."""
        groups = rates_of(self.judge)
        groups[1]["params"] += list(self.project.parameters())
        for number, layer in enumerate(self.encoder.layers):
            if taught := [value for value in layer.parameters() if value.requires_grad]:
                groups.append({"params": taught, "rate": RATE * (0.3 + 0.7 * number / (LAYERS - 1))})
        return torch.optim.AdamW(groups, weight_decay=0.01)


class Answer(NamedTuple):
    """What the teacher says of a window: of each question [q, k], and who speaks [q, parties + 2]."""

    answers: dict[str, np.ndarray]
    sources: np.ndarray


def started(mpnet: Path, folder: Path, pieces: list[tuple[int, ...]]) -> Teacher:
    """A teacher whose projection gives the judge's own vectors as nearly as a linear one can."""
    teacher, small = Teacher(published(mpnet), packaged(folder / "judge")).eval(), Vectors()
    given, wanted = [], []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for piece in random.Random(2).sample(pieces, min(PROJECTED, len(pieces))):
            ids = torch.from_numpy(mpnet_ids(piece))[None]
            given.append(teacher.encoder(ids, torch.ones_like(ids, dtype=torch.bool))[0].double().numpy())
            wanted.append(small.of(piece).astype(np.float64))
    x, y = np.concatenate(given), np.concatenate(wanted)
    middle, aim = x.mean(0), y.mean(0)
    weight = np.linalg.solve((x - middle).T @ (x - middle) + 3 * np.eye(MPNET_WIDTH), (x - middle).T @ (y - aim))
    with torch.no_grad():
        teacher.project.weight.copy_(torch.tensor(weight.T))
        teacher.project.bias.copy_(torch.tensor(aim - middle @ weight))
    return teacher


def unmarked(shared: Path, mirrors: Path) -> list[Example]:
    """Windows of documents that are neither trained on nor measured, drawn at random."""
    chance = random.Random(17)
    known = {row["id"] for row in annotated(ANNOTATIONS) if row["slice"] != KEPT}
    known |= {row["id"] for file in (MEASURED, FRESH) for row in annotated(file)}
    out: list[Example] = []
    for id, text in _texts(shared / "claims" / "real", mirrors):
        if id not in known:
            found = list(examples(id, text[:LONGEST], ()))
            out += chance.sample(found, min(OF_ONE_TEXT, len(found)))
    return chance.sample(out, min(WINDOWS, len(out)))


def _texts(real: Path, mirrors: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(real / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            yield item["id"], item["text"]
    with gzip.open(real / "pointers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            if (
                item["prefilter"] in ("claim-strict", "claim-loose")
                and (text := fetched_text(item["source"], mirrors)) is not None
            ):
                yield item["id"], text


def said(teacher: Teacher, judge: Judge, small: Vectors, windows: Sequence[Example]) -> dict[int, Answer]:
    """id() of a window -> what both say of it, the mean of their logarithms."""
    out = {}
    teacher.eval()
    judge.eval()

    def mean(one: torch.Tensor, other: torch.Tensor) -> np.ndarray:
        both = WEIGHT * torch.log_softmax(one, 2) + (1 - WEIGHT) * torch.log_softmax(other, 2)
        return torch.softmax(both, 2).numpy().astype(np.float16)  # type: ignore[no-any-return]

    with torch.no_grad():
        for group in batches(windows, 0):
            made = stack(group, small)
            (theirs, their_sources), (ours, our_sources) = teacher(stack(group, Ids())), judge(made)
            answers, sources = {name: mean(theirs[name], ours[name]) for name in ours}, mean(their_sources, our_sources)
            m = made.pool.shape[1]
            for row, one in enumerate(group):
                n, q = len(one.window.spans), len(one.asked)
                columns = [*range(n), m, m + 1]
                out[id(one)] = Answer({name: value[row, :q] for name, value in answers.items()}, sources[row, :q][:, columns])
    return out


def loss_of_answers(
    answers: dict[str, torch.Tensor], scores: torch.Tensor, batch: Batch, given: Sequence[Answer]
) -> torch.Tensor:
    """Cross entropy against what the teacher says; all but the stance by how likely it holds a claim."""
    m, there = batch.pool.shape[1], (batch.weight > 0).float()

    def beside(name: str) -> torch.Tensor:
        out = torch.zeros_like(answers[name])
        for row, one in enumerate(given):
            out[row, : len(one.sources)] = torch.tensor(one.answers[name].astype(np.float32))
        return out

    speaks = torch.zeros_like(scores)
    for row, one in enumerate(given):
        q, n = len(one.sources), one.sources.shape[1] - 2
        speaks[row, :q, :n], speaks[row, :q, m:] = (
            torch.tensor(part.astype(np.float32)) for part in np.split(one.sources, [n], 1)
        )
    claim = (1 - beside("stance")[..., 0]) * there
    total = torch.zeros(())
    for name, logits in answers.items():
        each = -(beside(name) * torch.log_softmax(logits, 2)).sum(2)
        total = total + WEIGHTS[name] * (each * (there if name == "stance" else claim)).sum()
    speaker = -(speaks * torch.log_softmax(scores, 2).clamp(min=-30)).sum(2)
    return (total + SPEAKER * (speaker * claim).sum()) / len(there)


def teach(
    judge: Judge, small: Vectors, given: dict[int, Answer], windows: Sequence[Example], marked: Sequence[Example]
) -> None:
    """Passes over both kinds of windows, mixed; what is left in the judge is the running mean of its weights."""
    groups = []
    for number in range(JUDGE_PASSES):
        some = [*batches(windows, 1 + 10 * number), *batches(marked, 2 + 10 * number)]
        random.Random(19 + number).shuffle(some)
        groups += some
    kept = {name: value.clone() for name, value in judge.state_dict().items()}
    optimiser = optimiser_of(judge)
    judge.train()
    for step, group in enumerate(groups):
        made = stack(group, small)
        answers, scores = judge(made)
        soft = [given[id(one)] for one in group if id(one) in given]
        loss = loss_of_answers(answers, scores, made, soft) if soft else loss_of(answers, scores, made)
        learn(judge, optimiser, loss, min(1.0, (step + 1) / 40) * max(0.03, 1 - step / len(groups)))
        for name, value in judge.state_dict().items() if step % 2 == 0 else ():
            kept[name].lerp_(value, 1 - MEAN)
    judge.load_state_dict(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mpnet", type=Path, required=True)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, required=True, help="fetched repositories, owner+name/repo each")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder of the scorer's files, with judge/ in it")
    options = parser.parse_args()
    torch.manual_seed(5)
    real, own = real_windows(options.shared, options.mirrors), own_windows()
    swapped = [swapped_windows(options.shared, options.mirrors, seed) for seed in (1, 2)]
    teacher = started(options.mpnet, options.output, sorted({piece for one in real[:4000] for piece in one.window.pieces}))
    draw = Draw(real, own, swapped)
    train(teacher, draw, PASSES, Ids(), teacher.optimiser())
    judge, windows = packaged(options.output / "judge"), unmarked(options.shared, options.mirrors)
    small = Vectors()
    given = said(teacher, judge, small, windows)
    Rounded.short = True
    chance = random.Random(19)
    heard = [one for one in windows if 1 - given[id(one)].answers["stance"][:, 0].min() > FAINT or chance.random() < SILENT]
    more = {
        "swapped": swapped[0], "own": [one for one in own if tells(one)], "own silent": [one for one in own if not tells(one)],
        "beside": draw.beside, "far": draw.far,
    }  # fmt: skip
    marked = [one for name, count in ANNOTATED.items() for one in chance.sample(more[name], min(count, len(more[name])))]
    teach(judge, small, given, heard, [*draw.told, *marked])
    export(judge, options.output / "judge")


if __name__ == "__main__":
    sys.exit(main())
