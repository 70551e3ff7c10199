"""The first page, the words of the field, and work under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from indicia.affairs.telling import told_of
from indicia.errors import StoreError
from indicia.records import Chain, Tlp
from indicia.share.redact import marking_of
from indicia.view.affair import origins, subject
from indicia.view.first import by_when, first_things, headline
from indicia.view.inert import clip
from indicia.view.judgements import key_judgements
from indicia.view.positions import is_narration, positions
from indicia.view.saying import asked_words
from indicia.view.slots import rows
from indicia.web.cases.jobs import Job
from indicia.web.cases.shelf import Held
from indicia.web.pages.claim import decided_lately
from indicia.web.pages.hunt import worst_first
from indicia.web.pages.ledger import ledger_link
from indicia.web.shown.graph import HALF, claim_graph
from indicia.web.shown.render import WORDS, Ask, Page, case_address, leaders

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


# The affair at a glance: the key judgements, what there is, and what could not be used.
POSITIONS = 40  # of them in the list that a narrow screen has in place of the graph
CHAINS, MEASURES, LATELY = 3, 4, 5  # of each, on a page that is seen at a glance
TRACES = 6  # records that a sentence is shown to rest on


def overview(ask: Ask) -> Page:
    """Of what people left standing, not of the machine's own alone."""
    held, case = ask.held, ask.held.case
    hunt = case.hunt
    about = subject(case)
    sentences = key_judgements(case)
    at = _addresses(held, [trace for one in sentences for trace in one.traces[:TRACES]])
    store = ask.shelf.store(held.slug)
    data = {
        "name": case.name,
        "affair": about.name,
        "marking": marking_of(case).label,
        "judgements": [
            {
                "text": one.text,
                "told": one.told.value if one.told else None,
                "traces": [trace for trace in one.traces[:TRACES] if trace in at],
            }
            for one in sentences
        ],
        "counts": {
            "documents": len(case.documents),
            "claims": len(case.claims),
            "origins": origins(case),
            "mentions": len(case.mentions),
            "sightings": len(held.sightings),
            "log files": len(hunt.files) if hunt else 0,
            "measures": len(case.advice.measures) if case.advice else 0,
            "judgements by people": len(case.judgements),
        },
        "verdicts": {
            "logs": hunt.verdict.value if hunt else "no logs",
            "observed": case.weighing.observed.verdict.value if case.weighing else "not weighed",
            "said": case.weighing.said.verdict.value if case.weighing else "not weighed",
        },
        "problems": [
            {"where": one.where, "what": one.what, "severity": one.severity.value, "hint": one.hint, "count": one.count}
            for one in case.problems[:200]
        ],
        "problems_total": len(case.problems),
        "history": [{"run": run.id, "time": run.time, "author": run.author, "what": run.what} for run in store.runs()[-20:]],
        "versions": {"indicia": case.versions.indicia, "knowledge": [list(pair) for pair in case.versions.knowledge]},
    }
    weighing = case.weighing
    spoken = {
        "logs": hunt.reason if hunt else "No logs were given, so we do not know whether it happened to you.",
        "said": weighing.said.statement if weighing else "",
        "observed": weighing.observed.statement if weighing else "",
    }
    found, link = positions(about.mine), ledger_link(held.slug)
    told = [one for one in found if not is_narration(one)][:POSITIONS]
    view = {
        "at": at,
        "rows": rows(case, about),
        "happened": [(asked_words(one.asked), one.mention) for one in told_of(case, about.story, about.incident, about.others)],
        "graph": claim_graph(found, held.show, link, HALF),
        "spoken": spoken,
        "positions": told,
        "link": link,
        "points_to": {"said": leaders(weighing.said), "observed": leaders(weighing.observed)} if weighing else {},
        "hosts": _hosts(held),
        "first": [(one.id, headline(one), by_when(one)) for one in first_things(case.advice, MEASURES)] if case.advice else [],
        "lately": decided_lately(held, LATELY),
    }
    return Page("overview.html.j2", case.name, data, view)


def _hosts(held: Held) -> list[tuple[Chain, str]]:
    """The chains of the hunt that weigh most, each with its worst level."""
    if held.case.hunt is None:
        return []
    worst = held.sightings.worst_by_chain
    return [(one, worst.get(one.id, "")) for one in worst_first(held.case.hunt.chains, worst)[:CHAINS]]


def _addresses(held: Held, traces: list[str]) -> dict[str, str]:
    """Where the records are shown; what is not in the case has no address."""
    sightings = held.store.places_of(
        [one for one in dict.fromkeys(traces) if one not in held.claims and one not in held.mentions]
    )
    found = {}
    for trace in traces:
        if trace in held.claims:
            found[trace] = case_address(held.slug, "claims", trace)
        elif trace in held.mentions:
            found[trace] = case_address(held.slug, "documents", held.mentions[trace].span.document) + f"#r-{trace}"
        elif trace in sightings:
            found[trace] = case_address(held.slug, "sightings", trace)
    return found
