"""Attributions in the columns of EuRepoC's data set, each with the words that make it and where they stand.

Only what attributes is a row: who denies, doubts or declines attributes nothing to anybody. Firmness has no column there; ours
follow theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from indicia.knowledge import Knowledge
from indicia.knowledge.eurepoc import COLUMNS, coded
from indicia.records import AccusedType, Case, Claim, SourceType, Stance, to_check
from indicia.share.redact import marking_of
from indicia.view.inert import inert_table
from indicia.view.words import by_state, firmness_words, source_words

OURS = ("stance", "firmness", "quote", "document", "published", "to_check", "tlp")
_ATTRIBUTING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def render(case: Case, knowledge: Knowledge) -> bytes:
    """CSV (RFC 4180), a row for each claim that attributes, in the order of the case."""
    return inert_table((*COLUMNS, *OURS), _rows(case))


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    marking = marking_of(case).label
    documents = {document.id: document for document in case.documents}
    doubtful = {claim.id for claim in to_check(case.claims, case.judgements)}
    for claim in case.claims:
        if claim.stance in _ATTRIBUTING:
            document = documents.get(claim.quote.document)
            where = (document.title or document.file_name, document.published or "") if document else ("", "")
            said = (claim.stance.value, firmness_words(claim.said), claim.quote.text)
            yield (*_coded(claim), *said, *where, "yes" if claim.id in doubtful else "no", marking)


def _coded(claim: Claim) -> Iterator[str]:
    """The cells of their columns, in order."""
    name = source_words(claim) if claim.source.party else ""
    state = claim.accused.state_said or (claim.tie.state if claim.tie else None)
    yield claim.incident_id or claim.incident or ""
    yield claim.id
    yield claim.date or ""
    yield coded("type", claim.channel.value)
    yield coded("basis", claim.relation.value)
    yield name
    yield name if claim.source.type is SourceType.COMPANY else ""
    yield by_state(claim.source.state)[0] if claim.source.state else ""
    yield claim.accused.party.canonical if claim.accused.party else ""
    yield by_state(state)[0] if state else ""
    yield coded("category", _category(claim))


def _category(claim: Claim) -> str:
    type = claim.accused.type
    if type in {AccusedType.STATE, AccusedType.AGENCY}:
        return "state"
    if claim.tie is not None and claim.tie.kind.value != "located" and claim.tie.state:
        return "affiliated"
    return {AccusedType.PERSON: "person", AccusedType.GROUP: "group", AccusedType.CRIMINAL: "group"}.get(type, "unknown")
