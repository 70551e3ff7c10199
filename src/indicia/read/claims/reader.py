"""The claims of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from indicia.knowledge import Knowledge
from indicia.read.banners import without_banners
from indicia.read.claims.cutting import SHORT, Cut, cut, parse
from indicia.read.claims.draft import Draft
from indicia.read.claims.fields import Maker
from indicia.read.claims.grammar import Sentence, coordinated
from indicia.read.claims.issuer import find_issuer
from indicia.read.claims.judge import NOBODY, Judge, Verdict, judge
from indicia.read.claims.language import foreign
from indicia.read.claims.resolving import Found, Resolver, Tools, tools_of
from indicia.read.claims.sentences import sentences
from indicia.read.claims.settling import settled
from indicia.read.claims.windows import Turn, askable, may_decline, turn_labels, window_of
from indicia.records import Claim, Document, Problem, Severity, Stance

__all__ = ["THRESHOLD", "Reading", "read_claims"]

THRESHOLD = 0.5  # the score from which a claim is given
_LISTED = 0.12  # probability from which a party speaks too that stands in one list with the likeliest speaker
BATCH = 256  # sentences that are held at once


def read_claims(
    document: Document, knowledge: Knowledge, *, threshold: float = THRESHOLD, model: Judge | None = None
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """All claims of the document in the order of their quotes, and what could not be read.

    Claims whose `score` (the reader's probability that the text makes them) is below `threshold` are left out. `model`: another
    judge than the one that the package brings. Raises nothing for any text. A document in another language than English yields
    a problem and no claims.
    """
    text = document.text
    other = foreign(text)
    if other:
        problem = Problem(
            where=document.name,
            what=f"written in {other}, claims are read in English only",
            severity=Severity.SKIPPED,
            hint="translate it first",
        )
        return (), (problem,)
    if "TLP" in text.upper():
        document = msgspec.structs.replace(document, text=without_banners(text))
    reading = Reading(document, tools_of(knowledge), model or judge(), threshold)
    reading.read_all()
    return reading.claims(), ()


class Reading:
    """One pass over the sentences of a document, remembering who was spoken of."""

    def __init__(self, document: Document, tools: Tools, model: Judge, threshold: float) -> None:
        self.document = document
        self.text = document.text
        self.tools = tools
        self.model = model
        self.threshold = threshold
        issuer = find_issuer(document, tools.names, tools.states)
        self.resolver = Resolver(document.text, tools, issuer)
        self.maker = Maker(document, tools)
        self.turns = turn_labels(document.text)
        self.found: list[Found] = []
        self.number = 0
        self.context: Sentence | None = None  # the sentence before, and how it was cut
        self.previous: Cut | None = None

    def read_all(self) -> None:
        """Reads the whole text."""
        batch: list[tuple[int, int]] = []
        for piece in sentences(self.text, 0):
            batch.append(piece)
            if len(batch) >= BATCH:
                self.read(batch)
                batch = []
        self.read(batch)

    def read(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Reads some sentences that follow those read before."""
        worth = self._worth(ranges)
        for index, (start, end) in enumerate(ranges):
            self.number += 1
            if not worth[index]:
                if index + 1 < len(ranges) and worth[index + 1]:
                    self.context, self.previous = parse(self.text, start, end, self.tools.names), None
                continue
            sentence = parse(self.text, start, end, self.tools.names)
            near = self.context is not None and 0 <= start - self.context.end < 40
            piece = cut(self.context if near else None, sentence, self.number, self.previous, always=True)
            self.context, self.previous = sentence, piece
            self._decide(piece)
            self.resolver.spoken.remember(piece)
            self.maker.namer.meet(piece)

    def _decide(self, piece: Cut) -> None:
        """Asks the judge about each party of a sentence, and about nobody where it may decline to name anybody."""
        turn = self._turn(piece.own[0])
        asked = askable(piece) + ([NOBODY] if may_decline(self.text, piece) else [])
        window = window_of(piece, self.text, self.model.encode, turn) if asked else None
        if window is None:
            return
        for accused, verdict in zip(asked, self.model.ask(window, asked), strict=True):
            if verdict.claim < self.threshold:
                continue
            stance = verdict.best("stance")
            if accused == NOBODY and stance is not Stance.DECLINES:
                continue
            for source, range_ in self._speakers(piece, verdict, turn):
                draft = _draft(piece, stance, source, accused, verdict)
                found = self.resolver.resolve(draft, piece, turn=range_)
                if found is not None:
                    self.found.append(found._replace(score=verdict.claim, judged=verdict))

    def _turn(self, start: int) -> Turn | None:
        """The turn of a transcript in which a sentence stands."""
        before = [turn for turn in self.turns if turn.start <= start]
        return before[-1] if before else None

    def _speakers(self, piece: Cut, verdict: Verdict, turn: Turn | None) -> Iterator[tuple[int, tuple[int, int] | None]]:
        """Who says it: (a party or -1, where the label of the turn stands). Members of one list speak together."""
        n = len(piece.whole.parties)
        first = int(np.argmax(verdict.source))
        if first > n and turn is not None:
            yield -1, turn.label
        elif first >= n:
            yield -1, None
        else:
            whole = piece.whole
            listed = {
                k
                for k in range(n)
                if verdict.source[k] >= _LISTED
                and max(k, first) in coordinated(whole.row, whole.parties, whole.at, min(k, first), back=False)
            }
            for k in sorted(listed | {first}):
                yield k, None

    def _worth(self, ranges: Sequence[tuple[int, int]]) -> list[bool]:
        """Which of some sentences in a row are worth reading: those with a telling word, and those beside them."""
        out = [False] * len(ranges)
        if not ranges:
            return out
        begin, end = ranges[0][0], ranges[-1][1]
        hits = self.tools.gate.hits(self.text[begin:end], short=len(self.text) <= SHORT)
        at = 0
        for index, (start, stop) in enumerate(ranges):
            while at < len(hits) and hits[at] + begin < start:
                at += 1
            if at < len(hits) and hits[at] + begin < stop:
                for k in range(max(0, index - 1), min(len(ranges), index + 2)):
                    out[k] = True
        return out

    def claims(self) -> tuple[Claim, ...]:
        """The records of all that was found, each claim once, at its clearest statement."""
        made = [self.maker.claim(found, number) for number, found in settled(self.found, self.text)]
        return tuple(sorted(made, key=lambda c: (c.quote.start, c.quote.end, c.id)))


def _draft(piece: Cut, stance: Stance, source: int, accused: int, verdict: Verdict) -> Draft:
    """The claim in terms of units, with the act that a rule reads where one reads the same."""
    alike = [one for one in piece.found if one.stance is stance and one.accused == accused]
    rule = next((one for one in alike if one.source == source), alike[0] if alike else None)
    party = piece.whole.parties[accused if accused >= 0 else source] if max(accused, source) >= 0 else None
    return Draft(
        stance,
        source,
        accused,
        rule.act if rule else None,
        rule.cue if rule else min(party.first, len(piece.whole.row) - 1) if party else 0,
        rule.rule if rule else "judge",
        legal=rule is not None and rule.legal,
        self_reference=source == accused >= 0,
        hedge=rule.hedge if rule else -1,
        place=accused >= 0 and verdict.best("at") == "place",
    )
