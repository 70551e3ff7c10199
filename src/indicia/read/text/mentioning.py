"""How a mention is made: one place that gives it its span and an id that depends on the document, the place and the value."""

from __future__ import annotations

from indicia.records import Candidate, Context, Document, Mention, MentionKind, stable_id


def mention(
    document: Document,
    kind: MentionKind,
    start: int,
    end: int,
    value: str,
    *,
    type: str = "",
    target: str | None = None,
    candidates: tuple[Candidate, ...] = (),
    according_to: tuple[str, ...] = (),
    context: Context = Context.STATED,
    method: str = "literal",
    reason: str = "",
    score: float = 1.0,
) -> Mention:
    """The mention of `value` at [start, end) of the document. Raises: ValueError outside the text."""
    return Mention(
        id=stable_id("mention", document.id, kind, type, value, str(start), str(end)),
        kind=kind,
        value=value,
        span=document.span(start, end),
        type=type,
        target=target,
        candidates=candidates,
        according_to=according_to,
        context=context,
        method=method,
        reason=reason,
        score=score,
    )
