"""A TAXII 2.1 server: an API root for each case, in it a collection for each TLP marking, and an inbox.

Every collection is made from the case as an audience of its marking may see it, so that what is above is not there to be found.
A reader sees the collections up to their clearance; nobody without a token sees more than TLP:CLEAR, and beside the page nobody
without one sees anything. A collection is made anew
when its case has changed, and an object that is the same as before keeps its version and the time at which it was added.

References: TAXII Version 2.1 (OASIS Standard, 10 June 2021).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from indicia.errors import IndiciaError, LimitError
from indicia.knowledge import Knowledge
from indicia.pipeline import for_audience
from indicia.records import Case, Tlp
from indicia.share.redact import marking_of
from indicia.share.stix import bundle_objects
from indicia.share.stix.versions import Offered, later, versioned
from indicia.web.guard.hosts import KNOWN
from indicia.web.taxii.readers import (
    ANYBODY,
    Entry,
    Inbox,
    Reader,
    chosen,
    collection_id,
    fault_of,
    marking_of_object,
    reader_of,
    version_of,
)

MEDIA = "application/taxii+json;version=2.1"
_STIX = "application/stix+json;version=2.1"
_PAGE = 100
_LARGEST = 10_000_000  # bytes that one request may bring
_STATUSES = 1000  # kept in memory
_ROOT = "/taxii2/{root}"


class Source(Protocol):
    """One case that is offered, and what is remembered of what was offered."""

    def state(self) -> object:
        """Changes whenever the case does."""

    def case(self) -> Case:
        """As it stands now. Raises: IndiciaError."""

    def offer(self, collection: str, renew: Callable[[Mapping[str, Offered]], Mapping[str, Offered]]) -> None:
        """Remembers, by the object's id, what `renew` makes of what was offered last. It may be asked twice."""


class Fixed:
    """A case that does not change, remembered as long as the server runs."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def state(self) -> object:
        return 0

    def case(self) -> Case:
        return self._case

    def offer(self, collection: str, renew: Callable[[Mapping[str, Offered]], Mapping[str, Offered]]) -> None:
        renew({})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def taxii_app(
    roots: Callable[[], Mapping[str, Source]],
    knowledge: Knowledge,
    readers: tuple[Reader, ...] = (),
    *,
    inbox: Inbox | None = None,
    sightings: Tlp = Tlp.AMBER,
    now: Callable[[], str] = _now,
    anybody: Reader | None = ANYBODY,
    known: Sequence[str] = ("case",),
    around: Sequence[Middleware] = (),
) -> Starlette:
    """The server of the cases that `roots` names now; one's own sightings are at least `sightings`. All share one inbox.

    `anybody` is who asks without credentials, None where nobody may; `known` are the roots that are shown to everybody,
    whatever is in them; `around` is what stands around the server.
    """
    server = _Server(roots, knowledge, readers, anybody, inbox, sightings, now, frozenset(known))
    collection = f"{_ROOT}/collections/{{collection}}"
    routes = [
        Route("/taxii2/", server.discovery),
        Route(f"{_ROOT}/", server.root),
        Route(f"{_ROOT}/status/{{status}}/", server.status),
        Route(f"{_ROOT}/collections/", server.collections),
        Route(f"{collection}/", server.collection),
        Route(f"{collection}/manifest/", server.manifest),
        Route(f"{collection}/objects/", server.objects, methods=["GET"]),
        Route(f"{collection}/objects/", server.post, methods=["POST"]),
        Route(f"{collection}/objects/{{object}}/", server.one, methods=["GET"]),
        Route(f"{collection}/objects/{{object}}/", server.delete, methods=["DELETE"]),
        Route(f"{collection}/objects/{{object}}/versions/", server.versions),
    ]
    return Starlette(routes=routes, middleware=around, exception_handlers=_HANDLERS)


def beside(page: ASGIApp, taxii: ASGIApp) -> ASGIApp:
    """The page, with the TAXII server at /taxii2/ of the same address."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        is_taxii = scope["type"] == "http" and (path == "/taxii2" or path.startswith("/taxii2/"))
        await (taxii if is_taxii else page)(scope, receive, send)

    return both


def _answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type=MEDIA)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = {"title": error.detail, "http_status": str(error.status_code)}
    return _answer(body, error.status_code, dict(error.headers or {}))


def _failed(request: Request, error: Exception) -> Response:
    """The case cannot be read now. Where it is and why is nothing for readers from outside."""
    return _answer({"title": "the case cannot be read", "http_status": "503"}, 503)


async def _full(request: Request, error: Exception) -> Response:
    assert isinstance(error, LimitError)
    return _answer({"title": error.message, "http_status": "507"}, 507)


async def _gone(request: Request, error: Exception) -> Response:
    return _answer({"title": "the request broke off", "http_status": "400"}, 400)


_HANDLERS: Mapping[Any, Any] = {HTTPException: _refused, LimitError: _full, IndiciaError: _failed, ClientDisconnect: _gone}


class _Root:
    """The collections of one case, each made when it is first asked for after a change."""

    def __init__(self, source: Source, knowledge: Knowledge, sightings: Tlp, now: Callable[[], str]) -> None:
        self.source, self.knowledge, self.sightings, self.now = source, knowledge, sightings, now
        self._lock = threading.Lock()
        self._state: object = None
        self._case: Case | None = None
        self._least: tuple[object, int] | None = None  # as of this state, from which clearance on there is something to see
        self._entries: dict[Tlp, list[Entry]] = {}

    def _current(self) -> Case:
        state = self.source.state()
        if self._case is None or state != self._state:
            self._case, self._state, self._entries = self.source.case(), state, {}
        return self._case

    def name(self) -> str:
        with self._lock:
            return self._current().name

    def is_for(self, tlp: Tlp) -> bool:
        """Whether there is anything in the case that people cleared for `tlp` may see, or it is empty and they may see it all.
        Who may see everything also learns of a case that cannot be read."""
        if tlp is Tlp.strictest(Tlp):
            return True
        with self._lock:
            state = self.source.state()
            if self._least is None or self._least[0] != state:
                try:
                    case = self.source.case()
                except IndiciaError:
                    return False
                self._least = state, min(marking_of(case).rank, *(case.counts_as(one).rank for one in case.documents), 99)
            return self._least[1] <= tlp.rank

    def entries(self, tlp: Tlp) -> list[Entry]:
        with self._lock:
            case = self._current()
            if tlp not in self._entries:
                # No word on what was left out: a reader's answers depend on nothing above their clearance.
                seen = for_audience(case, tlp, self.knowledge, sightings=self.sightings, told=False)
                self._entries[tlp] = self._made(seen, tlp)
            return self._entries[tlp]

    def _made(self, case: Case, tlp: Tlp) -> list[Entry]:
        made, found, now = bundle_objects(case, self.knowledge), list[Entry](), self.now()

        def renew(held: Mapping[str, Offered]) -> Mapping[str, Offered]:
            items, kept = versioned(made, held, now)
            found[:] = (Entry(added=kept[item["id"]].added, item=item) for item in items)
            return kept

        self.source.offer(tlp.value, renew)
        return found


def _may_see(reader: Reader) -> Callable[[Entry], bool]:
    return lambda entry: marking_of_object(entry.item).rank <= reader.tlp.rank


class _Server:
    def __init__(
        self,
        roots: Callable[[], Mapping[str, Source]],
        knowledge: Knowledge,
        readers: tuple[Reader, ...],
        anybody: Reader | None,
        inbox: Inbox | None,
        sightings: Tlp,
        now: Callable[[], str],
        known: frozenset[str],
    ) -> None:
        self._known = known
        self.anybody = anybody
        self.readers, self.inbox, self.now, self.title = readers, inbox, now, "Indicia"
        self._sources, self._knowledge, self._sightings = roots, knowledge, sightings
        self._roots: dict[str, _Root] = {}
        self._lock = threading.Lock()
        self.shelves = {collection_id(tlp.value): tlp for tlp in Tlp}
        self.inbox_id = collection_id("inbox")
        self.posted: dict[str, tuple[str, dict[str, Any]]] = {}

    def _seen_by(self, reader: Reader, names: Iterable[str] | None = None) -> dict[str, _Root]:
        """The API roots, or those of these names, in which there is something for the reader, so that nobody learns of cases of
        which they may see nothing."""
        found, sources = {}, self._sources()
        for name in sources if names is None else sources.keys() & set(names):
            with self._lock:
                if name not in self._roots:
                    self._roots[name] = _Root(sources[name], self._knowledge, self._sightings, self.now)
                root = self._roots[name]
            if name in self._known or root.is_for(reader.tlp):
                found[name] = root
        return found

    def _root(self, request: Request, reader: Reader) -> _Root:
        """The API root in the path. Raises: HTTPException 404, also for one that holds nothing for the reader."""
        name = request.path_params["root"]
        root = self._seen_by(reader, [name]).get(name)
        if root is None:
            raise HTTPException(404, "no such API root")
        return root

    def reader(self, request: Request) -> Reader:
        reader = reader_of(request.headers.get("authorization"), self.readers, self.anybody)
        if reader is None:
            raise HTTPException(401, "the credentials are not known here", {"WWW-Authenticate": 'Basic realm="Indicia"'})
        if reader is not self.anybody:
            request.scope.setdefault("state", {})[KNOWN] = True
        accept = request.headers.get("accept", "*/*")
        kinds = {part.strip().lower().replace(" ", "") for part in accept.split(",")}
        names = {kind.split(";q=")[0] for kind in kinds}
        if not names & {"*/*", "application/*", "application/taxii+json", MEDIA}:
            raise HTTPException(406, f"this server speaks {MEDIA}")
        return reader

    def _entries(self, request: Request, reader: Reader) -> list[Entry]:
        """What the reader may see of the collection in the path. Raises: HTTPException 404, also for what is above them."""
        id, root = request.path_params["collection"], self._root(request, reader)
        if id == self.inbox_id and self.inbox is not None and reader.write:
            return self.inbox.seen(_may_see(reader))
        tlp = self.shelves.get(id)
        if tlp is None or tlp.rank > reader.tlp.rank:
            raise HTTPException(404, "no such collection")
        return root.entries(tlp)

    def _described(self, reader: Reader) -> list[dict[str, Any]]:
        found = [
            {
                "id": id,
                "title": tlp.label,
                "description": f"The case as people cleared for {tlp.label} may see it",
                "can_read": True,
                "can_write": False,
                "media_types": [_STIX],
            }
            for id, tlp in self.shelves.items()
            if tlp.rank <= reader.tlp.rank
        ]
        if self.inbox is not None and reader.write:
            inbox = {"id": self.inbox_id, "title": "Inbox", "can_read": True, "can_write": True, "media_types": [_STIX]}
            found.append({**inbox, "description": "What partners send; not part of the case"})
        return found

    def discovery(self, request: Request) -> Response:
        seen, base = self._seen_by(self.reader(request)), str(request.base_url).rstrip("/")
        roots = [base + _ROOT.format(root=name) + "/" for name in sorted(seen)]
        return _answer({"title": self.title, **({"default": roots[0]} if len(roots) == 1 else {}), "api_roots": roots})

    def root(self, request: Request) -> Response:
        """Names the case to those alone who may see all of any case: to others a name may give away what it is about, and a
        missing one that there is more than they see."""
        reader = self.reader(request)
        root = self._root(request, reader)
        title = root.name() if reader.tlp is Tlp.strictest(Tlp) else "A case"
        return _answer({"title": title, "versions": [MEDIA], "max_content_length": _LARGEST})

    def collections(self, request: Request) -> Response:
        reader = self.reader(request)
        self._root(request, reader)
        return _answer({"collections": self._described(reader)})

    def collection(self, request: Request) -> Response:
        reader, id = self.reader(request), request.path_params["collection"]
        self._root(request, reader)
        for found in self._described(reader):
            if found["id"] == id:
                return _answer(found)
        raise HTTPException(404, "no such collection")

    def _page(self, request: Request, **fixed: str) -> tuple[list[Entry], dict[str, Any], dict[str, str]]:
        """One page, the envelope's `more` and `next`, and the headers. Raises: HTTPException 400 for a bad query."""
        entries = self._entries(request, self.reader(request))
        query = {**dict(request.query_params), **fixed}
        try:
            found = chosen(entries, query)
            limit = min(int(query.get("limit", _PAGE)), _PAGE)
            start = int(query.get("next", 0))
            if limit < 1 or start < 0:
                raise ValueError("limit starts at 1, next at 0")
        except ValueError as error:
            raise HTTPException(400, f"the query cannot be read: {error}") from error
        if "match[id]" in fixed and not any(entry.item["id"] == fixed["match[id]"] for entry in entries):
            raise HTTPException(404, "no such object")
        page = found[start : start + limit]
        more = start + limit < len(found)
        headers = {}
        if page:
            headers = {"X-TAXII-Date-Added-First": page[0].added, "X-TAXII-Date-Added-Last": page[-1].added}
        return page, {"more": True, "next": str(start + limit)} if more else {"more": False}, headers

    def _envelope(self, request: Request, **fixed: str) -> Response:
        page, envelope, headers = self._page(request, **fixed)
        return _answer({**envelope, **({"objects": [entry.item for entry in page]} if page else {})}, headers=headers)

    def objects(self, request: Request) -> Response:
        return self._envelope(request)

    def one(self, request: Request) -> Response:
        return self._envelope(request, **{"match[id]": request.path_params["object"]})

    def manifest(self, request: Request) -> Response:
        page, envelope, headers = self._page(request)
        rows = [
            {"id": entry.item["id"], "date_added": entry.added, "version": version_of(entry), "media_type": _STIX}
            for entry in page
        ]
        return _answer({**envelope, **({"objects": rows} if rows else {})}, headers=headers)

    def versions(self, request: Request) -> Response:
        fixed = {"match[id]": request.path_params["object"], "match[version]": "all"}
        page, envelope, headers = self._page(request, **fixed)
        return _answer({**envelope, "versions": [version_of(entry) for entry in page]}, headers=headers)

    def status(self, request: Request) -> Response:
        reader = self.reader(request)
        name, status = self.posted.get(request.path_params["status"], ("", {}))
        if not status or name != reader.name:
            raise HTTPException(404, "no such status")
        return _answer(status)

    def _inbox(self, request: Request) -> tuple[Inbox, Reader]:
        """The inbox, for a reader who may write to it. Raises: HTTPException 403 for another collection, 404 for none."""
        reader = self.reader(request)
        self.collection(request)
        if request.path_params["collection"] != self.inbox_id or self.inbox is None:
            raise HTTPException(403, "this collection cannot be written to")
        return self.inbox, reader

    def delete(self, request: Request) -> Response:
        """Takes an object out of the inbox, or the versions of it that are asked for; what is above the reader stays."""
        inbox, reader = self._inbox(request)
        query = {"match[version]": "all", **dict(request.query_params), "match[id]": request.path_params["object"]}
        try:
            found = chosen(self._entries(request, reader), query)
        except ValueError as error:
            raise HTTPException(400, f"the query cannot be read: {error}") from error
        if not found:
            raise HTTPException(404, "no such object")
        inbox.remove(found)
        return _answer({})

    async def post(self, request: Request) -> Response:
        _, reader = await run_in_threadpool(self._inbox, request)
        if request.headers.get("content-type", "").replace(" ", "").lower() not in {MEDIA, "application/taxii+json"}:
            raise HTTPException(415, f"this server takes {MEDIA}")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                raise HTTPException(413, f"a request may bring {_LARGEST:,} bytes")
        try:
            envelope = orjson.loads(bytes(body))
        except orjson.JSONDecodeError as error:
            raise HTTPException(422, "is broken JSON") from error
        items = envelope.get("objects") if isinstance(envelope, dict) else None
        if not isinstance(items, list) or not items:
            raise HTTPException(422, "an envelope with objects is wanted")
        return _answer(await run_in_threadpool(self._take_in, items, reader), 202)

    def _take_in(self, items: list[Any], reader: Reader) -> dict[str, Any]:
        assert self.inbox is not None
        last = max((entry.added for entry in self.inbox.entries), default="")
        id, time = str(uuid.uuid4()), later(self.now(), last)
        good = [item for item in items if fault_of(item) is None]
        outcomes = iter(self.inbox.add(good, id, time, by=reader.name, may_see=_may_see(reader)))
        successes, failures = [], []
        for item in items:
            fault = fault_of(item) or next(outcomes)
            told = {"id": str(item.get("id", ""))[:200] if isinstance(item, dict) else "", "version": time, "message": fault}
            if fault is not None:
                failures.append(told)
                continue
            entry = Entry(added=time, item=item)
            kept = "kept" if _may_see(reader)(entry) else f"kept; it is {marking_of_object(item).label}, which you may not read"
            successes.append({**told, "version": version_of(entry), "message": kept})
        status: dict[str, Any] = {
            "id": id,
            "status": "complete",
            "request_timestamp": time,
            "total_count": len(items),
            "success_count": len(successes),
            "failure_count": len(failures),
            "pending_count": 0,
            **({"successes": successes} if successes else {}),
            **({"failures": failures} if failures else {}),
        }
        while len(self.posted) >= _STATUSES:
            del self.posted[next(iter(self.posted))]
        self.posted[id] = (reader.name, status)
        return status
