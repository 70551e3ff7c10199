"""A document as the network reads it: chunks of whole sentences, each with what stands around it in view.

A chunk has sentences of its own, about which is asked, some before and after them, and at its head the first words of the
document and the label of the turn in which it begins ("MS. PSAKI:"). All claims of a chunk are told by these tokens alone, so
that a claim reads the same in a long document as in a short one. With no room around it each sentence is a chunk by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from indicia.read.text.sentences import sentences

Place = tuple[int, int]  # a half-open range of characters of the document, or of tokens of a chunk

LONGEST = 128  # tokens of a sentence; a longer one is read in pieces
HEADING = 3  # sentences whose words may stand at the head
TURN = 6000  # characters that a turn may last: a label further back is a heading
OPENS, CLOSES = 0, 2  # the tokens around and between parts
NOWHERE: Place = (-1, -1)

_LABEL = re.compile(
    r"^\s*(?:[A-Z][A-Z.'’\- ]{1,40}[A-Z.](?:\s*\([^)\n]{1,60}\))?|Q(?:UESTION)?|[A-Z][\w.'’\-]+(?: [A-Z][\w.'’\-]+){0,4})"
    r"\s*:\s",
    re.MULTILINE,
)


class Room(NamedTuple):
    """How many tokens of a chunk are for its own sentences (one at least), those before and after them, and the first words of
    the document."""

    own: int
    before: int
    after: int
    head: int


WIDE = Room(own=224, before=72, after=24, head=36)
ALONE = Room(own=0, before=0, after=0, head=0)

Tokens = Callable[[str], tuple[Sequence[int], Sequence[Place]]]  # a text's token ids, and where each stands in it


class Zone(IntEnum):
    """Where in a chunk a token stands."""

    MARK = 0
    HEAD = 1
    BEFORE = 2
    OWN = 3
    AFTER = 4


class ChunkSentence(NamedTuple):
    """A sentence or a piece of a long one: its range in the document, token ids and their places in the document."""

    start: int
    end: int
    ids: Sequence[int]
    places: Sequence[Place]


class Chunk(NamedTuple):
    """Token ids with, for each, its place in the document (NOWHERE for marks), how it is written and its zone; and the token
    ranges of its own sentences."""

    ids: list[int]
    places: list[Place]
    shapes: list[int]
    zones: list[int]
    own: list[Place]

    def text_range(self, tokens: Place) -> Place:
        """The characters of a range of tokens."""
        return self.places[tokens[0]][0], self.places[tokens[1] - 1][1]


def cut(text: str, tokens: Tokens) -> Iterator[ChunkSentence]:
    """The sentences of a text in order, long ones in pieces of at most LONGEST tokens."""
    for start, end in sentences(text):
        ids, inside = tokens(text[start:end])
        places = [(start + a, start + b) for a, b in inside]
        for at in range(0, len(ids), LONGEST):
            piece = places[at : at + LONGEST]
            yield ChunkSentence(piece[0][0], piece[-1][1], ids[at : at + LONGEST], piece)


def chunks(text: str, tokens: Tokens, room: Room = WIDE) -> Iterator[Chunk]:
    """The chunks of a document in order: every sentence is the own one of exactly one of them."""
    read = list(cut(text, tokens))
    heading = [one for sentence in read[:HEADING] for one in zip(sentence.ids, sentence.places, strict=True)][: room.head]
    labels = [match.span() for match in _LABEL.finditer(text)]
    ends = [end for _, end in labels]
    first = 0
    while first < len(read):
        last = _filled(read, range(first, len(read)), room.own, least=1)
        before = first - _filled(read, range(first - 1, -1, -1), room.before)
        after = last_of = first + last
        after += _filled(read, range(last_of, len(read)), room.after)
        out = _Made(text)
        if before > 0:
            start = read[before].start
            out.add([one for one in heading if one[1][1] <= start], Zone.HEAD)
            label = labels[at - 1] if (at := bisect_right(ends, start)) else None
            if label is not None and start - label[0] < TURN:
                out.mark(CLOSES)
                ids, inside = tokens(text[slice(*label)])
                out.add([(id, (label[0] + a, label[0] + b)) for id, (a, b) in zip(ids, inside, strict=True)], Zone.HEAD)
            out.mark(CLOSES)
        for index in range(before, after):
            zone = Zone.BEFORE if index < first else Zone.OWN if index < last_of else Zone.AFTER
            out.add(list(zip(read[index].ids, read[index].places, strict=True)), zone)
        out.mark(CLOSES)
        yield out.chunk
        first = last_of


def _filled(read: Sequence[ChunkSentence], order: range, room: int, least: int = 0) -> int:
    """How many sentences, in this order, fit into so many tokens: `least` at least."""
    taken = 0
    for index in order:
        room -= len(read[index].ids)
        if room < 0 and taken >= least:
            break
        taken += 1
    return taken


class _Made:
    """A chunk that is being put together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.chunk = Chunk([OPENS], [NOWHERE], [0], [Zone.MARK], [])

    def mark(self, id: int) -> None:
        self._put(id, NOWHERE, 0, Zone.MARK)

    def add(self, tokens: Sequence[tuple[int, Place]], zone: Zone) -> None:
        begin = len(self.chunk.ids)
        for id, place in tokens:
            self._put(id, place, _shape(self.text, place), zone)
        if zone is Zone.OWN and tokens:
            self.chunk.own.append((begin, len(self.chunk.ids)))

    def _put(self, id: int, place: Place, shape: int, zone: Zone) -> None:
        self.chunk.ids.append(id)
        self.chunk.places.append(place)
        self.chunk.shapes.append(shape)
        self.chunk.zones.append(zone)


def _shape(text: str, place: Place) -> int:
    """How the word is written that a token is of, since the vocabulary knows small letters only: 1 small, 2 with a capital,
    3 in capitals, 4 a number, 5 no word, 6 mixed."""
    start, end = place
    written = text[start:end]
    if written.isdigit():
        return 4
    if not any(map(str.isalpha, written)):
        return 5
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    word = text[start:end]
    if word.isupper() and len(word) > 1:
        return 3
    if (word[0].isupper() and word[1:].islower()) or (len(word) == 1 and word.isupper()):
        return 2
    return 1 if word.islower() else 6
