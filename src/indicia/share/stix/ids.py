"""Stable STIX ids, the TLP 2.0 markings and the times of a bundle: what must never depend on chance or on the clock.

What is known by its name alone (a source, a country, a known affair) bears the day of the profile in every case, so that its id
never has two `created`. What a case holds bears the day of its sources.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from indicia.affairs.identity import claim_keys
from indicia.records import TLP_IDS, Case, Tlp

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


PROFILE = "2026-01-01T00:00:00.000Z"  # of our STIX profile; stands, too, where no source tells a date
_FIRST_DAY = date(2000, 1, 1).toordinal()
_APART = 1_000_000  # milliseconds, some quarter of an hour, in which the claims of one day are told apart


def stamp(moment: datetime | str | None) -> str:
    """A STIX timestamp with milliseconds. A date that is cut to a month or a year becomes its first instant, and what is no
    date the day of the profile.

    >>> stamp("2021-07"), stamp("21-7-1"), stamp("9999999999"), stamp(None)
    ('2021-07-01T00:00:00.000Z', '0021-07-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')
    """
    if isinstance(moment, str):
        year, month, day = (*moment[:10].split("-"), "01", "01")[:3]
        try:
            moment = datetime(int(year), int(month), int(day), tzinfo=UTC)
        except (ValueError, OverflowError):
            moment = None
    if moment is None:
        return PROFILE
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def born(case: Case) -> str:
    """The day of the newest text of a case: logs that are searched later change nothing of it."""
    return max((stamp(document.published) for document in case.documents if document.published), default=PROFILE)


def as_of(case: Case) -> str:
    """When the case's newest source or event is from: the time that exports carry."""
    texts = [stamp(document.published) for document in case.documents if document.published]
    newest = max((s.event.time for s in (case.hunt.sightings if case.hunt else ()) if s.event.time), default=None)
    return max([*texts, *([stamp(newest)] if newest else [])], default=PROFILE)


def growth_of(case: Case) -> int:
    """How many milliseconds after its sources a case is from: one for each character of its texts, each day of their dates and
    each judgement. A case that grew, was dated later or was judged has newer objects."""
    days = (stamp(document.published)[:10] for document in case.documents if document.published)
    grown = sum(len(document.text) for document in case.documents) + len(case.judgements)
    return grown + sum(max(0, datetime.fromisoformat(day).toordinal() - _FIRST_DAY) for day in days)


def moments_of_claims(case: Case) -> dict[str, str]:
    """For each claim an instant of its own on its day, else on that of its text, else on that of the profile: nothing of it
    depends on what else is in the case.

    Some platforms take what has the same ends and times for one thing, and would make one of what ten sources say. The time of
    day tells nothing: it hangs on what the claim is known by, unless two of one day fall together.
    """
    keys = claim_keys(case)
    days = {document.id: document.published for document in case.documents}
    found: dict[str, str] = {}
    taken = set[str]()
    for claim in case.claims:
        day = stamp(claim.date or days.get(claim.quote.document))[:10]
        apart = int.from_bytes(sha256(keys[claim.id].encode()).digest()[:8]) % _APART
        while (moment := later_by(apart, day)) in taken:
            apart += 1
        taken.add(moment)
        found[claim.id] = moment
    return found


def later_by(milliseconds: int, moment: str) -> str:
    return stamp(datetime.fromisoformat(moment).replace(tzinfo=UTC) + timedelta(milliseconds=milliseconds))
