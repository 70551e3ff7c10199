"""Passages of the corpus as what the scorer is trained on: one example for each sentence, cut and featured by the reader's own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from indicia.read.claims.known.names import Names
from indicia.read.claims.score.cutting import cut, job_of, leans_back, parse
from indicia.read.claims.score.pairs import ACCUSED_TYPES, STANCES
from indicia.read.claims.score.scorer import Job, Scorer
from indicia.read.claims.words.sentences import sentences
from indicia.records import Basis, Firmness, SourceType

__all__ = ["Example", "Gold", "best_match", "examples"]

MARKED = {"act": 1, "firmness_cue": 2, "via": 3}  # what the words of a claim are tagged as


class Gold(NamedTuple):
    """A claim by numbers: parties (their count stands for nobody), places in the enumerations, -100 where nothing is given."""

    source: int
    accused: int
    stance: int
    firmness: int
    basis: int
    source_type: int
    accused_type: int


class Example(NamedTuple):
    """A sentence as the scorer gets it, with its claims and a tag for each token."""

    item: str
    before: int  # so many of the parties belong to the sentence before
    job: Job
    gold: list[Gold]
    tags: list[int]


def examples(items: list[dict[str, Any]], model: Scorer, names: Names) -> Iterator[Example]:
    """The sentences of some passages that hold parties, each with the one before it where reading takes that too. `model` need only encode."""
    for item in items:
        text = item["text"]
        previous = None
        for number, (start, end) in enumerate(sentences(text)):
            sentence = parse(text, start, end, names)
            piece = cut(previous if previous is not None and leans_back(sentence) else None, sentence, number)
            previous = sentence
            job = job_of(piece, text, model)
            if job is None:
                continue
            places = [(party.start, party.end) for party in piece.whole.parties]
            here = [claim for claim in item["claims"] if claim["quote_start"] < end and claim["quote_end"] > start]
            gold = [found for claim in here if (found := _gold(claim, places, piece.before)) is not None]
            yield Example(item["id"], piece.before, job, gold, _tags(item, model, start, end, sum(map(len, job.parts))))


def _gold(claim: dict[str, Any], places: list[tuple[int, int]], before: int) -> Gold | None:
    n = len(places)
    s = best_match(claim["spans"]["source"], places) if claim["source"] is not None else n
    a = best_match(claim["spans"]["accused"], places) if claim["accused"] is not None else n
    if s < 0 or a < 0 or not (before <= s < n or before <= a < n):
        return None
    return Gold(
        s, a, _code(STANCES, claim["stance"]), _code(list(Firmness), claim["firmness"]), _code(list(Basis), claim["basis"]),
        _code(list(SourceType), claim["source_type"]), _code(ACCUSED_TYPES, claim["accused_type"]),
    )  # fmt: skip


def best_match(span: Sequence[int], places: list[tuple[int, int]]) -> int:
    """Index of the party that covers `span` best, or -1."""
    best, value = -1, 0.34
    for i, place in enumerate(places):
        shared = min(span[1], place[1]) - max(span[0], place[0])
        if shared > 0:
            lengths = (span[1] - span[0], place[1] - place[0])
            score = shared / min(lengths) * 0.7 + shared / max(lengths) * 0.3
            if score > value:
                best, value = i, score
    return best


def _code(values: Sequence[Any], value: str) -> int:
    return next((i for i, x in enumerate(values) if x.value == value), -100)


def _tags(item: dict[str, Any], model: Scorer, start: int, end: int, size: int) -> list[int]:
    """A tag for each of `size` tokens, -100 for those of the sentence before and the marks at both ends."""
    offsets = model.encode(item["text"][start:end])[1]
    tags = [0 if b > a else -100 for a, b in offsets]
    for claim in item["claims"]:
        for name, tag in MARKED.items():
            where = claim["spans"].get(name) or []
            for first, last in [where] if where and isinstance(where[0], int) else where:
                for k, (a, b) in enumerate(offsets):
                    if b > a and start + a < last and start + b > first:
                        tags[k] = tag
    return [-100] * (size - len(tags)) + tags
