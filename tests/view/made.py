"""Claims made from the few fields that matter to a test."""

from __future__ import annotations

from collections.abc import Mapping

from indicia.records import (
    About,
    Accused,
    AccusedType,
    Claim,
    Deed,
    DeedKind,
    Firmness,
    Level,
    Party,
    Source,
    SourceType,
    Span,
    Stance,
    Tie,
    TieKind,
    stable_id,
)

__all__ = ["made_claim"]


def made_claim(fields: Mapping[str, str], number: int = 0) -> Claim:
    """A claim of a document that nobody needs; every name stands where the quote stands."""
    span = Span(document="document--0", start=0, end=5, text="quote")

    def party(name: str | None) -> Party | None:
        return Party(span=span, canonical=name) if name else None

    kind, tie = fields.get("deed"), fields.get("tie")
    return Claim(
        id=stable_id("claim", number, *sorted(fields.items())),
        quote=span,
        source=Source(
            type=SourceType(fields.get("source_type", "government")),
            party=party(fields.get("source")),
            state=fields.get("source_state"),
        ),
        stance=Stance(fields.get("stance", "accuses")),
        accused=Accused(
            type=AccusedType.UNKNOWN,
            level=Level(fields["level"]) if "level" in fields else None,
            party=party(fields.get("accused")),
            state_said=fields.get("said"),
            state_known=fields.get("known"),
        ),
        deed=Deed(kind=DeedKind(kind), firmness=Firmness(fields.get("firmness", "none"))) if kind else None,
        tie=Tie(
            kind=TieKind(tie),
            to=fields.get("to", ""),
            state=fields.get("tie_state"),
            firmness=Firmness(fields.get("tie_firmness", "none")),
        )
        if tie
        else None,
        not_accused=party(fields.get("not_accused")),
        incidents=(About(name=fields["incident"], id=fields.get("incident_id")),) if "incident" in fields else (),
        date=fields.get("date"),
    )
