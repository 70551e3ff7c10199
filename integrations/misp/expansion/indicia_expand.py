"""A MISP expansion module: who is meant by the name of a threat actor, according to whom; and who accuses whom in a text.

Loaded by misp-modules (`misp-modules -c FOLDER`). Nothing is looked up outside the machine.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import indicia
from indicia.knowledge import load

__all__ = ["handler", "introspection", "version"]

misperrors = {"error": "Error"}
mispattributes = {"input": ["threat-actor", "text", "comment"], "output": ["text"]}
moduleinfo = {
    "version": "1",
    "author": "Indicia",
    "name": "Names and claims (Indicia)",
    "description": "For a threat actor every group of that name, with its other names, ATT&CK's number and the state that "
    "it is tied to, each according to whom; for a text who accuses whom in it, how firmly.",
    "module-type": ["expansion", "hover"],
    "requirements": ["indicia"],
    "features": "Answers from tables on the machine of the module, without a network. None of it is a finding of its own.",
    "input": "A threat actor, a text or a comment",
    "output": "Sentences",
    "logo": "",
    "references": [],
}
moduleconfig: list[str] = []
_MOST = 8  # other names that are told


def handler(q: str | bytes | bool = False) -> dict[str, Any] | bool:
    """Sentences on the attribute in a request, or an `error` in words."""
    if isinstance(q, bool):
        return False
    request = json.loads(q)
    kind = next((kind for kind in mispattributes["input"] if request.get(kind)), None)
    if kind is None:
        return {"error": f"asks about none of {', '.join(mispattributes['input'])}"}
    value = str(request[kind])
    told = _of_actor(value) if kind == "threat-actor" else _of_text(value)
    if not told:
        return {"error": f"no group of the name {value!r} is known" if kind == "threat-actor" else "nobody is accused in it"}
    return {"results": [{"types": ["text"], "values": told, "comment": "according to Indicia"}]}


def _of_actor(name: str) -> list[str]:
    found = []
    for actor in load().actors.named(name):
        others = [f"{alias.name} ({', '.join(alias.according_to)})" for alias in actor.aliases if alias.name != name]
        more = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
        tied = f"; tied to {actor.state} according to {', '.join(actor.state_according_to)}" if actor.state else ""
        tied += "".join(f"; to {state} according to {', '.join(by)}" for state, by in actor.other_states.items())
        called = f"; also called {', '.join(others[:_MOST])}{more}" if others else ""
        found.append(f"{actor.name}{f' ({actor.group} in ATT&CK)' if actor.group else ''}{tied}{called}")
    return found


def _of_text(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "attribute.txt"
        file.write_text(text, "utf-8")
        notes = json.loads(indicia.read(file).share("misp"))["Event"].get("Note", [])
    return [note["note"] for note in notes]


def introspection() -> dict[str, Any]:
    return mispattributes


def version() -> dict[str, Any]:
    return {**moduleinfo, "config": moduleconfig}
