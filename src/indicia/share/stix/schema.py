"""The JSON schema of the claim extension, made from the records themselves so that the two cannot drift apart."""

from __future__ import annotations

from typing import Any

import msgspec

from indicia.records import Claim

__all__ = ["claim_schema"]


def claim_schema() -> dict[str, Any]:
    """Draft 2020-12. On a note the extension is a whole claim; on a relationship it names the claim and its note."""
    (_,), parts = msgspec.json.schema_components([Claim], ref_template="#/$defs/{name}")
    claim = parts.pop("Claim")
    claim["properties"]["extension_type"] = {"const": "property-extension"}
    reference = {
        "title": "Reference",
        "description": "The claim that an alleged attribution rests on, and the note that holds it.",
        "type": "object",
        "properties": {
            "extension_type": {"const": "property-extension"},
            "id": {"type": "string"},
            "note": {"type": "string", "pattern": "^note--"},
        },
        "required": ["extension_type", "id", "note"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Attribution claim (STIX 2.1 property extension of Indicia, version 1.0.0)",
        "anyOf": [{"$ref": "#/$defs/Claim"}, {"$ref": "#/$defs/Reference"}],
        "$defs": {**parts, "Claim": claim, "Reference": reference},
    }
