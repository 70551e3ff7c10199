"""Machine-readable reports: STIX 2.x bundles, MISP events, ATT&CK Navigator layers. What they say outright becomes mentions.

The text of such a document is its own JSON, so that every mention leads to the characters that state it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from indicia.errors import FormatError
from indicia.read.fronts.dates import date_of
from indicia.read.fronts.misp import is_manifest, misp_events, read_misp
from indicia.read.fronts.opened import Limits, Parsed, noted
from indicia.read.fronts.places import Places, dicts, dropped, finder, listed, string
from indicia.read.fronts.values import Said, canonical, stix_type
from indicia.read.text import banners
from indicia.read.text.told import read_note
from indicia.records import STIX_MARKINGS, Context, MentionKind, Tlp

__all__ = ["ATTRIBUTING", "read_json", "too_much_json"]

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_COMPARISON = re.compile(r"(?<![a-z0-9-])([a-z0-9-]++):([A-Za-z0-9_.'\[\]-]++)\s*+(?:=|MATCHES|LIKE)\s*+'((?:[^'\\]|\\.)*+)'")
ATTRIBUTING = frozenset({"attributed-to", "originates-from"})  # relationships that are claims of their makers
_UNDERSTOOD = frozenset({"identity", "location", "marking-definition", "extension-definition"})  # said of others, not alone
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.")
# A name that is that of a marking, and its value: in words, as a record with a label (CSAF), or as a name beside its value.
_MARKING_NAME = re.compile("tlp|marking|classification|sensitivity|handling|dissemination", re.IGNORECASE)
_PAIR = re.compile(
    r'"([^"\\]{1,60})"\s{0,40}(?::\s{0,40}(?:\{\s{0,40}"(?:label|level|colou?r|value|name)"\s{0,40}:\s{0,40})?"([^"\\]{1,80})"'
    r'|,\s{0,40}"value"\s{0,40}:\s{0,40}"([^"\\]{1,80})")'
)
_MOST_MARKINGS = 1000
_NAMED = {
    "intrusion-set": MentionKind.ACTOR,
    "threat-actor": MentionKind.ACTOR,
    "malware": MentionKind.SOFTWARE,
    "tool": MentionKind.SOFTWARE,
    "campaign": MentionKind.CAMPAIGN,
    "incident": MentionKind.INCIDENT,
}


def too_much_json(data: bytes, limits: Limits) -> str:
    """Why a long text that looks like JSON is not taken apart as such; "" where it can be."""
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except RecursionError:
        return "is nested too deeply for JSON"
    except msgspec.DecodeError:
        return "is no JSON to its end"
    return f"holds more than {limits.values:,} values" if sum(map(data.count, b"[{,")) > limits.values else ""


def read_json(text: str, name: str, limits: Limits) -> Parsed:
    """Any JSON; what is no bundle, event or layer is taken as text. Raises: FormatError (broken JSON that calls itself one)."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        if re.search(r'"type"\s*:\s*"bundle"|"techniqueID"|"Attribute"\s*:', text[:100_000]):
            raise FormatError(f"is broken JSON: {error}", where=name, hint="export it again") from error
        return _with_markings(Parsed(text=text))
    if isinstance(data, dict) and data.get("type") == "bundle" and isinstance(data.get("objects"), list):
        return _stix(text, list(dicts(data["objects"])), name)
    layers = [item for item in (data if isinstance(data, list) else [data]) if _is_layer(item)]
    if layers:
        return _with_markings(_layers(text, layers))
    events = list(misp_events(data))
    if events:
        return _with_markings(read_misp(text, events, name))
    if is_manifest(data):
        return Parsed(problems=[noted(name, "is the index of a MISP feed; its events are read from their own files")])
    parsed = _with_markings(Parsed(text=text, media_type="application/json"))
    if isinstance(data, dict) and any(one.get("marking", "") is None for one in dicts(data.get("documents"))):
        # A case of ours says as what its unmarked texts count.
        parsed.beside.append(("marking", str(data.get("unmarked") or "")))
    return parsed


def _with_markings(parsed: Parsed) -> Parsed:
    """With the markings that the JSON gives by name, and banners looked for in each of its strings as in a line."""
    parsed.bannered = _ESCAPED.sub(_unescaped, parsed.text.replace('"', "\n"))
    found: set[tuple[str, str]] = set()
    for hint in _MARKING_NAME.finditer(parsed.text):
        start = parsed.text.rfind('"', max(0, hint.start() - 40), hint.start())
        if start >= 0 and (pair := _PAIR.match(parsed.text, start)):
            found.add((pair[1], pair[2] or pair[3]))
    parsed.beside += sorted(found)[:_MOST_MARKINGS]
    return parsed


def _unescaped(match: re.Match[str]) -> str:
    """The characters that JSON writes otherwise; a line break for any other escape."""
    try:
        return str(msgspec.json.decode(f'"{match[0]}"')) if match[0].startswith("\\u") else "\n"
    except msgspec.DecodeError:  # a lone surrogate
        return "\n"


# STIX


def _stix(text: str, objects: list[dict[str, Any]], name: str) -> Parsed:
    places = Places(text)
    said: list[Said] = []
    parsed = Parsed(text=text, media_type="application/stix+json")
    parsed.marking = _stix_marking(objects)
    unread: Counter[str] = Counter()
    parsed.bannered = ""  # its objects say how they are marked: definitions that mark nothing are no banners
    parsed.beside += sorted({("", label) for item in objects for label in listed(item.get("labels")) if isinstance(label, str)})
    identities = {item.get("id"): item.get("name") for item in objects if item.get("type") == "identity"}
    for item in objects:
        kind = str(item.get("type", ""))
        if kind in {"report", "grouping"}:
            parsed.title = parsed.title or string(item, "name")
            parsed.published = parsed.published or date_of(string(item, "published") or string(item, "created"))
            parsed.publisher = parsed.publisher or identities.get(item.get("created_by_ref"))
            parsed.beside += [("", string(item, name) or "") for name in ("name", "description")]
        elif kind == "attack-pattern":
            said += _stix_technique(item, places)
        elif kind == "vulnerability":
            said += _stix_vulnerability(item, places)
        elif kind == "indicator":
            said += _stix_indicator(item, places)
        elif kind in _NAMED and (label := string(item, "name")):
            start, end = places.string(label)
            said.append(Said(_NAMED[kind], kind, label, start, end, method="stix"))
        elif kind == "observed-data" and isinstance(item.get("objects"), dict):  # STIX 2.0 keeps them within
            for inner in dicts(list(item["objects"].values())):
                said += _stix_observable(str(inner.get("type", "")), inner, places)
        elif kind == "relationship":
            if (relation := string(item, "relationship_type") or "") not in ATTRIBUTING:
                unread[f"relationship {relation}".strip()] += 1
        elif found := list(_stix_observable(kind, item, places)):
            said += found
        elif kind not in _UNDERSTOOD and not (kind == "note" and read_note(string(item, "content") or "")):
            unread[kind or "no type"] += 1
    parsed.find = finder(said)
    parsed.problems += dropped(name, "objects of these kinds", unread)
    return parsed


def _stix_marking(objects: list[dict[str, Any]]) -> Tlp | None:
    """The strictest TLP marking in the bundle: what it marks its report with, or any object of it."""
    own = {str(item.get("id")): tlp for item in objects if (tlp := _tlp_of(item)) is not None}
    refs = [ref for item in objects for ref in listed(item.get("object_marking_refs"))]
    refs += [mark.get("marking_ref") for item in objects for mark in dicts(item.get("granular_markings"))]
    known = {ref: STIX_MARKINGS.get(ref, own.get(ref)) for ref in refs if isinstance(ref, str)}
    return Tlp.joined(known.values())


def _tlp_of(item: dict[str, Any]) -> Tlp | None:
    """The label of a marking definition under an id of its own, as some tools write them."""
    if item.get("type") != "marking-definition":
        return None
    definition = item.get("definition")
    said = definition if isinstance(definition, dict) else {}
    labels = (said.get("tlp"), item.get("name"), item.get("x_opencti_definition"), said.get("statement"))
    return Tlp.joined(banners.field("tlp", label) for label in labels if isinstance(label, str))


def _external(item: dict[str, Any]) -> Iterator[str]:
    references = item.get("external_references")
    for reference in references if isinstance(references, list) else []:
        if isinstance(reference, dict) and (id := string(reference, "external_id")):
            yield id


def _stix_technique(item: dict[str, Any], places: Places) -> Iterator[Said]:
    for id in _external(item):
        if _TECHNIQUE.fullmatch(id):
            start, end = places.string(id)
            yield Said(MentionKind.TECHNIQUE, "attack-pattern", id, start, end, target=id, method="stix")
            return
    if label := string(item, "name"):  # no reference to ATT&CK: the name says it, by an id or as ATT&CK has it
        whole = places.string(label)
        id = found[0] if (found := _TECHNIQUE.search(label)) is not None else label
        start, end = places.inside(whole, id)
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", id, start, end, target=id if found else None, method="stix")


def _stix_vulnerability(item: dict[str, Any], places: Places) -> Iterator[Said]:
    for id in (*_external(item), string(item, "name") or ""):
        if re.fullmatch(r"CVE-\d{4}-\d{4,7}", id):
            start, end = places.string(id)
            yield Said(MentionKind.VULNERABILITY, "vulnerability", id, start, end, target=id, method="stix")
            return


def _stix_indicator(item: dict[str, Any], places: Places) -> Iterator[Said]:
    pattern = string(item, "pattern")
    if pattern is None:
        return
    whole = places.string(pattern)
    language = string(item, "pattern_type") or "stix"
    if language in {"yara", "sigma"}:
        yield Said(MentionKind.RULE, language, string(item, "name") or language, *whole, method="stix")
        return
    benign = "benign" in [*listed(item.get("indicator_types")), *listed(item.get("labels"))]  # STIX 2.1, STIX 2.0
    end = 0
    for match in _COMPARISON.finditer(pattern):
        value = match[3].replace("\\'", "'").replace("\\\\", "\\")
        type = stix_type(match[1], match[2])
        if type is None:
            continue
        start, end = places.inside(whole, match[3], end)  # they stand in this order, so no pattern is searched again and again
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


def _stix_observable(kind: str, item: dict[str, Any], places: Places) -> Iterator[Said]:
    """A cyber observable that stands by itself in the bundle."""
    pairs: list[tuple[str, str]] = []
    if kind in {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"} and (value := string(item, "value")):
        pairs.append((kind, value))
    elif kind == "file":
        hashes = item.get("hashes")
        for algorithm, value in hashes.items() if isinstance(hashes, dict) else ():
            type = stix_type("file", f"hashes.{algorithm}")
            if type and isinstance(value, str):
                pairs.append((type, value))
        if value := string(item, "name"):
            pairs.append(("file-name", value))
    elif (
        kind == "windows-registry-key" and (value := string(item, "key")) or kind == "mutex" and (value := string(item, "name"))
    ):
        pairs.append((kind, value))
    elif kind == "autonomous-system" and isinstance(item.get("number"), int):
        at = places.number("number", item["number"])
        if at:
            yield Said(MentionKind.INDICATOR, kind, f"AS{item['number']}", *at, method="stix")
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
    places = Places(text)
    seen: dict[str, Said] = {}
    for data in layers:
        for said in _layer(data, places):
            seen.setdefault(said.value, said)
    parsed = Parsed(text=text, media_type="application/json", title=string(layers[0], "name"))
    parsed.find = finder(list(seen.values()))
    return parsed


def _layer(data: dict[str, Any], places: Places) -> Iterator[Said]:
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
