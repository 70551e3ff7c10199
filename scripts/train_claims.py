"""Trains the learned scorer of claims: a MiniLM encoder and small heads over (source, accused) pairs, on corpora/claims.

    python scripts/train_claims.py --cross-validate        five folds by incident and style, prints the figures
    python scripts/train_claims.py -o src/indicia/read/claims/model   trains on all, exports int8 ONNX and the heads

Needs torch, transformers, onnx and onnxscript beside the project's own dependencies; none of them is needed at run time. The encoder starts
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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from claims_swaps import swapped
from claims_templates import generate
from torch import nn

from evals.claims import closeness
from indicia import knowledge
from indicia.read.claims import THRESHOLD, claim_row, read_claims
from indicia.read.claims.choosing import FEATURES
from indicia.read.claims.cutting import cut, leans_back, parse
from indicia.read.claims.names import Names
from indicia.read.claims.pairs import PAIR_SIZE, PARTY_SIZE, STANCES, joined, pair_features, party_features
from indicia.read.claims.reader import Reading
from indicia.read.claims.resolving import tools_of
from indicia.read.claims.scorer import TAGS, Job, Scored, Scorer
from indicia.read.claims.sentences import sentences
from indicia.records import AccusedType, Basis, Document, Firmness, SourceType, stable_id

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FIRMNESS = list(Firmness)
BASES = list(Basis)
SOURCE_TYPES = list(SourceType)
ACCUSED_TYPES = list(AccusedType)
MAX_TOKENS = 192
FROZEN = 2  # the lowest layers keep their weights; what they yield is computed once


class Example(NamedTuple):
    """One sentence with the text before it, as arrays. `gold` holds (source, accused, stance, firmness, basis, source type, accused type)."""

    item: str
    before: int  # so many of the parties belong to the sentence before
    tokens: list[int]
    spans: list[tuple[int, int]]  # token ranges of the parties
    sentence: tuple[int, int]  # token range of the sentence
    party: np.ndarray
    pair: np.ndarray
    gold: list[tuple[int, int, int, int, int, int, int]]
    tags: list[int]


def overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def match(span: tuple[int, int], places: list[tuple[int, int]]) -> int:
    """Index of the party that covers `span` best, or -1."""
    best, value = -1, 0.34
    for i, place in enumerate(places):
        shared = overlap(span, place)
        score = (
            shared / min(span[1] - span[0], place[1] - place[0]) * 0.7
            + shared / max(span[1] - span[0], place[1] - place[0]) * 0.3
            if shared
            else 0
        )
        if score > value:
            best, value = i, score
    return best


def code(values: Sequence[Any], value: str) -> int:
    """Position of a value, -100 (left out of the loss) where it is not given."""
    return next((i for i, x in enumerate(values) if x.value == value), -100)


def examples(items: list[dict[str, Any]], tokenizer: Any, names: Names) -> Iterator[Example]:
    """The sentences of the corpus as training examples, each with the one before it where it leans on that."""
    for item in items:
        text = item["text"]
        ranges = list(sentences(text))
        previous = None
        for number, (start, end) in enumerate(ranges):
            sentence = parse(text, start, end, names)
            context = previous if previous is not None and leans_back(sentence) else None  # as in reading
            previous = sentence
            parties = joined(context, sentence)
            if not sentence.parties:
                continue
            before = len(parties) - len(sentence.parties)
            begin = start if context is None else context.start
            encoded = tokenizer.encode(text[begin:end])
            offsets = [(a + begin, b + begin) if b > a else (-1, -1) for a, b in encoded.offsets]
            ids = encoded.ids

            def tokens_of(a: int, b: int, offsets: list[tuple[int, int]] = offsets) -> tuple[int, int]:
                hit = [k for k, (x, y) in enumerate(offsets) if x >= 0 and x < b and y > a]
                return (hit[0], hit[-1] + 1) if hit else (0, 1)

            if len(ids) > MAX_TOKENS:
                continue
            places = [(p.start, p.end) for p in parties]
            spans = [tokens_of(a, b) for a, b in places]
            piece = cut(context, sentence, number)
            n = len(places)
            gold = []
            for claim in item["claims"]:
                if not (claim["quote_start"] < end and claim["quote_end"] > start):
                    continue
                where = claim["spans"]
                s = a = n
                if claim["source"] is not None:
                    s = match(tuple(where["source"]), places)
                if claim["accused"] is not None:
                    a = match(tuple(where["accused"]), places)
                if s < 0 or a < 0 or not (before <= s < n or before <= a < n):
                    continue
                gold.append(
                    (s, a, code(STANCES, claim["stance"]), code(FIRMNESS, claim["firmness"]), code(BASES, claim["basis"]),
                     code(SOURCE_TYPES, claim["source_type"]), code(ACCUSED_TYPES, claim["accused_type"]))
                )  # fmt: skip
            tags = [-100 if x < start else 0 for x, _ in offsets]
            for claim in item["claims"]:
                where = claim["spans"]
                for tag, marked in ((1, [where.get("act")]), (2, [where.get("firmness_cue")]), (3, where.get("via") or [])):
                    for span in marked:
                        if span:
                            for k, (x, y) in enumerate(offsets):
                                if x >= start and x < span[1] and y > span[0]:
                                    tags[k] = tag
            yield Example(
                item["id"],
                before,
                ids,
                spans,
                tokens_of(start, end),
                party_features(parties),
                pair_features(parties, before, piece.found, piece.said),
                gold,
                tags,
            )


class Reader(nn.Module):
    """Encoder and heads. `layers` of the encoder are kept."""

    def __init__(self, encoder: nn.Module, width: int = 384, hidden: int = 192) -> None:
        super().__init__()
        self.encoder = encoder
        self.null_source = nn.Parameter(torch.randn(width) * 0.02)
        self.null_accused = nn.Parameter(torch.randn(width) * 0.02)
        self.null_party = nn.Parameter(torch.zeros(PARTY_SIZE))
        self.source = nn.Linear(width + PARTY_SIZE, hidden)
        self.accused = nn.Linear(width + PARTY_SIZE, hidden)
        self.context = nn.Linear(width, hidden)
        self.pair = nn.Linear(PAIR_SIZE, hidden)
        self.left = nn.Linear(width, hidden, bias=False)
        self.right = nn.Linear(width, hidden, bias=False)
        self.drop = nn.Dropout(0.2)
        self.stance = nn.Linear(hidden, len(STANCES) + 1)
        self.firmness = nn.Linear(hidden, len(FIRMNESS))
        self.basis = nn.Linear(hidden, len(BASES))
        self.source_type = nn.Linear(width + PARTY_SIZE, len(SOURCE_TYPES))
        self.accused_type = nn.Linear(width + PARTY_SIZE, len(ACCUSED_TYPES))
        self.tags = nn.Linear(width, len(TAGS))

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.upper(self.lower(ids, mask), mask)

    def lower(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Through the embeddings and the frozen layers; the same for a text in every epoch."""
        return self._layers(self.encoder.embeddings(input_ids=ids), mask, 0, FROZEN)

    def upper(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Through the layers that are trained."""
        return self._layers(hidden, mask, FROZEN, len(self.encoder.encoder.layer))

    def _layers(self, hidden: torch.Tensor, mask: torch.Tensor, first: int, last: int) -> torch.Tensor:
        bias = (1.0 - mask[:, None, None, :].float()) * -1e9
        for layer in self.encoder.encoder.layer[first:last]:
            out = layer(hidden, bias)
            hidden = out[0] if isinstance(out, tuple) else out
        return hidden

    def heads(self, h: torch.Tensor, example: Example) -> dict[str, torch.Tensor]:
        """Logits of one sentence from its token vectors `h`."""
        parties = torch.stack([h[a:b].mean(0) for a, b in example.spans])
        features = torch.from_numpy(example.party)
        s = torch.cat([parties, self.null_source[None]])
        a = torch.cat([parties, self.null_accused[None]])
        f = torch.cat([features, self.null_party[None]])
        sf, af = torch.cat([s, f], 1), torch.cat([a, f], 1)
        x, y = example.sentence
        context = self.context(h[x:y].mean(0))
        z = (
            self.source(self.drop(sf))[:, None] + self.accused(self.drop(af))[None, :] + context[None, None]
            + self.pair(torch.from_numpy(example.pair)) + self.left(s)[:, None] * self.right(a)[None, :]
        )  # fmt: skip
        z = torch.relu(z)
        z = self.drop(z)
        return {
            "stance": self.stance(z), "firmness": self.firmness(z), "basis": self.basis(z),
            "source_type": self.source_type(sf), "accused_type": self.accused_type(af),
            "tags": self.tags(self.drop(h)),
        }  # fmt: skip


class Heads(nn.Module):
    """The heads over one sentence, for export. `pool` [m, tokens] averages tokens into parties, its last row is zero and stands for nobody;
    `nobody` [m, 1] is 1 there; `party` [m, PARTY_SIZE], `pair` [m, m, PAIR_SIZE], `sentence` [1, tokens] averages the sentence's tokens."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self,
        hidden: torch.Tensor,
        pool: torch.Tensor,
        nobody: torch.Tensor,
        party: torch.Tensor,
        pair: torch.Tensor,
        sentence: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        r = self.reader
        mean = pool @ hidden
        s = mean + nobody * r.null_source[None]
        a = mean + nobody * r.null_accused[None]
        f = party + nobody * r.null_party[None]
        sf, af = torch.cat([s, f], 1), torch.cat([a, f], 1)
        z = (
            r.source(sf)[:, None] + r.accused(af)[None, :] + r.context(sentence @ hidden)[None]
            + r.pair(pair) + r.left(s)[:, None] * r.right(a)[None, :]
        )  # fmt: skip
        z = torch.relu(z)
        return (
            torch.softmax(r.stance(z), -1), torch.softmax(r.firmness(z), -1), torch.softmax(r.basis(z), -1),
            torch.softmax(r.source_type(sf), -1), torch.softmax(r.accused_type(af), -1), torch.softmax(r.tags(hidden), -1),
        )  # fmt: skip


def export_heads(model: Reader, file: Path) -> None:
    """The heads as a small ONNX graph: NumPy's own threads fight with others on a busy machine."""
    model.eval()
    tokens, m = torch.export.Dim("tokens", min=2, max=512), torch.export.Dim("m", min=2, max=64)
    example = (
        torch.randn(40, 384), torch.rand(6, 40), torch.zeros(6, 1), torch.zeros(6, PARTY_SIZE), torch.zeros(6, 6, PAIR_SIZE), torch.rand(1, 40)
    )  # fmt: skip
    shapes = ({0: tokens}, {0: m, 1: tokens}, {0: m}, {0: m}, {0: m, 1: m}, {1: tokens})
    program = torch.onnx.export(
        Heads(model), example, dynamo=True, dynamic_shapes=shapes,
        input_names=["hidden", "pool", "nobody", "party", "pair", "sentence"],
        output_names=["stance", "firmness", "basis", "source_type", "accused_type", "tags"],
    )  # fmt: skip
    program.save(str(file), include_initializers=True, external_data=False)


def load_encoder(folder: Path, layers: int) -> nn.Module:
    from transformers import BertModel

    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS:
        raise SystemExit(f"{folder}/model.safetensors has sha256 {digest}, not the published one")
    encoder = BertModel.from_pretrained(str(folder), add_pooling_layer=False)
    encoder.encoder.layer = encoder.encoder.layer[:layers]
    for part in (
        encoder.embeddings,
        *encoder.encoder.layer[:FROZEN],
    ):  # more than half of all weights; they are good as they are
        for parameter in part.parameters():
            parameter.requires_grad = False
    encoder.config.num_hidden_layers = layers
    return encoder


def fit(model: Reader, data: list[Example], epochs: int, rate: float, seed: int, *, batch: int = 8) -> None:
    random.seed(seed)
    torch.manual_seed(seed)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in model.encoder.parameters() if p.requires_grad], "lr": rate}, {"params": heads, "lr": 1e-3}],
        weight_decay=0.01,
    )
    steps = epochs * ((len(data) + batch - 1) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min(1.0, (k + 1) / (0.1 * steps)) * max(0.02, 1 - k / steps)
    )
    model.eval()
    cached: dict[int, torch.Tensor] = {}
    with torch.no_grad():
        for example in data:
            ids = torch.tensor([example.tokens])
            cached[id(example)] = model.lower(ids, torch.ones_like(ids))[0].half()
    model.train()
    for epoch in range(epochs):
        random.shuffle(data)
        order = sorted(range(0, len(data), batch), key=lambda _: random.random())
        chunks = sorted(data, key=lambda e: len(e.tokens) + random.random() * 20)
        total = 0.0
        started = time.time()
        for at in order:
            group = chunks[at : at + batch]
            size = max(len(e.tokens) for e in group)
            mask = torch.tensor([[1] * len(e.tokens) + [0] * (size - len(e.tokens)) for e in group])
            lower = torch.zeros(len(group), size, 384)
            for k, e in enumerate(group):
                lower[k, : len(e.tokens)] = cached[id(e)].float()
            hidden = model.upper(lower, mask)
            losses = []
            for h, example in zip(hidden, group, strict=True):
                out = model.heads(h, example)
                n = len(example.spans) + 1
                target = torch.zeros(n, n, dtype=torch.long)
                for s, a, stance, *_ in example.gold:
                    target[s, a] = stance + 1
                live = torch.ones(n, n, dtype=torch.bool)
                live[: example.before, : example.before] = False
                live[: example.before, n - 1] = live[n - 1, : example.before] = False
                live[n - 1, n - 1] = False
                pairs = nn.functional.cross_entropy(out["stance"][live], target[live], reduction="sum", label_smoothing=0.02)
                losses.append(pairs / 3)
                tags = torch.tensor(example.tags)
                if bool((tags >= 0).any()):
                    losses.append(nn.functional.cross_entropy(out["tags"][: len(tags)], tags, ignore_index=-100))
                for s, a, _, firmness, basis, source_type, accused_type in example.gold:
                    losses.append(
                        0.3
                        * nn.functional.cross_entropy(out["firmness"][s, a][None], torch.tensor([firmness]), reduction="sum")
                    )
                    losses.append(
                        0.3 * nn.functional.cross_entropy(out["basis"][s, a][None], torch.tensor([basis]), reduction="sum")
                    )
                    if s < n - 1:
                        losses.append(
                            0.2
                            * nn.functional.cross_entropy(
                                out["source_type"][s][None], torch.tensor([source_type]), reduction="sum"
                            )
                        )
                    if a < n - 1:
                        losses.append(
                            0.2
                            * nn.functional.cross_entropy(
                                out["accused_type"][a][None], torch.tensor([accused_type]), reduction="sum"
                            )
                        )
            loss = torch.stack(losses).sum() / len(group)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(group)
        print(
            f"epoch {epoch + 1}/{epochs} loss {total / len(data):.3f} {time.time() - started:.0f}s", file=sys.stderr, flush=True
        )


class TorchScorer:
    """A model in training, in the place of the packaged scorer."""

    def __init__(self, model: Reader, tokenizer: Any) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        encoded = self.tokenizer.encode(text)
        return encoded.ids, encoded.offsets

    @torch.no_grad()
    def score(self, jobs: list[Job]) -> list[Scored]:
        out = []
        for job in jobs:
            h = self.model.encode(torch.tensor([job.tokens]), torch.ones(1, len(job.tokens), dtype=torch.long))[0]
            example = Example("", 0, job.tokens, job.spans, job.sentence, job.party, job.pair, [], [])
            logits = self.model.heads(h, example)
            out.append(Scored(**{k: torch.softmax(v, -1).numpy() for k, v in logits.items()}))
        return out


class _Weighing(Reading):
    """A reading that keeps all candidates as claims beside what spoke for them."""

    def __init__(self, document: Document, scorer: TorchScorer | Scorer) -> None:
        super().__init__(document, tools_of(knowledge.load()), scorer, 0.0)  # type: ignore[arg-type]
        self.kept: list[tuple[tuple[float, ...], dict[str, Any]]] = []

    def _settle(self) -> None:
        self.kept += [(found.features, claim_row(self.maker.claim(found), self.document)) for found in self.found]
        self.found = []


def fit_deciding(scorer: TorchScorer | Scorer, items: list[dict[str, Any]], file: Path) -> None:
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


def left_out(name: str, every: int) -> bool:
    """Whether a passage is one of those (one in `every`) that training leaves out, by its id, so always the same."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % every == 0


def document_of(item: dict[str, Any]) -> Document:
    return Document(
        id=stable_id("document", item["id"], item["text"]),
        name=item["id"],
        text=item["text"],
        sha256="",
        published=item.get("date"),
    )


def read_with(model: Reader, tokenizer: Any, items: list[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    """{"id", "claims"} of each passage as the whole reader gives them with this model."""
    known = knowledge.load()
    scorer = TorchScorer(model, tokenizer)
    out = []
    for item in items:
        document = document_of(item)
        claims, _ = read_claims(document, known, threshold=threshold, model=scorer)  # type: ignore[arg-type]
        out.append({"id": item["id"], "claims": [claim_row(claim, document) for claim in claims]})
    return out


@torch.no_grad()
def predict(model: Reader, data: list[Example]) -> list[tuple[Example, dict[str, np.ndarray]]]:
    model.eval()
    out = []
    for example in data:
        h = model.encode(torch.tensor([example.tokens]), torch.ones(1, len(example.tokens), dtype=torch.long))[0]
        logits = model.heads(h, example)
        out.append((example, {k: torch.softmax(v, -1).numpy() for k, v in logits.items()}))
    return out


def measure(results: list[tuple[Example, dict[str, np.ndarray]]], threshold: float) -> dict[str, float]:
    """Pair-level precision, recall, F1 at a threshold, and the accuracy of the fields on gold pairs."""
    c: Counter[str] = Counter()
    for example, p in results:
        stance = p["stance"]
        gold = {(s, a): k for s, a, k, *_ in example.gold}
        n = stance.shape[0]
        for s in range(n):
            for a in range(n):
                if not (example.before <= s < n - 1 or example.before <= a < n - 1):
                    continue
                k = int(stance[s, a, 1:].argmax())
                if 1 - stance[s, a, 0] >= threshold:
                    c["tp" if gold.get((s, a)) == k else "fp"] += 1
        for s, a, _, firmness, basis, source_type, accused_type in example.gold:
            c["gold"] += 1
            c["firmness"] += int(p["firmness"][s, a].argmax() == firmness)
            c["basis"] += int(p["basis"][s, a].argmax() == basis)
            if s < n - 1:
                c["st_n"] += 1
                c["st"] += int(p["source_type"][s].argmax() == source_type)
            if a < n - 1:
                c["at_n"] += 1
                c["at"] += int(p["accused_type"][a].argmax() == accused_type)
    precision, recall = c["tp"] / max(1, c["tp"] + c["fp"]), c["tp"] / max(1, c["gold"])
    return {
        "P": precision, "R": recall, "F1": 2 * precision * recall / max(1e-9, precision + recall), "firmness": c["firmness"] / max(1, c["gold"]),
        "basis": c["basis"] / max(1, c["gold"]), "source_type": c["st"] / max(1, c["st_n"]), "accused_type": c["at"] / max(1, c["at_n"]), "gold": c["gold"],
    }  # fmt: skip


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


def export(model: Reader, folder: Path, tokenizer_file: Path) -> None:
    """Encoder (weights stored as int8) and heads as ONNX, the tokenizer; the full weights beside the folder, for later."""
    import onnx
    from onnx_weights import store_int8

    folder.mkdir(parents=True, exist_ok=True)

    class Encoder(nn.Module):
        def __init__(self, inner: Reader) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return self.inner.encode(ids, mask)

    model.eval()
    ids = torch.randint(5, 2000, (3, 40))
    mask = torch.ones(3, 40, dtype=torch.long)
    mask[1, 30:] = 0
    dynamic = {0: torch.export.Dim("batch", min=1, max=256), 1: torch.export.Dim("tokens", min=2, max=512)}
    program = torch.onnx.export(Encoder(model), (ids, mask), dynamo=True, input_names=["ids", "mask"], output_names=["hidden"],
                                dynamic_shapes=(dynamic, dynamic))  # fmt: skip
    full = folder / "encoder.f32.onnx"
    program.save(str(full))
    onnx.checker.check_model(str(full))
    store_int8(full, folder / "encoder.onnx")
    full.unlink()
    for extra in folder.glob("encoder.f32*"):
        extra.unlink()
    export_heads(model, folder / "heads.onnx")
    torch.save(model.state_dict(), folder.with_suffix(".pt"))
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, nargs="+", default=sorted(Path("corpora/claims").glob("part-*.jsonl")))
    parser.add_argument(
        "--minilm",
        type=Path,
        required=True,
        help="folder with all-MiniLM-L6-v2's model.safetensors, config.json, tokenizer.json",
    )
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument(
        "--patterns", type=int, default=900, help="passages made from patterns that are added to the training text"
    )
    parser.add_argument("--swaps", type=float, default=0.7, help="share of the passages that are added with other parties")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cross-validate", type=int, default=0, metavar="FOLDS")
    parser.add_argument("--only", type=int, default=99, help="run so many folds")
    parser.add_argument("--held", type=Path, help="folder for the folds' models, and for --read-held what they read")
    parser.add_argument(
        "--read-held", type=Path, help="only write the claims that the folds' models read in their held-out passages"
    )
    parser.add_argument(
        "--fit-deciding",
        type=Path,
        metavar="FILE",
        help="only fit the decision on the held-out passages of the folds; their features go to FILE",
    )
    parser.add_argument("--weights", type=Path, help="with --fit-deciding: the folder of packaged weights, instead of folds")
    parser.add_argument(
        "--leave-out", type=int, default=0, metavar="N", help="train without one passage in N, kept for fitting the decision"
    )
    parser.add_argument("--plain-from", type=int, default=37, help="first part whose passages are plain prose")
    parser.add_argument("--plain-times", type=int, default=1, help="how often an epoch shows those")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--test", type=Path, help="a development set to measure on, never trained on")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.minilm / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    names = Names(knowledge.load())
    if options.fit_deciding and options.weights:
        items = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
        items = [item for item in items if left_out(item["id"], options.leave_out)]
        fit_deciding(Scorer(options.weights), items, options.fit_deciding)
        return
    if options.fit_deciding:
        items = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted(options.held.glob("fold*.pt")):
            model = Reader(load_encoder(options.minilm, options.layers))
            model.load_state_dict(torch.load(path))
            ids = set(json.loads(path.with_suffix(".json").read_text()))
            fit_deciding(TorchScorer(model, tokenizer), [item for item in items if item["id"] in ids], options.fit_deciding)
        return
    if options.read_held:
        items = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
        with options.read_held.open("w", encoding="utf-8") as file:
            for path in sorted(options.held.glob("fold*.pt")):
                model = Reader(load_encoder(options.minilm, options.layers))
                model.load_state_dict(torch.load(path))
                ids = set(json.loads(path.with_suffix(".json").read_text()))
                for row in read_with(model, tokenizer, [item for item in items if item["id"] in ids], options.threshold):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    plain = list(examples(list(generate(options.patterns, options.seed)), tokenizer, names))
    items = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
    plain_ids = {
        json.loads(line)["id"]
        for path in options.corpus
        if int(path.stem.split("-")[1]) >= options.plain_from
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    if options.leave_out:
        items = [item for item in items if not left_out(item["id"], options.leave_out)]
    data = list(examples(items, tokenizer, names))
    print(
        f"{len(items)} passages, {len(data)} sentences, {sum(len(e.gold) for e in data)} of {sum(len(i['claims']) for i in items)} claims in pairs",
        file=sys.stderr,
    )

    def often(some: list[Example]) -> list[Example]:
        return [e for e in some for _ in range(options.plain_times if e.item in plain_ids else 1)]

    if options.cross_validate:
        results = []
        for number, members in enumerate(folds(items, options.cross_validate)[: options.only]):
            held = {items[i]["id"] for i in members}
            model = Reader(load_encoder(options.minilm, options.layers))
            kept = list(swapped([item for item in items if item["id"] not in held], options.swaps, options.seed))
            more = list(examples(kept, tokenizer, names))
            fit(
                model,
                [*plain, *more, *often([e for e in data if e.item not in held])],
                options.epochs,
                options.rate,
                options.seed,
            )
            fold = predict(model, [e for e in data if e.item in held])
            results += fold
            if options.held:
                options.held.mkdir(parents=True, exist_ok=True)
                torch.save(model.state_dict(), options.held / f"fold{number}.pt")
                (options.held / f"fold{number}.json").write_text(json.dumps(sorted(held)))
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
            print(threshold, {k: round(v, 3) for k, v in measure(results, threshold).items()}, flush=True)
    if options.output or (options.test and not options.cross_validate):
        model = Reader(load_encoder(options.minilm, options.layers))
        more = list(examples(list(swapped(items, options.swaps, options.seed)), tokenizer, names))
        fit(model, [*plain, *more, *often(data)], options.epochs, options.rate, options.seed)
        if options.test:
            test = [json.loads(line) for line in options.test.read_text(encoding="utf-8").splitlines()]
            for item in test:
                item["claims"] = [c for c in item["claims"] if "spans" in c]
            results = predict(model, list(examples(test, tokenizer, names)))
            for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
                print("test", threshold, {k: round(v, 3) for k, v in measure(results, threshold).items()}, flush=True)
        if options.output:
            export(model, options.output, options.minilm / "tokenizer.json")


if __name__ == "__main__":
    main()
