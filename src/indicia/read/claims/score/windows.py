"""A sentence as the judge sees it: with what stands before it, the head of its document and the label of its turn.

Every party of the sentence is asked about in turn ("is it accused here, of what, by whom?"), and nobody as well, since a source
may decline to name anybody.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.score.cutting import Cut
from indicia.read.claims.score.pairs import pair_features, party_features
from indicia.read.claims.words.topic import topic_of

__all__ = ["ABOUT", "EARLIER", "OUTSIDE", "Turn", "Window", "askable", "may_decline", "turn_labels", "window_of"]

F = npt.NDArray[np.float32]
Encode = Callable[[str], tuple[list[int], list[tuple[int, int]]]]

LONGEST = {"own": 200, "before": 96, "earlier": 64, "head": 40, "label": 12}  # tokens of each piece; of all earlier ones
EARLIER = 6  # sentences before one that may be shown with it
LEAST = 8  # tokens: an earlier sentence is not shown with fewer
HEAD = 240  # characters of a document that tell what it is
OUTSIDE = 2  # who may speak beside the parties: nobody (or the issuer), and whoever has the turn
ABOUT = 8  # numbers that say where a window stands
MOST_PARTIES = 40

# Nobody is accused of speaking a language, of being a report or of publishing: kinds that are never asked about.
_NEVER = frozenset({"report", "media", "court", "union", "intl"})
_DECLINE = re.compile(
    r"\b(?:attribut\w*|who(?:ever)? (?:is|was|were|did|are|might|may|could)|behind|responsib\w+|blam\w+|nam(?:e|ed|ing)\b|"
    r"culprit|"
    r"perpetrat\w+|point\w* (?:the |a )?finger|speculat\w*|identif\w+|comment|discuss|premature|too early|origin|position to|"
    r"investigat\w+|anything (?:more|else|further|new)|refer you|unknown|not know|don.t know|not clear|unclear|"
    r"evidence|confirm)\b",
    re.IGNORECASE,
)
# "MS. PSAKI:", "Q", "SENATOR WARNER:" at the beginning of a line, "PRIME MINISTER:" as the whole of it.
_LABEL = re.compile(
    r"^[ \t>*#]*(?:(?P<name>(?:(?:MR|MS|MRS|DR|GEN|ADM|AMB|SEN|SENATOR|SECRETARY|PRESIDENT|CHAIRMAN|DIRECTOR|Mr|Ms|Mrs|Dr|"
    r"Sen)\.?[ \xa0])?+[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,3}|(?:Chairman|Mr\.|Ms\.|Mrs\.|Senator) [A-Z]\w+)[ \t]*"
    r"(?:\([^)\n]{2,60}\))?\s?[:.]\*{0,2}[ \t\xa0]|(?P<question>(?:Q|QUESTION|Question|REPORTER|JOURNALIST)\b\*{0,2}[:.]?\s)|"
    r"(?P<alone>[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,4}):\*{0,2}[ \t]*$)",
    re.MULTILINE,
)


class Turn(NamedTuple):
    """From `start` on, whoever text[label] names has the turn; a question where it names nobody."""

    start: int
    label: tuple[int, int] | None


class Window(NamedTuple):
    """Token ids of the pieces (label, head, earlier sentences, the sentence before whose parties count, the sentence
    itself; the last is there always) with the segment of each, token ranges of the parties over all pieces together, their
    features, features of all (source, accused) pairs (the last index stands for nobody), and where it stands."""

    pieces: tuple[tuple[int, ...], ...]
    segments: tuple[int, ...]  # 0 own, 1 before and earlier, 2 head, 3 label
    spans: tuple[tuple[int, int], ...]
    party: F
    pair: F
    about: F
    turn: bool


def turn_labels(text: str) -> list[Turn]:
    """The turns of a transcript, in order; none where a text has fewer than two labels. A label that has a line to itself is
    one where somebody asks: elsewhere it is a heading."""
    found = list(_LABEL.finditer(text))
    asked = any(m["question"] for m in found)
    turns = [
        Turn(m.start(), None if m["question"] else m.span("name" if m["name"] else "alone"))
        for m in found
        if asked or not m["alone"]
    ]
    return turns if len(turns) > 1 else []


def askable(piece: Cut) -> list[int]:
    """The parties of the sentence itself that may be accused."""
    return [k for k, p in enumerate(piece.whole.parties) if k >= piece.before and p.kinds[0] not in _NEVER]


def may_decline(text: str, piece: Cut) -> bool:
    """Whether the sentence holds a word with which a source declines to name anybody."""
    return _DECLINE.search(text, *piece.own) is not None


def window_of(piece: Cut, text: str, encode: Encode, turn: Turn | None, earlier: Sequence[tuple[int, int]]) -> Window | None:
    """The window of a sentence, or None where it is too long or holds too many parties to be asked about. `earlier`: text
    ranges of the sentences before it, the nearest last."""
    whole = piece.whole
    if len(whole.parties) > MOST_PARTIES:
        return None
    ids, offsets = encode(text[slice(*piece.own)])
    if len(ids) > LONGEST["own"]:
        return None
    pieces: list[tuple[int, ...]] = []
    segments: list[int] = []
    starts: list[int] = []
    ends: list[int] = []

    def add(begin: int, end: int, segment: int, most: int, *, last: bool = False) -> None:
        ids, offsets = encode(text[begin:end])
        places = [(begin, begin), *((begin + a, begin + b) for a, b in offsets[1:-1]), (end, end)]
        if len(ids) > most:
            ids, places = (ids[-most:], places[-most:]) if last else (ids[:most], places[:most])
        pieces.append(tuple(ids))
        segments.append(segment)
        starts.extend(a for a, _ in places)
        ends.extend(b for _, b in places)

    if turn is not None and turn.label is not None and turn.label[1] <= piece.own[0]:
        add(*turn.label, 3, LONGEST["label"])
    if piece.own[0] > HEAD:
        add(0, HEAD, 2, LONGEST["head"])
    for begin, end, most in _earlier(piece, earlier, encode, text):
        add(begin, end, 1, most, last=True)
    outside = len(starts)
    if piece.before:
        add(whole.start, piece.own[0], 1, LONGEST["before"], last=True)
    add(*piece.own, 0, LONGEST["own"])
    spans = tuple(_tokens(starts, ends, outside, p.start, p.end) for p in whole.parties)
    return Window(
        tuple(pieces),
        tuple(segments),
        spans,
        party_features(whole.parties),
        pair_features(whole.parties, piece.before, piece.found, piece.said),
        _about(piece, text, turn),
        turn is not None and turn.label is not None,
    )


def _earlier(piece: Cut, ranges: Sequence[tuple[int, int]], encode: Encode, text: str) -> list[tuple[int, int, int]]:
    """The sentences before those whose parties count, in order, as far as there is room, each with the tokens it may have. What
    the head shows is not shown again."""
    start = piece.whole.start if piece.before else piece.own[0]
    shown = HEAD if piece.own[0] > HEAD else 0
    room, out = LONGEST["earlier"], []
    for begin, end in reversed(ranges):
        if end > start:
            continue
        if begin < shown or room < LEAST:
            break
        out.append((begin, end, room))
        room -= len(encode(text[begin:end])[0])
    return out[::-1]


def _tokens(starts: Sequence[int], ends: Sequence[int], outside: int, start: int, end: int) -> tuple[int, int]:
    """Tokens after the first `outside` that touch [start, end); the first of the sentence where a long one was cut before
    it."""
    first, last = bisect_right(ends, start, outside), bisect_left(starts, end, outside)
    return (first, last) if first < last else (outside, outside + 1)


def _about(piece: Cut, text: str, turn: Turn | None) -> F:
    """ABOUT numbers between 0 and 1."""
    start, end = piece.own
    silent, other = topic_of(text, start, end)
    line = text.rfind("\n", 0, start) + 1
    head = text[line:start].strip()
    return np.array(
        [
            start / max(1, len(text)),
            min(1.0, len(text) / 8000),
            silent,
            other,
            head[:1] in ("-", "*", "•"),
            "|" in text[line:end],
            turn is not None and turn.label is None,
            text[start:end].count('"') + text[start:end].count("“") > 0,
        ],
        dtype=np.float32,
    )
