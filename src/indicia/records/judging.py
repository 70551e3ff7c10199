"""Which judgement of a record stands: people may change their minds, and the last word counts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from indicia.records.claims import Claim, SourceType, Stance
from indicia.records.weighing import Judgement

__all__ = ["SURE", "all_told", "those_counted", "last_words", "rejected", "to_check"]

# The score from which a claim that was read counts without anybody's looking: from there the reader is right in three of four
# (news) to nineteen of twenty (development) claims of real documents (docs/measurements.md).
SURE = 0.75
# How far another sentence that says the same is a witness of its own: both may be misread for one reason.
BEARS_OUT = 0.5


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
        return all_told(claim.score, others) < SURE if claim.source.party else claim.score < SURE

    return tuple(claim for claim in claims if claim.score < SURE and claim.id not in seen and unsure(claim))


def _said(claim: Claim) -> tuple[object, ...]:
    """What is said by whom of whom: a government is one voice, and its state one accused."""
    source, accused = claim.source, claim.accused
    voice = source.state if source.type is SourceType.GOVERNMENT and source.state else source.party and source.party.canonical
    return claim.stance, voice, accused.state or (accused.party and accused.party.canonical)


def those_counted(claims: Iterable[Claim], judgements: Iterable[Judgement]) -> tuple[Claim, ...]:
    """The claims that count: neither rejected, nor still to be checked, nor taken back since by who made them. In the order
    given."""
    claims, judgements = tuple(claims), tuple(judgements)
    out = rejected(judgements).keys() | {claim.id for claim in to_check(claims, judgements)}
    counted = tuple(claim for claim in claims if claim.id not in out)
    taken_back = {_charge(claim): claim.date or "9999" for claim in counted if claim.stance is Stance.WITHDRAWS}
    return tuple(claim for claim in counted if claim.stance not in _CHARGES or not _gone(claim, taken_back))


_CHARGES = frozenset({Stance.ACCUSES, Stance.ENDORSES})


def _charge(claim: Claim) -> tuple[str, str]:
    """Whose charge against whom."""
    source, accused = claim.source.party, claim.accused.party
    return (source.canonical.casefold() if source else ""), (accused.canonical.casefold() if accused else "")


def _gone(claim: Claim, taken_back: dict[tuple[str, str], str]) -> bool:
    since = taken_back.get(_charge(claim)) if claim.source.party is not None else None
    return since is not None and (claim.date or "") <= since
