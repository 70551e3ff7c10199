"""Stable STIX ids and the TLP 2.0 markings: what in a bundle must never depend on chance."""

from __future__ import annotations

import json
import uuid
from typing import Any

from indicia.records import CASE_EXTENSION, TLP_IDS, Tlp

__all__ = [
    "CASE_EXTENSION",
    "CLAIM_EXTENSION",
    "OBSERVABLE_NAMESPACE",
    "SDO_NAMESPACE",
    "TLP_IDS",
    "marking_object",
    "object_id",
    "observable_id",
]

# Ours, for STIX domain objects: derived once from the name of the project, never changed.
SDO_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "indicia.stix.example")
CLAIM_EXTENSION = f"extension-definition--{uuid.uuid5(SDO_NAMESPACE, 'claim extension 1')}"
# OASIS, for cyber observables (STIX 2.1, section 2.9).
OBSERVABLE_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")

# FIRST: the extension that carries the label of TLP 2.0.
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


def object_id(kind: str, *parts: object) -> str:
    """`kind--uuid`, a UUIDv5 of the parts.

    >>> object_id("identity", "NATO") == object_id("identity", "NATO") != object_id("identity", "EU")
    True
    """
    return f"{kind}--{uuid.uuid5(SDO_NAMESPACE, chr(31).join((kind, *map(str, parts))))}"


def observable_id(kind: str, contributing: dict[str, str]) -> str:
    """The id that the specification gives to a cyber observable: a UUIDv5 of the canonical JSON of its contributing fields.

    >>> observable_id("ipv4-addr", {"value": "198.51.100.3"})
    'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4'
    """
    text = json.dumps(contributing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{kind}--{uuid.uuid5(OBSERVABLE_NAMESPACE, text)}"


def marking_object(tlp: Tlp) -> dict[str, Any]:
    """The whole marking definition, as published."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_IDS[tlp],
        "created": "2022-10-01T00:00:00.000Z",
        "name": tlp.label,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}},
    }
