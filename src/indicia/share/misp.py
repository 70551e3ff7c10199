"""A case as a MISP event in the core format, as it would be exported by a server: loads with no server.

References: MISP core format (draft-dulaunoy-misp-core-format), MISP taxonomies `tlp`, `admiralty-scale`, `estimative-language`.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from indicia.knowledge import Knowledge
from indicia.records import AccusedType, Case, Claim, Confidence, Context, Likelihood, Mention, MentionKind, Stance
from indicia.share.stix.ids import SDO_NAMESPACE, as_of

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
    """The event as JSON. Indicators that a text calls benign or cites as a reference are kept with `to_ids` off."""
    date = as_of(case)[:10]
    event: dict[str, Any] = {
        "uuid": _uuid("event", case.name),
        "info": case.name,
        "date": date,
        "threat_level_id": "4",
        "analysis": "1",
        "distribution": "0",
        "published": False,
        "Attribute": _attributes(case),
        "Object": [],
        "Tag": [{"name": name} for name in _tags(case, knowledge)],
    }
    return orjson.dumps({"Event": event}, option=orjson.OPT_INDENT_2)


def _attributes(case: Case) -> list[dict[str, Any]]:
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
        attributes.append(
            {
                "uuid": _uuid("attribute", case.name, type, value, stated),
                "type": kind,
                "category": category,
                "value": value,
                "to_ids": stated and mention.kind is MentionKind.INDICATOR and type in _TYPES,
                "comment": mention.reason or f"“{mention.span.text}”",
                "distribution": "5",
            }
        )
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
                "Tag": [{"name": name} for name in _claim_tags(claim)],
            }
        )
    return attributes


def _claim_comment(claim: Claim) -> str:
    source = claim.source.party.canonical if claim.source.party else "not named"
    accused = claim.accused.party.canonical if claim.accused.party else "nobody named"
    return f"{source} {claim.stance.value} {accused}; firmness: {claim.firmness.value}; basis: {claim.basis.value}"


def _claim_tags(claim: Claim) -> list[str]:
    tags = []
    if claim.confidence:
        tags.append(f'estimative-language:confidence-in-analytic-judgment="{_CONFIDENCE[claim.confidence]}"')
    if claim.likelihood:
        tags.append(f'estimative-language:likelihood-probability="{_LIKELIHOOD[claim.likelihood]}"')
    return tags


def _tags(case: Case, knowledge: Knowledge) -> list[str]:
    tags = {f"tlp:{case.marking.value}"}
    for claim in case.claims:
        party = claim.accused.party
        if party and claim.accused.type is AccusedType.GROUP and claim.stance in {Stance.ACCUSES, Stance.ENDORSES}:
            groups = [actor.group for actor in knowledge.actors.named(party.canonical) if actor.group]
            group = knowledge.attack.group(groups[0]) if len(groups) == 1 and groups[0] else None
            if group:
                tags.add(f'misp-galaxy:mitre-intrusion-set="{group.name} - {group.id}"')
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            technique = knowledge.attack.technique(mention.target or mention.value)
            if technique:
                tags.add(f'misp-galaxy:mitre-attack-pattern="{technique.name} - {technique.id}"')
    return sorted(tags)
