"""What to do, in order, with the curve of what it brings, and the matrix of techniques."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from indicia.advise.words import known_words
from indicia.records import Audience, Judgement, Measure, MeasureKind
from indicia.share.redact import marking_of
from indicia.view.drawing import HEAT
from indicia.view.first import by_when
from indicia.web.pages.filters import Filter, chips, facet_of
from indicia.web.shown.render import Ask, Page, as_csv, case_address, paged

PER_PAGE = 25
REASONS = 3  # records that a measure is shown to rest on
STEPS = 12  # of the coverage curve
LEAD = 2  # sentences of the summary that stand open
FOR = {Audience.MANAGEMENT.value: "management", Audience.IT.value: "IT", Audience.SOC.value: "SOC"}


def advise_page(ask: Ask) -> Page | Response:
    """Measures for the case, anew when `have` names what is in place; filtered by kind and by whose they are."""
    held = ask.held
    words = known_words()
    have = tuple(word for word in dict.fromkeys(ask.many("have")) if word in words)
    advice = held.advice(have)
    done = _done(ask, advice.measures)
    measures = _chosen(ask, advice.measures, done)
    if find := ask.one("find"):
        place = next((number for number, one in enumerate(measures) if one.id == find), None)
        if place is not None:
            return RedirectResponse(ask.link(find=None, page=place // PER_PAGE + 1) + f"#r-{find}", 303)
    page = paged(measures, ask.number("page"), PER_PAGE)
    kind, audience = ask.one("kind"), ask.one("audience")
    kinds = Counter(one.kind.value for one in advice.measures if not audience or one.audience.value == audience)
    audiences = Counter(one.audience.value for one in advice.measures if not kind or one.kind.value == kind)
    filters = [Filter(*row) for row in (("kind", "Kind", kind), ("audience", "For", audience, FOR.get(audience, ""))) if row[2]]
    filters += [Filter("done", "Done", "hide", "hidden")] if ask.one("done") == "hide" else []
    titles = {one.id: one.title for one in advice.measures}
    data: dict[str, Any] = {
        "summary": advice.summary,
        "measures": measures,
        **page.place,
        "of": len(advice.measures),
        "curve": advice.curve,
        "gaps": advice.gaps,
        "have": have,
        "done": sorted(done),
    }
    sentences = advice.summary.split(". ")
    before = 0.0
    steps = []
    for step in advice.curve[:STEPS]:
        steps.append((step.measure, titles.get(step.measure, step.measure), before, step.covered))
        before = step.covered
    view = {
        "shown": page.rows,
        "words_known": list(words),
        "lead": ". ".join(sentences[:LEAD]) + ("." if sentences[LEAD:] else ""),
        "rest": ". ".join(sentences[LEAD:]),
        "audiences": FOR,
        "by_when": by_when,
        "curve_of": {step.measure: step.covered for step in advice.curve},
        "steps": steps,
        "tactics": held.matrix,
        "heat": [(key, meaning) for key, (_, _, _, meaning) in HEAT.items() if key != "typical"],
        "reasons_of": _reasons(ask, page.rows),
        "rail": [
            facet_of(ask, "kind", "Kind", [(one.value, kinds[one.value]) for one in MeasureKind if kinds[one.value]]),
            facet_of(
                ask, "audience", "For", [(one.value, audiences[one.value]) for one in Audience if audiences[one.value]], FOR
            ),
        ],
        "chips": chips(ask, filters),
        "hide": ask.one("done"),
        "standing": held.standing,
        "first": 1 + (page.page - 1) * PER_PAGE,
    }
    return Page("advise.html.j2", "Advise", data, view)


def _done(ask: Ask, measures: Sequence[Measure]) -> set[str]:
    standing = ask.held.standing
    return {one.id for one in measures if _is_done(standing.of(one.id))}


def _is_done(judgements: list[Judgement]) -> bool:
    return sum(one.action == "done" for one in judgements) % 2 == 1


def _chosen(ask: Ask, measures: Sequence[Measure], done: set[str]) -> list[Measure]:
    kind, audience, hide = ask.one("kind"), ask.one("audience"), ask.one("done")
    return [
        one
        for one in measures
        if (not kind or one.kind.value == kind)
        and (not audience or one.audience.value == audience)
        and not (hide == "hide" and (one.in_place or one.id in done))
    ]


def _reasons(ask: Ask, measures: Sequence[Measure]) -> dict[str, list[tuple[str, str]]]:
    """For each measure (address, words) of the first records that call for it, each kind of thing once."""
    held = ask.held
    wanted = [id for one in measures for id in one.reasons[:20] if id not in held.claims and id not in held.mentions]
    sightings = held.sightings.by_id(wanted)
    found: dict[str, list[tuple[str, str]]] = {}
    for one in measures:
        mine: dict[str, str] = {}
        for id in one.reasons[:20]:
            if id in sightings:
                mine.setdefault(sightings[id].title, case_address(held.slug, "sightings", id))
            elif id in held.mentions:
                mention = held.mentions[id]
                mine.setdefault(mention.value, case_address(held.slug, "documents", mention.span.document) + f"#r-{id}")
            elif id in held.claims:
                mine.setdefault("a claim", case_address(held.slug, "claims", id))
        found[one.id] = [(address, words) for words, address in mine.items()][:REASONS]
    return found


def measures_csv(ask: Ask) -> Response:
    """The measures that the filters leave, as a table."""
    held = ask.held
    words = known_words()
    advice = held.advice(tuple(word for word in dict.fromkeys(ask.many("have")) if word in words))
    done = _done(ask, advice.measures)
    place = {one.id: number for number, one in enumerate(advice.measures, 1)}
    rows = (
        (
            place[one.id],
            one.kind.value,
            one.audience.value,
            one.title,
            one.instruction,
            " ".join(one.covers),
            round(one.effect, 3),
            one.within_hours if one.within_hours is not None else "",
            one.due or "",
            "in place" if one.in_place else "done" if one.id in done else "",
            one.source,
        )
        for one in _chosen(ask, advice.measures, done)
    )
    head = ("place", "kind", "for", "measure", "instruction", "covers", "effect", "within_hours", "due", "state", "source")
    return as_csv(f"{held.slug}-measures.csv", head, rows, marking_of(held.case))
