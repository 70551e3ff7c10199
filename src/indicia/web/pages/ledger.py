"""The ledger: every claim, filtered by what the address says, and the coalition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from indicia.records import Claim, Deed, Firmness, Stance, Tie, those_counted, to_check
from indicia.share.redact import marking_of_texts
from indicia.view.inert import visible
from indicia.view.positions import LEVELS, Position, is_narration, positions
from indicia.view.words import FLAT, accused_words, firmness_words, source_words, tie_words
from indicia.web.cases.shelf import Held
from indicia.web.pages.documents import part_of
from indicia.web.pages.filters import Facets, Filter, chips, counted, facet_of, filters_of, left_by, wanted_of
from indicia.web.shown.graph import claim_graph
from indicia.web.shown.render import Ask, Page, as_csv, case_address, paged, said

# Values are made visible, so that what an address holds is what a page shows.
SURE_WORDS = ("to check", "sure, or checked by a person")
FACETS: Facets[Claim] = {
    "source": ("Who speaks", lambda one: visible(source_words(one))),
    "accused": ("Of whom", lambda one: visible(accused_words(one))),
    "stance": ("Stance", lambda one: one.stance.value),
    "level": ("Level", lambda one: one.accused.level.value if one.accused.level else "no level"),
    "about": ("What is said", lambda one: _about(one)),
    "firmness": ("Firmness", lambda one: firmness_words(one.said)),
    "tie": ("Tied to", lambda one: visible(tie_words(one.tie)) if one.tie else "no tie"),
    "incident": ("Incident", lambda one: visible(one.incident or "no known incident")),
    "channel": ("Channel", lambda one: one.channel.value),
    "sure": ("Certainty", lambda one: SURE_WORDS[not to_check((one,), ())]),
}
ORDER = {
    "stance": [one.value for one in Stance],
    "level": [one.value for one in LEVELS],
    "firmness": [FLAT if one is Firmness.NONE else one.value for one in sorted(Firmness, key=lambda one: -one.strength)],
}
SORTS: dict[str, Callable[[Claim], Any]] = {
    "text": lambda one: 0,
    "date": lambda one: one.date or "9999",
    "source": lambda one: source_words(one).casefold(),
    "accused": lambda one: accused_words(one).casefold(),
    "firmness": lambda one: -one.said.firmness.strength,
}
VIEWS = ("list", "sides", "coalition", "graph")
PER_PAGE = 50
SIDES = 60  # accused that are shown side by side
WITH_ACCUSED = {Stance.ACCUSES, Stance.ENDORSES}


def ledger_link(slug: str) -> Callable[[Mapping[str, str]], str]:
    """The address of the ledger under filters."""
    base = case_address(slug, "claims")
    return lambda filters: (
        base + (f"?{urlencode({name: visible(value) for name, value in filters.items()})}" if filters else "")
    )


def ledger(ask: Ask) -> Page:
    """Claims as people left them; rejected ones stay, struck out, unless `rejected=hide`."""
    held = ask.held
    standing = held.standing
    rows, chosen, filters = _chosen(ask)
    unsure = {one.id for one in to_check(chosen, held.machine.judgements)}
    coalition = coalition_of(ask, chosen)
    wanted = {one.name: one.value for one in filters}
    facets = {name: counted(rows, FACETS, name, wanted, ORDER.get(name, ())) for name in FACETS}
    view = ask.one("view") if ask.one("view") in VIEWS else "list"
    page = paged(chosen, ask.number("page"), PER_PAGE)
    data: dict[str, Any] = {
        "claims": page.rows,
        **page.place,
        "of": len(held.corrected),
        "filters": {one.name: one.value for one in filters},
        "facets": {name: [list(row) for row in rows] for name, rows in facets.items()},
        "coalition": [_row(one) for one in coalition],
        "rejected": [one.id for one in page.rows if standing.is_rejected(one.id)],
        "to_check": sorted(unsure),
    }
    link = ledger_link(held.slug)
    sides = _sides(coalition) if view == "sides" else []
    shown = {
        "view": view,
        "rail": [facet_of(ask, name, heading, facets[name]) for name, (heading, _) in FACETS.items()],
        "chips": chips(ask, filters),
        "graph": claim_graph(coalition, held.show, link, unsure=unsure) if view == "graph" else "",
        "told": [one for one in coalition if not is_narration(one)] or coalition,
        "sides": sides[:SIDES],
        "sides_more": max(0, len(sides) - SIDES),
        "disputed": sum(bool(one["with"]) and bool(one["against"]) for one in _sides(coalition)),
        "link": link,
        "standing": standing,
        "copies": held.copies,
        "unsure": unsure,
        "with_unsure": _with_unsure(ask),
        "waiting": len(held.waiting),
        "at": address_in_text(ask),
        "sort": ask.one("sort", "text"),
    }
    return Page("ledger.html.j2", "Ledger", data, shown)


def coalition_of(ask: Ask, chosen: Sequence[Claim] | None = None) -> tuple[Position, ...]:
    """Who says what, of the claims that the filters leave and that count; with `unsure=with`, of those to be checked too."""
    claims, judgements = _chosen(ask)[1] if chosen is None else chosen, ask.held.machine.judgements
    if _with_unsure(ask):
        return positions(one for one in claims if not ask.held.standing.is_rejected(one.id))
    return positions(those_counted(claims, judgements))


def _with_unsure(ask: Ask) -> bool:
    """Whether claims that the reader is not sure of are shown with the others."""
    return ask.one("unsure") == "with"


def _chosen(ask: Ask) -> tuple[list[Claim], list[Claim], list[Filter]]:
    """Claims that everything but facets leaves, those that facets leave too, in order, and the filters that are on."""
    held = ask.held
    standing = held.standing
    wanted = wanted_of(ask, FACETS)
    words, since, until = ask.one("q").casefold(), ask.one("since"), ask.one("until")
    copies, rejected = ask.one("copies"), ask.one("rejected")
    rows = [
        one
        for one in held.corrected
        if (not words or words in one.quote.text.casefold() or words in said(one).casefold())
        and (not since or (one.date or "") >= since)
        and (not until or (one.date or "9999")[: len(until)] <= until)
        and (copies != "fold" or one.origin is None)
        and (rejected != "hide" or not standing.is_rejected(one.id))
    ]
    chosen = left_by(rows, FACETS, wanted)
    sort = ask.one("sort") or ask.one("order")
    if (by := sort.removeprefix("-")) in SORTS:
        chosen.sort(key=SORTS[by], reverse=sort.startswith("-"))
    filters = filters_of(FACETS, wanted)
    filters += [
        Filter(*row)
        for row in (
            ("q", "Words", ask.one("q")),
            ("since", "From", since),
            ("until", "To", until),
            ("copies", "Copies", "fold" if copies == "fold" else "", "folded"),
            ("rejected", "Rejected", "hide" if rejected == "hide" else "", "hidden"),
        )
        if row[2]
    ]
    return rows, chosen, filters


def _sides(coalition: Sequence[Position]) -> list[dict[str, Any]]:
    """Who is for and who is against each accused, the disputed ones first, then those of whom most speak."""
    found: dict[str, dict[str, list[Position]]] = defaultdict(lambda: {"with": [], "against": []})
    for one in coalition:
        if one.firmest.accused.party is not None:
            found[one.accused]["with" if one.stance in WITH_ACCUSED else "against"].append(one)
    rows = [{"accused": accused, **sides} for accused, sides in found.items()]
    return sorted(
        rows,
        key=lambda row: (
            not (row["with"] and row["against"]),
            -len({one.source for one in (*row["with"], *row["against"])}),
            row["accused"],
        ),
    )


def _row(one: Position) -> dict[str, Any]:
    return {
        "source": one.source,
        "type": one.source_type.value,
        "stance": one.stance.value,
        "accused": one.accused,
        "level": one.level.value if one.level else None,
        "says": one.saying,
        "about": "tie" if one.tie else "deed",
        "accuses_state": one.state,
        "firmness": one.said.firmness.value,
        "likelihood": one.said.likelihood.value if one.said.likelihood else None,
        "confidence": one.said.confidence.value if one.said.confidence else None,
        "first": one.first,
        "claims": list(one.claims),
    }


def claims_csv(ask: Ask) -> Response:
    """The claims that the filters leave, all of them, as a table."""
    held = ask.held
    rows = (cells_of(held, one) for one in _chosen(ask)[1])
    return as_csv(f"{held.slug}-claims.csv", CELLS, rows, marking_of_texts(held.case))


_OF = ("", "_firmness", "_likelihood", "_confidence")  # what is told of a deed and of a tie, each of its own


CELLS = (
    "date",
    "source",
    "source_type",
    "stance",
    "accused",
    "level",
    *(f"deed{of}" for of in _OF),
    *(f"tie{of}" for of in _OF),
    "tied_to",
    "state_said",
    "state_known",
    "accuses_state",
    "basis",
    "channel",
    "prominence",
    "incident",
    "quote",
    "document",
    "origin",
    "judged",
    "id",
)


def _proposition(said: Deed | Tie | None) -> tuple[str, ...]:
    if said is None:
        return ("",) * len(_OF)
    likelihood, confidence = (one.value if one else "" for one in (said.likelihood, said.confidence))
    return said.kind.value, firmness_words(said), likelihood, confidence


def _about(one: Claim) -> str:
    """Whether a claim says a deed, a tie, or both."""
    return " and ".join(name for name, said in (("deed", one.deed), ("tie", one.tie)) if said) or "neither"


def cells_of(held: Held, one: Claim) -> tuple[object, ...]:
    document = held.index.documents.get(one.quote.document)
    judged = "rejected" if held.standing.is_rejected(one.id) else "confirmed" if held.standing.is_confirmed(one.id) else ""
    return (
        one.date or "",
        source_words(one),
        one.source.type.value,
        one.stance.value,
        accused_words(one),
        one.accused.level.value if one.accused.level else "",
        *_proposition(one.deed),
        *_proposition(one.tie),
        one.tie.to if one.tie else "",
        one.accused.state_said or "",
        one.accused.state_known or "",
        one.accuses_state or "",
        "; ".join(ground.basis.value for ground in one.grounds) or one.basis.value,
        one.channel.value,
        one.prominence.value,
        one.incident or "",
        one.quote.text,
        document.name if document else "",
        one.origin or "",
        judged,
        one.id,
    )


def address_in_text(ask: Ask) -> Callable[[Claim], str]:
    """Where a claim stands in its text."""

    def at(one: Claim) -> str:
        document = ask.held.index.documents.get(one.quote.document)
        part = part_of(document, one.quote.start) if document else 1
        address = case_address(ask.held.slug, "documents", one.quote.document)
        return address + (f"?part={part}" if part > 1 else "") + f"#m-{one.id}"

    return at
