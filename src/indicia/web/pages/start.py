"""The first page, the words of the field, and work under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from indicia.errors import StoreError
from indicia.records import Tlp
from indicia.view.inert import clip
from indicia.web.cases.jobs import Job
from indicia.web.shown.render import Ask, Page, case_address
from indicia.web.shown.words import WORDS, leaders

OPENED, SMALL = 24, 8_000_000  # cases whose cards say more, and bytes of a case file that is opened for that
TICK = 0.25  # seconds between two looks at a job
LONGEST = 6 * 3600  # seconds that one stream of events stays open


def start(ask: Ask) -> Page:
    """What can be dropped, the cases that are there, and the work under way."""
    cases: list[dict[str, Any]] = []
    for slug in ask.shelf.slugs():
        try:
            runs = ask.shelf.store(slug).runs()
        except StoreError as error:
            cases.append({"slug": slug, "address": case_address(slug), "changed": "", "author": "", "error": error.message})
            continue
        if runs:
            last = runs[-1]
            told = {"slug": slug, "address": case_address(slug), "changed": last.time, "author": last.author, "error": ""}
            cases.append(told | _spoken(ask, slug, len(cases)))
    jobs = [job.as_data() for job in ask.jobs.all()[:10]]
    into = ask.filled("into") or ask.one("into")
    data = {"cases": cases, "jobs": jobs}
    deleted = ask.one("deleted")
    view = {
        "markings": [(tlp.value, tlp.label) for tlp in Tlp],
        "into": into if into in ask.shelf.slugs() else "",
        "reads": [str(folder) for folder in ask.folders.all],
        "deleted": deleted if deleted in ask.shelf.deleted() else "",
    }
    return Page("start.html.j2", "Indicia", data, view)


def _spoken(ask: Ask, slug: str, number: int) -> dict[str, Any]:
    """What a card says of a case: its affair and its verdicts. Nothing of large cases and of those far down."""
    if number >= OPENED or ask.shelf.size(slug) > SMALL:
        return {"title": "", "affair": "", "logs": "", "said": "", "names": "", "statement": "", "waiting": 0}
    held = ask.shelf.get(slug)
    case = held.case
    weighing = case.weighing
    return {
        "title": held.title,
        "affair": held.affair if held.affair.casefold() not in held.title.casefold() else "",
        "logs": case.hunt.verdict.value if case.hunt else "no logs",
        "said": weighing.said.verdict.value if weighing else "not weighed",
        "names": leaders(weighing.said) if weighing else "",
        "statement": clip(weighing.said.statement, 150) if weighing else "",
        "waiting": len(held.waiting),
    }


def help_page(ask: Ask) -> Page:
    """The words of the field."""
    return Page("help.html.j2", "Words", {"terms": WORDS})


def _job(request: Request) -> Job:
    job: Job | None = request.app.state.jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404, "That job no longer exists. Its case, if it was built, is on the first page.")
    return job


def job_page(ask: Ask) -> Page:
    """How far a job is; refreshes itself where there is no script."""
    job = _job(ask.request)
    return Page("job.html.j2", job.title, {"job": job.as_data()}, {"case_link": case_address(job.slug)})


async def events(request: Request) -> Response:
    """The state of a job as server-sent events, until it is over."""
    job = _job(request)

    async def stream() -> AsyncIterator[bytes]:
        last = b""
        for turn in range(int(LONGEST / TICK)):
            now = msgspec.json.encode(job.as_data())
            if now != last or turn % 60 == 0:
                yield b"data: " + now + b"\n\n"
                last = now
            if job.is_over or await request.is_disconnected():
                return
            await asyncio.sleep(TICK)

    return StreamingResponse(stream(), media_type="text/event-stream")
