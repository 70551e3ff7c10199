"""Attributions that MISP events make by their galaxies, as claims of the organisation that made the event.

An event with the tag `misp-galaxy:threat-actor="Sofacy"` is its maker's word that Sofacy is behind what it tells; of tags of
single attributes, which say what belongs to whom, nothing is made. How sure the maker is, only a tag of the estimative language
says.

References: MISP galaxy (threat-actor, mitre-intrusion-set, microsoft-activity-group), MISP taxonomy estimative-language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of
from indicia.read.fronts.misp import cluster_of, galaxy_of, label_of, misp_events, notes_of, tags_of
from indicia.read.fronts.places import Places, string
from indicia.read.stated.notes import FIRMNESS_OF, claim_of_note
from indicia.read.text.told import read_note
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
    MentionKind,
    Party,
    Source,
    SourceType,
    Span,
    Stance,
    stable_id,
)

__all__ = ["claims_of_events"]

_SURE = re.compile(r'estimative-language:confidence-in-analytic-judgment="(low|moderate|high)"')


def claims_of_events(document: Document, knowledge: Knowledge) -> tuple[Claim, ...]:
    """The claims in the order of the events and their tags; none when the document holds no event of MISP."""
    try:
        data = msgspec.json.decode(document.text)
    except (msgspec.DecodeError, RecursionError):
        return ()
    places = Places(document.text)
    made = [
        claim
        for event in misp_events(data)
        for claim in (*_told(event, document, places, knowledge), *_claims(event, document, places, knowledge))
    ]
    return tuple({claim.id: claim for claim in made}.values())


def _told(event: dict[str, Any], document: Document, places: Places, knowledge: Knowledge) -> Iterator[Claim]:
    """What notes of ours tell that came back with the event."""
    for key, content, note in notes_of(event):
        told = read_note(note)
        whole = places.string(content)
        if told is None or whole == (0, 0):
            continue
        whole = places.inside(whole, note) if note != content else whole

        def find(value: str, whole: tuple[int, int] = whole) -> Span | None:
            found = places.inside(whole, value)
            return document.span(*found) if found != whole else None

        claim = claim_of_note(told, key, document, find, knowledge)
        if claim is not None:
            yield claim


def _claims(event: dict[str, Any], document: Document, places: Places, knowledge: Knowledge) -> Iterator[Claim]:
    """One claim for each actor, by whatever galaxies it is tagged."""
    tags = list(tags_of(event))
    levels = {match[1] for tag in tags if (match := _SURE.fullmatch(tag))}
    confidence = Confidence(levels.pop()) if len(levels) == 1 else None
    info, date = string(event, "info"), string(event, "date")
    known = {row.id for row in knowledge.incidents.named(info)} if info else set()
    source, names, told = _source(event, document, places), names_of(knowledge), set[str]()
    for tag in tags:
        cluster = cluster_of(tag)
        galaxy = galaxy_of(cluster[0]) if cluster is not None else None
        if cluster is None or galaxy is None or galaxy[0] is not MentionKind.ACTOR:
            continue
        name = label_of(cluster[1])
        one = names.group(name) or name.lower()
        whole = places.string(tag)
        if one in told or whole == (0, 0):
            continue
        told.add(one)
        span = document.span(*places.inside(whole, name))
        yield Claim(
            id=stable_id("claim", document.id, str(event.get("uuid", "")), tag),
            quote=document.span(*whole),
            source=source,
            stance=Stance.ACCUSES,
            accused=Accused(type=AccusedType.GROUP, level=Level.GROUP, party=Party(span=span, canonical=name)),
            deed=Deed(firmness=FIRMNESS_OF[confidence] if confidence else Firmness.NONE, confidence=confidence),
            incidents=(About(name=info, id=next(iter(known)) if len(known) == 1 else None),) if info else (),
            channel=Channel.TECHNICAL_REPORT,
            date=date[:10] if date else None,
            cues=(f"misp:{cluster[0]}",),
        )


def _source(event: dict[str, Any], document: Document, places: Places) -> Source:
    owner = event.get("Orgc")
    name = string(owner, "name") if isinstance(owner, dict) else None
    whole = places.string(name) if name else (0, 0)
    party = Party(span=document.span(*whole), canonical=name) if name and whole != (0, 0) else None
    return Source(type=SourceType.COMPANY, party=party)
