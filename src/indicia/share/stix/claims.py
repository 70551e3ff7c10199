"""Claims in STIX: a note that carries the claim whole, and what it says as relationships, in the name of its source.

The deed and the tie are different relationships, each with the confidence that its source gave to just that: a campaign is
*attributed to* whoever is said to have done it, and *originates from* a place that is said; an accused is *attributed to*,
*related to* or *located at* whom or where it is said to belong. A tie attributes no campaign to anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from indicia.knowledge.resolve import names_of
from indicia.records import TLP_IDS, AccusedType, Case, Claim, Level, Proposition, Source, SourceType, Stance, TieKind, Tlp
from indicia.share.stix.confidence import confidence
from indicia.share.stix.emptiness import filled
from indicia.share.stix.ids import CLAIM_EXTENSION, object_id, stamp
from indicia.share.stix.objects import Objects
from indicia.share.stix.schema import schema_text
from indicia.view.words import by_state, firmness_words, propositions, tie_words

__all__ = ["claim_extension_definition", "claim_fields", "claim_objects"]

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
_OPINION = {Stance.ENDORSES: "agree", Stance.DENIES: "strongly-disagree", Stance.QUESTIONS: "disagree"}


def claim_extension_definition(producer: str, moment: str) -> dict[str, Any]:
    """The definition of the extension that makes a note a claim."""
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": CLAIM_EXTENSION,
        "created_by_ref": producer,
        "created": moment,
        "modified": moment,
        "name": "Attribution claim",
        "description": "Who takes which stance toward whom, for what, how firmly and on what basis, with the exact quote.",
        "schema": schema_text("claim"),
        "version": "2.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [TLP_IDS[Tlp.CLEAR]],
    }


def claim_objects(case: Case, objects: Objects) -> list[str]:
    """Adds every claim and returns the ids of what was added, in order of the claims."""
    added: list[str] = []
    accusing: dict[str | None, list[str]] = defaultdict(list)
    published = {document.id: document.published for document in case.documents}
    markings = {document.id: document.marking for document in case.documents}
    notes: list[tuple[Claim, str, str]] = []
    for claim in case.claims:
        marking = markings.get(claim.quote.document, case.marking)
        author = _source(claim.source, objects, marking)
        accused, incident = _accused(claim, objects, marking), _incident(claim, objects, marking)
        about = [ref for ref in (accused, incident) if ref]
        when = stamp(claim.date or published.get(claim.quote.document)) if claim.date else None
        note = objects.add(
            "note",
            claim.id,
            marking=marking,
            created_by_ref=author,
            abstract=_abstract(claim),
            content=claim.quote.text,
            authors=[claim.source.party.canonical if claim.source.party else "not named"],
            object_refs=about or [author],
            confidence=confidence(claim.said),
            extensions={CLAIM_EXTENSION: {"extension_type": "property-extension", **claim_fields(claim)}},
        )
        notes.append((claim, note, author))
        added += [note, *about]
        if claim.stance is Stance.ACCUSES:
            accusing[claim.incident_id or claim.incident].append(note)
        if claim.stance in {Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS} and accused:
            said = _Said(claim=claim, author=author, when=when, objects=objects, marking=marking)
            added += [ref for ref in (_deed(said, incident, accused), *_tie(said, incident, accused)) if ref]
    for claim, note, author in notes:
        targets = [ref for ref in accusing[claim.incident_id or claim.incident] if ref != note]
        if claim.stance in _OPINION and targets and (claim.incident_id or claim.incident):
            added.append(
                objects.add(
                    "opinion",
                    claim.id,
                    marking=markings.get(claim.quote.document, case.marking),
                    created_by_ref=author,
                    opinion=_OPINION[claim.stance],
                    explanation=claim.quote.text,
                    authors=[claim.source.party.canonical if claim.source.party else "not named"],
                    object_refs=sorted(targets),
                )
            )
    return list(dict.fromkeys(added))


def _abstract(claim: Claim) -> str:
    source = claim.source.party.canonical if claim.source.party else "An unnamed source"
    return f"{source} {'; '.join(f'{words} ({firmness_words(how)})' for words, how in propositions(claim))}"


def claim_fields(claim: Claim) -> dict[str, Any]:
    """The claim's own fields, as JSON; empty ones are left out, so that the extension holds what the text says and no more."""
    fields: dict[str, Any] = filled(claim)
    return fields


def _source(source: Source, objects: Objects, marking: Tlp) -> str:
    if source.party is None:
        return objects.add("identity", "not named", marking=marking, name="not named", identity_class="unspecified")
    name = source.party.canonical
    return objects.add("identity", name, marking=marking, name=name, identity_class=_IDENTITY_CLASS[source.type])


def _accused(claim: Claim, objects: Objects, marking: Tlp) -> str | None:
    """The accused as an object: a group as an intrusion set, under ATT&CK's own id where it has one; a place as a location."""
    party = claim.accused.party
    if party is None:
        return None
    if claim.accused.level is Level.PLACE and claim.accused.state:
        return objects.add("location", claim.accused.state, marking=marking, name=party.canonical, country=claim.accused.state)
    named = names_of(objects.knowledge).group(party.canonical)
    if claim.accused.type is AccusedType.GROUP and named is not None:
        group = objects.knowledge.attack.group(named)
        if group is not None:
            return objects.add(
                "intrusion-set",
                group.id,
                id=group.stix or None,
                marking=marking,
                created_by_ref=None if group.stix else objects.producer,
                name=group.name,
                aliases=sorted(group.aliases),
                labels=["alleged"],
                external_references=[{"source_name": "mitre-attack", "external_id": group.id}],
            )
    kind = "intrusion-set" if claim.accused.type is AccusedType.GROUP else "threat-actor"
    fields: dict[str, Any] = {"name": party.canonical, "labels": ["alleged"]}
    if kind == "threat-actor":
        types = {AccusedType.STATE: "nation-state", AccusedType.AGENCY: "nation-state", AccusedType.CRIMINAL: "criminal"}
        fields["threat_actor_types"] = [types.get(claim.accused.type, "unknown")]
    return objects.add(kind, party.canonical, marking=marking, **fields)


def _incident(claim: Claim, objects: Objects, marking: Tlp) -> str | None:
    name = claim.incident
    if not name and not claim.incident_id:
        return None
    known = objects.knowledge.incidents.get(claim.incident_id) if claim.incident_id else None
    if known is None:
        return objects.add("campaign", name, marking=marking, name=name)
    return objects.add(
        "campaign",
        known.id,
        marking=marking,
        name=known.name,
        aliases=sorted(known.names),
        first_seen=stamp(known.start) if known.start else None,
    )


class _Said(NamedTuple):
    """What all relationships of one claim share."""

    claim: Claim
    author: str
    when: str | None
    objects: Objects
    marking: Tlp

    def relate(self, source: str, kind: str, target: str, part: str, how: Proposition, words: str) -> str:
        """A relationship as the source says it: created by it, with its words and its confidence for just this part."""
        claim = self.claim
        who = claim.source.party.canonical if claim.source.party else "a source that is not named"
        reference = {"id": claim.id, "note": object_id("note", claim.id), "part": part}
        fields: dict[str, Any] = {
            "created_by_ref": self.author,
            "description": f"{words} by {who}: {claim.quote.text}",
            "confidence": confidence(how),
            "start_time": self.when,
            "extensions": {CLAIM_EXTENSION: {"extension_type": "property-extension", **reference}},
        }
        return self.objects.relate(source, kind, target, claim.id, part, marking=self.marking, **fields)


def _deed(said: _Said, incident: str | None, accused: str) -> str | None:
    """That the accused did it. Who endorses says so too, though no words of a deed are its own."""
    claim = said.claim
    actor = accused.split("--")[0] in {"intrusion-set", "threat-actor"}
    if incident is None or not actor or (claim.deed is None and claim.tie is not None):
        return None
    how = claim.deed or claim.said
    return said.relate(incident, "attributed-to", accused, "deed", how, _ALLEGED.get(claim.stance, "Alleged"))


_ALLEGED = {Stance.ENDORSES: "Endorsed", Stance.CLAIMS: "Claimed"}


def _tie(said: _Said, incident: str | None, accused: str) -> Iterator[str]:
    """Whom the accused is said to belong to, or where it acts from; of a mere place, that the deed came from there."""
    claim, objects, marking = said.claim, said.objects, said.marking
    tie = claim.tie
    kind = accused.split("--")[0]
    if kind == "location":
        if incident is not None:
            yield said.relate(incident, "originates-from", accused, "tie", tie or claim.said, "Said to come from there")
        return
    if tie is None:
        return
    words = f"Said to be {tie_words(tie)}"
    name = tie.to or (by_state(tie.state)[0] if tie.state else "")
    if tie.kind is TieKind.LOCATED:
        if tie.state:
            place = objects.add("location", tie.state, marking=marking, name=by_state(tie.state)[0], country=tie.state)
            yield said.relate(accused, "originates-from" if kind == "intrusion-set" else "located-at", place, "tie", tie, words)
    elif name and tie.kind.binds and kind == "intrusion-set":
        # Who says that a group works for a state accuses the state.
        state = objects.add(
            "threat-actor", name, marking=marking, name=name, labels=["alleged"], threat_actor_types=["nation-state"]
        )
        yield said.relate(accused, "attributed-to", state, "tie", tie, words)
    elif name:
        body = objects.add("identity", name, marking=marking, name=name, identity_class="organization")
        yield said.relate(accused, "attributed-to" if tie.kind.binds else "related-to", body, "tie", tie, words)
