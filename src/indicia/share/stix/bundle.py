"""A case as a STIX 2.1 bundle: claims first, actors only as alleged and by whom, and the same bytes for the same case.

References: STIX Version 2.1 (OASIS Standard, 10 June 2021). The claim extension is described in docs/stix-claim.schema.json.
"""

from __future__ import annotations

from typing import Any

import orjson

from indicia.knowledge import Knowledge
from indicia.records import Case, Document
from indicia.share.stix.claims import claim_extension_definition, claim_objects
from indicia.share.stix.findings import indicator_objects, measure_objects, sighting_objects, technique_objects
from indicia.share.stix.ids import TLP_IDS, as_of, marking_object, object_id
from indicia.share.stix.objects import Objects

__all__ = ["render"]


def bundle_objects(case: Case, knowledge: Knowledge) -> list[dict[str, Any]]:
    """All objects of the bundle, ordered by type and id."""
    objects = Objects(moment=as_of(case), marking=TLP_IDS[case.marking], knowledge=knowledge)
    objects.add_raw(marking_object(case.marking))
    producer = objects.add("identity", "Indicia", name="Indicia", identity_class="system")
    objects.producer = producer
    objects.add_raw(claim_extension_definition(producer, objects.moment))
    content = [
        *claim_objects(case, objects),
        *technique_objects(case, objects),
        *indicator_objects(case, objects),
        *sighting_objects(case, objects),
        *measure_objects(case, objects),
    ]
    if content:
        report: dict[str, Any] = {
            "name": case.name,
            "published": objects.moment,
            "report_types": ["attack-pattern", "threat-report"] if case.hunt is None else ["observed-data", "threat-report"],
            "object_refs": sorted(set(content)),
            "external_references": [_reference(document) for document in case.documents],
        }
        if not report["external_references"]:
            del report["external_references"]
        objects.add("report", case.name, **report)
    return objects.sorted()


def _reference(document: Document) -> dict[str, Any]:
    """The source by name and title. STIX wants hashes only beside a URL, so what was read stands in the description."""
    told = " ".join(part for part in (document.title, document.published) if part)
    return {"source_name": document.name, "description": f"{told} (SHA-256 {document.sha256})".strip()}


def render(case: Case, knowledge: Knowledge) -> bytes:
    """The bundle as JSON. Same case, same bytes."""
    objects = bundle_objects(case, knowledge)
    bundle = {
        "type": "bundle",
        "id": object_id("bundle", *(f"{item['id']}{item.get('modified', '')}" for item in objects)),
        "objects": objects,
    }
    return orjson.dumps(bundle, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
