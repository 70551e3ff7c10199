"""What the network hears in a document: proposals of claims and sentences that tell facts, with places in the text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.chunks import Chunk, Place, Zone, chunks
from indicia.read.claims.network import FACTS, FIELDS, STANCES, TAGS, Answers, Network
from indicia.read.claims.topic import may_claim, of_computers
from indicia.records import Stance

__all__ = ["LEAST", "Heard", "Proposal", "Telling", "hear"]

F = npt.NDArray[np.float32]

LEAST = 0.05  # the probability from which something is proposed
SPAN = 0.05  # that from which a span of words may be a party
ACCUSED, SPEAKERS = 16, 14  # parties of a chunk that are asked about, the most probable first
OVERLAP = 0.5  # of the shorter of two spans that share words: the less probable one goes
MOST_READ = 600  # chunks of a document, at a fifth of a second each: more than a book has that may hold a claim
AHEAD, AT_ONCE = 8, 2  # chunks of a long text that are read at once, and on how many cores
SHORT = 2_000  # characters that are read whatever they are about
TOLD = 0.5  # the probability from which a word is of a tag
FACT = 0.15  # that from which a sentence may tell a fact: which of them are the clearest, is told later


class Proposal(NamedTuple):
    """That the text makes `speaker` (None: nobody named) take a stance toward `accused` (None: nobody), said by `sentence`.

    `fields` are the likeliest values by name, `tags` the words around that tell how surely, of what and so on, `led` and
    `spoken_by` where the words lead that only point to the accused or the speaker."""

    stance: Stance
    score: float
    accused: Place | None
    speaker: Place | None
    sentence: Place
    fields: dict[str, Any]
    tags: dict[str, tuple[Place, ...]]
    accused_led: Place | None
    speaker_led: Place | None


class Telling(NamedTuple):
    """That a sentence tells a fact of the main incident of its document: which of FACTS, and how probably."""

    sentence: Place
    what: str
    score: float


class Heard(NamedTuple):
    """All that is heard in a document, in the order of its chunks. `until` is where the network stopped, None at the end."""

    proposals: list[Proposal]
    facts: list[Telling]
    until: int | None = None


def hear(text: str, network: Network) -> Heard:
    """What the network makes of a text; of a long one nothing where it says nothing of computers."""
    out = Heard([], [])
    short = len(text) <= SHORT
    if not short and not of_computers(text):
        return out
    worth = [one for one in chunks(text, network.tokens) if one.own and (short or _may_claim(text, one))]
    for chunk, hidden in _read(worth[:MOST_READ], network):
        spans = network.spans(hidden)
        own = [zone == Zone.OWN for zone in chunk.zones]
        any_zone = [zone != Zone.MARK for zone in chunk.zones]
        accused = _chosen(spans.accused, own, ACCUSED)
        speakers = _chosen(spans.speakers, any_zone, SPEAKERS)
        answers = network.answers(chunk, hidden, accused, speakers)
        whole = partial(_whole, text, chunk)
        out.proposals.extend(_proposed(chunk, whole, answers, accused, speakers, _tagged(text, chunk, spans.tags)))
        for row, column in np.argwhere(answers.facts > FACT).tolist():
            sentence = chunk.text_range(chunk.own[row])
            out.facts.append(Telling(sentence, FACTS[column], float(answers.facts[row, column])))
    left = worth[MOST_READ:]
    return out._replace(until=left[0].text_range(left[0].own[0])[0]) if left else out


def _may_claim(text: str, chunk: Chunk) -> bool:
    body = [place for place, zone in zip(chunk.places, chunk.zones, strict=True) if zone >= Zone.BEFORE]
    return may_claim(text, body[0][0], body[-1][1])


def _read(found: Sequence[Chunk], network: Network) -> Iterator[tuple[Chunk, F]]:
    """What the encoder makes of each chunk, in order: those of a long text on several cores at once, some ahead."""
    if len(found) <= AHEAD:
        yield from ((chunk, network.read(chunk)) for chunk in found)
        return
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        for at in range(0, len(found), AHEAD):
            some = found[at : at + AHEAD]
            yield from zip(some, pool.map(network.read, some), strict=True)


def _chosen(probable: F, allowed: Sequence[bool], most: int) -> list[Place]:
    """The likeliest spans that do not share most of their words."""
    found = np.argwhere(probable > SPAN)
    order = sorted(map(tuple, found.tolist()), key=lambda at: (-float(probable[at]), at))
    out: list[Place] = []
    for start, more in order:
        end = start + more + 1
        if end > len(allowed) or not allowed[start] or not allowed[end - 1]:
            continue
        if any(min(end, b) - max(start, a) > OVERLAP * min(end - start, b - a) for a, b in out):
            continue
        out.append((start, end))
        if len(out) == most:
            break
    return out


def _whole(text: str, chunk: Chunk, tokens: Place) -> Place:
    """The characters of a range of tokens, with the rest of a word that they begin or end in."""
    start, end = chunk.text_range(tokens)
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _proposed(
    chunk: Chunk,
    whole: Callable[[Place], Place],
    answers: Answers,
    accused: Sequence[Place],
    speakers: Sequence[Place],
    tags: dict[str, tuple[Place, ...]],
) -> Iterator[Proposal]:
    for row, column, k in np.argwhere(answers.stances > LEAST).tolist():
        stance = STANCES[k]
        nobody = row >= len(accused)
        if nobody != (stance is Stance.DECLINES):  # who declines names nobody, everybody else somebody
            continue
        token = chunk.own[row - len(accused)][0] if nobody else accused[row][0]
        sentence = next(one for one in chunk.own if one[0] <= token < one[1])
        named = column < len(speakers)
        yield Proposal(
            stance,
            float(answers.stances[row, column, k]),
            None if nobody else whole(accused[row]),
            whole(speakers[column]) if named else None,
            chunk.text_range(sentence),
            {name: values[int(answers.fields[name][row, column].argmax())] for name, values in FIELDS.items()},
            tags,
            None if nobody else _led(whole, accused, answers.accused_led[row]),
            _led(whole, speakers, answers.speakers_led[column]) if named else None,
        )


def _led(whole: Callable[[Place], Place], parties: Sequence[Place], probable: F) -> Place | None:
    """Where the words of a party lead back to, if they do."""
    best = int(probable.argmax()) if len(probable) else -1
    return whole(parties[best]) if best >= 0 and probable[best] > TOLD else None


def _tagged(text: str, chunk: Chunk, probable: F) -> dict[str, tuple[Place, ...]]:
    """The runs of whole words of each tag in a chunk."""
    out: dict[str, tuple[Place, ...]] = {}
    for k, name in enumerate(TAGS):
        begins, inside = probable[:, k, 0], probable[:, k, 1]
        runs: list[Place] = []
        for at in np.flatnonzero(inside > TOLD).tolist():
            if chunk.zones[at] == Zone.MARK:
                continue
            if runs and runs[-1][1] == at and begins[at] <= TOLD:
                runs[-1] = (runs[-1][0], at + 1)
            else:
                runs.append((at, at + 1))
        places: list[Place] = []
        for start, end in (_whole(text, chunk, run) for run in runs):
            if places and start <= places[-1][1]:  # two parts of one word
                places[-1] = (places[-1][0], max(end, places[-1][1]))
            else:
                places.append((start, end))
        out[name] = tuple(places)
    return out
