"""Searching everything in a case: texts, claims, mentions, log records, evidence, measures and notes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.errors import UsageError
from indicia.records import Sighting, shown_marking
from indicia.share.redact import marking_of
from indicia.view.inert import clip
from indicia.web.cases.exploring import MOST_ROWS, SECONDS, QueryAnswer, QueryTable, Tables
from indicia.web.cases.shelf import Held
from indicia.web.pages import hunt, ledger
from indicia.web.pages.documents import part_of
from indicia.web.pages.filters import facet_of, refang
from indicia.web.shown.render import Ask, Page, as_csv, case_address, paged, said

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


# Asking anything of a case in SQL, over a copy of its tables that nothing can be written to.
MOST_SIGHTINGS = 100_000  # that are copied; the page says where there are more
KINDS = {"claim--": "claims", "document--": "documents", "sighting--": "sightings"}  # of ids, and the pages that they have
EXAMPLES = (
    (
        "Who accuses whom, how often",
        "select source, accused, count(*) as claims from claims where stance = 'accuses' group by 1, 2 order by 3 desc",
    ),
    (
        "Hosts by first trace that worked",
        "select host, min(time) as first, count(*) as n from sightings where outcome = 'success' group by host",
    ),
    ("Words of denial", "select date, source, quote from claims where stance = 'denies' order by date"),
    (
        "Techniques that texts state and logs show",
        "select value, count(*) as stated, (select count(*) from sightings where techniques like '%' || value || '%') as seen "
        "from mentions where kind = 'technique' group by value having seen > 0",
    ),
)
_making = threading.Lock()


def sql_page(ask: Ask) -> Page:
    """A question and its first rows; the tables that one may ask."""
    tables, sql = _tables(ask.held), ask.request.query_params.get("q", "").strip()
    answer, trouble = None, ""
    if sql:
        try:
            answer = tables.ask(sql)
        except UsageError as error:
            trouble = str(error)
    data: dict[str, Any] = {
        "q": sql,
        "columns": answer.columns if answer else [],
        "rows": answer.rows if answer else [],
        "cut": bool(answer and answer.cut),
        "error": trouble,
        "tables": {name: {"columns": columns, "rows": tables.counts[name]} for name, columns in tables.columns.items()},
        "sightings_left_out": max(0, len(ask.held.sightings) - MOST_SIGHTINGS),
    }
    view = {
        "answer": answer,
        "examples": [(name, text, ask.link(q=text)) for name, text in EXAMPLES],
        "at": lambda value: _address(ask.held, value),
        "most": MOST_ROWS,
        "seconds": SECONDS,
        "marking": marking_of(ask.held.case).label,
    }
    return Page("sql.html.j2", "SQL", data, view, status=400 if trouble else 200)


def sql_csv(ask: Ask) -> Response:
    """The rows of the answer as a table. Raises: HTTPException for a question that cannot be answered."""
    try:
        answer: QueryAnswer = _tables(ask.held).ask(ask.request.query_params.get("q", "").strip())
    except UsageError as error:
        raise HTTPException(400, str(error)) from None
    rows = (["" if cell is None else cell for cell in row] for row in answer.rows)
    return as_csv(f"{ask.held.slug}-sql.csv", answer.columns, rows, marking_of(ask.held.case))


def _address(held: Held, value: object) -> str:
    """The page of a record whose id a cell holds, if it is one."""
    kind = next((kind for start, kind in KINDS.items() if isinstance(value, str) and value.startswith(start)), "")
    return case_address(held.slug, kind, str(value)) if kind else ""


def _tables(held: Held) -> Tables:
    """The tables of a case, made with the first question after a change."""
    with _making:
        if held.explored is None:
            held.explored = Tables(_each(held))
        return held.explored


_OF_TEXT = attrgetter("name", "publisher", "published", "language")
_OF_MENTION = attrgetter("kind.value", "value", "type", "context.value", "span.text", "span.document", "span.start")
_OF_EVIDENCE = attrgetter("kind.value", "feature", "label", "reliability", "credibility", "weight", "note", "id")
_WHAT, _WHEN = (
    attrgetter("kind.value", "audience.value", "title", "instruction"),
    attrgetter("effect", "within_hours", "due", "id"),
)
_OF_JUDGEMENT = attrgetter("time", "author", "action", "subject", "value", "note")


def _each(held: Held) -> Iterator[QueryTable]:
    case, standing = held.case, held.standing
    yield QueryTable(
        "documents",
        ("title", "name", "publisher", "published", "language", "marking", "characters", "text", "id"),
        (
            (held.index.title(one), *_OF_TEXT(one), shown_marking(one.marking), len(one.text), one.text, one.id)
            for one in case.documents
        ),
    )
    yield QueryTable(
        "claims", (*ledger.CELLS, "certainty"), ((*ledger.cells_of(held, one), one.score) for one in held.corrected)
    )
    yield QueryTable(
        "mentions",
        ("kind", "value", "type", "context", "words", "document", "start", "rejected", "id"),
        ((*_OF_MENTION(one), int(standing.is_rejected(one.id)), one.id) for one in held.mentions.values()),
    )
    sightings = held.sightings.each(range(min(len(held.sightings), MOST_SIGHTINGS)))
    yield QueryTable("sightings", tuple(hunt.CELLS), map(hunt.cells_of, sightings))
    yield QueryTable(
        "evidence",
        ("kind", "feature", "label", "reliability", "credibility", "weight", "note", "id"),
        map(_OF_EVIDENCE, case.weighing.evidence if case.weighing else ()),
    )
    yield QueryTable(
        "measures",
        ("place", "kind", "audience", "title", "instruction", "covers", "effect", "within_hours", "due", "id"),
        (
            (place, *_WHAT(one), " ".join(one.covers), *_WHEN(one))
            for place, one in enumerate(held.advice().measures if case.advice else (), 1)
        ),
    )
    yield QueryTable("moments", ("date", "kind", "what"), ((one.date, one.lane, one.label) for one in held.moments))
    yield QueryTable(
        "judgements",
        ("time", "author", "action", "subject", "value", "note"),
        map(_OF_JUDGEMENT, held.machine.judgements),
    )
