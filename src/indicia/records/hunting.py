"""What a hunt through logs yields: events, sightings, how far the logs reach, and a verdict that never outruns them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from indicia.records.base import Problem, Record, Whole
from indicia.records.marking import Tlp

__all__ = [
    "Chain",
    "Event",
    "Gap",
    "Hunt",
    "HuntVerdict",
    "LogFile",
    "Outcome",
    "Place",
    "RuleLevel",
    "RuleRun",
    "Sighting",
    "Stage",
]


class Place(Record, frozen=True, kw_only=True):
    """One record of one log: `position` counts lines or records from 1, as `unit` says."""

    file: str
    position: Whole
    unit: str = "line"

    def __str__(self) -> str:
        return f"{self.file}:{self.position}" if self.unit == "line" else f"{self.file} {self.unit} {self.position}"


class Event(Record, frozen=True, kw_only=True):
    """One log record. Field names keep the source's own spelling; `time` is UTC; `time_text` is what the log itself says."""

    place: Place
    format: str  # the parser's name: "httpproxy", "iis", "evtx" ...
    time: datetime | None
    time_text: str
    host: str
    fields: dict[str, str]


class RuleLevel(StrEnum):
    """Sigma's levels."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Outcome(StrEnum):
    """Whether the trace shows that the thing worked. A probe that got 302 or 404 is an attempt."""

    ATTEMPT = "attempt"
    SUCCESS = "success"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where in an intrusion a sighting stands; the order is the order of the chain."""

    PROBE = "probe"
    EXPLOIT = "exploit"
    WEB_SHELL = "web shell"
    EXECUTION = "execution"
    PERSISTENCE = "persistence"
    PRIVILEGE = "privilege escalation"
    EVASION = "defence evasion"
    CREDENTIALS = "credential access"
    DISCOVERY = "discovery"
    LATERAL = "lateral movement"
    COLLECTION = "collection"
    CONTROL = "command and control"
    EXFILTRATION = "exfiltration"
    IMPACT = "impact"
    OTHER = "other"


class Sighting(Record, frozen=True, kw_only=True):
    """A rule or an indicator that matched one event; `matched` are the fields and values that made it match."""

    id: str
    rule: str  # the rule's id, or "indicator:<type>"
    title: str
    level: RuleLevel
    event: Event
    matched: tuple[tuple[str, str], ...] = ()
    indicator: str | None = None
    techniques: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    stage: Stage = Stage.OTHER
    outcome: Outcome = Outcome.UNKNOWN
    note: str = ""


class Gap(Record, frozen=True, kw_only=True):
    """A stretch of time in which a log that is otherwise steady holds nothing."""

    start: datetime
    end: datetime


class LogFile(Record, frozen=True, kw_only=True):
    """One file that was read, or could not be, and how far back it reaches."""

    file: str
    format: str  # "" when it was not recognised
    bytes: Whole = 0
    events: Whole = 0
    skipped: Whole = 0  # records that could not be read; each kind is a Problem
    host: str = ""  # the machine that its first record names
    oldest: datetime | None = None
    newest: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    asked: Whole | None = None  # how many rules its kind of log could be asked by; None where that is not known


class RuleRun(Record, frozen=True, kw_only=True):
    """One rule and what became of it. `skipped` says why it could not run; None means that it ran."""

    id: str
    title: str
    level: RuleLevel
    file: str = ""
    author: str = ""
    license: str = ""
    matches: Whole = 0
    skipped: str | None = None
    waits: str = ""  # the log source that no log showed: the rule was asked of nothing


class Chain(Record, frozen=True, kw_only=True):
    """Sightings that belong together, in time order, by shared keys (canary, request id, client address, host ...)."""

    id: str
    host: str
    start: datetime | None
    end: datetime | None
    stages: tuple[Stage, ...]
    sightings: tuple[str, ...]  # ids
    around: tuple[str, ...] = ()  # those of them that happened around what is grave, and say nothing by themselves
    keys: tuple[tuple[str, str], ...] = ()
    outcome: Outcome = Outcome.UNKNOWN
    summary: str = ""


class HuntVerdict(StrEnum):
    """What the logs show, the worst first. `not seen` is said only together with how far the logs reach, and `cannot judge`
    with why: hardly any rule could be asked of them."""

    COMPROMISE = "compromise"
    LIKELY = "likely compromise"
    SIGNS = "signs of compromise"
    LOOK = "something to look at"
    ATTEMPT = "attempts only"
    NOT_SEEN = "not seen"
    CANNOT_JUDGE = "cannot judge"
    NO_LOGS = "no logs"


class Hunt(Record, frozen=True, kw_only=True):
    """The result of one hunt: everything found, everything looked at, and everything that could not be."""

    verdict: HuntVerdict
    reason: str
    sightings: tuple[Sighting, ...] = ()  # by time; `Streamed` where a store reads them as they are gone through
    chains: tuple[Chain, ...] = ()
    files: tuple[LogFile, ...] = ()
    rules: tuple[RuleRun, ...] = ()
    problems: tuple[Problem, ...] = ()
    indicators_sought: Whole = 0
    stats: tuple[tuple[str, float], ...] = ()  # seconds by step; never part of a stored case
    marking: Tlp = Tlp.AMBER  # what was found in our own logs concerns us, unless somebody says otherwise
