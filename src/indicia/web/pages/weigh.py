"""The weighing, and what would become of it if: items switched off or graded otherwise, another prior. All in the address."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.knowledge import Attack
from indicia.records import Assessment, Evidence, EvidenceKind, Hypothesis, Judgement, Level, Posterior, Weighing, rejected
from indicia.view.inert import visible
from indicia.view.sides import COLUMNS as COLUMNS_OF_SIDES
from indicia.view.sides import side_rows
from indicia.view.wording import called, fitting, leader
from indicia.web.shown.render import Ask, Page, case_address, paged
from indicia.weigh.assess import weigh
from indicia.weigh.entered import PRACTICE, RATIOS
from indicia.weigh.known import UNKNOWN, tree_of

# Hypotheses of one's own beside those that are weighed: for each item of evidence a person says how well it fits (Heuer's
# analysis of competing hypotheses). They are kept as judgements, and change no probability.
ACTION = "hypothesis"
MOST_OWN = 6
# What a person may say of an item under a hypothesis, and the words for it.
FITS = {2: "fits well", 1: "fits", 0: "says nothing", -1: "speaks against it", -2: "speaks strongly against it"}


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """One hypothesis of a person: its name, and how items of evidence fit, by their id; what is not named says nothing."""

    id: str
    name: str
    author: str
    fits: Mapping[str, int]

    def against(self, evidence: Iterable[str]) -> int:
        """How much of this evidence speaks against it; by Heuer, the hypothesis with the least against it stands."""
        return -sum(min(0, self.fits.get(id, 0)) for id in evidence)

    def for_it(self, evidence: Iterable[str]) -> int:
        return sum(max(0, self.fits.get(id, 0)) for id in evidence)


class _Value(msgspec.Struct, frozen=True):
    name: str
    fits: dict[str, int] = {}


def own_hypotheses(judgements: Iterable[Judgement]) -> list[Own]:
    """Those that stand, each as it was said last, in the order in which they were made."""
    judgements = tuple(judgements)
    out, found = rejected(judgements), {}
    for one in judgements:
        if one.action == ACTION and one.subject not in out:
            try:
                value = msgspec.json.decode(one.value, type=_Value)
            except msgspec.MsgspecError:
                continue  # of a later version
            fits = {id: fit for id, fit in value.fits.items() if fit in FITS}
            found[one.subject] = Own(id=one.subject, name=value.name, author=one.author, fits=fits)
    return list(found.values())[:MOST_OWN]


SHOWN = 6  # groups in a picture, beside the unknown actor
SUMS = 3  # states and agencies that they add up to
CANDIDATES = 40  # to whom another prior may be given
COLUMNS = 6  # hypotheses in the matrix of evidence
ITEMS = 25  # items of evidence in a table
TRACED = 4  # records that an item is shown to rest on
TRACES = 50  # of them in the JSON twin
OWN_ROWS = 60  # items of evidence that hypotheses of one's own are held against
COMPARED = 4  # variants beside the case
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
    variant = _variant(ask, held.index.evidence, ask.request.query_params)
    if ask.one("form"):  # the form sends all of its fields; the address keeps only what differs
        return RedirectResponse(ask.path + (f"?{variant.query}" if variant.query else ""), 303)
    begun = time.perf_counter()
    trouble = ""
    changed: Weighing | None = None
    if variant.query:
        try:
            changed = _weighed(ask, base, variant)
        except UsageError as error:
            trouble = str(error)
    spent = (time.perf_counter() - begun) * 1000
    now = changed or base
    saved = [one for one in held.standing.of("weighing") if one.action == "note" and one.value]
    data: dict[str, Any] = {
        "agreement": now.agreement,
        "side_by_side": [msgspec.to_builtins(row) for row in now.compared],
        "base": {"observed": _short(base.observed), "said": _short(base.said)},
        "variant": {"off": variant.off, "grades": variant.grades, "prior": variant.prior} if changed else None,
        "now": {"observed": _short(now.observed), "said": _short(now.said)},
        "evidence": [_item(item) for item in now.evidence],
        "saved": [{"name": one.note, "query": one.value, "author": one.author, "time": one.time} for one in saved],
    }
    own = own_hypotheses(held.machine.judgements)
    data["own"] = [
        {
            "id": one.id,
            "name": one.name,
            "author": one.author,
            "fits": one.fits,
            "against": one.against(held.index.evidence),
            "for": one.for_it(held.index.evidence),
        }
        for one in own
    ]
    known = {item.id: item for item in now.evidence}
    attack = ask.knowledge.attack
    tables = {kind.value: _table(ask, kind, base, now, variant) for kind in EvidenceKind}
    shown = {row["id"] for table in tables.values() for row in table["rows"]}
    view = {
        "contradicted": now.contradicted,
        "kinds": [(kind.value, asks) for kind, (asks, _) in PRACTICE.items()],
        "strengths": [(strength.value, f"{ratio:g}") for strength, ratio in RATIOS.items()],
        "columns": COLUMNS_OF_SIDES,
        "side_rows": side_rows(now.compared),
        "milliseconds": max(1, round(spent)),
        "trouble": trouble,
        "changed": changed is not None,
        "query": variant.query,
        "sides": [
            _side("observed", "What was observed", base.observed, now.observed, known, attack),
            _side("said", "What was said", base.said, now.said, known, attack),
        ],
        "tables": tables,
        "off_elsewhere": [id for id in variant.off if id not in shown],
        "grades_elsewhere": [(id, grade) for id, grade in variant.grades if id not in shown],
        "off_now": set(variant.off),
        "prior": dict(variant.prior),
        "candidates": [(one.id, one.name) for one in _possible(ask, base.observed)[:CANDIDATES] if visible(one.id) == one.id],
        "compared": _compared(ask, base, changed, saved) if ask.one("compare") else [],
        "differs": _differences(variant, known),
        "fits": FITS,
        "own_rows": _heaviest(now)[:OWN_ROWS] if own or ask.one("own") or ask.typed else [],
        "least": min((one.against(held.index.evidence) for one in own), default=0),
        "most_own": MOST_OWN,
    }
    return Page("weigh.html.j2", "Weigh", data, view)


def _heaviest(weighing: Weighing) -> list[Evidence]:
    """The evidence that counts, what weighs most first."""
    heaviest: dict[str, float] = defaultdict(float)
    for one in (*weighing.observed.weights, *weighing.said.weights):
        heaviest[one.evidence] = max(heaviest[one.evidence], abs(one.decibans))
    return sorted((one for one in weighing.evidence if one.weight), key=lambda one: (-heaviest[one.id], one.label))


def _weighed(ask: Ask, base: Weighing, variant: Variant) -> Weighing:
    return weigh(_changed(base.evidence, variant), ask.knowledge, prior=dict(variant.prior) or None)


def _item(item: Evidence) -> dict[str, Any]:
    """For the JSON twin: as it is, with its first traces, of which there may be a million."""
    row = msgspec.structs.asdict(item)
    return row | {"traces": item.traces[:TRACES], "traces_total": len(item.traces)}


def _differences(variant: Variant, known: Mapping[str, Evidence]) -> list[str]:
    """What a variant changes, in words."""
    found = [f"without: {known[id].label}" for id in variant.off if id in known]
    found += [f"graded {grade}: {known[id].label}" for id, grade in variant.grades if id in known]
    return found + [f"{id} at {value:.0%} before the evidence" for id, value in variant.prior]


def _compared(ask: Ask, base: Weighing, now: Weighing | None, saved: Sequence[Judgement]) -> list[dict[str, Any]]:
    """The case, this variant and those that were kept last, one beside the other."""
    rows = [("the case", "", base)] + ([("this variant", "", now)] if now else [])
    for one in saved[-COMPARED:]:
        try:
            variant = _variant(ask, ask.held.index.evidence, QueryParams(one.value))
            rows.append((one.note, variant.query, _weighed(ask, base, variant)))
        except UsageError:
            continue  # kept under other evidence than there is now
    return [
        {"name": name, "query": query, "sides": [(side.verdict.value, _top(side)) for side in (one.observed, one.said)]}
        for name, query, one in rows
    ]


def _top(assessment: Assessment) -> list[tuple[str, float]]:
    rows = sorted(_rows(assessment), key=lambda row: -row[1].probability)
    return [(row[1].hypothesis.name, row[1].probability) for row in rows[:4]]


def _table(ask: Ask, kind: EvidenceKind, base: Weighing, now: Weighing, variant: Variant) -> dict[str, Any]:
    """The evidence of one kind, the heaviest first, a page of it: what it weighs for the leader, and what it rests on."""
    assessment = now.observed if kind is EvidenceKind.OBSERVED else now.said
    about = leader(assessment)
    weights = {one.evidence: one.decibans for one in assessment.weights if one.hypothesis == about}
    heaviest: dict[str, float] = defaultdict(float)
    for one in (base.observed if kind is EvidenceKind.OBSERVED else base.said).weights:
        heaviest[one.evidence] = max(heaviest[one.evidence], abs(one.decibans))
    items = [item for item in base.evidence if item.kind is kind]
    items.sort(key=lambda item: (-heaviest[item.id], ":" in item.feature, item.label))
    page = paged(items, ask.number(kind.value), ITEMS)
    grades, off = dict(variant.grades), set(variant.off)
    traces = _traces(ask, page.rows)
    most = max([3.0, *map(abs, weights.values())])
    names = called(assessment)
    rows = [
        {
            "id": item.id,
            "label": item.label,
            "note": item.note,
            "on": bool(item.weight),
            "off": item.id in off or not item.weight,
            "grade": grades.get(item.id, f"{item.reliability}{item.credibility}"),
            "decibans": weights.get(item.id),
            "share": weights.get(item.id, 0.0) / most,
            "decisive": item.id in assessment.decisive,
            "traces": traces[item.id],
            "more": max(0, len(item.traces) - TRACED),
        }
        for item in page.rows
    ]
    return {"rows": rows, "about": names.get(about or "", about or ""), **page.place, "name": kind.value}


def _variant(ask: Ask, known: Mapping[str, Evidence], params: QueryParams) -> Variant:
    """What an address or a form says, as far as there is such evidence. The form sends both grades of every item on it."""
    off = tuple(sorted({id for id in params.getlist("off")[:500] if id in known and known[id].weight}))
    grades: dict[str, str] = {}
    for text in params.getlist("grade")[:500]:
        id, _, grade = text.rpartition(":")
        if id in known and grade in GRADES and grade != f"{known[id].reliability}{known[id].credibility}":
            grades[id] = grade
    for id in {name[2:] for name in params if name.startswith(("r.", "c.")) and name[2:] in known}:
        item = known[id]
        letter, digit = params.get(f"r.{id}", item.reliability), params.get(f"c.{id}", str(item.credibility))
        if letter + digit in GRADES and letter + digit != f"{item.reliability}{item.credibility}":
            grades[id] = letter + digit
    prior: dict[str, float] = {}
    for text in params.getlist("prior")[:50]:
        id, _, value = text.rpartition("=")
        _put(prior, id, value, 1)
    _put(prior, visible(params.get("who", "")), params.get("percent", ""), 100)
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


def _possible(ask: Ask, assessment: Assessment) -> list[Hypothesis]:
    """To whom another prior may be given: an unknown actor, those that the evidence fits, states and agencies."""
    above = sorted(tree_of(ask.knowledge).above.values(), key=lambda one: (one.level is not Level.STATE, one.name))
    named = [one.hypothesis for one in assessment.posteriors[:SHOWN]]
    return list({one.id: one for one in (UNKNOWN, *named, *assessment.fits[:SHOWN], *above)}.values())


def _rows(assessment: Assessment) -> list[tuple[bool, Posterior]]:
    """(added up, posterior) of all groups, and of the agencies and states that they add up to."""
    said = assessment.kind is EvidenceKind.SAID
    sums = [one for one in assessment.levels if said or one.hypothesis.level in {Level.STATE, Level.AGENCY, None}]
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
        "fits": [{"id": one.id, "name": one.name} for one in assessment.fits],
        "prior_only": assessment.prior_only,
        "decisive": assessment.decisive,
        "missing": assessment.missing,
    }


def _side(
    name: str, title: str, base: Assessment, now: Assessment, known: Mapping[str, Evidence], attack: Attack
) -> dict[str, Any]:
    # An id may stand among the groups and, added up, among the levels: the two are never mixed.
    before = {(added, one.hypothesis.id): one.probability for added, one in _rows(base)}
    weighed = {one.hypothesis for one in now.weights}
    every = (*(one.hypothesis for one in (*now.posteriors, *now.levels)), *now.fits)
    columns = [one for one in {one.id: one for one in every}.values() if one.id in weighed][:COLUMNS]
    cells = {(one.evidence, one.hypothesis): one.decibans for one in now.weights}
    heaviest: dict[str, float] = defaultdict(float)
    ids = {column.id for column in columns}
    for one in now.weights:
        if one.hypothesis in ids:
            heaviest[one.evidence] = max(heaviest[one.evidence], abs(one.decibans))
    rows = sorted((known[id] for id in heaviest if id in known), key=lambda item: (-heaviest[item.id], item.id))
    first = list(now.posteriors[:SHOWN])
    unknown = [one for one in now.posteriors[SHOWN:] if one.hypothesis.id == "unknown"]
    sums = sorted((one for added, one in _rows(now) if added), key=lambda one: (-one.probability, one.hypothesis.name))
    return {
        "name": name,
        "title": title,
        "now": now,
        "base": base,
        "bars": [
            (one, before.get((False, one.hypothesis.id), 0.0), one.hypothesis.id in now.leaders) for one in (*first, *unknown)
        ],
        "sums": [(one, before.get((True, one.hypothesis.id), 0.0), one.hypothesis.id in now.leaders) for one in sums[:SUMS]],
        "columns": columns,
        "rows": rows[:60],
        "cells": cells,
        "fits": fitting(now),
        "decisive": [known[id] for id in now.decisive if id in known],
        "telling": [(feature, _name(attack, feature), bits) for feature, bits in now.telling[:6]],
    }


def _name(attack: Attack, feature: str) -> str:
    return (attack.name(feature) or "") if feature[:1] in {"T", "S"} else ""


def _traces(ask: Ask, items: Sequence[Evidence]) -> dict[str, list[tuple[str, str]]]:
    """For each item, (address, word) of the first records that it rests on."""
    held = ask.held
    firsts = {item.id: item.traces[:TRACED] for item in items}
    others = [one for traces in firsts.values() for one in traces if one not in held.claims and one not in held.mentions]
    sightings = held.store.places_of(list(dict.fromkeys(others)))
    found: dict[str, list[tuple[str, str]]] = {}
    for id, traces in firsts.items():
        mine = found[id] = []
        for trace in traces:
            if trace in held.claims:
                mine.append((case_address(held.slug, "claims", trace), "claim"))
            elif trace in held.mentions:
                document = held.mentions[trace].span.document
                mine.append((case_address(held.slug, "documents", document) + f"#r-{trace}", "text"))
            elif trace in sightings:
                mine.append((case_address(held.slug, "sightings", trace), "log line"))
    return found
