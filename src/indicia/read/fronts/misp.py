"""MISP: events, alone or several in one file, what a server's search answers, and the index of a feed. What they say outright
becomes mentions and claims; their words become a page that people can read.

An event with the tag `misp-galaxy:threat-actor="Sofacy"` is its maker's word that Sofacy is behind what it tells; of tags of
single attributes, which say what belongs to whom, nothing is made. How sure the maker is, only a tag of the estimative language
says.

References: MISP core format (draft-dulaunoy-misp-core-format); MISP galaxy (threat-actor, mitre-intrusion-set,
microsoft-activity-group); MISP taxonomy estimative-language; MISP feeds: a folder of events, manifest.json and hashes.csv.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from indicia.read.fronts.dates import date_of
from indicia.read.fronts.opened import Parsed, noted
from indicia.read.fronts.page import Page
from indicia.read.fronts.places import dicts, dropped, finder, string
from indicia.read.fronts.uttered import FIRMNESS_OF, Named, Uttered, claimed, of_note
from indicia.read.fronts.values import Said, canonical, misp_type
from indicia.read.text.told import read_note
from indicia.records import BlockKind, Confidence, Context, Deed, Firmness, MentionKind

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_RULE = "\n\n---\n\n"  # between the notes of a report
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SURE = re.compile(r'estimative-language:confidence-in-analytic-judgment="(low|moderate|high)"')
_PARTS = frozenset({"Attribute", "Object", "Tag", "Galaxy", "EventReport"})  # of an event, of which it has at least one
_TEXTS = frozenset({"text", "comment"})  # types of attributes that can be prose
_SENTENCE = 40  # characters from which they are
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
        elif "info" in item and any(isinstance(item.get(part), list) for part in _PARTS):
            yield item  # without the wrapping
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


def read_misp(events: list[dict[str, Any]], name: str) -> Parsed:
    """What the events state. Their reports are texts of their own; what is not read is said, kind by kind."""
    page, said, uttered = Page(), list[Said](), list[Uttered]()
    unread: Counter[str] = Counter()
    reports: list[tuple[str, bytes]] = []
    parsed = Parsed(media_type="application/json")
    for event in events:
        parsed.title = parsed.title or string(event, "info")
        parsed.published = parsed.published or date_of(string(event, "date"))
        owner = event.get("Orgc")
        parsed.publisher = parsed.publisher or (string(owner, "name") if isinstance(owner, dict) else None)
        _prose(event, page)
        reports += [
            (f"{string(report, 'name') or 'report'}.md", content.encode("utf-8", "surrogatepass"))
            for report in dicts(event.get("EventReport"))
            if (content := string(report, "content")) and not told_in(content)
        ]
    for event in events:
        uttered += (*_told(event, page), *_tagged(event, page))
        said += _read(event, page, unread)
        for tag in tags_of(event, *_attributes(event)):
            with contextlib.suppress(ValueError):
                parsed.beside.append(("", tag))
        _leave(event, unread)
    parsed.text, parsed.blocks = page.text, page.blocks
    parsed.find, parsed.claims = finder(said), claimed(uttered)
    parsed.attached = reports
    parsed.problems += dropped(name, "parts of these kinds", unread)
    return parsed


def _prose(event: dict[str, Any], page: Page) -> None:
    """What somebody wrote to be read: the event's title, and sentences in its attributes. The title of an event with notes of
    ours is the heading of a text that they tell already."""
    id = string(event, "uuid") or ""
    quotes = {told.quote for _, note in notes_of(event) if (told := read_note(note))}  # claims of ours, which notes tell whole
    if not quotes:
        page.prose(string(event, "info") or "", f"{id}/info", BlockKind.HEADING)
    for attribute in _attributes(event):
        words = string(attribute, "value") or ""
        if (
            _is_prose(attribute)
            and words not in quotes
            and not read_note(words)
            and string(attribute, "object_relation") not in {"title", "summary"}
        ):
            page.prose(words, string(attribute, "uuid") or id)


def _is_prose(attribute: dict[str, Any]) -> bool:
    words = string(attribute, "value") or ""
    return string(attribute, "type") in _TEXTS and len(words) >= _SENTENCE and " " in words


def _read(event: dict[str, Any], page: Page, unread: Counter[str]) -> Iterator[Said]:
    """What attributes and tags state, each on a line of its own."""
    for attribute in _attributes(event):
        found = list(_misp_attribute(attribute, page))
        yield from found
        if not found and not _is_prose(attribute):
            unread[f"attribute {string(attribute, 'type') or 'without a type'}"] += 1
        elif len(parts := (string(attribute, "type") or "").split("|")) > len(found) > 0:
            unread[f"a part of attribute {'|'.join(parts)}"] += 1
    names = _names(event)
    for tag in tags_of(event, *_attributes(event)):
        found = list(_misp_tag(tag, page, names))
        yield from found
        if not found and tag.startswith("misp-galaxy:"):
            unread[f"galaxy {tag.removeprefix('misp-galaxy:').partition('=')[0]}"] += 1


def _leave(event: dict[str, Any], unread: Counter[str]) -> None:
    """Counts what is not read of an event."""
    for kind in ("Note", "Opinion", "Relationship"):
        others = [item for item in held(event, kind) if kind != "Note" or not read_note(string(item, "note") or "")]
        unread.update({f"analyst {kind.lower()}": len(others)} if others else {})
    for kind, called in (("ShadowAttribute", "proposed attribute"), ("Sighting", "sighting")):
        unread.update(called for _ in held(event, kind))
    unread.update("deleted attribute" for one in _attributes(event, also_deleted=True) if _is_deleted(one))


def _told(event: dict[str, Any], page: Page) -> Iterator[Uttered]:
    """What notes of ours tell that came back with the event."""
    for key, note in notes_of(event):
        told = read_note(note)
        one = of_note(told, note, key, key.partition(":")[0], page) if told is not None else None
        if one is not None:
            yield one


def _tagged(event: dict[str, Any], page: Page) -> Iterator[Uttered]:
    """One claim for each actor that the event is tagged with, by whatever galaxies, of the organisation that made it."""
    tags, names = list(tags_of(event)), _names(event)
    levels = {match[1] for tag in tags if (match := _SURE.fullmatch(tag))}
    confidence = Confidence(levels.pop()) if len(levels) == 1 else None
    owner = event.get("Orgc")
    maker = string(owner, "name") if isinstance(owner, dict) else None
    info, date, id = string(event, "info"), string(event, "date"), string(event, "uuid") or ""
    seen = set[str]()
    for tag in tags:
        cluster = cluster_of(tag)
        galaxy = galaxy_of(cluster[0]) if cluster is not None else None
        name = _label(tag, cluster[1], names) if cluster is not None else ""
        if cluster is None or galaxy is None or galaxy[0] is not MentionKind.ACTOR or not name or name.lower() in seen:
            continue
        seen.add(name.lower())
        surely = f" ({confidence.value} confidence)" if confidence else ""
        lead = (maker or "", " tags the event “" if maker else "The event “", info or "", "” " if maker else "” is tagged ")
        places = page.row(*lead, "with the actor ", name, f"{surely}.", path=id)
        yield Uttered(
            key=f"{id} {tag}",
            quote=places[-1],
            source=Named(maker, places[0]) if maker else None,
            accused=Named(name, places[5]),
            deed=Deed(firmness=FIRMNESS_OF[confidence] if confidence else Firmness.NONE, confidence=confidence),
            about=info,
            date=date[:10] if date else None,
            cues=(f"misp:{cluster[0]}",),
        )


def _names(event: dict[str, Any]) -> dict[str, str]:
    """Tag -> the name of its cluster, as galaxies that come with the event have it: some tags hold a number in its place."""
    return {
        tag: value
        for holder in (event, *_attributes(event))
        for galaxy in dicts(holder.get("Galaxy"))
        for cluster in dicts(galaxy.get("GalaxyCluster"))
        if (tag := string(cluster, "tag_name")) and (value := string(cluster, "value"))
    }


def _label(tag: str, cluster: str, names: dict[str, str]) -> str:
    """A cluster's name; empty where there is only its number."""
    name = label_of(names.get(tag, cluster) if _UUID.fullmatch(cluster) else cluster)
    return "" if _UUID.fullmatch(name) else name


def held(event: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """Analyst data of the event and of what is in it."""
    for holder in (event, *dicts(event.get("Object")), *_attributes(event)):
        yield from dicts(holder.get(kind))


def told_in(report: str) -> list[str]:
    """The notes of ours that an event report is made of; none where it holds anything else."""
    parts = report.split(_RULE)
    return parts if all(map(read_note, parts)) else []


def notes_of(event: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Notes of ours with a key, each once, wherever they came back: in analyst data, reports or attributes of text."""
    seen: set[str] = set()
    held_in = [(string(note, "uuid"), content) for note in held(event, "Note") if (content := string(note, "note"))]
    held_in += [
        (string(one, "uuid"), content) for one in dicts(event.get("EventReport")) if (content := string(one, "content"))
    ]
    held_in += [(string(one, "uuid"), content) for one in _attributes(event) if (content := string(one, "value"))]
    for key, content in held_in:
        for number, part in enumerate(told_in(content)):
            if part not in seen:
                seen.add(part)
                yield f"{key or len(seen)}:{number}" if number else key or f"{len(seen)}", part


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


def _misp_attribute(attribute: dict[str, Any], page: Page) -> Iterator[Said]:
    type, value = string(attribute, "type"), string(attribute, "value")
    if type is None or value is None:
        return
    path = string(attribute, "uuid") or ""
    parts = value.split("|") if "|" in type else [value]
    ours = [misp_type(one, part) for one, part in zip(type.split("|"), parts, strict=False)]
    if type not in _STATING and not any(ours):
        return
    whole = page.row(f"{type}: ", value, _comment(attribute), path=path)[1]
    if type == "vulnerability" or type == "weakness":
        kind = MentionKind.VULNERABILITY if type == "vulnerability" else MentionKind.WEAKNESS
        yield Said(kind, type, value.upper(), *whole, target=value.upper(), method="misp")
        return
    if type in {"yara", "sigma"}:
        yield Said(MentionKind.RULE, type, string(attribute, "comment") or type, *whole, method="misp")
        return
    link = type == "link" or (type == "url" and attribute.get("category") == "External analysis")
    at = whole[0]
    for known, part in zip(ours, parts, strict=False):
        start, at = at, at + len(part) + 1
        if known is None:
            continue
        yield Said(
            MentionKind.INDICATOR,
            known,
            canonical(known, part),
            start,
            start + len(part),
            method="misp",
            context=Context.REFERENCE if link else Context.STATED,
            reason="a link of the event" if link else "",
            score=1.0 if attribute.get("to_ids") is not False else 0.6,
        )


_STATING = frozenset({"vulnerability", "weakness", "yara", "sigma"})


def _comment(attribute: dict[str, Any]) -> str:
    """What its maker says beside an attribute, in one line."""
    words = " ".join((string(attribute, "comment") or "").split())
    return f" ({words})" if words else ""


def _misp_tag(tag: str, page: Page, names: dict[str, str]) -> Iterator[Said]:
    """`misp-galaxy:mitre-attack-pattern="Web Shell - T1505.003"` and the galaxies of actors and software."""
    cluster = cluster_of(tag)
    if cluster is None:
        return
    galaxy, value = cluster
    technique = _TECHNIQUE.search(value)
    if "attack-pattern" in galaxy and technique is not None:
        before, after = value[: technique.start()], value[technique.end() :]
        place = page.row(f"Technique: {before}", technique[0], after, path=tag)[1]
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", technique[0], *place, target=technique[0], method="misp")
    elif (known := galaxy_of(galaxy)) is not None and (label := _label(tag, value, names)):
        kind, type = known
        place = page.row(f"{type.replace('-', ' ').capitalize()}: ", label, path=tag)[1]
        yield Said(kind, type, label, *place, method="misp")


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
