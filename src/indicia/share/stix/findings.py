"""Techniques, indicators, sightings and measures in STIX."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from indicia.records import Case, Context, Mention, MentionKind, Sighting
from indicia.share.stix.ids import stamp
from indicia.share.stix.objects import Objects
from indicia.share.stix.patterns import pattern

__all__ = ["indicator_objects", "measure_objects", "sighting_objects", "technique_objects"]


def technique_objects(case: Case, objects: Objects) -> list[str]:
    """Attack patterns with ATT&CK's own ids, and the vulnerabilities, that the texts state."""
    added: list[str] = []
    for mention in case.mentions:
        if mention.context is not Context.STATED:
            continue
        if mention.kind is MentionKind.TECHNIQUE:
            added += _attack_pattern(mention.target or mention.value, objects)
        elif mention.kind is MentionKind.VULNERABILITY:
            reference = {"source_name": "cve", "external_id": mention.value}
            added.append(objects.add("vulnerability", mention.value, name=mention.value, external_references=[reference]))
    return list(dict.fromkeys(added))


def _attack_pattern(technique_id: str, objects: Objects) -> list[str]:
    technique = objects.knowledge.attack.technique(technique_id)
    if technique is None:
        return []
    return [
        objects.add(
            "attack-pattern",
            technique.id,
            id=objects.knowledge.attack.stix_id(technique.id),
            created_by_ref=None,
            name=technique.name,
            external_references=[{"source_name": "mitre-attack", "external_id": technique.id}],
            kill_chain_phases=[{"kill_chain_name": "mitre-attack", "phase_name": tactic} for tactic in technique.tactics],
        )
    ]


def indicator_objects(case: Case, objects: Objects) -> list[str]:
    """Indicators that the texts state as such; what they call benign or cite as a reference is left out."""
    added: list[str] = []
    published = {document.id: document.published for document in case.documents}
    first: dict[tuple[str, str], Mention] = {}
    for mention in case.mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            first.setdefault((mention.type, mention.value), mention)
    for (type, value), mention in first.items():
        expression = pattern(type, value)
        if expression is None:
            continue
        added.append(
            objects.add(
                "indicator",
                type,
                value,
                name=value,
                pattern=expression,
                pattern_type="stix",
                pattern_version="2.1",
                valid_from=stamp(published.get(mention.span.document))
                if published.get(mention.span.document)
                else objects.moment,
                indicator_types=["unknown"],
            )
        )
    return added


def sighting_objects(case: Case, objects: Objects) -> list[str]:
    """One sighting for each rule and technique, and for each indicator, with count and first and last time.

    Internal host names, users and log lines stay at home: what leaves is that it was seen, how often and when.
    """
    if case.hunt is None:
        return []
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in case.hunt.sightings:
        for technique in sighting.techniques:
            for ref in _attack_pattern(technique, objects):
                groups[ref].append(sighting)
        if sighting.indicator is not None:
            kind = sighting.rule.removeprefix("indicator:")
            expression = pattern(kind, sighting.indicator)
            if expression is not None:
                ref = objects.add(
                    "indicator",
                    kind,
                    sighting.indicator,
                    name=sighting.indicator,
                    pattern=expression,
                    pattern_type="stix",
                    pattern_version="2.1",
                    valid_from=objects.moment,
                    indicator_types=["unknown"],
                )
                groups[ref].append(sighting)
    added = []
    for ref, sightings in groups.items():
        times = sorted(sighting.event.time for sighting in sightings if sighting.event.time)
        fields: dict[str, Any] = {"sighting_of_ref": ref, "count": len(sightings), "summary": False}
        if times:
            fields |= {"first_seen": stamp(times[0]), "last_seen": stamp(times[-1])}
        added += [ref, objects.add("sighting", ref, case.name, **fields)]
    return list(dict.fromkeys(added))


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
