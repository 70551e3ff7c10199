"""The claims of a document."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple, TypeVar

import ahocorasick_rs
import numpy as np

from indicia.knowledge import Knowledge
from indicia.knowledge.names import is_risky
from indicia.read.claims.dates import Dated, dates
from indicia.read.claims.draft import Draft
from indicia.read.claims.drafts import drafts
from indicia.read.claims.firmness import Firm, firm_words
from indicia.read.claims.grammar import Sentence, verb_groups
from indicia.read.claims.grounds import basis_words, channel_of
from indicia.read.claims.incidents import Incidents
from indicia.read.claims.kinds import Described, describe_accused, describe_source, owner_unit
from indicia.read.claims.language import foreign
from indicia.read.claims.lexicon import lexicon
from indicia.read.claims.names import Names
from indicia.read.claims.pairs import STANCES, joined, pair_features, party_features
from indicia.read.claims.parties import Party, parties, units
from indicia.read.claims.scorer import MAX_PARTIES, MAX_TOKENS, F, Job, Scored, Scorer, scorer
from indicia.read.claims.sentences import sentences
from indicia.read.claims.speech import Speech, speakers_at, speeches
from indicia.read.claims.suspects import specific, suspect
from indicia.read.claims.wordsets import word_set
from indicia.records import (
    Accused,
    AccusedType,
    Basis,
    Claim,
    Document,
    Firmness,
    Motive,
    Problem,
    Relation,
    Severity,
    Source,
    SourceType,
    Span,
    Stance,
    stable_id,
)
from indicia.records import Party as NamedParty

__all__ = ["THRESHOLD", "read_claims"]

THRESHOLD = 0.55


class Seen(NamedTuple):
    """A party that was met earlier in the document, for what points back to it."""

    party: Party
    sentence: int
    accused: Described
    source: Described
    text: str


class Found(NamedTuple):
    """A draft with its parties resolved, before it becomes a record."""

    draft: Draft
    piece: Cut
    source: Party | None
    source_is: Described | None
    accused: Party | None
    accused_is: Described | None
    accused_range: tuple[int, int] | None
    via: tuple[Party, ...]
    score: float = 0.0
    scored: Scored | None = None
    pair: tuple[int, int] = (0, 0)  # in `scored`


class Cut(NamedTuple):
    """A sentence with its drafts, after the sentence before it: parties, units and drafts are counted over both."""

    whole: Sentence
    own: tuple[int, int]  # text range of the sentence itself
    before: int  # so many parties belong to the sentence before
    said: list[Speech]
    found: list[Draft]
    number: int


class Tools(NamedTuple):
    """What reading needs of the knowledge, built once."""

    names: Names
    states: dict[str, str]
    incidents: Incidents
    gate: Gate


@cache
def _tools(knowledge: Knowledge) -> Tools:
    return Tools(
        Names(knowledge), {state.code: state.name for state in knowledge.states}, Incidents(knowledge), Gate(knowledge)
    )


class Gate:
    """Tells cheaply which sentences are worth reading: words of attack and accusation, known actors, states that are often
    accused."""

    def __init__(self, knowledge: Knowledge) -> None:
        lex = lexicon()
        actors = {
            surface.lower()
            for actor in knowledge.actors
            for surface in (actor.name, *(alias.name for alias in actor.aliases))
            if len(surface) > 3 and not is_risky(surface)
        }
        self._long = ahocorasick_rs.AhoCorasick([*lex.gate, *actors])
        self._short = ahocorasick_rs.AhoCorasick(lex.short)

    def hits(self, text: str, *, short: bool) -> list[int]:
        """Offsets in `text` at which a telling word begins, in order."""
        low = text.lower()
        if len(low) != len(text):
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        found = [a for _, a, _ in self._long.find_matches_as_indexes(low) if a == 0 or not low[a - 1].isalnum()]
        if not found and short:
            found = [a for _, a, _ in self._short.find_matches_as_indexes(low) if a == 0 or not low[a - 1].isalnum()]
        return found


SHORT = 1200  # characters up to which a text is read even if only words of speech stand in it
AROUND = 2  # sentences on both sides of a telling word that are read too


def parse(text: str, start: int, end: int, names: Names) -> Sentence:
    """One sentence cut up into units, parties and verbs."""
    row = units(text, start, end, names)
    found = parties(text, row)
    at = [-1] * len(row)
    for index, party in enumerate(found):
        for k in range(party.first, party.last):
            at[k] = index
    return Sentence(start, end, row, found, at, verb_groups(row, at, lexicon()))


def cut(context: Sentence | None, sentence: Sentence, number: int) -> Cut:
    """Joins a sentence to the one before it and finds its drafts."""
    said = speeches(sentence)
    found = list(drafts(sentence, said))
    if context is None:
        return Cut(sentence, (sentence.start, sentence.end), 0, said, found, number)
    before, shift = len(context.parties), len(context.row)
    whole = Sentence(
        context.start,
        sentence.end,
        [*context.row, *sentence.row],
        joined(context, sentence),
        [*context.at, *(k + before if k >= 0 else -1 for k in sentence.at)],
        [],
    )
    said = [
        s._replace(speakers=tuple(k + before for k in s.speakers), lo=s.lo + shift, hi=s.hi + shift, verb=s.verb + shift)
        for s in said
    ]
    found = [
        d._replace(
            source=d.source + before if d.source >= 0 else -1,
            accused=d.accused + before if d.accused >= 0 else -1,
            act=(d.act[0] + shift, d.act[1] + shift) if d.act else None,
            cue=d.cue + shift,
            hedge=d.hedge + shift if d.hedge >= 0 else -1,
        )
        for d in found
    ]
    return Cut(whole, (sentence.start, sentence.end), before, said, found, number)


def job_of(piece: Cut, text: str, model: Scorer) -> Job | None:
    """What the scorer needs to know of a sentence, or None where there is nothing to score."""
    count = len(piece.whole.parties)
    if count == piece.before or count > MAX_PARTIES:
        return None
    begin = piece.whole.start
    ids, offsets = model.encode(text[begin : piece.own[1]])
    if len(ids) > MAX_TOKENS:
        return None
    ends = [b for _, b in offsets]
    spans = [_token_range(offsets, ends, p.start - begin, p.end - begin) for p in piece.whole.parties]
    sentence = _token_range(offsets, ends, piece.own[0] - begin, piece.own[1] - begin)
    return Job(
        ids,
        spans,
        sentence,
        party_features(piece.whole.parties),
        pair_features(piece.whole.parties, piece.before, piece.found, shifted=True),
    )


def _token_range(offsets: list[tuple[int, int]], ends: list[int], start: int, end: int) -> tuple[int, int]:
    """Tokens that touch [start, end)."""
    hit = [k for k, (a, b) in enumerate(offsets) if b > a and a < end and b > start]
    return (hit[0], hit[-1] + 1) if hit else (0, 1)


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
    tools = _tools(knowledge)
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
        self.speakers: list[Seen] = []
        self.hostile: list[Seen] = []
        self.found: list[Found] = []
        self.done: list[Claim] = []
        self.number = 0
        self.context: Sentence | None = None
        self.head_date, self.base_date = _dateline(self.text, document.published)
        self._firm: tuple[tuple[int, int], list[Firm]] = ((-1, -1), [])

    def read(self, ranges: list[tuple[int, int]]) -> None:
        """Reads some sentences that follow those read before."""
        pieces: list[Cut] = []
        worth = self._worth(ranges)
        for index, (start, end) in enumerate(ranges):
            self.number += 1
            if not worth[index]:
                if index + 1 < len(ranges) and worth[index + 1]:
                    self.context = parse(self.text, start, end, self.tools.names)
                continue
            sentence = parse(self.text, start, end, self.tools.names)
            near = self.context is not None and 0 <= start - self.context.end < 40
            context = self.context if near and _leans(sentence) else None
            pieces.append(cut(context, sentence, self.number))
            self.context = sentence
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
                    found = self._resolve(draft, piece)
                    if found is not None:
                        self.found.append(found)
            self._remember(piece)
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
            odds[int(s), int(a)] = (_logit(float(claim[s, a])) + own, stance, None)
        for draft in piece.found:
            s = draft.source if draft.source >= 0 else n
            a = s if draft.self_reference else draft.accused if draft.accused >= 0 else n
            known = odds.get((s, a))
            sure = (
                float(claim[s, a])
                if known is not None and known[1] is draft.stance
                else float(result.stance[s, a, 1 + STANCES.index(draft.stance)])
            )
            value = _logit(sure) + (LENIENT_WEIGHT if draft.lenient or draft.rule in LENIENT else RULE_WEIGHT)
            if known is None or value > known[0]:
                odds[s, a] = (value, draft.stance, draft)
        for (s, a), (value, stance, rule) in sorted(odds.items(), key=lambda item: -item[1][0]):
            score = 1.0 / (1.0 + math.exp(-value))
            if score < self.threshold:
                break
            if not (piece.before <= s < n or piece.before <= a < n) or not _possible(parties, s, a):
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
            found = self._resolve(draft, piece)
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

    # -- who is who

    def _remember(self, piece: Cut) -> None:
        number = piece.number
        for party in piece.whole.parties[piece.before :]:
            if party.kinds[0] == "pronoun":
                continue
            surface = self.text[party.start : party.end]
            seen = Seen(
                party,
                number,
                describe_accused(party, self.text, self.tools.states),
                describe_source(party, self.text, self.tools.states),
                surface,
            )
            if party.kinds[0] not in ("place", "unknown_name", "organisation"):
                self.speakers.append(seen)
            if (
                party.kinds[0] in ("actor", "criminal", "agency", "state", "capital", "named_person")
                or party.hostile
                or (party.kinds[0] == "group" and specific(party))
            ):
                self.hostile.append(seen)
        del self.speakers[:-24], self.hostile[:-24]

    def _speaker_before(self, party: Party, sentence: Sentence, index: int) -> Described | None:
        """Whom a pronoun that speaks stands for."""
        head = party.head
        person = head in ("he", "she")
        earlier = [p for p in sentence.parties[:index] if p.kinds[0] != "pronoun"]
        # the subject of the sentence, which mostly stands first, before what is nearest
        ordered = [p for p in earlier if p.start >= sentence.row[0].start and p.first <= 3][:1] + earlier[::-1]
        candidates = [(p, describe_source(p, self.text, self.tools.states)) for p in ordered]
        candidates += [(seen.party, seen.source) for seen in reversed(self.speakers)]
        for candidate, described in candidates:
            first = candidate.kinds[0]
            if candidate.hostile and first in ("actor", "group", "criminal"):
                continue
            if person and not (candidate.person_name or first in ("gov_person", "person_speaker", "named_person")):
                continue
            if head == "it" and (
                first in ("gov_person", "person_speaker", "person", "named_person") or candidate.plural and first != "union"
            ):
                continue
            if (
                head == "they"
                and not candidate.plural
                and first not in ("gov_body", "agency", "vendor", "state", "capital", "union", "company")
            ):
                continue
            return described
        return None

    def _hostile_before(self, sentence: Sentence, index: int, head: str) -> Seen | None:
        """Which actor "the group" or "it" stands for."""
        if head in ("it", "they"):
            # "Moscow rejected accusations by Berlin that it ...": the subject of the sentence
            subject = next((p for p in sentence.parties[:index] if p.kinds[0] != "pronoun"), None)
            if subject is not None and subject.kinds[0] in ("state", "capital") and suspect(subject):
                surface = self.text[subject.start : subject.end]
                states = self.tools.states
                return Seen(
                    subject,
                    self.number,
                    describe_accused(subject, self.text, states),
                    describe_source(subject, self.text, states),
                    surface,
                )
        for party in reversed(sentence.parties[:index]):
            if (
                party.kinds[0] == "actor"
                or (party.hostile and specific(party))
                or (party.kinds[0] in ("criminal", "group") and specific(party))
            ):
                surface = self.text[party.start : party.end]
                return Seen(
                    party,
                    self.number,
                    describe_accused(party, self.text, self.tools.states),
                    describe_source(party, self.text, self.tools.states),
                    surface,
                )
        for seen in reversed(self.hostile):
            if seen.party.kinds[0] in ("actor", "criminal", "group", "named_person") or seen.party.hostile:
                return seen
        return None

    def _resolve(self, draft: Draft, piece: Cut) -> Found | None:
        sentence, said = piece.whole, piece.said
        states = self.tools.states
        trusted = self.model is not None
        source = sentence.parties[draft.source] if draft.source >= 0 else None
        source_is: Described | None = None
        if source is not None:
            if source.kinds[0] == "pronoun":
                source_is = self._speaker_before(source, sentence, draft.source)
                if source_is is None:
                    if source.head in ("we", "i"):
                        source_is = Described("we", SourceType.COMPANY if source.head == "we" else SourceType.PERSON, None)
                    else:
                        source_is = Described(source.head, SourceType.GOVERNMENT, None)
                elif source.head in ("we", "i") and source_is.type == SourceType.MEDIA:
                    source_is = Described("we", SourceType.COMPANY, None)
            else:
                source_is = describe_source(source, self.text, states)
        accused = sentence.parties[draft.accused] if draft.accused >= 0 else None
        accused_is: Described | None = None
        accused_range = (accused.start, accused.end) if accused is not None else None
        if draft.self_reference and source is not None:
            accused_is, accused_range = self._own(source, source_is, sentence)
        elif draft.rule == "denied-accusation" and accused is not None and accused.kinds[0] != "actor":
            accused_is, accused_range = self._own(accused, describe_source(accused, self.text, states), sentence)
        elif accused is not None:
            first = accused.kinds[0]
            if first == "pronoun" or (accused.definite and not specific(accused)):
                seen = self._hostile_before(sentence, draft.accused, accused.head)
                if seen is None:
                    if first == "pronoun" and not trusted:
                        return None
                    accused_is = describe_accused(accused, self.text, states)
                    if draft.source < 0 and not trusted:
                        return None
                else:
                    accused_is = seen.accused
                    if first == "pronoun" and draft.stance is Stance.ACCUSES and source is None and not trusted:
                        return None
            else:
                accused_is = describe_accused(accused, self.text, states)
                if (
                    accused.name is None
                    and accused.state is None
                    and accused.kinds[0]
                    in ("named_person", "person", "unknown_name", "organisation", "group", "criminal", "company")
                ):
                    accused_is = self._apposed(accused, accused_is, sentence)
        if draft.stance is not Stance.DECLINES and accused_is is None:
            return None
        if source is None and accused is not None and not specific(accused) and not accused.definite and not trusted:
            return None
        # relays: outer speakers of the place where the claim is made
        via: list[Party] = []
        if draft.source >= 0:
            for speech in speakers_at(said, draft.cue):
                for s in speech.speakers:
                    if s != draft.source and sentence.parties[s].kinds[0] != "pronoun" and sentence.parties[s] not in via:
                        via.append(sentence.parties[s])
        return Found(draft, piece, source, source_is, accused, accused_is, accused_range, tuple(reversed(via)))

    def _own(
        self, source: Party, described: Described | None, sentence: Sentence
    ) -> tuple[Described | None, tuple[int, int] | None]:
        """Whom a speaker clears who denies for itself: its state, itself, or the one that was accused before."""
        states = self.tools.states
        unit = owner_unit(sentence.row, source)
        if source.kinds[0] in ("state", "capital", "demonym") or (
            unit is not None and unit.name is not None and unit.name.kind in ("state", "capital", "demonym")
        ):
            state = source.state or (unit.name.state if unit is not None and unit.name is not None else None)
            where = (unit.start, unit.end) if unit is not None else (source.start, source.end)
            return Described(states.get(state or "", ""), AccusedType.STATE, state), where
        if source.kinds[0] in ("actor", "criminal", "group", "vendor", "named_person", "person", "company", "unknown_name"):
            return describe_accused(source, self.text, states), (source.start, source.end)
        if described is not None and described.state is not None:
            return Described(states.get(described.state, described.canonical), AccusedType.STATE, described.state), (
                source.start,
                source.end,
            )
        for seen in reversed(self.hostile):
            if seen.accused.state is not None:
                return Described(
                    states.get(seen.accused.state, seen.accused.canonical), AccusedType.STATE, seen.accused.state
                ), (source.start, source.end)
        return describe_accused(source, self.text, states), (source.start, source.end)

    def _apposed(self, party: Party, described: Described, sentence: Sentence) -> Described:
        """State and type of a name that the words right after or before it tell: "Park Jin Hyok, a North Korean programmer"."""
        row, at = sentence.row, sentence.at
        k = party.last
        if k + 1 < len(row) and row[k].low in (",", "(") and at[k + 1] >= 0:
            other = sentence.parties[at[k + 1]]
            if (
                other.first == k + 1
                and other.kinds[0] in ("person", "group", "criminal", "gov_person", "company", "agency")
                and (other.state or described.type == AccusedType.GROUP)
            ):
                told = describe_accused(other, self.text, self.tools.states)
                kind = described.type if party.person_name else told.type
                return Described(described.canonical, kind, other.state or described.state, told.level)
        return described

    # -- what is said

    def claims(self) -> tuple[Claim, ...]:
        """The records of all that was found."""
        return tuple(sorted(self.done, key=lambda c: (c.quote.start, c.quote.end, c.id)))

    def _settle(self) -> None:
        """Makes records of what was found so far: of each (source, accused, stance) of a sentence the best."""
        by_sentence: dict[int, dict[tuple[object, ...], Found]] = {}
        for found in self.found:
            best = by_sentence.setdefault(found.piece.number, {})
            source = found.source_is.canonical if found.source_is is not None else None
            key = (source, found.accused_is.canonical if found.accused_is else None, found.draft.stance)
            known = best.get(key)
            if known is None or _rank(found) > _rank(known):
                best[key] = found
        for best in by_sentence.values():
            self.done += [self._claim(found) for found in _consistent(list(best.values()))]
        self.found = []

    def _span(self, start: int, end: int) -> Span:
        return Span(document=self.document.id, start=start, end=end, text=self.text[start:end])

    def _claim(self, found: Found) -> Claim:
        draft, sentence = found.draft, found.piece.whole
        text = self.text
        row = sentence.row
        start, end = self._quote(found)
        source_type = SourceType(found.source_is.type) if found.source_is is not None else SourceType.MEDIA
        told = found.scored
        if told is not None and found.source is not None and _OPEN_SOURCES.isdisjoint(found.source.kinds[:1]):
            source_type = _weigh(tuple(SourceType), told.source_type[found.pair[0]], source_type)
        source = Source(
            type=source_type,
            party=NamedParty(
                span=self._span(found.source.start, found.source.end),
                canonical=found.source_is.canonical,
                state=found.source_is.state,
            )
            if found.source is not None and found.source_is is not None
            else None,
            via=tuple(self._span(p.start, p.end) for p in found.via),
        )
        accused_is = found.accused_is
        if accused_is is None:
            accused = Accused(type=AccusedType.UNKNOWN)
        else:
            where = found.accused_range or (start, start)
            kind = AccusedType(accused_is.type)
            if told is not None and found.accused is not None and not draft.self_reference:
                kind = _weigh(tuple(AccusedType), told.accused_type[found.pair[1]], kind)
            accused = Accused(
                type=kind,
                level=accused_is.level,
                party=NamedParty(span=self._span(*where), canonical=accused_is.canonical, state=accused_is.state),
                category=accused_is.category,
            )
        act = None
        if draft.act is not None and draft.act[0] < draft.act[1] <= len(row):
            act = self._span(row[draft.act[0]].start, row[draft.act[1] - 1].end)
        firm = self._firmness(found)
        firmness = firm.firmness if firm else Firmness.NONE
        if told is not None:
            firmness = _weigh(tuple(Firmness), told.firmness[found.pair], firmness, WORD_TRUST)
            if firm is None or firm.firmness is not firmness:
                firm = self._firmness(found, firmness)
        legal = draft.legal
        basis, basis_range = (
            basis_words(text, start, end, legal=legal)
            if draft.stance is not Stance.DENIES or legal
            else (Basis.NONE_STATED, None)
        )
        if told is not None and not legal:
            basis = _weigh(tuple(Basis), told.basis[found.pair], basis)
            if basis is Basis.NONE_STATED:
                basis_range = None
        dated = self._date(found)
        incident, incident_id = self.tools.incidents.find(text, start, end, act.text if act else "")
        motives = _motives(text, start, end)
        claim_source = source.party.canonical if source.party else None
        return Claim(
            id=stable_id(
                "claim",
                self.document.id,
                start,
                end,
                claim_source,
                accused.party.canonical if accused.party else None,
                draft.stance,
                draft.act,
            ),
            quote=self._span(start, end),
            source=source,
            stance=draft.stance,
            accused=accused,
            act=act,
            incident=incident,
            incident_id=incident_id,
            motives=motives,
            firmness=firmness,
            firmness_cue=self._span(firm.start, firm.end) if firm else None,
            likelihood=firm.likelihood if firm else None,
            confidence=firm.confidence if firm else None,
            basis=basis,
            basis_cue=self._span(*basis_range) if basis_range else None,
            channel=channel_of(source_type, basis, text[start:end]),
            relation=_relation(source_type),
            date=dated.iso if dated else None,
            date_text=self._span(dated.start, dated.end) if dated else None,
            score=found.score or _score(found),
            cues=(draft.rule,),
        )

    def _words_of(self, start: int, end: int) -> list[Firm]:
        if self._firm[0] != (start, end):
            self._firm = ((start, end), firm_words(self.text, start, end))
        return self._firm[1]

    def _quote(self, found: Found) -> tuple[int, int]:
        """The sentence of the claim; with the one before it where a party stands there."""
        start, end = found.piece.own
        for party in (found.source, found.accused):
            if party is not None and party.start < start:
                start = found.piece.whole.start
        return start, end

    def _firmness(self, found: Found, wanted: Firmness | None = None) -> Firm | None:
        """The firmness words that belong to this claim: near its cue and its accused, not those of another claim in the
        sentence.
        `wanted`: only words of this class."""
        draft, sentence = found.draft, found.piece.whole
        if draft.stance in (Stance.DENIES, Stance.DECLINES):
            return None
        row = sentence.row
        cue = row[min(draft.cue, len(row) - 1)]
        words = [w for w in self._words_of(*self._quote(found)) if wanted is None or w.firmness is wanted]
        if not words:
            # "They hold this with high confidence": the next sentence may say it
            return None

        def rank(w: Firm) -> tuple[int, int]:
            order = {Firmness.CONFIRMED: 1, Firmness.HIGH: 0, Firmness.MODERATE: 0, Firmness.LOW: 1, Firmness.HEDGED: 2}
            return (order.get(w.firmness, 3), abs(w.start - cue.start))

        return min(words, key=rank)

    def _date(self, found: Found) -> Dated | None:
        """The date of the claim itself: next to its cue or its speaker rather than inside the act."""
        draft, sentence = found.draft, found.piece.whole
        row = sentence.row
        all_dates = [
            d for d in dates(self.text, *self._quote(found), self.base_date) if d is not self.head_date and not self._is_head(d)
        ]
        if not all_dates:
            return self._dated_by_head(found)
        cue = row[min(draft.cue, len(row) - 1)]
        act = (row[draft.act[0]].start, row[draft.act[1] - 1].end) if draft.act else (0, 0)
        outside = [d for d in all_dates if not (act[0] <= d.start < act[1])]
        near = [d for d in outside if abs(d.start - cue.end) < 60 or abs(d.end - cue.start) < 60]
        return near[0] if near else self._dated_by_head(found)

    def _is_head(self, dated: Dated) -> bool:
        return self.head_date is not None and dated.start == self.head_date.start

    def _dated_by_head(self, found: Found) -> Dated | None:
        """The date at the head of the text, for what is told as new: not for narration, nor for what was said before."""
        if self.head_date is None or found.source is None:
            return None
        start, end = self._quote(found)
        return None if _EARLIER.search(self.text, start, end) else self.head_date


_EARLIER = re.compile(
    r"\b(?:previously|earlier|before|in the past|at the time|rapidly|quickly|sometimes|first identified|"
    r"last (?:year|month)|long ago|once)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\A\W*(?:date[d:]?\s+|[A-Z][A-Z ,.]{2,40}?[,(]?\s+|published:?\s+|updated:?\s+)?", re.IGNORECASE)


def _dateline(text: str, published: str | None) -> tuple[Dated | None, str | None]:
    """(the date that a text gives for itself in its first words, the date against which "on Monday" is read)."""
    head = _HEAD.match(text)
    begin = head.end() if head else 0
    found = dates(text, begin, begin + 24, published)
    if found and found[0].start == begin and not found[0].relative and len(found[0].iso) == 10:
        return found[0], published or found[0].iso
    return None, published


_MOTIVES = (
    (Motive.IP_THEFT, re.compile(r"intellectual property|trade secrets?|industrial espionage|proprietary", re.I)),
    (Motive.ESPIONAGE, re.compile(r"espionage|\bspy|\bspies|spied|intelligence[- ]gather|surveil|eavesdrop|cyberspies", re.I)),
    (
        Motive.FINANCIAL,
        re.compile(
            r"ransom|extort|\bmoney\b|cryptocurrenc|\bcrypto\b|bitcoin|heist|launder|financial gain|for profit|"
            r"stole \$|theft of \$|fraud|robbed",
            re.I,
        ),
    ),
    (
        Motive.DISRUPTION,
        re.compile(
            r"sabotag|disrupt|wiper|wiped|destructive|denial[- ]of[- ]service|ddos|paralys|cripple|blackout|"
            r"outage|knocked|defac",
            re.I,
        ),
    ),
    (
        Motive.INFLUENCE,
        re.compile(
            r"disinformation|influence operation|interfer\w+ (?:in|with) .{0,20}election|hack-and-leak|meddl|"
            r"propaganda|smear",
            re.I,
        ),
    ),
)


_OPEN_SOURCES = word_set("reader.open_sources")
TRUST = 1.5  # how much more the lexicon's answer counts than one that only the scorer gives (natural log)
WORD_TRUST = 3.0  # the same for words of firmness
E = TypeVar("E", bound=Enum)


def _weigh(values: tuple[E, ...], probabilities: F, said: E, trust: float = TRUST) -> E:
    """The likeliest value, where the one that the lexicon says has a head start of `trust`."""
    scores = np.log(np.maximum(probabilities, 1e-6))
    scores[values.index(said)] += trust
    return values[int(scores.argmax())]


def _motives(text: str, start: int, end: int) -> tuple[Motive, ...]:
    return tuple(motive for motive, pattern in _MOTIVES if pattern.search(text, start, end))


def _relation(source: SourceType) -> Relation:
    return {
        SourceType.COMPANY: Relation.SECURITY_COMMUNITY,
        SourceType.MEDIA: Relation.MEDIA,
        SourceType.INTERNATIONAL: Relation.INTERNATIONAL,
        SourceType.GROUP: Relation.ATTACKER,
    }.get(source, Relation.UNKNOWN)


_PRIORITY = {"hostile": 1, "narration": 0, "tied": 0, "behind": 2, "responsible": 2, "participle": 1}


def _rank(found: Found) -> tuple[int, int, int]:
    return (int(1000 * found.score), _PRIORITY.get(found.draft.rule, 3), found.draft.act is not None)


def _score(found: Found) -> float:
    return 0.6 if found.draft.rule in ("narration", "participle", "tied") else 0.5 if found.draft.lenient else 0.8


def _consistent(found: list[Found]) -> list[Found]:
    """Of the claims of one sentence, drops what a likelier one makes moot: narration beside a spoken claim on the same
    accused, an
    accusation that the same source denies, an apposition ("X, a group tied to ...") beside the name it explains."""
    out = []
    for one in found:
        if not any(other is not one and _moot(one, other) for other in found):
            out.append(one)
    return out


def _leans(sentence: Sentence) -> bool:
    """Whether a sentence needs the one before it: it points back, goes on quoting, or names hardly anybody."""
    if len(sentence.parties) < 2:
        return True
    if any(p.kinds[0] == "pronoun" or (p.definite and not specific(p)) for p in sentence.parties):
        return True
    return any(unit.low in ("“", "”", '"', "his", "her", "its", "their") for unit in sentence.row)


def _moot(one: Found, other: Found) -> bool:
    if one.accused_is is None or other.accused_is is None:
        return False
    same_source = one.draft.source == other.draft.source
    if same_source and one.draft.stance is other.draft.stance and one.accused is not None and other.accused is not None:
        row = one.piece.whole.row
        after = other.accused.last
        if (
            after + 1 == one.accused.first
            and row[after].low in (",", "(", "–")
            and row[one.accused.first].low in ("a", "an", "the", "its", "another")
        ):
            return True
    if one.accused_is.canonical != other.accused_is.canonical or one.draft.stance is not Stance.ACCUSES:
        return False
    if one.draft.source < 0 <= other.draft.source:
        return other.score >= one.score or other.draft.rule != "scorer"
    return same_source and other.draft.stance in (Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES) and other.score >= one.score


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _possible(parties: Sequence[Party], s: int, a: int) -> bool:
    """Whether parties of these kinds can stand in a claim at all: software neither speaks nor is accused."""
    if s < len(parties):
        first = parties[s].kinds[0]
        if first in ("malware", "place") or (first == "report" and parties[s].last - parties[s].first == 1):
            return False
    return a >= len(parties) or parties[a].kinds[0] not in ("malware", "media", "court")


FLOOR = 0.05  # pairs that the scorer holds less likely need a rule
RULE_WEIGHT = 2.0  # log odds that a rule adds
LENIENT_WEIGHT = 0.7
SELF_WEIGHT = -2.0
ACROSS_WEIGHT = -1.0  # a party that stands in the sentence before
LENIENT = word_set("reader.lenient")
