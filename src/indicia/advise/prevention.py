"""Mitigations: one measure for each ATT&CK mitigation that acts on a technique of the case, told in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

import msgspec

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Calls, Need, why
from indicia.advise.words import KindWords, MitigationWords
from indicia.knowledge.tables import Countermeasure, Mitigation
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

# "Do not mitigate" and "pre-compromise" are ATT&CK's way to say that nothing inside our walls prevents the technique.
NO_PREVENTION = frozenset({"M1055", "M1056"})
SPECIFICS = 4  # instructions for single techniques under one measure
CONTROLS = 4
DUE = "Due in every case."
USUAL = "Due in most cases."


def prevention(
    needs: Sequence[Need], facts: Facts, kinds: Sequence[Calls], platforms: frozenset[str], whole: Sequence[str]
) -> list[Measure]:
    """Mitigations for the techniques among the needs, those that kinds of attack or organisation call for and those due in
    every case, with NIST controls and D3FEND countermeasures, not yet in order.

    What can be done on other platforms only than `platforms` is left out. `whole` are the ids that speak for the case as a
    whole: the reasons of what none of the needs calls for.
    """
    acted: dict[str, dict[str, Need]] = {}
    for need in needs:
        for mitigation in facts.by_technique.get(need.id, ()):
            if not need.is_flaw and mitigation.id not in NO_PREVENTION:
                acted.setdefault(mitigation.id, {})[need.id] = need
    due = (*words.floor().every, *words.floor().then, *(key for kind in kinds for key in kind.adds)) if whole or kinds else ()
    under = _told_under((*acted, *(key for key in due if key in facts.mitigations or key in words.own())), platforms)
    covered: dict[str, dict[str, Need]] = {key: {} for key in under.values()}
    for key, mine in acted.items():
        if key in under:
            covered[under[key]].update(mine if under[key] not in words.own() else _of_kinds(under[key], mine, kinds))
    for key, mine in covered.items():
        for other in words.own()[key].serves if key in words.own() else ():
            mine.update(acted.get(other, {}))
    return [_measure(key, covered[key].values(), facts, kinds, platforms, whole) for key in sorted(covered)]


def _of_kinds(key: str, acted: Mapping[str, Need], kinds: Sequence[Calls]) -> dict[str, Need]:
    """Of what a mitigation acts on, what a measure of ours in its place does: the techniques of the kinds that call for it."""
    mine = [kind for kind in kinds if isinstance(kind, KindWords) and key in kind.adds]
    return {id: need for id, need in acted.items() if any(kind.has(id) for kind in mine)}


def _told_under(keys: Iterable[str], platforms: frozenset[str]) -> dict[str, str]:
    """Each measure that can be done on one of `platforms` -> the one under which it is told: itself, or what takes care of it.
    What is ours takes care of another only where it is called for itself."""
    told = words.measures()
    able = {key for key in keys if key not in told or not told[key].platforms or platforms.intersection(told[key].platforms)}
    within = {other: key for key, entry in told.items() for other in entry.also if key in able or key not in words.own()}
    return {key: within.get(key, key) for key in sorted(able)}


def _measure(
    key: str,
    covered: Iterable[Need],
    facts: Facts,
    kinds: Sequence[Calls],
    platforms: frozenset[str],
    whole: Sequence[str],
) -> Measure:
    """One mitigation. One that acts on none of the needs is called for by a kind, or by the case as a whole."""
    ours = words.measures().get(key)
    needs = sorted(covered, key=lambda need: (-need.weight, need.id))
    rows = [facts.mitigations[one] for one in _acts_as(key) if one in facts.mitigations]
    floor = key in words.floor().every
    calls = [kind for kind in kinds if key in kind.adds and not floor] or _led_by(key, kinds)
    parts = [ours.do if ours else f"Follow ATT&CK {key} for the techniques listed."]
    if ours:
        parts += [text for platform, text in ours.there.items() if platform in platforms]
    reasons = [reason for need in needs[:6] for reason in need.reasons[:2]] or whole
    return Measure(
        id=stable_id("measure", "mitigate", key),
        kind=MeasureKind.MITIGATE,
        title=ours.title if ours else rows[0].name,
        instruction=" ".join(parts),
        audience=Audience.IT,
        why=why(needs, facts, calls, _otherwise(key)),
        covers=tuple(need.id for need in needs),
        floor=floor,
        reasons=tuple(dict.fromkeys(reasons)),
        rank=_rank(needs, any(isinstance(kind, KindWords) for kind in calls)),
        effort=ours.effort if ours else 2,
        source=_source(key, rows, ours),
        references=(*_goals(ours), *(one for row in rows[:1] for one in _controls(row, facts))),
    )


def _rank(needs: Sequence[Need], called: bool) -> Rank:
    """That of the heaviest need. What a kind of attack calls for is stated, as the kind is."""
    rank = needs[0].rank if needs else Rank.ALWAYS
    return Rank.STATED if called and rank in {Rank.TYPICAL, Rank.ALWAYS} else rank


def _led_by(key: str, kinds: Sequence[Calls]) -> list[Calls]:
    return [kind for kind in kinds if isinstance(kind, KindWords) and key in kind.first]


def _otherwise(key: str) -> str:
    floor = words.floor()
    return DUE if key in floor.every else USUAL if key in floor.then else ""


def _acts_as(key: str) -> tuple[str, ...]:
    """The mitigations that a measure is, takes care of or is a form of."""
    ours = words.measures().get(key)
    return (key, *ours.also, *ours.serves) if ours else (key,)


def _source(key: str, rows: Sequence[Mitigation], ours: MitigationWords | None) -> str:
    known = f"ATT&CK {', '.join(f'{row.id} {row.name}' for row in rows)}"
    if key not in words.own() or ours is None:
        return known
    return f"Indicia {key} {ours.name}{f', a form of {known}' if rows else ''}"


def _goals(ours: MitigationWords | None) -> Iterable[str]:
    if ours:
        yield from (f"CISA CPG 2.0 {goal}" for goal in ours.cpg)
        yield from (f"NIST CSF 2.0 {goal}" for goal in ours.csf)


def _controls(row: Mitigation, facts: Facts) -> Iterable[str]:
    yield from _closest(row, facts.nist, "NIST")
    yield from _closest(row, facts.d3fend, "D3FEND")


def _closest(mitigation: Mitigation, table: tuple[Countermeasure, ...], name: str) -> Iterable[str]:
    """The controls whose techniques are most like the mitigation's (Jaccard index at least 0.2): neither table is mapped to the
    other."""
    mine = set(mitigation.techniques)
    scored = []
    for row in table:
        shared = len(mine.intersection(row.techniques))
        if shared:
            score = shared / (len(mine) + len(row.techniques) - shared)
            if score >= 0.2:
                scored.append((-score, row.id, row.name))
    return [f"{name} {key} {title}" for _, key, title in sorted(scored)[:CONTROLS]]


def breadth(facts: Facts) -> dict[str, int]:
    """Measure id -> how many techniques its mitigations act on in all of ATT&CK."""
    found = dict[str, int]()
    for key in (*facts.mitigations, *words.own()):
        rows = [facts.mitigations[one] for one in _acts_as(key) if one in facts.mitigations]
        count = len({technique for row in rows for technique in row.techniques})
        if count:
            found[stable_id("measure", "mitigate", key)] = count
    return found


def called_for(kinds: Sequence[Calls]) -> tuple[str, ...]:
    """Ids of the measures that the kinds call for: the first of each kind, then the second of each, and so on."""
    turns = zip_longest(*(kind.adds for kind in kinds))
    return tuple(dict.fromkeys(ids_of(key for turn in turns for key in turn if key)))


def ids_of(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(stable_id("measure", "mitigate", key) for key in keys)


def lead(kinds: Sequence[KindWords]) -> tuple[str, ...]:
    """Ids of what comes before the rest: what the kind most told puts first, and what the next puts first and is a matter of it
    alone."""
    first = kinds[0].first if kinds else ()
    more = [key for key in (kinds[1].first if len(kinds) > 1 else ()) if key in words.own() and key not in first]
    return ids_of((*first, *more))


def put_after(kinds: Sequence[KindWords], platforms: frozenset[str]) -> frozenset[str]:
    """Ids of the measures of the floor that follow what the kinds call for: backups and segments stop no phishing, and
    routers carry no endpoint agent."""
    shared = frozenset[str].intersection(*(frozenset(kind.after) for kind in kinds)) if kinds else frozenset[str]()
    odd = (key for key, ours in words.mitigations().items() if ours.fits and platforms.isdisjoint(ours.fits))
    return frozenset(ids_of((*shared, *odd)))


def with_specifics(measures: Iterable[Measure]) -> list[Measure]:
    """The measures in the order given, each with what to do for single techniques; a technique is told once, under the
    first."""
    told: set[str] = set()
    result = []
    for measure in measures:
        lines: list[str] = []
        if measure.kind is MeasureKind.MITIGATE:
            for technique in measure.covers:
                ours = words.techniques().get(technique)
                if ours and technique not in told and len(lines) < SPECIFICS:
                    told.add(technique)
                    lines.append(f"{technique}: {ours.do}")
        result.append(msgspec.structs.replace(measure, text="\n".join(lines)) if lines else measure)
    return result
