"""Trains the judge of claims on annotated real documents and on our own passages, and exports it as ONNX files.

    python scripts/train_judge.py --shared ../shared --mirrors FOLDER -o src/indicia/read/claims/score/model

Needs torch, onnx and onnxscript beside the project's own dependencies; none of them is needed at run time. Two stages: first everything,
with parties that are not accused drawn at random, then real documents alone, with those that the first stage takes for accused. The lower
half of the encoder stays as it is packaged, so what it makes of a sentence is worked out once. `--further` goes on from the packaged judge, with
the parties of claims exchanged for others in part of what it sees (`claims_swaps`), and keeps the running mean of the weights.
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
from claims_swaps import swapped
from judge_examples import Asked, Example, examples
from judge_network import WIDTH, Batch, Judge, loss_of, packaged, packaged_layers
from judge_onnx import export
from torch import nn

from evals.annotated import ANNOTATIONS, annotated, documents
from indicia.read.claims.score.judge import ANSWERS, judge
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

HERE = Path(__file__).parent.parent
TOKENS = 5000  # of a batch, padding included
PLACES = ("source", "accused", "firmness_cue", "tie_cue", "basis_cue", "not_accused", "via")
LONGEST = 60_000  # characters of a text whose parties are exchanged
OWN = 2600  # passages of our own that stage one sees
EASY = 0.22  # share of the windows of documents without a claim that is kept
KEEPS = 0.99  # of the running mean, every second step
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


def train(
    model: Judge, epochs: Sequence[Sequence[Item]], vectors: Vectors, rate: float, times: float, say: str, *, mean: bool = False
) -> None:
    """One pass over each of `epochs`; the layers learn at `rate`, what is new at `times` as much. `mean`: what is left in the
    model is the running mean of its weights."""
    kept = {name: value.clone() for name, value in model.state_dict().items()} if mean else {}
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
            for name, value in model.state_dict().items() if mean and step % 2 == 0 else ():
                kept[name].lerp_(value, 1 - KEEPS)
        print(f"{say} {number + 1}/{len(epochs)}: loss {lost:.1f}, {time.perf_counter() - started:.0f} s", flush=True)
    if mean:
        model.load_state_dict(kept)


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
    found, missing = documents([row for row in annotated(ANNOTATIONS) if row["slice"] != KEPT], shared, mirrors)
    print(f"{len(found)} real documents", *(f"{count} left out: {why}" for why, count in missing.items()), sep=", ", flush=True)
    items = []
    for id, text, claims in found:
        for example in examples(id, text, claims):
            if claims or chance.random() < EASY:
                items += [Item(example, asked) for asked in example.asked]
    return items


def swapped_items(shared: Path, mirrors: Path | None, seed: int) -> list[Item]:
    """The windows of documents with claims in which somebody is accused, with other parties in their places."""
    found, _ = documents([r for r in annotated(ANNOTATIONS) if r["slice"] != KEPT and r["claims"]], shared, mirrors)
    given = [{"id": id, "text": text, "claims": [_apart(claim) for claim in claims]} for id, text, claims in found]
    items = []
    for one in swapped(given, 1.0, seed):
        claims = [{**c, **c["spans"], "quote": [c["quote_start"], c["quote_end"]]} for c in one["claims"]]
        for example in examples(one["id"], one["text"], claims) if len(one["text"]) <= LONGEST else ():
            if any(asked.answers is not None for asked in example.asked):
                items += [Item(example, asked) for asked in example.asked]
    return items


def _apart(claim: dict[str, Any]) -> dict[str, Any]:
    """An annotation in the form of our own passages, places apart."""
    spans = {key: claim[key] for key in PLACES if claim.get(key) and isinstance(claim[key][0], int)}
    types = {key: claim.get(key) or "unknown" for key in ("source_type", "accused_type")}
    rest = {key: value for key, value in claim.items() if key not in PLACES}
    return {**rest, **types, "spans": spans, "quote_start": claim["quote"][0], "quote_end": claim["quote"][1]}


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
    parser.add_argument("--further", type=int, default=0, help="passes from the packaged judge on, in the place of both stages")
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
    model = packaged(options.output / "judge") if options.further else Judge()
    if not options.further:
        model.load_state_dict(packaged_layers(options.output), strict=False)
    right, wrong = ([i for i in real if (i.asked.answers is None) is said] for said in (False, True))
    mine, others = ([i for i in own if (i.asked.answers is None) is said] for said in (False, True))
    if options.further:
        twins = [swapped_items(options.shared, options.mirrors, seed) for seed in (1, 2)]
        told, beside = zip(
            *(([i for i in t if i.asked.answers], [i for i in t if not i.asked.answers]) for t in twins), strict=True
        )
        hard = likely(model, some(wrong, 7000), vectors)
        draw = [[*right, *some(told[k % 2], 950), *some(beside[k % 2], 200), *some(mine, 200), *some(hard[:1500], 1000),
                 *some(hard[1500:], 400)] for k in range(options.further)]  # fmt: skip
        train(model, draw, vectors, 1e-4, 3.0, "further", mean=True)
        export(model, options.output / "judge")
        return
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
