"""Mentions: names, techniques, vulnerabilities and indicators found in a document."""

from __future__ import annotations

from enum import StrEnum

from indicia.records.base import Problem, Record
from indicia.records.claims import Claim
from indicia.records.reading import Fallen
from indicia.records.text import Span

__all__ = ["Candidate", "Context", "Mention", "MentionKind", "Reading"]


class MentionKind(StrEnum):
    TECHNIQUE = "technique"
    VULNERABILITY = "vulnerability"
    WEAKNESS = "weakness"
    INDICATOR = "indicator"
    RULE = "rule"  # a YARA or Sigma rule embedded in the text
    ACTOR = "actor"
    SOFTWARE = "software"
    CAMPAIGN = "campaign"
    INCIDENT = "incident"
    AGENCY = "agency"
    VENDOR = "vendor"
    STATE = "state"
    SECTOR = "sector"
    ORGANISATION = "organisation"
    FACT = "fact"  # a sentence that tells of the main incident; `type` says what


class Context(StrEnum):
    """How the text speaks of the thing. Only `stated` counts as use."""

    STATED = "stated"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    RECOMMENDED = "recommended"
    BENIGN = "benign"
    REFERENCE = "reference"


class Candidate(Record, frozen=True, kw_only=True, gc=False):
    """One reading of an ambiguous name: an id in our knowledge, its name there, and who uses the matched alias."""

    id: str
    name: str
    according_to: tuple[str, ...] = ()


class Mention(Record, frozen=True, kw_only=True, gc=False):
    """Something found at `span`.

    `value` is the canonical, refanged value (`T1505.003`, `198.51.100.7`, `HAFNIUM`); `type` refines the kind (`ipv4-addr`,
    `file-sha256`, `malware`, `intrusion-set` ...: STIX words where there are any); `target` is the id in our knowledge when one
    is certain, `candidates` when more than one fits. `method` says how it was found. `reason` says why it is benign or a
    reference.
    """

    id: str
    kind: MentionKind
    value: str
    span: Span
    type: str = ""
    target: str | None = None
    candidates: tuple[Candidate, ...] = ()
    according_to: tuple[str, ...] = ()
    context: Context = Context.STATED
    method: str = "literal"
    reason: str = ""
    score: float = 1.0


class Reading(Record, frozen=True, kw_only=True):
    """All that was read from one document."""

    document: str
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()
    fallen: tuple[Fallen, ...] = ()  # what other readers offered and what did not hold
