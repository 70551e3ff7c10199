"""Searching everything in a case: texts, claims, mentions, log records, evidence, measures and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from indicia.records import Sighting
from indicia.view.inert import clip
from indicia.web.pages.documents import part_of
from indicia.web.pages.filters import facet_of, refang
from indicia.web.shown.render import Ask, Page, case_address, paged, said

MOST = 2000  # hits that are collected, beside those in logs
OF_TEXT = 50  # hits in one text
AROUND = 90  # characters shown to each side
PER_PAGE = 50
SIGHTING = "sighting"


class SearchHit(NamedTuple):
    """One place where the words stand."""

    kind: str
    address: str
    before: str
    match: str
    after: str
    about: str


def search(ask: Ask) -> Page:
    """Every place where the words stand, in any case of letters. A defanged value finds the true one.

    Texts and records are searched for parts of words as well; log lines by their words, unless `inside` is asked for.
    """
    held = ask.held
    words, kind = ask.one("q"), ask.one("kind")
    wanted = refang(words)
    hits: list[SearchHit] = []
    logs = None
    if words:
        for hit in _hits(ask, wanted.lower()):
            hits.append(hit)
            if len(hits) >= MOST:
                break
        if len(held.sightings):
            logs = held.sightings.find({}, words=wanted, inside=bool(ask.one("inside"))).places
    kinds: dict[str, int] = {}
    for hit in hits:
        kinds[hit.kind] = kinds.get(hit.kind, 0) + 1
    if logs is not None and len(logs):
        kinds[SIGHTING] = len(logs)
    chosen = [hit for hit in hits if not kind or hit.kind == kind]
    in_logs = logs if logs is not None and kind in {"", SIGHTING} else ()
    # The hits in memory stand first; the lines behind them are read for this page alone.
    places: list[SearchHit | int] = [*chosen, *(int(place) for place in in_logs[: ask.number("page") * PER_PAGE])]
    total = len(chosen) + len(in_logs)
    pages = max(1, -(-total // PER_PAGE))
    number = min(ask.number("page"), pages)
    shown = paged(places, number, PER_PAGE).rows
    lines = held.sightings.read([one for one in shown if isinstance(one, int)])
    rows = [one for one in shown if isinstance(one, SearchHit)] + [_in_log(ask, one, wanted) for one in lines]
    data: dict[str, Any] = {
        "q": words,
        "hits": [hit._asdict() for hit in rows],
        "total": total,
        "page": number,
        "pages": pages,
        "kinds": kinds,
        "cut": len(hits) >= MOST,
    }
    view = {
        "kind": kind,
        "facet": facet_of(ask, "kind", "Where", sorted(kinds.items(), key=lambda row: (-row[1], row[0]))),
        "inside": bool(ask.one("inside")),
        "has_logs": bool(len(held.sightings)),
    }
    return Page("search.html.j2", f"Search: {words}" if words else "Search", data, view)


def _hits(ask: Ask, words: str) -> Iterator[SearchHit]:
    held, case = ask.held, ask.held.case
    slug = held.slug
    for document, folded in held.folded:
        base = case_address(slug, "documents", document.id)
        title = held.index.title(document)
        yield from _in(title, words, "document", base, held.index.local(document.name))
        at = folded.find(words)
        for _ in range(OF_TEXT):
            if at < 0:
                break
            end = at + len(words)
            part = part_of(document, at)
            yield SearchHit(
                "text",
                f"{base}?part={part}" if part > 1 else base,
                before(document.text, at),
                document.text[at:end],
                after(document.text, end),
                f"{title}, {document.where(at)}",
            )
            at = folded.find(words, end)
    for claim in held.claims.values():
        yield from _in(said(claim), words, "claim", case_address(slug, "claims", claim.id), claim.quote.text)
    for mention in case.mentions:
        if words in mention.value.lower():
            address = case_address(slug, "documents", mention.span.document) + f"#r-{mention.id}"
            yield from _in(mention.value, words, mention.kind.value, address, mention.type)
    if case.weighing:
        for item in case.weighing.evidence:
            yield from _in(item.label, words, "evidence", case_address(slug, "weigh") + f"#e-{item.id}", item.kind.value)
    for measure in held.advice().measures if case.advice else ():
        text = f"{measure.title}. {measure.instruction}"
        yield from _in(text, words, "measure", case_address(slug, "advise") + f"?find={measure.id}", measure.kind.value)
    for judgement in case.judgements:
        yield from _in(judgement.note, words, "note", case_address(slug), f"{judgement.action} by {judgement.author}")


def _in_log(ask: Ask, one: Sighting, words: str) -> SearchHit:
    """Where the words stand in a sighting; its matched fields where they stand apart."""
    held = ask.held
    address = case_address(held.slug, "sightings", one.id)
    place = f"{one.title}, {held.index.local(str(one.event.place))}"
    texts = [one.title, *one.event.fields.values(), str(one.event.place), one.event.host, *one.techniques, one.note]
    for text in texts:
        for hit in _in(text, words.lower(), SIGHTING, address, place):
            return hit
    line = "; ".join(f"{name}={value}" for name, value in one.matched)
    return SearchHit(SIGHTING, address, "", clip(line, 2 * AROUND), "", place)


def _in(text: str, words: str, kind: str, address: str, about: str) -> Iterator[SearchHit]:
    at = text.lower().find(words)
    if at >= 0:
        end = at + len(words)
        yield SearchHit(kind, address, before(text, at), text[at:end], after(text, end), clip(about, 200))


def before(text: str, at: int) -> str:
    """The words before a place, with a sign where some are left out.

    >>> before("one two three", 8), before("x" * 100 + " two ", 105)
    ('one two ', '… two ')
    """
    if at <= AROUND:
        return text[:at]
    return "… " + text[at - AROUND : at].partition(" ")[2]


def after(text: str, end: int) -> str:
    """The words after a place, likewise."""
    if len(text) - end <= AROUND:
        return text[end:]
    return text[end : end + AROUND].rpartition(" ")[0] + " …"
