"""A small TAXII 2.1 client: all objects of a collection, page by page, and objects posted to one.

A token is never sent over plain HTTP, but to this machine. What a server sends is bounded.
"""

from __future__ import annotations

import ipaddress
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from indicia.errors import FormatError, InputError, LimitError, UsageError
from indicia.records import Record

__all__ = ["Pulled", "joined", "pull", "push"]

MEDIA = "application/taxii+json;version=2.1"
_WAIT = 60  # seconds without an answer
_LARGEST = 100_000_000  # bytes of one page
_MOST = 1_000_000  # objects of one pull
_PAGE = 1000  # objects asked for at a time
_AT_A_TIME = 500  # objects in one post


def _session(url: str, secret: str | None) -> requests.Session:
    """`secret` is a token, or `user:password`. Raises: UsageError for a scheme that cannot keep it."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a TAXII collection", hint="https://HOST/ROOT/collections/ID/")
    if secret and parts.scheme == "http" and not _is_here(parts.hostname):
        raise UsageError("a token is not sent over plain HTTP", hint="use https://")
    session = requests.Session()
    session.trust_env = secret is None  # a .netrc would take the place of our token; proxies are read below
    session.proxies.update(requests.utils.get_environ_proxies(url))
    session.headers["Accept"] = MEDIA
    if secret and ":" in secret:
        session.headers["Authorization"] = f"Basic {b64encode(secret.encode('utf-8')).decode()}"
    elif secret:
        session.headers["Authorization"] = f"Bearer {secret}"
    return session


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


def _ask(session: requests.Session, method: str, url: str, **more: Any) -> dict[str, Any]:
    return _answer(session, method, url, **more)[0]


def _answer(session: requests.Session, method: str, url: str, **more: Any) -> tuple[dict[str, Any], str]:
    """The envelope, and when the last object in it was added, as the header says."""
    try:
        # A redirect could lead the token elsewhere: TAXII needs none.
        with session.request(method, url, timeout=_WAIT, stream=True, allow_redirects=False, **more) as answer:
            body = bytearray()
            for chunk in answer.iter_content(65_536):
                body += chunk
                if len(body) > _LARGEST:
                    raise LimitError(f"the server sends more than {_LARGEST:,} bytes", where=url)
            code, last = answer.status_code, answer.headers.get("X-TAXII-Date-Added-Last", "")
    except requests.RequestException as error:
        raise InputError(f"the server cannot be reached: {type(error).__name__}", where=url) from error
    try:
        found = orjson.loads(bytes(body))
    except orjson.JSONDecodeError:
        found = None
    if code >= 300:
        reason = found.get("title", "") if isinstance(found, dict) else ""
        hint = {401: "check the token file", 404: "it may be above what you are cleared for"}.get(code, "")
        raise InputError(f"the server answers {code} {reason}".strip(), where=url, hint=hint)
    if not isinstance(found, dict):
        raise FormatError("the answer is no TAXII envelope", where=url)
    return found, last


class Pulled(Record, frozen=True, kw_only=True):
    """Objects in the server's order, and when the last of them was added, "" where the server does not say."""

    objects: tuple[dict[str, Any], ...]
    last: str = ""


def pull(url: str, secret: str | None = None, *, added_after: str | None = None) -> Pulled:
    """All objects of the collection at `url`, or those that were added later than `added_after` (RFC 3339).

    Raises: InputError, FormatError, LimitError, UsageError.
    """
    session = _session(url, secret)
    # Always with a limit, which servers may lower: medallion 3.0.0 fails on a second page that was asked for without one.
    query = {"limit": str(_PAGE), **({"added_after": added_after} if added_after else {})}
    found: list[dict[str, Any]] = []
    latest = added_after or ""
    before: list[dict[str, Any]] = []
    while True:
        envelope, last = _answer(session, "GET", _objects_url(url), params=query)
        objects = envelope.get("objects", [])
        if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
            raise FormatError("the answer is no TAXII envelope", where=url)
        found += objects
        latest = last or latest
        if len(found) > _MOST:
            raise LimitError(f"the collection holds more than {_MOST:,} objects", where=url, hint="use --added-after")
        if not envelope.get("more"):
            return Pulled(objects=tuple(found), last=latest)
        # Some servers keep one mark for all pages, and some turn in a circle with it.
        if not objects or not isinstance(envelope.get("next"), str) or objects == before:
            raise FormatError("the server says that there is more and does not say where", where=url)
        before = objects
        query = {**query, "next": envelope["next"]}


def joined(held: Iterable[dict[str, Any]], pulled: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each object once, in its newest version, those that were held first."""
    newest: dict[str, dict[str, Any]] = {}
    for item in (*held, *pulled):
        before = newest.get(str(item.get("id")))
        if before is None or str(before.get("modified", "")) <= str(item.get("modified", "")):
            newest[str(item.get("id"))] = item
    return list(newest.values())


def push(url: str, objects: list[dict[str, Any]], secret: str | None = None) -> list[dict[str, Any]]:
    """Posts the objects to the collection at `url`; the status of each request. Raises: as `pull`."""
    session = _session(url, secret)
    return [
        _ask(
            session,
            "POST",
            _objects_url(url),
            data=orjson.dumps({"objects": objects[start : start + _AT_A_TIME]}),
            headers={"Content-Type": MEDIA},
        )
        for start in range(0, len(objects), _AT_A_TIME)
    ]
