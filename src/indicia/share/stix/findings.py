"""Indicators, sightings and measures in STIX."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from indicia.records import Case, Context, MentionKind, Sighting, Tlp
from indicia.share.stix.ids import PROFILE, observable_id, stamp
from indicia.share.stix.objects import Objects
from indicia.share.stix.parties import OURS, identity

_PATHS = {
    "ipv4-addr": "ipv4-addr:value",
    "ipv6-addr": "ipv6-addr:value",
    "domain-name": "domain-name:value",
    "url": "url:value",
    "email-addr": "email-addr:value",
    "file-md5": "file:hashes.MD5",
    "file-sha1": "file:hashes.'SHA-1'",
    "file-sha256": "file:hashes.'SHA-256'",
    "file-sha512": "file:hashes.'SHA-512'",
    "ssdeep": "file:hashes.SSDEEP",
    "file-name": "file:name",
    "mutex": "mutex:name",
    "windows-registry-key": "windows-registry-key:key",
    "user-agent": "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
}


def quoted(value: str) -> str:
    """A STIX string literal.

    >>> quoted("it's C:\\\\x")
    "'it\\\\'s C:\\\\\\\\x'"
    """
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def pattern(type: str, value: str) -> str | None:
    """The STIX pattern for an indicator, None where STIX has no path for its type.

    >>> pattern("ipv4-addr", "198.51.100.7")
    "[ipv4-addr:value = '198.51.100.7']"
    >>> pattern("autonomous-system", "AS64500")
    '[autonomous-system:number = 64500]'
    """
    if type == "autonomous-system":
        digits = value.upper().removeprefix("AS").strip()
        return f"[autonomous-system:number = {int(digits)}]" if digits.isdigit() else None
    if type in {"ipv4-addr", "ipv6-addr"} and "/" in value:
        return f"[{type}:value ISSUBSET {quoted(value)}]"
    if type == "file-path":
        folder, separator, name = value.replace("/", "\\").rpartition("\\")
        if separator and name:
            return f"[file:name = {quoted(name)} AND file:parent_directory_ref.path = {quoted(folder)}]"
        return None
    path = _PATHS.get(type)
    return f"[{path} = {quoted(value)}]" if path else None


_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.ASCII)


class Indicators:
    """The indicators of a case: each once, valid from the first text that states it."""

    def __init__(self, case: Case, objects: Objects) -> None:
        self._objects = objects
        self._since: dict[tuple[str, str], str] = {}
        days = {document.id: document.published for document in case.documents}
        for mention in case.mentions:
            if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
                day = days.get(mention.span.document)
                key, since = (mention.type, mention.value), stamp(day) if day else objects.born
                self._since[key] = min(since, self._since.get(key, since))

    def add(self, type: str, value: str, marking: Tlp | None = None) -> str | None:
        """The indicator's id, None where STIX has no pattern for it."""
        since = self._since.get((type, value), self._objects.born)
        return _indicator(type, value, since, self._objects, marking)


def _indicator(type: str, value: str, since: str, objects: Objects, marking: Tlp | None = None) -> str | None:
    expression = pattern(type, value)
    if expression is None:
        return None
    return objects.add(
        "indicator",
        type,
        value,
        marking=marking,
        created=PROFILE,
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


def sighting_objects(case: Case, objects: Objects, indicators: Indicators, *, lines: int = 0) -> list[str]:
    """One sighting for each rule and technique, and for each indicator, with count and first and last time.

    Internal host names, users and log lines stay at home: what leaves is that it was seen, how often and when. Of the first
    `lines` sightings the log records leave too: each sighting refers to an observed-data whose artifacts they are.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    refs: dict[tuple[tuple[str, ...], str, str | None], tuple[str, ...]] = {}
    for number, one in enumerate(case.hunt.sightings if case.hunt else ()):
        kind = (one.techniques, one.rule, one.indicator)
        if kind not in refs:  # a million sightings are of a few kinds
            refs[kind] = tuple(_seen_in(one, objects, indicators))
        line = b64encode(msgspec.json.encode(one.event, order="deterministic")).decode() if number < lines else None
        for ref in refs[kind]:
            seen[ref].add(one.event.time, line)
    added = []
    where = identity(objects, OURS, "organization") if seen else ""
    for ref, group in seen.items():
        fields: dict[str, Any] = {
            "sighting_of_ref": ref,
            "where_sighted_refs": [where],
            "count": group.count,
            "summary": False,
        }
        if group.first is not None:
            fields |= {"first_seen": stamp(group.first), "last_seen": stamp(group.last)}
            if group.lines:
                fields["observed_data_refs"] = [_observed(ref, objects.key("case"), group, objects)]
        added += [ref, objects.add("sighting", ref, objects.key("case"), created=PROFILE, **fields)]
    return list(dict.fromkeys(added))


def _seen_in(one: Sighting, objects: Objects, indicators: Indicators) -> Iterator[str]:
    """What a sighting is of."""
    yield from (ref for technique in one.techniques if (ref := objects.refer(technique)))
    if one.indicator is not None:
        found = indicators.add(one.rule.removeprefix("indicator:"), one.indicator)
        if found is not None:
            yield found


def _observed(ref: str, name: str, group: _Seen, objects: Objects) -> str:
    """The log records behind a sighting, each as an artifact that holds it as JSON."""
    artifacts = dict.fromkeys(artifact(line, objects) for line in group.lines)
    return objects.add(
        "observed-data",
        ref,
        name,
        created=PROFILE,
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
    """Measures as courses of action, tied to those techniques and vulnerabilities that a text states or a log shows. What else
    they act on stands in the case's extension alone."""
    mine = {mention.target or mention.value for mention in case.mentions if mention.context is Context.STATED}
    mine.update(technique for one in (case.hunt.sightings if case.hunt else ()) for technique in one.techniques)
    added: list[str] = []
    for measure in case.advice.measures if case.advice else ():
        action = objects.named(
            "course-of-action",
            measure.id,
            measure.title,
            measure.instruction,
            objects.marking.value,  # it may name machines: one id, one marking
            name=measure.title,
            description=measure.instruction,
            labels=[measure.kind.value],
        )
        added.append(action)
        for covered in measure.covers:
            if covered in mine and (target := _acted_on(covered, objects)):
                added.append(objects.relate(action, "mitigates", target, created=PROFILE, modified=PROFILE))
    return list(dict.fromkeys(added))


def _acted_on(covered: str, objects: Objects) -> str | None:
    return vulnerability(covered, objects) if covered.startswith("CVE-") else objects.refer(covered)


def vulnerability(cve: str, objects: Objects, marking: Tlp | None = None) -> str | None:
    """A vulnerability by its CVE; None for what is none."""
    if not _CVE.fullmatch(cve):
        return None
    reference = {"source_name": "cve", "external_id": cve}
    if cve in objects.knowledge.kev:
        marking = Tlp.CLEAR
    return objects.named("vulnerability", cve, marking=marking, name=cve, external_references=[reference])
