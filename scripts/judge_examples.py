"""Annotated documents as what the judge is trained on: windows cut and featured by the reader's own code, each party with its label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from claims_examples import best_match

from indicia import knowledge
from indicia.read.claims.refer.resolving import Tools, tools_of
from indicia.read.claims.score.cutting import SHORT, Cut, cut, parse, widened
from indicia.read.claims.score.judge import ANSWERS, NOBODY, judge
from indicia.read.claims.score.windows import EARLIER, Turn, Window, askable, may_decline, turn_labels, window_of
from indicia.read.claims.words.sentences import sentences

__all__ = ["ALIKE", "VAGUE", "Asked", "Example", "examples"]

ALIKE = 0.2  # weight of a party that is not marked where it stands and is accused elsewhere in the document
VAGUE = 0.3  # of a pronoun or description that may mean somebody who is
_FIELDS = {
    "stance": "stance", "deed": "deed", "tie": "tie", "firm": "firmness", "tfirm": "tie_firmness", "basis": "basis", "at": "accused_type",
    "pr": "prominence", "voice": "source_from", "stype": "source_type", "ch": "channel",
}  # fmt: skip
_DEFAULTS = {"deed": "did", "firm": "none", "basis": "none stated", "tfirm": "none"}
_LITTLE = frozenset("the a an of s and to in by its".split())


class Asked(NamedTuple):
    """A party (NOBODY: none) of a window. `answers` holds places in ANSWERS, -100 where nothing is marked; None: no claim. `sources`:
    who may rightly be chosen (parties, then nobody, then the turn); none where the source stands outside the window."""

    party: int
    answers: dict[str, int] | None
    sources: tuple[int, ...]
    weight: float


class Example(NamedTuple):
    document: str
    window: Window
    asked: list[Asked]


def examples(document: str, text: str, claims: Sequence[dict[str, Any]]) -> Iterator[Example]:
    """The windows of a document that hold anybody to ask about. Sentences with a claim are there even where the reader passes them."""
    tools = tools_of(knowledge.load())
    encode = judge().encode
    ranges = list(sentences(text, 0))
    worth = _worth(text, ranges, tools, claims)
    turns = turn_labels(text)
    context, previous = None, None
    for number, (start, end) in enumerate(ranges):
        if not worth[number]:
            ahead = number + 1 < len(ranges) and worth[number + 1]
            context, previous = parse(text, start, end, tools.names) if ahead else None, None
            continue
        sentence = parse(text, start, end, tools.names)
        near = context is not None and 0 <= start - context.end < 40
        piece = cut(context if near else None, sentence, number, previous)
        wide = widened(piece, context) if near and piece.back is None else piece
        context, previous = sentence, piece
        turn = next((one for one in reversed(turns) if one.start <= start), None)
        window = window_of(wide, text, encode, turn, ranges[max(0, number - EARLIER) : number])
        if window is not None and (asked := list(_asked(text, claims, wide, turn))):
            yield Example(document, window, asked)


def _worth(text: str, ranges: Sequence[tuple[int, int]], tools: Tools, claims: Sequence[dict[str, Any]]) -> list[bool]:
    hits = tools.gate.hits(text, short=len(text) <= SHORT)
    told = [any(a <= hit < b for hit in hits) for a, b in ranges]
    near = [any(told[max(0, k - 1) : k + 2]) for k in range(len(ranges))]
    marked = [any(_stands_in(claim, a, b) for claim in claims) for a, b in ranges]
    return [one or other for one, other in zip(near, marked, strict=True)]


def _stands_in(claim: dict[str, Any], start: int, end: int) -> bool:
    quote, accused = claim["quote"], claim.get("accused")
    return quote[0] < end and quote[1] > start or accused is not None and start <= accused[0] < end


def _asked(text: str, claims: Sequence[dict[str, Any]], piece: Cut, turn: Turn | None) -> Iterator[Asked]:
    places = [(party.start, party.end) for party in piece.whole.parties]
    start, end = piece.own
    here: dict[int, dict[str, Any]] = {}
    for claim in claims:
        accused = claim.get("accused")
        if accused is None and claim["quote"][0] < end and claim["quote"][1] > start:
            here[NOBODY] = claim
        elif accused is not None and start <= accused[0] < end:
            at = best_match(accused, places)
            if at >= piece.before and (at not in here or here[at].get("optional")):
                here[at] = claim
    names = [_words(text[slice(*c["accused"])]) | _words(c.get("accused_canonical")) for c in claims if c.get("accused")]
    for at in askable(piece):
        party = piece.whole.parties[at]
        if at in here:
            yield _right(here[at], at, claims, places, turn)
            continue
        mine = _words(text[party.start : party.end])
        alike = any(mine and name and 2 * len(mine & name) >= min(len(mine), len(name)) for name in names)
        vague = bool(claims) and (
            party.kinds[0] == "pronoun" or party.definite and party.kinds[0] in ("group", "criminal", "person")
        )
        yield Asked(at, None, (), ALIKE if alike else VAGUE if vague else 1.0)
    if NOBODY in here:
        yield _right(here[NOBODY], NOBODY, claims, places, turn)
    elif may_decline(text, piece):
        yield Asked(NOBODY, None, (), 1.0)


def _right(
    claim: dict[str, Any], at: int, claims: Sequence[dict[str, Any]], places: Sequence[tuple[int, int]], turn: Turn | None
) -> Asked:
    answers = {}
    for question, field in _FIELDS.items():
        values = [getattr(one, "value", one) for one in ANSWERS[question]]
        said = claim.get(field, _DEFAULTS.get(question))
        answers[question] = values.index(said) if said in values else -100
    if claim.get("tie") is None:
        answers["tfirm"] = -100
    alike = [
        c for c in claims if c.get("accused") == claim.get("accused") and c["stance"] == claim["stance"] and c.get("source")
    ]
    spoken = [_speaker(claim, places, turn), *(_speaker(one, places, turn) for one in alike if one is not claim)]
    return Asked(at, answers, tuple(place for place in spoken if place >= 0), 1.0)


def _speaker(claim: dict[str, Any], places: Sequence[tuple[int, int]], turn: Turn | None) -> int:
    source = claim.get("source")
    if source is None:
        return len(places)
    if turn is not None and turn.label is not None and source[0] < turn.label[1] and source[1] > turn.label[0]:
        return len(places) + 1
    return best_match(source, places)


def _words(text: str | None) -> set[str]:
    return set(re.findall(r"\w+", (text or "").lower())) - _LITTLE
