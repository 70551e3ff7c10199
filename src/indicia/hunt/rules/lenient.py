"""Rules of strangers as pySigma takes them: what is wrong with a rule's particulars costs a note and not the rule.

What a rule does stays exactly as it is written; only what is said about it is put right or left out. What it does is written
otherwise where pySigma does not read what can mean but one thing.
"""

from __future__ import annotations

import datetime
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

_ESSENTIAL = ("name", "logsource", "detection", "correlation", "filter", "level", "action")
_LEVELS = {"info": "informational", "information": "informational", "med": "medium", "severe": "critical"}
_KNOWN_LEVELS = frozenset({"informational", "low", "medium", "high", "critical"})
LONGEST_TITLE = 256
_BOM = b"\xff\xfe"


def put_right(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The rule with nothing about it that pySigma would refuse it for, and what had to be left out or put right."""
    found = {name: document[name] for name in _ESSENTIAL if name in document}
    notes: list[str] = []
    title = document.get("title")
    if not isinstance(title, str) or not title.strip():
        notes.append("it has no title")
        title = str(title or document.get("name") or "untitled")
    found["title"] = title[:LONGEST_TITLE]
    if "id" in document:
        found["id"] = _uuid(document["id"], notes)
    tags = document.get("tags") or []
    kept = [tag for tag in (tags if isinstance(tags, list) else [tags]) if isinstance(tag, str) and "." in tag.strip(".")]
    if kept != tags and tags:
        notes.append("a tag without a namespace was left out")
    if kept:
        found["tags"] = [tag.lower() for tag in kept]
    for name in ("author", "license"):
        if isinstance(value := document.get(name), str):
            found[name] = value
    level = document.get("level")
    if "level" in found and level not in _KNOWN_LEVELS:
        notes.append(f"the level {str(level)[:40]!r} is not one of Sigma's")
        found["level"] = _LEVELS.get(str(level).strip().lower(), "medium")
        if str(level).strip().lower() in _KNOWN_LEVELS:
            found["level"] = str(level).strip().lower()
    for name in ("date", "modified", "status", "references", "falsepositives", "fields", "related"):
        value = document.get(name)
        if value is not None and not isinstance(value, str | list | datetime.date):
            notes.append(f"{name} is not what it should be")
    return found, notes or ["its metadata does not follow Sigma's format"]


def _uuid(given: Any, notes: list[str]) -> str:
    """The id, or one that depends on it alone where it is no UUID."""
    try:
        return str(UUID(str(given)))
    except ValueError:
        notes.append("its id is not a UUID and was replaced")
        return str(uuid5(NAMESPACE_URL, f"sigma:{given}"))


def apart(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The rule once for each log source, where it names several categories, products or services in a list."""
    where = document.get("logsource")
    if not isinstance(where, dict) or not any(isinstance(where.get(name), list) for name in _WHERE):
        return [document]
    named = [where[name] if isinstance(where.get(name), list) else [where.get(name)] for name in _WHERE]
    sources = [{name: value for name, value in zip(_WHERE, values, strict=True) if value} for values in product(*named)]
    return [{**document, "logsource": {**where, **dict.fromkeys(_WHERE), **source}} for source in sources]


_WHERE = ("category", "product", "service")
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT)\b")
_OF_TEXT = frozenset({"contains", "startswith", "endswith"})


def respelt(document: dict[str, Any]) -> dict[str, Any]:
    """The rule with what pySigma does not read written as it does.

    Operators in capitals; `utf16le`, which is `wide`; numbers that are sought as part of a text; `utf16|base64` and
    `utf16|base64offset` written out: pySigma puts the mark that UTF-16 begins with as three bytes of UTF-8, which no log holds.
    """
    detection = document.get("detection")
    if not isinstance(detection, dict):
        return document
    names = {str(name) for name in detection}
    return {
        **document,
        "detection": {
            name: _condition(value, names) if name == "condition" else _respelt(value) for name, value in detection.items()
        },
    }


def _condition(written: Any, names: set[str]) -> Any:
    if isinstance(written, list):
        return [_condition(each, names) for each in written]
    if not isinstance(written, str):
        return written
    return _OPERATORS.sub(lambda found: found[0] if found[0] in names else found[0].lower(), written)


def _respelt(part: Any) -> Any:
    if isinstance(part, list):
        return [_respelt(item) for item in part]
    if not isinstance(part, dict):
        return part
    found: dict[str, Any] = {}
    for name, value in part.items():
        field, *modifiers = str(name).split("|")
        modifiers = ["wide" if each == "utf16le" else each for each in modifiers]
        if _OF_TEXT.intersection(modifiers):
            value = [_as_text(each) for each in value] if isinstance(value, list) else _as_text(value)
        at = modifiers.index("utf16") if "utf16" in modifiers else len(modifiers)
        how = next((each for each in modifiers[at + 1 : at + 2] if each in ("base64", "base64offset")), "")
        if how and "all" not in modifiers:
            texts = [str(item) for item in (value if isinstance(value, list) else [value])]
            value = [each for text in texts for each in _base64(_BOM + text.encode("utf-16-le"), how)]
            del modifiers[at : at + 2]
        found["|".join([field, *modifiers]) if "|" in str(name) else name] = value
    return found


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _base64(data: bytes, how: str) -> Iterator[str]:
    """As one text, or as the three that stand for it wherever in a longer text it begins."""
    if how == "base64":
        yield b64encode(data).decode()
        return
    for offset, skipped in enumerate((0, 2, 3)):
        end = (None, -3, -2)[(len(data) + offset) % 3]
        yield b64encode(b" " * offset + data)[skipped:end].decode()


# Conditions of Sigma's first edition that count matches (`selection | count(User) by Host > 5`), as correlations. `near`, `min`
# and `max` have no counterpart. Reference: SigmaHQ sigma-specification before version 2, "Aggregation expressions".
EVER = "100y"  # the span of a rule that names none: all of what is read
_AGGREGATE = re.compile(
    r"(?P<matches>[^|]+)\|\s*(?P<how>count|sum|avg)\s*\(\s*(?P<field>[^()|]*?)\s*\)"
    r"(?:\s+by\s+(?P<groups>[^<>=|]+?))?\s*(?P<sign>[<>]=?|==?)\s*(?P<number>\d+)\s*"
)
_KINDS = {"count": "value_count", "sum": "value_sum", "avg": "value_avg"}
_SIGNS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}


def counting(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What a rule counts and the correlation that counts it, which keeps its name and id; None where it counts nothing."""
    detection = document.get("detection")
    written = detection.get("condition") if isinstance(detection, dict) else None
    found = _AGGREGATE.fullmatch(written) if isinstance(written, str) and len(written) < 10_000 else None
    if found is None or not isinstance(detection, dict):
        return None
    title = str(document.get("title") or "untitled")
    counted = str(uuid5(NAMESPACE_URL, f"sigma:counted:{document.get('id') or title}:{written}"))
    rest = {name: value for name, value in detection.items() if name not in ("condition", "timeframe")}
    matched = {**document, "title": f"{title[:200]} (what is counted)", "id": counted}
    matched["detection"] = {**rest, "condition": found["matches"].strip()}
    condition: dict[str, Any] = {_SIGNS[found["sign"]]: int(found["number"])}
    if found["field"]:
        condition["field"] = found["field"]
    above = {name: value for name, value in document.items() if name not in ("detection", "logsource", "correlation")}
    above["correlation"] = {
        "type": _KINDS[found["how"]] if found["field"] else "event_count",
        "rules": [counted],
        "group-by": re.split(r"\s*,\s*", found["groups"].strip()) if found["groups"] else [],
        "timespan": str(detection.get("timeframe") or EVER),
        "condition": condition,
    }
    return [matched, above]
