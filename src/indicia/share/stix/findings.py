"""Techniques, indicators, sightings and measures in STIX."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec

from indicia.records import Case, Context, MentionKind, Sighting, Tlp
from indicia.share.stix.ids import observable_id, stamp
from indicia.share.stix.objects import Objects
from indicia.share.stix.patterns import pattern

__all__ = ["indicator_objects", "measure_objects", "sighting_objects", "technique_objects"]


def technique_objects(case: Case, objects: Objects) -> list[str]:
    """Attack patterns with ATT&CK's own ids, and the vulnerabilities, that the texts state."""
    added: list[str] = []
    markings = {document.id: document.marking for document in case.documents}
    for mention in case.mentions:
        marking = markings.get(mention.span.document)
        if mention.context is not Context.STATED:
            continue
        if mention.kind is MentionKind.TECHNIQUE:
            added += _attack_pattern(mention.target or mention.value, objects, marking)
        elif mention.kind is MentionKind.VULNERABILITY:
            reference = {"source_name": "cve", "external_id": mention.value}
            added.append(
                objects.add(
                    "vulnerability", mention.value, marking=marking, name=mention.value, external_references=[reference]
                )
            )
    return list(dict.fromkeys(added))


def _attack_pattern(technique_id: str, objects: Objects, marking: Tlp | None = None) -> list[str]:
    technique = objects.knowledge.attack.technique(technique_id)
    if technique is None:
        return []
    return [
        objects.add(
            "attack-pattern",
            technique.id,
            id=objects.knowledge.attack.stix_id(technique.id),
            marking=marking,
            created_by_ref=None,
            name=technique.name,
            external_references=[{"source_name": "mitre-attack", "external_id": technique.id}],
            kill_chain_phases=[{"kill_chain_name": "mitre-attack", "phase_name": tactic} for tactic in technique.tactics],
        )
    ]


def indicator_objects(case: Case, objects: Objects) -> list[str]:
    """Indicators that the texts state as such; what they call benign or cite as a reference is left out."""
    added: list[str] = []
    documents = {document.id: document for document in case.documents}
    for mention in case.mentions:
        if mention.kind is not MentionKind.INDICATOR or mention.context is not Context.STATED:
            continue
        document = documents.get(mention.span.document)
        published = document.published if document else None
        ref = _indicator(
            mention.type,
            mention.value,
            stamp(published) if published else objects.moment,
            objects,
            document.marking if document else None,
        )
        if ref is not None:
            added.append(ref)
    return list(dict.fromkeys(added))


def _indicator(type: str, value: str, since: str, objects: Objects, marking: Tlp | None = None) -> str | None:
    """The indicator's id, None where STIX has no pattern for it."""
    expression = pattern(type, value)
    if expression is None:
        return None
    return objects.add(
        "indicator",
        type,
        value,
        marking=marking,
        name=value,
        description=f"{type} stated in a source or sought in logs",
        pattern=expression,
        pattern_type="stix",
        pattern_version="2.1",
        valid_from=since,
        indicator_types=["unknown"],
    )


def sighting_objects(case: Case, objects: Objects, *, internal: bool = False) -> list[str]:
    """One sighting for each rule and technique, and for each indicator, with count and first and last time.

    Internal host names, users and log lines stay at home: what leaves is that it was seen, how often and when. With `internal`
    each sighting refers to an observed-data whose artifacts are the log records as they were.
    """
    if case.hunt is None:
        return []
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in case.hunt.sightings:
        for technique in sighting.techniques:
            for ref in _attack_pattern(technique, objects):
                groups[ref].append(sighting)
        if sighting.indicator is not None:
            indicator = _indicator(sighting.rule.removeprefix("indicator:"), sighting.indicator, objects.moment, objects)
            if indicator is not None:
                groups[indicator].append(sighting)
    added = []
    for ref, sightings in groups.items():
        times = sorted(sighting.event.time for sighting in sightings if sighting.event.time)
        fields: dict[str, Any] = {"sighting_of_ref": ref, "count": len(sightings), "summary": False}
        if times:
            fields |= {"first_seen": stamp(times[0]), "last_seen": stamp(times[-1])}
            if internal and times:
                fields["observed_data_refs"] = [_observed(ref, sightings, times, objects)]
        added += [ref, objects.add("sighting", ref, case.name, **fields)]
    return list(dict.fromkeys(added))


def _observed(ref: str, sightings: list[Sighting], times: list[datetime], objects: Objects) -> str:
    """The log records behind a sighting, each as an artifact that holds it as JSON."""
    artifacts: dict[str, None] = {}
    for sighting in sightings:
        body = b64encode(msgspec.json.encode(sighting.event, order="deterministic")).decode()
        artifacts[artifact(body, objects)] = None
    return objects.add(
        "observed-data",
        ref,
        first_observed=stamp(times[0]),
        last_observed=stamp(times[-1]),
        number_observed=len(sightings),
        object_refs=list(artifacts),
    )


def artifact(payload: str, objects: Objects, mime: str = "application/json") -> str:
    """An artifact with its payload in base64. Its id is that of the specification: a UUIDv5 of the payload."""
    id = observable_id("artifact", {"payload_bin": payload})
    return objects.observable("artifact", id, mime_type=mime, payload_bin=payload)


def measure_objects(case: Case, objects: Objects) -> list[str]:
    """Measures as courses of action, tied to the techniques and vulnerabilities that they act on."""
    added: list[str] = []
    for measure in case.advice.measures if case.advice else ():
        action = objects.add(
            "course-of-action", measure.id, name=measure.title, description=measure.instruction, labels=[measure.kind.value]
        )
        added.append(action)
        for covered in measure.covers:
            if covered.startswith("CVE-"):
                reference = {"source_name": "cve", "external_id": covered}
                targets = [objects.add("vulnerability", covered, name=covered, external_references=[reference])]
            else:
                targets = _attack_pattern(covered, objects)
            for target in targets:
                added += [target, objects.relate(action, "mitigates", target)]
    return list(dict.fromkeys(added))
