"""From a found claim to its record: firmness, basis, date, incident, motives, channel."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from indicia.read.claims.draft.speech import speakers_at
from indicia.read.claims.draft.suspects import suspect
from indicia.read.claims.parse.party import Party
from indicia.read.claims.record.heard import likeliest
from indicia.read.claims.record.propositions import said_of
from indicia.read.claims.refer.issuer import Issuer
from indicia.read.claims.refer.naming import Namer
from indicia.read.claims.refer.resolving import Found, Tools
from indicia.read.claims.refer.ties import states_in
from indicia.read.claims.words.dates import Dated, dates
from indicia.read.claims.words.firmness import Firm, firm_words
from indicia.read.claims.words.grounds import basis_words, channel_of
from indicia.read.claims.words.motives import motives_of
from indicia.read.claims.words.wordsets import word_set
from indicia.read.text.months import MONTHS
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Basis,
    Claim,
    Deed,
    DeedKind,
    Document,
    Firmness,
    Ground,
    Level,
    Motive,
    Prominence,
    Relation,
    Source,
    SourceType,
    Span,
    Stance,
    Tie,
    TieKind,
    Voice,
    stable_id,
)
from indicia.records import Party as NamedParty

__all__ = ["Maker"]


class _Told(NamedTuple):
    """What the words of a quote tell, whichever of its claims is asked about."""

    firm: list[Firm]
    dates: list[Dated]
    motives: tuple[Motive, ...]
    basis: tuple[Basis, tuple[int, int] | None]


class Maker:
    """Makes the records of one document's claims."""

    def __init__(self, document: Document, tools: Tools, issuer: Issuer | None = None) -> None:
        self.issuer = issuer
        self.document = document
        self.text = document.text
        self.tools = tools
        self.namer = Namer(document.text, tools.incidents, tools.lands, document.published)
        self.head_date, self.base_date = _dateline(self.text, document.published)
        self._last: tuple[tuple[int, int], _Told] | None = None

    def _span(self, start: int, end: int) -> Span:
        return Span(document=self.document.id, start=start, end=end, text=self.text[start:end])

    def claim(self, found: Found, statement: int = 1) -> Claim:
        """The record of a claim; `statement` numbers the act that made it."""
        draft, sentence = found.draft, found.piece.whole
        text = self.text
        row = sentence.row
        start, end = self._quote(found)
        source_type = SourceType(found.source_is.type) if found.source_is is not None else SourceType.MEDIA
        if found.source is not None and _OPEN_SOURCES.isdisjoint(found.source.kinds[:1]):
            source_type = likeliest(found, "stype", source_type)
        words = found.source_range or ((found.source.start, found.source.end) if found.source is not None else None)
        source = Source(
            type=source_type,
            party=NamedParty(span=self._span(*words), canonical=found.source_is.canonical)
            if words is not None and found.source_is is not None
            else None,
            state=found.source_is.state if words is not None and found.source_is is not None else None,
            voice=self._voice(found, words),
            via=(*self._relay(found), *(self._span(p.start, p.end) for p in found.via)),
        )
        accused_is = found.accused_is
        if accused_is is None:
            accused = Accused(type=AccusedType.UNKNOWN)
        else:
            where = found.accused_range or (start, start)
            kind = AccusedType(accused_is.type)
            if found.accused is not None and not draft.self_reference:
                kind = likeliest(found, "at", kind)
            accused = Accused(
                type=kind,
                level=accused_is.level,
                party=NamedParty(span=self._span(*where), canonical=accused_is.canonical),
                category=accused_is.category,
                **self._states(found, where, (start, end)),
            )
        act = None
        if draft.act is not None and draft.act[0] < draft.act[1] <= len(row):
            act = self._span(row[draft.act[0]].start, row[draft.act[1] - 1].end)
        firm = self._firmness(found)
        firmness = likeliest(found, "firm", firm.firmness if firm else Firmness.NONE)
        if firm is None or firm.firmness is not firmness:
            firm = self._firmness(found, firmness)
        legal = draft.legal
        words_of = self._told(start, end)
        basis, basis_range = words_of.basis
        if legal and basis is not Basis.LEGAL:
            basis, basis_range = Basis.LEGAL, None
        elif draft.stance is Stance.DENIES and not legal:
            basis, basis_range = Basis.NONE_STATED, None
        if not legal and (likely := likeliest(found, "basis", basis)) is not basis:
            basis, basis_range = likely, None
        dated = self._date(found)
        incident, incident_id, _ = self.namer.call(found, start, end)
        victims, countries = self._harmed(found)
        sectors = _sectors(self.tools, act.text) if act is not None else ()
        deed, tie = self._propositions(found, accused, firmness, firm)
        if tie is not None and tie.kind is not TieKind.ALIGNED and accused.state is None:
            accused = msgspec.structs.replace(accused, state_said=tie.state)
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
            deed=deed,
            tie=tie,
            statement=statement,
            prominence=found.judged.best("pr") if found.judged is not None else Prominence.REPORTED,
            act=act,
            incidents=(About(name=incident or incident_id or "", id=incident_id),) if incident or incident_id else (),
            victims=victims,
            victim_countries=countries,
            sectors=sectors,
            motives=words_of.motives,
            grounds=(Ground(basis=basis, cue=self._span(*basis_range) if basis_range else None),)
            if basis is not Basis.NONE_STATED
            else (),
            channel=likeliest(found, "ch", channel_of(source_type, basis, text[start:end])),
            relation=_relation(source, accused, countries, victims),
            date=dated.iso if dated else None,
            date_text=self._span(dated.start, dated.end) if dated else None,
            score=found.score or _rule_score(found),
            cues=(draft.rule,),
        )

    def _voice(self, found: Found, words: tuple[int, int] | None) -> Voice:
        """Where the source stands: a speaker whom only the heading or "we" tells is the issuer."""
        if words is not None and (found.source_range is not None or self.text[slice(*words)].lower() in _OURS):
            return Voice.ISSUER
        return likeliest(found, "voice", Voice.TEXT)

    def _relay(self, found: Found) -> tuple[Span, ...]:
        """The issuer of a statement that tells what others said: NATO's text makes no speaker of its members."""
        issuer, source = self.issuer, found.source_is
        if issuer is None or issuer.start is None or issuer.end is None or source is None or found.source is None:
            return ()
        mine = issuer.described
        one_side = source.same == mine.same or (source.state is not None and source.state == mine.state)
        if one_side or found.source.kinds[0] == "pronoun" or _ASKED.match(self.text, found.piece.own[0]):
            return ()
        return (self._span(issuer.start, issuer.end),)

    def _states(self, found: Found, where: tuple[int, int], quote: tuple[int, int]) -> dict[str, Any]:
        """The state that the document ties the accused to, apart from the one that is known of its name."""
        assert found.accused_is is not None
        state = found.accused_is.state
        if state is None:
            return {}
        party = found.accused
        by_name = party is not None and party.name is not None and party.name.kind in _KNOWN_NAMES and party.name.state == state
        name = self.text[slice(*where)]
        if not by_name:
            return {"state_said": state}
        low, high = max(0, quote[0] - AROUND), quote[1] + AROUND
        beside = re.compile(re.escape(name)).finditer(self.text, low, high)
        near = [self.text[slice(*quote)], *(self.text[one.start() : one.end() + BESIDE] for one in beside)]
        if any(state in states_in(words, self.tools.lands) for words in near):
            return {"state_said": state}
        return {"state_known": state, "according_to": ("Indicia's tables of names",)}

    def _propositions(
        self, found: Found, accused: Accused, firmness: Firmness, firm: Firm | None
    ) -> tuple[Deed | None, Tie | None]:
        """The deed and the tie. `firmness` and `firm` are the claim's own, for what it is first about."""
        own = self._how(firmness, firm)
        if accused.party is None:
            return None, None
        if accused.level is Level.PLACE:
            place = self.tools.states.get(accused.state_said or "", accused.party.canonical)
            return None, Tie(kind=TieKind.LOCATED, to=place, state=accused.state_said, **own)
        quote, row = self._quote(found), found.piece.whole.row
        where = (accused.party.span.start, accused.party.span.end)
        named = [
            p for p in found.piece.whole.parties if p.name is not None and p.name.kind in _BODIES and p is not found.source
        ]
        said = said_of(
            self.text,
            quote,
            where,
            self._told(*quote).firm,
            names=[(row[k].start, row[k].end) for k in range(len(row)) if (n := row[k].name) is not None and n.kind in _BODIES],
            type=accused.type,
        )
        bond = said.tie if quote[0] <= where[0] < quote[1] else None
        deed = likeliest(found, "deed", DeedKind.DID if said.deed or bond is None else None)
        if bond is None:
            word = self._firmness(found)
            if word is not None and where[0] <= word.start < where[1]:
                own = self._how(word.firmness, word)  # "an actor, likely Russian in origin": no tie bears that doubt
            return Deed(kind=deed or DeedKind.DID, **own), None
        to = next((p for p in named if p.start <= bond.to < p.end), None)
        state = to.state if to is not None else accused.state_said
        tie_firm = next(iter(said.tie_firm), None)
        how = likeliest(found, "tfirm", tie_firm.firmness if tie_firm else Firmness.NONE)
        if tie_firm is None or tie_firm.firmness is not how:
            tie_firm = next((one for one in self._told(*quote).firm if one.firmness is how), None)
        tie = Tie(
            kind=bond.kind,
            to=self.tools.states.get(state or "", "") if to is None else self._called(to, state),
            state=state,
            words=self._span(bond.start, bond.end),
            **self._how(how, tie_firm),
        )
        if deed is None:
            return None, tie
        if firm is not None:  # a word belongs to one of them
            told = any(one.start <= firm.start < one.end for one in said.deed_firm)
            if (tie_firm is not None and tie_firm.start == firm.start) or (found.judged is None and not told):
                own = self._how(Firmness.NONE, None)
        return Deed(kind=deed, **own), tie

    def _how(self, firmness: Firmness, word: Firm | None) -> dict[str, Any]:
        """How surely a deed or a tie is told, and the words for that."""
        return {
            "firmness": firmness,
            "likelihood": word.likelihood if word else None,
            "confidence": word.confidence if word else None,
            "cue": self._span(word.start, word.end) if word else None,
        }

    def _called(self, party: Party, state: str | None) -> str:
        """The canonical name of a state or agency that somebody is tied to."""
        assert party.name is not None
        if party.name.kind == "agency":
            return party.name.canonical
        return self.tools.states.get(state or "", party.name.canonical)

    def _harmed(self, found: Found) -> tuple[tuple[Span, ...], tuple[str, ...]]:
        """Whom the act names beside its doer: bodies, companies and other names, and the countries they belong to."""
        act = found.draft.act
        if act is None:
            return (), ()
        doer = found.accused_is.state if found.accused_is is not None else None
        spans, countries = [], []
        for party in found.piece.whole.parties:
            inside = act[0] <= party.first and party.last <= act[1]
            if not inside or party in (found.source, found.accused) or party.kinds[0] in _NOT_HARMED or suspect(party):
                if inside and party.kinds[0] in ("state", "capital") and party.state not in (None, doer):
                    countries.append(str(party.state))
                continue
            spans.append(self._span(party.start, party.end))
            told = party.owner is not None and party.owner.kind in ("state", "capital", "demonym", "agency")
            if told and party.state not in (None, doer):
                countries.append(str(party.state))
        return tuple(spans[:5]), tuple(dict.fromkeys(countries))

    def _told(self, start: int, end: int) -> _Told:
        """What is told by `start:end`, worked out once for all claims of a sentence, which come one after another."""
        if self._last is None or self._last[0] != (start, end):
            told = _Told(
                firm_words(self.text, start, end),
                [d for d in self._dates(start, end) if not self._is_head(d)],
                motives_of(self.text, start, end),
                basis_words(self.text, start, end),
            )
            self._last = ((start, end), told)
        return self._last[1]

    def _dates(self, start: int, end: int) -> list[Dated]:
        """The dates of a quote. In a text without a date of its own, days and months without a year follow the date that was
        told last: "in December 2020 ... on 5 January"."""
        if self.base_date is not None:
            return dates(self.text, start, end, self.base_date)
        before = [d.iso for d in dates(self.text, max(0, start - STORY), start, None) if len(d.iso) >= 7]
        if not before:
            return dates(self.text, start, end, None)
        year, month = map(int, before[-1].split("-")[:2])
        # the last day of the eleventh month after it: what comes next within the year lies before that day
        last = f"{year}-12-28" if month == 1 else f"{year + 1}-{month - 1:02d}-28"
        told = dates(self.text, start, end, last)
        return [d for d in told if not d.relative or MONTH.search(self.text, d.start, d.end)]

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
        words = [w for w in self._told(*self._quote(found)).firm if wanted is None or w.firmness is wanted]
        # "can be linked to A and was conducted from B": the word that ties A says nothing of B
        own = {d.hedge for d in found.piece.found if d.accused == draft.accused or d is draft}
        others = {row[d.hedge].start for d in found.piece.found if d.hedge >= 0 and d.hedge not in own}
        words = [w for w in words if not any(w.start <= at < w.end for at in others)]
        if len(found.piece.said) > 1:
            words = [w for w in words if not self._said_elsewhere(w, found)]
        if not words:
            # "They hold this with high confidence": the next sentence may say it
            return None

        def rank(w: Firm) -> tuple[int, int]:
            order = {Firmness.CONFIRMED: 1, Firmness.HIGH: 0, Firmness.MODERATE: 0, Firmness.LOW: 1, Firmness.HEDGED: 2}
            return (order.get(w.firmness, 3), abs(w.start - cue.start))

        return min(words, key=rank)

    def _said_elsewhere(self, word: Firm, found: Found) -> bool:
        """Whether a word stands in what somebody else says, away from the claim."""
        row, draft = found.piece.whole.row, found.draft
        unit = next((k for k, one in enumerate(row) if one.end > word.start), len(row))
        inside, own = speakers_at(found.piece.said, unit), speakers_at(found.piece.said, draft.cue)
        if not inside or draft.source in inside[0].speakers or inside[0].verb == draft.cue:
            return False
        if not inside[0].lo <= draft.cue < inside[0].hi:
            return True
        turns = own and own[0].lo > unit and own[0].verb != inside[0].verb
        return bool(turns) and any(one.low in _TURNS for one in row[unit : own[0].verb])

    def _date(self, found: Found) -> Dated | None:
        """The date of the claim itself: next to its cue or its speaker rather than inside the act."""
        draft, sentence = found.draft, found.piece.whole
        row = sentence.row
        all_dates = self._told(*self._quote(found)).dates
        if not all_dates:
            return self._dated_by_head(found)
        cue = row[min(draft.cue, len(row) - 1)]
        act = (row[draft.act[0]].start, row[draft.act[1] - 1].end) if draft.act else (0, 0)
        outside = [d for d in all_dates if not (act[0] <= d.start < act[1])]
        if found.source is not None:  # "the service disclosed in May": the speaker's own words are dated, wherever the cue is
            begin = self._quote(found)[0]
            opens = [d for d in outside if d.start - begin < OPENS and 0 <= found.source.start - d.end < OPENS]
            said = opens or [d for d in outside if 0 <= d.start - found.source.end < SAID_WITHIN]
            if said:
                return said[0]
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


def _rule_score(found: Found) -> float:
    """The score of a claim that rules alone read."""
    return 0.6 if found.draft.rule in ("narration", "participle", "tied") else 0.5 if found.draft.lenient else 0.8


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


_ASKED = re.compile(r"(?:question|q)\b", re.IGNORECASE)  # somebody asks the issuer
_KNOWN_NAMES = frozenset({"actor", "agency"})  # kinds of names whose state our tables know
_BODIES = frozenset({"state", "capital", "demonym", "agency"})  # whom somebody can be tied to
_OURS = frozenset({"we", "us", "our", "our researchers", "our analysts", "our team"})
BESIDE = 60  # characters after a name in which its state is told
AROUND = 1500  # characters on both sides of a quote in which the name is looked for
_NOT_HARMED = frozenset({"pronoun", "malware", "place", "report", "actor", "criminal", "state", "capital", "demonym", "group"})
_TURNS = frozenset({"while", "but", "whereas", "although", "though", ";"})  # words at which another begins to speak
_OPEN_SOURCES = word_set("reader.open_sources")
STORY = 700  # characters before a quote in which its year may have been told
MONTH = re.compile(r"\b(?:" + "|".join(name for name in MONTHS if len(name) > 2) + r")\b", re.IGNORECASE)
SAID_WITHIN = 24  # characters between a speaker and the date of what it says
OPENS = 8  # before and after a date that opens the sentence: "On 4 October the minister said"
_PRONOUN = re.compile(r"\b[Ii]t\b")  # no sector: IT is one


def _sectors(tools: Tools, act: str) -> tuple[str, ...]:
    low = _PRONOUN.sub(" ", act).lower()
    if tools.any_sector.search(low) is None:
        return ()
    return tuple(name for pattern, name in tools.sectors if pattern.search(low))


def _relation(source: Source, accused: Accused, countries: tuple[str, ...], victims: tuple[Span, ...]) -> Relation:
    """How the source stands to the victim. A government is the victim's when it is of a country that was hit; a third party
    only when the text itself tells the countries and no other victim, since what is known of an incident is never all;
    that of the accused's own state is neither."""
    party = source.party
    if party is not None and any(span.text == party.span.text for span in victims):
        return Relation.VICTIM
    if source.type is SourceType.GOVERNMENT and source.state and countries:
        if source.state in countries:
            return Relation.VICTIM_GOVERNMENT
        return Relation.THIRD_PARTY if not victims and source.state != accused.state else Relation.UNKNOWN
    return {
        SourceType.COMPANY: Relation.SECURITY_COMMUNITY,
        SourceType.MEDIA: Relation.MEDIA,
        SourceType.INTERNATIONAL: Relation.INTERNATIONAL,
        SourceType.GROUP: Relation.ATTACKER,
    }.get(source.type, Relation.UNKNOWN)
