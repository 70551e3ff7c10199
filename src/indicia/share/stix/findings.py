"""Techniques, indicators, sightings and measures in STIX."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
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


class _Seen:
    """What was seen of one technique or indicator: how often, when first and last, and the log records behind it."""

    def __init__(self) -> None:
        self.count = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.lines: list[str] = []  # in base64

    def add(self, time: datetime | None, line: str | None) -> None:
        self.count += 1
        if time is not None:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)
        if line is not None:
            self.lines.append(line)


def sighting_objects(case: Case, objects: Objects, *, lines: int = 0) -> list[str]:
    """One sighting for each rule and technique, and for each indicator, with count and first and last time.

    Internal host names, users and log lines stay at home: what leaves is that it was seen, how often and when. Of the first
    `lines` sightings the log records leave too: each sighting refers to an observed-data whose artifacts they are.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    refs: dict[tuple[tuple[str, ...], str, str | None], tuple[str, ...]] = {}
    for number, one in enumerate(case.hunt.sightings if case.hunt else ()):
        kind = (one.techniques, one.rule, one.indicator)
        if kind not in refs:  # a million sightings are of a few kinds
            refs[kind] = tuple(_seen_in(one, objects))
        line = b64encode(msgspec.json.encode(one.event, order="deterministic")).decode() if number < lines else None
        for ref in refs[kind]:
            seen[ref].add(one.event.time, line)
    added = []
    for ref, group in seen.items():
        fields: dict[str, Any] = {"sighting_of_ref": ref, "count": group.count, "summary": False}
        if group.first is not None:
            fields |= {"first_seen": stamp(group.first), "last_seen": stamp(group.last)}
            if group.lines:
                fields["observed_data_refs"] = [_observed(ref, group, objects)]
        added += [ref, objects.add("sighting", ref, case.name, **fields)]
    return list(dict.fromkeys(added))


def _seen_in(one: Sighting, objects: Objects) -> Iterator[str]:
    """What a sighting is of."""
    for technique in one.techniques:
        yield from _attack_pattern(technique, objects)
    if one.indicator is not None:
        indicator = _indicator(one.rule.removeprefix("indicator:"), one.indicator, objects.moment, objects)
        if indicator is not None:
            yield indicator


def _observed(ref: str, group: _Seen, objects: Objects) -> str:
    """The log records behind a sighting, each as an artifact that holds it as JSON."""
    artifacts = dict.fromkeys(artifact(line, objects) for line in group.lines)
    return objects.add(
        "observed-data",
        ref,
        first_observed=stamp(group.first),
        last_observed=stamp(group.last),
        number_observed=group.count,
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
