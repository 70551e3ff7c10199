"""What the network hears in a document: proposals of claims and sentences that tell facts, with places in the text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.calibration import odds_of, probability_of
from indicia.read.claims.chunks import ALONE, Chunk, Place, Zone, chunks
from indicia.read.claims.network import FACTS, FIELDS, STANCES, TAGS, Answers, Network
from indicia.records import Stance

# Whether the words of a long text can tell of an attack on computers at all, so that the network need not read what cannot.
#
# Of 4,316 annotated documents with a claim nearly all hold one of the words (and of those without a claim four in five); of
# 2,593 claims 4 stand in a place that holds none of the wider ones.
_COMPUTERS = (
    r"cyber|hack|malware|malicious|ransom|intru[ds]|breach|espionage|phish|botnet|wiper|\bworm|ddos|denial.of.service|computer|"
    r"network|server|exploit|\bAPT|\bUNC\d|spyware|backdoor|trojan|threat (?:actor|group)|infiltrat|compromis|vulnerab|e-?mail|"
    r"disinformation|online|digital|internet|software|web ?sites?|surveillance|\bleak|\bspy|\bspies|\bdata\b|meddl|interfer"
)
_CHARGED = (
    r"attack|attribut|operation|campaign|blackout|outage|crypto|bitcoin|sabotage|group|gang|responsib|stole|steal|theft|worm|data|"
    r"spying|leak|comput"
)
_OF_COMPUTERS = re.compile(_COMPUTERS, re.IGNORECASE)
_MAY_CLAIM = re.compile(f"{_COMPUTERS}|{_CHARGED}", re.IGNORECASE)


def of_computers(text: str) -> bool:
    """Whether a document says anything of computers, of what is on them or of those who break into them."""
    return _OF_COMPUTERS.search(text) is not None


def may_claim(text: str, start: int, end: int) -> bool:
    """Whether a part of such a document may tell of what was done."""
    return _MAY_CLAIM.search(text, start, end) is not None


F = npt.NDArray[np.float32]

LEAST = 0.05  # the probability from which something is proposed
SPAN = 0.05  # that from which a span of words may be a party
ACCUSED, SPEAKERS = 16, 14  # parties of a chunk that are asked about, the most probable first
OVERLAP = 0.5  # of the shorter of two spans that share words: the less probable one goes
MOST_READ = 600  # chunks of a document, at a fifth of a second each: more than a book has that may hold a claim
AHEAD, AT_ONCE = 8, 2  # chunks of a long text that are read at once, and on how many cores
SHORT = 2_000  # characters that are read whatever they are about
UNHEARD = 5.0  # log odds that a claim loses which is not heard in its sentence alone: what points elsewhere cannot be
SILENT = 0.002  # the probability, with all around in view, of a claim that is heard in its sentence alone
TOLD = 0.5  # the probability from which a word is of a tag
_ENDS = list(accumulate(map(len, FIELDS.values())))
OF_THE_DOCUMENT = frozenset({"channel", "voice", "source_type"})  # fields that a sentence alone does not tell
_FIELDS_AT = [slice(end - len(values), end) for end, values in zip(_ENDS, FIELDS.values(), strict=True)]
_BY_BOTH = np.repeat([name not in OF_THE_DOCUMENT for name in FIELDS], [len(values) for values in FIELDS.values()])
FACT_WORDS = 5  # of a sentence that tells a fact
FACT = 0.15  # that from which a sentence may tell a fact: which of them are the clearest, is told later


class Proposal(NamedTuple):
    """That the text makes `speaker` (None: nobody named) take a stance toward `accused` (None: nobody), said by `sentence`.

    `odds` are the log odds of each value of FIELDS in their order, `tags` the words around that tell how surely, of what and so
    on, `accused_led` and `speaker_led` where the words lead that only point to the accused or the speaker."""

    stance: Stance
    score: float
    accused: Place | None
    speaker: Place | None
    sentence: Place
    odds: F
    tags: dict[str, tuple[Place, ...]]
    accused_led: Place | None
    speaker_led: Place | None

    @property
    def fields(self) -> dict[str, Any]:
        """The likeliest value of each field; None, that nothing of the kind is said, where that is likelier than that
        something is."""
        pairs = zip(FIELDS.items(), _FIELDS_AT, strict=True)
        return {name: values[_likeliest(values, self.odds[at])] for (name, values), at in pairs}


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


class _Part(NamedTuple):
    """What is heard in one chunk, and which of its sentences hold somebody who may be accused, or decline to name anybody."""

    proposals: list[Proposal]
    facts: list[Telling]
    sentences: set[Place]


def hear(text: str, network: Network) -> Heard:
    """What the network makes of a text; of a long one nothing where it says nothing of computers. Every sentence is read with
    what stands around it, and those that may hold a claim a second time by themselves, so that the words around drown none."""
    short = len(text) <= SHORT
    if not short and not of_computers(text):
        return Heard([], [])
    worth = [one for one in chunks(text, network.tokens) if one.own and (short or _may_claim(text, one))]
    wide = [_heard(text, network, *read) for read in _read(worth[:MOST_READ], network)]
    asked = set().union(*(part.sentences for part in wide))
    single = [one for one in chunks(text, network.tokens, ALONE) if one.own and one.text_range(one.own[0]) in asked]
    alone = [_heard(text, network, *read) for read in _read(single, network)]
    proposals = agreed([one for part in wide for one in part.proposals], [one for part in alone for one in part.proposals])
    left = worth[MOST_READ:]
    until = left[0].text_range(left[0].own[0])[0] if left else None
    return Heard(proposals, [one for part in wide for one in part.facts], until)


def _heard(text: str, network: Network, chunk: Chunk, hidden: F) -> _Part:
    spans = network.spans(hidden)
    own = [zone == Zone.OWN for zone in chunk.zones]
    any_zone = [zone != Zone.MARK for zone in chunk.zones]
    accused = _chosen(spans.accused, own, ACCUSED)
    speakers = _chosen(spans.speakers, any_zone, SPEAKERS)
    answers = network.answers(chunk, hidden, accused, speakers)
    whole = partial(_whole, text, chunk)
    proposals = list(_proposed(chunk, whole, answers, accused, speakers, _tagged(text, chunk, spans.tags)))
    told = network.facts(chunk, hidden, text)
    facts = [
        Telling(place, FACTS[column], float(told[row, column]))
        for row, column in np.argwhere(told > FACT).tolist()
        if len(text[slice(*(place := chunk.text_range(chunk.own[row])))].split()) >= FACT_WORDS
    ]
    may_accuse = {chunk.text_range(one) for one in chunk.own if any(one[0] <= start < one[1] for start, _ in accused)}
    return _Part(proposals, facts, may_accuse | {one.sentence for one in proposals})


def agreed(wide: Sequence[Proposal], alone: Sequence[Proposal]) -> list[Proposal]:
    """One list of two readings of the same sentences: what both propose has the mean of their log odds; what only one does is
    held back by how little the other can have heard. A denial is not: what it answers stands before it."""
    left: dict[Place, list[Proposal]] = {}
    for one in alone:
        left.setdefault(one.sentence, []).append(one)
    out = []
    for one in wide:
        mine = left.get(one.sentence, [])
        at = next((k for k, more in enumerate(mine) if _alike(one, more)), None)
        same = mine.pop(at) if at is not None else None
        score = _mean(odds_of(one.score), odds_of(one.score) - UNHEARD if same is None else odds_of(same.score))
        odds = one.odds if same is None else np.where(_BY_BOTH, (one.odds + same.odds) / 2, one.odds)
        out.append(one._replace(score=max(score, one.score) if one.stance is Stance.DENIES else score, odds=odds))
    out += [one._replace(score=_mean(odds_of(one.score), odds_of(SILENT))) for rest in left.values() for one in rest]
    return sorted((one for one in out if one.score > LEAST), key=lambda one: one.sentence)


def _alike(one: Proposal, other: Proposal) -> bool:
    return one.stance is other.stance and _shared(one.accused, other.accused) and _shared(one.speaker, other.speaker)


def _shared(one: Place | None, other: Place | None) -> bool:
    """Whether two ranges share most of the shorter one."""
    if one is None or other is None:
        return one is other
    return min(one[1], other[1]) - max(one[0], other[0]) >= OVERLAP * min(one[1] - one[0], other[1] - other[0])


def _mean(one: float, other: float) -> float:
    return probability_of((one + other) / 2)


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


def _likeliest(values: Sequence[Any], odds: F) -> int:
    if values[0] is not None:
        return int(odds.argmax())
    some = 1 + int(odds[1:].argmax())
    return some if np.logaddexp.reduce(odds[1:]) > odds[0] else 0


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
            answers.fields[row, column],
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
