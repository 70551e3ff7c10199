"""The JSON schemas of our extensions, made from the records themselves so that the two cannot drift apart; what their parts
mean is in meanings.toml.

Each bundle carries them in its extension definitions (STIX 2.1, section 7.3: a URL or the definition as text), so that whoever
holds a bundle holds the meaning of all that is in it.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from indicia.records import (
    Advice,
    Affair,
    Claim,
    Document,
    Hunt,
    Judgement,
    Mention,
    Problem,
    Tlp,
    Versions,
    Weighing,
)


def claim_schema() -> dict[str, Any]:
    """Draft 2020-12. On a note the extension is a whole claim; on a relationship it names the claim and its note."""
    parts = _parts(Claim)
    meanings = tomllib.loads(resources.files(__package__).joinpath("meanings.toml").read_text("utf-8"))
    for name, part in parts.items():
        if name in meanings:
            part["description"] = meanings[name]
    claim = parts.pop("Claim")
    claim["properties"]["extension_type"] = {"const": "property-extension"}
    reference = {
        "title": "Reference",
        "description": "The claim that a relationship rests on, and the note that holds it.",
        "type": "object",
        "properties": {
            "extension_type": {"const": "property-extension"},
            "id": {"type": "string"},
            "note": {"type": "string", "pattern": "^note--"},
            "part": {"enum": ["deed", "tie"], "description": "Which of the claim's two propositions the relationship says."},
        },
        "required": ["extension_type", "id", "note"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Attribution claim (STIX 2.1 property extension of Indicia, version 2.0.0)",
        "anyOf": [{"$ref": "#/$defs/Claim"}, {"$ref": "#/$defs/Reference"}],
        "$defs": {**parts, "Claim": claim, "Reference": reference},
    }


class _CaseFields(msgspec.Struct):
    """What the report's extension holds. A document may come with `length` (characters) in place of its text and blocks."""

    name: str
    versions: Versions
    documents: tuple[Document, ...] = ()
    claim_order: tuple[str, ...] = ()  # ids, in the order of the case; the claims stand in the notes
    mentions: tuple[Mention, ...] = ()
    affairs: tuple[Affair, ...] = ()
    hunt: Hunt | None = None
    weighing: Weighing | None = None
    advice: Advice | None = None
    judgements: tuple[Judgement, ...] = ()
    problems: tuple[Problem, ...] = ()
    marking: Tlp | None = None


def case_schema() -> dict[str, Any]:
    """Draft 2020-12, of the extension of a report that carries a whole case. What is empty is left out."""
    parts = _parts(_CaseFields)
    whole = parts.pop("_CaseFields")
    whole["properties"]["extension_type"] = {"const": "property-extension"}
    document = parts["Document"]
    document["properties"]["length"] = {"type": "integer", "minimum": 0}
    document["required"] = ["marking", *(name for name in document["required"] if name != "text")]
    document["properties"]["marking"] = {"$ref": "#/$defs/Tlp"}  # what travels is never unmarked
    for part in (whole, *parts.values()):
        for field in part.get("properties", {}).values():
            field.pop("default", None)
        if "required" in part:
            part["required"] = [name for name in part["required"] if not _may_be_left_out(part["properties"][name])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Case (STIX 2.1 property extension of Indicia, version 1.0.0)",
        **whole,
        "additionalProperties": False,
        "$defs": parts,
    }


def _parts(record: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """The schema of the record and of all that it holds, by name, without our docstrings: they are for those who read our code,
    and Python 3.13 indents them otherwise than 3.11."""
    _, parts = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for part in parts.values():
        part.pop("description", None)
        for field in part.get("properties", {}).values():
            for bound in ("minimum", "maximum"):  # of what we can hold, which is nothing that others must know
                field.pop(bound, None)
    return parts


def _may_be_left_out(field: dict[str, Any]) -> bool:
    return field.get("type") == "array" or {"type": "null"} in field.get("anyOf", [])


@cache
def schema_text(extension: str) -> str:
    """The schema of the extension `claim` or `case` on one line."""
    made = claim_schema() if extension == "claim" else case_schema()
    return json.dumps(made, separators=(",", ":"), sort_keys=True)
