"""Teaches the reader: `python -m scripts.reader.train --mpnet FOLDER --mirrors FOLDER -o FOLDER` (about six hours of two cores).

Each pass sees every chunk that holds a claim, part of them with other names or in other surroundings, some chunks of the same
documents that hold none, about as many of documents without any, and those of the latter that looked most like claims before.
The lowest layers of the encoder stay as published; what is kept is the running mean of the weights. `-o` is written every few
minutes, and `--from` takes up from there. `--leave-out` keeps the publishers of a fold unseen, to choose versions by them
(`scripts.reader.measure`).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from indicia.read.claims.chunks import Place, Zone
from indicia.read.claims.network import FACTS, STANCES, TAGS, UNKNOWN, WIDEST, bucket, same
from scripts.reader.augment import alone, surrounded, swapped
from scripts.reader.corpus import Taught, fold, own_documents, own_passages, real_documents
from scripts.reader.examples import NOBODY_NAMED, Example, alike, examples
from scripts.reader.network import Reader, published

TOKENS = 3600  # of a step, padding included
FROZEN = 4  # of the encoder's layers, the lowest
RATES = (5e-5, 6e-4)  # of the encoder, and of all else
WARM = 200  # steps until the rates are reached
PASSAGES = 700  # short passages of our own in a pass
SWAPPED, SWAPPED_OWN, ALONE, AROUND = 0.4, 0.6, 0.18, 0.12  # shares of documents of a pass that are changed
# Chunks without a claim for each that has one: of the same document, of others, and hard ones.
BESIDE, SILENT, HARD = 0.35, 0.75, 0.2
ACCUSED, SPEAKERS, LIKELY = 14, 12, 0.02  # parties asked about, and how probable one must be
LOSS = {"spans": 0.5, "pairs": 1.0, "alone": 0.4, "fields": 0.15, "tags": 0.05, "leads": 0.3, "facts": 0.3}
WEIGHTIER = frozenset({"deed", "tie", "firmness"})  # fields that count twice
DECLINES = STANCES.index("declines")  # type: ignore[arg-type]
SAVED = 200  # steps


class Batch(NamedTuple):
    ids: torch.Tensor
    mask: torch.Tensor
    shapes: torch.Tensor
    zones: torch.Tensor


def batch_of(group: Sequence[Example]) -> Batch:
    """Chunks side by side, padded."""
    longest = max(len(one.chunk.ids) for one in group)
    ids = torch.ones(len(group), longest, dtype=torch.long)
    mask, shapes, zones = torch.zeros_like(ids, dtype=torch.bool), torch.zeros_like(ids), torch.zeros_like(ids)
    for k, one in enumerate(group):
        n = len(one.chunk.ids)
        ids[k, :n] = torch.tensor(one.chunk.ids)
        mask[k, :n] = True
        shapes[k, :n] = torch.tensor(one.chunk.shapes)
        zones[k, :n] = torch.tensor(one.chunk.zones)
    return Batch(ids, mask, shapes, zones)


def batches(found: Sequence[Example], rng: random.Random) -> list[list[Example]]:
    """Chunks of about one length together, at most TOKENS tokens."""
    out: list[list[Example]] = []
    longest = 0
    for one in sorted(found, key=lambda one: len(one.chunk.ids) + rng.random() * 30):
        longest = max(longest, len(one.chunk.ids))
        if not out or longest * (len(out[-1]) + 1) > TOKENS:
            out.append([])
            longest = len(one.chunk.ids)
        out[-1].append(one)
    rng.shuffle(out)
    return out


class Lessons:
    """The examples of each pass."""

    def __init__(self, documents: Sequence[Taught], passages: Sequence[Taught], tokens: Any, rng: random.Random) -> None:
        self.telling = [one for one in documents if one.claims]
        self.silent = [one for one in documents if not one.claims]
        self.passages = passages
        self.tokens = tokens
        self.rng = rng
        self.hard: dict[tuple[str, int], float] = {}  # how much a chunk without a claim looked like one
        self.asked: dict[int, tuple[str, int]] = {}

    def of_a_pass(self) -> list[Example]:
        rng = self.rng
        out: list[Example] = []
        for document in [one for one in self.telling for _ in range(1 + one.own)]:
            found = examples(self._changed(document), self.tokens)
            out += [one for one in found if one.golds]
            beside = [one for one in found if not one.golds]
            rng.shuffle(beside)
            out += beside[: int(BESIDE * sum(bool(one.golds) for one in found) + rng.random())]
        telling = len(out)
        self.asked.clear()
        for document in rng.sample(self.silent, min(len(self.silent), int(telling * SILENT))):
            changed = swapped(document, rng) if rng.random() < SWAPPED else document
            found = examples(changed, self.tokens)
            if found:
                at = rng.randrange(len(found))
                out.append(found[at])
                if changed is document:
                    self.asked[id(found[at])] = (document.id, at)
        by_id = {one.id: one for one in self.silent}
        for key, _ in sorted(self.hard.items(), key=lambda pair: (-pair[1], pair[0]))[: int(telling * HARD)]:
            found = examples(by_id[key[0]], self.tokens)
            out.append(found[key[1]])
            self.asked[id(found[key[1]])] = key
        for document in rng.sample(self.passages, min(len(self.passages), PASSAGES)):
            out += examples(document, self.tokens)
        return out

    def _changed(self, document: Taught) -> Taught:
        rng = self.rng
        if rng.random() < (SWAPPED_OWN if document.own else SWAPPED):
            document = swapped(document, rng)
        chance = rng.random()
        if chance < ALONE:
            document = alone(document, rng)
            return surrounded(document, rng, self.silent) if rng.random() < 0.6 else document
        return surrounded(document, rng, self.silent) if chance < ALONE + AROUND else document

    def noted(self, example: Example, looked: float) -> None:
        if (key := self.asked.get(id(example))) is not None:
            self.hard[key] = looked if looked > 0.1 else 0.0


def chosen(probable: np.ndarray, gold: set[Place], allowed: Sequence[bool], most: int) -> list[Place]:
    """The annotated spans and the likeliest others."""
    out = sorted(gold)
    order = sorted(map(tuple, np.argwhere(probable > LIKELY).tolist()), key=lambda at: -probable[at])
    for start, more in order:
        end = start + more + 1
        if len(out) >= most:
            break
        if end > len(allowed) or not allowed[start] or not allowed[end - 1]:
            continue
        if any(min(end, b) - max(start, a) > 0.5 * min(end - start, b - a) for a, b in out):
            continue
        out.append((start, end))
    return out


def loss_of(net: Reader, one: Example, hidden: torch.Tensor, rng: random.Random) -> tuple[torch.Tensor, float]:
    """How wrong the network is about a chunk, and how much it takes what claims nothing for a claim."""
    chunk = one.chunk
    gold = one.spans(0), one.spans(1)
    scores = net.spans(hidden)
    total = LOSS["spans"] * _span_loss(scores, gold, chunk.zones)
    with torch.no_grad():
        probable = torch.sigmoid(scores.float()).numpy()
    own = [zone == Zone.OWN for zone in chunk.zones]
    accused = chosen(probable[0], gold[0], own, ACCUSED)
    speakers = chosen(probable[1], gold[1], [zone != Zone.MARK for zone in chunk.zones], SPEAKERS)
    accused += [
        place
        for place in rng.sample(sorted(gold[1]), min(1, len(gold[1])))
        if rng.random() < 0.3 and own[place[0]] and place not in accused
    ]
    speakers += [
        place for place in rng.sample(sorted(gold[0]), min(1, len(gold[0]))) if rng.random() < 0.3 and place not in speakers
    ]
    named = net.parties(hidden, 0, torch.tensor(accused, dtype=torch.long).view(-1, 2))
    said = net.sentences(hidden, torch.tensor(chunk.own))
    talking = net.parties(hidden, 1, torch.tensor(speakers, dtype=torch.long).view(-1, 2))
    at = [next((k for k, (a, b) in enumerate(chunk.own) if a <= place[0] < b), 0) for place in accused] + list(
        range(len(chunk.own))
    )
    starts = [place[0] for place in (*accused, *chunk.own)]
    distance = torch.full((len(at), len(speakers) + 1), UNKNOWN)
    where = torch.zeros_like(distance)
    for i, sentence in enumerate(at):
        for j, speaker in enumerate(speakers):
            distance[i, j] = bucket(speaker[0] - starts[i])
            where[i, j] = same(speaker, chunk.own[sentence], accused[i] if i < len(accused) else None)
    anchors, sentences = torch.cat([named, said]), said[torch.tensor(at)]
    z = net.pairs(hidden, anchors, sentences, torch.cat([talking, net.unnamed[None]]), distance, where)
    stances, single = net.stance(z), net.alone(net.drop(torch.cat([anchors, sentences], 1)))
    right, asked, single_right, single_asked, pairs = _answers(one, accused, speakers, stances.shape)
    total = total + LOSS["pairs"] * _wrong(stances, right, asked) + LOSS["alone"] * _wrong(single, single_right, single_asked)
    if pairs:
        together = torch.stack([z[i, j] for i, j, _ in pairs])
        for name, head in net.fields.items():
            answers = torch.tensor([fields[name] for *_, fields in pairs])
            if (answers >= 0).any():
                wrong = functional.cross_entropy(head(net.drop(together)), answers, ignore_index=-100, reduction="sum")
                total = total + LOSS["fields"] * (2 if name in WEIGHTIER else 1) * wrong
        total = total + LOSS["tags"] * _tag_loss(net.tags(hidden), one)
    if one.facts is not None:
        right_facts = torch.zeros(len(chunk.own), len(FACTS))
        for sentence, what in one.facts:
            right_facts[sentence, what] = 1
        total = total + LOSS["facts"] * _wrong(net.facts(said), right_facts, torch.ones_like(right_facts))
    total = total + LOSS["leads"] * _lead_loss(net, one, (accused, speakers), (named, talking))
    looked = float((torch.sigmoid(stances.detach().float()) * asked * (1 - right)).max())
    return total * one.weight, looked


def _wrong(logits: torch.Tensor, right: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
    return (functional.binary_cross_entropy_with_logits(logits, right, reduction="none") * asked).sum()


def _span_loss(scores: torch.Tensor, gold: tuple[set[Place], set[Place]], zones: Sequence[int]) -> torch.Tensor:
    """Spans that begin or end beside an annotated one count less."""
    right, asked = torch.zeros_like(scores), torch.ones_like(scores)
    zone = torch.tensor(zones)
    asked[0] *= (zone == Zone.OWN).float()[:, None]
    asked[1] *= (zone != Zone.MARK).float()[:, None]
    for role, places in enumerate(gold):
        for start, end in places:
            if end - start <= WIDEST:
                right[role, start, end - start - 1] = 1.0
        for start, _ in places:
            near = slice(max(0, start - 2), start + 3)
            asked[role, near] = torch.where(right[role, near] > 0, asked[role, near], asked[role, near] * 0.3)
    return _wrong(scores, right, asked)


def _answers(one: Example, accused: Sequence[Place], speakers: Sequence[Place], shape: torch.Size) -> tuple[Any, ...]:
    """What is right of each pair [a, s, stances] and of each anchor [a, stances], what is asked, and the pairs that make a claim."""
    n, last = len(accused), len(speakers)
    right, asked = torch.zeros(shape), torch.ones(shape)
    single_right, single_asked = torch.zeros(shape[0], shape[2]), torch.ones(shape[0], shape[2])
    asked[n:] = single_asked[n:] = 0  # a sentence as a whole can only decline ...
    asked[n:, :, DECLINES] = single_asked[n:, DECLINES] = 1
    asked[:n, :, DECLINES] = 0.2  # ... and who declines accuses nobody
    accused_words, speakers_words = [one.words(place) for place in accused], [one.words(place) for place in speakers]
    for stance, who, voice in one.known:
        for i in range(n):
            if who and alike(accused_words[i], who):
                single_asked[i, stance] = 0
                for j in range(last + 1):
                    if (j == last and not voice) or (j < last and voice and alike(speakers_words[j], voice)):
                        asked[i, j, stance] = 0
    pairs = []
    for gold in one.golds:
        if gold.accused is None:
            i = n + gold.sentence
            for beside in (gold.sentence - 1, gold.sentence + 1):
                if 0 <= beside < shape[0] - n:
                    asked[n + beside] = single_asked[n + beside] = 0
        else:
            i = accused.index(gold.accused)
            for k, (a, b) in enumerate(accused):
                if k != i and a < gold.accused[1] and gold.accused[0] < b:
                    asked[k, :, gold.stance] = single_asked[k, gold.stance] = 0
        single_right[i, gold.stance] = single_asked[i, gold.stance] = 1
        if gold.speaker is None:
            asked[i, :, gold.stance] = 0
            continue
        j = last if gold.speaker == NOBODY_NAMED else speakers.index(gold.speaker)
        right[i, j, gold.stance] = asked[i, j, gold.stance] = 1
        pairs.append((i, j, gold.fields))
    return right, asked, single_right, single_asked, pairs


def _tag_loss(logits: torch.Tensor, one: Example) -> torch.Tensor:
    t = logits.shape[0]
    right, asked = torch.zeros(t, len(TAGS), 2), torch.zeros(t, len(TAGS), 1)
    for start, end in one.told:
        asked[start:end] = 1
    for tag, (start, end) in one.tags:
        right[start, tag, 0] = 1
        right[start:end, tag, 1] = 1
        asked[start:end, tag] = 1
    return _wrong(logits.view(t, len(TAGS), 2), right, asked.expand(-1, -1, 2))


def _lead_loss(net: Reader, one: Example, parties: Sequence[Sequence[Place]], vectors: Sequence[torch.Tensor]) -> torch.Tensor:
    total = torch.zeros(())
    for role, place, name in one.leads:
        found = parties[role]
        others = [k for k in range(len(found)) if found[k] != place]
        if place not in found or not others:
            continue
        distance = torch.tensor([[bucket(found[k][0] - place[0]) for k in others]])
        right = torch.tensor([[float(alike(one.words(found[k]), name)) for k in others]])
        mine = vectors[role][found.index(place)][None]
        logits = net.led(role, mine, vectors[role][torch.tensor(others)], distance)
        total = total + functional.binary_cross_entropy_with_logits(logits, right, reduction="sum")
    return total


class Mean:
    """The running mean of the weights: what is kept."""

    def __init__(self, net: Reader, state: dict[str, torch.Tensor] | None = None) -> None:
        self.net = net
        self.state = state or {key: value.clone() for key, value in net.state_dict().items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        for key, value in self.net.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[key].lerp_(value, 0.1 if step < 2 * WARM else 0.015)


def steps_of(lessons: Lessons, passes: int, rng: random.Random) -> Iterator[tuple[list[Example], float]]:
    """The groups of examples of all passes, and which part of all work lies behind."""
    for number in range(passes):
        groups = batches(lessons.of_a_pass(), rng)
        for at, group in enumerate(groups):
            yield group, (number + at / len(groups)) / passes


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--mpnet", type=Path, required=True, help="folder of all-mpnet-base-v2 (model.safetensors, tokenizer.json)"
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--mirrors", type=Path, help="folder of the fetched repositories, owner+name/repo each")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--leave-out", type=int, action="append", default=[], metavar="FOLD")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start", type=Path, help="go on from the weights of this file, with fresh rates")
    parser.add_argument("--frozen", type=int, default=FROZEN, metavar="N", help="of the encoder's layers (%(default)s)")
    options = parser.parse_args(arguments)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.mpnet / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def tokens(text: str) -> tuple[Sequence[int], Sequence[Place]]:
        encoded = tokenizer.encode(text, add_special_tokens=False)
        return encoded.ids, encoded.offsets

    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    net = Reader(published(options.mpnet))
    if options.start:
        net.load_state_dict(torch.load(options.start)["mean"])
    for part in (net.enc.words, net.enc.places, net.enc.norm, net.enc.distance, *net.enc.layers[: options.frozen]):
        part.requires_grad_(False)
    real = [one for one in real_documents(options.shared, options.mirrors) if fold(one) not in options.leave_out]
    lessons = Lessons([*real, *own_documents()], own_passages(), tokens, rng)
    taught = {True: [], False: []}  # type: dict[bool, list[nn.Parameter]]
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            taught[name.startswith("enc.")].append(parameter)
    rates = [{"params": taught[True], "lr": 0.0, "rate": RATES[0]}, {"params": taught[False], "lr": 0.0, "rate": RATES[1]}]
    optimiser = torch.optim.AdamW(rates, weight_decay=0.01, betas=(0.9, 0.98))
    mean, begun = Mean(net), time.time()
    options.out.mkdir(parents=True, exist_ok=True)
    for step, (group, behind) in enumerate(steps_of(lessons, options.passes, rng)):
        for rate in optimiser.param_groups:
            rate["lr"] = rate["rate"] * min(1.0, (step + 1) / WARM) * max(0.02, 1 - behind)
        loss = _step(net.train(), group, lessons, rng)
        for parameters, most in ((taught[True], 2.0), (taught[False], 5.0)):
            nn.utils.clip_grad_norm_(parameters, most)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 4 == 0:
            mean.update(step)
        if step % 50 == 0:
            print(f"step {step}, {behind:.0%}, {(time.time() - begun) / 60:.0f} min, loss {loss:.2f}", flush=True)
        if step % SAVED == 0:
            torch.save({"mean": mean.state}, options.out / "model.pt")
    torch.save({"mean": mean.state}, options.out / "model.pt")
    return 0


def _step(net: Reader, group: Sequence[Example], lessons: Lessons, rng: random.Random) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = net.encode(*batch_of(group)).float()
    total = torch.zeros(())
    for k, one in enumerate(group):
        loss, looked = loss_of(net, one, net.drop(hidden[k, : len(one.chunk.ids)]), rng)
        lessons.noted(one, looked)
        total = total + loss
    (total / len(group)).backward()  # type: ignore[no-untyped-call]
    return float(total.detach()) / len(group)


if __name__ == "__main__":
    raise SystemExit(main())
