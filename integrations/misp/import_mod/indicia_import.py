"""A MISP import module: a document becomes the attributes, tags and reports of an event, with who accuses whom in it.

Loaded by misp-modules (`misp-modules -c FOLDER`); the document is read on that machine and goes nowhere else. The server takes
attributes, objects, tags and reports from a module, and no analyst data: what our notes tell is therefore an event report.
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

import indicia
from indicia.errors import UsageError

__all__ = ["handler", "introspection", "version"]

misperrors = {"error": "Error"}
mispattributes = {"inputSource": ["file", "paste"], "output": ["MISP Format"], "format": "misp_standard"}
userConfig = {  # noqa: N816 - named by the interface
    "published": {"type": "String", "message": "When it was published (YYYY-MM-DD), if it does not say so itself"},
    "unmarked": {"type": "String", "message": "Its TLP (clear, green, amber, red), if it bears none itself; amber if not said"},
}
moduleinfo = {
    "version": "1",
    "author": "Indicia",
    "name": "Who accuses whom (Indicia)",
    "description": "Reads statements, news and advisories: who attributes a cyberattack to whom, how firmly, with exact "
    "quotes; techniques, vulnerabilities and indicators.",
    "module-type": ["import"],
    "requirements": ["indicia"],
    "features": "Reads text, HTML, PDF, Word, e-mail, STIX and MISP on the machine of the module, without a network.",
    "input": "A document",
    "output": "Attributes with an actor's galaxy and how firmly it is accused, a report with the claims, tags",
    "logo": "",
    "references": [],
}
moduleconfig: list[str] = []


def handler(q: str | bytes | bool = False) -> dict[str, Any] | bool:
    """What the document in a request says, as parts of a MISP event, or an `error` in words."""
    if isinstance(q, bool):
        return False
    request = json.loads(q)
    try:
        content = base64.b64decode(request.get("data", ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        return {"error": "the document did not come in base64"}
    config = request.get("config") or {}
    published, unmarked = (str(config.get(name) or "").strip() or None for name in ("published", "unmarked"))
    name = Path(str(request.get("filename") or "document")).name or "document"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        case = indicia.read(file, name=Path(name).stem, published=published)
    if not case.claims and not case.mentions:
        why = "; ".join(problem.what for problem in case.problems) or "it says nothing of the kind"
        return {"error": f"nothing was read: {why}"}
    try:
        event = json.loads(case.share("misp", unmarked=unmarked))["Event"]
    except UsageError as error:
        return {"error": str(error)}
    told = [note["note"] for note in event.pop("Note", [])]
    parts = {name: event[name] for name in ("Attribute", "Object", "Tag") if event.get(name)}
    results = {**parts, **({"EventReport": [_report(case.name, told)]} if told else {})}
    _number(results)
    return {"results": results}


def _number(part: Any) -> None:
    """Gives every part a number of its own: MISP takes none that another event has, and a file may be read into two."""
    if isinstance(part, dict):
        if "uuid" in part:
            part["uuid"] = str(uuid.uuid4())
        for value in part.values():
            _number(value)
    elif isinstance(part, list):
        for value in part:
            _number(value)


def _report(name: str, told: list[str]) -> dict[str, str]:
    content = "\n\n---\n\n".join(told)
    return {
        "uuid": str(uuid.uuid4()),
        "name": f"Who accuses whom: {name}",
        "content": content,
        "distribution": "5",
    }


def introspection() -> dict[str, Any]:
    return {**mispattributes, "userConfig": userConfig}


def version() -> dict[str, Any]:
    return {**moduleinfo, "config": moduleconfig}
