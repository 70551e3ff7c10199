"""The weighing, and what would become of it if: items switched off or graded otherwise, another prior. All in the address."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.records import Assessment, Evidence, EvidenceKind, Level, Posterior, Weighing
from indicia.share.brief.inert import visible
from indicia.share.brief.pictures.hypotheses import hypotheses
from indicia.share.brief.pictures.weights import weights
from indicia.web.render import Ask, Page, case_address
from indicia.weigh import weigh

__all__ = ["weigh_page"]

SHOWN = 12  # hypotheses in a table
COLUMNS = 6  # hypotheses in the matrix of evidence
GRADES = [f"{letter}{digit}" for letter in "ABCDEF" for digit in "123456"]


class Variant(msgspec.Struct, frozen=True):
    """What differs from the case: items left out, other grades, another prior."""

    off: tuple[str, ...] = ()
    grades: tuple[tuple[str, str], ...] = ()  # evidence id, such as B2
    prior: tuple[tuple[str, float], ...] = ()

    @property
    def query(self) -> str:
        pairs = [("off", one) for one in self.off] + [("grade", f"{id}:{grade}") for id, grade in self.grades]
        return urlencode(pairs + [("prior", f"{id}={value:g}") for id, value in self.prior])


def weigh_page(ask: Ask) -> Page | Response:
    """Both assessments, of the case and of the variant that the address holds."""
    held = ask.held
    base = held.case.weighing
    if base is None or not base.evidence:
        return Page("weigh_empty.html.j2", "Weigh", {"evidence": []})
    variant = _variant(ask, base.evidence)
    if ask.one("form"):  # the form sends all of its fields; the address keeps only what differs
        return RedirectResponse(ask.path + (f"?{variant.query}" if variant.query else ""), 303)
    begun = time.perf_counter()
    trouble = ""
    changed: Weighing | None = None
    if variant.query:
        try:
            changed = weigh(_changed(base.evidence, variant), ask.knowledge, prior=dict(variant.prior) or None)
        except UsageError as error:
            trouble = str(error)
    spent = (time.perf_counter() - begun) * 1000
    now = changed or base
    data: dict[str, Any] = {
        "agreement": now.agreement,
        "base": {"observed": _short(base.observed), "said": _short(base.said)},
        "variant": {"off": variant.off, "grades": variant.grades, "prior": variant.prior} if changed else None,
        "now": {"observed": _short(now.observed), "said": _short(now.said)},
        "evidence": now.evidence,
        "saved": [
            {"name": one.note, "query": one.value, "author": one.author, "time": one.time}
            for one in held.standing.of("weighing")
            if one.action == "note" and one.value
        ],
    }
    known = {item.id: item for item in now.evidence}
    view = {
        "milliseconds": round(spent),
        "trouble": trouble,
        "changed": changed is not None,
        "query": variant.query,
        "sides": [
            _side("observed", "What was observed", base.observed, now.observed, known, held.show),
            _side("said", "What was said", base.said, now.said, known, held.show),
        ],
        "items": {kind.value: [item for item in base.evidence if item.kind is kind] for kind in EvidenceKind},
        "off": set(variant.off),
        "grades": dict(variant.grades),
        "prior": dict(variant.prior),
        "standing": held.standing,
        "candidates": [
            (one.hypothesis.id, one.hypothesis.name)
            for one in _likeliest(base.observed, 30)
            if visible(one.hypothesis.id) == one.hypothesis.id
        ],
        "traces": {item.id: _traces(ask, item) for item in base.evidence},
    }
    return Page("weigh.html.j2", "Weigh", data, view)


def _variant(ask: Ask, evidence: Iterable[Evidence]) -> Variant:
    known = {item.id: item for item in evidence}
    params = ask.request.query_params
    off = tuple(sorted({id for id in ask.many("off") if id in known and known[id].weight}))
    grades: dict[str, str] = {}
    for text in ask.many("grade"):
        id, _, grade = text.rpartition(":")
        if id in known and grade in GRADES and grade != f"{known[id].reliability}{known[id].credibility}":
            grades[id] = grade
    for id, item in known.items():  # as the form sends them
        letter, digit = params.get(f"r.{id}", item.reliability), params.get(f"c.{id}", str(item.credibility))
        if letter + digit in GRADES and letter + digit != f"{item.reliability}{item.credibility}":
            grades[id] = letter + digit
    prior: dict[str, float] = {}
    for text in ask.many("prior"):
        id, _, value = text.rpartition("=")
        _put(prior, id, value, 1)
    _put(prior, ask.one("who"), ask.one("percent"), 100)
    return Variant(off=off, grades=tuple(sorted(grades.items())), prior=tuple(sorted(prior.items())))


def _put(prior: dict[str, float], id: str, text: str, whole: float) -> None:
    try:
        value = float(text) / whole
    except ValueError:
        return
    if id and 0 < value < 1:
        prior[id] = round(value, 4)


def _changed(evidence: Iterable[Evidence], variant: Variant) -> list[Evidence]:
    off, grades = set(variant.off), dict(variant.grades)
    found = []
    for item in evidence:
        if item.id in grades:
            item = msgspec.structs.replace(item, reliability=grades[item.id][0], credibility=int(grades[item.id][1]))
        found.append(msgspec.structs.replace(item, weight=0.0) if item.id in off else item)
    return found


def _likeliest(assessment: Assessment, most: int) -> list[Any]:
    rows = [*assessment.levels, *assessment.posteriors]
    return sorted(rows, key=lambda one: (-one.probability, one.hypothesis.name))[:most]


def _rows(assessment: Assessment) -> list[tuple[bool, Posterior]]:
    """(added up, posterior) of all groups, and of the agencies and states that they add up to."""
    sums = [one for one in assessment.levels if one.hypothesis.level in {Level.STATE, Level.AGENCY}]
    return [(False, one) for one in assessment.posteriors] + [(True, one) for one in sums]


def _short(assessment: Assessment) -> dict[str, Any]:
    return {
        "verdict": assessment.verdict.value,
        "statement": assessment.statement,
        "leaders": assessment.leaders,
        "likelihood": assessment.likelihood.value if assessment.likelihood else None,
        "confidence": assessment.confidence.value,
        "posteriors": [
            {"id": one.hypothesis.id, "name": one.hypothesis.name, "probability": one.probability, "prior": one.prior}
            for one in (*assessment.levels, *assessment.posteriors)
        ],
        "decisive": assessment.decisive,
        "missing": assessment.missing,
    }


def _side(name: str, title: str, base: Assessment, now: Assessment, known: dict[str, Evidence], show: Any) -> dict[str, Any]:
    # An id may stand among the groups and, added up, among the levels: the two are never mixed.
    before = {(added, one.hypothesis.id): one.probability for added, one in _rows(base)}
    columns = [one.hypothesis for one in now.posteriors[:COLUMNS] if one.hypothesis.id != "unknown"]
    cells = {(one.evidence, one.hypothesis): one.decibans for one in now.weights}
    rows = [item for item in known.values() if any((item.id, column.id) in cells for column in columns)]
    rows.sort(key=lambda item: (-max(abs(cells.get((item.id, column.id), 0.0)) for column in columns), item.id))
    return {
        "name": name,
        "title": title,
        "now": now,
        "base": base,
        "likeliest": [
            (one, added, before.get((added, one.hypothesis.id), 0.0))
            for added, one in sorted(_rows(now), key=lambda row: (row[0], -row[1].probability, row[1].hypothesis.name))
            if added or one.hypothesis.id in {shown.hypothesis.id for shown in now.posteriors[:SHOWN]}
        ][: SHOWN + 6],
        "bars": hypotheses(f"bars-{name}", title, now, show),
        "weights": weights(f"weights-{name}", now, known, show),
        "columns": columns,
        "rows": rows[:60],
        "cells": cells,
        "decisive": [known[id] for id in now.decisive if id in known],
    }


def _traces(ask: Ask, item: Evidence) -> list[tuple[str, str]]:
    """(address, word) of what an item rests on."""
    held, found = ask.held, []
    for trace in item.traces[:4]:
        if trace in held.claims:
            found.append((case_address(held.slug, "claims", trace), "claim"))
        elif trace in held.index.sightings:
            found.append((case_address(held.slug, "sightings", trace), "log line"))
        elif trace in held.index.mentions:
            document = held.index.mentions[trace].span.document
            found.append((case_address(held.slug, "documents", document) + f"#r-{trace}", "text"))
    return found
