"""A case as people left it: their judgements laid over the machine's records, which stay as they are beside them.

The one place that does so: what is exported, weighed or shown on a page is the same case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from indicia.advise import advise
from indicia.knowledge import Knowledge
from indicia.pipeline.corrections import Correction, laid_over
from indicia.read.affairs import join_affairs
from indicia.records import Case, Claim, Judgement, claim_today, those_kept
from indicia.weigh import gather, weigh

__all__ = ["Standing", "as_left"]


class Standing:
    """Judgements by subject, and what became of claims."""

    def __init__(self, case: Case) -> None:
        self.by_subject: dict[str, list[Judgement]] = defaultdict(list)
        for judgement in case.judgements:
            self.by_subject[judgement.subject].append(judgement)
        self.added = {claim.id: claim for claim in _added(case.judgements)}

    def of(self, subject: str) -> list[Judgement]:
        """All that people said about a record, oldest first."""
        return self.by_subject.get(subject, [])

    def is_rejected(self, subject: str) -> bool:
        """The last of `reject` and `confirm` counts."""
        said = [one.action for one in self.of(subject) if one.action in {"reject", "confirm"}]
        return bool(said) and said[-1] == "reject"

    def is_confirmed(self, subject: str) -> bool:
        said = [one.action for one in self.of(subject) if one.action in {"reject", "confirm"}]
        return bool(said) and said[-1] == "confirm"

    def is_starred(self, subject: str) -> bool:
        return sum(one.action == "star" for one in self.of(subject)) % 2 == 1

    def notes(self, subject: str) -> list[Judgement]:
        return [one for one in self.of(subject) if one.note or one.action == "note"]

    def corrected(self, claim: Claim) -> Claim:
        """The claim with all corrections laid over it."""
        for judgement in self.of(claim.id):
            if judgement.action in {"correct", "regrade"}:
                try:
                    claim = laid_over(claim, msgspec.json.decode(judgement.value, type=Correction))
                except (msgspec.MsgspecError, UnicodeError):
                    continue  # what it says is about something else, such as the grades of evidence
        return claim


def _added(judgements: Iterable[Judgement]) -> Iterable[Claim]:
    for judgement in judgements:
        if judgement.action == "add":
            try:
                yield msgspec.convert(claim_today(msgspec.json.decode(judgement.value, type=dict[str, Any])), type=Claim)
            except (msgspec.MsgspecError, UnicodeError):
                continue  # evidence or a measure that somebody added


def as_left(case: Case, knowledge: Knowledge, standing: Standing | None = None) -> Case:
    """The case as people left it: corrections applied, added claims in it, what was rejected left out, and everything that
    follows from them made anew. The same case where nobody judged anything; doing it twice is doing it once.

    `standing` is that of the case, for whoever has it already.
    """
    if not case.judgements:
        return case
    standing = standing or Standing(case)
    known = {claim.id for claim in case.claims}
    every = (*case.claims, *(claim for claim in standing.added.values() if claim.id not in known))
    claims = tuple(standing.corrected(claim) for claim in every if not standing.is_rejected(claim.id))
    mentions = tuple(mention for mention in case.mentions if not standing.is_rejected(mention.id))
    seen = case.hunt
    rejected = {subject for subject in standing.by_subject if standing.is_rejected(subject)}
    if seen is not None and rejected and any(one.id in rejected for one in seen.sightings):
        kept = those_kept(seen.sightings, lambda one: one.id not in rejected)
        seen = msgspec.structs.replace(seen, sightings=kept)
    changed = claims != case.claims or mentions != case.mentions or seen is not case.hunt
    weighing = case.weighing
    if weighing is not None or changed:
        # The machine's own evidence as long as its grounds stand: it may hold what somebody gave by hand.
        if changed or not weighing:
            evidence = gather(claims, mentions, seen, case.documents, knowledge, case.affairs)
        else:
            evidence = weighing.evidence
        weighing = weigh(evidence, knowledge, judgements=case.judgements)
    left = msgspec.structs.replace(case, claims=claims, mentions=mentions, weighing=weighing)
    if not changed:
        return left
    affairs = join_affairs(claims, case.documents, knowledge) if claims != case.claims else case.affairs
    # The hunt keeps what it saw; what was rejected calls for no measure.
    advice = advise(msgspec.structs.replace(left, affairs=affairs, hunt=seen), knowledge) if case.advice else None
    return msgspec.structs.replace(left, affairs=affairs, advice=advice)
