"""Machine-readable reports: STIX 2.x bundles, MISP events, ATT&CK Navigator layers. What they say outright becomes mentions.

The text of such a document is its own JSON, so that every mention leads to the characters that state it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from indicia.errors import FormatError
from indicia.read.fronts.dates import date_of
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.values import Said, canonical, misp_type, stix_type
from indicia.read.text.mentioning import mention
from indicia.records import STIX_MARKINGS, Context, Document, Mention, MentionKind, Tlp

__all__ = ["finder", "read_json"]

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_COMPARISON = re.compile(r"\[?\s*([a-z0-9-]+):([A-Za-z0-9_.'\[\]-]+)\s*(?:=|MATCHES|LIKE)\s*'((?:[^'\\]|\\.)*)'")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*+:)?', re.DOTALL)  # group 2: it is a key
_NAMED = {
    "intrusion-set": MentionKind.ACTOR,
    "threat-actor": MentionKind.ACTOR,
    "malware": MentionKind.SOFTWARE,
    "tool": MentionKind.SOFTWARE,
    "campaign": MentionKind.CAMPAIGN,
    "incident": MentionKind.INCIDENT,
}
_MISP_GALAXIES = {
    "threat-actor": (MentionKind.ACTOR, "intrusion-set"),
    "mitre-intrusion-set": (MentionKind.ACTOR, "intrusion-set"),
    "microsoft-activity-group": (MentionKind.ACTOR, "intrusion-set"),
    "mitre-malware": (MentionKind.SOFTWARE, "malware"),
    "malpedia": (MentionKind.SOFTWARE, "malware"),
    "ransomware": (MentionKind.SOFTWARE, "malware"),
    "mitre-tool": (MentionKind.SOFTWARE, "tool"),
    "mitre-campaign": (MentionKind.CAMPAIGN, "campaign"),
}


class _Places:
    """Where the strings of a JSON text stand, whatever way they are escaped. The same string is found once for each time it
    is asked for, then at its last place again. One pass over the text, so that no file makes it search again and again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, list[tuple[int, int]]] | None = None
        self._next: dict[str, int] = {}

    def string(self, value: str) -> tuple[int, int]:
        """The characters between the quotes of the next string with this value; the start of the text if there is none."""
        if self._places is None:
            self._places = _strings(self.text)
        places = self._places.get(value)
        if places is None:
            return 0, 0
        index = self._next.get(value, 0)
        self._next[value] = min(index + 1, len(places) - 1)
        return places[index]

    def inside(self, outer: tuple[int, int], value: str) -> tuple[int, int]:
        """Where `value` stands within a range, or the range."""
        written = msgspec.json.encode(value).decode()[1:-1]
        for way in (written, written.replace("/", "\\/")):
            at = self.text.find(way, *outer)
            if at >= 0:
                return at, at + len(way)
        return outer


def _strings(text: str) -> dict[str, list[tuple[int, int]]]:
    """All strings of a JSON text that are values, with the places of their characters."""
    places: dict[str, list[tuple[int, int]]] = {}
    for match in _STRING.finditer(text):
        written = match[1]
        if match[2] is not None:
            continue
        if "\\" in written:
            try:
                written = msgspec.json.decode(f'"{written}"')
            except msgspec.DecodeError:  # a lone surrogate
                continue
        places.setdefault(written, []).append(match.span(1))
    return places


def read_json(text: str, name: str, limits: Limits) -> Parsed:
    """Any JSON; what is no bundle, event or layer is taken as text. Raises: FormatError (broken JSON that calls itself one)."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        if re.search(r'"type"\s*:\s*"bundle"|"techniqueID"|"Attribute"\s*:', text[:100_000]):
            raise FormatError(f"is broken JSON: {error}", where=name, hint="export it again") from error
        return Parsed(text=text)
    if isinstance(data, dict) and data.get("type") == "bundle" and isinstance(data.get("objects"), list):
        return _stix(text, [item for item in data["objects"] if isinstance(item, dict)])
    layers = [item for item in (data if isinstance(data, list) else [data]) if _is_layer(item)]
    if layers:
        return _layers(text, layers)
    events = list(_events(data))
    if events:
        return _misp(text, events)
    return Parsed(text=text, media_type="application/json")


def finder(said: list[Said]) -> Callable[[Document], tuple[Mention, ...]]:
    """What makes the mentions once the document is there; the same thing said twice at one place is one mention."""

    def find(document: Document) -> tuple[Mention, ...]:
        found = [
            mention(
                document,
                item.kind,
                item.start,
                item.end,
                item.value,
                type=item.type,
                target=item.target,
                context=item.context,
                method=item.method,
                reason=item.reason,
                score=item.score,
            )
            for item in said
        ]
        return tuple({found_one.id: found_one for found_one in found}.values())

    return find


# STIX


def _stix(text: str, objects: list[dict[str, Any]]) -> Parsed:
    places = _Places(text)
    said: list[Said] = []
    parsed = Parsed(text=text, media_type="application/stix+json")
    parsed.marking = _stix_marking(objects)
    identities = {item.get("id"): item.get("name") for item in objects if item.get("type") == "identity"}
    for item in objects:
        kind = str(item.get("type", ""))
        if kind in {"report", "grouping"}:
            parsed.title = parsed.title or _string(item, "name")
            parsed.published = parsed.published or date_of(_string(item, "published") or _string(item, "created"))
            parsed.publisher = parsed.publisher or identities.get(item.get("created_by_ref"))
        elif kind == "attack-pattern":
            said += _stix_technique(item, places)
        elif kind == "vulnerability":
            said += _stix_vulnerability(item, places)
        elif kind == "indicator":
            said += _stix_indicator(item, places)
        elif kind in _NAMED and (label := _string(item, "name")):
            start, end = places.string(label)
            said.append(Said(_NAMED[kind], kind, label, start, end, method="stix"))
        elif kind == "observed-data" and isinstance(item.get("objects"), dict):  # STIX 2.0 keeps them within
            for inner in _dicts(list(item["objects"].values())):
                said += _stix_observable(str(inner.get("type", "")), inner, places)
        else:
            said += _stix_observable(kind, item, places)
    parsed.find = finder(said)
    return parsed


def _stix_marking(objects: list[dict[str, Any]]) -> Tlp:
    """The strictest TLP marking in the bundle: what it marks its report with, or any object of it."""
    own = {str(item.get("id")): tlp for item in objects if (tlp := _tlp_of(item)) is not None}
    refs = [ref for item in objects for ref in _list(item.get("object_marking_refs"))]
    refs += [mark.get("marking_ref") for item in objects for mark in _dicts(item.get("granular_markings"))]
    known = {ref: STIX_MARKINGS.get(ref, own.get(ref)) for ref in refs if isinstance(ref, str)}
    return Tlp.strictest(tlp for tlp in known.values() if tlp is not None)


def _tlp_of(item: dict[str, Any]) -> Tlp | None:
    """The label of a marking definition under an id of its own, as some tools write them."""
    if item.get("type") != "marking-definition":
        return None
    definition = item.get("definition")
    label = definition.get("tlp") if isinstance(definition, dict) else item.get("name")
    try:
        return Tlp.read(label) if isinstance(label, str) else None
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value if isinstance(value, str) and value else None


def _external(item: dict[str, Any]) -> Iterator[str]:
    references = item.get("external_references")
    for reference in references if isinstance(references, list) else []:
        if isinstance(reference, dict) and (id := _string(reference, "external_id")):
            yield id


def _stix_technique(item: dict[str, Any], places: _Places) -> Iterator[Said]:
    for id in _external(item):
        if _TECHNIQUE.fullmatch(id):
            start, end = places.string(id)
            yield Said(MentionKind.TECHNIQUE, "attack-pattern", id, start, end, target=id, method="stix")
            return
    if label := _string(item, "name"):  # no reference to ATT&CK: the name says it, by an id or as ATT&CK has it
        whole = places.string(label)
        id = found[0] if (found := _TECHNIQUE.search(label)) is not None else label
        start, end = places.inside(whole, id)
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", id, start, end, target=id if found else None, method="stix")


def _stix_vulnerability(item: dict[str, Any], places: _Places) -> Iterator[Said]:
    for id in (*_external(item), _string(item, "name") or ""):
        if re.fullmatch(r"CVE-\d{4}-\d{4,7}", id):
            start, end = places.string(id)
            yield Said(MentionKind.VULNERABILITY, "vulnerability", id, start, end, target=id, method="stix")
            return


def _stix_indicator(item: dict[str, Any], places: _Places) -> Iterator[Said]:
    pattern = _string(item, "pattern")
    if pattern is None:
        return
    whole = places.string(pattern)
    language = _string(item, "pattern_type") or "stix"
    if language in {"yara", "sigma"}:
        yield Said(MentionKind.RULE, language, _string(item, "name") or language, *whole, method="stix")
        return
    benign = "benign" in [*_list(item.get("indicator_types")), *_list(item.get("labels"))]  # STIX 2.1, STIX 2.0
    for match in _COMPARISON.finditer(pattern):
        value = match[3].replace("\\'", "'").replace("\\\\", "\\")
        type = stix_type(match[1], match[2])
        if type is None:
            continue
        start, end = places.inside(whole, match[3])
        yield Said(
            MentionKind.INDICATOR,
            type,
            canonical(type, value),
            start,
            end,
            method="stix",
            context=Context.BENIGN if benign else Context.STATED,
            reason="the bundle calls it benign" if benign else "",
        )


def _stix_observable(kind: str, item: dict[str, Any], places: _Places) -> Iterator[Said]:
    """A cyber observable that stands by itself in the bundle."""
    pairs: list[tuple[str, str]] = []
    if kind in {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"} and (value := _string(item, "value")):
        pairs.append((kind, value))
    elif kind == "file":
        hashes = item.get("hashes")
        for algorithm, value in hashes.items() if isinstance(hashes, dict) else ():
            type = stix_type("file", f"hashes.{algorithm}")
            if type and isinstance(value, str):
                pairs.append((type, value))
        if value := _string(item, "name"):
            pairs.append(("file-name", value))
    elif (
        kind == "windows-registry-key"
        and (value := _string(item, "key"))
        or kind == "mutex"
        and (value := _string(item, "name"))
    ):
        pairs.append((kind, value))
    elif kind == "autonomous-system" and isinstance(item.get("number"), int):
        at = re.search(rf'"number"\s*:\s*({item["number"]})\b', places.text)
        if at:
            yield Said(MentionKind.INDICATOR, kind, f"AS{item['number']}", at.start(1), at.end(1), method="stix")
    for type, value in pairs:
        start, end = places.string(value)
        yield Said(MentionKind.INDICATOR, type, canonical(type, value), start, end, method="stix")


# ATT&CK Navigator


def _is_layer(data: Any) -> bool:
    return (isinstance(data, dict) and isinstance(data.get("techniques"), list)) and (
        any(isinstance(item, dict) and "techniqueID" in item for item in data["techniques"][:50])
        or "versions" in data
        or "domain" in data
    )


def _layers(text: str, layers: list[dict[str, Any]]) -> Parsed:
    """Techniques that one layer or several mark."""
    places = _Places(text)
    seen: dict[str, Said] = {}
    for data in layers:
        for said in _layer(data, places):
            seen.setdefault(said.value, said)
    parsed = Parsed(text=text, media_type="application/json", title=_string(layers[0], "name"))
    parsed.find = finder(list(seen.values()))
    return parsed


def _layer(data: dict[str, Any], places: _Places) -> Iterator[Said]:
    """Entries that only open a parent in the matrix, disabled ones, and those with a score of 0 among others say nothing."""
    entries = [
        item for item in data["techniques"] if isinstance(item, dict) and _TECHNIQUE.fullmatch(str(item.get("techniqueID", "")))
    ]
    enabled = [item for item in entries if item.get("enabled") is not False]
    scored = any(item.get("score") for item in enabled)
    marked = [item for item in enabled if _is_marked(item) and not (scored and item.get("score") == 0)]
    wanted = {id(item) for item in marked or enabled}
    for item in entries:
        technique = str(item["techniqueID"])
        start, end = places.string(technique)  # in the file's order, also for those that do not count
        if id(item) in wanted:
            yield Said(MentionKind.TECHNIQUE, "attack-pattern", technique, start, end, target=technique, method="navigator")


def _is_marked(item: dict[str, Any]) -> bool:
    return any(item.get(key) not in (None, "", []) for key in ("score", "color", "comment", "links", "metadata"))


# MISP


def _events(data: Any) -> Iterator[dict[str, Any]]:
    """MISP events in a file: one, or a list or response of several."""
    for item in data if isinstance(data, list) else [data]:
        if not isinstance(item, dict):
            continue
        if isinstance(item.get("response"), list):
            yield from _events(item["response"])
        elif isinstance(item.get("Event"), dict):
            yield item["Event"]
        elif isinstance(item.get("Attribute"), list) and "info" in item:
            yield item


def _misp(text: str, events: list[dict[str, Any]]) -> Parsed:
    places = _Places(text)
    said: list[Said] = []
    parsed = Parsed(text=text, media_type="application/json")
    for event in events:
        parsed.title = parsed.title or _string(event, "info")
        parsed.published = parsed.published or date_of(_string(event, "date"))
        owner = event.get("Orgc")
        parsed.publisher = parsed.publisher or (_string(owner, "name") if isinstance(owner, dict) else None)
        for attribute in _attributes(event):
            said += _misp_attribute(attribute, places)
        for tag in _tags(event):
            said += _misp_tag(tag, places)
            with contextlib.suppress(ValueError):
                parsed.marking = Tlp.strictest([parsed.marking, Tlp.read(tag) if tag.lower().startswith("tlp:") else Tlp.CLEAR])
    parsed.find = finder(said)
    return parsed


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    yield from (item for item in (value if isinstance(value, list) else []) if isinstance(item, dict))


def _attributes(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _dicts(event.get("Attribute"))
    for item in _dicts(event.get("Object")):
        yield from _dicts(item.get("Attribute"))


def _tags(event: dict[str, Any]) -> Iterator[str]:
    """Tag names of the event and its attributes, and of the clusters of their galaxies, each once."""
    seen: dict[str, None] = {}
    for holder in (event, *_attributes(event)):
        for tag in _dicts(holder.get("Tag")):
            if name := _string(tag, "name"):
                seen[name] = None
        for galaxy in _dicts(holder.get("Galaxy")):
            for cluster in _dicts(galaxy.get("GalaxyCluster")):
                if name := _string(cluster, "tag_name"):
                    seen[name] = None
    yield from seen


def _misp_attribute(attribute: dict[str, Any], places: _Places) -> Iterator[Said]:
    type, value = _string(attribute, "type"), _string(attribute, "value")
    if type is None or value is None:
        return
    whole = places.string(value)
    if type == "vulnerability" or type == "weakness":
        kind = MentionKind.VULNERABILITY if type == "vulnerability" else MentionKind.WEAKNESS
        yield Said(kind, type, value.upper(), *whole, target=value.upper(), method="misp")
        return
    if type in {"yara", "sigma"}:
        yield Said(MentionKind.RULE, type, _string(attribute, "comment") or type, *whole, method="misp")
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


def _misp_tag(tag: str, places: _Places) -> Iterator[Said]:
    """`misp-galaxy:mitre-attack-pattern="Web Shell - T1505.003"` and the galaxies of actors and software."""
    match = re.fullmatch(r'misp-galaxy:([a-z0-9-]+)="(.+)"', tag)
    if match is None:
        return
    whole = places.string(tag)
    technique = _TECHNIQUE.search(match[2])
    if "attack-pattern" in match[1] and technique is not None:
        start, end = places.inside(whole, technique[0])
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", technique[0], start, end, target=technique[0], method="misp")
    elif match[1] in _MISP_GALAXIES:
        kind, type = _MISP_GALAXIES[match[1]]
        label = re.sub(r" - [GSC]\d{4}$", "", match[2])
        start, end = places.inside(whole, label)
        yield Said(kind, type, label, start, end, method="misp")
