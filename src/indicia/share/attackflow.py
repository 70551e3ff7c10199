"""A case as an Attack Flow: what an intruder did, step by step, as our logs show it; else what the texts state, in no order.

Each chain of the hunt is a path of its own: one action for each technique, in the order in which it was first seen, which leads
to the next. A sighting of what was only tried is told as such. What a text states without saying when stands alone: its
actions lead to nothing, as the order in which a text tells is not the order in which it was done.

References: Attack Flow 2.0.0 (schema), as version 3 of the Attack Flow Builder reads it; MITRE Engenuity CTID.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from indicia.affairs.identity import key_of
from indicia.knowledge import Knowledge
from indicia.records import Case, Chain, Context, MentionKind, Outcome, Sighting, Tlp
from indicia.share.redact import marking_of
from indicia.share.stix.ids import as_of, born, growth_of, marking_object, object_id, stamp
from indicia.share.stix.objects import Objects
from indicia.share.stix.parties import identity
from indicia.view.wording import left_out

# The definition of the extension and who made it, as published.
_EXTENSION = "extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4"
_ITS_MAKER = "identity--d673f8cb-c168-42da-8ed4-0cb26725f86c"
_PUBLISHED = "2022-08-02T19:34:35.143Z"
_SCHEMA = "https://center-for-threat-informed-defense.github.io/attack-flow/stix/attack-flow-schema-2.0.0.json"
_NEW = {_EXTENSION: {"extension_type": "new-sdo"}}


class _Step(NamedTuple):
    """A technique of one chain or of the texts, when it was seen, and in whose words."""

    technique: str
    words: str
    first: datetime | None = None
    last: datetime | None = None


def render(case: Case, knowledge: Knowledge) -> bytes:
    """The flow as a bundle of STIX 2.1. Same case, same bytes."""
    key, marking = key_of(case, knowledge), marking_of(case)
    objects = Objects(moment=as_of(case), grown=growth_of(case), born=born(case), marking=marking, knowledge=knowledge)
    objects.producer = identity(objects, "Indicia", "system", Tlp.CLEAR)
    _define(objects)
    chains = case.hunt.chains if case.hunt else ()
    seen = {one.id: one for one in (case.hunt.sightings if chains and case.hunt else ())}
    paths = [path for chain in chains if (path := _path(chain, seen))]
    starts = [_lead(path, (key, number), objects) for number, path in enumerate(paths)]
    if not paths:
        starts = [_lead([step], (key, "stated"), objects) for step in _stated(case)]
    objects.add(
        "attack-flow",
        key,
        marking.value,
        name=case.name,
        description=" ".join((_about(len(paths), len(starts)), *left_out(case))),
        scope="incident" if paths else "campaign",
        start_refs=starts or [_nothing(key, objects)],
        external_references=objects.references,
        extensions=_NEW,
    )
    for tlp in dict.fromkeys((Tlp.CLEAR, *objects.markings)):
        objects.add_raw(marking_object(tlp))
    items = objects.sorted()
    id = object_id("bundle", *(f"{item['id']}{item.get('modified', '')}" for item in items))
    return orjson.dumps({"type": "bundle", "id": id, "objects": items}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _define(objects: Objects) -> None:
    """The extension that the objects of a flow belong to."""
    made = {"spec_version": "2.1", "created": _PUBLISHED, "modified": _PUBLISHED, "created_by_ref": _ITS_MAKER}
    maker = {"name": "MITRE Center for Threat-Informed Defense", "identity_class": "organization"}
    objects.add_raw({"type": "identity", "id": _ITS_MAKER, **made, **maker})
    definition: dict[str, Any] = {
        "name": "Attack Flow",
        "description": "Extends STIX 2.1 with features to create Attack Flows.",
        "schema": _SCHEMA,
        "version": "2.0.0",
        "extension_types": ["new-sdo"],
    }
    objects.add_raw({"type": "extension-definition", "id": _EXTENSION, **made, **definition})


def _about(paths: int, steps: int) -> str:
    if paths:
        return f"{paths} chains that our logs show." if paths > 1 else "One chain that our logs show."
    if steps:
        return "Techniques that the texts state. In which order they were used is not said."
    return "The case tells of no technique."


def _path(chain: Chain, seen: dict[str, Sighting]) -> list[_Step]:
    """The techniques of a chain in the order in which they were first seen; what only stands around it is none of them."""
    found: dict[str, _Step] = {}
    for id in chain.sightings:
        one = seen.get(id)
        if one is None or id in chain.around:
            continue
        words = f"{one.title} ({one.stage.value})" + ("; attempted only" if one.outcome is Outcome.ATTEMPT else "")
        for technique in one.techniques:
            before = found.get(technique)
            times = [time for time in (before.first, before.last, one.event.time) if time] if before else [one.event.time]
            known = [time for time in times if time is not None]
            told = before.words if before else words
            found[technique] = _Step(technique, told, min(known, default=None), max(known, default=None))
    return list(found.values())


def _stated(case: Case) -> Iterator[_Step]:
    """The techniques that the texts state, each once, by the first sentence that does."""
    found: dict[str, _Step] = {}
    for one in case.mentions:
        if one.kind is MentionKind.TECHNIQUE and one.context is Context.STATED:
            technique = one.target or one.value
            found.setdefault(technique, _Step(technique, f"“{one.span.text}”"))
    yield from (found[technique] for technique in sorted(found))


def _lead(path: Iterable[_Step], key: tuple[object, ...], objects: Objects) -> str:
    """Adds the actions of a path, the last one first; returns the id of the first one."""
    after: list[str] = []
    for step in reversed(list(path)):
        ref = objects.refer(step.technique)
        id = objects.add(
            "attack-action",
            *key,
            step.technique,
            name=objects.knowledge.attack.name(step.technique) or step.technique,
            technique_id=objects.knowledge.attack.current(step.technique),
            technique_ref=ref,
            description=step.words,
            execution_start=stamp(step.first) if step.first else None,
            execution_end=stamp(step.last) if step.last else None,
            effect_refs=after,
            extensions=_NEW,
        )
        after = [id]
    return after[0]


def _nothing(key: str, objects: Objects) -> str:
    """A flow has to begin somewhere."""
    return objects.add("attack-condition", key, description="No technique is stated or was seen.", extensions=_NEW)
