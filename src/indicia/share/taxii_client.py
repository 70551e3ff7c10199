"""A small TAXII 2.1 client: all objects of a collection, page by page, and objects posted to one.

A token is never sent over plain HTTP, but to this machine. What a server sends is bounded: an answer as `indicia.fetching` has
it, all pages together in bytes, time and number of objects; and no page is taken twice.
"""

from __future__ import annotations

import ipaddress
import time
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from email.message import Message
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson

from indicia.errors import FormatError, InputError, LimitError, UsageError
from indicia.fetching import Answer, Fetcher, onward, place_of
from indicia.records import Record

MEDIA = "application/taxii+json;version=2.1"
_LARGEST = 100_000_000  # bytes of one page
_MOST_BYTES = 250_000_000  # of all pages of one pull
_MOST_VALUES = 10_000_000  # of one page, at some sixty bytes each
_SECONDS = 900.0  # for all pages of one pull
_MOST = 1_000_000  # objects of one pull
_PAGE = 1000  # objects asked for at a time
_AT_A_TIME = 500  # objects in one post
_ROOTS, _OFFERS = 5, 10  # asked, and named, where an address leads to no collection
_COLLECTION = "the address of a collection is https://HOST/ROOT/collections/ID/"
_TOKEN = "it may need a token: --token-file FILE"
_HINTS = {
    403: "you may not do this there; can_write in the list of collections shows what you may write to",
    413: "the server takes less at a time",
}


class _Session(NamedTuple):
    """Whom we ask, and as whom."""

    fetcher: Fetcher
    headers: Mapping[str, str]


def _session(url: str, secret: str | None, private: bool) -> _Session:
    """`secret` is a token, or `user:password`. Raises: UsageError for a scheme that cannot keep it."""
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not place_of(url):
        raise UsageError(f"{url!r} is not the address of a TAXII collection", hint="https://HOST/ROOT/collections/ID/")
    if secret and parts.scheme == "http" and not _is_here(str(parts.hostname)):
        raise UsageError("a token is not sent over plain HTTP", hint="use https://")
    headers = {"Accept": MEDIA}
    if secret and ":" in secret:
        headers["Authorization"] = f"Basic {b64encode(secret.encode('utf-8')).decode()}"
    elif secret:
        headers["Authorization"] = f"Bearer {secret}"
    return _Session(Fetcher(frozenset({place_of(url)}), private=private, largest=_LARGEST), headers)


def _parts(url: str) -> SplitResult:
    """The parts of an address, all empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _objects_url(url: str) -> str:
    base = url.rstrip("/") + "/"
    return base if base.endswith("/objects/") else f"{base}objects/"


def _envelope(session: _Session, answer: Answer, url: str) -> dict[str, Any]:
    """What an answer holds. Raises: InputError for a refusal, FormatError for what is no TAXII."""
    found = _json(answer, url)
    if answer.status >= 300:
        raise _refusal(session, answer.status, answer.headers, found, url)
    if not isinstance(found, dict):
        kind = answer.headers.get("Content-Type", "").partition(";")[0][:60] or "something else"
        raise FormatError(f"the answer is no TAXII envelope but {kind}", where=url, hint=_COLLECTION)
    return found


def _json(answer: Answer, url: str) -> Any:
    """What the JSON of an answer holds; None where it is none. Raises: LimitError for more than memory should hold."""
    if sum(map(answer.data.count, (b"[", b"{", b","))) > _MOST_VALUES:
        raise LimitError(f"sends more than {_MOST_VALUES:,} values", where=url, hint="it is too much for one answer")
    try:
        return orjson.loads(answer.data)
    except orjson.JSONDecodeError:
        return None


def _refusal(session: _Session, code: int, headers: Message, found: Any, url: str) -> InputError:
    """What the server said, and what to do about it."""
    told = [str(found[name])[:200] for name in ("title", "description") if found.get(name)] if isinstance(found, dict) else []
    what = f"the server answers {code}" + (f": {'; '.join(told)}" if told else "")
    if code < 400:
        to = headers.get("Location", "")[:200]
        what += f": look at {to}" if to else ""
        hint = "nothing is sent on from there; if you trust that address, give it yourself"
    elif code == 404 or code == 406:
        offers = _offers(session, url)
        known = f"; this server offers: {', '.join(offers)}" if offers else ""
        cleared = "it may be above what you are cleared for" if "Authorization" in session.headers else _TOKEN
        hint = f"{_COLLECTION}{known}" if not is_collection(url) else f"{cleared}{known}"
    elif code == 401:
        hint = "check the token file" if "Authorization" in session.headers else _TOKEN
    elif code in {429, 503}:
        wait = headers.get("Retry-After", "")
        hint = f"try again in {wait} seconds" if wait.isdecimal() else "try again later"
    else:
        hint = _HINTS.get(code, "")
    return InputError(what, where=url, hint=hint)


def _offers(session: _Session, url: str) -> list[str]:
    """The collections that the server has for us, found from an address that is none of them: each as "title at address"."""
    path = url.partition("/objects/")[0].rstrip("/") + "/"
    roots = [path.partition("/collections/")[0] + "/"]
    for place in dict.fromkeys((path, onward(url, "/taxii2/"))):
        with suppress(InputError, LimitError, UsageError):
            found = _json(session.fetcher.ask(place, headers=session.headers), url)
            listed = found.get("api_roots") if isinstance(found, dict) else None
            # What is elsewhere is not asked with our token.
            here = [root for root in (listed if isinstance(listed, list) else ()) if _origin(str(root)) == _origin(url)]
            roots += [root for root in here if root not in roots]
    offers = []
    for root in roots[:_ROOTS]:
        with suppress(InputError, LimitError, UsageError):
            found = _json(session.fetcher.ask(f"{root.rstrip('/')}/collections/", headers=session.headers), url)
            listed = found.get("collections") if isinstance(found, dict) else None
            offers += [
                f"{str(one.get('title', ''))[:60]} at {root.rstrip('/')}/collections/{one['id']}/"
                for one in (listed if isinstance(listed, list) else ())
                if isinstance(one, dict) and isinstance(one.get("id"), str)
            ]
    return offers[:_OFFERS]


def is_collection(url: str) -> bool:
    """Whether the address looks like that of a collection."""
    before, _, id = _parts(url).path.removesuffix("/objects/").rstrip("/").rpartition("/collections/")
    return bool(before and id and "/" not in id and id != "objects")


def _origin(url: str) -> str:
    return url.partition("://")[0] + "://" + url.partition("://")[2].partition("/")[0]


class Pulled(Record, frozen=True, kw_only=True):
    """Objects in the server's order, and when the last of them was added, "" where the server does not say."""

    objects: tuple[dict[str, Any], ...]
    last: str = ""


def pull(url: str, secret: str | None = None, *, added_after: str | None = None, private: bool = False) -> Pulled:
    """All objects of the collection at `url`, or those that were added later than `added_after` (RFC 3339). `private` says that
    the own network is meant.

    Raises: InputError, FormatError, LimitError, UsageError.
    """
    session = _session(url, secret, private)
    # Always with a limit, which servers may lower: medallion 3.0.0 fails on a second page that was asked for without one.
    query = {"limit": str(_PAGE), **({"added_after": added_after} if added_after else {})}
    found: list[dict[str, Any]] = []
    latest = added_after or ""
    pages = set[bytes]()
    size, until = 0, time.monotonic() + _SECONDS
    while True:
        answer = session.fetcher.ask(f"{_objects_url(url)}?{urlencode(query)}", headers=session.headers, told=url)
        envelope = _envelope(session, answer, url)
        objects = envelope.get("objects", [])
        if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
            raise FormatError("the answer is no TAXII envelope", where=url)
        found += objects
        latest = answer.headers.get("X-TAXII-Date-Added-Last", "") or latest
        size += len(answer.data)
        if not envelope.get("more"):
            return Pulled(objects=tuple(found), last=latest)
        if len(found) > _MOST or size > _MOST_BYTES or time.monotonic() > until:
            what = f"has no end within {_MOST:,} objects, {_MOST_BYTES:,} bytes and {_SECONDS / 60:.0f} minutes"
            raise LimitError(what, where=url, hint="ask for less with --added-after")
        # Some servers keep one mark for all pages, and some turn in a circle, also over several pages.
        page = sha256(orjson.dumps(objects)).digest()
        if not objects or not isinstance(envelope.get("next"), str) or page in pages:
            raise FormatError("the server says that there is more and does not say where", where=url)
        pages.add(page)
        query = {**query, "next": envelope["next"]}


def joined(held: Iterable[dict[str, Any]], pulled: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each object once, in its newest version, those that were held first."""
    newest: dict[str, dict[str, Any]] = {}
    for item in (*held, *pulled):
        before = newest.get(str(item.get("id")))
        if before is None or str(before.get("modified", "")) <= str(item.get("modified", "")):
            newest[str(item.get("id"))] = item
    return list(newest.values())


def push(url: str, objects: list[dict[str, Any]], secret: str | None = None, *, private: bool = False) -> list[dict[str, Any]]:
    """Posts the objects to the collection at `url`; the status of each request. Raises: as `pull`."""
    session = _session(url, secret, private)
    headers = {**session.headers, "Content-Type": MEDIA}
    statuses = []
    for start in range(0, len(objects), _AT_A_TIME):
        data = orjson.dumps({"objects": objects[start : start + _AT_A_TIME]})
        answer = session.fetcher.ask(_objects_url(url), headers=headers, data=data, told=url)
        statuses.append(_envelope(session, answer, url))
    return statuses
