"""Who speaks, who is accused, what was done and where, as STIX objects: each under one id wherever it is told of.

A group that ATT&CK knows is ATT&CK's own object, referred to by its id; a campaign stands for an affair, by whatever name a
claim calls it; a place is a country.

Who and what our tables know by this name is public, whatever text tells of it: what a text says of them stands in notes and
relationships, which bear its marking. Platforms raise the marking of what they hold, and an amber text would hide China there.
"""

from __future__ import annotations

from indicia.knowledge.resolve import names_of
from indicia.records import AccusedType, Affair, Case, Claim, Level, SourceType, Tlp
from indicia.share.redact import marking_of_texts
from indicia.share.stix.objects import Objects
from indicia.share.stix.times import stamp
from indicia.view.words import by_state, source_words

__all__ = ["OURS", "Campaigns", "accused_object", "country", "identity", "source_object"]

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
    if party is None:
        return None
    place = country(objects, claim.accused.state) if claim.accused.level is Level.PLACE else None
    if place is not None:
        return place
    if claim.accused.type is AccusedType.GROUP:
        known = names_of(objects.knowledge).group(party.canonical)
        theirs = objects.refer(known) if known is not None else None
        name, marking = party.canonical, _of_name(party.canonical, objects, marking) or marking
        return theirs or objects.named("intrusion-set", name, marking=marking, name=name, labels=["alleged"])
    return actor(objects, party.canonical, claim.accused.type, marking)


def actor(objects: Objects, name: str, type: AccusedType, marking: Tlp | None = None) -> str:
    """A threat actor of a type, as somebody alleges."""
    types = {AccusedType.STATE: "nation-state", AccusedType.AGENCY: "nation-state", AccusedType.CRIMINAL: "criminal"}
    kind, marking = types.get(type, "unknown"), _of_name(name, objects, marking)
    return objects.named("threat-actor", name, kind, marking=marking, name=name, labels=["alleged"], threat_actor_types=[kind])


class Campaigns:
    """The campaign of each claim: one for an affair, whatever the claim calls it."""

    def __init__(self, case: Case, objects: Objects) -> None:
        self._objects = objects
        self._affairs = {claim: affair for affair in case.affairs for row in affair.rows for claim in row.claims}
        texts = {document.id: case.counts_as(document) for document in case.documents}
        whole = marking_of_texts(case)
        markings = {claim.id: texts.get(claim.quote.document, whole) for claim in case.claims}
        # An affair that no table knows bears a name that any of its texts may have given.
        self._strictest = {
            affair.name: Tlp.strictest(markings[one] for row in affair.rows for one in row.claims if one in markings)
            for affair in case.affairs
        }

    def of(self, claim: Claim, marking: Tlp | None = None) -> str | None:
        """The campaign that a claim is about, None where nothing tells what it is about."""
        affair = self._affairs.get(claim.id)
        if affair is not None:
            return self.of_affair(affair, marking)
        return self._campaign(claim.incident_id, claim.incident or "", marking)

    def of_affair(self, affair: Affair, marking: Tlp | None = None) -> str | None:
        """The campaign of an affair; `marking` is that of the text which tells of it."""
        return self._campaign(affair.incident_id, affair.name, marking)

    def _campaign(self, incident: str | None, name: str, marking: Tlp | None) -> str | None:
        known = self._objects.knowledge.incidents.get(incident) if incident else None
        if known is None:
            marking = self._strictest.get(name, marking)
            return self._objects.named("campaign", name, marking=marking, name=name) if name else None
        return self._objects.named(
            "campaign",
            known.id,
            marking=Tlp.CLEAR,
            name=known.name,
            aliases=sorted(known.names),
            first_seen=stamp(known.start) if known.start else None,
        )
