"""Claims in STIX: a note that carries the claim whole, and what it says as relationships, in the name of its source.

The deed and the tie are different relationships, each with the confidence that its source gave to just that: a campaign is
*attributed to* whoever is said to have done it, and *originates from* a place that is said; an accused is *attributed to*,
*related to* or *located at* whom or where it is said to belong. A tie attributes no campaign to anybody. Who endorses, doubts,
denies or declines has an opinion on what the others say.

A claim that is still to be checked has a note, and an opinion where it is one, and makes neither an actor, a campaign nor a
relationship: what others import is what we are sure was said. Nothing is tied or attributed to itself, and whose an agency is
that a sentence only names, our tables tell and not its source.

Each claim has an instant of its own as `created` and `start_time`, and its note tells all of it in plain text: a platform that
drops extensions and makes one of what has the same ends keeps every claim all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from indicia.affairs.origins import target_of
from indicia.records import (
    TLP_IDS,
    AccusedType,
    Case,
    Claim,
    Confidence,
    Document,
    Firmness,
    Level,
    Mention,
    MentionKind,
    Proposition,
    Stance,
    Tie,
    TieKind,
    Tlp,
    those_counted,
    to_check,
)
from indicia.share.redact import marking_of_texts
from indicia.share.stix.emptiness import filled
from indicia.share.stix.ids import CLAIM_EXTENSION, PROFILE, moments_of_claims, object_id
from indicia.share.stix.objects import Objects
from indicia.share.stix.parties import (
    Campaigns,
    accused_object,
    actor,
    country,
    identity,
    is_itself,
    is_name,
    source_object,
)
from indicia.share.stix.schema import schema_text
from indicia.share.stix.told import headline, told
from indicia.view.words import by_state, firmness_words, source_words, tie_words

# Appendix A, "None / Low / Med / High": low 15, medium 50, high 85. A flat statement says nothing about confidence: left out.
# Firmness and confidence on STIX's scale of 0 to 100 (STIX 2.1, appendix A).
_CONFIDENCE = {Confidence.LOW: 15, Confidence.MODERATE: 50, Confidence.HIGH: 85}
_FIRMNESS = {Firmness.CONFIRMED: 95, Firmness.HIGH: 85, Firmness.MODERATE: 50, Firmness.LOW: 15, Firmness.HEDGED: 30}


def confidence(said: Proposition) -> int | None:
    """The confidence that the source states of a deed or of a tie, else what its firmness words come to, else None."""
    if said.confidence is not None:
        return _CONFIDENCE[said.confidence]
    return _FIRMNESS.get(said.firmness)


_OPINION = {
    Stance.ENDORSES: "agree",
    Stance.DENIES: "strongly-disagree",
    Stance.QUESTIONS: "disagree",
    Stance.WITHDRAWS: "strongly-disagree",
    Stance.DECLINES: "neutral",
}
_NAMING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def claim_extension_definition(producer: str) -> dict[str, Any]:
    """The definition of the extension that makes a note a claim."""
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": CLAIM_EXTENSION,
        "created_by_ref": producer,
        "created": PROFILE,
        "modified": PROFILE,
        "name": "Attribution claim",
        "description": "Who takes which stance toward whom, for what, how firmly and on what basis, with the exact quote.",
        "schema": schema_text("claim"),
        "version": "2.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [TLP_IDS[Tlp.CLEAR]],
    }


def claim_objects(case: Case, objects: Objects, campaigns: Campaigns, report: str) -> list[str]:
    """Adds every claim and returns the ids of what was added, in order of the claims. Each note is also on the `report`."""
    documents = {document.id: document for document in case.documents}
    whole = marking_of_texts(case)
    moments = moments_of_claims(case)
    counted = {claim.id for claim in those_counted(case.claims, case.judgements)}
    doubtful = {claim.id for claim in to_check(case.claims, ())}
    named = _states_and_agencies(case)
    all_said = []
    for claim in case.claims:
        document = documents.get(claim.quote.document)
        marking = case.counts_as(document) if document else whole
        said = _Said(
            claim=claim,
            document=document,
            author=source_object(claim, objects, marking),
            accused=accused_object(claim, objects, marking) if claim.id in counted else None,
            campaign=campaigns.of(claim),
            moment=moments[claim.id],
            objects=objects,
            marking=marking,
            doubtful=claim.id in doubtful,
            names_only=_names_only(claim, named[claim.quote.document]),
        )
        all_said.append(said)
    added: list[str] = []
    charges: list[tuple[_Said, str]] = []
    for said in all_said:
        about = [ref for ref in (said.accused, said.campaign) if ref]
        relations = [ref for ref in (_deed(said), *_tie(said)) if ref] if said.claim.stance in _NAMING else []
        note = _note(said, [report, *(ref for ref in about if objects.holds(ref))])
        added += [note, *about, *relations]
        if said.claim.stance is Stance.ACCUSES:
            charges += [(said, relation) for relation in relations[:1]]  # the deed where one is said
    added += [_opinion(said, charges) for said in all_said if said.claim.stance in _OPINION]
    return list(dict.fromkeys(added))


class _Said(NamedTuple):
    """A claim and the objects that it is between."""

    claim: Claim
    document: Document | None
    author: str
    accused: str | None
    campaign: str | None
    moment: str
    objects: Objects
    marking: Tlp
    doubtful: bool  # read with too little certainty
    names_only: bool  # its sentence names an agency, and no state that it is of

    @property
    def key(self) -> str:
        return self.objects.key(self.claim.id)

    @property
    def authors(self) -> list[str]:
        return [source_words(self.claim) if self.claim.source.party else "not named"]

    def relate(self, source: str, kind: str, target: str, part: str, how: Proposition, words: str) -> str:
        """A relationship as the source says it: created by it, with its words and its confidence for just this part."""
        claim = self.claim
        reference = {"id": claim.id, "note": object_id("note", self.key), "part": part}
        who = source_words(claim) if claim.source.party else "a source that is not named"
        fields: dict[str, Any] = {
            "created_by_ref": self.author,
            "description": f"{words} by {who} ({firmness_words(how)}): “{claim.quote.text}”",
            "confidence": confidence(how),
            "start_time": self.moment,
            "extensions": {CLAIM_EXTENSION: {"extension_type": "property-extension", **reference}},
        }
        return self.objects.relate(source, kind, target, self.key, part, marking=self.marking, created=self.moment, **fields)


def _states_and_agencies(case: Case) -> dict[str, list[Mention]]:
    """Document -> what it says of states and agencies."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for one in case.mentions:
        if one.kind in (MentionKind.STATE, MentionKind.AGENCY):
            found[one.span.document].append(one)
    return found


def _names_only(claim: Claim, mentions: list[Mention]) -> bool:
    """Whether a sentence names the agency that it accuses and neither the state that this is of nor words that tie it."""
    tie, quote = claim.tie, claim.quote
    if tie is None or tie.words is not None or tie.kind is not TieKind.ORGAN or claim.accused.level is not Level.AGENCY:
        return False
    inside = [one for one in mentions if quote.start <= one.span.start < quote.end]
    return bool(inside) and not any(one.kind is MentionKind.STATE and one.target == tie.state for one in inside)


def _note(said: _Said, about: list[str]) -> str:
    claim = said.claim
    return said.objects.add(
        "note",
        said.key,
        marking=said.marking,
        created=said.moment,
        created_by_ref=said.author,
        abstract=headline(claim),
        content=told(claim, said.document, doubtful=said.doubtful),
        authors=said.authors,
        object_refs=about,
        confidence=confidence(claim.said),
        labels=["please-check"] if said.doubtful else None,
        extensions={CLAIM_EXTENSION: {"extension_type": "property-extension", **claim_fields(claim)}},
    )


def _opinion(said: _Said, charges: list[tuple[_Said, str]]) -> str:
    """What the source thinks of the charges on the same affair: of those against the same accused where there are any, else of
    all; where nobody accuses, of the campaign or the accused themselves."""
    target = target_of(said.claim)
    there = [(one, ref) for one, ref in charges if said.campaign in (None, one.campaign)]
    same = [ref for one, ref in there if target and target_of(one.claim) == target]
    every = [ref for _, ref in there] if said.campaign else []
    itself = [ref for ref in (said.campaign, said.accused) if ref and said.objects.holds(ref)]
    return said.objects.add(
        "opinion",
        said.key,
        marking=said.marking,
        created=said.moment,
        created_by_ref=said.author,
        opinion=_OPINION[said.claim.stance],
        explanation=f"{headline(said.claim)}: “{said.claim.quote.text}”",
        authors=said.authors,
        object_refs=sorted(same or every) or itself[:1] or [object_id("note", said.key)],
    )


def claim_fields(claim: Claim) -> dict[str, Any]:
    """The claim's own fields, as JSON; empty ones are left out, so that the extension holds what the text says and no more."""
    fields: dict[str, Any] = filled(claim)
    return fields


def _deed(said: _Said) -> str | None:
    """That the accused did it. Who endorses says so too, though no words of a deed are its own."""
    claim, accused = said.claim, said.accused
    actor = accused is not None and accused.split("--")[0] in {"intrusion-set", "threat-actor"}
    if said.campaign is None or accused is None or not actor or (claim.deed is None and claim.tie is not None):
        return None
    if is_itself(said.objects.called(said.campaign), said.objects.called(accused)):
        return None
    how = claim.deed or claim.said
    return said.relate(said.campaign, "attributed-to", accused, "deed", how, _ALLEGED.get(claim.stance, "Alleged"))


_ALLEGED = {Stance.ENDORSES: "Endorsed", Stance.CLAIMS: "Claimed"}


def _tie(said: _Said) -> Iterator[str]:
    """Whom the accused is said to belong to, or where it acts from; of a mere place, that the deed came from there."""
    claim, objects, accused = said.claim, said.objects, said.accused
    tie = claim.tie
    if accused is None:
        return
    kind = accused.split("--")[0]
    if kind == "location":
        if said.campaign is not None:
            yield said.relate(said.campaign, "originates-from", accused, "tie", tie or claim.said, "Said to come from there")
        return
    name = _master(tie) if tie is not None else ""
    if tie is None or said.names_only or name == objects.called(accused):
        return
    words = f"Said to be {tie_words(tie)}"
    if tie.kind is TieKind.LOCATED:
        if (place := country(objects, tie.state)) is not None:
            relation = "originates-from" if kind == "intrusion-set" else "located-at"
            yield said.relate(accused, relation, place, "tie", tie, words)
    elif is_name(name) and tie.kind.binds and kind == "intrusion-set":
        # Who says that a group works for a state accuses the state; an actor that is attributed to one would be it.
        state = actor(objects, name, AccusedType.STATE, said.marking)
        yield said.relate(accused, "attributed-to", state, "tie", tie, words)
    elif is_name(name):
        yield said.relate(accused, "related-to", identity(objects, name, "organization", said.marking), "tie", tie, words)


def _master(tie: Tie) -> str:
    """Whom or where a tie is to, by name."""
    return tie.to or (by_state(tie.state)[0] if tie.state else "")
