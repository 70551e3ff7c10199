"""A case as a MISP event in the core format, as it would be exported by a server: loads with no server.

References: MISP core format (draft-dulaunoy-misp-core-format), MISP taxonomies `tlp`, `admiralty-scale`, `estimative-language`.
"""

from __future__ import annotations

from typing import Any

import orjson

from indicia.knowledge import Knowledge
from indicia.records import (
    Case,
    Context,
    Document,
    Mention,
    MentionKind,
)
from indicia.share.indicators import seen, well_known
from indicia.share.internals import LOWERED, without_internals
from indicia.share.misp.claims import Numbers, claim_attributes, claim_notes, misp_uuid
from indicia.share.redact import marking_of
from indicia.share.stix.ids import as_of
from indicia.share.stix.parties import OURS
from indicia.view.wording import left_out

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
