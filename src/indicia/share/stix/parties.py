"""Who speaks, who is accused, what was done and where, as STIX objects: each under one id wherever it is told of.

A group or a campaign that ATT&CK knows is ATT&CK's own object, referred to by its id; a campaign stands for a deed that is told
surely (`affairs.campaigns`), by whatever name a claim calls it; a place is a country.

Who and what our tables know by this name is public, whatever text tells of it: what a text says of them stands in notes and
relationships, which bear its marking. Platforms raise the marking of what they hold, and an amber text would hide China there.
"""

from __future__ import annotations

import re

from indicia.affairs.campaigns import deeds_told
from indicia.knowledge.index import fold
from indicia.knowledge.resolve import names_of
from indicia.records import AccusedType, Case, Claim, Level, SourceType, Tlp
from indicia.share.redact import marking_of_texts
from indicia.share.stix.ids import stamp
from indicia.share.stix.objects import Objects
from indicia.view.words import by_state, source_words

_IDENTITY_CLASS = {
    SourceType.GOVERNMENT: "organization",
    SourceType.INTERNATIONAL: "organization",
    SourceType.COMPANY: "organization",
    SourceType.MEDIA: "organization",
    SourceType.COURT: "organization",
    SourceType.GROUP: "group",
    SourceType.PERSON: "individual",
    SourceType.ANONYMOUS: "individual",
}
NOBODY = "not named"
OURS = "Organisation whose logs were searched"  # who that is stays at home


def identity(objects: Objects, name: str, kind: str, marking: Tlp | None = None) -> str:
    """An identity by its name; `kind` is its class in STIX."""
    return objects.named("identity", name, kind, marking=_of_name(name, objects, marking), name=name, identity_class=kind)


def _of_name(name: str, objects: Objects, marking: Tlp | None) -> Tlp | None:
    """The marking of who goes by a name: that of the text, unless everybody knows the name."""
    known = objects.knowledge
    tables = (known.states, known.agencies, known.vendors, known.sectors, known.actors)
    everybody = name in (NOBODY, OURS, "Indicia") or any(table.named(name) for table in tables)
    return Tlp.CLEAR if everybody else marking


def source_object(claim: Claim, objects: Objects, marking: Tlp) -> str:
    """Who makes a claim. An unnamed official is not the government that employs them."""
    if claim.source.party is None:
        return identity(objects, NOBODY, "unknown", marking)
    return identity(objects, source_words(claim), _IDENTITY_CLASS[claim.source.type], marking)


def country(objects: Objects, code: str | None) -> str | None:
    """A location by the code of its country; None for what is no country that we know."""
    if code is None or objects.knowledge.states.get(code) is None:
        return None
    return objects.named("location", code, marking=Tlp.CLEAR, name=by_state(code)[0], country=code)


def accused_object(claim: Claim, objects: Objects, marking: Tlp) -> str | None:
    """The accused: a group as an intrusion set, ATT&CK's own where it has it; a place as a country; others as threat actors."""
    party = claim.accused.party
    if party is None or not is_name(party.canonical):
        return None
    place = country(objects, claim.accused.state) if claim.accused.level is Level.PLACE else None
    if place is not None:
        return place
    if claim.accused.level is Level.GROUP or claim.accused.type is AccusedType.GROUP:
        known = names_of(objects.knowledge).group(party.canonical)
        theirs = objects.refer(known) if known is not None else None
        if theirs is None and claim.accused.type is not AccusedType.GROUP:
            return actor(objects, party.canonical, claim.accused.type, marking)
        name, marking = party.canonical, _of_name(party.canonical, objects, marking) or marking
        return theirs or objects.named("intrusion-set", name, marking=marking, name=name, labels=["alleged"])
    return actor(objects, party.canonical, claim.accused.type, marking)


_OWN_NAME = re.compile(
    r"[^\W\d_]*[A-Z]|[^\W_]*\d[^\W\d_]|[^\W\d_]\d|[^\x00-\x7f]"
)  # a capital, a sign like 0ktapus, another script
_NO_NAME = re.compile(r"(?:an? |the )?(?:unknown|unnamed|unidentified|unspecified)\b", re.IGNORECASE)


def is_name(name: str) -> bool:
    """Whether somebody is named at all: "unknown", "hackers" and "an unnamed state" are nobody.

    >>> is_name("China-linked hackers"), is_name("0ktapus"), is_name("hackers"), is_name("Unknown")
    (True, True, False, False)
    """
    return _OWN_NAME.search(name) is not None and not _NO_NAME.match(name)


def actor(objects: Objects, name: str, type: AccusedType, marking: Tlp | None = None) -> str:
    """A threat actor of a type, as somebody alleges."""
    types = {AccusedType.STATE: "nation-state", AccusedType.AGENCY: "nation-state", AccusedType.CRIMINAL: "criminal"}
    kind, marking = types.get(type, "unknown"), _of_name(name, objects, marking)
    return objects.named("threat-actor", name, kind, marking=marking, name=name, labels=["alleged"], threat_actor_types=[kind])


_ASIDE = re.compile(
    r"\s*(?:\([^)]*\)|\b(?:19|20)\d\d\b|\b(?:campaign|operation|activity|intrusions?|attacks?|hacks?)\b)\s*", re.IGNORECASE
)


def is_itself(campaign: str | None, accused: str | None) -> bool:
    """Whether a campaign goes by the name of whoever is accused of it, so that to attribute it would say nothing.

    >>> is_itself("Volt Typhoon campaign", "Volt Typhoon"), is_itself("Operation Aurora 2009", "APT17")
    (True, False)
    """
    names = [fold(_ASIDE.sub(" ", name)) or fold(name) for name in (campaign, accused) if name]
    return len(names) == 2 and names[0] == names[1]


class Campaigns:
    """The campaigns of a case: one for each deed that is told surely enough to be one."""

    def __init__(self, case: Case, objects: Objects) -> None:
        self._objects = objects
        self._deeds = deeds_told(case, objects.knowledge)
        texts = {document.id: case.counts_as(document) for document in case.documents}
        whole = marking_of_texts(case)
        told = [
            (self._deeds[claim.id], texts.get(claim.quote.document, whole)) for claim in case.claims if claim.id in self._deeds
        ]
        # The name of a deed that no table knows may be from any of the texts that tell it.
        self._markings = {deed: Tlp.strictest(marking for one, marking in told if one == deed) for deed, _ in told}

    def incident(self, claim: Claim) -> str | None:
        """The known incident that a claim's campaign stands for."""
        deed = self._deeds.get(claim.id)
        return deed.incident if deed is not None else None

    def of(self, claim: Claim) -> str | None:
        """The campaign that a claim is about, None where it is none that is sure."""
        deed = self._deeds.get(claim.id)
        if deed is None:
            return None
        if deed.campaign is not None and (theirs := self._objects.refer(deed.campaign)) is not None:
            return theirs
        known = self._objects.knowledge.incidents.get(deed.incident) if deed.incident else None
        if known is None:
            return self._objects.named("campaign", deed.key, marking=self._markings[deed], name=deed.name)
        return self._objects.named(
            "campaign",
            known.id,
            marking=Tlp.CLEAR,
            name=known.name,
            aliases=sorted(known.names),
            first_seen=stamp(known.start) if known.start else None,
        )
