"""A TAXII 2.1 server for one case: a collection for each TLP marking, and an inbox.

Every collection is made from the case as an audience of its marking may see it, so that what is above is not there to be found.
A reader sees the collections up to their clearance; nobody without a token sees more than TLP:CLEAR.

References: TAXII Version 2.1 (OASIS Standard, 10 June 2021).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from indicia.knowledge import Knowledge
from indicia.records import Case, Tlp
from indicia.share.redact import redact
from indicia.share.stix import bundle_objects
from indicia.web.collections import Entry, Inbox, chosen, collection_id, fault_of, marking_of_object, version_of
from indicia.web.readers import Reader, reader_of

__all__ = ["MEDIA", "taxii_app"]

MEDIA = "application/taxii+json;version=2.1"
_STIX = "application/stix+json;version=2.1"
_PAGE = 100
_LARGEST = 10_000_000  # bytes that one request may bring
_STATUSES = 1000  # kept in memory
_ROOT = "/indicia"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def taxii_app(
    case: Case,
    knowledge: Knowledge,
    readers: tuple[Reader, ...] = (),
    *,
    inbox: Inbox | None = None,
    added: str | None = None,
    sightings: Tlp = Tlp.AMBER,
    now: Callable[[], str] = _now,
) -> Starlette:
    """The server. `added` is when the case's objects count as added; one's own sightings are at least `sightings`."""
    server = _Server(case, knowledge, readers, inbox, added or now(), sightings, now)
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
        Route(f"{collection}/objects/{{object}}/", server.one),
        Route(f"{collection}/objects/{{object}}/versions/", server.versions),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _refused})


def _answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type=MEDIA)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = {"title": error.detail, "http_status": str(error.status_code)}
    return _answer(body, error.status_code, dict(error.headers or {}))


class _Server:
    def __init__(
        self,
        case: Case,
        knowledge: Knowledge,
        readers: tuple[Reader, ...],
        inbox: Inbox | None,
        added: str,
        sightings: Tlp,
        now: Callable[[], str],
    ) -> None:
        self.readers, self.inbox, self.now, self.title = readers, inbox, now, "Indicia"
        self.shelves: dict[str, tuple[Tlp, list[Entry]]] = {}
        for tlp in Tlp:
            items = bundle_objects(redact(case, tlp, sightings=sightings), knowledge)
            self.shelves[collection_id(tlp.value)] = (tlp, [Entry(added=added, item=item) for item in items])
        self.inbox_id = collection_id("inbox")
        self.posted: dict[str, tuple[str, dict[str, Any]]] = {}

    def reader(self, request: Request) -> Reader:
        reader = reader_of(request.headers.get("authorization"), self.readers)
        if reader is None:
            raise HTTPException(401, "the credentials are not known here", {"WWW-Authenticate": 'Basic realm="Indicia"'})
        accept = request.headers.get("accept", "*/*")
        kinds = {part.strip().lower().replace(" ", "") for part in accept.split(",")}
        names = {kind.split(";q=")[0] for kind in kinds}
        if not names & {"*/*", "application/*", "application/taxii+json", MEDIA}:
            raise HTTPException(406, f"this server speaks {MEDIA}")
        return reader

    def _entries(self, request: Request, reader: Reader) -> list[Entry]:
        """What the reader may see of the collection in the path. Raises: HTTPException 404, also for what is above them."""
        id = request.path_params["collection"]
        if id == self.inbox_id and self.inbox is not None and reader.write:
            return [entry for entry in self.inbox.entries if marking_of_object(entry.item).rank <= reader.tlp.rank]
        tlp, entries = self.shelves.get(id, (Tlp.RED, []))
        if id not in self.shelves or tlp.rank > reader.tlp.rank:
            raise HTTPException(404, "no such collection")
        return entries

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
            for id, (tlp, _) in self.shelves.items()
            if tlp.rank <= reader.tlp.rank
        ]
        if self.inbox is not None and reader.write:
            inbox = {"id": self.inbox_id, "title": "Inbox", "can_read": True, "can_write": True, "media_types": [_STIX]}
            found.append({**inbox, "description": "What partners send; not part of the case"})
        return found

    async def discovery(self, request: Request) -> Response:
        self.reader(request)
        base = str(request.base_url).rstrip("/") + f"{_ROOT}/"
        return _answer({"title": self.title, "default": base, "api_roots": [base]})

    async def root(self, request: Request) -> Response:
        self.reader(request)
        return _answer({"title": self.title, "versions": [MEDIA], "max_content_length": _LARGEST})

    async def collections(self, request: Request) -> Response:
        return _answer({"collections": self._described(self.reader(request))})

    async def collection(self, request: Request) -> Response:
        reader = self.reader(request)
        self._entries(request, reader)
        (found,) = [one for one in self._described(reader) if one["id"] == request.path_params["collection"]]
        return _answer(found)

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

    async def objects(self, request: Request) -> Response:
        return self._envelope(request)

    async def one(self, request: Request) -> Response:
        return self._envelope(request, **{"match[id]": request.path_params["object"]})

    async def manifest(self, request: Request) -> Response:
        page, envelope, headers = self._page(request)
        rows = [
            {"id": entry.item["id"], "date_added": entry.added, "version": version_of(entry), "media_type": _STIX}
            for entry in page
        ]
        return _answer({**envelope, **({"objects": rows} if rows else {})}, headers=headers)

    async def versions(self, request: Request) -> Response:
        fixed = {"match[id]": request.path_params["object"], "match[version]": "all"}
        page, envelope, headers = self._page(request, **fixed)
        return _answer({**envelope, "versions": [version_of(entry) for entry in page]}, headers=headers)

    async def status(self, request: Request) -> Response:
        reader = self.reader(request)
        name, status = self.posted.get(request.path_params["status"], ("", {}))
        if not status or name != reader.name:
            raise HTTPException(404, "no such status")
        return _answer(status)

    async def post(self, request: Request) -> Response:
        reader = self.reader(request)
        self._entries(request, reader)
        if request.path_params["collection"] != self.inbox_id or self.inbox is None:
            raise HTTPException(403, "nothing can be added to this collection")
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
        return _answer(self._take_in(items, reader), 202)

    def _take_in(self, items: list[Any], reader: Reader) -> dict[str, Any]:
        assert self.inbox is not None
        id, time = str(uuid.uuid4()), self.now()
        good = [item for item in items if fault_of(item) is None]
        self.inbox.add(good, id, time)
        successes = [
            {"id": item["id"], "version": version_of(Entry(added=time, item=item)), "message": "kept"} for item in good
        ]
        failures = [
            {"id": str(item.get("id", "")) if isinstance(item, dict) else "", "version": time, "message": fault}
            for item in items
            if (fault := fault_of(item)) is not None
        ]
        status: dict[str, Any] = {
            "id": id,
            "status": "complete",
            "request_timestamp": time,
            "total_count": len(items),
            "success_count": len(good),
            "failure_count": len(failures),
            "pending_count": 0,
            **({"successes": successes} if successes else {}),
            **({"failures": failures} if failures else {}),
        }
        while len(self.posted) >= _STATUSES:
            del self.posted[next(iter(self.posted))]
        self.posted[id] = (reader.name, status)
        return status
