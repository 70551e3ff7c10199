"""An import connector for OpenCTI: a document that somebody uploads comes back as who accuses whom in it.

The platform hands over the file; Indicia reads it here, with no network; its STIX bundle goes back to the platform, with notes
for the claims, what the text says was used and hit, and indicators. Needs `pycti` in the version of the platform.

    OPENCTI_URL=http://opencti:8080 OPENCTI_TOKEN=... CONNECTOR_ID=... python connector.py
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import indicia

__all__ = ["SCOPE", "ImportClaims", "bundle_of"]

SCOPE = (
    "text/plain,text/html,text/markdown,application/pdf,message/rfc822,"
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)


def bundle_of(content: bytes, file_name: str, unmarked: str = "amber") -> tuple[str, str]:
    """The STIX bundle of what a file says, and a sentence on it. `unmarked` is the TLP of a text that bears none itself.

    Raises: ValueError for a file that says nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / (Path(file_name).name or "document")
        file.write_bytes(content)
        case = indicia.read(file, name=Path(file_name).stem or "document")
    not_used = "; ".join(f"{problem.what}" for problem in case.problems)
    if not case.claims and not case.mentions:
        raise ValueError(f"nothing was read from {file_name}" + (f": {not_used}" if not_used else ""))
    told = f"{len(case.claims)} claims, {len(case.mentions)} mentions" + (f"; not used: {not_used}" if not_used else "")
    return case.share("stix", unmarked=unmarked).decode("utf-8"), told


class ImportClaims:
    """Answers the platform's messages. `helper` is pycti's OpenCTIConnectorHelper."""

    def __init__(self, helper: Any) -> None:
        self.helper = helper

    def process(self, data: dict[str, Any]) -> str:
        """Reads the file of one message and sends what it says. Returns what the platform shows for the import."""
        content = self.helper.api.fetch_opencti_file(self.helper.opencti_url + data["file_fetch"], binary=True)
        markings = data.get("file_markings") or []
        bundle, told = bundle_of(content, data["file_id"], self._marking(markings))
        self.helper.send_stix2_bundle(
            bundle,
            bypass_validation=data.get("bypass_validation", False),
            file_name=f"{Path(data['file_id']).stem}.json",
            entity_id=data.get("entity_id"),
            file_markings=markings,
        )
        return told

    def _marking(self, ids: list[str]) -> str:
        """The TLP that the file has in the platform, else that of INDICIA_UNMARKED, else amber."""
        held = [self.helper.api.marking_definition.read(id=id) for id in ids]
        names = [one["definition"] for one in held if one and str(one["definition"]).startswith("TLP:")]
        return names[0] if names else os.environ.get("INDICIA_UNMARKED", "amber")

    def run(self) -> None:
        """Waits for messages until it is stopped."""
        self.helper.listen(message_callback=self.process)


def main() -> None:
    from pycti import OpenCTIConnectorHelper

    connector = {
        "id": os.environ.get("CONNECTOR_ID"),
        "type": "INTERNAL_IMPORT_FILE",
        "name": os.environ.get("CONNECTOR_NAME", "Indicia"),
        "scope": os.environ.get("CONNECTOR_SCOPE", SCOPE),
        "auto": False,
    }
    ImportClaims(OpenCTIConnectorHelper({"connector": connector})).run()


if __name__ == "__main__":
    main()
