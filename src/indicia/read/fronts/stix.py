"""STIX 2.0 and 2.1 bundles, whoever wrote them: what they state outright as mentions and claims, their descriptions as prose.

A relationship is a claim of who made it where it says that something is the work of somebody (`attributed-to`) or comes from a
place (`originates-from`), with the confidence that it states and no more. Who is named without more is a group: that an actor
acts for a state is another statement.

References: STIX Version 2.1, sections 4.2 (campaign), 4.8 (intrusion set), 4.17 (threat actor) and appendix A (confidence).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from indicia.read.fronts.dates import date_of
from indicia.read.fronts.opened import Parsed
from indicia.read.fronts.page import Page
from indicia.read.fronts.places import dicts, dropped, finder, listed, string
from indicia.read.fronts.uttered import FIRMNESS_OF, Named, Uttered, claimed, of_note
from indicia.read.fronts.values import Said, canonical, stix_type
from indicia.read.text import banners
from indicia.read.text.told import read_note
from indicia.records import (
    CASE_EXTENSION,
    STIX_MARKINGS,
    AccusedType,
    BlockKind,
    Confidence,
    Context,
    Deed,
    Firmness,
    Level,
    MentionKind,
    SourceType,
    Tie,
    TieKind,
    Tlp,
)

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}")
_COMPARISON = re.compile(r"(?<![a-z0-9-])([a-z0-9-]++):([A-Za-z0-9_.'\[\]-]++)\s*+(?:=|MATCHES|LIKE)\s*+'((?:[^'\\]|\\.)*+)'")
_UNDERSTOOD = frozenset({"identity", "location", "marking-definition", "extension-definition"})  # said of others, not alone
_NAMED = {
    "intrusion-set": MentionKind.ACTOR,
    "threat-actor": MentionKind.ACTOR,
    "malware": MentionKind.SOFTWARE,
    "tool": MentionKind.SOFTWARE,
    "campaign": MentionKind.CAMPAIGN,
    "incident": MentionKind.INCIDENT,
}
# Whose words are prose, and in which field. What ATT&CK says of its objects is known, and no report.
_PROSE = {
    "report": "description", "grouping": "description", "campaign": "description", "incident": "description",
    "intrusion-set": "description", "threat-actor": "description", "note": "content", "opinion": "explanation",
    "attack-flow": "description", "attack-action": "description",
}  # fmt: skip
_ATTACK = re.compile("mitre", re.IGNORECASE)
_BY = {"windows-registry-key": "key", "mutex": "name"}  # observables by the field that tells them
_ACCUSED = {
    "intrusion-set": (AccusedType.GROUP, Level.GROUP),
    "threat-actor": (AccusedType.GROUP, Level.GROUP),
    "identity": (AccusedType.UNKNOWN, Level.OPERATOR),
    "location": (AccusedType.STATE, Level.PLACE),
}
_TO = {"attributed-to": {"intrusion-set", "threat-actor", "identity"}, "originates-from": {"location"}}
_SAYS = {"attributed-to": " is attributed to ", "originates-from": " is said to come from "}
_REPORTS = frozenset({"report", "grouping", "attack-flow"})
_INCIDENTS = frozenset({"campaign", "incident"})
_CONFIDENCE = {Confidence.LOW: "low", Confidence.MODERATE: "moderate", Confidence.HIGH: "high"}


def read_stix(text: str, objects: list[dict[str, Any]], name: str) -> Parsed:
    """The bundle as a page. One of ours stays as it is: it holds a whole case, which is read back elsewhere."""
    parsed = Parsed(text=text, media_type="application/stix+json", bannered="")  # its objects say how they are marked
    parsed.marking = _marking(objects)
    parsed.beside += sorted({("", label) for item in objects for label in listed(item.get("labels")) if isinstance(label, str)})
    objects = [{**item, "type": str(item.get("type", ""))} for item in objects]
    objects = sorted(objects, key=lambda item: (item["type"] not in _REPORTS, str(item.get("id"))))
    identities = {str(item.get("id")): item.get("name") for item in objects if item["type"] == "identity"}
    for item in objects:
        if item["type"] in _REPORTS:
            parsed.title = parsed.title or string(item, "name")
            parsed.published = parsed.published or date_of(string(item, "published") or string(item, "created"))
            parsed.publisher = parsed.publisher or string({"name": identities.get(str(item.get("created_by_ref")))}, "name")
            parsed.beside += [("", string(item, name) or "") for name in ("name", "description")]
    if CASE_EXTENSION in text:
        return parsed
    page, unread, said = Page(), Counter[str](), list[Said]()
    uttered = _claims(objects, page)
    for item in objects:
        found = list(_stated(item, page))
        said += found
        if not found and (kind := _unread(item)):
            unread[kind] += 1
    parsed.text, parsed.blocks = page.text, page.blocks
    parsed.find, parsed.claims = finder(said), claimed(uttered)
    parsed.problems += dropped(name, "objects of these kinds", unread)
    return parsed


def _unread(item: Mapping[str, Any]) -> str:
    """What to call an object that nothing was taken from; empty where it is understood."""
    kind = str(item.get("type", ""))
    if kind == "relationship":
        relation = string(dict(item), "relationship_type") or ""
        return "" if relation in _TO else f"relationship {relation}".strip()
    read = kind in _UNDERSTOOD or (kind in _PROSE and isinstance(item.get(_PROSE[kind]), str)) or kind in _REPORTS
    return "" if read else kind or "no type"


# Claims


def _claims(objects: list[dict[str, Any]], page: Page) -> list[Uttered]:
    """The prose of the bundle, the notes of ours that came back, then what relationships attribute, in the order of their ids.
    Revoked ones say nothing."""
    by_id = {item["id"]: item for item in objects if isinstance(item.get("id"), str)}
    living = [item for item in by_id.values() if item.get("revoked") is not True and item.get("x_mitre_deprecated") is not True]
    told = {
        item["id"]: note for item in living if item.get("type") == "note" and (note := read_note(string(item, "content") or ""))
    }
    quotes = {note.quote for note in told.values()}
    for item in living:
        if item["id"] not in told:
            _prose(item, page, quotes)
    made = (of_note(note, str(by_id[id]["content"]), id, f"{id}/content", page) for id, note in told.items())
    found = [one for one in made if one is not None]
    for item in living:
        # What a note of ours tells whole is not told again.
        if item.get("type") == "relationship" and _quoted(item) not in quotes and (one := _attribution(item, by_id, page)):
            found.append(one)
    return found


def _prose(item: Mapping[str, Any], page: Page, told: set[str]) -> None:
    kind = str(item.get("type"))
    field = _PROSE.get(kind)
    words = item.get(field) if field else None
    heading = item.get("name") or item.get("abstract")
    if field is None or any(_ATTACK.match(one) for one in _sources(item)) or _quoted(item) in told:
        return
    if isinstance(heading, str) and (words or kind in _REPORTS) and not (told and kind in _REPORTS):
        # The name of a report with notes of ours is the heading of a text that they tell already.
        page.prose(heading, f"{item['id']}/name", BlockKind.HEADING)
    if isinstance(words, str):
        page.prose(words, f"{item['id']}/{field}")


def _sources(item: Mapping[str, Any]) -> Iterator[str]:
    for reference in dicts(item.get("external_references")):
        if name := string(reference, "source_name"):
            yield name


def _quoted(item: Mapping[str, Any]) -> str | None:
    """The quote at the end of a relationship or an opinion of ours."""
    words = item.get("description") or item.get("explanation")
    return words.partition(": “")[2].removesuffix("”") or None if isinstance(words, str) else None


def _attribution(item: dict[str, Any], by_id: Mapping[str, dict[str, Any]], page: Page) -> Uttered | None:
    """The claim of a relationship, with a sentence that says it: its own description where it has one."""
    kind, id = string(item, "relationship_type"), string(item, "id")
    what, whom = by_id.get(str(item.get("source_ref"))), by_id.get(str(item.get("target_ref")))
    if kind not in _TO or id is None or what is None or whom is None or string(whom, "type") not in _TO[kind]:
        return None
    accused = string(whom, "name") or string(whom, "country")
    if accused is None:
        return None
    author = by_id.get(str(item.get("created_by_ref")))
    maker = string(author, "name") if author is not None and author.get("type") == "identity" else None
    name, confidence = string(what, "name") or "", _confidence(item.get("confidence"))
    called = string(what, "type") or ""
    surely = f" ({_CONFIDENCE[confidence]} confidence)" if confidence else ""
    lead = (maker or "", ": the " if maker else "The ", f"{called.replace('-', ' ')} “", name, "”")
    if called == "report":
        lead = (maker or "", ": what the report “" if maker else "What the report “", "", name, "” tells of")
    places = page.row(*lead, _SAYS[kind], accused, f"{surely}.", path=id)
    described = string(item, "description")
    quote = page.row(described, path=f"{id}/description")[0] if described else places[-1]
    type, level, state = _whom(whom)
    said: dict[str, Any] = {"firmness": FIRMNESS_OF[confidence] if confidence else Firmness.NONE, "confidence": confidence}
    place = level is Level.PLACE
    return Uttered(
        key=id,
        quote=quote,
        source=Named(maker, places[0]) if maker else None,
        source_type=_source_type(author) if author and maker else SourceType.COMPANY,
        accused=Named(accused, places[6]),
        accused_type=type,
        level=level,
        state_said=state,
        deed=None if place else Deed(**said),
        tie=Tie(kind=TieKind.LOCATED, to=accused, state=state, **said) if place else None,
        act=places[3] if name else None,
        about=name if called in _INCIDENTS else None,
        date=(string(item, "created") or "")[:10] or None,
        cues=(f"stix:{kind}",),
    )


def _whom(item: Mapping[str, Any]) -> tuple[AccusedType, Level, str | None]:
    type, level = _ACCUSED[item["type"]]
    country = item.get("country")
    state = country.upper() if level is Level.PLACE and isinstance(country, str) and len(country) == 2 else None
    if item["type"] == "identity":
        type = {"individual": AccusedType.PERSON, "group": AccusedType.GROUP}.get(str(item.get("identity_class")), type)
    return type, level, state


def _confidence(value: object) -> Confidence | None:
    """Appendix A, none-low-medium-high: 1 to 29, 30 to 69, 70 to 100; 0 is "none"."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
        return None
    return Confidence.LOW if value < 30 else Confidence.MODERATE if value < 70 else Confidence.HIGH


def _source_type(identity: Mapping[str, Any]) -> SourceType:
    if any(str(sector).startswith("government") for sector in listed(identity.get("sectors"))):
        return SourceType.GOVERNMENT
    classes = {"individual": SourceType.PERSON, "group": SourceType.GROUP}
    return classes.get(str(identity.get("identity_class")), SourceType.COMPANY)


# Mentions


def _stated(item: dict[str, Any], page: Page) -> Iterator[Said]:
    kind = str(item.get("type", ""))
    path = str(item.get("id") or "")
    if kind == "attack-pattern":
        yield from _technique(item, page, path)
    elif kind == "attack-action":  # of an Attack Flow
        number = {"external_references": [{"external_id": string(item, "technique_id") or ""}]}
        yield from _technique({"name": string(item, "name"), **number}, page, path)
    elif kind == "vulnerability":
        names = (*_external(item), string(item, "name") or "")
        if id := next((id for id in names if _CVE.fullmatch(id)), None):
            place = page.row("Vulnerability: ", id, path=path)[1]
            yield Said(MentionKind.VULNERABILITY, "vulnerability", id, *place, target=id, method="stix")
    elif kind == "indicator":
        yield from _indicator(item, page, path)
    elif kind in _NAMED and (label := string(item, "name")):
        place = page.row(f"{kind.replace('-', ' ').capitalize()}: ", label, path=path)[1]
        yield Said(_NAMED[kind], kind, label, *place, method="stix")
    elif kind == "observed-data" and isinstance(item.get("objects"), dict):  # STIX 2.0 keeps them within
        for inner in dicts(list(item["objects"].values())):
            yield from _observable(str(inner.get("type", "")), inner, page, path)
    else:
        yield from _observable(kind, item, page, path)


def _external(item: Mapping[str, Any]) -> Iterator[str]:
    for reference in dicts(item.get("external_references")):
        if id := string(reference, "external_id"):
            yield id


def _technique(item: dict[str, Any], page: Page, path: str) -> Iterator[Said]:
    label = string(item, "name") or ""
    id = next((id for id in _external(item) if _TECHNIQUE.fullmatch(id)), None)
    if id is None and (found := _TECHNIQUE.search(label)) is not None:
        id, label = found[0], label.replace(found[0], "").strip(" -:()[]")
    if id is not None:
        place = page.row("Technique: ", f"{label} (" if label else "", id, ")" if label else "", path=path)[2]
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", id, *place, target=id, method="stix")
    elif label:  # no reference to ATT&CK: the name says it, as ATT&CK has it
        place = page.row("Technique: ", label, path=path)[1]
        yield Said(MentionKind.TECHNIQUE, "attack-pattern", label, *place, method="stix")


def _indicator(item: dict[str, Any], page: Page, path: str) -> Iterator[Said]:
    pattern = string(item, "pattern")
    if pattern is None:
        return
    language = string(item, "pattern_type") or "stix"
    called = string(item, "name")
    if language in {"yara", "sigma"}:
        place = page.row(f"Rule ({language}): ", pattern, path=path)[1]
        yield Said(MentionKind.RULE, language, called or language, *place, method="stix")
        return
    benign = "benign" in [*listed(item.get("indicator_types")), *listed(item.get("labels"))]  # STIX 2.1, STIX 2.0
    start = page.row("Indicator: ", pattern, path=path)[1][0]
    for match in _COMPARISON.finditer(pattern):
        value = match[3].replace("\\'", "'").replace("\\\\", "\\")
        type = stix_type(match[1], match[2])
        if type is not None:
            yield Said(
                MentionKind.INDICATOR,
                type,
                canonical(type, value),
                start + match.start(3),
                start + match.end(3),
                method="stix",
                context=Context.BENIGN if benign else Context.STATED,
                reason="the bundle calls it benign" if benign else "",
            )


def _observable(kind: str, item: dict[str, Any], page: Page, path: str) -> Iterator[Said]:
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
        pairs.append((kind, f"AS{item['number']}"))
    for type, value in pairs:
        place = page.row(f"Observed {type}: ", value, path=path)[1]
        yield Said(MentionKind.INDICATOR, type, canonical(type, value), *place, method="stix")


# Markings


def _marking(objects: list[dict[str, Any]]) -> Tlp | None:
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
