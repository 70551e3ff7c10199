"""A case as an Attack Flow: paths in the order of time where logs show one, and none where only texts tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import stix2

from indicia.knowledge import load
from indicia.pipeline import read_sources
from indicia.records import Case, MentionKind
from indicia.share import render
from indicia.share.internals import without_internals
from tests.sample_case import exchange_case


def objects_of(case: Case) -> dict[str, dict[str, Any]]:
    bundle = json.loads(render(case, "attack-flow", load()))
    stix2.parse(bundle, allow_custom=True)
    return {item["id"]: item for item in bundle["objects"]}


def paths_of(objects: dict[str, dict[str, Any]]) -> list[list[str]]:
    """The techniques of each path from its start to its end."""
    (flow,) = [item for item in objects.values() if item["type"] == "attack-flow"]
    found = []
    for start in flow["start_refs"]:
        path, at = [], start
        while at:
            path.append(objects[at]["technique_id"])
            (at,) = objects[at].get("effect_refs", [""])
        found.append(path)
    return found


def test_each_chain_is_a_path_in_the_order_of_time() -> None:
    case = exchange_case()
    assert case.hunt is not None
    objects = objects_of(case)
    seen = {one.id: one for one in case.hunt.sightings}
    wanted = []
    for chain in case.hunt.chains:
        techniques = [one for id in chain.sightings if id not in chain.around for one in seen[id].techniques]
        wanted.append(list(dict.fromkeys(map(load().attack.current, techniques))))
    assert paths_of(objects) == [path for path in wanted if path]
    assert max(map(len, wanted)) > 1
    times = [item.get("execution_start") for item in objects.values() if item["type"] == "attack-action"]
    assert any(times)
    for item in objects.values():
        refs = [value for name, value in item.items() if name.endswith("_ref")]
        refs += [one for name, value in item.items() if name.endswith("_refs") for one in value]
        assert set(refs) <= objects.keys(), item["id"]


def test_what_texts_state_leads_to_nothing() -> None:
    case = exchange_case(logs=False)
    paths = paths_of(objects_of(case))
    stated = {one.target or one.value for one in case.mentions if one.kind is MentionKind.TECHNIQUE}
    assert paths
    assert all(len(path) == 1 and path[0] in stated for path in paths)


def test_a_case_without_techniques_is_a_flow_all_the_same() -> None:
    case = msgspec.structs.replace(exchange_case(logs=False), mentions=())
    types = [item["type"] for item in objects_of(case).values()]
    assert types.count("attack-flow") == types.count("attack-condition") == 1


def test_names_of_machines_stay_at_home() -> None:
    case = exchange_case()
    assert case.hunt is not None
    out = render(without_internals(case), "attack-flow", load()).decode()
    assert not [one.event.host for one in case.hunt.sightings if one.event.host and one.event.host in out]


def test_a_flow_is_read_back(tmp_path: Path) -> None:
    case = exchange_case()
    path = tmp_path / "flow.json"
    path.write_bytes(render(case, "attack-flow", load()))
    _, _, mentions, _ = read_sources([str(path)], load())
    told = {technique for path in paths_of(objects_of(case)) for technique in path}
    assert told <= {one.target for one in mentions if one.kind is MentionKind.TECHNIQUE}
