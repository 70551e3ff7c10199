"""A case as a MISP event."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import orjson

from indicia.affairs.identity import claim_keys, document_keys, key_of
from indicia.affairs.origins import target_of
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
    to_check,
)
from indicia.share.indicators import seen, well_known
from indicia.share.internals import LOWERED, without_internals
from indicia.share.redact import marking_of, marking_of_texts
from indicia.share.stix.ids import SDO_NAMESPACE, as_of, moments_of_claims
from indicia.share.stix.parties import OURS
from indicia.share.stix.told import headline, told
from indicia.view.wording import left_out
from indicia.view.words import firmness_words, known_state, propositions, source_words

# Claims in MISP: an attribute for each, with its words; notes that tell it whole; opinions of who answers.
#
# Analyst data (notes and opinions, MISP 2.4.193 and later) is what MISP has for who says what of something. Converters to STIX
# keep it, while an attribute of text becomes an object that nobody else knows.
REVIEW = 'workflow:todo="review"'  # of a claim that was read with too little certainty
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


class Numbers:
    """The numbers of what an event holds, of the affair that it is about: MISP takes no attribute whose number another has."""

    def __init__(self, case: Case, knowledge: Knowledge) -> None:
        self._key = (key_of(case, knowledge), marking_of_texts(case).value)
        self._known_by = {**claim_keys(case), **document_keys(case.documents)}

    def of(self, kind: str, *parts: object) -> str:
        """The number of a part; a claim or a text is given by its id."""
        return misp_uuid(kind, *self._key, *(self._known_by.get(str(part), part) for part in parts))


def misp_uuid(*parts: object) -> str:
    return str(uuid.uuid5(SDO_NAMESPACE, "\x1f".join(("misp", *map(str, parts)))))


_OPINIONS = {Stance.ENDORSES: 75, Stance.DECLINES: 50, Stance.QUESTIONS: 25, Stance.WITHDRAWS: 0, Stance.DENIES: 0}  # of 100


def claim_attributes(case: Case, knowledge: Knowledge, numbers: Numbers) -> list[dict[str, Any]]:
    """One attribute for each claim, with the opinions of those who answer it."""
    markings = {document.id: case.counts_as(document) for document in case.documents}
    opinions = _opinions(case, numbers)
    doubtful = {claim.id for claim in to_check(case.claims, ())}
    return [
        {
            "uuid": numbers.of("claim", claim.id),
            "type": "text",
            "category": "Attribution",
            "value": claim.quote.text,
            "to_ids": False,
            "comment": _claim_comment(claim),
            "distribution": "5",
            "Tag": [
                *({"name": name} for name in _claim_tags(claim, markings.get(claim.quote.document), knowledge)),
                *([{"name": REVIEW}] if claim.id in doubtful else []),
            ],
            **({"Opinion": opinions[claim.id]} if claim.id in opinions else {}),
        }
        for claim in case.claims
    ]


def claim_notes(case: Case, event: str, numbers: Numbers) -> list[dict[str, Any]]:
    """One note on the event for each claim, in the name of its source."""
    moments = moments_of_claims(case)
    documents = {document.id: document for document in case.documents}
    doubtful = {claim.id for claim in to_check(case.claims, ())}
    return [
        {
            "note": told(claim, documents.get(claim.quote.document), doubtful=claim.id in doubtful),
            "language": "en",
            **_analyst(numbers.of("note", claim.id), claim, moments[claim.id], event, "Event"),
        }
        for claim in case.claims
    ]


def _opinions(case: Case, numbers: Numbers) -> dict[str, list[dict[str, Any]]]:
    """By the accusing claim: what those say of it who endorse, doubt, deny or decline on the same affair."""
    affairs = {claim: affair.name for affair in case.affairs for row in affair.rows for claim in row.claims}
    moments = moments_of_claims(case)

    def affair(claim: Claim) -> str | None:
        return affairs.get(claim.id) or claim.incident_id or claim.incident

    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    accusing = [claim for claim in case.claims if claim.stance is Stance.ACCUSES]
    for answer in case.claims:
        if answer.stance not in _OPINIONS:
            continue
        charges = [claim for claim in accusing if affair(claim) == affair(answer)]
        same = [claim for claim in charges if target_of(answer) and target_of(claim) == target_of(answer)]
        for charge in same or charges:
            told_of = numbers.of("opinion", answer.id, charge.id)
            found[charge.id].append(
                {
                    "opinion": _OPINIONS[answer.stance],
                    "comment": f"{headline(answer)}: “{answer.quote.text}”",
                    **_analyst(told_of, answer, moments[answer.id], numbers.of("claim", charge.id), "Attribute"),
                }
            )
    return found


def _analyst(id: str, claim: Claim, moment: str, about: str, kind: str) -> dict[str, Any]:
    """The fields that all analyst data has."""
    when = f"{moment[:10]} {moment[11:19]}"
    return {
        "uuid": id,
        "object_uuid": about,
        "object_type": kind,
        "authors": source_words(claim) if claim.source.party else "not named",
        "created": when,
        "modified": when,
        "distribution": "5",
    }


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


_NAMING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})


def _actor_tag(claim: Claim, knowledge: Knowledge) -> str | None:
    """The galaxy tag of the group that the claim accuses, on the claim and not on the event: it is alleged, and by whom."""
    party = claim.accused.party
    if party is None or claim.accused.type is not AccusedType.GROUP or claim.stance not in _NAMING:
        return None
    named = names_of(knowledge).group(party.canonical)
    group = knowledge.attack.group(named) if named else None
    return f'misp-galaxy:mitre-intrusion-set="{group.name} - {group.id}"' if group else None


# A case as a MISP event in the core format, as it would be exported by a server: loads with no server.
#
# References: MISP core format (draft-dulaunoy-misp-core-format), MISP taxonomies `tlp`, `admiralty-scale`,
# `estimative-language`.
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
    "ja3": ("Network activity", "ja3-fingerprint-md5"),
    "ja3s": ("Network activity", "ja3-fingerprint-md5"),
    "jarm": ("Network activity", "jarm-fingerprint"),
    "hassh": ("Network activity", "hassh-md5"),
    "imphash": ("Payload delivery", "imphash"),
    "android-package": ("Payload delivery", "mobile-application-id"),
    "autonomous-system": ("Network activity", "AS"),
}


def render(case: Case, knowledge: Knowledge) -> bytes:
    """The event as JSON. Indicators that a text calls benign or cites as a reference, and values that everybody meets, are kept
    with `to_ids` off."""
    case = without_internals(case)
    numbers = Numbers(case, knowledge)
    date, id = as_of(case)[:10], numbers.of("event")
    event: dict[str, Any] = {
        "uuid": id,
        "info": case.name,
        "date": date,
        "threat_level_id": "4",
        "analysis": "1",
        "distribution": "0",
        "published": False,
        "Orgc": _organisation("Indicia"),
        "Attribute": _attributes(case, knowledge, numbers),
        "Object": _reports(case, numbers),
        "Note": claim_notes(case, id, numbers),
        "Tag": [{"name": name} for name in _tags(case, knowledge)],
    }
    return orjson.dumps({"Event": event}, option=orjson.OPT_INDENT_2)


def _organisation(name: str) -> dict[str, str]:
    return {"uuid": misp_uuid("organisation", name), "name": name}


# MISP's template of a report: name, id and version as PyMISP ships it.
_REPORT = {
    "name": "report",
    "meta-category": "misc",
    "template_uuid": "70a68471-df22-4e3f-aa1a-5a3be19f82df",
    "template_version": "8",
}


def _reports(case: Case, numbers: Numbers) -> list[dict[str, Any]]:
    """One report object for each document, by title, publisher and date; and one that says what the hunt saw."""
    found = [
        _report(numbers, document.id, document.title or document.name, _told(case, document), document.published or "")
        for document in case.documents
    ]
    if case.hunt is not None:
        text = f"{case.hunt.verdict.value}: {case.hunt.reason}"
        found.append(_report(numbers, "hunt", "Hunt through logs", text, as_of(case)[:10]))
    found += [
        _report(numbers, sentence, "About this export", sentence, as_of(case)[:10]) for sentence in _about_the_export(case)
    ]
    return found


def _told(case: Case, document: Document) -> str:
    parts = (document.publisher, document.published, case.counts_as(document).label, f"SHA-256 {document.sha256}")
    return "; ".join(part for part in parts if part)


def _about_the_export(case: Case) -> list[str]:
    return [*left_out(case), *(f"{one.value} {one.note}" for one in case.judgements if one.action == LOWERED)]


def _report(numbers: Numbers, key: str, title: str, summary: str, date: str) -> dict[str, Any]:
    uuid = numbers.of("object", key)
    return {
        "uuid": uuid,
        **_REPORT,
        "distribution": "5",
        "comment": date,
        "Attribute": [
            {
                "uuid": misp_uuid("object attribute", uuid, relation),
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


def _sightings(case: Case, numbers: Numbers) -> dict[str, list[dict[str, Any]]]:
    """Sightings by the indicator's value: the first and the last, without where."""
    return {
        value: [
            {
                "uuid": numbers.of("sighting", value, moment.isoformat()),
                "type": "0",
                "date_sighting": str(int(moment.timestamp())),
                "source": "Indicia",
                "Organisation": _organisation(OURS),
            }
            for moment in dict.fromkeys((first, last))
        ]
        for value, (_, first, last) in seen(case).items()
    }


def _attributes(case: Case, knowledge: Knowledge, numbers: Numbers) -> list[dict[str, Any]]:
    sightings = _sightings(case, numbers)
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
                "uuid": numbers.of("attribute", type, value, stated),
                "type": kind,
                "category": category,
                "value": value,
                "to_ids": stated and mention.kind is MentionKind.INDICATOR and type in _TYPES and not known,
                "comment": "; ".join(filter(None, (known and f"well known: {known}", said))),
                "distribution": "5",
                **({"Sighting": sightings[value]} if value in sightings else {}),
            }
        )
    attributes += claim_attributes(case, knowledge, numbers)
    return attributes


def _tags(case: Case, knowledge: Knowledge) -> list[str]:
    tags = {f"tlp:{marking_of(case).value}"}
    for mention in case.mentions:
        if mention.context is Context.STATED and (tag := _galaxy_tag(mention, knowledge)):
            tags.add(tag)
    return sorted(tags)


def _galaxy_tag(mention: Mention, knowledge: Knowledge) -> str | None:
    """The cluster of a technique or of software, as MISP's galaxies name it."""
    if mention.kind is MentionKind.TECHNIQUE:
        technique = knowledge.attack.technique(mention.target or mention.value)
        return f'misp-galaxy:mitre-attack-pattern="{technique.name} - {technique.id}"' if technique else None
    if mention.kind is not MentionKind.SOFTWARE:
        return None
    theirs = knowledge.attack.malware(mention.target) if mention.target else None
    if theirs is not None:
        return f'misp-galaxy:mitre-{theirs.type}="{theirs.name} - {theirs.id}"'
    known = knowledge.malware.get(mention.target) if mention.target else None
    if known is None:
        return None
    return f'misp-galaxy:{"malpedia" if "Malpedia" in known.according_to else "ransomware"}="{known.name}"'
