"""URLs with a scheme, and what a host part is, in the refanged view."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from msgspec.structs import replace

from indicia.read.indicators.addresses import IPV4, address4_note, address_note
from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import name_note, valid_host

_SCHEMES = re.compile(
    r"(https?|ftps?|sftp|tcp|udp|tls|ssl|wss?|ldaps?|rmi|dns|smb|nntp|ssh|telnet|socks[45]?|rtmp|git|magnet)\Z", re.IGNORECASE
)
_URL_REST = re.compile(r"[^\s<>\"'`{}|^\u201c\u201d\u2018\u2019\u00ab\u00bb\uff09\u3002\x00-\x1f]{1,8192}")
_AUTHORITY = re.compile(r"(?:[^\s/?#@\\]{0,128}@)?(\[[0-9A-Fa-f:.%a-z]{2,60}\]|[^\s/?#:@\\\[\]()]{1,253})(?::(\d{1,5}))?")
PATH = re.compile(r"/(?!(?:tcp|udp|TCP|UDP)\b)[^\s<>\"'`{}|^\u201c\u201d\u2019\x00-\x1f]{0,2048}")
_FIELD = re.compile(r"\{[A-Za-z0-9_.$-]{1,40}\}")
_ROW_REST = re.compile(r"([,;])[\w.:+-]{0,40}(?:\1[\w.:+-]{0,40}){1,12}\Z")  # `http://a/;url;medium`, at the start of a line
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_PUNCTUATION = frozenset(".,;:!?*_\\'\"…")


def trim(text: str, start: int, end: int) -> int:
    """The end of a URL or path without the punctuation of the sentence around it; brackets stay when they are balanced."""
    open_ones: dict[str, int] = {}  # closing bracket: how many more of them than of their opening ones, once counted
    while end > start:
        last = text[end - 1]
        if last in _CLOSERS:
            if last not in open_ones:
                open_ones[last] = text.count(last, start, end) - text.count(_CLOSERS[last], start, end)
            if open_ones[last] <= 0:
                break
            open_ones[last] -= 1
        elif last not in _PUNCTUATION:
            break
        end -= 1
    return end


def find_urls(text: str, anchors: Anchors) -> Iterator[Hit]:
    """URLs with a scheme, and within each its host or address. The value has its scheme and host in lower case."""
    done = 0
    for at in anchors.authorities:
        if at < done:
            continue
        following = at + 3
        start = _scheme_start(text, done, at)
        rest = _URL_REST.match(text, following) if start >= 0 else None
        if rest is None:
            continue
        close = rest.end()
        if text[close : close + 1] == "{":
            close = _templated(text, following, close)
        end = trim(text, following, _cut(text, start, following, close))
        authority = _AUTHORITY.match(text, following, end)
        if authority is not None:
            yield from _url_hits(text, start, end, text[start:at].lower(), authority)
        done = max(end, following)


def _scheme_start(text: str, floor: int, at: int) -> int:
    """Where the scheme that ends at `at` begins, or -1. By far the most are http and https."""
    for common in ("https", "http"):
        start = at - len(common)
        if start >= floor and text.startswith(common, start):
            return start
    scheme = _SCHEMES.search(text, max(floor, at - 8), at)
    return scheme.start() if scheme is not None else -1


def _templated(text: str, start: int, end: int) -> int:
    """The end of a URL that goes on with fields to fill in: `https://a.example/up/{id}/audio`."""
    while end - start < 2048 and (field := _FIELD.match(text, end)) is not None:
        rest = _URL_REST.match(text, field.end())
        end = rest.end() if rest is not None else field.end()
    return end


def _cut(text: str, start: int, following: int, end: int) -> int:
    """Where the run ends for lists without blanks: at the separator that stands before the URL too (`1,http://a/,x`), or
    before a second URL (`http://a/,http://b/`)."""
    separator = text[start - 1 : start]
    if separator and separator in ",;" and (close := text.find(separator, following, end)) >= 0:
        end = close
    elif (not separator or separator == "\n") and (row := _ROW_REST.search(text, following, end)) is not None:
        end = row.start()
    again = text.find("://", following, end)
    if again < 0:
        return end
    if (link := text.find("](", following, again)) >= 0:  # a link of Markdown around an image
        return link
    scheme = _scheme_start(text, following, again)
    if scheme >= 0 and text[scheme - 1] in ",;|)":
        return scheme - 1
    return end


def _url_hits(text: str, start: int, end: int, scheme: str, authority: re.Match[str]) -> Iterator[Hit]:
    host = authority[1]
    low = host.lower().rstrip(".")
    inner = _host_hit(low, authority.start(1), authority.end(1))
    rest = text[authority.end(1) : end]
    head = text[start + len(scheme) : authority.start(1)]
    value = scheme + head + low + rest
    if inner is None:
        if "." not in low and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", low) and (low == "localhost" or rest):
            yield Hit(start, end, "url", value, "host name without a domain")
        return
    note = inner.note
    yield Hit(start, end, "url", value, note)
    yield replace(inner, within="url")


def _host_hit(low: str, start: int, end: int) -> Hit | None:
    """The address or domain that a host part is, or None."""
    if low.startswith("["):
        try:
            address6 = ipaddress.IPv6Address(low[1:-1].split("%")[0])
        except ValueError:
            return None
        return Hit(start, end, "ipv6-addr", str(address6), address_note(address6))
    if IPV4.fullmatch(low):
        return Hit(start, end, "ipv4-addr", low, address4_note(low))
    if valid_host(low):
        return Hit(start, end, "domain-name", low, name_note(low))
    return None
