"""JSON: STIX bundles, MISP events and ATT&CK Navigator layers by their own fronts, and any other as a page of its strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from indicia.errors import FormatError
from indicia.read.fronts.misp import is_manifest, misp_events, read_misp
from indicia.read.fronts.opened import Limits, Parsed, noted
from indicia.read.fronts.page import Page
from indicia.read.fronts.places import Places, dicts, finder, string
from indicia.read.fronts.stix import read_stix
from indicia.read.fronts.values import Said
from indicia.records import MentionKind

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_SENTENCE = 40  # characters from which a string with blanks in it is prose
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.")
# A name that is that of a marking, and its value: in words, as a record with a label (CSAF), or as a name beside its value.
_MARKING_NAME = re.compile("tlp|marking|classification|sensitivity|handling|dissemination", re.IGNORECASE)
_PAIR = re.compile(
    r'"([^"\\]{1,60})"\s{0,40}(?::\s{0,40}(?:\{\s{0,40}"(?:label|level|colou?r|value|name)"\s{0,40}:\s{0,40})?"([^"\\]{1,80})"'
    r'|,\s{0,40}"value"\s{0,40}:\s{0,40}"([^"\\]{1,80})")'
)
_MOST_MARKINGS = 1000


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
        return _with_markings(Parsed(text=text), text)
    if isinstance(data, dict) and data.get("type") == "bundle" and isinstance(data.get("objects"), list):
        return _filled(read_stix(text, list(dicts(data["objects"])), name), data)
    layers = [item for item in (data if isinstance(data, list) else [data]) if _is_layer(item)]
    if layers:
        return _with_markings(_layers(text, layers), text)
    events = list(misp_events(data))
    if events:
        return _with_markings(_filled(read_misp(events, name), data), text)
    if is_manifest(data):
        return Parsed(problems=[noted(name, "is the index of a MISP feed; its events are read from their own files")])
    parsed = _with_markings(_other(text, data), text)
    if isinstance(data, dict) and any(one.get("marking", "") is None for one in dicts(data.get("documents"))):
        # A case of ours says as what its unmarked texts count.
        parsed.beside.append(("marking", str(data.get("unmarked") or "")))
    return parsed


def _with_markings(parsed: Parsed, text: str) -> Parsed:
    """With the markings that the JSON gives by name, and banners looked for in each of its strings as in a line."""
    parsed.bannered = _ESCAPED.sub(_unescaped, text.replace('"', "\n"))
    found: set[tuple[str, str]] = set()
    for hint in _MARKING_NAME.finditer(text):
        start = text.rfind('"', max(0, hint.start() - 40), hint.start())
        if start >= 0 and (pair := _PAIR.match(text, start)):
            found.add((pair[1], pair[2] or pair[3]))
    parsed.beside += sorted(found)[:_MOST_MARKINGS]
    return parsed


def _unescaped(match: re.Match[str]) -> str:
    """The characters that JSON writes otherwise; a line break for any other escape."""
    try:
        return str(msgspec.json.decode(f'"{match[0]}"')) if match[0].startswith("\\u") else "\n"
    except msgspec.DecodeError:  # a lone surrogate
        return "\n"


def _filled(parsed: Parsed, data: Any) -> Parsed:
    """What was read of a format that we know; of one that states nothing the strings that it holds."""
    if not parsed.text.strip():
        other = _other("", data)
        parsed.text, parsed.blocks = other.text, other.blocks
    return parsed


def _other(text: str, data: Any) -> Parsed:
    """JSON that we know nothing of, as a page: long strings as prose, short ones as lines with their names."""
    page = Page()
    pages = list(_strings(data, ""))
    for path, words in pages:
        if len(words) >= _SENTENCE and " " in words:
            page.prose(words, path)
    for path, words in pages:
        if not (len(words) >= _SENTENCE and " " in words) and words.strip():
            page.row(f"{path.rpartition('.')[2]}: " if path else "", words, path=path)
    return Parsed(text=page.text, blocks=page.blocks, media_type="application/json") if page.text.strip() else Parsed(text=text)


def _strings(data: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every string in some JSON, in its order, with the names that lead to it."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, path)
    elif data is not None and not isinstance(data, bool):
        yield path, str(data)


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
