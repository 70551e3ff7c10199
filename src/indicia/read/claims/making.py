"""From what was heard and resolved to the record of a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from indicia.read.claims.chunks import Place
from indicia.read.claims.dates import Dated, dates
from indicia.read.claims.firmness import Firm, firm_words
from indicia.read.claims.parties import AccusedParty, Parties, points_back
from indicia.read.claims.pooling import Resolved
from indicia.read.claims.proposals import Proposal
from indicia.read.names.lexicon import lowered
from indicia.records import Accused as AccusedRecord
from indicia.records import (
    AccusedType,
    Basis,
    Claim,
    Confidence,
    Deed,
    DeedKind,
    Document,
    Firmness,
    Ground,
    Level,
    Likelihood,
    Motive,
    Party,
    Prominence,
    Relation,
    Source,
    SourceType,
    Span,
    Stance,
    Tie,
    TieKind,
    stable_id,
)

# What an attack was for, as words tell it.
_MOTIVES = (
    (Motive.IP_THEFT, re.compile(r"intellectual property|trade secrets?|industrial espionage|proprietary")),
    (Motive.ESPIONAGE, re.compile(r"espionage|\bspy|\bspies|spied|intelligence[- ]gather|surveil|eavesdrop|cyberspies")),
    (
        Motive.FINANCIAL,
        re.compile(
            r"ransom|extort|\bmoney\b|cryptocurrenc|\bcrypto\b|bitcoin|heist|launder|financial gain|for profit|"
            r"stole \$|theft of \$|fraud|robbed",
        ),
    ),
    (
        Motive.DISRUPTION,
        re.compile(
            r"sabotag|disrupt|wiper|wiped|destructive|denial[- ]of[- ]service|ddos|paralys|cripple|blackout|"
            r"outage|knocked|defac",
        ),
    ),
    (
        Motive.INFLUENCE,
        re.compile(
            r"disinformation|influence operation|interfer\w+ (?:in|with) .{0,20}election|hack-and-leak|meddl|"
            r"propaganda|smear",
        ),
    ),
)


def motives_of(text: str, start: int, end: int) -> tuple[Motive, ...]:
    """What an attack was for, as its sentence tells, in the order of the table."""
    low = lowered(text[start:end])
    return tuple(motive for motive, pattern in _MOTIVES if pattern.search(low))


_HEAD = re.compile(r"\A\W*(?:date[d:]?\s+|[A-Z][A-Z ,.]{2,40}?[,(]?\s+|published:?\s+|updated:?\s+)?", re.IGNORECASE)
# What a sentence says that tells of other times than the rest of its text.
_LOOKS_BACK = re.compile(
    r"\b(?:in (?:recent|past|previous|earlier) years|in the past|over the years|for (?:many )?years|time and again|previously|"
    r"historically|ha(?:s|ve) long|at the time,|not the first time|"
    r"ha(?:s|ve) (?:repeatedly|often|regularly|routinely|always))\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:in|from|within|inside|out of)\s+(?:the\s+)?\Z")  # before the name of a country
_BASED = re.compile(r"-based\b")  # after it
_IS_LINKED = re.compile(r"\b(?:affiliated|linked|associated|aligned|connected|backed|sponsored|tied)\b", re.IGNORECASE)
# What a sentence must hold that ties somebody to a state: "Russian cybercriminals" are of a country, and of no state.
_TELLS_A_TIE = re.compile(
    r"\b(?:affiliat|link|associat|align|connect|back|sponsor|tie[ds]?\b|nexus|steer|command|control|direct|"
    r"(?:is|are|was|were) run|work(?:s|ing|ed)? for|"
    r"part of|arm of|unit|behalf|behest|order|employ|serv|organ|belong|subordinate|state)",
    re.IGNORECASE,
)
_SIDES = re.compile(r"\bpro-[A-Z]")
# "Chinese state-sponsored" before the name of a group.
_ATTRIBUTIVE = re.compile(
    r"(?:[- ](?:government|state|military|intelligence))?[- ](?:backed|sponsored|linked|affiliated|aligned|nexus|directed)"
    r"[^,.;:()]{0,30}",
    re.IGNORECASE,
)
_SERVES = re.compile(r"\b(?:officers?|officials?|agents?|soldiers?|servicemen|operatives?)\b", re.IGNORECASE)
# Words before and after a state that make it the place where somebody was.
_PLACE_OF = re.compile(
    r"\b(?:territory|soil|based in|located in|liv(?:e|es|ing) in|operat(?:e|es|ing) (?:from|in|out of)|from within)\b",
    re.IGNORECASE,
)
_IS_PLACE = re.compile(r"\S*\s+(?:territory|soil|is (?:\w+ )?(?:the )?(?:base|home|haven)\b)", re.IGNORECASE)
BESIDE = 32  # characters around a state in which it is told to be a place
NEAR = 60  # characters between who speaks or the accused and the date of what is said
SURELY = 0.6  # the score from which another statement of a claim may tell whose the accused is
TIED = 80  # characters after the accused in which it may be said whose it is


class Maker:
    """Makes the records of one document's claims."""

    def __init__(self, document: Document, parties: Parties) -> None:
        self.document = document
        self.text = document.text
        self.parties = parties
        self.head, self.base = _dateline(self.text, document.published)

    def claim(self, one: Resolved, others: Sequence[Resolved], score: float, statement: int) -> Claim:
        """The record of a claim. `others` say the same elsewhere; what the sentence itself leaves open they may tell."""
        heard = one.heard
        firm = firm_words(self.text, *heard.sentence)
        tie = self._tie(one, firm)
        accused = self._accused(one, others, tie)
        deed = self._deed(one, firm, tie)
        if accused.level is Level.PLACE and tie is None:
            state = accused.state_said
            deed, tie = None, Tie(kind=TieKind.LOCATED, to=self.parties.country(state), state=state)
        if tie is None and heard.stance is Stance.ACCUSES:
            surely = (other for other in others if other.heard.score >= SURELY)
            tie = next(
                (told for one_more in surely if (told := self._tie(one_more, firm_words(self.text, *one_more.heard.sentence)))),
                None,
            )
        if tie is None and heard.stance is Stance.ACCUSES:
            tie = self._implied(one)
        if accused.party is None:
            deed = tie = None
        source = self._source(one)
        dated = self._date(one)
        basis: Basis = heard.fields["basis"]
        not_accused = next(iter(self._inside(heard.sentence, heard.tags["not_accused"])), None)
        return Claim(
            id=stable_id(
                "claim",
                self.document.id,
                *heard.sentence,
                source.party.canonical if source.party else None,
                accused.party.canonical if accused.party else None,
                heard.stance,
                heard.accused,
            ),
            quote=self._span(heard.sentence),
            source=source,
            stance=heard.stance,
            accused=accused,
            deed=deed,
            tie=tie,
            not_accused=self._party(not_accused) if heard.stance is Stance.DECLINES and not_accused else None,
            statement=statement,
            prominence=self._prominence(heard),
            act=self._span(one.told.act) if one.told.act else None,
            incidents=one.told.about,
            victims=tuple(map(self._span, one.told.victims)),
            victim_countries=one.told.countries,
            sectors=one.told.sectors,
            motives=motives_of(self.text, *heard.sentence),
            grounds=()
            if basis is Basis.NONE_STATED
            else (Ground(basis=basis, cue=self._cue(heard.sentence, heard.tags["basis_cue"])),),
            channel=heard.fields["channel"],
            relation=_relation(source, one),
            date=dated.iso if dated else None,
            date_text=self._span((dated.start, dated.end)) if dated else None,
            score=score,
        )

    # -- parties

    def _source(self, one: Resolved) -> Source:
        said = one.said
        via = tuple(
            self._span(place)
            for place in self._inside(one.heard.sentence, one.heard.tags["via"])
            if (said.place is None or place[1] <= said.place[0] or said.place[1] <= place[0])
            and not points_back(self.text[slice(*place)])
        )
        if said.speaker is None:
            type = SourceType.MEDIA if said.voice.value == "text" else one.heard.fields["source_type"]
            return Source(type=type, voice=said.voice, via=via)
        party = Party(span=self._span(said.place), canonical=said.speaker.canonical) if said.place is not None else None
        return Source(
            type=said.speaker.type,
            party=party,
            state=said.speaker.state,
            body=said.speaker.body,
            voice=said.voice,
            via=via,
        )

    def _accused(self, one: Resolved, others: Sequence[Resolved], tie: Tie | None) -> AccusedRecord:
        who, place = one.accused, one.heard.accused
        if who is None or place is None:
            return AccusedRecord(type=AccusedType.UNKNOWN)
        said = who.state if who.said else None
        if said is None and tie is not None and tie.kind is not TieKind.ALIGNED:
            said = tie.state
        if said is None:
            said = next((other.accused.state for other in others if other.accused and other.accused.said), None)
        if self._is_place(one, who, place):
            return AccusedRecord(
                type=AccusedType.UNKNOWN,
                level=Level.PLACE,
                party=Party(span=self._span(place), canonical=f"actors operating from {self.parties.country(said)}"),
                state_said=said,
            )
        known = who.state if said is None and not who.said else None
        return AccusedRecord(
            type=who.type,
            level=who.level,
            party=Party(span=self._span(place), canonical=who.canonical),
            state_said=said,
            state_known=known,
            according_to=who.according_to if known else (),
            category=who.category,
        )

    def _is_place(self, one: Resolved, who: AccusedParty, place: Place) -> bool:
        """Whether a state is named only as the place that an attack came from."""
        if who.level is not Level.STATE:
            return False
        fields = one.heard.fields
        before = _PLACE_OF.search(self.text, max(one.heard.sentence[0], place[0] - BESIDE), place[1])
        return bool(before or _IS_PLACE.match(self.text, place[1], place[1] + BESIDE)) or (
            fields["deed"] is None and fields["tie"] is TieKind.LOCATED
        )

    def _party(self, place: Place) -> Party:
        named = next(self.parties.bodies(place), None)
        words = self._span(place)
        return Party(span=words, canonical=named[0] if named else " ".join(words.text.split()))

    # -- what is said

    def _deed(self, one: Resolved, firm: Sequence[Firm], tie: Tie | None) -> Deed | None:
        kind = one.heard.fields["deed"] or (DeedKind.DID if tie is None else None)
        if kind is None:
            return None
        taken = tie.cue if tie is not None else None
        return Deed(kind=kind, **self._how(one, one.heard.fields["firmness"], firm, "firmness_cue", taken))

    def _tie(self, one: Resolved, firm: Sequence[Firm]) -> Tie | None:
        fields, place = one.heard.fields, one.heard.accused
        if fields["tie"] is None or one.accused is None or place is None:
            return None
        to, state = self._tied_to(one, one.accused, place)
        words = self._cue(one.heard.sentence, one.heard.tags["tie_cue"])
        if not to and state is None and words is None:
            return None
        kind: TieKind = fields["tie"]
        who = one.accused
        if who.level is Level.STATE and state == who.state and kind not in (TieKind.LOCATED, TieKind.TOLERATED):
            return None  # nothing is tied to itself
        if kind is TieKind.LINKED and words is None and not _TELLS_A_TIE.search(self.text, *one.heard.sentence):
            return None  # whose people they are tells nobody's state
        if kind is TieKind.LINKED and self._acts_from(place, one.heard.sentence[1], state):
            kind = TieKind.LOCATED  # who has a base in a country is not of its state
        if (
            kind is TieKind.LINKED
            and _SIDES.search(self.text, *one.heard.sentence)
            and not _IS_LINKED.search(self.text, *one.heard.sentence)
        ):
            kind = TieKind.ALIGNED  # "pro-Russian" hackers are for a state, and not of it
        if kind is TieKind.ORGAN and who.level is Level.GROUP and _IS_LINKED.search(self.text, *place):
            kind = TieKind.LINKED
        return Tie(
            kind=kind,
            to=(to if to != who.canonical else "") or self.parties.country(state),
            state=state,
            words=words,
            **self._how(one, fields["tie_firmness"], firm, "tie_cue", None),
        )

    def _acts_from(self, accused: Place, end: int, state: str | None) -> bool:
        """Whether the state that is named first after the accused is only where they are: "which has its base in Russia", "is a
        Russia-based gang"."""
        after = self.parties.bodies((accused[1], min(end, accused[1] + TIED)))
        first = next((where for _, of, where in after if of == state), None)
        if first is None or _IS_LINKED.search(self.text, accused[1], first[0]):
            return False
        if _BASED.match(self.text, first[1]):
            return True
        return _WITHIN.search(self.text, accused[1], first[0]) is not None

    def _implied(self, one: Resolved) -> Tie | None:
        """The tie that the name of the accused tells by itself: an agency is part of its state, its officers work for it."""
        who, place = one.accused, one.heard.accused
        if who is None or place is None or not who.said or who.state is None or who.level is Level.STATE:
            return None
        if who.level is Level.AGENCY:
            return Tie(kind=TieKind.ORGAN, to=self.parties.country(who.state), state=who.state)
        if _SERVES.search(self.text, *place):
            to = next((name for name, state, _ in self.parties.bodies(place) if state == who.state), "")
            return Tie(kind=TieKind.WORKS_FOR, to=to or self.parties.country(who.state), state=who.state)
        return None

    def _tied_to(self, one: Resolved, who: AccusedParty, place: Place) -> tuple[str, str | None]:
        """The state or agency that the accused is tied to, and its state: named in its own words, else after it, else in the
        words that tie it."""
        low, high = one.heard.sentence
        own = [found for found in self.parties.bodies(place) if who.level not in (Level.STATE, Level.AGENCY)]
        cues = [found for cue in self._inside((low, high), one.heard.tags["tie_cue"]) for found in self.parties.bodies(cue)]
        aside = (*one.told.victims, *((one.said.place,) if one.said.place else ()))  # who was hit or speaks is no master
        home = one.said.speaker.state if one.said.speaker is not None else None
        around = [
            found
            for found in self.parties.bodies((low, high))
            if found[1] not in (None, home) and not any(a <= found[2][0] < b for a, b in aside)
        ]
        if who.state is not None:  # beside a group that is known to be of one state, another one is a victim
            around = [found for found in around if found[1] == who.state]
        after = [found for found in around if place[1] <= found[2][0] < place[1] + TIED]
        led = [
            found
            for found in self.parties.bodies((max(low, place[0] - BESIDE), place[0]))
            if _ATTRIBUTIVE.fullmatch(self.text, found[2][1], place[0])
        ]
        only = around if len({found[1] for found in around}) == 1 and not one.told.victims else []
        mine = [found for found in (*own, *led, *cues, *after, *only) if found[1] is not None]
        if not mine:
            return "", who.state if who.said else None
        return mine[0][0], mine[0][1]

    def _how(self, one: Resolved, firmness: Firmness, firm: Sequence[Firm], tag: str, taken: Span | None) -> dict[str, Any]:
        """How surely something is told, with the words for that: those that the network marks, else the nearest ones of the
        class to the accused."""
        marked = self._inside(one.heard.sentence, one.heard.tags[tag])
        told = {word.firmness for word in firm for a, b in marked if a < word.end and word.start < b} - {Firmness.NONE}
        if len(told) == 1:  # words that are marked, and that say how surely
            firmness = told.pop()
        at = (one.heard.accused or one.heard.sentence)[0]
        free = [word for word in firm if word.firmness is firmness and (taken is None or word.start != taken.start)]

        def rank(word: Firm) -> tuple[bool, int]:
            return not any(a < word.end and word.start < b for a, b in marked), abs(word.start - at)

        best = min(free, key=rank, default=None)
        cue = (best.start, best.end) if best else None
        if cue is None and firmness is not Firmness.NONE and marked:
            cue = min(marked, key=lambda place: abs(place[0] - at))
        likelihood: Likelihood | None = best.likelihood if best else None
        confidence: Confidence | None = best.confidence if best else None
        return {
            "firmness": firmness,
            "likelihood": likelihood,
            "confidence": confidence,
            "cue": self._span(cue) if cue else None,
        }

    def _prominence(self, heard: Proposal) -> Prominence:
        """How prominently it is told: a charge of other times is background. An answer is none for having been given before."""
        if heard.stance in (Stance.ACCUSES, Stance.CLAIMS) and _LOOKS_BACK.search(self.text, *heard.sentence):
            return Prominence.BACKGROUND
        told: Prominence = heard.fields["prominence"]
        return told

    # -- places

    def _span(self, place: Place) -> Span:
        return Span(document=self.document.id, start=place[0], end=place[1], text=self.text[slice(*place)])

    def _inside(self, sentence: Place, places: Sequence[Place]) -> list[Place]:
        return [place for place in places if sentence[0] <= place[0] < sentence[1]]

    def _cue(self, sentence: Place, places: Sequence[Place]) -> Span | None:
        found = self._inside(sentence, places)
        return self._span(found[0]) if found else None

    def _date(self, one: Resolved) -> Dated | None:
        """The date of the claim itself: beside who speaks rather than in the words for the deed; else that of the document."""
        low, high = one.heard.sentence
        act = one.told.act or (0, 0)
        told = [d for d in dates(self.text, low, high, self.base) if not act[0] <= d.start < act[1] and d != self.head]
        said = one.said.place
        if said is not None and low <= said[0] < high:
            near = [d for d in told if abs(d.start - said[1]) < NEAR or abs(said[0] - d.end) < NEAR]
            if near:
                return near[0]
        if one.heard.fields["prominence"] is Prominence.BACKGROUND or one.said.speaker is None:
            return None
        return self.head


def _dateline(text: str, published: str | None) -> tuple[Dated | None, str | None]:
    """(the date that a text gives for itself in its first words, the date against which "on Monday" is read)."""
    head = _HEAD.match(text)
    begin = head.end() if head else 0
    found = dates(text, begin, begin + 24, published)
    if found and found[0].start == begin and not found[0].relative and len(found[0].iso) == 10:
        return found[0], published or found[0].iso
    return None, published


def _relation(source: Source, one: Resolved) -> Relation:
    """How the source stands to the victim, as far as the text itself tells."""
    if source.party is not None and any(place == one.said.place for place in one.told.victims):
        return Relation.VICTIM
    if one.heard.stance is Stance.CLAIMS or (one.heard.stance is Stance.DENIES and one.heard.accused == one.heard.speaker):
        return Relation.ATTACKER
    if source.type is SourceType.GOVERNMENT and source.state and one.told.countries:
        return Relation.VICTIM_GOVERNMENT if source.state in one.told.countries else Relation.THIRD_PARTY
    return {
        SourceType.COMPANY: Relation.SECURITY_COMMUNITY,
        SourceType.MEDIA: Relation.MEDIA,
        SourceType.INTERNATIONAL: Relation.INTERNATIONAL,
    }.get(source.type, Relation.UNKNOWN)
