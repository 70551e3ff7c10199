"""The application: which address leads to which page, and what stands around all of them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ExceptionHandler

from indicia.account import account
from indicia.errors import IndiciaError
from indicia.records import Tlp
from indicia.web.actions import cases as case_deeds
from indicia.web.actions import judging
from indicia.web.cases.jobs import Jobs, Uploads
from indicia.web.cases.opened import OpenShelf
from indicia.web.cases.shelf import Shelf
from indicia.web.guard.entrance import COOKIE, ENTER, Entrance, Folders, enter
from indicia.web.guard.hosts import HEADERS, LOCAL, AllowedHosts, around
from indicia.web.pages import (
    advise,
    claim,
    documents,
    export,
    hunt,
    ledger,
    search,
    start,
    timeline,
    weigh,
)
from indicia.web.shown.render import Ask, Page, answer

SESSION = 7 * 24 * 3600  # seconds
_log = logging.getLogger(__name__)
MOST_BYTES = 200_000_000  # of one request: larger logs are given as a folder on this machine
MOST_OPEN_BYTES = 10_000  # of one request to a page that nothing is sent to
PageFunction = Callable[[Ask], Page | Response]

# Pages above the cases, and pages of a case. Each has a twin at the same address with `.json`.
ABOVE: tuple[tuple[str, PageFunction], ...] = (
    ("/index", start.start),
    ("/help", start.help_page),
    ("/jobs/{job}", start.job_page),
)
OF_A_CASE: tuple[tuple[str, PageFunction], ...] = (
    ("/case/{slug}", start.overview),
    ("/case/{slug}/documents", documents.listing),
    ("/case/{slug}/documents/{id}", documents.document),
    ("/case/{slug}/claims", ledger.ledger),
    ("/case/{slug}/claims/{id}", claim.claim),
    ("/case/{slug}/check", claim.check),
    ("/case/{slug}/timeline", timeline.timeline_page),
    ("/case/{slug}/hunt", hunt.hunt),
    ("/case/{slug}/hunt/rules", hunt.rules),
    ("/case/{slug}/hunt/reach", hunt.reach),
    ("/case/{slug}/sightings/{id}", hunt.sighting),
    ("/case/{slug}/weigh", weigh.weigh_page),
    ("/case/{slug}/advise", advise.advise_page),
    ("/case/{slug}/export", export.export),
    ("/case/{slug}/people", claim.people),
    ("/case/{slug}/search", search.search),
    ("/case/{slug}/sql", search.sql_page),
)

# What a page for anybody leaves out: it is about the work of the house.
NOT_OPEN = {claim.check, claim.people, search.sql_page}

# Tables that can be taken along with their filters: the same address with `.csv`.
TABLES: tuple[tuple[str, Callable[[Ask], Response]], ...] = (
    ("/case/{slug}/documents.csv", documents.listing_csv),
    ("/case/{slug}/claims.csv", ledger.claims_csv),
    ("/case/{slug}/hunt.csv", hunt.sightings_csv),
    ("/case/{slug}/advise.csv", advise.measures_csv),
)


def create_app(
    folder: Path,
    cases: Iterable[str] = (),
    *,
    hosts: AllowedHosts = AllowedHosts(LOCAL),
    launch: str | None = None,
    reads: Iterable[Path] = (),
    author: str | None = None,
    user_header: str | None = None,
    most_bytes: int = MOST_BYTES,
) -> Starlette:
    """The page over the cases in `folder` and those given (files, database URLs, folders of briefs).

    It opens to whoever brings the token `launch`, made up by default (`app.state.launch`). `hosts` are the names that it
    answers to; `reads` the folders whose files a form may name; `author` is who judges, by default the person logged in on
    this machine. Raises: IndiciaError when a given case cannot be opened or a folder is not there.
    """
    folders, launch = Folders(reads), launch or secrets.token_urlsafe(24)
    shelf, uploads = _shelf(folder, cases), Uploads(folder)
    app = Starlette(
        routes=_routes(),
        middleware=[
            *around(hosts.names, most_bytes),
            Middleware(
                SessionMiddleware,
                secret_key=secrets.token_hex(32),
                session_cookie=COOKIE,
                max_age=SESSION,
                same_site="strict",
                https_only=hosts.secure >= set(hosts.names),
            ),
            Middleware(Entrance, token=launch, refuse=_outside),
        ],
        exception_handlers=_HANDLERS,
        lifespan=_closing(shelf, uploads),
    )
    app.router.redirect_slashes = False
    app.state.shelf, app.state.jobs, app.state.folders, app.state.uploads = shelf, Jobs(), folders, uploads
    app.state.hosts, app.state.launch = hosts, launch
    app.state.author, app.state.user_header = author or account(), user_header
    app.state.reads_only = False
    return app


def create_open_app(
    folder: Path, cases: Iterable[str] = (), *, audience: Tlp = Tlp.CLEAR, hosts: AllowedHosts = AllowedHosts(LOCAL)
) -> Starlette:
    """A page for anybody, without a token, over the same cases: what people cleared for `audience` may see of them, without
    what our own logs told and without a word of who judged. It has no form that changes anything, and no way to send one.

    Raises: IndiciaError when a given case cannot be opened.
    """
    shelf = OpenShelf(_shelf(folder, cases), audience)
    app = Starlette(
        routes=_reading((*ABOVE[:2], *(row for row in OF_A_CASE if row[1] not in NOT_OPEN))),
        middleware=[
            *around(hosts.names, MOST_OPEN_BYTES),
            Middleware(SessionMiddleware, secret_key=secrets.token_hex(32), session_cookie=COOKIE, same_site="strict"),
        ],
        exception_handlers=_HANDLERS,
        lifespan=_closing(shelf),
    )
    app.router.redirect_slashes = False
    app.state.shelf, app.state.jobs, app.state.folders = shelf, Jobs(), Folders()
    app.state.hosts, app.state.launch = hosts, ""
    app.state.author, app.state.user_header = "", None
    app.state.reads_only = True
    return app


def _shelf(folder: Path, cases: Iterable[str]) -> Shelf:
    """The cases in a folder, and those given. Raises: IndiciaError when one of these cannot be opened."""
    shelf = Shelf(folder)
    try:
        for case in cases:
            shelf.add(case)
    except IndiciaError:
        shelf.close()
        raise
    return shelf


def _closing(*held: Shelf | Uploads) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The life of an app, at the end of which these are closed."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        for one in held:
            one.close()

    return life


def _reading(pages: Iterable[tuple[str, PageFunction]]) -> list[BaseRoute]:
    """What is only read: these pages with their twins, the tables and files of a case, and what they look like."""
    routes: list[BaseRoute] = [
        Route("/", _endpoint(start.start, as_json=False)),
        Mount("/static", StaticFiles(directory=str(files("indicia.web").joinpath("static")))),
    ]
    for path, table in TABLES:
        routes.append(Route(path, _endpoint(table, as_json=False)))
    for path, page in pages:
        routes.append(Route(f"{path}.json", _endpoint(page, as_json=True)))
        routes.append(Route(path, _endpoint(page, as_json=False)))
    routes.append(Route("/case/{slug}/export/{form}", _endpoint(export.download, as_json=False)))
    routes.append(Route("/case/{slug}/picture/{file}", _endpoint(export.picture, as_json=False)))
    return routes


def _routes() -> list[BaseRoute]:
    """Everything: what is read, and what a person does."""
    return [
        Route("/jobs/{job}/events", start.events),
        Route("/case/{slug}/sql.csv", _endpoint(search.sql_csv, as_json=False)),
        *_reading((*ABOVE, *OF_A_CASE)),
        Route(ENTER, enter, methods=["POST"]),
        Route("/new", case_deeds.new, methods=["POST"]),
        Route("/jobs/{job}/stop", case_deeds.stop, methods=["POST"]),
        Route("/case/{slug}/judge", judging.judge, methods=["POST"]),
        Route("/case/{slug}/delete", case_deeds.delete, methods=["POST"]),
        Route("/case/{slug}/rename", case_deeds.rename, methods=["POST"]),
        Route("/case/{slug}/restore", case_deeds.restore, methods=["POST"]),
        Route("/case/{slug}/hypotheses", judging.keep_hypotheses, methods=["POST"]),
        Route("/case/{slug}/evidence", judging.add_evidence, methods=["POST"]),
        Route("/case/{slug}/documents/{id}/add", judging.add_claim, methods=["POST"]),
    ]


def _endpoint(page: PageFunction, *, as_json: bool) -> Callable[[Request], Response]:
    """The page as an endpoint; it is a plain function, so that it runs in a thread and never holds up the others."""

    def endpoint(request: Request) -> Response:
        held = None
        slug = request.path_params.get("slug")
        if slug is not None:
            try:
                held = request.app.state.shelf.get(slug)
            except KeyError:
                raise HTTPException(404, "There is no case of this name.") from None
        ask = Ask(request, held)
        made = page(ask)
        return made if isinstance(made, Response) else answer(ask, made, as_json=as_json)

    return endpoint


def _message(request: Request, status: int, heading: str, text: str, hint: str = "") -> Response:
    if request.url.path.endswith(".json"):
        return answer(Ask(request), Page("", heading, {"error": text, "hint": hint}, status=status), as_json=True)
    page = Page("message.html.j2", heading, {"heading": heading, "text": text, "hint": hint}, status=status)
    return answer(Ask(request), page, as_json=False)


def _outside(request: Request) -> Response:
    """What those get who have no session: how to come in, and nothing of the cases."""
    text = "This page is only for the person who started it."
    hint = "Open the address that indicia serve printed, or enter its token."
    page = Page("enter.html.j2", "Closed", {"error": text, "hint": hint}, status=401)
    response = answer(Ask(request), page, as_json=request.url.path.endswith(".json"))
    response.headers["WWW-Authenticate"] = 'Bearer realm="Indicia"'
    return response


def _gone(request: Request, error: Exception) -> Response:
    """Nobody reads it: the form broke off, or took longer than a form may."""
    return Response(status_code=400)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in {204, 304}:
        return Response(status_code=error.status_code)
    headings = {404: "Not here", 403: "Refused", 405: "Not that way", 400: "That cannot be used", 413: "Too much at once"}
    text = error.detail if error.detail != "Not Found" else "There is no page at this address."
    return _message(request, error.status_code, headings.get(error.status_code, "Refused"), text)


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, IndiciaError)
    return _message(request, 400, "That cannot be used", error.message, error.hint)


def _not_kept(request: Request, error: Exception) -> Response:
    """The disk is full, or the folder is closed to us."""
    _log.warning("cannot be written: %s", error)
    reason = getattr(error, "strerror", None) or str(error)
    return _message(request, 503, "That cannot be kept", f"The folder of cases cannot be written to: {reason}.")


def _fault(request: Request, error: Exception) -> Response:
    return PlainTextResponse("A fault in Indicia. The terminal that it runs in shows where; please report it.", 500, HEADERS)


_HANDLERS: Mapping[Any, ExceptionHandler] = {
    HTTPException: _refused,
    IndiciaError: _failed,
    ClientDisconnect: _gone,
    OSError: _not_kept,
    Exception: _fault,
}
