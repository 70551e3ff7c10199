"""Who decided what, the last first: each judgement with its author, its time and the record that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from indicia.records import Judgement, shown_marking
from indicia.view.inert import visible
from indicia.web.cases.shelf import Held
from indicia.web.pages.filters import Facets, chips, counted, facet_of, filters_of, left_by, wanted_of
from indicia.web.pages.weigh import own_hypotheses
from indicia.web.shown.render import Ask, Page, case_address, paged, said
from indicia.web.shown.words import details

PER_PAGE = 50
FACETS: Facets[Judgement] = {
    "author": ("Who", lambda one: visible(one.author)),
    "action": ("What", lambda one: visible(one.action)),
}


def people(ask: Ask) -> Page:
    """All judgements of a case, filtered by `author` and `action`."""
    held = ask.held
    every = list(reversed(held.machine.judgements))
    wanted = wanted_of(ask, FACETS)
    page = paged(left_by(every, FACETS, wanted), ask.number("page"), PER_PAGE)
    abouts = _abouts(held, page.rows)
    told = [_told(one) | {"at": at, "about": about} for one, (at, about) in zip(page.rows, abouts, strict=True)]
    data: dict[str, Any] = {
        "judgements": told,
        **page.place,
        "of": len(every),
    }
    rail = [facet_of(ask, name, heading, _counted(every, name, wanted)) for name, (heading, _) in FACETS.items()]
    view = {"rail": rail, "chips": chips(ask, filters_of(FACETS, wanted))}
    return Page("people.html.j2", "Who decided what", data, view)


def decided_lately(held: Held, most: int) -> list[tuple[Judgement, str, str]]:
    """The last judgements with the address and the words of what each is about, the last first."""
    rows = list(reversed(held.machine.judgements[-most:]))
    return [(one, at, about) for one, (at, about) in zip(rows, _abouts(held, rows), strict=True)]


def _counted(every: list[Judgement], name: str, wanted: dict[str, str]) -> list[tuple[str, int]]:
    return sorted(counted(every, FACETS, name, wanted).items(), key=lambda row: (-row[1], row[0]))


def _told(one: Judgement) -> dict[str, str]:
    return {
        "id": one.id,
        "author": one.author,
        "time": one.time,
        "action": one.action,
        "value": one.value,
        "note": one.note,
        "marking": "as the case" if isinstance(one.marking, msgspec.UnsetType) else shown_marking(one.marking),
        "details": details(one),
    }


def _abouts(held: Held, rows: Sequence[Judgement]) -> list[tuple[str, str]]:
    """For each judgement (address, words) of the record that it is about; no address of what is no longer there."""
    own = {one.id: one.name for one in own_hypotheses(held.machine.judgements)}
    subjects = [one.subject for one in rows]
    sightings = held.sightings.by_id([one for one in subjects if one.startswith("sighting--")])
    index, slug, found = held.index, held.slug, []
    for subject in subjects:
        if subject in held.claims:
            found.append((case_address(slug, "claims", subject), said(held.claims[subject])))
        elif subject in held.mentions:
            mention = held.mentions[subject]
            found.append((case_address(slug, "documents", mention.span.document) + f"#r-{subject}", mention.value))
        elif subject in index.evidence:
            found.append((case_address(slug, "weigh") + f"#e-{subject}", index.evidence[subject].label))
        elif subject in index.measures:
            found.append((case_address(slug, "advise") + f"?find={subject}", index.measures[subject].title))
        elif subject in index.documents:
            found.append((case_address(slug, "documents", subject), index.title(index.documents[subject])))
        elif subject in sightings:
            found.append((case_address(slug, "sightings", subject), sightings[subject].title))
        elif subject == "weighing" or subject in own:
            found.append((case_address(slug, "weigh") + ("#own" if subject in own else ""), own.get(subject, "the weighing")))
        else:
            found.append(("", "a record that is no longer there"))
    return found
