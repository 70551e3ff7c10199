"""The flat JSON form of what was read: what `indicia read --jsonl` writes, field for field as in docs/cli.md."""

from __future__ import annotations

from typing import Any

from indicia.read.claims import claim_row
from indicia.records import Document, Mention, MentionKind, Reading, shown_marking

_INDICATORS = frozenset({MentionKind.INDICATOR, MentionKind.VULNERABILITY, MentionKind.WEAKNESS, MentionKind.RULE})


def mention_row(mention: Mention) -> dict[str, Any]:
    """One mention; empty fields are left out. `start` and `end` count code points of the document's text."""
    row: dict[str, Any] = {
        "kind": mention.kind.value,
        "value": mention.value,
        "type": mention.type,
        "start": mention.span.start,
        "end": mention.span.end,
        "text": mention.span.text,
        "context": mention.context.value,
        "method": mention.method,
        "score": round(mention.score, 4),
        "target": mention.target,
        "according_to": list(mention.according_to),
        "candidates": [{"id": c.id, "name": c.name} for c in mention.candidates],
        "reason": mention.reason,
    }
    if mention.kind is MentionKind.TECHNIQUE:
        row["id"] = mention.target or mention.value
    return {key: value for key, value in row.items() if value not in ("", None, [])}


def reading_row(reading: Reading, document: Document, *, id: str | None = None) -> dict[str, Any]:
    """`{"id", "marking", "claims", "techniques", "indicators", "names"}` of a document; before them `not_read`,
    and after them `not_taken` and
    `problems` where there are any."""
    techniques = [m for m in reading.mentions if m.kind is MentionKind.TECHNIQUE]
    indicators = [m for m in reading.mentions if m.kind in _INDICATORS]
    facts = [m for m in reading.mentions if m.kind is MentionKind.FACT]
    others = (*_INDICATORS, MentionKind.TECHNIQUE, MentionKind.FACT)
    names = [m for m in reading.mentions if m.kind not in others]
    hidden = [problem.what for problem in reading.problems if problem.hides_claims]
    row: dict[str, Any] = {
        **({"not_read": hidden} if hidden else {}),
        "id": document.name if id is None else id,
        "marking": shown_marking(document.marking),
        "claims": [claim_row(claim, document) for claim in reading.claims],
        "techniques": [mention_row(m) for m in techniques],
        "indicators": [mention_row(m) for m in indicators],
        "names": [mention_row(m) for m in names],
        "facts": [{"what": m.type, "start": m.span.start, "end": m.span.end, "score": round(m.score, 3)} for m in facts],
    }
    if reading.fallen:
        row["not_taken"] = [
            {"reader": one.reader, "why": one.fault.value, "quote": one.quote, "words": one.words} for one in reading.fallen
        ]
    if reading.problems:
        row["problems"] = [{"where": p.where, "what": p.what, "severity": p.severity.value} for p in reading.problems]
    return row
