"""MISP: events, alone or several in one file, and the index of a feed. What they say outright becomes mentions.

References: MISP core format (draft-dulaunoy-misp-core-format); MISP feeds: a folder of events, manifest.json and hashes.csv.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from indicia.read.fronts.dates import date_of
from indicia.read.fronts.opened import Parsed, noted
from indicia.read.fronts.places import Places, dicts, dropped, finder, string
from indicia.read.fronts.values import Said, canonical, misp_type
from indicia.read.text.told import read_note
from indicia.records import Context, MentionKind

__all__ = [
    "cluster_of",
    "feed_hashes",
    "galaxy_of",
    "held",
    "is_manifest",
    "label_of",
    "misp_events",
    "notes_of",
    "read_misp",
    "tags_of",
]

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_RULE = "\n\n---\n\n"  # between the notes of a report
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Galaxies by how their names end: MITRE's come in several editions, and organisations name tables of their own after MISP's.
_GALAXIES = (
    ("threat-actor intrusion-set activity-group mitre-ics-groups tidal-groups", MentionKind.ACTOR, "intrusion-set"),
    ("malware malpedia ransomware android backdoor banker botnet cryptominers rat", MentionKind.SOFTWARE, "malware"),
    ("stalkerware stealer wiper mitre-ics-software tidal-software", MentionKind.SOFTWARE, "malware"),
    ("tool exploit-kit", MentionKind.SOFTWARE, "tool"),
    ("campaign campaigns", MentionKind.CAMPAIGN, "campaign"),
)


def misp_events(data: Any) -> Iterator[dict[str, Any]]:
    """MISP events in a file: one, or a list or response of several. Attributes and objects that a server's search found in
    many events are one without a name."""
    loose: dict[str, Any] = {"Attribute": [], "Object": []}
    for item in data if isinstance(data, list) else [data]:
        if not isinstance(item, dict):
            continue
        if isinstance(item.get("response"), list | dict):
            yield from misp_events(item["response"])
        elif isinstance(item.get("Event"), dict):
            yield item["Event"]
        elif isinstance(item.get("Attribute"), list) and "info" in item:
            yield item
        elif item.keys() <= loose.keys():
            for kind, known in (("Attribute", "value"), ("Object", "meta-category")):
                found = item.get(kind)
                loose[kind] += [
                    one for one in dicts(found if isinstance(found, list) else [found]) if {"uuid", known} <= one.keys()
                ]
    if any(loose.values()):
        yield loose


def is_manifest(data: Any) -> bool:
    """Whether this is the index of a feed: what each event is called, by its UUID."""
    return (
        isinstance(data, dict)
        and bool(data)
        and all(_UUID.fullmatch(key) and isinstance(item, dict) and "info" in item for key, item in data.items())
    )


def feed_hashes(name: str) -> Parsed:
    """The fingerprints of a feed's values, by which a server looks them up."""
    return Parsed(problems=[noted(name, "are the fingerprints of a MISP feed, which say nothing that its events do not")])


def read_misp(text: str, events: list[dict[str, Any]], name: str) -> Parsed:
    """What the events state. Their reports are texts of their own; what is not read is said, kind by kind."""
    places = Places(text)
    said: list[Said] = []
    unread: Counter[str] = Counter()
    reports: list[tuple[str, bytes]] = []
    parsed = Parsed(text=text, media_type="application/json")
    for event in events:
        parsed.title = parsed.title or string(event, "info")
        parsed.published = parsed.published or date_of(string(event, "date"))
        owner = event.get("Orgc")
        parsed.publisher = parsed.publisher or (string(owner, "name") if isinstance(owner, dict) else None)
        for attribute in _attributes(event):
            found = list(_misp_attribute(attribute, places))
            said += found
            if not found:
                unread[f"attribute {string(attribute, 'type') or 'without a type'}"] += 1
            elif len(parts := (string(attribute, "type") or "").split("|")) > len(found):
                unread[f"a part of attribute {'|'.join(parts)}"] += 1
        for tag in tags_of(event, *_attributes(event)):
            found = list(_misp_tag(tag, places))
            said += found
            if not found and tag.startswith("misp-galaxy:"):
                unread[f"galaxy {tag.removeprefix('misp-galaxy:').partition('=')[0]}"] += 1
            with contextlib.suppress(ValueError):
                parsed.beside.append(("", tag))
        for report in dicts(event.get("EventReport")):
            if (content := string(report, "content")) and not told_in(content):
                reports.append((f"{string(report, 'name') or 'report'}.md", content.encode("utf-8", "surrogatepass")))
        for kind in ("Note", "Opinion", "Relationship"):
            others = [item for item in held(event, kind) if kind != "Note" or not read_note(string(item, "note") or "")]
            unread.update({f"analyst {kind.lower()}": len(others)} if others else {})
        for kind, called in (("ShadowAttribute", "proposed attribute"), ("Sighting", "sighting")):
            unread.update(called for _ in held(event, kind))
        unread.update("deleted attribute" for one in _attributes(event, also_deleted=True) if _is_deleted(one))
    parsed.find = finder(said)
    parsed.attached = reports
    parsed.problems += dropped(name, "parts of these kinds", unread)
    return parsed


def held(event: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """Analyst data of the event and of what is in it."""
    for holder in (event, *dicts(event.get("Object")), *_attributes(event)):
        yield from dicts(holder.get(kind))


def told_in(report: str) -> list[str]:
    """The notes of ours that an event report is made of; none where it holds anything else."""
    parts = report.split(_RULE)
    return parts if all(map(read_note, parts)) else []


def notes_of(event: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Notes of ours, each once, wherever they came back: (key, the text that holds it, the note)."""
    seen: set[str] = set()
    held_in = [(string(note, "uuid"), content) for note in held(event, "Note") if (content := string(note, "note"))]
    held_in += [
        (string(one, "uuid"), content) for one in dicts(event.get("EventReport")) if (content := string(one, "content"))
    ]
    for key, content in held_in:
        for number, part in enumerate(told_in(content)):
            if part not in seen:
                seen.add(part)
                yield f"{key or len(seen)}:{number}" if number else key or f"{len(seen)}", content, part


def _attributes(event: dict[str, Any], *, also_deleted: bool = False) -> Iterator[dict[str, Any]]:
    """Those of the event and of its objects. What somebody deleted stays in an event, marked so, and says nothing any more."""
    yield from (one for one in dicts(event.get("Attribute")) if also_deleted or not _is_deleted(one))
    for item in dicts(event.get("Object")):
        for one in dicts(item.get("Attribute")):
            if also_deleted or not (_is_deleted(item) or _is_deleted(one)):
                yield one


def _is_deleted(item: dict[str, Any]) -> bool:
    return item.get("deleted") in (True, "1", 1)


def tags_of(*holders: dict[str, Any]) -> Iterator[str]:
    """Tag names of events or attributes, and of the clusters of their galaxies, each once."""
    seen: dict[str, None] = {}
    for holder in holders:
        for tag in dicts(holder.get("Tag")):
            if name := string(tag, "name"):
                seen[name] = None
        for galaxy in dicts(holder.get("Galaxy")):
            for cluster in dicts(galaxy.get("GalaxyCluster")):
                if name := string(cluster, "tag_name"):
                    seen[name] = None
    yield from seen


def _misp_attribute(attribute: dict[str, Any], places: Places) -> Iterator[Said]:
    type, value = string(attribute, "type"), string(attribute, "value")
    if type is None or value is None:
        return
    whole = places.string(value)
    if type == "vulnerability" or type == "weakness":
        kind = MentionKind.VULNERABILITY if type == "vulnerability" else MentionKind.WEAKNESS
        yield Said(kind, type, value.upper(), *whole, target=value.upper(), method="misp")
        return
    if type in {"yara", "sigma"}:
        yield Said(MentionKind.RULE, type, string(attribute, "comment") or type, *whole, method="misp")
        return
    link = type == "link" or (type == "url" and attribute.get("category") == "External analysis")
    parts = value.split("|") if "|" in type else [value]
    for part_type, part in zip(type.split("|"), parts, strict=False):
        ours = misp_type(part_type, part)
        if ours is None:
            continue
        start, end = places.inside(whole, part) if len(parts) > 1 else whole
        yield Said(
            MentionKind.INDICATOR,
            ours,
            canonical(ours, part),
            start,
            end,
            method="misp",
            context=Context.REFERENCE if link else Context.STATED,
            reason="a link of the event" if link else "",
            score=1.0 if attribute.get("to_ids") is not False else 0.6,
        )


def _misp_tag(tag: str, places: Places) -> Iterator[Said]:
    """`misp-galaxy:mitre-attack-pattern="Web Shell - T1505.003"` and the galaxies of actors and software."""
    cluster = cluster_of(tag)
    if cluster is None:
        return
    galaxy, value = cluster
    whole = places.string(tag)
    technique = _TECHNIQUE.search(value)
    if "attack-pattern" in galaxy and technique is not None:
        start, end = places.inside(whole, technique[0])
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", technique[0], start, end, target=technique[0], method="misp")
    elif (known := galaxy_of(galaxy)) is not None:
        kind, type = known
        label = label_of(value)
        start, end = places.inside(whole, label)
        yield Said(kind, type, label, start, end, method="misp")


def galaxy_of(name: str) -> tuple[MentionKind, str] | None:
    """What the clusters of a galaxy are; None for those that are not read.

    >>> galaxy_of("eset-threat-actor")
    (<MentionKind.ACTOR: 'actor'>, 'intrusion-set')
    >>> galaxy_of("agent-threat-rules")
    """
    found = ((kind, type) for ends, kind, type in _GALAXIES for end in ends.split() if f"-{name}".endswith(f"-{end}"))
    return next(found, None)


def cluster_of(tag: str) -> tuple[str, str] | None:
    """(galaxy, cluster) of a tag of MISP's galaxies."""
    match = re.fullmatch(r'misp-galaxy:([a-z0-9-]+)="(.+)"', tag)
    return (match[1], match[2]) if match else None


def label_of(cluster: str) -> str:
    """A cluster's name without ATT&CK's number."""
    return re.sub(r" - [GSC]\d{4}$", "", cluster)
