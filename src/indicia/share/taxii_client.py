"""A small TAXII 2.1 client: all objects of a collection, page by page, and objects posted to one.

A token is never sent over plain HTTP, but to this machine. What a server sends is bounded.
"""

from __future__ import annotations

import ipaddress
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import orjson
import requests

from indicia.errors import FormatError, InputError, LimitError, UsageError
from indicia.records import Record

__all__ = ["Pulled", "is_collection", "joined", "pull", "push"]

MEDIA = "application/taxii+json;version=2.1"
_WAIT = 60  # seconds without an answer
_LARGEST = 100_000_000  # bytes of one page
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


def _session(url: str, secret: str | None) -> requests.Session:
    """`secret` is a token, or `user:password`. Raises: UsageError for a scheme that cannot keep it."""
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url!r} is not the address of a TAXII collection", hint="https://HOST/ROOT/collections/ID/")
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


def _ask(session: requests.Session, method: str, url: str, **more: Any) -> dict[str, Any]:
    return _answer(session, method, url, **more)[0]


def _answer(session: requests.Session, method: str, url: str, **more: Any) -> tuple[dict[str, Any], str]:
    """The envelope, and when the last object in it was added, as the header says."""
    code, headers, found = _asked(session, method, url, **more)
    if code >= 300:
        raise _refusal(session, code, headers, found, url)
    if not isinstance(found, dict):
        kind = headers.get("Content-Type", "").partition(";")[0][:60] or "something else"
        raise FormatError(f"the answer is no TAXII envelope but {kind}", where=url, hint=_COLLECTION)
    return found, headers.get("X-TAXII-Date-Added-Last", "")


def _asked(session: requests.Session, method: str, url: str, **more: Any) -> tuple[int, Mapping[str, str], Any]:
    """(status, headers, what the JSON of the answer holds; None where it is none)."""
    try:
        # A redirect could lead the token elsewhere: TAXII needs none.
        with session.request(method, url, timeout=_WAIT, stream=True, allow_redirects=False, **more) as answer:
            body = bytearray()
            for chunk in answer.iter_content(65_536):
                body += chunk
                if len(body) > _LARGEST:
                    hint = "it ignores how much is asked for at a time; ask for less with --added-after"
                    raise LimitError(f"the server sends more than {_LARGEST:,} bytes at once", where=url, hint=hint)
    except requests.RequestException as error:
        raise _unreachable(error, url) from error
    try:
        return answer.status_code, answer.headers, orjson.loads(bytes(body))
    except orjson.JSONDecodeError:
        return answer.status_code, answer.headers, None


def _refusal(session: requests.Session, code: int, headers: Mapping[str, str], found: Any, url: str) -> InputError:
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


def _offers(session: requests.Session, url: str) -> list[str]:
    """The collections that the server has for us, found from an address that is none of them: each as "title at address"."""
    path = url.partition("/objects/")[0].rstrip("/") + "/"
    roots = [path.partition("/collections/")[0] + "/"]
    for place in dict.fromkeys((path, urljoin(url, "/taxii2/"))):
        with suppress(InputError, LimitError):
            found = _asked(session, "GET", place)[2]
            listed = found.get("api_roots") if isinstance(found, dict) else None
            # What is elsewhere is not asked with our token.
            here = [root for root in (listed if isinstance(listed, list) else ()) if _origin(str(root)) == _origin(url)]
            roots += [root for root in here if root not in roots]
    offers = []
    for root in roots[:_ROOTS]:
        with suppress(InputError, LimitError):
            found = _asked(session, "GET", f"{root.rstrip('/')}/collections/")[2]
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


def _unreachable(error: requests.RequestException, url: str) -> InputError:
    """Why there is no answer, in words."""
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        what = "the server has no certificate that is trusted here"
        hint = "if the certificate is your own, name its file in REQUESTS_CA_BUNDLE; is the server one of https:// at all?"
    elif isinstance(error, requests.exceptions.ProxyError):
        what, hint = "the proxy does not answer", "see HTTPS_PROXY and NO_PROXY"
    elif isinstance(error, requests.exceptions.Timeout):
        what, hint = f"the server says nothing for {_WAIT} seconds", "try again later"
    elif "NameResolutionError" in text or "Name or service not known" in text or "getaddrinfo" in text:
        what, hint = "there is no host of this name", "check the address"
    elif "Connection refused" in text:
        what, hint = "nothing listens there", "is the server running, and is this the right port?"
    elif isinstance(error, requests.exceptions.ChunkedEncodingError) or "Connection aborted" in text:
        what, hint = "the server broke off in the middle of its answer", "try again"
    else:
        what, hint = f"the server cannot be reached: {type(error).__name__}", "check the address and the network"
    return InputError(what, where=url, hint=hint)


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
