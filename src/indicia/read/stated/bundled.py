"""Attributions that a STIX bundle states outright, as claims of whoever made them, with their confidence and no more.

`attributed-to` says that a campaign, an incident or a group is the work of a group, an actor or an identity, `originates-from`
that it comes from a place. Who is named without more is a group: that an actor acts for a state is another statement.

References: STIX Version 2.1, sections 4.2 (campaign), 4.8 (intrusion set), 4.17 (threat actor) and appendix A (confidence).
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import msgspec

from indicia.knowledge import Knowledge
from indicia.read.fronts.places import string
from indicia.read.stated.notes import FIRMNESS_OF, claim_of_note
from indicia.read.text.told import Told, read_note
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
    Span,
    Stance,
    Tie,
    TieKind,
    stable_id,
)

__all__ = ["claims_of_bundle"]

_ACCUSED = {
    "intrusion-set": (AccusedType.GROUP, Level.GROUP),
    "threat-actor": (AccusedType.GROUP, Level.GROUP),
    "identity": (AccusedType.UNKNOWN, Level.OPERATOR),
    "location": (AccusedType.STATE, Level.PLACE),
}
_TO = {"attributed-to": {"intrusion-set", "threat-actor", "identity"}, "originates-from": {"location"}}
_INCIDENTS = {"campaign", "incident"}
_ID = re.compile(r'"id"\s*:\s*"([a-z0-9-]{1,60}--[0-9a-fA-F-]{36})"')
_BRACES = 40  # that are tried before an id: those of values that stand before it, as extensions do
_decoder = json.JSONDecoder()


def claims_of_bundle(document: Document, knowledge: Knowledge) -> tuple[Claim, ...]:
    """The claims in the order of the bundle; none when the document is no STIX bundle. Revoked relationships say nothing."""
    try:
        bundle = msgspec.json.decode(document.text)
    except (msgspec.DecodeError, RecursionError):
        return ()
    items = bundle.get("objects") if isinstance(bundle, dict) else None
    objects = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    places = _Places(document)
    by_id = {item["id"]: item for item in objects if isinstance(item.get("id"), str)}
    told = {item["id"]: note for item in by_id.values() if item.get("type") == "note" and (note := _note(item))}
    quotes = {note.quote for note in told.values()}
    made = [claim_of_note(note, id, document, partial(places.string, id=id), knowledge) for id, note in told.items()]
    made += (
        _claim(item, by_id, places, knowledge)
        for item in objects
        if item.get("type") == "relationship"
        and item.get("revoked") is not True
        and item.get("x_mitre_deprecated") is not True
        and _quoted(item) not in quotes  # what a note of ours tells whole
    )
    return tuple({claim.id: claim for claim in made if claim is not None}.values())


def _note(item: dict[str, Any]) -> Told | None:
    content = item.get("content")
    return read_note(content) if isinstance(content, str) and item.get("revoked") is not True else None


def _quoted(item: dict[str, Any]) -> str | None:
    """The quote at the end of a relationship of ours."""
    description = item.get("description")
    return description.partition(": “")[2].removesuffix("”") or None if isinstance(description, str) else None


def _claim(item: dict[str, Any], by_id: dict[str, Any], places: _Places, knowledge: Knowledge) -> Claim | None:
    kind, id = string(item, "relationship_type"), string(item, "id")
    what, whom = by_id.get(str(item.get("source_ref"))), by_id.get(str(item.get("target_ref")))
    if kind not in _TO or id is None or what is None or whom is None or string(whom, "type") not in _TO[kind]:
        return None
    quote = places.quote(item, id)
    if quote is None:
        return None
    accused = _accused(whom, places)
    if accused is None:
        return None
    confidence = _confidence(item.get("confidence"))
    name, created = string(what, "name"), string(item, "created")
    incident = name if string(what, "type") in _INCIDENTS else None
    said: dict[str, Any] = {"firmness": FIRMNESS_OF[confidence] if confidence else Firmness.NONE, "confidence": confidence}
    known = {row.id for row in knowledge.incidents.named(incident)} if incident else set()
    return Claim(
        id=stable_id("claim", places.document.id, id),
        quote=quote,
        source=_source(by_id.get(str(item.get("created_by_ref"))), places),
        stance=Stance.ACCUSES,
        accused=accused,
        act=places.string(name, what["id"]) if name else None,
        deed=None if accused.level is Level.PLACE else Deed(**said),
        tie=Tie(kind=TieKind.LOCATED, to=accused.party.canonical if accused.party else "", state=accused.state_said, **said)
        if accused.level is Level.PLACE
        else None,
        incidents=(About(name=incident, id=next(iter(known)) if len(known) == 1 else None),) if incident else (),
        channel=Channel.TECHNICAL_REPORT,
        date=created[:10] if created else None,
        cues=(f"stix:{kind}",),
    )


def _confidence(value: object) -> Confidence | None:
    """Appendix A, none-low-medium-high: 1 to 29, 30 to 69, 70 to 100; 0 is "none"."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
        return None
    return Confidence.LOW if value < 30 else Confidence.MODERATE if value < 70 else Confidence.HIGH


def _source(identity: dict[str, Any] | None, places: _Places) -> Source:
    name = identity.get("name") if identity else None
    span = places.string(name, identity["id"]) if identity and isinstance(name, str) else None
    if identity is None or span is None:
        return Source(type=SourceType.COMPANY)
    sectors = identity.get("sectors")
    words = [str(sector) for sector in sectors] if isinstance(sectors, list) else []
    if any(word.startswith("government") for word in words):
        type = SourceType.GOVERNMENT
    else:
        classes = {"individual": SourceType.PERSON, "group": SourceType.GROUP}
        type = classes.get(str(identity.get("identity_class")), SourceType.COMPANY)
    return Source(type=type, party=Party(span=span, canonical=str(name)))


def _accused(item: dict[str, Any], places: _Places) -> Accused | None:
    type, level = _ACCUSED[item["type"]]
    name = item.get("name") or item.get("country")
    span = places.string(name, item["id"]) if isinstance(name, str) else None
    if span is None:
        return None
    country = item.get("country")
    state = country.upper() if level is Level.PLACE and isinstance(country, str) and len(country) == 2 else None
    if item["type"] == "identity":
        type = {"individual": AccusedType.PERSON, "group": AccusedType.GROUP}.get(str(item.get("identity_class")), type)
    return Accused(type=type, level=level, party=Party(span=span, canonical=str(name)), state_said=state)


class _Places:
    """Where the objects of a bundle stand in its text, by id."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._ids: dict[str, int] = {}
        for match in _ID.finditer(document.text):
            self._ids.setdefault(match[1], match.start())
        self._ranges: dict[str, tuple[int, int] | None] = {}

    def string(self, value: str, id: str) -> Span | None:
        """Where the string stands in the object with this id."""
        found = self.range(id)
        for form in (json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1]):
            at = self.document.text.find(form, *found) if found else -1
            if at >= 0:
                return self.document.span(at, at + len(form))
        return None

    def quote(self, item: dict[str, Any], id: str) -> Span | None:
        """The description of the relationship where it has one, else the relationship itself."""
        described, found = item.get("description"), self.range(id)
        span = self.string(described, id) if isinstance(described, str) and described else None
        return span or (self.document.span(*found) if found else None)

    def range(self, id: str) -> tuple[int, int] | None:
        """[start, end) of the object with this id."""
        if id not in self._ranges:
            self._ranges[id] = self._find(id)
        return self._ranges[id]

    def _find(self, id: str) -> tuple[int, int] | None:
        at = start = self._ids.get(id, -1)
        for _ in range(_BRACES):
            start = self.document.text.rfind("{", 0, max(start, 0))
            if start < 0:
                return None
            try:
                found, end = _decoder.raw_decode(self.document.text, start)
            except (ValueError, RecursionError):
                continue
            if end > at:
                return (start, end) if isinstance(found, dict) and found.get("id") == id else None
        return None
