"""What a machine-readable file claims outright, with the places in its page that say so, and the claims made of it.

Names are as the file has them: what our tables know of them is added when the document is read (`stated.known`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from indicia.read.fronts.page import Page, Place
from indicia.read.text.told import Told
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Channel,
    Claim,
    Confidence,
    Deed,
    Document,
    Firmness,
    Level,
    Party,
    Source,
    SourceType,
    Stance,
    Tie,
    stable_id,
)

# How firmly something is said where only a confidence is stated.
FIRMNESS_OF = {Confidence.LOW: Firmness.LOW, Confidence.MODERATE: Firmness.MODERATE, Confidence.HIGH: Firmness.HIGH}
_TYPES = {
    Level.STATE: AccusedType.STATE,
    Level.PLACE: AccusedType.STATE,
    Level.AGENCY: AccusedType.AGENCY,
    Level.GROUP: AccusedType.GROUP,
}


class Named(NamedTuple):
    """Somebody by name, and where the name stands."""

    name: str
    place: Place


class Uttered(NamedTuple):
    """A claim before there is a document: `key` tells it from others of the file."""

    key: str
    quote: Place
    source: Named | None
    accused: Named | None
    cues: tuple[str, ...]
    source_type: SourceType = SourceType.COMPANY
    accused_type: AccusedType = AccusedType.GROUP
    level: Level | None = Level.GROUP
    state_said: str | None = None
    stance: Stance = Stance.ACCUSES
    deed: Deed | None = None
    tie: Tie | None = None
    act: Place | None = None
    about: str | None = None
    date: str | None = None
    channel: Channel = Channel.TECHNICAL_REPORT
    score: float = 1.0


def claimed(uttered: Sequence[Uttered]) -> Callable[[Document], tuple[Claim, ...]]:
    """What makes the claims once the document is there, each once."""

    def find(document: Document) -> tuple[Claim, ...]:
        made = (_claim(one, document) for one in uttered)
        return tuple({claim.id: claim for claim in made}.values())

    return find


def _claim(one: Uttered, document: Document) -> Claim:
    def party(named: Named | None) -> Party | None:
        return Party(span=document.span(*named.place), canonical=named.name) if named else None

    return Claim(
        id=stable_id("claim", document.id, one.key),
        quote=document.span(*one.quote),
        source=Source(type=one.source_type, party=party(one.source)),
        stance=one.stance,
        accused=Accused(type=one.accused_type, level=one.level, party=party(one.accused), state_said=one.state_said),
        act=document.span(*one.act) if one.act else None,
        deed=one.deed,
        tie=one.tie,
        incidents=(About(name=one.about),) if one.about else (),
        channel=one.channel,
        date=one.date,
        score=one.score,
        cues=one.cues,
    )


def of_note(told: Told, content: str, key: str, path: str, page: Page) -> Uttered | None:
    """What one of our notes tells that came back without our extension, written on the page as it is; None where its quote does
    not stand there. Nothing is added to what the note says: no place in the first text, which did not travel."""
    (start, _), _ = page.row(content, path=path)

    def find(words: str | None) -> Named | None:
        at = content.find(words) if words else -1
        return Named(str(words), (start + at, start + at + len(str(words)))) if at >= 0 else None

    quote = find(told.quote)
    if quote is None:
        return None
    return Uttered(
        key=key,
        quote=quote.place,
        source=find(told.source),
        accused=find(told.accused),
        cues=("note",),
        accused_type=_TYPES.get(told.level, AccusedType.UNKNOWN) if told.level else AccusedType.UNKNOWN,
        level=told.level,
        stance=told.stance,
        deed=told.deed,
        tie=told.tie,
        about=told.about,
        date=told.date,
        channel=Channel.UNKNOWN,
        score=told.score,
    )
