"""A page over sample cases, for tests: no socket, no browser."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.testclient import TestClient

from indicia.case import open_store
from indicia.records import Case
from indicia.web import create_app
from tests.sample_case import keep

LAUNCH = "a-launch-token-of-these-tests"
NOW = "2026-01-02T03:04:05+00:00"


def shelve(folder: Path, slug: str, case: Case) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open_store(folder / f"{slug}.indicia") as store:
        keep(store, case, author="tester", time=NOW, what="sample")


def client(folder: Path, **more: object) -> TestClient:
    """A client that speaks as the browser on this machine would, with the launch token. Use as a context manager."""
    app = create_app(folder, author="tester", launch=LAUNCH, **more)  # type: ignore[arg-type]
    made = TestClient(app, base_url="http://127.0.0.1")
    made.get("/", params={"token": LAUNCH})
    return made


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def addresses(case: Case, slug: str) -> list[str]:
    """Every kind of page that a case has."""
    base = f"/case/{slug}"
    found = [base] + [
        f"{base}/{part}"
        for part in (
            "documents",
            "claims",
            "timeline",
            "hunt",
            "hunt/rules",
            "hunt/reach",
            "weigh",
            "advise",
            "export",
            "search",
            "check",
            "people",
            "sql",
        )
    ]
    found += [f"{base}/documents/{one.id}" for one in case.documents[:3]]
    found += [f"{base}/claims/{one.id}" for one in case.claims[:3]]
    found += [f"{base}/sightings/{one.id}" for one in (case.hunt.sightings[:3] if case.hunt else ())]
    return found
