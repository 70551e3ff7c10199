"""The TAXII server behind `indicia serve --taxii-only`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["taxii_server"]


def taxii_server(cases: Sequence[str], readers: Path | None, inbox: Path | None, sightings: str) -> Starlette:
    """The server of one case. Raises: UsageError for another number of cases, and what reading the files raises."""
    from indicia.cli.options import read_marking
    from indicia.knowledge import load
    from indicia.pipeline import load_case
    from indicia.records import Tlp
    from indicia.web.collections import Inbox
    from indicia.web.readers import load_readers
    from indicia.web.taxii import taxii_app

    if len(cases) != 1:
        raise UsageError("TAXII serves one case", hint="for example: indicia serve affair.indicia --taxii-only")
    return taxii_app(
        load_case(cases[0]),
        load(),
        load_readers(readers) if readers else (),
        inbox=Inbox(inbox) if inbox else None,
        added=_added(cases[0]),
        sightings=read_marking(sightings) or Tlp.AMBER,
    )


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
