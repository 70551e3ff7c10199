"""Which judgement of a record stands: people may change their minds, and the last word counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from indicia.records.claims import Claim, Stance
from indicia.records.older import claim_today
from indicia.records.weighing import Judgement

__all__ = ["SURE", "added_claims", "those_counted", "last_words", "rejected", "to_check"]

# The score from which a claim that was read counts without anybody's looking: from there the reader is right in three of four
# (news) to nineteen of twenty (development) claims of real documents (docs/measurements.md).
SURE = 0.75


def last_words(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """The last `reject` or `confirm` on each record, by its id. The one place that says which of them stands."""
    return {one.subject: one for one in judgements if one.action in {"reject", "confirm"}}


def added_claims(judgements: Iterable[Judgement]) -> dict[str, Claim]:
    """The claims that people added by hand, by their ids."""
    found = {}
    for one in judgements:
        if one.action == "add":
            try:
                claim = msgspec.convert(claim_today(msgspec.json.decode(one.value, type=dict[str, Any])), type=Claim)
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                continue  # evidence or a measure that somebody added
            found[claim.id] = claim
    return found


def rejected(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """What people rejected and did not take back, by the id of the record."""
    return {subject: one for subject, one in last_words(judgements).items() if one.action == "reject"}


def to_check(claims: Iterable[Claim], judgements: Iterable[Judgement]) -> tuple[Claim, ...]:
    """The claims that somebody should look at before anybody rests on them: those that the reader is not sure of, and that no
    person confirmed, corrected or rejected. In the order given."""
    judgements = tuple(judgements)
    seen = {one.subject for one in judgements if one.action == "correct"} | last_words(judgements).keys()
    return tuple(claim for claim in claims if claim.score < SURE and claim.id not in seen)


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
