"""An export connector for OpenCTI: a report of the platform becomes a brief on who accuses whom, or a table of the claims.

The platform hands over the report with all that is on it, as far as the person who asks may see it; Indicia reads notes,
attributions and indicators here, with no network, and the file appears beside the report. Needs `pycti` in the version of the
platform.

    OPENCTI_URL=http://opencti:8080 OPENCTI_TOKEN=... CONNECTOR_ID=... python export.py
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import indicia

__all__ = ["SCOPE", "ExportClaims", "file_of"]

SCOPE = "text/html"
# What may stand in CONNECTOR_SCOPE -> the format. The platform asks every connector that bears the type that somebody chose.
TYPES = {
    "text/html": "html",
    "text/markdown": "md",
    "application/pdf": "pdf",
    "text/csv": "ledger",
    "application/ld+json": "jsonld",
}
_ENDINGS = {".html": "text/html", ".md": "text/markdown", ".markdown": "text/markdown", ".pdf": "application/pdf",
            ".csv": "text/csv", ".jsonld": "application/ld+json"}  # fmt: skip


def file_of(bundle: dict[str, Any], file_name: str) -> tuple[bytes, str]:
    """What a bundle of the platform says, as the file that its name asks for, and the type of that. Raises: ValueError where
    nobody accuses anybody in it, or for an ending that we do not write."""
    kind = _ENDINGS.get(Path(file_name).suffix.lower())
    if kind is None:
        raise ValueError(f"{file_name}: only {', '.join(_ENDINGS)} are written")
    named = [item["name"] for item in bundle["objects"] if item.get("type") == "report" and item.get("name")]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "platform.stix.json"
        file.write_text(json.dumps(bundle), "utf-8")
        case = indicia.read(file, name=named[0] if named else "OpenCTI")
    if not case.claims:
        raise ValueError("nobody accuses anybody in it: it has no note of a claim, and no attributed-to")
    return case.share(TYPES[kind]), kind


class ExportClaims:
    """Answers the platform's messages. `helper` is pycti's OpenCTIConnectorHelper."""

    def __init__(self, helper: Any) -> None:
        self.helper = helper

    def process(self, data: dict[str, Any]) -> str:
        """Makes the file that one message asks for. Returns what the platform shows for the export."""
        if data["export_scope"] != "single":
            raise ValueError("export one report at a time, from its own page")
        bundle = self.helper.api_impersonate.stix2.get_stix_bundle_or_object_from_entity_id(
            entity_type=data["entity_type"],
            entity_id=data["entity_id"],
            mode=data["export_type"],
            access_filter=data.get("access_filter"),
        )
        content, kind = file_of(bundle, data["file_name"])
        self.helper.api.stix_domain_object.push_entity_export(
            data["entity_id"], data["file_name"], content, data.get("file_markings", []), kind
        )
        return "Export done"

    def run(self) -> None:
        """Waits for messages until it is stopped."""
        self.helper.listen(message_callback=self.process)


def main() -> None:
    from pycti import OpenCTIConnectorHelper

    connector = {
        "id": os.environ.get("CONNECTOR_ID"),
        "type": "INTERNAL_EXPORT_FILE",
        "name": os.environ.get("CONNECTOR_NAME", "Indicia"),
        "scope": os.environ.get("CONNECTOR_SCOPE", SCOPE),
    }
    ExportClaims(OpenCTIConnectorHelper({"connector": connector})).run()


if __name__ == "__main__":
    main()
