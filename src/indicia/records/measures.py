"""Measures: what to do, why, in which order, and by whom."""

from __future__ import annotations

from enum import StrEnum

from indicia.records.base import Record, Whole

__all__ = ["Advice", "Audience", "CoverageStep", "Measure", "MeasureKind", "Rank"]


class MeasureKind(StrEnum):
    PATCH = "patch"
    CONTAIN = "contain"
    MITIGATE = "mitigate"
    DETECT = "detect"
    HUNT = "hunt"
    LOG = "switch on logging"
    REPORT = "report"


class Audience(StrEnum):
    MANAGEMENT = "management"
    IT = "it"
    SOC = "soc"


class Rank(StrEnum):
    """How sure it is that the technique or flaw matters here: seen in logs, stated in a text, known of the affair from our
    tables though no text tells it, or typical of the accused."""

    SEEN = "seen in our logs"
    STATED = "stated in the texts"
    KNOWN = "known of the affair, not stated in the texts"
    TYPICAL = "typical of the accused"
    ALWAYS = "due in every case"


class Measure(Record, frozen=True, kw_only=True):
    """Something to do.

    `covers` are the technique ids and CVEs it acts on, `reasons` the ids of the mentions, claims or sightings that call for it.
    `known` are those of `covers` that our tables know of the affair while neither text nor log tells them: never to be told as
    stated. `floor`: due in every case, whatever is known of this one. `effect` in [0, 1] is the share of the case's weighted
    techniques that it covers, `effort` 1 (hours) to 3 (months). `due` is an ISO date where an authority set one; `within_hours`
    counts from the moment of reading, where hours matter. `source` names where the measure comes from (`ATT&CK M1051`, `CISA
    KEV`, `Indicia`).
    """

    id: str
    kind: MeasureKind
    title: str
    instruction: str
    audience: Audience
    why: str = ""  # the steps of the chain that it breaks, and what calls for it
    covers: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    floor: bool = False
    reasons: tuple[str, ...] = ()
    rank: Rank = Rank.STATED
    effect: float = 0.0
    effort: Whole = 2
    due: str | None = None
    within_hours: Whole | None = None
    in_place: bool = False
    source: str = ""
    references: tuple[str, ...] = ()  # NIST control ids, D3FEND ids, rule ids, log sources
    text: str = ""  # a query or a rule, for hunts and detections


class CoverageStep(Record, frozen=True, kw_only=True):
    """After taking this measure and all before it, `covered` of the weighted techniques are covered, in [0, 1]."""

    measure: str
    covered: float


class Advice(Record, frozen=True, kw_only=True):
    """Measures in the order in which to take them, the curve of their effect, and what nothing covers."""

    measures: tuple[Measure, ...] = ()
    curve: tuple[CoverageStep, ...] = ()
    gaps: tuple[str, ...] = ()  # "T1583.003 Virtual Private Server: no mitigation, no detection in ATT&CK 18.1"
    summary: str = ""
