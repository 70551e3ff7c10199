"""One claim with its history, and the queue of those that a person should look at, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from indicia.records import Claim, Judgement, shown_marking
from indicia.view.inert import visible
from indicia.view.positions import Position, positions
from indicia.view.words import accused_words, source_words
from indicia.web.cases.shelf import Held
from indicia.web.pages.documents import choices
from indicia.web.pages.filters import Facets, chips, counted, facet_of, filters_of, left_by, wanted_of
from indicia.web.pages.ledger import address_in_text, ledger_link
from indicia.web.pages.weigh import own_hypotheses
from indicia.web.shown.render import Ask, Page, case_address, details, paged, said

NEXT = 8  # claims of the queue that are named
AROUND = 240  # characters shown on each side of a quote
INCIDENTS = 60  # names that the field for an incident offers


def claim(ask: Ask) -> Page:
    """One claim: what the machine read, what people made of it, its copies, and what it weighs. Raises: HTTPException 404."""
    machine = ask.held.claims.get(ask.id)
    if machine is None:
        raise HTTPException(404, "There is no such claim in this case.")
    data, view = _told(ask, machine)
    return Page("claim.html.j2", "Claim", data, view | {"queue": None})


def check(ask: Ask) -> Page:
    """The claims that the reader is not sure of and that no person has seen, one at a time: the one that follows `after`."""
    held = ask.held
    every = [one for one in held.doubtful if one.id in held.claims]
    waiting = {one.id for one in held.waiting}
    after = ask.one("after")
    at = next((number for number, one in enumerate(every, 1) if one.id == after), 0)
    left = [one for one in (*every[at:], *every[:at]) if one.id in waiting]
    now = next((one for one in every if one.id == ask.typed.get("subject")), left[0] if left else None)
    data: dict[str, Any] = {
        "claims": [one.id for one in left],
        "left": len(left),
        "of": len(every),
        "claim": now,
    }
    last = held.claims.get(after)
    queue = {
        "last": (last, said(held.standing.corrected(last))) if last and last.id not in waiting else None,
        "skip": case_address(held.slug, "check") + (f"?after={now.id}" if now else ""),
        "next": [
            (f"{case_address(held.slug, 'check')}?after={last.id}", said(held.standing.corrected(one)))
            for last, one in zip(left, left[1 : NEXT + 1], strict=False)
        ],
    }
    if now is None:
        return Page("check.html.j2", "Check", data, {"queue": queue, "standing": held.standing})
    told, view = _told(ask, now)
    return Page("claim.html.j2", "Check", data | told, view | {"queue": queue})


def _told(ask: Ask, machine: Claim) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page of a claim shows: for its JSON twin, and what only the template needs."""
    held = ask.held
    now = held.standing.corrected(machine)
    document = held.index.documents.get(machine.quote.document)
    judged: list[Judgement] = held.standing.of(machine.id)
    data = {
        "claim": now,
        "machine": machine,
        "sentence": said(now),
        "judgements": judged,
        "copies": held.copies.get(machine.id, []),
        "evidence": held.evidence_of(machine.id),
        "document": {"id": document.id, "title": held.index.title(document)} if document else None,
    }
    span = machine.quote
    view = {
        "standing": held.standing,
        "at": address_in_text(ask),
        "where": document.where(span.start) if document else "",
        "before": _last_words(document.text[max(0, span.start - AROUND) : span.start]) if document else "",
        "after": _first_words(document.text[span.end : span.end + AROUND]) if document else "",
        "choices": choices(),
        "incidents": _incidents(held),
        "others": _others(held, now),
        "link": ledger_link(held.slug),
        "here": ask.path,
    }
    return data, view


def _incidents(held: Held) -> list[str]:
    """What the incidents of the case are called: to choose from."""
    return list(dict.fromkeys(one.name for one in held.case.affairs if one.name))[:INCIDENTS]


def _last_words(text: str) -> str:
    """Without the broken word that it begins with."""
    return text.partition(" ")[2] if len(text) == AROUND and " " in text else text


def _first_words(text: str) -> str:
    """Without the broken word that it ends with."""
    return text.rpartition(" ")[0] if len(text) == AROUND and " " in text else text


def _others(held: Held, one: Claim) -> list[Position]:
    """What others say about the same accused, for and against."""
    name, source = accused_words(one), source_words(one)
    if one.accused.party is None:
        return []
    rows = [other for other in held.case.claims if accused_words(other) == name and source_words(other) != source]
    return list(positions(rows))[:12]


# Who decided what, the last first: each judgement with its author, its time and the record that it is about.
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
    told = [_told_judgement(one) | {"at": at, "about": about} for one, (at, about) in zip(page.rows, abouts, strict=True)]
    data: dict[str, Any] = {
        "judgements": told,
        **page.place,
        "of": len(every),
    }
    rail = [facet_of(ask, name, heading, counted(every, FACETS, name, wanted)) for name, (heading, _) in FACETS.items()]
    view = {"rail": rail, "chips": chips(ask, filters_of(FACETS, wanted))}
    return Page("people.html.j2", "Who decided what", data, view)


def decided_lately(held: Held, most: int) -> list[tuple[Judgement, str, str]]:
    """The last judgements with the address and the words of what each is about, the last first."""
    rows = list(reversed(held.machine.judgements[-most:]))
    return [(one, at, about) for one, (at, about) in zip(rows, _abouts(held, rows), strict=True)]


def _told_judgement(one: Judgement) -> dict[str, str]:
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
