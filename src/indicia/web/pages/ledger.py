"""The ledger: every claim, filtered by what the address says, the coalition, and one claim with its history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException

from indicia.records import Claim, Judgement
from indicia.share.brief.coalition import Position, accused_words, positions, source_words
from indicia.share.brief.inert import visible
from indicia.share.brief.pictures.claimgraph import claim_graph
from indicia.web.pages.documents import choices, part_of
from indicia.web.render import Ask, Page, case_address, paged, said

__all__ = ["claim", "ledger"]

# name in the address -> (heading, value of a claim)
# Values are made visible, so that what an address holds is what a page shows.
FACETS: dict[str, tuple[str, Callable[[Claim], str]]] = {
    "source": ("Source", lambda one: visible(source_words(one))),
    "accused": ("Accused", lambda one: visible(accused_words(one))),
    "stance": ("Stance", lambda one: one.stance.value),
    "level": ("Level", lambda one: one.accused.level.value if one.accused.level else "no level"),
    "firmness": ("Firmness", lambda one: one.firmness.value),
    "incident": ("Incident", lambda one: visible(one.incident or "no known incident")),
    "channel": ("Channel", lambda one: one.channel.value),
}


def ledger(ask: Ask) -> Page:
    """Claims as people left them; rejected ones stay, struck out, unless `rejected=hide`."""
    held = ask.held
    standing = held.standing
    claims = [standing.corrected(one) for one in held.claims.values()]
    wanted = {name: text for name in FACETS if (text := ask.one(name))}
    words, since, until = ask.one("q").casefold(), ask.one("since"), ask.one("until")
    copies, rejected = ask.one("copies"), ask.one("rejected")

    def fits(one: Claim, but: str = "") -> bool:
        return (
            all(name == but or FACETS[name][1](one) == text for name, text in wanted.items())
            and (not words or words in one.quote.text.casefold())
            and (not since or (one.date or "") >= since)
            and (not until or (one.date or "9999")[: len(until)] <= until)
            and (copies != "fold" or one.origin is None)
            and (rejected != "hide" or not standing.is_rejected(one.id))
        )

    chosen = [one for one in claims if fits(one)]
    if ask.one("order") == "date":
        chosen.sort(key=lambda one: (one.date or "9999", one.id))
    facets = {
        name: sorted(Counter(value(one) for one in claims if fits(one, name)).items(), key=lambda row: (-row[1], row[0]))
        for name, (_, value) in FACETS.items()
    }
    standing_claims = [one for one in chosen if not standing.is_rejected(one.id)]
    coalition = positions(standing_claims)
    page = paged(chosen, ask.number("page"), 50)
    data: dict[str, Any] = {
        "claims": page.rows,
        "total": page.total,
        "of": len(claims),
        "page": page.page,
        "pages": page.pages,
        "filters": wanted | {key: text for key in ("q", "since", "until", "copies", "rejected") if (text := ask.one(key))},
        "facets": {name: [list(row) for row in rows] for name, rows in facets.items()},
        "coalition": [_row(one) for one in coalition],
        "rejected": [one.id for one in page.rows if standing.is_rejected(one.id)],
    }
    view = {
        "headings": {name: heading for name, (heading, _) in FACETS.items()},
        "graph": claim_graph(coalition[:200], held.show),
        "standing": standing,
        "at": _address(ask),
    }
    return Page("ledger.html.j2", "Ledger", data, view)


def _row(one: Position) -> dict[str, Any]:
    return {
        "source": one.source,
        "type": one.source_type.value,
        "stance": one.stance.value,
        "accused": one.accused,
        "level": one.level.value if one.level else None,
        "firmness": one.firmest.firmness.value,
        "likelihood": one.firmest.likelihood.value if one.firmest.likelihood else None,
        "confidence": one.firmest.confidence.value if one.firmest.confidence else None,
        "first": one.first,
        "claims": list(one.claims),
    }


def _address(ask: Ask) -> Callable[[Claim], str]:
    """Where a claim stands in its text."""

    def at(one: Claim) -> str:
        document = ask.held.index.documents.get(one.quote.document)
        part = part_of(document, one.quote.start) if document else 1
        address = case_address(ask.held.slug, "documents", one.quote.document)
        return address + (f"?part={part}" if part > 1 else "") + f"#m-{one.id}"

    return at


def claim(ask: Ask) -> Page:
    """One claim: what the machine read, what people made of it, its copies, and what it weighs. Raises: HTTPException 404."""
    held = ask.held
    machine = held.claims.get(ask.request.path_params["id"])
    if machine is None:
        raise HTTPException(404, "There is no such claim in this case.")
    now = held.standing.corrected(machine)
    document = held.index.documents.get(machine.quote.document)
    judged: list[Judgement] = held.standing.of(machine.id)
    evidence = [one for one in held.index.evidence.values() if machine.id in one.traces]
    data = {
        "claim": now,
        "machine": machine,
        "sentence": said(now),
        "judgements": judged,
        "copies": [one.id for one in held.claims.values() if one.origin == machine.id],
        "evidence": evidence,
        "document": {"id": document.id, "title": held.index.title(document)} if document else None,
    }
    view = {
        "standing": held.standing,
        "at": _address(ask),
        "where": document.where(machine.quote.start) if document else "",
        "choices": choices(),
        "claims": held.claims,
    }
    return Page("claim.html.j2", "Claim", data, view)
