"""RSS (0.9x, 1.0, 2.0) and Atom as entries, each a page that the reader of HTML reads.

References: RSS 2.0 (rssboard.org), RDF Site Summary 1.0 with its content and Dublin Core modules, RFC 4287 (Atom).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from indicia.errors import FormatError
from indicia.fetching import host_of, onward
from indicia.read.fronts.dates import date_of
from indicia.read.fronts.opened import Parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Entry", "entries_of", "host_of", "onward", "read_feed"]

_LARGEST = 5_000_000  # bytes of a feed: its tree takes some twenty times as much memory
_MOST = 2_000  # entries
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BODIES = ("encoded", "content", "description", "summary")  # the fullest first


class Entry(NamedTuple):
    """One entry. `id` is what the feed tells it apart by, `link` where the whole of it is ("" where it says nothing)."""

    id: str
    link: str
    title: str
    published: str | None  # ISO date
    publisher: str
    body: str  # HTML

    @property
    def page(self) -> bytes:
        """The entry as a page with its title and date."""
        date = f'<meta name="article:published_time" content="{self.published}">' if self.published else ""
        date += f'<meta property="og:site_name" content="{escape(self.publisher)}">' if self.publisher else ""
        title = escape(self.title)
        head = f'<head><meta charset="utf-8"><title>{title}</title>{date}</head>'
        text = f"<!doctype html><html>{head}<body><h1>{title}</h1>\n{self.body}\n</body></html>"
        return text.encode("utf-8", "replace")

    @property
    def digest(self) -> str:
        """Says whether it has changed."""
        return sha256(self.page).hexdigest()[:32]


def read_feed(data: bytes, name: str) -> Parsed:
    """A feed that was saved as a file: each entry is a page of its own. Raises: as `entries_of`."""
    entries = entries_of(data, "")
    return Parsed(attached=((f"{number:04} {entry.title[:80]}.html", entry.page) for number, entry in enumerate(entries, 1)))


def entries_of(data: bytes, url: str) -> tuple[Entry, ...]:
    """The entries in the feed's order. Raises: FormatError for what is no feed, or is made to break a reader."""
    if len(data) > _LARGEST:
        raise FormatError(f"is larger than a feed may be ({_LARGEST:,} bytes)", where=url)
    try:
        root = fromstring(data)
    except ParseError as error:
        raise FormatError(
            f"is no feed: {error}", where=url, hint="it should be RSS or Atom; is this the address of a web page?"
        ) from error
    except (DefusedXmlException, ValueError, RecursionError) as error:
        raise FormatError("declares entities, which no feed needs", where=url) from error
    if _name(root) not in {"rss", "RDF", "feed", "channel"}:
        raise FormatError(f"is no feed but <{_name(root)[:40]}>", where=url, hint="it should be RSS or Atom")
    found: dict[str, Entry] = {}
    channel = next((part for part in root if _name(part) == "channel"), root)
    publisher = next((_words(part) for part in channel if _name(part) == "title"), "")
    for element in root.iter():
        if _name(element) in {"item", "entry"}:
            entry = _entry(element, url, publisher)
            found.setdefault(entry.id, entry)
            if len(found) == _MOST:
                break
    return tuple(found.values())


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())[:500]


def _entry(element: Element, url: str, publisher: str) -> Entry:
    parts: dict[str, list[Element]] = {}
    for part in element:
        parts.setdefault(_name(part), []).append(part)
    title = _words(parts["title"][0]) if "title" in parts else ""
    publisher = next((words for part in parts.get("source", ()) if (words := _words(part))), publisher)
    link = next(_links(parts, url), "")
    body = next((html for name in _BODIES for part in parts.get(name, ()) if (html := _html(part))), "")
    date = next((found for name in _DATES for part in parts.get(name, ()) if (found := _date(part.text))), None)
    told = next((text for name in ("guid", "id") for part in parts.get(name, ()) if (text := (part.text or "").strip())), "")
    # What names itself by nothing is known by what it says.
    return Entry((told or link or f"{title}{body}")[:500], link, title or link or "entry", date, publisher, body)


_DATES = ("pubDate", "published", "date", "issued", "updated")


def _links(parts: dict[str, list[Element]], url: str) -> Iterator[str]:
    """Addresses of the whole text."""
    for part in parts.get("link", ()):
        to = part.get("href") if part.get("rel", "alternate") == "alternate" else None
        address = onward(url, (to or part.text or "").strip())
        if (to or part.text) and host_of(address):
            yield address[:2000]
    for part in parts.get("guid", ()):
        if part.get("isPermaLink", "true") != "false" and host_of((part.text or "").strip()):
            yield (part.text or "").strip()[:2000]


def _html(part: Element) -> str:
    """What a part says, as HTML: Atom tells which form it has, RSS holds HTML whatever it is called."""
    if part.get("type") == "xhtml":
        return "".join(_markup(child) for child in part)
    text = "".join(part.itertext()).strip()
    is_text = part.get("type") in {"text", "text/plain"} or _TAG.search(text) is None
    return f"<p>{escape(text)}</p>" if text and is_text else text


def _markup(element: Element, depth: int = 0) -> str:
    """An XHTML element as HTML, without its attributes, which nobody reads."""
    name = _name(element) if _name(element).isalnum() else "span"
    inner = escape(element.text or "")
    if depth < 100:
        inner += "".join(_markup(child, depth + 1) + escape(child.tail or "") for child in element)
    else:
        inner += escape("".join("".join(child.itertext()) for child in element))
    return f"<{name}>{inner}</{name}>"


def _date(text: str | None) -> str | None:
    """The ISO date of a time in the form of RFC 822 or ISO 8601."""
    text = (text or "").strip()[:60]
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return date_of(text)
