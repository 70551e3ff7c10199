"""What to do, in order, with the curve of what it brings, and the matrix of techniques."""

from __future__ import annotations

from typing import Any

from indicia.advise import advise, known_words
from indicia.records import Audience, Judgement, MeasureKind
from indicia.share.brief.blocks import Picture
from indicia.share.brief.known import Known
from indicia.share.brief.notes import Notes
from indicia.share.brief.pages.techniques import technique_section
from indicia.share.brief.pictures.coverage import coverage
from indicia.web.render import Ask, Page, case_address

__all__ = ["advise_page"]


def advise_page(ask: Ask) -> Page:
    """Measures for the case, anew when `have` names what is in place; filtered by kind and by whose they are."""
    held, case = ask.held, ask.held.case
    words = known_words()
    have = [word for word in dict.fromkeys(ask.many("have")) if word in words]
    advice = advise(case, ask.knowledge, have=have) if have or case.advice is None else case.advice
    kind, audience, hide = ask.one("kind"), ask.one("audience"), ask.one("done")
    done = {one.id for one in advice.measures if _is_done(held.standing.of(one.id))}
    measures = [
        one
        for one in advice.measures
        if (not kind or one.kind.value == kind)
        and (not audience or one.audience.value == audience)
        and not (hide == "hide" and (one.in_place or one.id in done))
    ]
    index = held.index
    reasons: dict[str, list[tuple[str, str]]] = {}
    for one in measures:
        found = []
        for id in one.reasons[:40]:
            if id in index.sightings:
                found.append((case_address(held.slug, "sightings", id), index.sightings[id].title))
            elif id in index.mentions:
                mention = index.mentions[id]
                found.append((case_address(held.slug, "documents", mention.span.document) + f"#r-{id}", mention.value))
            elif id in held.claims:
                found.append((case_address(held.slug, "claims", id), "claim"))
        reasons[one.id] = list({text: (at, text) for at, text in found}.values())[:3]
    pictures = [
        block for block in technique_section(case, Notes(index), Known(ask.knowledge)).blocks if isinstance(block, Picture)
    ]
    curve = {step.measure: step.covered for step in advice.curve}
    data: dict[str, Any] = {
        "summary": advice.summary,
        "measures": measures,
        "total": len(advice.measures),
        "curve": advice.curve,
        "gaps": advice.gaps,
        "have": have,
        "done": sorted(done),
    }
    view = {
        "words_known": list(words),
        "curve_of": curve,
        "coverage": coverage(advice, held.show),
        "matrix": pictures[0] if pictures else None,
        "reasons_of": reasons,
        "kinds": [one.value for one in MeasureKind if any(m.kind is one for m in advice.measures)],
        "audiences": [one.value for one in Audience],
        "kind": kind,
        "audience": audience,
        "hide": hide,
        "standing": held.standing,
    }
    return Page("advise.html.j2", "Advise", data, view)


def _is_done(judgements: list[Judgement]) -> bool:
    return sum(one.action == "done" for one in judgements) % 2 == 1
