"""Rules of strangers as pySigma takes them: what is wrong with a rule's particulars costs a note and not the rule.

What a rule does stays exactly as it is written; only what is said about it is put right or left out.
"""

from __future__ import annotations

import datetime
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

__all__ = ["encoded", "put_right"]

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


def encoded(document: dict[str, Any]) -> dict[str, Any]:
    """The rule with `utf16|base64` and `utf16|base64offset` written out.

    pySigma puts the mark that UTF-16 begins with as three bytes of UTF-8, which no log holds.
    """
    detection = document.get("detection")
    if not isinstance(detection, dict) or "utf16|base64" not in str(detection):
        return document
    return {**document, "detection": {name: _encoded(value) for name, value in detection.items()}}


def _encoded(part: Any) -> Any:
    if isinstance(part, list):
        return [_encoded(item) for item in part]
    if not isinstance(part, dict):
        return part
    found: dict[str, Any] = {}
    for name, value in part.items():
        field, *modifiers = str(name).split("|")
        how = next((each for each in ("base64", "base64offset") if f"utf16|{each}" in f"{name}|" and each in modifiers), "")
        if not how or modifiers[modifiers.index("utf16") + 1 : modifiers.index("utf16") + 2] != [how] or "all" in modifiers:
            found[name] = value
            continue
        at = modifiers.index("utf16")
        texts = [str(item) for item in (value if isinstance(value, list) else [value])]
        found["|".join([field, *modifiers[:at], *modifiers[at + 2 :]])] = [
            each for text in texts for each in _base64(_BOM + text.encode("utf-16-le"), how)
        ]
    return found


def _base64(data: bytes, how: str) -> Iterator[str]:
    """As one text, or as the three that stand for it wherever in a longer text it begins."""
    if how == "base64":
        yield b64encode(data).decode()
        return
    for offset, skipped in enumerate((0, 2, 3)):
        end = (None, -3, -2)[(len(data) + offset) % 3]
        yield b64encode(b" " * offset + data)[skipped:end].decode()
