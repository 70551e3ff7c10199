"""A claim as one flat JSON object, in the field names of the ledger."""

from __future__ import annotations

from typing import Any

from indicia.records import Claim, Document, Party, Proposition, Span

__all__ = ["claim_row"]


def claim_row(claim: Claim, document: Document) -> dict[str, Any]:
    """The flat form: names and surface strings, offsets in code points into `document.text`, nulls where the text says
    nothing."""
    spans = {
        "source": _at(claim.source.party),
        "accused": _at(claim.accused.party),
        "act": _at(claim.act),
        "firmness_cue": _at(claim.deed.cue if claim.deed else None),
        "tie": _at(claim.tie.words if claim.tie else None),
        "tie_cue": _at(claim.tie.cue if claim.tie else None),
        "basis_cue": _at(claim.grounds[0].cue if claim.grounds else None),
        "date": _at(claim.date_text),
    }
    row: dict[str, Any] = {
        "id": claim.id,
        "statement": claim.statement,
        "stance": claim.stance.value,
        **_source(claim),
        **_accused(claim),
        "deed": claim.deed.kind.value if claim.deed else None,
        **_proposition("", claim.deed),
        "tie": claim.tie.kind.value if claim.tie else None,
        "tie_to": claim.tie.to or None if claim.tie else None,
        **_proposition("tie_", claim.tie),
        "act": claim.act.text if claim.act else None,
        "incident": claim.incident,
        "incident_id": claim.incident_id,
        "incidents": [{"name": one.name, "id": one.id, "scope": one.scope.value} for one in claim.incidents],
        "victims": [span.text for span in claim.victims],
        "victim_countries": list(claim.victim_countries),
        "sectors": list(claim.sectors),
        "motive": [motive.value for motive in claim.motives],
        "basis": claim.basis.value,
        "bases": [ground.basis.value for ground in claim.grounds],
        "channel": claim.channel.value,
        "relation": claim.relation.value,
        "prominence": claim.prominence.value,
        "date": claim.date,
        "score": round(claim.score, 3),
        "origin": claim.origin,
        "cues": list(claim.cues),
        "readers": list(claim.readers),
        "quote": claim.quote.text,
        "quote_start": claim.quote.start,
        "quote_end": claim.quote.end,
        "spans": {name: span for name, span in spans.items() if span is not None},
    }
    if claim.source.via:
        row["spans"]["via"] = [_at(span) for span in claim.source.via]
    if claim.victims:
        row["spans"]["victims"] = [_at(span) for span in claim.victims]
    return row


def _at(words: Span | Party | None) -> list[int] | None:
    span = words.span if isinstance(words, Party) else words
    return [span.start, span.end] if span is not None else None


def _source(claim: Claim) -> dict[str, Any]:
    source = claim.source
    return {
        "source": source.party.span.text if source.party else None,
        "source_canonical": source.party.canonical if source.party else None,
        "source_body": source.body,
        "source_state": source.state,
        "source_type": source.type.value,
        "source_from": source.voice.value,
        "via": [span.text for span in source.via],
    }


def _accused(claim: Claim) -> dict[str, Any]:
    accused = claim.accused
    return {
        "accused": accused.party.span.text if accused.party else None,
        "accused_canonical": accused.party.canonical if accused.party else None,
        "accused_type": accused.type.value,
        "level": accused.level.value if accused.level else None,
        "state_said": accused.state_said,
        "state": accused.state,
        "not_accused": claim.not_accused.canonical if claim.not_accused else None,
    }


def _proposition(prefix: str, said: Proposition | None) -> dict[str, Any]:
    """How surely it was said. What is not said at all has no firmness, but for the deed, as the first edition had it."""
    firmness = said.firmness.value if said else None if prefix else "none"
    return {
        f"{prefix}firmness": firmness,
        f"{prefix}firmness_cue": said.cue.text if said and said.cue else None,
        f"{prefix}likelihood": said.likelihood.value if said and said.likelihood else None,
        f"{prefix}confidence": said.confidence.value if said and said.confidence else None,
    }
