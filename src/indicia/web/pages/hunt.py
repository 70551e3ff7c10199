"""The hunt: chains with their stages, sightings down to the log line, rules that ran or could not, and how far logs reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException

from indicia.records import Chain, Sighting
from indicia.web.render import Ask, Page, paged

__all__ = ["hunt", "reach", "rules", "sighting"]

FILTERS = ("host", "rule", "technique", "stage")
IN_CHAIN = 40  # sightings of a chain that are shown with it


def hunt(ask: Ask) -> Page:
    """Chains first, then all sightings that the filters leave."""
    held = ask.held
    found = held.case.hunt
    if found is None:
        return Page("hunt_empty.html.j2", "Hunt", {"verdict": "no logs"})
    wanted = {name: text for name in FILTERS if (text := ask.one(name))}
    rows: Sequence[Sighting] = found.sightings
    for name, text in wanted.items():
        mine = held.sightings_by[name].get(text, [])
        ids = {one.id for one in mine}
        rows = mine if rows is found.sightings else [one for one in rows if one.id in ids]
    outcome, words, chain_id = ask.one("outcome"), ask.one("q").casefold(), ask.one("chain")
    if outcome:
        rows = [one for one in rows if one.outcome.value == outcome]
    if words:
        rows = [one for one in rows if words in one.title.casefold() or words in _line(one).casefold()]
    if ask.one("starred"):
        rows = [one for one in rows if held.standing.is_starred(one.id)]
    chain = next((one for one in found.chains if one.id == chain_id), None)
    if chain:
        ids = set(chain.sightings)
        rows = [one for one in rows if one.id in ids]
    page = paged(rows, ask.number("page"), 50)
    data: dict[str, Any] = {
        "verdict": found.verdict.value,
        "reason": found.reason,
        "chains": [_chain(one) for one in found.chains],
        "sightings": page.rows,
        "total": page.total,
        "of": len(found.sightings),
        "page": page.page,
        "pages": page.pages,
        "filters": wanted,
        "facets": {
            name: sorted(
                ((key, len(rows)) for key, rows in held.sightings_by[name].items()), key=lambda row: (-row[1], row[0])
            )[:200]
            for name in FILTERS
        },
    }
    view = {
        "standing": held.standing,
        "stages": {one.id: _stages(one, held.index.sightings) for one in found.chains},
        "local": held.index.local,
        "line": _line,
        "ran": sum(one.skipped is None for one in found.rules),
        "fired": sum(one.matches > 0 for one in found.rules),
        "could_not": sum(one.skipped is not None for one in found.rules),
        "rule_count": len(found.rules),
        "files": found.files,
        "chain": chain,
        "sought": found.indicators_sought,
    }
    return Page("hunt.html.j2", "Hunt", data, view)


def _line(one: Sighting) -> str:
    """The fields that matched, as `field=value`."""
    return "; ".join(f"{name}={value[:300]}" for name, value in one.matched[:6])


def _chain(one: Chain) -> dict[str, Any]:
    return {
        "id": one.id,
        "host": one.host,
        "start": one.start,
        "end": one.end,
        "stages": [stage.value for stage in one.stages],
        "outcome": one.outcome.value,
        "summary": one.summary,
        "keys": [list(key) for key in one.keys[:30]],
        "sightings": len(one.sightings),
    }


def _stages(chain: Chain, known: dict[str, Sighting]) -> list[tuple[str, list[Sighting], int]]:
    """(stage, its first sightings, how many there are), in the order of the chain."""
    mine = [known[id] for id in chain.sightings if id in known]
    found = []
    for stage in chain.stages:
        rows = [one for one in mine if one.stage is stage]
        found.append((stage.value, rows[:5], len(rows)))
    return found


def sighting(ask: Ask) -> Page:
    """One sighting with all fields of its log record. Raises: HTTPException 404."""
    held = ask.held
    one = held.index.sightings.get(ask.request.path_params["id"])
    if one is None:
        raise HTTPException(404, "There is no such sighting in this case.")
    chains = [chain.id for chain in held.case.hunt.chains if one.id in chain.sightings] if held.case.hunt else []
    data = {"sighting": one, "chains": chains, "judgements": held.standing.of(one.id)}
    return Page("sighting.html.j2", one.title, data, {"standing": held.standing, "local": held.index.local})


def rules(ask: Ask) -> Page:
    """Rules: those that fired, those that ran, those that could not and why."""
    found = ask.held.case.hunt
    mine = list(found.rules) if found else []
    state = ask.one("state")
    if state == "fired":
        mine = [one for one in mine if one.matches]
    elif state == "skipped":
        mine = [one for one in mine if one.skipped is not None]
    elif state == "silent":
        mine = [one for one in mine if one.skipped is None and not one.matches]
    mine.sort(key=lambda one: (-one.matches, one.skipped is None, one.title))
    page = paged(mine, ask.number("page"))
    data = {"rules": page.rows, "total": page.total, "page": page.page, "pages": page.pages, "state": state}
    return Page("rules.html.j2", "Rules", data)


def reach(ask: Ask) -> Page:
    """Log files: from when to when, holes, and what could not be read."""
    found = ask.held.case.hunt
    page = paged(found.files if found else (), ask.number("page"))
    data = {
        "files": page.rows,
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "problems": found.problems[:200] if found else (),
    }
    return Page("reach.html.j2", "How far the logs reach", data, {"local": ask.held.index.local})
