"""The affair that a case is mainly about, and which claims are on it. The one place that asks which it is."""

from __future__ import annotations

from collections import defaultdict

from indicia.records import Affair, Case, Claim, Judgement, Record, incidents_of
from indicia.view.words import source_words

__all__ = ["Subject", "main_affair", "origins", "rejected", "subject"]


class Subject(Record, frozen=True, kw_only=True):
    """What a case is mainly about. `incident` is None and `name` empty where there is no affair.

    `mine` are the claims that count for it, `others` those on other affairs, both without what a person rejected; `on_it` are
    the ids of those of `mine` that tell the incident itself.
    """

    incident: str | None
    name: str
    mine: tuple[Claim, ...]
    others: tuple[Claim, ...]
    on_it: frozenset[str]


def subject(case: Case) -> Subject:
    """The main affair of a case with its claims."""
    incident, name = main_affair(case)
    mine, others, on_it = _of_main_affair(case, incident, name)
    return Subject(incident=incident, name=name, mine=mine, others=others, on_it=on_it)


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


def _of_main_affair(case: Case, main: str | None, name: str) -> tuple[tuple[Claim, ...], tuple[Claim, ...], frozenset[str]]:
    """A claim on no known affair counts here unless it tells of victims of its own: "APT40 targeted shipyards" is not said of
    this affair."""
    about = incidents_of(case.claims, case.affairs)
    unlisted = _unlisted(case) if main is None and name else None
    members = {one for row in unlisted.rows for one in row.claims} if unlisted else set()
    out = rejected(case)
    kept = [claim for claim in case.claims if claim.id not in out]

    def tells(claim: Claim) -> bool:
        return not name or claim.id in members or (main is not None and about.get(claim.id) == main)

    def belongs(claim: Claim) -> bool:
        return tells(claim) or (claim.incident_id is None and not (claim.victims or claim.sectors))

    return (
        tuple(claim for claim in kept if belongs(claim)),
        tuple(claim for claim in kept if not belongs(claim)),
        frozenset(claim.id for claim in kept if tells(claim)),
    )


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
