"""The claims of a document."""

from __future__ import annotations

import math

from indicia.knowledge import Knowledge
from indicia.read.claims.cutting import AROUND, SHORT, Cut, cut, job_of, leans_back, parse
from indicia.read.claims.deciding import (
    ACROSS_WEIGHT,
    FLOOR,
    LENIENT,
    LENIENT_WEIGHT,
    RULE_WEIGHT,
    SELF_WEIGHT,
    SHIFT,
    SLOPE,
    consistent,
    logit,
    possible,
    rank,
)
from indicia.read.claims.draft import Draft
from indicia.read.claims.fields import Maker
from indicia.read.claims.grammar import Sentence
from indicia.read.claims.issuer import find_issuer
from indicia.read.claims.language import foreign
from indicia.read.claims.pairs import STANCES
from indicia.read.claims.resolving import Found, Resolver, Tools, tools_of
from indicia.read.claims.scorer import Scored, Scorer, scorer
from indicia.read.claims.sentences import sentences
from indicia.records import (
    Claim,
    Document,
    Problem,
    Severity,
    Stance,
)

__all__ = ["THRESHOLD", "read_claims"]

THRESHOLD = 0.385  # the score from which a claim is given


def read_claims(
    document: Document, knowledge: Knowledge, *, threshold: float = THRESHOLD, model: Scorer | None | bool = True
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """All claims of the document in the order of their quotes, and what could not be read.

    Claims whose `score` (the reader's probability that the text makes them) is below `threshold` are left out. `model`: True
    for the scorer
    that the package brings, None or False for the rules alone, or another scorer. Raises nothing for any text. A document in
    another
    language than English yields a problem and no claims.
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
    tools = tools_of(knowledge)
    if isinstance(model, bool):
        model = scorer() if model else None
    reader = _Reader(document, tools, model, threshold)
    batch: list[tuple[int, int]] = []
    for piece in sentences(text):
        batch.append(piece)
        if len(batch) >= BATCH:
            reader.read(batch)
            batch = []
    reader.read(batch)
    return reader.claims(), ()


BATCH = 256  # sentences that are held at once


class _Reader:
    """One pass over the sentences of a document, remembering who was spoken of."""

    def __init__(self, document: Document, tools: Tools, model: Scorer | None, threshold: float) -> None:
        self.document = document
        self.text = document.text
        self.tools = tools
        self.model = model
        self.threshold = threshold
        issuer = find_issuer(document, tools.names, tools.states)
        # a heading that names the issuer is no part of the sentence after it
        self.heading = issuer.end if issuer is not None and issuer.end is not None else 0
        self.resolver = Resolver(document.text, tools, issuer, trusted=model is not None)
        self.maker = Maker(document, tools)
        self.found: list[Found] = []
        self.done: list[Claim] = []
        self.number = 0
        self.context: Sentence | None = None

    def read(self, ranges: list[tuple[int, int]]) -> None:
        """Reads some sentences that follow those read before."""
        pieces: list[Cut] = []
        worth = self._worth(ranges)
        for index, (start, end) in enumerate(ranges):
            self.number += 1
            if not worth[index]:
                if index + 1 < len(ranges) and worth[index + 1]:
                    self.context = parse(self.text, start, end, self.tools.names) if start >= self.heading else None
                continue
            sentence = parse(self.text, start, end, self.tools.names)
            near = self.context is not None and 0 <= start - self.context.end < 40
            context = self.context if near and leans_back(sentence) else None
            pieces.append(cut(context, sentence, self.number))
            self.context = sentence if start >= self.heading else None
        scored: dict[int, Scored] = {}
        if self.model is not None:
            jobs = [(piece.number, job) for piece in pieces if (job := job_of(piece, self.text, self.model)) is not None]
            results = self.model.score([job for _, job in jobs])
            scored = {number: result for (number, _), result in zip(jobs, results, strict=True)}
        for piece in pieces:
            result = scored.get(piece.number)
            if result is not None:
                self._decode(piece, result)
            elif self.model is None:
                for draft in piece.found:
                    found = self.resolver.resolve(draft, piece)
                    if found is not None:
                        self.found.append(found)
            self.resolver.remember(piece)
        self._settle()

    def _decode(self, piece: Cut, result: Scored) -> None:
        """The pairs that are likely enough, each with the draft of the rules that fits it, if any.

        A rule that proposes a pair adds its weight to the scorer's log odds: the scorer learned on text that is harder than
        most.
        """
        parties = piece.whole.parties
        n = len(parties)
        claim = 1.0 - result.stance[:, :, 0]
        odds: dict[tuple[int, int], tuple[float, Stance, Draft | None]] = {}
        for s, a in zip(*(claim >= FLOOR).nonzero(), strict=True):
            stance = STANCES[int(result.stance[s, a, 1:].argmax())]
            # who is accused by itself has owned up, and that takes telling words
            own = SELF_WEIGHT if s == a and stance is Stance.ACCUSES else 0.0
            if s < piece.before or a < piece.before:
                own += ACROSS_WEIGHT
            odds[int(s), int(a)] = (logit(float(claim[s, a])) + own, stance, None)
        for draft in piece.found:
            s = draft.source if draft.source >= 0 else n
            a = s if draft.self_reference else draft.accused if draft.accused >= 0 else n
            known = odds.get((s, a))
            sure = (
                float(claim[s, a])
                if known is not None and known[1] is draft.stance
                else float(result.stance[s, a, 1 + STANCES.index(draft.stance)])
            )
            value = logit(sure) + (LENIENT_WEIGHT if draft.lenient or draft.rule in LENIENT else RULE_WEIGHT)
            if known is None or value > known[0]:
                odds[s, a] = (value, draft.stance, draft)
        for (s, a), (value, stance, rule) in sorted(odds.items(), key=lambda item: -item[1][0]):
            score = 1.0 / (1.0 + math.exp(-(SLOPE * value + SHIFT)))
            if score < self.threshold:
                break
            if not (piece.before <= s < n or piece.before <= a < n) or not possible(parties, s, a):
                continue
            draft = rule or Draft(
                stance,
                s if s < n else -1,
                a if a < n else -1,
                None,
                min(parties[a].first if a < n else parties[s].last, len(piece.whole.row) - 1),
                "scorer",
                self_reference=s == a and s < n and stance is Stance.DENIES,
            )
            found = self.resolver.resolve(draft, piece)
            if found is not None:
                self.found.append(found._replace(score=score, scored=result, pair=(s, a)))

    def _worth(self, ranges: list[tuple[int, int]]) -> list[bool]:
        """Which of some sentences in a row are worth reading."""
        if not ranges:
            return []
        begin, end = ranges[0][0], ranges[-1][1]
        hits = self.tools.gate.hits(self.text[begin:end], short=len(self.text) <= SHORT)
        if not hits:
            return [False] * len(ranges)
        out = [False] * len(ranges)
        at = 0
        for index, (start, stop) in enumerate(ranges):
            while at < len(hits) and hits[at] + begin < start:
                at += 1
            if at < len(hits) and hits[at] + begin < stop:
                for k in range(max(0, index - AROUND), min(len(ranges), index + AROUND + 1)):
                    out[k] = True
        return out

    # -- what is said

    def claims(self) -> tuple[Claim, ...]:
        """The records of all that was found."""
        return tuple(sorted(self.done, key=lambda c: (c.quote.start, c.quote.end, c.id)))

    def _settle(self) -> None:
        """Makes records of what was found so far: of each (source, accused, stance) of a sentence the best."""
        by_sentence: dict[int, dict[tuple[object, ...], Found]] = {}
        for found in self.found:
            best = by_sentence.setdefault(found.piece.number, {})
            source = found.source_is.same if found.source_is is not None else None
            key = (source, found.accused_is.same if found.accused_is else None, found.draft.stance)
            known = best.get(key)
            if known is None or rank(found) > rank(known):
                best[key] = found
        for best in by_sentence.values():
            self.done += [self.maker.claim(found) for found in consistent(list(best.values()))]
        self.found = []
