"""A claim as one flat JSON object, in the field names of the ledger."""

from __future__ import annotations

from typing import Any

from indicia.records import Claim, Document, Span

__all__ = ["claim_row"]


def claim_row(claim: Claim, document: Document) -> dict[str, Any]:
    """The flat form: names and surface strings, offsets in code points into `document.text`, nulls where the text says
    nothing."""

    def at(span: Span | None) -> list[int] | None:
        return [span.start, span.end] if span is not None else None

    source, accused = claim.source.party, claim.accused.party
    spans = {
        "source": at(source.span if source else None),
        "accused": at(accused.span if accused else None),
        "act": at(claim.act),
        "firmness_cue": at(claim.firmness_cue),
        "basis_cue": at(claim.basis_cue),
        "date": at(claim.date_text),
    }
    row: dict[str, Any] = {
        "id": claim.id,
        "source": source.span.text if source else None,
        "source_canonical": source.canonical if source else None,
        "source_type": claim.source.type.value,
        "stance": claim.stance.value,
        "accused": accused.span.text if accused else None,
        "accused_canonical": accused.canonical if accused else None,
        "accused_type": claim.accused.type.value,
        "level": claim.accused.level.value if claim.accused.level else None,
        "state": claim.accused.state,
        "act": claim.act.text if claim.act else None,
        "incident": claim.incident,
        "incident_id": claim.incident_id,
        "victims": [span.text for span in claim.victims],
        "victim_countries": list(claim.victim_countries),
        "sectors": list(claim.sectors),
        "motive": [motive.value for motive in claim.motives],
        "firmness": claim.firmness.value,
        "firmness_cue": claim.firmness_cue.text if claim.firmness_cue else None,
        "likelihood": claim.likelihood.value if claim.likelihood else None,
        "confidence": claim.confidence.value if claim.confidence else None,
        "basis": claim.basis.value,
        "channel": claim.channel.value,
        "relation": claim.relation.value,
        "date": claim.date,
        "via": [span.text for span in claim.source.via],
        "score": round(claim.score, 3),
        "origin": claim.origin,
        "cues": list(claim.cues),
        "quote": claim.quote.text,
        "quote_start": claim.quote.start,
        "quote_end": claim.quote.end,
        "spans": {name: span for name, span in spans.items() if span is not None},
    }
    if claim.source.via:
        row["spans"]["via"] = [[span.start, span.end] for span in claim.source.via]
    if claim.victims:
        row["spans"]["victims"] = [[span.start, span.end] for span in claim.victims]
    return row
