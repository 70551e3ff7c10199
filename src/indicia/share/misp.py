"""A case as a MISP event in the core format, as it would be exported by a server: loads with no server.

References: MISP core format (draft-dulaunoy-misp-core-format), MISP taxonomies `tlp`, `admiralty-scale`, `estimative-language`.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of
from indicia.records import (
    AccusedType,
    Case,
    Claim,
    Confidence,
    Context,
    Deed,
    Document,
    Likelihood,
    Mention,
    MentionKind,
    Stance,
    Tie,
    Tlp,
)
from indicia.share.internals import LOWERED, without_internals
from indicia.share.seen import seen
from indicia.share.stix.ids import SDO_NAMESPACE
from indicia.share.stix.times import as_of
from indicia.share.well_known import well_known
from indicia.view.leaving import left_out
from indicia.view.words import firmness_words, known_state, propositions

__all__ = ["render"]

# (our type) -> (MISP category, MISP type)
_TYPES = {
    "ipv4-addr": ("Network activity", "ip-dst"),
    "ipv6-addr": ("Network activity", "ip-dst"),
    "domain-name": ("Network activity", "domain"),
    "url": ("Network activity", "url"),
    "email-addr": ("Payload delivery", "email-src"),
    "file-md5": ("Payload delivery", "md5"),
    "file-sha1": ("Payload delivery", "sha1"),
    "file-sha256": ("Payload delivery", "sha256"),
    "file-sha512": ("Payload delivery", "sha512"),
    "ssdeep": ("Payload delivery", "ssdeep"),
    "file-name": ("Payload delivery", "filename"),
    "file-path": ("Artifacts dropped", "filename"),
    "mutex": ("Artifacts dropped", "mutex"),
    "windows-registry-key": ("Persistence mechanism", "regkey"),
    "user-agent": ("Network activity", "user-agent"),
    "btc-address": ("Financial fraud", "btc"),
    "xmr-address": ("Financial fraud", "xmr"),
    "autonomous-system": ("Network activity", "AS"),
}
_CONFIDENCE = {Confidence.LOW: "low", Confidence.MODERATE: "moderate", Confidence.HIGH: "high"}
_LIKELIHOOD = {
    Likelihood.ALMOST_NO_CHANCE: "almost-no-chance",
    Likelihood.VERY_UNLIKELY: "very-unlikely",
    Likelihood.UNLIKELY: "unlikely",
    Likelihood.ROUGHLY_EVEN: "roughly-even-chance",
    Likelihood.LIKELY: "likely",
    Likelihood.VERY_LIKELY: "very-likely",
    Likelihood.ALMOST_CERTAIN: "almost-certain",
}


def _uuid(*parts: object) -> str:
    return str(uuid.uuid5(SDO_NAMESPACE, "\x1f".join(("misp", *map(str, parts)))))


def render(case: Case, knowledge: Knowledge) -> bytes:
    """The event as JSON. Indicators that a text calls benign or cites as a reference, and values that everybody meets, are kept
    with `to_ids` off."""
    case = without_internals(case)
    date = as_of(case)[:10]
    event: dict[str, Any] = {
        "uuid": _uuid("event", case.name),
        "info": case.name,
        "date": date,
        "threat_level_id": "4",
        "analysis": "1",
        "distribution": "0",
        "published": False,
        "Attribute": _attributes(case, knowledge),
        "Object": _reports(case),
        "Tag": [{"name": name} for name in _tags(case, knowledge)],
    }
    return orjson.dumps({"Event": event}, option=orjson.OPT_INDENT_2)


# MISP's template of a report: name, id and version as PyMISP ships it.
_REPORT = {
    "name": "report",
    "meta-category": "misc",
    "template_uuid": "70a68471-df22-4e3f-aa1a-5a3be19f82df",
    "template_version": "8",
}


def _reports(case: Case) -> list[dict[str, Any]]:
    """One report object for each document, by title, publisher and date; and one that says what the hunt saw."""
    found = [
        _report(case, document.id, document.title or document.name, _told(document), document.published or "")
        for document in case.documents
    ]
    if case.hunt is not None:
        text = f"{case.hunt.verdict.value}: {case.hunt.reason}"
        found.append(_report(case, "hunt", "Hunt through logs", text, as_of(case)[:10]))
    found += [_report(case, sentence, "About this export", sentence, as_of(case)[:10]) for sentence in _about_the_export(case)]
    return found


def _told(document: Document) -> str:
    parts = (document.publisher, document.published, document.marking.label, f"SHA-256 {document.sha256}")
    return "; ".join(part for part in parts if part)


def _about_the_export(case: Case) -> list[str]:
    return [*left_out(case), *(f"{one.value} {one.note}" for one in case.judgements if one.action == LOWERED)]


def _report(case: Case, key: str, title: str, summary: str, date: str) -> dict[str, Any]:
    uuid = _uuid("object", case.name, key)
    return {
        "uuid": uuid,
        **_REPORT,
        "distribution": "5",
        "comment": date,
        "Attribute": [
            {
                "uuid": _uuid("object attribute", uuid, relation),
                "object_relation": relation,
                "type": "text",
                "category": "Other",
                "value": value,
                "to_ids": False,
                "distribution": "5",
                "disable_correlation": True,
            }
            for relation, value in (("title", title), ("summary", summary))
        ],
    }


def _sightings(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Sightings by the indicator's value: the first and the last, without where."""
    return {
        value: [
            {
                "uuid": _uuid("sighting", case.name, value, moment.isoformat()),
                "type": "0",
                "date_sighting": str(int(moment.timestamp())),
                "source": "Indicia",
            }
            for moment in dict.fromkeys((first, last))
        ]
        for value, (_, first, last) in seen(case).items()
    }


def _attributes(case: Case, knowledge: Knowledge) -> list[dict[str, Any]]:
    sightings = _sightings(case)
    first: dict[tuple[str, str, bool], Mention] = {}
    for mention in case.mentions:
        if mention.kind in {MentionKind.INDICATOR, MentionKind.VULNERABILITY}:
            first.setdefault((mention.type, mention.value, mention.context is Context.STATED), mention)
    attributes = []
    for (type, value, stated), mention in sorted(first.items(), key=lambda item: item[0]):
        if mention.kind is MentionKind.VULNERABILITY:
            category, kind = "External analysis", "vulnerability"
        elif type in _TYPES:
            category, kind = _TYPES[type]
        else:
            category, kind = "Other", "text"
        known, said = well_known(type, value), mention.reason or f"“{mention.span.text}”"
        attributes.append(
            {
                "uuid": _uuid("attribute", case.name, type, value, stated),
                "type": kind,
                "category": category,
                "value": value,
                "to_ids": stated and mention.kind is MentionKind.INDICATOR and type in _TYPES and not known,
                "comment": "; ".join(filter(None, (known and f"well known: {known}", said))),
                "distribution": "5",
                **({"Sighting": sightings[value]} if value in sightings else {}),
            }
        )
    markings = {document.id: document.marking for document in case.documents}
    for claim in case.claims:
        attributes.append(
            {
                "uuid": _uuid("claim", claim.id),
                "type": "text",
                "category": "Attribution",
                "value": claim.quote.text,
                "to_ids": False,
                "comment": _claim_comment(claim),
                "distribution": "5",
                "Tag": [{"name": name} for name in _claim_tags(claim, markings.get(claim.quote.document), knowledge)],
            }
        )
    return attributes


def _claim_comment(claim: Claim) -> str:
    """Who says what, the deed and the tie each with how firmly."""
    source = claim.source.party.canonical if claim.source.party else "not named"
    said = "; ".join(f"{words} ({firmness_words(how)})" for words, how in propositions(claim))
    grounds = ", ".join(ground.basis.value for ground in claim.grounds) or claim.basis.value
    return "; ".join(
        filter(None, (f"{source} {said}", f"stance: {claim.stance.value}", f"basis: {grounds}", known_state(claim)))
    )


def _claim_tags(claim: Claim, marking: Tlp | None, knowledge: Knowledge) -> list[str]:
    """Its document's marking, its confidence and likelihood, and the actor in the galaxy, as this claim alone says."""
    tags = [f"tlp:{marking.value}"] if marking else []
    tags += [tag] if (tag := _actor_tag(claim, knowledge)) else []
    # MISP's words for how sure do not say of what: they are those of the deed, else of the tie; tags of our own tell both.
    said = claim.said
    if said.confidence:
        tags.append(f'estimative-language:confidence-in-analytic-judgment="{_CONFIDENCE[said.confidence]}"')
    if said.likelihood:
        tags.append(f'estimative-language:likelihood-probability="{_LIKELIHOOD[said.likelihood]}"')
    tags += [*_said_tags("deed", claim.deed), *_said_tags("tie", claim.tie)]
    return tags


def _said_tags(part: str, said: Deed | Tie | None) -> list[str]:
    if said is None:
        return []
    found = [f'indicia:{part}="{said.kind.value}"', f'indicia:{part}-firmness="{said.firmness.value}"']
    found += [f'indicia:{part}-likelihood="{said.likelihood.value}"'] if said.likelihood else []
    return found + ([f'indicia:{part}-confidence="{said.confidence.value}"'] if said.confidence else [])


def _tags(case: Case, knowledge: Knowledge) -> list[str]:
    tags = {f"tlp:{case.marking.value}"}
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            technique = knowledge.attack.technique(mention.target or mention.value)
            if technique:
                tags.add(f'misp-galaxy:mitre-attack-pattern="{technique.name} - {technique.id}"')
    return sorted(tags)


_NAMING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def _actor_tag(claim: Claim, knowledge: Knowledge) -> str | None:
    """The galaxy tag of the group that the claim accuses, on the claim and not on the event: it is alleged, and by whom."""
    party = claim.accused.party
    if party is None or claim.accused.type is not AccusedType.GROUP or claim.stance not in _NAMING:
        return None
    named = names_of(knowledge).group(party.canonical)
    group = knowledge.attack.group(named) if named else None
    return f'misp-galaxy:mitre-intrusion-set="{group.name} - {group.id}"' if group else None
