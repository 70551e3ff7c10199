"""What a page says about itself: title, publication date, publisher, language, from JSON-LD and meta tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from selectolax.lexbor import LexborHTMLParser

from indicia.read.fronts.dates import date_of
from indicia.read.text.banners import may_mark

_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
    "date",
)
_PUBLISHER_NAMES = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "application-name")
_MAX_SCRIPT = 1 << 20
_PAIR = re.compile(r'"([^"\\]{1,60})"\s{0,9}:\s{0,9}"([^"\\]{1,300})"')
_NO_TEXT = "nav,button,noscript,svg,template,dialog,category,rights,copyright"
_MARKED = "[data-tlp],[data-marking],[data-classification],[data-sensitivity]"
_COMMENT = re.compile(r"<!--([^>]{1,300})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Meta(NamedTuple):
    title: str | None
    published: str | None
    publisher: str | None
    language: str | None


def _clean(text: str | None) -> str | None:
    folded = " ".join((text or "").split())
    return folded[:500] or None


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """All JSON objects in `value`, outermost first."""
    if depth > 6:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:200]:
            yield from _objects(inner, depth + 1)


def _linked_data(tree: LexborHTMLParser) -> tuple[str | None, str | None, str | None]:
    title = published = publisher = None
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        text = node.text(deep=True)
        if not text or len(text) > _MAX_SCRIPT:
            continue
        try:
            data = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            continue
        for item in _objects(data):
            published = published or (date_of(item["datePublished"]) if isinstance(item.get("datePublished"), str) else None)
            named = item.get("publisher")
            if publisher is None and isinstance(named, dict) and isinstance(named.get("name"), str):
                publisher = _clean(named["name"])
            if title is None and isinstance(item.get("headline"), str):
                title = _clean(item["headline"])
    return title, published, publisher


def read_meta(tree: LexborHTMLParser) -> Meta:
    """JSON-LD comes before meta tags, meta tags before `<time>` and `<title>`; None for what the page does not say."""
    title, published, publisher = _linked_data(tree)
    named: dict[str, str] = {}
    for node in tree.css("meta")[:500]:
        attributes = node.attributes
        key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if key and content:
            named.setdefault(key.lower(), content)
    published = published or next((d for key in _DATE_NAMES if (d := date_of(named.get(key)))), None)
    publisher = publisher or next((p for key in _PUBLISHER_NAMES if (p := _clean(named.get(key)))), None)
    title = title or _clean(named.get("og:title"))
    heading = tree.css_first("title")
    called = _clean(heading.text()) if heading is not None else None
    title = title or called
    if publisher is None and called is not None and " | " in called:
        publisher = called.rpartition(" | ")[2].strip() or None  # "Headline | House"
    if published is None:
        stamps = {d for node in tree.css("time[datetime]")[:20] if (d := date_of(node.attributes.get("datetime")))}
        published = stamps.pop() if len(stamps) == 1 else None  # several dates: the page does not say which is its own
    root = tree.root
    language = (root.attributes.get("lang") if root is not None else None) or named.get("og:locale", "").replace("_", "-")
    return Meta(title, published, publisher, language if language and _LANGUAGE.fullmatch(language) else None)


def beside_the_text(tree: LexborHTMLParser, markup: str) -> list[tuple[str, str]]:
    """What the page says beside its text: its titles, its meta tags by name, and what stands for pictures."""
    found = [("", node.text()) for node in tree.css("title")[:5]]
    for node in tree.css("meta[content]")[:500]:
        kept = node.attributes
        found.append((kept.get("property") or kept.get("name") or kept.get("itemprop") or "", kept.get("content") or ""))
    for node in tree.css("[alt],[aria-label]")[:2000]:
        found += [("", words) for name in ("alt", "aria-label") if (words := node.attributes.get(name))]
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        found += _PAIR.findall(node.text(deep=True)[:_MAX_SCRIPT])
    for node in tree.css(_MARKED)[:500]:
        found += [(name, value or "") for name, value in node.attributes.items() if name.startswith("data-")]
    return [*found, *(("", "\n".join(words)) for words in _unread(tree, markup))]


def _unread(tree: LexborHTMLParser, markup: str) -> Iterator[list[str]]:
    """What a page says where no text is looked for: in menus, buttons and drawings, in comments, in the names of pictures and
    styles, and where a feed says who may have it. Each kind together: what has many labels explains them."""
    yield [node.text(deep=True, separator=" ") for node in tree.css(_NO_TEXT)[:500]]
    yield [
        words
        for node in tree.css("[title],[value]")[:2000]
        for name in ("title", "value")
        if (words := node.attributes.get(name))
    ]
    yield [
        words.rpartition("/")[2].rpartition(".")[0]
        for node in tree.css("img[src]")[:2000]
        if (words := node.attributes.get("src"))
    ]
    styles = (node.attributes.get("class") or "" for node in tree.css("[class*=tlp i]")[:2000])
    yield [word for style in styles for word in style.split() if "tlp" in word.lower()]
    yield [words for words in islice(_COMMENT.findall(markup), 2000) if may_mark(words)]
