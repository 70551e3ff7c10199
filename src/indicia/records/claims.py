"""Claims: who takes which stance toward whom, for what, how firmly, on what grounds.

A claim holds up to two propositions, each with its own firmness: the *deed* (the accused did it, had it done, made it possible)
and the *tie* (the accused is part of, works for, is linked to a state or agency). "Highly likely that HAFNIUM is associated
with the Chinese state" is a tie and says nothing of how sure it is that HAFNIUM did anything.

The fields and their values follow `docs/claims.md`. Two axes are never merged: *likelihood* ("highly likely", ICD 203 and PHIA
words) and *confidence* ("with moderate confidence"). A place ("from the territory of China") is never turned into a state, and
the state that a text ties somebody to is kept apart from the one that our tables know of the name.
"""

from __future__ import annotations

from enum import StrEnum

from indicia.records.base import Record, Whole, settle
from indicia.records.text import Span

__all__ = [
    "About",
    "Accused",
    "AccusedType",
    "Basis",
    "Channel",
    "Claim",
    "Confidence",
    "Deed",
    "DeedKind",
    "Firmness",
    "Ground",
    "Level",
    "Likelihood",
    "Motive",
    "Party",
    "Prominence",
    "Proposition",
    "Relation",
    "Scope",
    "Source",
    "SourceType",
    "Stance",
    "Tie",
    "TieKind",
    "Voice",
]


class Stance(StrEnum):
    """What the source does with the accusation. `denies`, `withdraws`: the accused named here is the party that is cleared."""

    ACCUSES = "accuses"
    ENDORSES = "endorses"
    DENIES = "denies"
    DECLINES = "declines"
    QUESTIONS = "questions"
    CLAIMS = "claims"  # takes credit: the source is the accused
    WITHDRAWS = "withdraws"  # takes back or corrects its own earlier accusation


class DeedKind(StrEnum):
    """What the accused is said to have done."""

    DID = "did"  # carried it out, is behind it
    DIRECTED = "directed"  # ordered it, employs or sponsors those who did
    ENABLED = "enabled"  # gave infrastructure, tools or shelter for it


class TieKind(StrEnum):
    """How the accused is said to stand to a state or agency, from the closest to the loosest."""

    ORGAN = "organ"
    DIRECTED = "directed"
    WORKS_FOR = "works_for"
    LINKED = "linked"
    ALIGNED = "aligned"
    TOLERATED = "tolerated"
    LOCATED = "located"

    @property
    def binds(self) -> bool:
        """Whether who says this says that the state itself is behind the accused: "works for" or closer."""
        return self in (TieKind.ORGAN, TieKind.DIRECTED, TieKind.WORKS_FOR)


class Voice(StrEnum):
    """Where the source stands in the document."""

    TEXT = "text"  # it is named in the text, or the text narrates
    ISSUER = "issuer"  # the document's own voice: "we", "the Department"
    QUOTE = "quote"  # inside a quotation of somebody else


class Prominence(StrEnum):
    ANNOUNCEMENT = "announcement"  # the document makes the claim
    REPORTED = "reported"  # the document reports who made it
    BACKGROUND = "background"  # said in passing


class Scope(StrEnum):
    """How a claim stands to an incident that it names."""

    WHOLE = "whole"  # the claim is about this deed
    PART = "part"  # the claim is about more, of which this deed is a part


class SourceType(StrEnum):
    GOVERNMENT = "government"
    INTERNATIONAL = "international organisation"
    COMPANY = "company"
    MEDIA = "media"
    PERSON = "person"
    GROUP = "group"
    COURT = "court"
    ANONYMOUS = "anonymous official"


class AccusedType(StrEnum):
    """The kind of party that is named, in the words of the ledger."""

    STATE = "state"
    AGENCY = "agency"
    GROUP = "group"
    PERSON = "person"
    CRIMINAL = "criminal"
    COMPANY = "company"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """What is accused, from the weakest to the strongest statement (after Rid and Buchanan)."""

    PLACE = "place"
    OPERATOR = "operator"
    GROUP = "group"
    AGENCY = "agency"
    STATE = "state"


class Firmness(StrEnum):
    """How surely it was said. `none` is a flat statement without any such word."""

    CONFIRMED = "confirmed"
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    HEDGED = "hedged"
    NONE = "none"

    @property
    def strength(self) -> int:
        """How firm it is beside the others, from 0. The weakest is a low grade given on purpose ("low confidence",
        "possible"): who hedges ("suspected", "linked") gives none, but leans to it. A flat statement stands between moderate
        and high.

        >>> sorted(Firmness, key=lambda one: one.strength)[0].value
        'low'
        """
        return _WEAKEST_FIRST.index(self)


_WEAKEST_FIRST = tuple(map(Firmness, ("low", "hedged", "moderate", "none", "high", "confirmed")))


class Likelihood(StrEnum):
    """The seven bands of ICD 203 (bounds in percent: 1-5, 5-20, 20-45, 45-55, 55-80, 80-95, 95-99)."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


class Confidence(StrEnum):
    """Analytic confidence: how good the grounds are, not how likely the thing is."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Basis(StrEnum):
    TECHNICAL = "technical"
    INTELLIGENCE = "intelligence"
    LEGAL = "legal"
    POLITICAL = "political"
    NONE_STATED = "none stated"


class Channel(StrEnum):
    """Through what kind of act the claim was made (after EuRepoC)."""

    TECHNICAL_REPORT = "technical report"
    POLITICAL_STATEMENT = "political statement"
    INDICTMENT = "indictment"
    SANCTION = "sanction"
    DIRECT_MEDIA = "direct media statement"
    ANONYMOUS_MEDIA = "anonymous media statement"
    SELF_CLAIM = "self-claim"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """How the source stands to the victim (after EuRepoC)."""

    ATTACKER = "attacker"
    VICTIM = "victim"
    VICTIM_GOVERNMENT = "victim's government"
    THIRD_PARTY = "third party"
    SECURITY_COMMUNITY = "security community"
    MEDIA = "media"
    INTERNATIONAL = "international organisation"
    UNKNOWN = "unknown"


class Motive(StrEnum):
    ESPIONAGE = "espionage"
    IP_THEFT = "ip theft"
    FINANCIAL = "financial"
    DISRUPTION = "disruption"
    INFLUENCE = "influence"


class Party(Record, frozen=True, kw_only=True):
    """Somebody who is named: the words in the text and the canonical name."""

    span: Span
    canonical: str


class Source(Record, frozen=True, kw_only=True):
    """The innermost speaker. `party` is None for unsourced narration; `via` are the relays, outermost first.

    `state` (ISO 3166 alpha-2) is the one that the source belongs to. `body` is what an office-holder speaks for.
    """

    type: SourceType
    party: Party | None = None
    state: str | None = None
    body: str | None = None
    voice: Voice = Voice.TEXT
    via: tuple[Span, ...] = ()


class Accused(Record, frozen=True, kw_only=True):
    """Whom the claim is about: the most specific party named. `party` is None when nobody is named ("declines").

    `state_said` is the country that this document ties the accused to. `state_known` is what our tables say of the name,
    whoever speaks, `according_to` the tables' own sources; it is never told as if the document said it.
    """

    type: AccusedType
    level: Level | None = None
    party: Party | None = None
    state_said: str | None = None
    state_known: str | None = None
    according_to: tuple[str, ...] = ()
    category: str | None = None  # "state-affiliated", "contractor" ... when the text says so

    @property
    def state(self) -> str | None:
        """The state that the accused is tied to: the one that is said, else the one that is known."""
        return self.state_said or self.state_known


class Proposition(Record, frozen=True, kw_only=True):
    """Something said, with how surely it was said: `cue` are the words for that."""

    firmness: Firmness = Firmness.NONE
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None
    cue: Span | None = None


class Deed(Proposition, frozen=True, kw_only=True):
    """That the accused did it."""

    kind: DeedKind = DeedKind.DID


class Tie(Proposition, frozen=True, kw_only=True):
    """That the accused belongs to a state or agency: `to` is its name, `state` the ISO code of the state, `words` what says
    so."""

    kind: TieKind
    to: str
    state: str | None = None
    words: Span | None = None


class Ground(Record, frozen=True, kw_only=True):
    """What a claim is said to rest on, and the words that say so."""

    basis: Basis
    cue: Span | None = None


class About(Record, frozen=True, kw_only=True):
    """An incident that a claim is about: the name it goes by in the text, and the id in our knowledge where the text tells
    enough to know it (names, victim, product, date)."""

    name: str
    id: str | None = None
    scope: Scope = Scope.WHOLE


class Claim(Record, frozen=True, kw_only=True):
    """One source's stance toward one accused for one act, with the sentence that makes it.

    `deed` and `tie` are what is said (at least one, unless the source declines to name anybody); a stance of denying or
    doubting is toward them. `statement` numbers the act of a document that made it: the members of a list of sources or
    accused share one. `not_accused` is whom a source that declines was asked about. `incidents` names what it is about, the
    nearest first; none for a pattern of activity.
    `score` in [0, 1] is the reader's own probability that the text makes this claim. `date` is ISO, possibly cut to month or
    year, and is the claim's date, not the incident's; `date_text` are the words it was resolved from. `origin` is the id of the
    claim that this one repeats, None for a first utterance.
    """

    id: str
    quote: Span
    source: Source
    stance: Stance
    accused: Accused
    deed: Deed | None = None
    tie: Tie | None = None
    not_accused: Party | None = None
    statement: Whole = 1
    prominence: Prominence = Prominence.REPORTED
    act: Span | None = None
    incidents: tuple[About, ...] = ()
    victims: tuple[Span, ...] = ()
    victim_countries: tuple[str, ...] = ()  # as the text tells them
    sectors: tuple[str, ...] = ()
    motives: tuple[Motive, ...] = ()
    grounds: tuple[Ground, ...] = ()
    channel: Channel = Channel.UNKNOWN
    relation: Relation = Relation.UNKNOWN
    date: str | None = None
    date_text: Span | None = None
    score: float = 1.0
    origin: str | None = None
    cues: tuple[str, ...] = ()  # which rules or cues made it: "verb:attribute", "tagger:0.93"
    readers: tuple[str, ...] = ("indicia",)  # who read it, our own reader first: see `records.reading`

    def __post_init__(self) -> None:
        settle(self, "score")

    @property
    def said(self) -> Proposition:
        """The proposition that the claim is first about: the deed, else the tie."""
        return self.deed or self.tie or _NOTHING

    @property
    def basis(self) -> Basis:
        """The first ground that is stated."""
        return self.grounds[0].basis if self.grounds else Basis.NONE_STATED

    @property
    def incident(self) -> str | None:
        """The name of the incident that it is about."""
        return self.incidents[0].name if self.incidents else None

    @property
    def incident_id(self) -> str | None:
        """The id of the known incident that it is about."""
        return self.incidents[0].id if self.incidents else None

    @property
    def accuses_state(self) -> str | None:
        """The ISO code of the state that is itself accused here, in the source's own words: it is named as the doer, or the
        accused is said to work for it or closer. "Linked to" a state is no accusation of it, nor is what is known of a name."""
        if self.deed and self.accused.level in (Level.STATE, Level.AGENCY):
            return self.accused.state_said
        return self.tie.state if self.tie and self.tie.kind.binds else None

    def spans(self) -> tuple[Span, ...]:
        """Every place in a document that the claim rests on, the quote first."""
        parties = (self.source.party, self.accused.party, self.not_accused)
        said = [one.cue for one in (self.deed, self.tie, *self.grounds) if one] + [self.tie.words if self.tie else None]
        optional = (self.act, self.date_text, *said, *(party.span for party in parties if party))
        return (self.quote, *self.source.via, *self.victims, *(span for span in optional if span is not None))


_NOTHING = Proposition()
