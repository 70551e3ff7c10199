"""Trains the judge of claims on annotated real documents and on our own passages, and exports it as ONNX files.

    python scripts/train_judge.py --shared ../shared --mirrors FOLDER -o src/indicia/read/claims/score/model

Needs torch, onnx and onnxscript beside the project's own dependencies; none of them is needed at run time. Two stages: first everything,
with parties that are not accused drawn at random, then real documents alone, with those that the first stage takes for accused. The lower
half of the encoder stays as it is packaged, so what it makes of a sentence is worked out once.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from judge_examples import Asked, Example, annotated, examples, texts_of
from judge_network import WIDTH, Batch, Judge, loss_of, packaged_layers
from judge_onnx import export
from torch import nn

from indicia.read.claims.score.judge import ANSWERS, judge
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

HERE = Path(__file__).parent.parent
TOKENS = 5000  # of a batch, padding included
OWN = 2600  # passages of our own that stage one sees
EASY = 0.22  # share of the windows of documents without a claim that is kept
KEPT = "s15"  # every sixteenth document is kept from training, for calibration


class Item(NamedTuple):
    example: Example
    asked: Asked


class Vectors:
    """What the packaged lower half makes of each piece of text, worked out once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, ...], np.ndarray] = {}
        self.lower = judge().lower

    def of(self, piece: tuple[int, ...]) -> np.ndarray:
        if piece not in self.known:
            made = self.lower.run(None, {"ids": np.array(piece, dtype=np.int64)})[0]
            self.known[piece] = made.astype(np.float16)
        return self.known[piece]


def stack(items: Sequence[Item], vectors: Vectors) -> Batch:
    """Items side by side."""
    sizes = [sum(map(len, item.example.window.pieces)) for item in items]
    parties = max(max(len(item.example.window.spans) for item in items), 1)
    b, t, m = len(items), max(sizes), parties
    z = {
        "hidden": np.zeros((b, t, WIDTH), np.float32), "segments": np.zeros((b, t), np.int64), "mask": np.zeros((b, t), bool),
        "pool": np.zeros((b, m, t), np.float32), "party": np.zeros((b, m, PARTY_SIZE), np.float32), "marked": np.zeros((b, t), np.float32),
        "own": np.zeros((b, t), np.float32), "pair": np.zeros((b, m + OUTSIDE, PAIR_SIZE), np.float32),
        "about": np.zeros((b, ABOUT), np.float32), "can": np.zeros((b, m + OUTSIDE), bool), "right": np.zeros((b, m + OUTSIDE), np.float32),
    }  # fmt: skip
    answers = {name: np.full(b, -100) for name in ANSWERS}
    weight = np.ones(b, np.float32)
    for r, (example, asked) in enumerate(items):
        window, n, at = example.window, len(example.window.spans), 0
        for piece, segment in zip(window.pieces, window.segments, strict=True):
            stop = at + len(piece)
            z["hidden"][r, at:stop], z["segments"][r, at:stop] = vectors.of(piece), segment
            if segment == 0:
                z["own"][r, at:stop] = 1 / len(piece)
            at = stop
        z["mask"][r, :at] = True
        for k, (first, last) in enumerate(window.spans):
            z["pool"][r, k, first:last] = 1 / (last - first)
        z["party"][r, :n] = window.party
        if asked.party >= 0:
            z["marked"][r] = z["pool"][r, asked.party]
        column = window.pair[:, asked.party if asked.party >= 0 else n]
        z["pair"][r, :n], z["pair"][r, m] = column[:n], column[n]
        z["about"][r] = window.about
        z["can"][r, :n], z["can"][r, m], z["can"][r, m + 1] = True, True, window.turn
        weight[r] = asked.weight
        if asked.answers is None:
            answers["stance"][r] = 0
            continue
        for name, value in asked.answers.items():
            answers[name][r] = value
        for place in asked.sources:
            z["right"][r, place if place < n else m + place - n] = 1
        z["right"][r] *= z["can"][r]
    given: dict[str, Any] = {name: torch.from_numpy(value) for name, value in z.items()}
    return Batch(**given, answers={k: torch.from_numpy(v) for k, v in answers.items()}, weight=torch.from_numpy(weight))


def batches(items: Sequence[Item], seed: int) -> Iterator[list[Item]]:
    """All items, those of similar length together."""
    chance = random.Random(seed)
    sized = sorted(items, key=lambda item: sum(map(len, item.example.window.pieces)) + 12 * chance.random())
    out: list[list[Item]] = [[]]
    longest = 0
    for item in sized:
        size = sum(map(len, item.example.window.pieces))
        if out[-1] and max(longest, size) * (len(out[-1]) + 1) > TOKENS:
            out.append([])
            longest = 0
        longest = max(longest, size)
        out[-1].append(item)
    chance.shuffle(out)
    yield from out


def train(model: Judge, epochs: Sequence[Sequence[Item]], vectors: Vectors, rate: float, times: float, say: str) -> None:
    """One pass over each of `epochs`; the layers learn at `rate`, what is new at `times` as much."""
    layers = list(model.layers.parameters())
    others = [value for name, value in model.named_parameters() if not name.startswith("layers.")]
    optimiser = torch.optim.AdamW([{"params": layers}, {"params": others}], lr=rate, weight_decay=0.01)
    total = sum(len(list(batches(items, k))) for k, items in enumerate(epochs))
    step, started = 0, time.perf_counter()
    model.train()
    for number, items in enumerate(epochs):
        lost = 0.0
        for batch in batches(items, number):
            share = min(1.0, (step + 1) / 40) * max(0.03, 1 - step / total)
            for group, speed in zip(optimiser.param_groups, (rate, rate * times), strict=True):
                group["lr"] = speed * share
            made = stack(batch, vectors)
            loss = loss_of(*model(made), made)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step, lost = step + 1, lost + loss.item()
        print(f"{say} {number + 1}/{len(epochs)}: loss {lost:.1f}, {time.perf_counter() - started:.0f} s", flush=True)


def likely(model: Judge, items: Sequence[Item], vectors: Vectors) -> list[Item]:
    """The items in the order of how surely the model takes them for claims."""
    model.eval()
    scored: list[tuple[float, int, Item]] = []
    with torch.no_grad():
        for batch in batches(items, 0):
            claims = 1 - torch.softmax(model(stack(batch, vectors))[0]["stance"], 1)[:, 0]
            scored += [(-float(claim), id(item), item) for claim, item in zip(claims, batch, strict=True)]
    return [item for _, _, item in sorted(scored, key=lambda one: one[:2])]


def real_items(shared: Path, mirrors: Path | None, chance: random.Random) -> list[Item]:
    rows = [row for row in annotated(HERE / "corpora" / "real" / "annotations.jsonl") if row["slice"] != KEPT]
    texts, missing = texts_of(rows, shared / "claims" / "real" / "corpus.jsonl.gz", mirrors)
    print(f"{len(texts)} real documents", *(f"{count} left out: {why}" for why, count in missing.items()), sep=", ", flush=True)
    items = []
    for row in rows:
        for example in examples(row["id"], texts[row["id"]], row["claims"]) if row["id"] in texts else ():
            if row["claims"] or chance.random() < EASY:
                items += [Item(example, asked) for asked in example.asked]
    return items


def own_items() -> list[Item]:
    files = sorted((HERE / "corpora" / "claims").glob("part-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    random.Random(3).shuffle(rows)  # `fit_confirming.py` takes others
    items = []
    for row in rows[:OWN]:
        claims = []
        for claim in row["claims"]:
            given = {key: claim.get(key) for key in ("stance", "firmness", "basis", "source_type", "accused_type")}
            places = {key: claim["spans"][key] for key in ("source", "accused") if claim.get(key) and claim["spans"].get(key)}
            if claim.get("accused") and "accused" not in places:
                continue
            claims.append({**given, **places, "quote": [claim["quote_start"], claim["quote_end"]], "deed": "", "tie": ""})
        items += [Item(one, asked) for one in examples(row["id"], row["text"], claims) for asked in one.asked]
    return items


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, help="fetched repositories, for the texts that are known by reference")
    parser.add_argument("--first", type=int, default=2, help="passes of stage one")
    parser.add_argument("--then", type=int, default=6, help="passes of stage two")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="the folder of the scorer's files; the judge goes into judge/ there"
    )
    options = parser.parse_args()
    chance = random.Random(7)

    def some(items: list[Item], count: int) -> list[Item]:
        return chance.sample(items, min(count, len(items)))

    torch.manual_seed(7)
    vectors = Vectors()
    real, own = real_items(options.shared, options.mirrors, chance), own_items()
    model = Judge()
    model.load_state_dict(packaged_layers(options.output), strict=False)
    right, wrong = ([i for i in real if (i.asked.answers is None) is said] for said in (False, True))
    mine, others = ([i for i in own if (i.asked.answers is None) is said] for said in (False, True))
    draw = [[*right, *mine, *some(wrong, 9000), *some(others, len(mine))]
            for _ in range(options.first)]  # fmt: skip
    train(model, draw, vectors, 6e-5, 6.0, "all")
    hard = likely(model, some(wrong, 16000), vectors)
    draw = [[*right, *some(mine, 300), *some(hard[:5000], 3150), *some(hard[5000:], 1350)]
            for _ in range(options.then)]  # fmt: skip
    train(model, draw, vectors, 1.2e-4, 4.0, "real")
    export(model, options.output / "judge")


if __name__ == "__main__":
    sys.exit(main())
