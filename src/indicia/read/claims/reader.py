"""The claims of a document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from indicia.knowledge import Knowledge
from indicia.read.claims.decide.barred import barred
from indicia.read.claims.decide.confirming import PROPOSED, Bench, Settled, settled
from indicia.read.claims.decide.deciding import (
    clearing_itself,
    consistent,
    is_plain,
    names_nobody,
    rank,
    taking_credit,
    wrong_side,
)
from indicia.read.claims.decide.evidence import chances
from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.record.fields import Maker
from indicia.read.claims.refer.bodies import Bodies
from indicia.read.claims.refer.issuer import find_issuer, issuers_told
from indicia.read.claims.refer.resolving import Found, Resolver, Tools, tools_of
from indicia.read.claims.score.choosing import LISTED, Candidate, beside, candidates, off_topic, score_of
from indicia.read.claims.score.cutting import AROUND, SHORT, Cut, cut, job_of, parse
from indicia.read.claims.score.judge import judge
from indicia.read.claims.score.scorer import Scored, Scorer, Spared, scorer
from indicia.read.claims.score.windows import EARLIER
from indicia.read.claims.words.language import foreign
from indicia.read.claims.words.sentences import sentences
from indicia.read.text.banners import without_banners
from indicia.records import (
    SURE,
    Claim,
    Document,
    Problem,
    Severity,
    Stance,
)

__all__ = ["THRESHOLD", "Reading", "read_claims"]

THRESHOLD = 0.45  # the score from which a claim is given
PLAIN = 0.1  # that of what a rule reads plainly and real documents hold too rarely to have taught


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
    if "TLP" in text.upper():
        document = msgspec.structs.replace(document, text=without_banners(text))
    reading = Reading(document, tools, model, threshold)
    left_out = reading.read_all()
    return reading.claims(), (left_out,) if left_out is not None else ()


BATCH = 256  # sentences that are held at once
TOGETHER = 32  # of them scored at once: what the scorer has read is there still when the judge comes
HOPELESS = -4.5  # log odds below which the judge is not asked either: a third of all sentences, and one claim in a hundred
MOST_WEIGHED = 10_000  # sentences of a document, at a fiftieth of a second each: more than a book has that may hold a claim


class Piece(NamedTuple):
    """A sentence, the one before it if it is near, and the text ranges of some before it, the nearest last."""

    cut: Cut
    context: Sentence | None
    earlier: tuple[tuple[int, int], ...]


class Reading:
    """One pass over the sentences of a document, remembering who was spoken of."""

    def __init__(self, document: Document, tools: Tools, model: Scorer | None, threshold: float) -> None:
        self.document = document
        self.text = document.text
        self.tools = tools
        self.model = model
        self.threshold = threshold
        issuer = find_issuer(document, tools.names, tools.states)
        issuers = partial(issuers_told, document.text, tools.names, tools.states) if issuer is None else tuple
        self.bench = Bench(document.text, judge(), issuers) if model is not None else None
        # a heading that names the issuer claims nothing and is no part of the sentence after it
        self.heading = issuer.heading if issuer is not None else 0
        self.resolver = Resolver(document.text, tools, issuer, trusted=model is not None)
        self.bodies = Bodies(document.text, tools.states)
        self.maker = Maker(document, tools, issuer)
        self.found: list[Found] = []
        self.done: list[Claim] = []
        self.number = 0
        self.weighed_sentences = 0
        self.context: Sentence | None = None  # the sentence before, and how it was cut
        self.previous: Cut | None = None
        self.earlier: deque[tuple[int, int]] = deque(maxlen=EARLIER)

    def read_all(self) -> Problem | None:
        """Reads the whole text, or as much of it as may be; a problem says where it ended then."""
        left_out = None
        batch: list[tuple[int, int]] = []
        for piece in sentences(self.text, self.heading):
            if self.weighed_sentences >= MOST_WEIGHED:
                what = f"claims were read in the first {piece[0]:,} characters only: so many of its sentences may hold one"
                left_out = Problem(where=self.document.name, what=what, severity=Severity.SKIPPED, hint="split the file")
                break
            batch.append(piece)
            if len(batch) >= BATCH:
                self.read(batch)
                batch = []
        else:
            self.read(batch)
        self.found = [named for one in self.found for named in self.bodies.named(one)]
        return left_out

    def read(self, ranges: list[tuple[int, int]]) -> None:
        """Reads some sentences that follow those read before."""
        pieces: list[Piece] = []
        worth = self._worth(ranges)
        for index, (start, end) in enumerate(ranges):
            self.number += 1
            earlier = tuple(self.earlier)
            self.earlier.append((start, end))
            if not worth[index]:
                if index + 1 < len(ranges) and worth[index + 1]:
                    self.context, self.previous = parse(self.text, start, end, self.tools.names), None
                continue
            sentence = parse(self.text, start, end, self.tools.names)
            near = self.context is not None and 0 <= start - self.context.end < 40
            piece = cut(self.context if near else None, sentence, self.number, self.previous)
            pieces.append(Piece(piece, self.context if near else None, earlier))
            self.weighed_sentences += 1
            self.context, self.previous = sentence, piece
        for first in range(0, len(pieces), TOGETHER):
            self._hear(pieces[first : first + TOGETHER])
        if self.bench is None:
            self._settle()

    def _hear(self, pieces: list[Piece]) -> None:
        """What some sentences say."""
        scored: dict[int, Scored | Spared] = {}
        if self.model is not None:
            jobs = [(piece.number, job) for piece, *_ in pieces if (job := job_of(piece, self.text, self.model)) is not None]
            results = self.model.score([job for _, job in jobs])
            scored = {number: result for (number, _), result in zip(jobs, results, strict=True)}
        for one in pieces:
            piece = one.cut
            result = scored.get(piece.number)
            proposed = list(self._decode(piece, result)) if isinstance(result, Scored) else []
            if self.bench is not None:
                if not (isinstance(result, Spared) and result.odds < HOPELESS):
                    self.found += self._judged(self.bench, one, proposed)
            elif self.model is None and not off_topic(piece, self.text):
                for draft in piece.found:
                    found = self.resolver.resolve(draft, piece)
                    if found is not None and not names_nobody(found, self.text):
                        self.found.append(found)
            self.resolver.spoken.remember(piece)
            self.bodies.meet(piece.whole, piece.said, piece.before)
            self.maker.namer.meet(piece)

    def _judged(self, bench: Bench, piece: Piece, proposed: list[Found]) -> Iterator[Found]:
        """What was proposed, with the judge's verdict where it can give one, and what the judge adds."""
        hearing = bench.hear(*piece, proposed)
        if hearing is None:
            yield from proposed
            return
        for one in map(clearing_itself, proposed):
            verdict = hearing.of(one)
            if verdict is not None and barred(one, self.text) is None:
                yield from bench.proposal(hearing, one, verdict)
        yield from bench.added(hearing, self.resolver)

    def _decode(self, piece: Cut, result: Scored) -> Iterator[Found]:
        """The pairs that are likely enough, each with the draft of the rules that fits it, if any."""
        n = len(piece.whole.parties)
        least = min(PROPOSED, self.threshold)
        best: dict[tuple[int, int], tuple[float, Candidate]] = {}
        below: list[tuple[float, Candidate]] = []
        for one in candidates(piece, self.text, result):
            score = score_of(one.features)
            if score < 0.5 and one.stance is Stance.DENIES and self._denies_for_itself(one, piece):
                score = 0.5
            known = best.get((one.source, one.accused))
            if score < least:
                below.append((score, one))
            elif known is None or score > known[0]:
                best[one.source, one.accused] = (score, one)
        for _, one in sorted((pair for pair in below if pair[0] >= LISTED), key=lambda pair: -pair[0]):
            if (one.source, one.accused) not in best and beside(one, [told for _, told in best.values()], piece):
                best[one.source, one.accused] = (0.5, one)
        for (s, a), (score, one) in sorted(best.items(), key=lambda item: -item[1][0]):
            draft = one.draft or Draft(
                one.stance,
                s if s < n else -1,
                a if a < n else -1,
                None,
                min(piece.whole.parties[a if a < n else s].first, len(piece.whole.row) - 1),
                "scorer",
                self_reference=s == a and s < n and one.stance is Stance.DENIES,
            )
            found = self.resolver.resolve(draft, piece)
            if (
                found is not None
                and not names_nobody(found, self.text)
                and ((one.draft is not None and one.stance is Stance.DENIES) or not wrong_side(found))
            ):
                yield found._replace(score=score, scored=result, pair=(s, a), features=one.features)

    def _denies_for_itself(self, one: Candidate, piece: Cut) -> bool:
        """Whether in a state's own statement a rule reads a denial by who speaks for the state it clears: the scorer does not
        know whose spokesperson "the spokesperson" is, and holds the speaker for a doubter."""
        issued = self.resolver.issuer is not None
        found = self.resolver.resolve(one.draft, piece) if issued and one.draft is not None else None
        if found is None or found.source_is is None or found.accused_is is None:
            return False
        return found.source_is.state is not None and found.source_is.state == found.accused_is.state

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

    def weighed(self) -> list[Found]:
        """All candidates with their probability to be claims of the document."""
        scores = iter(chances([one for one in self.found if one.judged is not None]))
        out = []
        for one in self.found:
            score = next(scores) if one.judged is not None else one.score
            out.append(taking_credit(one._replace(score=max(score, self._least(one, score)))))
        return out

    def _least(self, found: Found, score: float) -> float:
        """What a claim scores at least that is read plainly, though annotated documents hold too few like it."""
        if is_plain(found) and score >= PLAIN:
            return SURE if found.draft.stance is Stance.DENIES else THRESHOLD
        return THRESHOLD if self.bench is not None and self.bench.declines_plainly(found) else 0.0

    def claims(self) -> tuple[Claim, ...]:
        """The records of all that was found, each claim once, at its clearest statement."""
        by_sentence: dict[int, list[Settled]] = {}
        for one in settled([one for one in self.weighed() if one.score >= self.threshold], self.text):
            by_sentence.setdefault(one.found.piece.number, []).append(one)
        for number, together in enumerate(by_sentence.values(), 1):
            stands = consistent([one.found for one in together], self.text)
            self.done += [self._told(one, number) for one in together if any(one.found is other for other in stands)]
        self.found = []
        return tuple(sorted(self.done, key=lambda c: (c.quote.start, c.quote.end, c.id)))

    def _told(self, settled: Settled, number: int) -> Claim:
        """The record of a claim; where its own sentence tells no tie, with the one that the same voice tells elsewhere."""
        claim = self.maker.claim(settled.found, number)
        voice = settled.found.source_is
        for found in settled.also if claim.tie is None and claim.stance is Stance.ACCUSES else ():
            if (found.source_is and found.source_is.same) != (voice and voice.same):
                continue
            if (tie := self.maker.claim(found, number).tie) is not None:
                return msgspec.structs.replace(claim, tie=tie)
        return claim

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
            self.done += [self.maker.claim(found) for found in consistent(list(best.values()), self.text)]
        self.found = []
