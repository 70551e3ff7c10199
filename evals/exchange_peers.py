"""What one peer keeps of a case, by its own code. Runs in the peer's own environment, which need not have Indicia.

    python exchange_peers.py FOLDER      the folder holds bundle.stix.json and event.misp.json; one JSON line for each way

A line is {"peer", "way", "kept": [texts of what is kept, one for each record], "counts": {...}}. pycti speaks to a server on
this machine that answers as the platform's interface does and notes what it is asked to create; what has the same standard id,
by pycti's own rule, is one thing.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import re
import sys
import threading
import uuid
import warnings
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")


def main(folder: Path) -> None:
    bundle, event = (folder / "bundle.stix.json").read_text("utf-8"), (folder / "event.misp.json").read_text("utf-8")
    logging.disable(logging.CRITICAL)
    for needs, way in (
        ("pycti", lambda: through_opencti(bundle)),
        ("misp_stix_converter", lambda: stix_into_misp(bundle)),
        ("misp_stix_converter", lambda: misp_to_stix_and_back(event)),
        ("pymisp", lambda: through_pymisp(event)),
    ):
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                importlib.import_module(needs)
            except ImportError:
                continue
            found = way()
        print(json.dumps(found))


# OpenCTI


class Platform(BaseHTTPRequestHandler):
    """Answers GraphQL with one thing of whatever is asked for, and keeps what it was asked to create."""

    created: list[tuple[str, dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = json.loads(body)
        query, variables = asked["query"], asked.get("variables") or {}
        field = re.search(r"\{\s*(\w+)", query)
        name = field.group(1) if field else ""
        if name.endswith("Add") and isinstance(variables.get("input"), dict):
            Platform.created.append((name, variables["input"]))
        id = str((variables.get("input") or {}).get("stix_id") or uuid.uuid5(uuid.NAMESPACE_OID, body.decode()))
        one = {"id": id, "standard_id": id, "entity_type": "", "parent_types": [], "name": "", "observables": None}
        many = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None, "globalCount": 0}}
        given = [] if name == "vocabularyCategories" else one if name.endswith(("Add", "Edit")) else many
        answer = json.dumps({"data": {name: given}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


def through_opencti(bundle: str) -> dict[str, Any]:
    """Split and imported by pycti: notes, opinions and relationships as the platform would hold them."""
    import pycti

    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Platform.created = []
    client = pycti.OpenCTIApiClient(
        f"http://127.0.0.1:{server.server_port}", str(uuid.UUID(int=0)), log_level="critical", perform_health_check=False
    )
    splitter = pycti.OpenCTIStix2Splitter()
    _, refused, parts = splitter.split_bundle_with_expectations(bundle)
    failed: Counter[str] = Counter()
    items = [item for part in parts for item in json.loads(part)["objects"]]
    authors = {item["id"]: item["name"] for item in items if item["type"] == "identity"}
    for item in items:
        try:
            client.stix2.import_item(json.loads(json.dumps(item)), False, None)
        except Exception as error:
            failed[f"{item['type']}: {type(error).__name__}"] += 1
    server.shutdown()
    server.server_close()
    notes, opinions, relations, near = {}, {}, {}, set()
    for name, fields in Platform.created:
        if name == "noteAdd":
            given = {"created": fields["created"], "content": fields["content"]}
            if "attribute_abstract" in pycti.Note.generate_id_from_data.__code__.co_consts:
                given["attribute_abstract"] = fields.get("attribute_abstract")
            notes[pycti.Note.generate_id_from_data(given)] = _words(fields, authors)
        elif name == "opinionAdd":
            opinions[pycti.Opinion.generate_id(fields["created"], fields["opinion"])] = _words(fields, authors)
        elif name == "stixCoreRelationshipAdd":
            ends = (fields["relationship_type"], fields["fromId"], fields["toId"])
            relations[pycti.StixCoreRelationship.generate_id(*ends, fields.get("start_time"))] = ends
            near.add(ends)
    made = Counter(name for name, _ in Platform.created)
    return {
        "peer": f"pycti {pycti.__version__}",
        "way": "STIX in",
        "kept": list(notes.values()),
        "counts": {
            "objects": len(items),
            "refused by the splitter": dict(Counter(item["type"] for item in refused)),
            "failed": dict(failed),
            "notes": len(notes),
            "opinions": len(opinions),
            "relationships": len(relations),
            "relationships of all sources as one": len(near),
            "sightings": made["stixSightingRelationshipAdd"],
            "techniques": made["attackPatternAdd"],
        },
    }


def _words(fields: dict[str, Any], authors: dict[str, str]) -> str:
    return "\n".join(str(fields[name]) for name in ("attribute_abstract", "content", "explanation") if fields.get(name))


# MISP


def through_pymisp(event: str) -> dict[str, Any]:
    """Loaded by PyMISP and written again."""
    import pymisp

    loaded = pymisp.MISPEvent()
    loaded.from_json(event)
    again = json.loads(loaded.to_json())
    return _of_event(again, f"PyMISP {importlib.metadata.version('pymisp')}", "MISP in")


def stix_into_misp(bundle: str) -> dict[str, Any]:
    """Our bundle turned into an event by misp-stix."""
    import stix2
    from misp_stix_converter import ExternalSTIX2toMISPParser

    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(bundle, allow_custom=True))
    parser.parse_stix_bundle()
    return _of_event(json.loads(parser.misp_event.to_json()), _misp_stix(), "STIX to MISP")


def misp_to_stix_and_back(event: str) -> dict[str, Any]:
    """Our event turned into STIX and back by misp-stix."""
    import pymisp
    import stix2
    from misp_stix_converter import InternalSTIX2toMISPParser, MISPtoSTIX21Parser

    loaded = pymisp.MISPEvent()
    loaded.from_json(event)
    out = MISPtoSTIX21Parser()
    out.parse_misp_event(loaded)
    back = InternalSTIX2toMISPParser()
    back.load_stix_bundle(stix2.parse(out.bundle.serialize(), allow_custom=True))
    back.parse_stix_bundle()
    return _of_event(json.loads(back.misp_event.to_json()), _misp_stix(), "MISP to STIX and back")


def _misp_stix() -> str:
    return f"misp-stix {importlib.metadata.version('misp-stix')}"


def _of_event(event: dict[str, Any], peer: str, way: str) -> dict[str, Any]:
    found = {kind: list(_all(event, kind)) for kind in ("Note", "Opinion")}
    counts: dict[str, Any] = {name.lower() + "s": len(items) for name, items in found.items()}
    galaxies = [tag["name"] for tag in event.get("Tag", []) if tag["name"].startswith("misp-galaxy:")]
    galaxies += [galaxy["type"] for galaxy in event.get("Galaxy", []) for _ in galaxy["GalaxyCluster"]]
    counts["clusters of galaxies"] = len(galaxies)
    counts["techniques"] = sum("attack-pattern" in one for one in galaxies)
    return {"peer": peer, "way": way, "kept": [note["note"] for note in found["Note"]], "counts": counts}


def _all(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """All that stands under a name, however deep."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == name and isinstance(part, list):
                yield from part
            yield from _all(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _all(part, name)


if __name__ == "__main__":
    import importlib.metadata

    main(Path(sys.argv[1]))
