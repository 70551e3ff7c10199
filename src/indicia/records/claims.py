"""Claims: who takes which stance toward whom, for what, how firmly, on what grounds.

The fields and their values follow `docs/claims.md`. Two axes are never merged: *likelihood* ("highly likely", ICD 203 and PHIA
words) and *confidence* ("with moderate confidence"). A place ("from the territory of China") is never turned into a state.
"""

from __future__ import annotations

from enum import StrEnum

from indicia.records.base import Record, settle
from indicia.records.text import Span

__all__ = [
    "Accused",
    "AccusedType",
    "Basis",
    "Channel",
    "Claim",
    "Confidence",
    "Firmness",
    "Level",
    "Likelihood",
    "Motive",
    "Party",
    "Relation",
    "Source",
    "SourceType",
    "Stance",
]


class Stance(StrEnum):
    """What the source does with the accusation. `denies`: the accused named here is the party that is cleared."""

    ACCUSES = "accuses"
    ENDORSES = "endorses"
    DENIES = "denies"
    DECLINES = "declines"
    QUESTIONS = "questions"


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
    """Somebody who is named: the words in the text, the canonical name, and the state (ISO 3166 alpha-2) they belong to."""

    span: Span
    canonical: str
    state: str | None = None


class Source(Record, frozen=True, kw_only=True):
    """The innermost speaker. `party` is None for unsourced narration; `via` are the relays, outermost first."""

    type: SourceType
    party: Party | None = None
    via: tuple[Span, ...] = ()


class Accused(Record, frozen=True, kw_only=True):
    """Whom the claim is about: the most specific party named. `party` is None when nobody is named ("declines")."""

    type: AccusedType
    level: Level | None = None
    party: Party | None = None
    category: str | None = None  # "state-affiliated", "contractor" ... when the text says so

    @property
    def state(self) -> str | None:
        """ISO code of the state that the accused is tied to by the text or by what is known of the name."""
        return self.party.state if self.party else None


class Claim(Record, frozen=True, kw_only=True):
    """One source's stance toward one accused for one act, with the sentence that makes it.

    `score` in [0, 1] is the reader's own probability that the text makes this claim. `date` is ISO, possibly cut to month or
    year, and is the claim's date, not the incident's; `date_text` are the words it was resolved from. `origin` is the id of the
    claim that this one repeats, None for a first utterance.
    """

    id: str
    quote: Span
    source: Source
    stance: Stance
    accused: Accused
    act: Span | None = None
    incident: str | None = None  # the name it goes by in the text or in our knowledge
    incident_id: str | None = None  # id in knowledge.incidents
    victims: tuple[Span, ...] = ()
    victim_countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    motives: tuple[Motive, ...] = ()
    firmness: Firmness = Firmness.NONE
    firmness_cue: Span | None = None
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None
    basis: Basis = Basis.NONE_STATED
    basis_cue: Span | None = None
    channel: Channel = Channel.UNKNOWN
    relation: Relation = Relation.UNKNOWN
    date: str | None = None
    date_text: Span | None = None
    score: float = 1.0
    origin: str | None = None
    cues: tuple[str, ...] = ()  # which rules or cues made it: "verb:attribute", "tagger:0.93"

    def __post_init__(self) -> None:
        settle(self, "score")
