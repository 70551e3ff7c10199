"""Asking anything of a case in SQL, over a copy of its tables that nothing can be written to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.errors import UsageError
from indicia.records import shown_marking
from indicia.share.redact import marking_of
from indicia.web.cases.exploring import MOST_ROWS, SECONDS, QueryAnswer, QueryTable, Tables
from indicia.web.cases.shelf import Held
from indicia.web.pages import hunt, ledger
from indicia.web.shown.render import Ask, Page, as_csv, case_address

MOST_SIGHTINGS = 100_000  # that are copied; the page says where there are more
AT_ONCE = 500  # sightings read in one go
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


def _each(held: Held) -> Iterator[QueryTable]:
    case, standing = held.case, held.standing
    yield QueryTable(
        "documents",
        ("title", "name", "publisher", "published", "language", "marking", "characters", "text", "id"),
        (
            (
                held.index.title(one),
                one.name,
                one.publisher,
                one.published,
                one.language,
                shown_marking(one.marking),
                len(one.text),
                one.text,
                one.id,
            )
            for one in case.documents
        ),
    )
    yield QueryTable(
        "claims", (*ledger.CELLS, "certainty"), ((*ledger.cells_of(held, one), one.score) for one in held.corrected)
    )
    yield QueryTable(
        "mentions",
        ("kind", "value", "type", "context", "words", "document", "start", "rejected", "id"),
        (
            (
                one.kind.value,
                one.value,
                one.type,
                one.context.value,
                one.span.text,
                one.span.document,
                one.span.start,
                int(standing.is_rejected(one.id)),
                one.id,
            )
            for one in held.mentions.values()
        ),
    )
    places = range(min(len(held.sightings), MOST_SIGHTINGS))
    batches = (list(places[start : start + AT_ONCE]) for start in range(0, len(places), AT_ONCE))
    yield QueryTable("sightings", hunt.CELLS, (hunt.cells_of(one) for batch in batches for one in held.sightings.read(batch)))
    yield QueryTable(
        "evidence",
        ("kind", "feature", "label", "reliability", "credibility", "weight", "note", "id"),
        (
            (one.kind.value, one.feature, one.label, one.reliability, one.credibility, one.weight, one.note, one.id)
            for one in (case.weighing.evidence if case.weighing else ())
        ),
    )
    yield QueryTable(
        "measures",
        ("place", "kind", "audience", "title", "instruction", "covers", "effect", "within_hours", "due", "id"),
        (
            (
                place,
                one.kind.value,
                one.audience.value,
                one.title,
                one.instruction,
                " ".join(one.covers),
                one.effect,
                one.within_hours,
                one.due,
                one.id,
            )
            for place, one in enumerate(held.advice().measures if case.advice else (), 1)
        ),
    )
    yield QueryTable("moments", ("date", "kind", "what"), ((one.date, one.lane, one.label) for one in held.moments))
    yield QueryTable(
        "judgements",
        ("time", "author", "action", "subject", "value", "note"),
        ((one.time, one.author, one.action, one.subject, one.value, one.note) for one in held.machine.judgements),
    )
