"""A case as people left it: their judgements laid over the machine's records, which stay as they are beside them.

The one place that does so: what is exported, weighed or shown on a page is the same case.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from indicia.knowledge import Knowledge
from indicia.pipeline.concluding import conclude
from indicia.pipeline.corrections import Correction, laid_over
from indicia.records import Case, Claim, Judgement, added_claims, last_words, rejected, those_kept
from indicia.weigh.assess import weigh

__all__ = ["Standing", "as_left"]


class Standing:
    """Judgements by subject, and what became of claims."""

    def __init__(self, case: Case) -> None:
        self.by_subject: dict[str, list[Judgement]] = defaultdict(list)
        for judgement in case.judgements:
            self.by_subject[judgement.subject].append(judgement)
        self._last = last_words(case.judgements)
        self.added = added_claims(case.judgements)

    def of(self, subject: str) -> list[Judgement]:
        """All that people said about a record, oldest first."""
        return self.by_subject.get(subject, [])

    def is_rejected(self, subject: str) -> bool:
        return subject in self._last and self._last[subject].action == "reject"

    def is_confirmed(self, subject: str) -> bool:
        return subject in self._last and self._last[subject].action == "confirm"

    def is_starred(self, subject: str) -> bool:
        return sum(one.action == "star" for one in self.of(subject)) % 2 == 1

    def notes(self, subject: str) -> list[Judgement]:
        return [one for one in self.of(subject) if one.note or one.action == "note"]

    def corrected(self, claim: Claim) -> Claim:
        """The claim with all corrections laid over it. Who confirms or corrects it vouches for it: its score is 1."""
        vouched = self.is_confirmed(claim.id)
        for judgement in self.of(claim.id):
            if judgement.action in {"correct", "regrade"}:
                try:
                    claim = laid_over(claim, msgspec.json.decode(judgement.value, type=Correction))
                except (msgspec.MsgspecError, UnicodeError, RecursionError):
                    continue  # what it says is about something else, such as the grades of evidence
                vouched = True
        return msgspec.structs.replace(claim, score=1.0) if vouched and claim.score < 1 else claim


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
    out = rejected(case.judgements)
    if seen is not None and out and any(one.id in out for one in seen.sightings):
        kept = those_kept(seen.sightings, lambda one: one.id not in out)
        seen = msgspec.structs.replace(seen, sightings=kept)
    if claims != case.claims or mentions != case.mentions or seen is not case.hunt:
        left = msgspec.structs.replace(case, claims=claims, mentions=mentions, hunt=seen)
        left = conclude(left, knowledge, case.judgements, joined=claims == case.claims)
        # The hunt keeps what it saw; what was rejected calls for no measure.
        return msgspec.structs.replace(left, hunt=case.hunt, advice=left.advice if case.advice else None)
    if case.weighing is None and not any(one.action == "add" for one in case.judgements):
        return case
    evidence = case.weighing.evidence if case.weighing else ()
    # The machine's own evidence as long as its grounds stand: it may hold what somebody gave by hand.
    return msgspec.structs.replace(case, weighing=weigh(evidence, knowledge, judgements=case.judgements))
