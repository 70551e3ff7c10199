"""The ledger for people who publish: each claim a row with a citation that leads to its words, as CSV and as JSON-LD.

References: RFC 4180; JSON-LD 1.1 (W3C) in the words of schema.org (Claim, CreativeWork, Organization), with our own for what it
has no word for. The context stands in the file: nothing is fetched to read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from indicia.knowledge import Knowledge, eurepoc
from indicia.records import AccusedType, Case, Claim, Document, SourceType, Stance, to_check
from indicia.share.redact import marking_of
from indicia.view.inert import inert_table
from indicia.view.words import by_state, firmness_words, source_words

COLUMNS = (
    *("source", "source_type", "source_state", "stance", "accused", "accused_type", "level"),
    *("deed", "deed_firmness", "tie", "tie_to", "tie_firmness", "likelihood", "confidence", "basis", "incident", "said"),
    *("quote", "citation", "document", "title", "publisher", "published", "start", "end", "sha256", "to_check", "claim", "tlp"),
)
_TERMS = "https://indicia.example/terms#"
_SCHEMA = (
    "name text author appearance about hasPart citation publisher Claim CreativeWork Dataset Organization Person Place Thing"
)
_CONTEXT: dict[str, Any] = {
    "@vocab": _TERMS,
    "schema": "https://schema.org/",
    **{name: f"schema:{name}" for name in _SCHEMA.split()},
    **{name: {"@id": f"schema:{name}", "@type": "schema:Date"} for name in ("datePublished", "dateCreated")},
    "url": {"@id": "schema:url", "@type": "@id"},
}
_WHO = {SourceType.PERSON: "Person"}
_WHOM = {AccusedType.STATE: "Place"}


def citation(claim: Claim, document: Document | None) -> str:
    """Where the words stand, as in a footnote: publisher, title, date, name of the text, place in it.

    >>> from tests.sample_case import document_of, exchange_case
    >>> case = exchange_case()
    >>> citation(case.claims[0], document_of(case, case.claims[0]))
    'Example News, “Allies point to Beijing”, 2021-07-19, news-2021-07-19.txt, characters 0 to 52'
    """
    quote = claim.quote
    parts = [f"characters {quote.start:,} to {quote.end:,}"]
    if document is not None:
        title = f"“{document.title}”" if document.title else ""
        parts = [document.publisher or "", title, document.published or "", document.file_name, *parts]
    return ", ".join(filter(None, parts))


def _rows(case: Case) -> Iterator[dict[str, Any]]:
    """One row for each claim, in the order of the case, by `COLUMNS`."""
    documents, tlp = {document.id: document for document in case.documents}, marking_of(case).label
    doubtful = {claim.id for claim in to_check(case.claims, case.judgements)}
    for claim in case.claims:
        document, quote, said = documents.get(claim.quote.document), claim.quote, claim.said
        values = (
            *(source_words(claim) if claim.source.party else None, claim.source.type.value, claim.source.state),
            *(claim.stance.value, claim.accused.party.canonical if claim.accused.party else None, claim.accused.type.value),
            claim.accused.level.value if claim.accused.level else None,
            *((claim.deed.kind.value, claim.deed.firmness.value) if claim.deed else (None, None)),
            *((claim.tie.kind.value, claim.tie.to or None, claim.tie.firmness.value) if claim.tie else (None, None, None)),
            said.likelihood.value if said.likelihood else None,
            said.confidence.value if said.confidence else None,
            *(claim.basis.value, claim.incident, claim.date),
            *(quote.text, citation(claim, document), document.file_name if document else None),
            *((document.title, document.publisher, document.published) if document else (None, None, None)),
            *(quote.start, quote.end, document.sha256 if document else None, claim.id in doubtful, claim.id, tlp),
        )
        yield dict(zip(COLUMNS, values, strict=True))


def as_csv(case: Case, knowledge: Knowledge) -> bytes:
    """CSV, safe to open in a spreadsheet."""
    words = {None: "", True: "yes", False: "no"}
    return inert_table(
        COLUMNS,
        (
            (words[value] if value is None or isinstance(value, bool) else str(value) for value in row.values())
            for row in _rows(case)
        ),
    )


def as_json_ld(case: Case, knowledge: Knowledge) -> bytes:
    """JSON-LD: a data set of claims, each with its author, whom it is about, and the text in which it appears."""
    parts = [_claim(claim, row) for claim, row in zip(case.claims, _rows(case), strict=True)]
    whole = {"@context": _CONTEXT, "@type": "Dataset", "name": case.name, "tlp": marking_of(case).label, "hasPart": parts}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def _claim(claim: Claim, row: dict[str, Any]) -> dict[str, Any]:
    address = row["document"] if "://" in (row["document"] or "") else None
    work = {"name": row["title"] or row["document"], "publisher": row["publisher"], "datePublished": row["published"]}
    work |= {"url": address, "sha256": row["sha256"]}
    own = ("stance", "level", "deed", "deed_firmness", "tie", "tie_to", "tie_firmness", "likelihood", "confidence", "basis")
    whole = {
        "@type": "Claim",
        "@id": f"urn:indicia:{row['claim']}",
        "text": row["quote"],
        "author": {"@type": _WHO.get(claim.source.type, "Organization"), "name": row["source"]} if row["source"] else None,
        "about": {"@type": _WHOM.get(claim.accused.type, "Thing"), "name": row["accused"]} if row["accused"] else None,
        "dateCreated": row["said"],
        "citation": row["citation"],
        "appearance": {"@type": "CreativeWork", **{name: value for name, value in work.items() if value}},
        **{name: row[name] for name in (*own, "incident", "start", "end")},
        "to_check": row["to_check"],
    }
    return {name: value for name, value in whole.items() if value is not None}


# Attributions in the columns of EuRepoC's data set, each with the words that make it and where they stand.
#
# Only what attributes is a row: who denies, doubts or declines attributes nothing to anybody. Firmness has no column there;
# ours follow theirs.
OURS = ("stance", "firmness", "quote", "document", "published", "to_check", "tlp")
_ATTRIBUTING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def as_eurepoc(case: Case, knowledge: Knowledge) -> bytes:
    """CSV (RFC 4180), a row for each claim that attributes, in the order of the case."""
    return inert_table((*eurepoc.COLUMNS, *OURS), _attributions(case))


def _attributions(case: Case) -> Iterator[tuple[str, ...]]:
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
    yield eurepoc.coded("type", claim.channel.value)
    yield eurepoc.coded("basis", claim.relation.value)
    yield name
    yield name if claim.source.type is SourceType.COMPANY else ""
    yield by_state(claim.source.state)[0] if claim.source.state else ""
    yield claim.accused.party.canonical if claim.accused.party else ""
    yield by_state(state)[0] if state else ""
    yield eurepoc.coded("category", _category(claim))


def _category(claim: Claim) -> str:
    type = claim.accused.type
    if type in {AccusedType.STATE, AccusedType.AGENCY}:
        return "state"
    if claim.tie is not None and claim.tie.kind.value != "located" and claim.tie.state:
        return "affiliated"
    return {AccusedType.PERSON: "person", AccusedType.GROUP: "group", AccusedType.CRIMINAL: "group"}.get(type, "unknown")
