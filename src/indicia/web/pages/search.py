"""Searching everything in a case: texts, claims, mentions, log records, evidence, measures and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from indicia.share.brief.inert import clip
from indicia.web.pages.documents import part_of
from indicia.web.render import Ask, Page, case_address, paged, said

__all__ = ["refang", "search"]

MOST = 2000  # hits that are collected
OF_TEXT = 50  # hits in one text
AROUND = 90  # characters shown to each side
_DEFANGED = re.compile(r"\[(\.|:|@)\]|\((\.)\)")


class Hit(NamedTuple):
    """One place where the words stand."""

    kind: str
    address: str
    before: str
    match: str
    after: str
    about: str


def refang(text: str) -> str:
    """An indicator as people paste it, made whole again.

    >>> refang("hxxp://bad[.]example")
    'http://bad.example'
    """
    text = _DEFANGED.sub(lambda match: match[1] or match[2], text)
    return re.sub(r"^hxxp", "http", text, flags=re.IGNORECASE)


def search(ask: Ask) -> Page:
    """Every place where the words stand, in any case of letters. A defanged value finds the true one."""
    words = ask.one("q")
    kind = ask.one("kind")
    hits: list[Hit] = []
    if words:
        for hit in _hits(ask, refang(words).casefold()):
            hits.append(hit)
            if len(hits) >= MOST:
                break
    kinds: dict[str, int] = {}
    for hit in hits:
        kinds[hit.kind] = kinds.get(hit.kind, 0) + 1
    page = paged([hit for hit in hits if not kind or hit.kind == kind], ask.number("page"), 50)
    data: dict[str, Any] = {
        "q": words,
        "hits": [hit._asdict() for hit in page.rows],
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "kinds": kinds,
        "cut": len(hits) >= MOST,
    }
    return Page("search.html.j2", "Search", data, {"kind": kind})


def _hits(ask: Ask, words: str) -> Iterator[Hit]:
    held, case = ask.held, ask.held.case
    slug = held.slug
    for document in case.documents:
        base = case_address(slug, "documents", document.id)
        title = held.index.title(document)
        yield from _in(title, words, "document", base, "title")
        # casefold may change the length of a text; lower() nearly never does, and offsets must hold
        folded = document.text.lower()
        at = folded.find(words) if len(folded) == len(document.text) else -1
        for _ in range(OF_TEXT):
            if at < 0:
                break
            end = at + len(words)
            part = part_of(document, at)
            yield Hit(
                "text",
                f"{base}?part={part}" if part > 1 else base,
                document.text[max(0, at - AROUND) : at],
                document.text[at:end],
                document.text[end : end + AROUND],
                f"{title}, {document.where(at)}",
            )
            at = folded.find(words, end)
    for claim in held.claims.values():
        yield from _in(said(claim), words, "claim", case_address(slug, "claims", claim.id), claim.quote.text)
    for mention in case.mentions:
        address = case_address(slug, "documents", mention.span.document) + f"#r-{mention.id}"
        yield from _in(mention.value, words, mention.kind.value, address, mention.type)
    for one in case.hunt.sightings if case.hunt else ():
        address = case_address(slug, "sightings", one.id)
        texts = [("", one.title), ("", str(one.event.place)), *one.event.fields.items(), *(("", t) for t in one.techniques)]
        for name, value in texts:
            found = list(_in(value, words, "sighting", address, f"{one.title}{', ' + name if name else ''}"))
            if found:
                yield from found
                break
    if case.weighing:
        for item in case.weighing.evidence:
            yield from _in(item.label, words, "evidence", case_address(slug, "weigh") + f"#e-{item.id}", item.kind.value)
    if case.advice:
        for measure in case.advice.measures:
            text = f"{measure.title}. {measure.instruction}"
            yield from _in(text, words, "measure", case_address(slug, "advise") + f"#r-{measure.id}", measure.kind.value)
    for judgement in case.judgements:
        yield from _in(judgement.note, words, "note", case_address(slug), f"{judgement.action} by {judgement.author}")


def _in(text: str, words: str, kind: str, address: str, about: str) -> Iterator[Hit]:
    at = text.lower().find(words)
    if at >= 0:
        end = at + len(words)
        before, after = text[max(0, at - AROUND) : at], text[end : end + AROUND]
        yield Hit(kind, address, before, text[at:end], after, clip(about, 200))
