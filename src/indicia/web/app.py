"""The application: which address leads to which page, and what stands around all of them."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path, PurePath
from typing import Any

import msgspec
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
from indicia.case import Store
from indicia.errors import IndiciaError, StoreError
from indicia.knowledge import load
from indicia.pipeline import for_audience
from indicia.records import Case, Tlp, to_json
from indicia.share.redact import as_marked
from indicia.web.actions import cases as case_deeds
from indicia.web.actions import judging
from indicia.web.cases.jobs import Jobs, Uploads
from indicia.web.cases.shelf import SUFFIX, Shelf
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


# The cases of a folder as anybody may see them: each is laid down anew, without what is marked above an audience and without
# anything that our own logs told, in a file of its own. Pages over these files cannot show what is not in them.
def opened(case: Case, audience: Tlp) -> Case:
    """What anybody cleared for `audience` may see of a case, as people left it; of files, their names without our folders."""
    seen = for_audience(case, audience, load(), public=True)
    documents = tuple(msgspec.structs.replace(one, name=PurePath(one.name).name) for one in seen.documents)
    return as_marked(msgspec.structs.replace(seen, documents=documents, problems=()))


class OpenShelf(Shelf):
    """Reads from another shelf and writes nothing to it. A case of which nothing may be seen is not there."""

    def __init__(self, inner: Shelf, audience: Tlp) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="indicia-open-")))
        self.inner, self.audience = inner, audience
        self._made: dict[str, tuple[int, str | None]] = {}  # inner slug -> (run, slug here, None where nothing may be seen)
        self._laid: dict[str, str] = {}  # slug here -> a digest of what was laid down
        self._making = threading.Lock()

    def slugs(self) -> list[str]:
        return sorted(slug for one in self.inner.slugs() if (slug := self._slug(one)) is not None)

    def store(self, slug: str, *, make: bool = False) -> Store:
        if make or slug not in self.slugs():
            raise KeyError(slug)
        return self._store(slug)

    def close(self) -> None:
        super().close()
        self.inner.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _slug(self, inner: str) -> str | None:
        """Lays a case down as it may be seen now, unless it was since its last change, and gives its name in addresses."""
        try:
            store = self.inner.store(inner)
            run = store.last_run()
            with self._making:
                if self._made.get(inner, (-1, None))[0] != run:
                    self._made[inner] = (run, self._lay(inner, store) if run else None)
        except (KeyError, StoreError):
            return None
        return self._made[inner][1]

    def _lay(self, inner: str, store: Store) -> str | None:
        whole = store.load(sightings=False)  # none of them is shown
        case = opened(whole, self.audience)
        if not case.documents:
            return None
        slug = inner if case.name == whole.name else _unnamed(case)
        with self._lock:
            if (before := self._made.get(inner)) and before[1] is not None and before[1] != slug:
                (self.folder / f"{before[1]}{SUFFIX}").unlink(missing_ok=True)
                self._laid.pop(before[1], None)
            digest = hashlib.sha256(to_json(case)).hexdigest()
            if self._laid.get(slug) != digest:  # else not even a time may tell that something changed in what is left out
                time = datetime.now(UTC).isoformat(timespec="seconds")
                what = f"as {self.audience.label} may see it"
                self._store(slug).merge(lambda _: case, author="indicia", time=time, what=what)
                self._laid[slug] = digest
        return slug


def _unnamed(case: Case) -> str:
    """An address for a case whose name may not be told, made of nothing but what may be seen."""
    return f"extract-{hashlib.sha256(case.documents[0].sha256.encode()).hexdigest()[:12]}"


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
    secure = hosts.secure >= set(hosts.names)
    middleware = [
        *around(hosts.names, most_bytes),
        Middleware(SessionMiddleware, **_SESSION, secret_key=secrets.token_hex(32), max_age=SESSION, https_only=secure),
        Middleware(Entrance, token=launch, refuse=_outside),
    ]
    app = _app(_routes(), middleware, shelf, uploads, hosts=hosts, launch=launch, folders=folders, reads_only=False)
    app.state.uploads, app.state.author, app.state.user_header = uploads, author or account(), user_header
    return app


def create_open_app(
    folder: Path, cases: Iterable[str] = (), *, audience: Tlp = Tlp.CLEAR, hosts: AllowedHosts = AllowedHosts(LOCAL)
) -> Starlette:
    """A page for anybody, without a token, over the same cases: what people cleared for `audience` may see of them, without
    what our own logs told and without a word of who judged. It has no form that changes anything, and no way to send one.

    Raises: IndiciaError when a given case cannot be opened.
    """
    shelf = OpenShelf(_shelf(folder, cases), audience)
    pages = (*ABOVE[:2], *(row for row in OF_A_CASE if row[1] not in NOT_OPEN))
    session = Middleware(SessionMiddleware, **_SESSION, secret_key=secrets.token_hex(32))
    middleware = [*around(hosts.names, MOST_OPEN_BYTES), session]
    app = _app(_reading(pages), middleware, shelf, hosts=hosts, launch="", folders=Folders(), reads_only=True)
    app.state.author, app.state.user_header = "", None
    return app


_SESSION: dict[str, Any] = {"session_cookie": COOKIE, "same_site": "strict"}


def _app(routes: list[BaseRoute], middleware: list[Middleware], shelf: Shelf, *held: Uploads, **state: object) -> Starlette:
    """An application over a shelf, which is closed with it and with all that it held."""
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=_HANDLERS, lifespan=_closing(shelf, *held))
    app.router.redirect_slashes = False
    for name, value in {**state, "shelf": shelf, "jobs": Jobs()}.items():
        setattr(app.state, name, value)
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
