"""Stable STIX ids, timestamps and the TLP 2.0 markings: everything in a bundle that must never depend on chance."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from indicia.records import TLP_IDS, Case, Tlp

__all__ = [
    "CASE_EXTENSION",
    "CLAIM_EXTENSION",
    "OBSERVABLE_NAMESPACE",
    "SDO_NAMESPACE",
    "TLP_IDS",
    "as_of",
    "marking_object",
    "object_id",
    "observable_id",
    "stamp",
]

# Ours, for STIX domain objects: derived once from the name of the project, never changed.
SDO_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "indicia.stix.example")
CLAIM_EXTENSION = f"extension-definition--{uuid.uuid5(SDO_NAMESPACE, 'claim extension 1')}"
CASE_EXTENSION = f"extension-definition--{uuid.uuid5(SDO_NAMESPACE, 'case extension 1')}"
# OASIS, for cyber observables (STIX 2.1, section 2.9).
OBSERVABLE_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")

# FIRST: the extension that carries the label of TLP 2.0.
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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


def stamp(moment: datetime | str | None) -> str:
    """A STIX timestamp with milliseconds. A date that is cut to a month or a year becomes its first instant, and what is no
    date the beginning of time.

    >>> stamp("2021-07"), stamp(None)
    ('2021-07-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z')
    """
    if isinstance(moment, str):
        year, month, day = (*moment[:10].split("-"), "01", "01")[:3]
        try:
            moment = datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:
            moment = None
    moment = (moment or _NEVER).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def as_of(case: Case) -> str:
    """When the case's newest source or event is from: the time that exports carry, since a clock would change their bytes."""
    texts = [stamp(document.published) for document in case.documents if document.published]
    newest = max((s.event.time for s in (case.hunt.sightings if case.hunt else ()) if s.event.time), default=None)
    return max([*texts, stamp(newest)])


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
