"""Claims made by hand for the tests of weighing."""

from __future__ import annotations

from indicia.records import (
    Accused,
    AccusedType,
    Claim,
    Deed,
    Firmness,
    Level,
    Party,
    Source,
    SourceType,
    Span,
    Stance,
    Tie,
    TieKind,
)

__all__ = ["claim_of"]


def _span(text: str) -> Span:
    return Span(document="document--0", start=0, end=len(text), text=text)


def claim_of(line: str, number: int = 0) -> Claim:
    """The claim in `source | stance | accused | level | firmness | state | its own state | type | number it repeats or -`."""
    source, stance, accused, level, firmness, state, home, kind, origin = (part.strip() for part in line.split("|"))

    return Claim(
        id=f"claim--{number}",
        quote=_span("quote"),
        source=Source(
            type=SourceType(kind), party=Party(span=_span(source), canonical=source), state=None if home == "-" else home
        ),
        stance=Stance(stance),
        accused=Accused(
            type=AccusedType.STATE,
            level=Level(level),
            party=Party(span=_span(accused), canonical=accused),
            state_said=None if state == "-" else state,
        ),
        deed=None if level == "place" else Deed(firmness=Firmness(firmness)),
        tie=Tie(kind=TieKind.LOCATED, to=accused, state=None if state == "-" else state, firmness=Firmness(firmness))
        if level == "place"
        else None,
        origin=None if origin == "-" else f"claim--{origin}",
    )
