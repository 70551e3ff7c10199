"""Which claims are on the affair that a case is mainly about."""

from __future__ import annotations

from collections import defaultdict

from indicia.records import Affair, Case, Claim, Judgement, incidents_of
from indicia.view.words import source_words

__all__ = ["main_affair", "of_main_affair", "origins", "rejected"]


def main_affair(case: Case) -> tuple[str | None, str]:
    """Id and name of the affair that most sources speak about; (None, "") where there is none.

    An affair that no table knows has no id; it is one where more than one text speaks of it.
    """
    speakers: dict[str, set[str]] = defaultdict(set)
    for claim in case.claims:
        if claim.incident_id:
            speakers[claim.incident_id].add(source_words(claim))
    unlisted = _unlisted(case)
    if unlisted is not None and len(unlisted.rows) > max(map(len, speakers.values()), default=0):
        return None, unlisted.name
    if not speakers:
        return None, ""
    main = min(speakers, key=lambda key: (-len(speakers[key]), key))
    names = [affair.name for affair in case.affairs if affair.incident_id == main]
    names += [claim.incident for claim in case.claims if claim.incident_id == main and claim.incident]
    return main, names[0] if names else main


def _unlisted(case: Case) -> Affair | None:
    """The affair without an id that most sources speak about, in more than one text."""
    text_of = {claim.id: claim.quote.document for claim in case.claims}
    shared = [
        affair
        for affair in case.affairs
        if affair.incident_id is None and len({text_of.get(one) for row in affair.rows for one in row.claims}) > 1
    ]
    return max(shared, key=lambda affair: len(affair.rows), default=None)


def of_main_affair(case: Case) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """The claims on the main affair, and those on others; without those that a person rejected.

    A claim that is tied to no known affair counts here unless it tells of victims of its own: "APT40 targeted shipyards", said
    on the same day, is not said of this affair.
    """
    main, name = main_affair(case)
    about = incidents_of(case.claims, case.affairs)
    unlisted = _unlisted(case) if main is None and name else None
    members = {one for row in unlisted.rows for one in row.claims} if unlisted else set()
    out = rejected(case)
    kept = [claim for claim in case.claims if claim.id not in out]

    def belongs(claim: Claim) -> bool:
        if not name or claim.id in members:
            return True
        if main is not None and about.get(claim.id) == main:
            return True
        return claim.incident_id is None and not (claim.victims or claim.sectors)

    return tuple(claim for claim in kept if belongs(claim)), tuple(claim for claim in kept if not belongs(claim))


def rejected(case: Case) -> dict[str, Judgement]:
    """What people rejected and did not take back, by the id of the record: the last word on each counts."""
    last: dict[str, Judgement] = {}
    for one in case.judgements:
        if one.action in {"reject", "confirm"}:
            last[one.subject] = one
    return {subject: one for subject, one in last.items() if one.action == "reject"}


def origins(case: Case) -> int:
    """How many independent first utterances the claims go back to, as far as the reader could tell."""
    return len({claim.origin or claim.id for claim in case.claims})
