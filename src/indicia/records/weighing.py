"""Evidence, hypotheses and the assessment. What was *observed* and what was *said* are weighed apart and never mixed."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from indicia.records.base import Record, Whole, settle
from indicia.records.claims import Claim, Confidence, Firmness, Level, Likelihood, SourceType, Stance, TieKind
from indicia.records.marking import Tlp

__all__ = [
    "SURE",
    "Assessment",
    "Compared",
    "Entered",
    "EnteredKind",
    "Evidence",
    "EvidenceKind",
    "Hypothesis",
    "Judgement",
    "NamedBy",
    "Posterior",
    "Saying",
    "Strength",
    "Accord",
    "Tied",
    "Verdict",
    "Weighing",
    "Weight",
    "all_told",
    "last_words",
    "rejected",
    "those_counted",
    "to_check",
]


class EvidenceKind(StrEnum):
    OBSERVED = "observed"
    SAID = "said"


class Tied(Record, frozen=True, kw_only=True):
    """That a source ties the accused to a state or agency, and how firmly it says so."""

    kind: TieKind
    to: str
    state: str | None = None  # ISO code
    firmness: Firmness = Firmness.NONE
    likelihood: Likelihood | None = None


class Saying(Record, frozen=True, kw_only=True):
    """What one claim says, as far as it weighs: who says it, toward whom, how firmly.

    `deed` tells whether it is said of the deed, and `firmness` is that of the deed then; a claim that holds a tie alone accuses
    nobody of the deed. `state` is the state that the source itself names, never one that we know. `interested`: it clears its
    own side. `beside`: it is about another affair than the one the case is mainly about. `voice` tells independent speakers
    apart where `source` does not: two unnamed officials.
    """

    source: str
    stance: Stance
    accused: str  # canonical name
    level: Level | None = None
    state: str | None = None  # ISO code
    deed: bool = True
    firmness: Firmness = Firmness.NONE
    likelihood: Likelihood | None = None
    tie: Tied | None = None
    interested: bool = False
    incident: str | None = None  # id in our knowledge, else the name it goes by in the text
    beside: bool = False
    voice: str = ""
    date: str | None = None


class EnteredKind(StrEnum):
    """By what analysts attribute beside techniques and software (`weigh.entered` says from which published practice)."""

    INFRASTRUCTURE = "infrastructure reuse"
    REGISTRATION = "infrastructure registration"
    CODE = "code or tool similarity"
    TRADECRAFT = "tradecraft"
    VICTIMS = "victimology"
    HOURS = "working hours"
    LANGUAGE = "language or locale"
    MISTAKE = "operational mistake"
    SOURCE = "human source"
    MOTIVE = "motive"


class Strength(StrEnum):
    """How strongly an item speaks, by its likelihood ratio, after Jeffreys' half-decades (`weigh.entered`)."""

    WEAK = "weak"
    SUBSTANTIAL = "substantial"
    STRONG = "strong"
    VERY_STRONG = "very strong"


class Entered(Record, frozen=True, kw_only=True):
    """Evidence that a person entered: what kind, whom it fits (ids of groups, agencies, states, types or `unknown`) or speaks
    `against`, how strongly, who added it and when, and the file it rests on, by name and SHA-256."""

    kind: EnteredKind
    fits: tuple[str, ...]
    strength: Strength
    against: bool = False
    author: str
    time: str  # ISO, UTC
    file: str = ""
    sha256: str = ""


class Evidence(Record, frozen=True, kw_only=True):
    """One thing that weighs.

    `feature` is what it says in knowledge's terms: `T1190`, `S0020`, `victim-country:NO`, or for a claim the accused's id or
    canonical name; a claim's own words are in `said`. `origin` names the independent origin: items with one origin count
    once. Reliability (A-F) is of the source, credibility (1-6) of the item (Admiralty code). `traces` are ids of the claims,
    mentions or sightings it rests on.
    """

    id: str
    kind: EvidenceKind
    feature: str
    label: str
    origin: str
    traces: tuple[str, ...] = ()
    reliability: str = "C"
    credibility: Whole = 3
    weight: float = 1.0  # 0 switches it off; a person may re-grade it
    note: str = ""
    said: Saying | None = None  # for evidence of the kind `said`
    entered: Entered | None = None  # for what a person entered; its feature is `entered:` and the kind


class Hypothesis(Record, frozen=True, kw_only=True):
    """An actor at a level. `parent` is the id of the hypothesis it adds up to (group -> agency -> state)."""

    id: str  # G0125, agency:MSS, state:CN, unknown
    name: str
    level: Level | None
    state: str | None = None
    parent: str | None = None
    according_to: tuple[str, ...] = ()  # who maps it to its parent
    mapping_doubt: float = 0.0  # probability that the mapping to the parent is wrong


class Weight(Record, frozen=True, kw_only=True):
    """What one item of evidence does to one hypothesis, in decibans (10 log10 of the likelihood ratio); below 0: against."""

    evidence: str
    hypothesis: str
    decibans: float


class Posterior(Record, frozen=True, kw_only=True):
    hypothesis: Hypothesis
    probability: float
    prior: float

    def __post_init__(self) -> None:
        settle(self, "probability", "prior")


class Verdict(StrEnum):
    NAMED = "named"
    TIED = "cannot be told apart"
    STATE_ONLY = "state only"
    TYPE_ONLY = "type only"
    INSUFFICIENT = "insufficient grounds"


class Assessment(Record, frozen=True, kw_only=True):
    """What evidence of one kind supports, with its reasons.

    A probability is kept only as far as the verdict bears it, so that none can be shown that the grounds do not carry. Of what
    was observed: `posteriors` over groups and `unknown`, ordered and summing to 1, and `levels`, the sums for agencies and
    states, where groups are named; of a state or a type alone only its own. Of what was said: `levels` alone, of the accused
    that are as probable as the leader. None where the grounds are insufficient, or what was said conflicts. `fits` are the
    actors whom the evidence makes likelier, the best first, without a number; `prior_only` says that it tells no actor from
    another, so that nothing is left but what was assumed before. `decisive` is the smallest set of evidence ids without which
    the verdict changes. `missing` says what is lacking, `telling` the unseen features that would change our mind most, with the
    expected information in bits.
    """

    kind: EvidenceKind
    verdict: Verdict
    statement: str  # one sentence in ICD 203 words
    leaders: tuple[str, ...] = ()
    likelihood: Likelihood | None = None
    confidence: Confidence = Confidence.LOW
    posteriors: tuple[Posterior, ...] = ()
    levels: tuple[Posterior, ...] = ()
    fits: tuple[Hypothesis, ...] = ()
    prior_only: bool = False
    weights: tuple[Weight, ...] = ()
    decisive: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    telling: tuple[tuple[str, float], ...] = ()
    base_rates: tuple[str, ...] = ()  # "T1190 with T1505.003 fits 23 groups"
    method: str = ""

    def __post_init__(self) -> None:
        """Drops every probability that the verdict does not bear."""
        whole = self.verdict in {Verdict.NAMED, Verdict.TIED} and self.kind is EvidenceKind.OBSERVED
        apart = self.verdict is Verdict.TIED and self.kind is EvidenceKind.SAID  # neither of two that exclude each other
        borne = () if self.verdict is Verdict.INSUFFICIENT or apart else self.leaders
        least = min((one.probability for one in self.levels if one.hypothesis.id in borne), default=1.0)
        said = self.kind is EvidenceKind.SAID and borne
        kept = [one for one in self.levels if whole or one.hypothesis.id in borne or (said and one.probability >= least)]
        force = msgspec.structs.force_setattr
        force(self, "levels", tuple(kept))
        force(self, "posteriors", self.posteriors if whole else ())
        force(self, "likelihood", self.likelihood if borne else None)


class Accord(StrEnum):
    """How what was said and what was observed stand to each other."""

    AGREE = "agree"
    CONTRADICT = "contradict"
    SILENT = "silent"  # one of the two has nothing to say


class NamedBy(Record, frozen=True, kw_only=True):
    """Somebody who is named, and by whom: speakers, or what was observed."""

    id: str
    name: str
    by: tuple[str, ...] = ()


class Compared(Record, frozen=True, kw_only=True):
    """What was said and what was observed at one level, side by side: all states in one row, all groups in another.

    `said` holds whom somebody accuses, `credit` who takes credit, `cleared` of whom somebody denies, doubts or withdraws it.
    `observed` are those whom the verdict names, or whose alone the software that was seen is known to be. `split`: the speakers
    contradict one another.
    """

    level: Level
    said: tuple[NamedBy, ...] = ()
    credit: tuple[NamedBy, ...] = ()
    cleared: tuple[NamedBy, ...] = ()
    observed: tuple[NamedBy, ...] = ()
    standing: Accord = Accord.SILENT
    split: bool = False


class Weighing(Record, frozen=True, kw_only=True):
    """Both assessments side by side, and how they stand to each other."""

    evidence: tuple[Evidence, ...]
    observed: Assessment
    said: Assessment
    agreement: str  # a contradiction first, where there is one
    compared: tuple[Compared, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether what was said and what was observed contradict each other, or the speakers one another."""
        return any(row.standing is Accord.CONTRADICT or row.split for row in self.compared)


class Judgement(Record, frozen=True, kw_only=True):
    """What a person decided about a record: kept beside the machine's own, never instead of it."""

    id: str
    subject: str  # id of the claim, mention, sighting, evidence or measure
    action: str  # "reject", "confirm", "regrade", "correct", "add", "star", "note", "done"
    author: str
    time: str  # ISO, UTC
    value: str = ""  # JSON of what it says, for regrade, correct and add
    note: str = ""
    # What it is marked, None where it bears no marking, as a text; where nothing is said, it is marked as the whole case is.
    marking: Tlp | None | msgspec.UnsetType = msgspec.UNSET


# Which judgement of a record stands: people may change their minds, and the last word counts.
# The score from which a claim that was read counts without anybody's looking: from there the reader is right in three of four
# (news) to nineteen of twenty (development) claims of real documents (docs/measurements.md).
SURE = 0.75
# How far another sentence that says the same is a witness of its own: both may be misread for one reason.
BEARS_OUT = 0.5
LIKELY = 0.5  # the score from which others can bear a claim out at all


def all_told(score: float, others: Iterable[float]) -> float:
    """How probable it is that something is said, by the probability of the sentence that is looked at and those of others that
    say the same: each of them takes some of the doubt away."""
    return 1 - (1 - score) * math.prod(1 - BEARS_OUT * other for other in others)


def last_words(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """The last `reject` or `confirm` on each record, by its id. The one place that says which of them stands."""
    return {one.subject: one for one in judgements if one.action in {"reject", "confirm"}}


def rejected(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """What people rejected and did not take back, by the id of the record."""
    return {subject: one for subject, one in last_words(judgements).items() if one.action == "reject"}


def to_check(claims: Iterable[Claim], judgements: Iterable[Judgement]) -> tuple[Claim, ...]:
    """The claims that somebody should look at before anybody rests on them: those that the reader is not sure of, that no
    other text bears out and that no person confirmed, corrected or rejected. In the order given."""
    claims, judgements = tuple(claims), tuple(judgements)
    seen = {one.subject for one in judgements if one.action == "correct"} | last_words(judgements).keys()
    same: dict[tuple[object, ...], dict[str, float]] = defaultdict(dict)  # the surest score of each sentence that says so
    for claim in claims:
        words = " ".join(claim.quote.text.split()).casefold()
        same[_said(claim)][words] = max(same[_said(claim)].get(words, 0.0), claim.score)

    def unsure(claim: Claim) -> bool:
        words = " ".join(claim.quote.text.split()).casefold()
        others = (score for quote, score in same[_said(claim)].items() if quote != words)
        borne_out = claim.source.party is not None and claim.score >= LIKELY
        return not borne_out or all_told(claim.score, others) < SURE

    return tuple(claim for claim in claims if claim.score < SURE and claim.id not in seen and unsure(claim))


def _said(claim: Claim) -> tuple[object, ...]:
    """What is said by whom of whom: a government is one voice, and its state one accused."""
    source, accused = claim.source, claim.accused
    voice = source.state if source.type is SourceType.GOVERNMENT and source.state else source.party and source.party.canonical
    return claim.stance, voice, accused.state or (accused.party and accused.party.canonical)


def those_counted(claims: Iterable[Claim], judgements: Iterable[Judgement]) -> tuple[Claim, ...]:
    """The claims that count: neither rejected, nor still to be checked, nor taken back since by who made them, as far as that
    is likelier than not. In the order given."""
    claims, judgements = tuple(claims), tuple(judgements)
    no, unsure = rejected(judgements).keys(), {claim.id for claim in to_check(claims, judgements)}
    counted = tuple(claim for claim in claims if claim.id not in no and claim.id not in unsure)
    likely = (claim for claim in claims if claim.id not in no and (claim.id not in unsure or claim.score >= LIKELY))
    taken_back = {_charge(claim): claim.date or "9999" for claim in likely if claim.stance is Stance.WITHDRAWS}
    return tuple(claim for claim in counted if claim.stance not in _CHARGES or not _gone(claim, taken_back))


_CHARGES = frozenset({Stance.ACCUSES, Stance.ENDORSES})


def _charge(claim: Claim) -> tuple[str, str]:
    """Whose charge against whom."""
    source, accused = claim.source.party, claim.accused.party
    return (source.canonical.casefold() if source else ""), (accused.canonical.casefold() if accused else "")


def _gone(claim: Claim, taken_back: dict[tuple[str, str], str]) -> bool:
    since = taken_back.get(_charge(claim)) if claim.source.party is not None else None
    return since is not None and (claim.date or "") <= since
