"""Trains the learned scorer of claims: a MiniLM encoder and small heads over (source, accused) pairs, on corpora/claims.

    python scripts/train_claims.py --minilm FOLDER -o src/indicia/read/claims/score/model   trains on all and exports encoder and heads
    python scripts/train_claims.py --minilm FOLDER --cross-validate FILE              what folds by incident and style read

Needs torch, safetensors, onnx and onnxscript beside the project's own dependencies; none of them is needed at run time. The encoder starts
from all-MiniLM-L6-v2 (Apache-2.0), whose weights are checked against the published sha256 before anything is trained.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from claims_examples import Example, examples
from claims_network import Encoder, Reader, load_encoder
from claims_onnx import export, packaged_state
from claims_swaps import swapped
from claims_templates import generate
from torch import nn

from evals.claims import closeness, left_out
from indicia import knowledge
from indicia.read.claims import THRESHOLD, claim_row, read_claims
from indicia.read.claims.known.names import Names
from indicia.read.claims.reader import Reading
from indicia.read.claims.refer.resolving import tools_of
from indicia.read.claims.score.choosing import FEATURES
from indicia.read.claims.score.scorer import Job, Scored, Scorer, pooling
from indicia.records import Document, stable_id

BATCH = 16
SMOOTHING = 0.02
GATE = 0.5  # weight of the gate's loss


class Batch(NamedTuple):
    """Sentences side by side, padded to the longest; `heads` are the arguments of `Reader.heads` after the first."""

    rows: torch.Tensor  # [batch, tokens]: places in the flat list of all token vectors, the last of which is zero
    heads: tuple[torch.Tensor, ...]
    live: torch.Tensor  # [batch, m, m]: pairs that can be asked for
    stance: torch.Tensor  # [batch, m, m]
    gold: torch.Tensor  # [claims, 8]: place in the batch, then as in Gold
    tags: torch.Tensor  # [batch, tokens]
    claims: torch.Tensor  # [batch]: 1 where there is one


def stack(group: list[Example], at: dict[tuple[int, ...], int], width: int) -> Batch:
    """`at`: the row of each sentence in a table of token vectors `width` tokens wide."""
    size = max(sum(map(len, e.job.parts)) for e in group)
    most = max(len(e.job.spans) for e in group) + 1
    nowhere = len(at) * width
    rows = torch.full((len(group), size), nowhere)
    pool = torch.zeros(len(group), most + 2, size)
    nobody = torch.zeros(len(group), most, 1)
    party = torch.zeros(len(group), most, group[0].job.party.shape[1])
    pair = torch.zeros(len(group), most, most, group[0].job.pair.shape[2])
    live = torch.zeros(len(group), most, most, dtype=torch.bool)
    stance = torch.zeros(len(group), most, most, dtype=torch.long)
    tags = torch.full((len(group), size), -100)
    gold = []
    for k, e in enumerate(group):
        n, before = len(e.job.spans), e.before
        places = [at[part] * width + i for part in e.job.parts for i in range(len(part))]
        rows[k, : len(places)] = torch.tensor(places)
        given = torch.from_numpy(pooling(e.job))
        pool[k, :n, : len(places)] = given[:n]
        pool[k, most:, : len(places)] = given[n + 1 :]
        nobody[k, n] = 1
        party[k, :n] = torch.from_numpy(e.job.party)
        pair[k, : n + 1, : n + 1] = torch.from_numpy(e.job.pair)
        live[k, before:n, : n + 1] = live[k, : n + 1, before:n] = True
        tags[k, : len(e.tags)] = torch.tensor(e.tags)
        for claim in e.gold:
            stance[k, claim.source, claim.accused] = claim.stance + 1
            gold.append((k, *claim, claim.source < n, claim.accused < n))
    heads = (pool, nobody, party, pair)
    claims = torch.tensor([float(bool(e.gold)) for e in group])
    return Batch(rows, heads, live, stance, torch.tensor(gold, dtype=torch.long).reshape(-1, 10), tags, claims)


def _spread(hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Token vectors of sentences [sentences, tokens, width] in the rows of the batch."""
    flat = hidden.flatten(0, 1)
    return torch.cat([flat, torch.zeros(1, flat.shape[1])])[batch.rows]


def loss_of(out: dict[str, torch.Tensor], batch: Batch) -> torch.Tensor:
    """Of pairs above all; of the fields of claims, and of the words' tags."""
    entropy = nn.functional.cross_entropy
    total = entropy(out["stance"][batch.live], batch.stance[batch.live], reduction="sum", label_smoothing=SMOOTHING) / 3
    tokens = (batch.tags >= 0).sum(1, keepdim=True).clamp(min=1)
    tagged = entropy(out["tags"].transpose(1, 2), batch.tags, reduction="none", ignore_index=-100)
    total = total + (tagged / tokens).sum()
    k, s, a, _, firmness, basis, source_type, accused_type, told, known = batch.gold.unbind(1)
    if len(k):
        total = total + 0.3 * entropy(out["firmness"][k, s, a], firmness, reduction="sum")
        total = total + 0.3 * entropy(out["basis"][k, s, a], basis, reduction="sum")
        source_type = source_type.masked_fill(told == 0, -100)
        accused_type = accused_type.masked_fill(known == 0, -100)
        total = total + 0.2 * entropy(out["source_type"][k, s], source_type, reduction="sum", ignore_index=-100)
        total = total + 0.2 * entropy(out["accused_type"][k, a], accused_type, reduction="sum", ignore_index=-100)
    return total / len(batch.rows)


def fit(model: Reader, lesson: Callable[[int], list[Example]], epochs: int, rate: float, heads_rate: float, seed: int) -> None:
    """Trains in place on what `lesson` gives for each epoch. The frozen layers see each sentence once."""
    chance = random.Random(seed)
    torch.manual_seed(seed)
    gated = model.encoder.frozen <= model.encoder.middle  # else what the gate sees stays as it is, and so does the gate
    model.gate.requires_grad_(gated)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder") and p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in model.encoder.parameters() if p.requires_grad], "lr": rate},
            {"params": heads, "lr": heads_rate},
        ],
        weight_decay=0.01,
        fused=True,
    )
    data = lesson(0)
    steps = epochs * ((len(data) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min(1.0, (k + 1) / (0.1 * steps)) * max(0.02, 1 - k / steps)
    )
    lower: dict[tuple[int, ...], torch.Tensor] = {}
    for epoch in range(epochs):
        started = time.time()
        data = lesson(epoch) if epoch else data
        model.eval()
        _look_up(model, [part for e in data for part in e.job.parts], lower)
        model.train()
        total = 0.0
        chunks = sorted(data, key=lambda e: sum(map(len, e.job.parts)) + chance.random() * 20)  # of like length
        for step, first in enumerate(sorted(range(0, len(data), BATCH), key=lambda _: chance.random())):
            if step and step % 200 == 0:
                print(
                    f"{step * BATCH} sentences, {time.time() - started:.0f}s, loss {total / step / BATCH:.3f}",
                    file=sys.stderr,
                    flush=True,
                )
            group = chunks[first : first + BATCH]
            parts = list(dict.fromkeys(part for e in group for part in e.job.parts))
            width = max(map(len, parts))
            hidden = torch.zeros(len(parts), width, lower[parts[0]].shape[1])
            mask = torch.zeros(len(parts), width)
            for row, part in enumerate(parts):
                hidden[row, : len(part)] = lower[part]
                mask[row, : len(part)] = 1
            batch = stack(group, {part: row for row, part in enumerate(parts)}, width)
            hidden = model.encoder.half(hidden, mask)
            pool, _, party, pair = batch.heads
            loss = loss_of(model.heads(_spread(model.encoder.rest(hidden, mask), batch), *batch.heads), batch)
            if gated:
                odds = model.gate(_spread(hidden, batch), pool, party, pair)[:, 0]
                loss = loss + GATE * nn.functional.binary_cross_entropy_with_logits(odds, batch.claims)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(group)
        print(
            f"epoch {epoch + 1}/{epochs} loss {total / len(data):.3f} {len(data)} sentences {time.time() - started:.0f}s",
            file=sys.stderr,
            flush=True,
        )
    model.eval()


@torch.no_grad()
def _look_up(model: Reader, parts: list[tuple[int, ...]], known: dict[tuple[int, ...], torch.Tensor]) -> None:
    """Adds to `known` what the frozen layers make of the sentences that are not there yet."""
    texts = sorted(dict.fromkeys(part for part in parts if part not in known), key=len)
    for first in range(0, len(texts), BATCH):
        some = texts[first : first + BATCH]
        ids = torch.tensor([[*part, *[0] * (len(some[-1]) - len(part))] for part in some])
        mask = torch.tensor([[1.0] * len(part) + [0.0] * (len(some[-1]) - len(part)) for part in some])
        for part, hidden in zip(some, model.encoder.lower(ids, mask).half(), strict=True):
            known[part] = hidden[: len(part)].clone()


class TorchScorer(Scorer):
    """A model in training, in the place of the packaged scorer."""

    def __init__(self, model: Reader | None, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.encode = self._encode

    @torch.no_grad()
    def score(self, jobs: Sequence[Job]) -> list[Scored | None]:
        """Those of all sentences: the gate is not asked."""
        return [self._score(job) for job in jobs]

    def _score(self, job: Job) -> Scored:
        model = self.model
        assert model is not None
        hidden = []
        for part in job.parts:
            mask = torch.ones(1, len(part))
            lower = model.encoder.lower(torch.tensor([part]), mask)
            hidden.append(model.encoder.rest(model.encoder.half(lower, mask), mask)[0])
        m = len(job.spans) + 1
        nobody = torch.zeros(m, 1)
        nobody[-1] = 1
        party = torch.cat([torch.from_numpy(job.party), torch.zeros(1, job.party.shape[1])])
        given = (torch.cat(hidden), torch.from_numpy(pooling(job)), nobody, party, torch.from_numpy(job.pair))
        out = model.heads(*(x[None] for x in given))
        return Scored(**{name: torch.softmax(out[name][0], -1).numpy() for name in Scored._fields})


class _Weighing(Reading):
    """A reading that keeps all candidates as claims beside what spoke for them."""

    def __init__(self, document: Document, scorer: Scorer) -> None:
        super().__init__(document, tools_of(knowledge.load()), scorer, 0.0)
        self.kept: list[tuple[tuple[float, ...], dict[str, Any]]] = []

    def _settle(self) -> None:
        self.kept += [(found.features, claim_row(self.maker.claim(found), self.document)) for found in self.found]
        self.found = []


def fit_deciding(scorer: Scorer, items: list[dict[str, Any]], file: Path) -> None:
    """Fits the weights of `choosing` on passages that the model has not seen, by Newton's method with a small penalty."""
    rows, right = [], []
    for item in items:
        document = document_of(item)
        reading = _Weighing(document, scorer)
        reading.read_all()
        for features, row in reading.kept:
            close = [gold for gold in item["claims"] if closeness(row, gold) > 0]
            if not close or not all(gold.get("optional") for gold in close):
                rows.append(features)
                right.append(bool(close))
    x, y = np.array(rows), np.array(right, dtype=float)
    np.savez(file, x=x, y=y)
    w = regress(x, y)
    print(
        {name: round(float(value), 3) for name, value in zip(FEATURES, w, strict=True)}, f"{len(y)} pairs, {y.mean():.3f} right"
    )


def regress(x: np.ndarray, y: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression; the first column is the bias and bears no penalty."""
    w = np.zeros(x.shape[1])
    ridge = penalty * np.eye(x.shape[1])
    ridge[0, 0] = 1e-6
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (y - p) - ridge @ w)
    return w


def document_of(item: dict[str, Any]) -> Document:
    return Document(
        id=stable_id("document", item["id"], item["text"]),
        name=item["id"],
        text=item["text"],
        sha256="",
        published=item.get("date"),
    )


def read_with(scorer: Scorer, items: list[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    """{"id", "claims"} of each passage as the whole reader gives them with this scorer."""
    known = knowledge.load()
    out = []
    for item in items:
        document = document_of(item)
        claims, _ = read_claims(document, known, threshold=threshold, model=scorer)
        out.append({"id": item["id"], "claims": [claim_row(claim, document) for claim in claims]})
    return out


def folds(items: list[dict[str, Any]], count: int) -> list[list[int]]:
    """Folds in which no incident occurs twice, with all styles spread over them."""
    groups: dict[str, list[int]] = {}
    for i, item in enumerate(items):
        groups.setdefault(item.get("incident") or f"alone-{item['id']}", []).append(i)
    out: list[list[int]] = [[] for _ in range(count)]
    styles: list[Counter[str]] = [Counter() for _ in range(count)]
    for _, members in sorted(groups.items(), key=lambda g: (-len(g[1]), hashlib.sha256(g[0].encode()).hexdigest())):
        wanted = Counter(items[i]["style"] for i in members)
        best = min(range(count), key=lambda f: (sum(styles[f][s] * k for s, k in wanted.items()), len(out[f])))
        out[best] += members
        styles[best] += wanted
    return out


def blended(new: dict[str, torch.Tensor], old: dict[str, torch.Tensor], keep: float) -> dict[str, torch.Tensor]:
    """The weights between old ones and those that training made of them; what the old ones lack stays new."""
    return {name: torch.lerp(value, old[name], keep) if name in old else value for name, value in new.items()}


class Course:
    """What every model of a run is trained with."""

    def __init__(self, options: argparse.Namespace) -> None:
        from tokenizers import Tokenizer

        self.options = options
        self.tokenizer = Tokenizer.from_file(str(options.minilm / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.names = Names(knowledge.load())
        self.items: list[dict[str, Any]] = []
        self.plain: set[str] = set()
        for path in options.corpus:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            self.items += rows
            if int(path.stem.split("-")[1]) >= options.plain_from:
                self.plain |= {row["id"] for row in rows}
        if options.leave_out:
            self.items = [item for item in self.items if not left_out(item, options.leave_out)]

    def examples(self, items: list[dict[str, Any]]) -> list[Example]:
        return list(examples(items, TorchScorer(None, self.tokenizer), self.names))

    def train(self, items: list[dict[str, Any]]) -> Reader:
        """A model that has seen these passages, once more with other parties, and passages from patterns."""
        options = self.options
        data = self.examples(items)
        print(
            f"{len(items)} passages, {len(data)} sentences, {sum(len(e.gold) for e in data)} of {sum(len(i['claims']) for i in items)} claims in pairs",
            file=sys.stderr,
        )
        often = [e for e in data for _ in range(options.plain_times if e.item in self.plain else 1)]

        def lesson(epoch: int) -> list[Example]:
            """The passages themselves in each epoch, exchanged parties and patterns anew."""
            seed = options.seed + epoch
            made = list(generate(options.patterns, seed))
            return [*often, *self.examples(list(swapped(items, options.swaps, seed))), *self.examples(made)]

        torch.manual_seed(options.seed)
        before = packaged_state(options.go_on) if options.go_on else {}
        if before:
            model = Reader(Encoder(len(options.layers), options.frozen, options.middle))
            missing, unknown = model.load_state_dict(before, strict=False)
            assert not unknown and all(name.startswith("tags") for name in missing), (missing, unknown)
        else:
            model = Reader(load_encoder(options.minilm, options.layers, options.frozen, options.middle))
        if options.start:
            model.load_state_dict(torch.load(options.start, weights_only=True))
        fit(model, lesson, options.epochs, options.rate, options.heads_rate, options.seed)
        if options.keep:
            model.load_state_dict(blended(model.state_dict(), before, options.keep))
        return model

    def save(self, model: Reader) -> None:
        """Encoder, gate, heads and tokenizer; the full weights beside the folder, for later."""
        folder: Path = self.options.output
        folder.mkdir(parents=True, exist_ok=True)
        export(model, folder)
        torch.save(model.state_dict(), folder.with_suffix(".pt"))
        (folder / "tokenizer.json").write_bytes((self.options.minilm / "tokenizer.json").read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, nargs="+", default=sorted(Path("corpora/claims").glob("part-*.jsonl")))
    parser.add_argument(
        "--minilm", type=Path, required=True, help="folder with all-MiniLM-L6-v2's model.safetensors and tokenizer.json"
    )
    parser.add_argument(
        "--layers",
        type=lambda text: [int(x) for x in text.split(",")],
        default=[0, 1, 2, 3, 4, 5],
        help="which of the six, 0,1,2",
    )
    parser.add_argument("--frozen", type=int, default=2, help="so many of the lowest keep their weights")
    parser.add_argument("--middle", type=int, default=3, help="so many run before the gate is asked")
    parser.add_argument("--start", type=Path, help="weights (.pt) of an earlier run to go on from")
    parser.add_argument("--go-on", type=Path, metavar="FOLDER", help="packaged weights to go on from, in place of MiniLM's own")
    parser.add_argument(
        "--keep",
        type=float,
        default=0.0,
        help="with --go-on: share of the old weights in what is kept; the mean reads better than either",
    )
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--heads-rate", type=float, default=1e-3)
    parser.add_argument("--patterns", type=int, default=1500, help="passages made from patterns, added to the training text")
    parser.add_argument("--swaps", type=float, default=0.7, help="share of the passages that are added with other parties")
    parser.add_argument("--plain-from", type=int, default=37, help="first part whose passages are plain prose")
    parser.add_argument("--plain-times", type=int, default=2, help="how often an epoch shows those")
    parser.add_argument(
        "--leave-out", type=int, default=0, metavar="N", help="train without one passage in N, kept for fitting the decision"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cross-validate", type=Path, metavar="FILE", help="where what the folds read goes")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument(
        "--fit-deciding", type=Path, metavar="FILE", help="only fit the decision on what was left out; its features go to FILE"
    )
    parser.add_argument("--weights", type=Path, help="with --fit-deciding: the folder of packaged weights")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    if options.fit_deciding:
        items = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
        left = [item for item in items if left_out(item, options.leave_out)]
        fit_deciding(Scorer(options.weights), left, options.fit_deciding)
        return
    course = Course(options)
    if options.cross_validate:
        with options.cross_validate.open("w", encoding="utf-8") as file:
            for members in folds(course.items, options.folds):
                held = {course.items[i]["id"] for i in members}
                model = course.train([item for item in course.items if item["id"] not in held])
                rest = [item for item in course.items if item["id"] in held]
                for row in read_with(TorchScorer(model, course.tokenizer), rest, options.threshold):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if options.output:
        course.save(course.train(course.items))


if __name__ == "__main__":
    main()
