"""Claims that our own notes tell, where they come back from OpenCTI or MISP without our extension.

Nothing is added to what the note says: no places in the first text, which did not travel, and no state that only a table knows.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from indicia.knowledge import Knowledge
from indicia.read.text.told import Told
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Claim,
    Confidence,
    Document,
    Firmness,
    Level,
    Party,
    Source,
    SourceType,
    Span,
    stable_id,
)

__all__ = ["FIRMNESS_OF", "claim_of_note"]

# How firmly something is said where only a confidence is stated.
FIRMNESS_OF = {Confidence.LOW: Firmness.LOW, Confidence.MODERATE: Firmness.MODERATE, Confidence.HIGH: Firmness.HIGH}

_TYPES = {
    Level.STATE: AccusedType.STATE,
    Level.PLACE: AccusedType.STATE,
    Level.AGENCY: AccusedType.AGENCY,
    Level.GROUP: AccusedType.GROUP,
}


def claim_of_note(
    told: Told, key: str, document: Document, find: Callable[[str], Span | None], knowledge: Knowledge
) -> Claim | None:
    """The claim; `find` gives the place of its words in the document. None where the quote does not stand there."""
    quote = find(told.quote)
    if quote is None:
        return None

    def party(name: str | None) -> Party | None:
        span = find(name) if name else None
        return Party(span=span, canonical=name) if name and span else None

    def state(name: str | None) -> str | None:
        named = knowledge.states.named(name) if name else ()
        return named[0].code if named else None

    tie = told.tie
    if tie is not None and state(tie.to):
        tie = msgspec.structs.replace(tie, state=state(tie.to))
    source = state(told.source)
    known = {row.id for row in knowledge.incidents.named(told.about)} if told.about else set()
    return Claim(
        id=stable_id("claim", document.id, key),
        quote=quote,
        source=Source(type=SourceType.GOVERNMENT if source else SourceType.COMPANY, party=party(told.source), state=source),
        stance=told.stance,
        accused=Accused(
            type=_TYPES.get(told.level, AccusedType.UNKNOWN) if told.level else AccusedType.UNKNOWN,
            level=told.level,
            party=party(told.accused),
            state_said=state(told.accused) if told.level in (Level.STATE, Level.PLACE) else None,
        ),
        deed=told.deed,
        tie=tie,
        incidents=(About(name=told.about, id=next(iter(known)) if len(known) == 1 else None),) if told.about else (),
        date=told.date,
        score=told.score,
        cues=("note",),
    )
