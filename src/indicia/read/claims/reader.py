"""The claims of a document."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.read.claims.dates import Dated, dates
from indicia.read.claims.drafts import Draft, Speech, can_be_accused, drafts, speakers_at, specific, speeches
from indicia.read.claims.firmness import Firm, firm_words
from indicia.read.claims.grammar import Sentence, verb_groups
from indicia.read.claims.grounds import basis_words, channel_of
from indicia.read.claims.incidents import Incidents
from indicia.read.claims.kinds import Described, describe_accused, describe_source, owner_unit
from indicia.read.claims.language import foreign
from indicia.read.claims.lexicon import lexicon
from indicia.read.claims.names import Names
from indicia.read.claims.parties import Party, parties, units
from indicia.read.claims.sentences import sentences
from indicia.records import (
    Accused,
    AccusedType,
    Basis,
    Claim,
    Document,
    Firmness,
    Likelihood,
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

THRESHOLD = 0.5


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
    sentence: Sentence
    number: int
    source: Party | None
    source_is: Described | None
    accused: Party | None
    accused_is: Described | None
    accused_range: tuple[int, int] | None
    via: tuple[Party, ...]


class Tools(NamedTuple):
    """What reading needs of the knowledge, built once."""

    names: Names
    states: dict[str, str]
    incidents: Incidents


@cache
def _tools(knowledge: Knowledge) -> Tools:
    return Tools(Names(knowledge), {state.code: state.name for state in knowledge.states}, Incidents(knowledge))


_GATE = re.compile("|".join(sorted(lexicon().gate, key=len, reverse=True)), re.IGNORECASE)


def parse(text: str, start: int, end: int, names: Names) -> Sentence:
    """One sentence cut up into units, parties and verbs."""
    row = units(text, start, end, names)
    found = parties(text, row)
    at = [-1] * len(row)
    for index, party in enumerate(found):
        for k in range(party.first, party.last):
            at[k] = index
    return Sentence(start, end, row, found, at, verb_groups(row, at, lexicon()))


def read_claims(document: Document, knowledge: Knowledge) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """All claims of the document in the order of their quotes, and what could not be read.

    Raises nothing for any text. A document in another language than English yields a problem and no claims.
    """
    text = document.text
    other = foreign(text)
    if other:
        problem = Problem(
            where=document.name, what=f"written in {other}, claims are read in English only", severity=Severity.SKIPPED,
            hint="translate it first",
        )  # fmt: skip
        return (), (problem,)
    if not _GATE.search(text):
        return (), ()
    tools = _tools(knowledge)
    reader = _Reader(document, tools)
    for start, end in sentences(text):
        reader.read(start, end)
    return reader.claims(), ()


class _Reader:
    """One pass over the sentences of a document, remembering who was spoken of."""

    def __init__(self, document: Document, tools: Tools) -> None:
        self.document = document
        self.text = document.text
        self.tools = tools
        self.speakers: list[Seen] = []
        self.hostile: list[Seen] = []
        self.found: list[Found] = []
        self.number = 0
        self.sentences: list[tuple[int, int]] = []

    def read(self, start: int, end: int) -> None:
        self.sentences.append((start, end))
        number = self.number
        self.number += 1
        sentence = parse(self.text, start, end, self.tools.names)
        said = speeches(sentence)
        for draft in drafts(sentence, said):
            found = self._resolve(draft, sentence, said, number)
            if found is not None:
                self.found.append(found)
        self._remember(sentence, number)

    # -- who is who

    def _remember(self, sentence: Sentence, number: int) -> None:
        for party in sentence.parties:
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
        candidates = [(p, describe_source(p, self.text, self.tools.states)) for p in reversed(earlier)]
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

    def _resolve(self, draft: Draft, sentence: Sentence, said: list[Speech], number: int) -> Found | None:
        states = self.tools.states
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
            accused_is, accused_range = self._own(source, source_is, sentence, draft)
        elif accused is not None:
            first = accused.kinds[0]
            if first == "pronoun" or (accused.definite and not specific(accused)):
                seen = self._hostile_before(sentence, draft.accused, accused.head)
                if seen is None:
                    if first == "pronoun":
                        return None
                    accused_is = describe_accused(accused, self.text, states)
                    if draft.source < 0:
                        return None
                else:
                    accused_is = seen.accused
                    if first == "pronoun" and draft.stance is Stance.ACCUSES and source is None:
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
        if source is None and accused is not None and not specific(accused) and not accused.definite:
            return None
        # relays: outer speakers of the place where the claim is made
        via: list[Party] = []
        if draft.source >= 0:
            for speech in speakers_at(said, draft.cue):
                for s in speech.speakers:
                    if s != draft.source and sentence.parties[s].kinds[0] != "pronoun" and sentence.parties[s] not in via:
                        via.append(sentence.parties[s])
        return Found(draft, sentence, number, source, source_is, accused, accused_is, accused_range, tuple(reversed(via)))

    def _own(
        self, source: Party, described: Described | None, sentence: Sentence, draft: Draft
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
        """The records of what was found, the best of each (source, accused, stance) of a sentence."""
        best: dict[tuple[object, ...], Found] = {}
        for found in self.found:
            draft = found.draft
            key = (found.number, draft.source, found.accused_is.canonical if found.accused_is else None, draft.stance)
            known = best.get(key)
            if known is None or _rank(found) > _rank(known):
                best[key] = found
        kept = _consistent(list(best.values()))
        return tuple(sorted((self._claim(found) for found in kept), key=lambda c: (c.quote.start, c.quote.end, c.id)))

    def _span(self, start: int, end: int) -> Span:
        return Span(document=self.document.id, start=start, end=end, text=self.text[start:end])

    def _claim(self, found: Found) -> Claim:
        draft, sentence = found.draft, found.sentence
        text = self.text
        row = sentence.row
        start, end = sentence.start, sentence.end
        source_type = SourceType(found.source_is.type) if found.source_is is not None else SourceType.MEDIA
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
            accused = Accused(
                type=AccusedType(accused_is.type),
                level=accused_is.level,
                party=NamedParty(span=self._span(*where), canonical=accused_is.canonical, state=accused_is.state),
                category=accused_is.category,
            )
        act = None
        if draft.act is not None and draft.act[0] < draft.act[1] <= len(row):
            act = self._span(row[draft.act[0]].start, row[draft.act[1] - 1].end)
        firm = self._firmness(found)
        legal = draft.legal
        basis, basis_range = (
            basis_words(text, start, end, legal=legal)
            if draft.stance is not Stance.DENIES or legal
            else (Basis.NONE_STATED, None)
        )
        dated = self._date(found)
        incident, incident_id = self.tools.incidents.find(text, start, end, act.text if act else "", self.document)
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
            firmness=firm.firmness if firm else Firmness.NONE,
            firmness_cue=self._span(firm.start, firm.end) if firm else None,
            likelihood=firm.likelihood if firm else None,
            confidence=firm.confidence if firm else None,
            basis=basis,
            basis_cue=self._span(*basis_range) if basis_range else None,
            channel=channel_of(source_type, basis, text[start:end]),
            relation=_relation(source_type),
            date=dated.iso if dated else None,
            date_text=self._span(dated.start, dated.end) if dated else None,
            score=_score(found),
            cues=(draft.rule,),
        )

    def _firmness(self, found: Found) -> Firm | None:
        """The firmness words that belong to this claim: near its cue and its accused, not those of another claim in the sentence."""
        draft, sentence = found.draft, found.sentence
        if draft.stance in (Stance.DENIES, Stance.DECLINES):
            return None
        row = sentence.row
        cue = row[min(draft.cue, len(row) - 1)]
        words = firm_words(self.text, sentence.start, sentence.end)
        if not words:
            # "They hold this with high confidence": the next sentence may say it
            return None

        def rank(w: Firm) -> tuple[int, int]:
            order = {Firmness.CONFIRMED: 1, Firmness.HIGH: 0, Firmness.MODERATE: 0, Firmness.LOW: 1, Firmness.HEDGED: 2}
            return (order.get(w.firmness, 3), abs(w.start - cue.start))

        return min(words, key=rank)

    def _date(self, found: Found) -> Dated | None:
        """The date of the claim itself: next to its cue or its speaker rather than inside the act."""
        draft, sentence = found.draft, found.sentence
        row = sentence.row
        all_dates = dates(self.text, sentence.start, sentence.end, self.document.published)
        if not all_dates:
            return None
        cue = row[min(draft.cue, len(row) - 1)]
        act = (row[draft.act[0]].start, row[draft.act[1] - 1].end) if draft.act else (0, 0)
        outside = [d for d in all_dates if not (act[0] <= d.start < act[1])]
        near = [d for d in outside if abs(d.start - cue.end) < 60 or abs(d.end - cue.start) < 60]
        return near[0] if near else None


_MOTIVES = (
    (Motive.IP_THEFT, re.compile(r"intellectual property|trade secrets?|industrial espionage|proprietary", re.I)),
    (Motive.ESPIONAGE, re.compile(r"espionage|\bspy|\bspies|spied|intelligence[- ]gather|surveil|eavesdrop|cyberspies", re.I)),
    (Motive.FINANCIAL, re.compile(r"ransom|extort|\bmoney\b|cryptocurrenc|\bcrypto\b|bitcoin|heist|launder|financial gain|for profit|stole \$|theft of \$|fraud|robbed", re.I)),
    (Motive.DISRUPTION, re.compile(r"sabotag|disrupt|wiper|wiped|destructive|denial[- ]of[- ]service|ddos|paralys|cripple|blackout|outage|knocked|defac", re.I)),
    (Motive.INFLUENCE, re.compile(r"disinformation|influence operation|interfer\w+ (?:in|with) .{0,20}election|hack-and-leak|meddl|propaganda|smear", re.I)),
)  # fmt: skip


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


def _rank(found: Found) -> tuple[int, int]:
    return (_PRIORITY.get(found.draft.rule, 3), found.draft.act is not None)


def _score(found: Found) -> float:
    return 0.6 if found.draft.rule in ("narration", "participle", "tied") else 0.5 if found.draft.lenient else 0.8


def _consistent(found: list[Found]) -> list[Found]:
    """Drops what another claim of the same sentence makes moot: narration beside a spoken claim on the same accused, an accusation
    that the same source denies, a weaker duplicate by canonical name."""
    out = []
    for one in found:
        moot = False
        for other in found:
            if other is one or other.number != one.number:
                continue
            same_accused = (
                one.accused_is is not None
                and other.accused_is is not None
                and (one.accused_is.canonical == other.accused_is.canonical)
            )
            if one.draft.source < 0 <= other.draft.source and same_accused and one.draft.stance is Stance.ACCUSES:
                moot = True
            if (
                one.draft.source == other.draft.source
                and same_accused
                and one.draft.stance is Stance.ACCUSES
                and other.draft.stance in (Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES)
            ):
                moot = True
        if not moot:
            out.append(one)
    return out


Likelihood, can_be_accused  # noqa: B018
