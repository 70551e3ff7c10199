"""A case as a STIX 2.1 bundle: claims first, actors only as alleged and by whom, and the same bytes for the same case.

The report carries what STIX has no object for (documents, mentions, the hunt, both assessments, judgements, whole measures) in
an extension, so that `read_bundle` gives the case back. Texts stay at home unless asked for: quotes travel with their offsets.

References: STIX Version 2.1 (OASIS Standard, 10 June 2021). The claim extension is described in docs/stix-claim.schema.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
import orjson

from indicia.affairs.identity import claim_keys, document_keys, key_of
from indicia.knowledge import Knowledge
from indicia.records import CASE_EXTENSION, TLP_IDS, Case, Document, Sighting, Tlp
from indicia.share.internals import LOWERED, without_internals
from indicia.share.redact import marking_of, marking_of_texts, settled
from indicia.share.stix.claims import claim_extension_definition, claim_objects
from indicia.share.stix.conduct import conduct_objects
from indicia.share.stix.emptiness import filled
from indicia.share.stix.findings import Indicators, measure_objects, sighting_objects
from indicia.share.stix.ids import PROFILE, as_of, born, growth_of, marking_object, object_id
from indicia.share.stix.objects import Objects
from indicia.share.stix.parties import Campaigns, identity
from indicia.share.stix.schema import schema_text
from indicia.share.stix.versions import continued, sum_of
from indicia.share.stix.victims import target_objects
from indicia.view.wording import left_out

MOST_SIGHTINGS = 100_000  # that travel one by one: beyond, a bundle is more than its readers can open


def bundle_objects(
    case: Case, knowledge: Knowledge, *, internal: bool = False, texts: bool = False, measures: bool = False
) -> list[dict[str, Any]]:
    """All objects of the bundle, ordered by type and id.

    `internal` lets log records leave, with the names of machines and people in them; `texts` the full texts of the documents;
    with `measures` what we advise is there as objects, too: others asked for what the texts say.
    """
    case = settled(case if internal else without_internals(case))
    return _objects(case, knowledge, filled(tuple(_travelling(case))), internal=internal, texts=texts, measures=measures)


def _travelling(case: Case) -> Iterator[Sighting]:
    """The sightings that travel one by one."""
    return islice(case.hunt.sightings if case.hunt else (), MOST_SIGHTINGS)


def _objects(
    case: Case, knowledge: Knowledge, sightings: list[Any], *, internal: bool, texts: bool, measures: bool
) -> list[dict[str, Any]]:
    """The objects, with `sightings` as those of the hunt that the report holds."""
    known_by = {**claim_keys(case), **document_keys(case.documents), "case": key_of(case, knowledge)}
    objects = Objects(
        moment=as_of(case),
        grown=growth_of(case),
        born=born(case),
        marking=marking_of(case),
        knowledge=knowledge,
        keys=known_by,
    )
    producer = identity(objects, "Indicia", "system", Tlp.CLEAR)
    objects.producer = producer
    objects.add_raw(claim_extension_definition(producer))
    objects.add_raw(_case_extension_definition(producer))
    # Who may see all of a case and who may see a part have two reports of one affair.
    key = (known_by["case"], marking_of_texts(case).value)
    campaigns, indicators = Campaigns(case, objects), Indicators(case, objects)
    content = [
        *claim_objects(case, objects, campaigns, object_id("report", *key)),
        *target_objects(case, objects, campaigns),
        *conduct_objects(case, objects, campaigns, indicators),
        *sighting_objects(case, objects, indicators, lines=MOST_SIGHTINGS if internal else 0),
        *(measure_objects(case, objects) if measures else ()),
        *_said_about_the_export(case, objects, producer),
    ]
    report: dict[str, Any] = {
        "name": case.name,
        "description": f"{len(case.documents)} sources, {len(case.claims)} claims, {len(case.mentions)} mentions",
        "published": objects.born,
        "report_types": ["attack-pattern", "threat-report"] if case.hunt is None else ["observed-data", "threat-report"],
        "object_refs": sorted(set(content)) or [producer],
        "external_references": [*(_reference(document) for document in case.documents), *objects.references],
        "extensions": {CASE_EXTENSION: {"extension_type": "property-extension", **_case_fields(case, texts, sightings)}},
    }
    objects.add("report", *key, **report)
    for tlp in dict.fromkeys((Tlp.CLEAR, *objects.markings)):  # what our extensions mean is public
        objects.add_raw(marking_object(tlp))
    return objects.sorted()


def _case_extension_definition(producer: str) -> dict[str, Any]:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": CASE_EXTENSION,
        "created_by_ref": producer,
        "created": PROFILE,
        "modified": PROFILE,
        "name": "Case",
        "description": "A case: documents, what was found in them and where, hunt, weighing, judgements, measures.",
        "schema": schema_text("case"),
        "version": "1.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [TLP_IDS[Tlp.CLEAR]],
    }


def _case_fields(case: Case, texts: bool, sightings: list[Any]) -> dict[str, Any]:
    """What `read_bundle` needs beside the claims to give the case back. Blocks are places in the text, and travel with it."""
    documents = []
    for document in case.documents:
        fields = filled(document)
        if not texts:
            del fields["text"]
            fields.pop("blocks", None)
            fields["length"] = len(document.text)
        documents.append(fields)
    fields = {
        "name": case.name,
        "marking": case.marking.value if case.marking is not None else [],
        "versions": filled(case.versions),
        "documents": documents,
        "claim_order": [claim.id for claim in case.claims],
        "mentions": filled(case.mentions),
        "affairs": filled(case.affairs),
        "judgements": filled(case.judgements),
        "problems": filled(case.problems),
    }
    for name, one in (("weighing", case.weighing), ("advice", case.advice)):
        if one is not None:
            fields[name] = filled(one)
    if case.hunt is not None:
        hunt = filled(msgspec.structs.replace(case.hunt, sightings=(), stats=()))
        fields["hunt"] = {**hunt, "sightings": sightings} if sightings else hunt
    return {name: value for name, value in fields.items() if value not in ([], {})}


def not_carried(case: Case) -> tuple[str, ...]:
    """The sentences that say what of the case a bundle of it does not hold."""
    count = len(case.hunt.sightings) if case.hunt else 0
    if count <= MOST_SIGHTINGS:
        return ()
    return (f"Of {count:,} sightings the first {MOST_SIGHTINGS:,} travel one by one; the sightings by technique count all.",)


def _said_about_the_export(case: Case, objects: Objects, producer: str) -> list[str]:
    """Notes that say what was left out and which marking was lowered, and why."""
    sentences = [*left_out(case), *not_carried(case)]
    sentences += [f"{one.value} {one.note}" for one in case.judgements if one.action == LOWERED]
    return [
        objects.add("note", "export", sentence, abstract="About this export", content=sentence, object_refs=[producer])
        for sentence in sentences
    ]


def _reference(document: Document) -> dict[str, Any]:
    """The source by name and title. STIX wants hashes only beside a URL, so what was read stands in the description."""
    told = " ".join(part for part in (document.title, document.published) if part)
    return {"source_name": document.name, "description": f"{told} (SHA-256 {document.sha256})".strip()}


def render(
    case: Case,
    knowledge: Knowledge,
    *,
    internal: bool = False,
    texts: bool = False,
    measures: bool = False,
    before: bytes = b"",
) -> bytes:
    """The bundle as JSON. Same case, same bytes."""
    return b"".join(pieces(case, knowledge, internal=internal, texts=texts, measures=measures, before=before))


def pieces(
    case: Case,
    knowledge: Knowledge,
    *,
    internal: bool = False,
    texts: bool = False,
    measures: bool = False,
    before: bytes = b"",
) -> Iterator[bytes]:
    """The same object by object, as JSON with two blanks a level and sorted names.

    `before` is the bundle that this one takes the place of: an object that says the same keeps its times, and one that does not
    is newer than it was.
    """
    case = settled(case if internal else without_internals(case))
    # Sightings are most of a bundle: the report has one word where they stand, and each is made when it is written.
    here = sum_of(filled(one) for one in _travelling(case))
    standing = [here] if case.hunt and case.hunt.sightings else []
    objects = _objects(case, knowledge, standing, internal=internal, texts=texts, measures=measures)
    objects = continued(objects, before)
    id = object_id("bundle", *(f"{item['id']}{item.get('modified', '')}" for item in objects))
    yield b'{\n  "id": "%s",\n  "objects": [' % id.encode()
    for number, item in enumerate(objects):
        yield b",\n    " if number else b"\n    "
        before, mark, after = _indented(item, b"    ").partition(b'"%s"' % here.encode())
        yield before
        if mark:
            blanks = before[before.rfind(b"\n") + 1 :]
            for place, one in enumerate(_travelling(case)):
                yield (b",\n" + blanks if place else b"") + _indented(filled(one), blanks)
            yield after
    yield b'\n  ],\n  "type": "bundle"\n}'


def _indented(value: Any, blanks: bytes) -> bytes:
    """JSON of which every line but the first begins with `blanks`. A line break in a text is an escape."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).replace(b"\n", b"\n" + blanks)
