"""Hands a case's timeline to a sketch of Timesketch: sightings and dated claims, by Timesketch's own importer.

    TIMESKETCH_URL=https://timesketch.example.org TIMESKETCH_USER=... TIMESKETCH_PASSWORD=... \
        python send.py CASE SKETCH_NUMBER [--internal]

Needs `timesketch-import-client`. The names of your machines and people stay at home unless you say --internal; a timeline that
is to be searched beside the logs it came from wants them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import indicia

__all__ = ["send"]


def send(case: indicia.Case, sketch: Any, *, internal: bool = False) -> int:
    """Uploads the timeline of a case to a `sketch` of timesketch_api_client. Returns how many lines it has; with none nothing
    is sent. Raises: RuntimeError where the server refuses it."""
    from timesketch_import_client import importer

    timeline = case.share("timesketch", internal=internal)
    if not timeline:
        return 0
    with tempfile.TemporaryDirectory() as folder, importer.ImportStreamer() as streamer:
        file = Path(folder) / "timeline.jsonl"
        file.write_bytes(timeline)
        streamer.set_sketch(sketch)
        streamer.set_timeline_name(f"Indicia: {case.name}")
        streamer.set_provider("Indicia")
        streamer.set_upload_context(f"indicia share --as timesketch ({indicia.__version__})")
        streamer.add_file(str(file))
    return timeline.count(b"\n")


def main() -> int:
    from timesketch_api_client.client import TimesketchApi

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("case", help="a case file, a case.json or the folder of a brief")
    asked.add_argument("sketch", type=int, help="the number of the sketch, as in its address")
    asked.add_argument("--internal", action="store_true", help="names of machines and people go with it")
    options = asked.parse_args()
    missing = [name for name in ("TIMESKETCH_URL", "TIMESKETCH_USER", "TIMESKETCH_PASSWORD") if name not in os.environ]
    if missing:
        sys.stderr.write(f"error: {', '.join(missing)} is not set\n")
        return 2
    url, user, password = (os.environ[f"TIMESKETCH_{name}"] for name in ("URL", "USER", "PASSWORD"))
    sketch = TimesketchApi(url, user, password).get_sketch(options.sketch)
    count = send(indicia.Case.load(options.case), sketch, internal=options.internal)
    sys.stderr.write(f"{count} lines sent\n" if count else "the case holds nothing with a time: nothing was sent\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
