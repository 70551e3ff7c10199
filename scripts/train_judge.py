"""Trains the judge of claims on annotated real documents and on our own passages, and exports it as ONNX files.

    python scripts/train_judge.py --shared ../shared --mirrors FOLDER -o src/indicia/read/claims/score/model

Needs torch, onnx and onnxscript beside the project's own dependencies; none of them is needed at run time. Each pass sees all windows that hold a
claim, part of them once more with other parties in their places (`claims_swaps`), some of our own passages, windows without a claim that no pass
has seen, and of those seen the ones that it took for claims. The lower half of the encoder stays as it is packaged, so what it makes of a
sentence is worked out once. What is exported is the running mean of the weights. `--further` goes on from the packaged judge, else its layers begin as
the scorer's upper half.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from claims_swaps import swapped
from judge_examples import Example, examples
from judge_network import WIDTH, Batch, Judge, loss_of, packaged, packaged_layers
from judge_onnx import export
from torch import nn

from evals.annotated import ANNOTATIONS, annotated, documents
from indicia.read.claims.score.judge import ANSWERS, judge
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

HERE = Path(__file__).parent.parent
TOKENS = 4500  # of a batch, padding included
PLACES = ("source", "accused", "firmness_cue", "tie_cue", "basis_cue", "not_accused", "via")
LONGEST = 60_000  # characters of a text whose parties are exchanged
OWN = 2600  # passages of our own that may be seen
KEPT = "s15"  # kept from training, so that what weighs the answers can be fitted on it (`fit_confirming.py`)
RATES = (1e-4, 3e-4)  # of the layers, and of all else
MEAN, EARLY_MEAN, EARLY = 0.99, 0.95, 200  # how much of the running mean stays at every second step; in the first steps
# Windows of a pass beside those with a claim: of our own with a claim and without, with other parties, without a claim in documents
# that make one and in others, and of those that the passes before took for claims.
OWN_TOLD, OWN_SILENT, SWAPPED, BESIDE, FAR, HARD = 500, 150, 600, 900, 1300, 900


class Tokens(Protocol):
    """What goes in for each token of a piece, [tokens, width]."""

    width: int

    def of(self, piece: tuple[int, ...]) -> np.ndarray: ...


class Vectors:
    """What the packaged lower half makes of each piece of text, worked out once."""

    width = WIDTH

    def __init__(self) -> None:
        self.known: dict[tuple[int, ...], np.ndarray] = {}
        self.read = judge().read

    def of(self, piece: tuple[int, ...]) -> np.ndarray:
        if piece not in self.known:
            self.known[piece] = self.read(piece).astype(np.float16)
        return self.known[piece]


def size(example: Example) -> int:
    return sum(map(len, example.window.pieces))


def stack(examples: Sequence[Example], vectors: Tokens) -> Batch:
    """Windows side by side."""
    b, t, q = len(examples), max(map(size, examples)), max(len(one.asked) for one in examples)
    m = max(1, *(len(one.window.spans) for one in examples))
    z = {
        "hidden": np.zeros((b, t, vectors.width), np.float32), "segments": np.zeros((b, t), np.int64), "mask": np.zeros((b, t), bool),
        "pool": np.zeros((b, m, t), np.float32), "party": np.zeros((b, m, PARTY_SIZE), np.float32), "own": np.zeros((b, t), np.float32),
        "about": np.zeros((b, ABOUT), np.float32), "asked": np.zeros((b, q, m), np.float32),
        "pair": np.zeros((b, q, m + OUTSIDE, PAIR_SIZE), np.float32), "can": np.zeros((b, m + OUTSIDE), bool),
        "right": np.zeros((b, q, m + OUTSIDE), np.float32), "weight": np.zeros((b, q), np.float32),
    }  # fmt: skip
    answers = {name: np.full((b, q), -100) for name in ANSWERS}
    for r, example in enumerate(examples):
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
        z["party"][r, :n], z["about"][r] = window.party, window.about
        z["can"][r, :n], z["can"][r, m], z["can"][r, m + 1] = True, True, window.turn
        for k, asked in enumerate(example.asked):
            if asked.party >= 0:
                z["asked"][r, k, asked.party] = 1
            column = window.pair[:, asked.party if asked.party >= 0 else n]
            z["pair"][r, k, :n], z["pair"][r, k, m], z["weight"][r, k] = column[:n], column[n], asked.weight
            for name, value in ({"stance": 0} if asked.answers is None else asked.answers).items():
                answers[name][r, k] = value
            for place in asked.sources:
                z["right"][r, k, place if place < n else m + place - n] = 1
            z["right"][r, k] *= z["can"][r]
    given: dict[str, Any] = {name: torch.from_numpy(value) for name, value in z.items()}
    return Batch(**given, answers={name: torch.from_numpy(value) for name, value in answers.items()})


def batches(examples: Sequence[Example], seed: int) -> list[list[Example]]:
    """All windows, those of similar length together."""
    chance = random.Random(seed)
    out: list[list[Example]] = [[]]
    longest = 0
    for example in sorted(examples, key=lambda one: size(one) + 12 * chance.random()):
        if out[-1] and max(longest, size(example)) * (len(out[-1]) + 1) > TOKENS:
            out.append([])
            longest = 0
        longest = max(longest, size(example))
        out[-1].append(example)
    chance.shuffle(out)
    return out


class Draw:
    """Which windows each pass sees."""

    def __init__(self, real: Sequence[Example], own: Sequence[Example], swapped: Sequence[Sequence[Example]]) -> None:
        self.chance = random.Random(9)
        self.told = [one for one in real if tells(one)]
        self.own, self.swapped = own, swapped
        held = {one.document for one in self.told}
        silent = [one for one in real if not tells(one)]
        self.beside = self._shuffled([one for one in silent if one.document in held])
        self.far = self._shuffled([one for one in silent if one.document not in held])
        self.hard: list[Example] = []

    def _shuffled(self, examples: list[Example]) -> list[Example]:
        self.chance.shuffle(examples)
        return examples

    def _some(self, examples: Sequence[Example], count: int) -> list[Example]:
        return self.chance.sample(examples, min(count, len(examples)))

    def windows(self, number: int) -> tuple[list[Example], list[Example]]:
        """Of a pass: those that hold a claim or are ours, and those that hold none."""
        silent = [*self.beside[:BESIDE], *self.far[:FAR], *self.hard[:HARD]]
        del self.beside[:BESIDE], self.far[:FAR]
        own = [
            self._some([one for one in self.own if tells(one) is told], n)
            for told, n in ((True, OWN_TOLD), (False, OWN_SILENT))
        ]
        return [*self.told, *self._some(self.swapped[number % len(self.swapped)], SWAPPED), *own[0], *own[1]], silent


def tells(example: Example) -> bool:
    """Whether a claim stands in it."""
    return any(asked.answers is not None for asked in example.asked)


def optimiser_of(model: Judge) -> torch.optim.Optimizer:
    """The layers in one group, all else in another; each group with the `rate` at which it learns."""
    return torch.optim.AdamW(rates_of(model), weight_decay=0.01)


def rates_of(model: Judge) -> list[dict[str, Any]]:
    others = [value for name, value in model.named_parameters() if not name.startswith("layers.")]
    return [{"params": list(model.layers.parameters()), "rate": RATES[0]}, {"params": others, "rate": RATES[1]}]


def learn(model: nn.Module, optimiser: torch.optim.Optimizer, loss: torch.Tensor, share: float) -> None:
    """One step, at this share of the rates."""
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * share
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


def train(model: nn.Module, draw: Draw, passes: int, vectors: Tokens, optimiser: torch.optim.Optimizer) -> None:
    """Some passes; what is left in the model is the running mean of its weights."""
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    step, total, started = 0, 0, time.perf_counter()
    model.train()
    for number in range(passes):
        told, silent = draw.windows(number)
        groups, lost, taken = batches([*told, *silent], number), 0.0, {id(one): 0.0 for one in silent}
        total = total or passes * len(groups)
        for batch in groups:
            made = stack(batch, vectors)
            answers, scores = model(made)
            loss = loss_of(answers, scores, made)
            learn(model, optimiser, loss, min(1.0, (step + 1) / 80) * max(0.03, 1 - step / total))
            step, lost = step + 1, lost + loss.item()
            claims = ((1 - torch.softmax(answers["stance"].detach(), 2)[:, :, 0]) * (made.weight >= 1)).amax(1)
            taken |= {id(one): claim for one, claim in zip(batch, claims.tolist(), strict=True) if id(one) in taken}
            for name, value in model.state_dict().items() if step % 2 == 0 else ():
                kept[name].lerp_(value, 1 - (MEAN if step > EARLY else EARLY_MEAN))
        draw.hard = sorted(silent, key=lambda one: -taken[id(one)])
        print(f"pass {number + 1}/{passes}: loss {lost / len(groups):.3f}, {time.perf_counter() - started:.0f} s", flush=True)
    model.load_state_dict(kept)


def real_windows(shared: Path, mirrors: Path | None) -> list[Example]:
    found, missing = documents([row for row in annotated(ANNOTATIONS) if row["slice"] != KEPT], shared, mirrors)
    print(f"{len(found)} real documents", *(f"{count} left out: {why}" for why, count in missing.items()), sep=", ", flush=True)
    return [example for id, text, claims in found for example in examples(id, text, claims)]


def swapped_windows(shared: Path, mirrors: Path | None, seed: int) -> list[Example]:
    """The windows of documents with claims in which somebody is accused, with other parties in their places."""
    found, _ = documents([r for r in annotated(ANNOTATIONS) if r["slice"] != KEPT and r["claims"]], shared, mirrors)
    given = [{"id": id, "text": text, "claims": [_apart(claim) for claim in claims]} for id, text, claims in found]
    out = []
    for one in swapped(given, 1.0, seed):
        claims = [{**c, **c["spans"], "quote": [c["quote_start"], c["quote_end"]]} for c in one["claims"]]
        windows = examples(one["id"], one["text"], claims) if len(one["text"]) <= LONGEST else ()
        out += [example for example in windows if tells(example)]
    return out


def _apart(claim: dict[str, Any]) -> dict[str, Any]:
    """An annotation in the form of our own passages, places apart."""
    spans = {key: claim[key] for key in PLACES if claim.get(key) and isinstance(claim[key][0], int)}
    types = {key: claim.get(key) or "unknown" for key in ("source_type", "accused_type")}
    rest = {key: value for key, value in claim.items() if key not in PLACES}
    return {**rest, **types, "spans": spans, "quote_start": claim["quote"][0], "quote_end": claim["quote"][1]}


def own_windows() -> list[Example]:
    files = sorted((HERE / "corpora" / "claims").glob("part-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    random.Random(3).shuffle(rows)  # `fit_confirming.py` takes others
    out = []
    for row in rows[:OWN]:
        claims = []
        for claim in row["claims"]:
            given = {key: claim.get(key) for key in ("stance", "firmness", "basis", "source_type", "accused_type")}
            places = {key: claim["spans"][key] for key in ("source", "accused") if claim.get(key) and claim["spans"].get(key)}
            if claim.get("accused") and "accused" not in places:
                continue
            claims.append({**given, **places, "quote": [claim["quote_start"], claim["quote_end"]], "deed": "", "tie": ""})
        out += examples(row["id"], row["text"], claims)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, help="fetched repositories, for the texts that are known by reference")
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--further", action="store_true", help="go on from the packaged judge")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="the folder of the scorer's files; the judge goes into judge/ there"
    )
    options = parser.parse_args()
    torch.manual_seed(5)
    model = packaged(options.output / "judge") if options.further else Judge()
    if not options.further:
        model.load_state_dict(packaged_layers(options.output), strict=False)
    swapped = [swapped_windows(options.shared, options.mirrors, seed) for seed in (1, 2)]
    draw = Draw(real_windows(options.shared, options.mirrors), own_windows(), swapped)
    train(model, draw, options.passes, Vectors(), optimiser_of(model))
    export(model, options.output / "judge")


if __name__ == "__main__":
    sys.exit(main())
