"""`indicia serve --taxii`: the case for others, over TAXII 2.1."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from indicia.cli import exits
from indicia.cli.options import read_marking
from indicia.cli.talk import Talk

__all__ = ["serve_taxii"]


def serve_taxii(
    case: str, *, readers: Path | None, inbox: Path | None, host: str, port: int, sightings: str, voice: Talk
) -> int:
    """A TAXII 2.1 server with one collection for each TLP marking. Without a token readers see what is TLP:CLEAR."""
    import uvicorn

    from indicia.knowledge import load
    from indicia.pipeline import load_case
    from indicia.records import Tlp
    from indicia.web.collections import Inbox
    from indicia.web.readers import load_readers
    from indicia.web.taxii import taxii_app

    app = taxii_app(
        load_case(case),
        load(),
        load_readers(readers) if readers else (),
        inbox=Inbox(inbox) if inbox else None,
        added=_added(case),
        sightings=read_marking(sightings) or Tlp.AMBER,
    )
    voice.say(f"TAXII 2.1 on http://{host}:{port}/taxii2/ (Ctrl-C stops it)")
    if host not in {"127.0.0.1", "::1", "localhost"}:
        voice.say("tokens travel in clear here: put a proxy with TLS in front of it", "yellow")
    uvicorn.run(app, host=host, port=port, log_level="warning", lifespan="off", server_header=False)
    return exits.E_OK


def _added(case: str) -> str | None:
    """When the case changed last: the time of its last run, or of its file."""
    from indicia.case import open_store
    from indicia.pipeline import is_store

    if is_store(case):
        with open_store(case) as store:
            moment = datetime.fromisoformat(store.runs()[-1].time)
    else:
        path = Path(case)
        moment = datetime.fromtimestamp((path / "case.json" if path.is_dir() else path).stat().st_mtime, UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
