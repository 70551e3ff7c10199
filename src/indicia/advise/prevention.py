"""Mitigations: one measure for each ATT&CK mitigation that acts on a technique of the case, told in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import msgspec

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.advise.words import KindWords, MitigationWords, OrganisationWords, listed
from indicia.knowledge.tables import Countermeasure, Mitigation
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

__all__ = ["NO_PREVENTION", "breadth", "called_for", "prevention", "put_after", "with_specifics"]

Calls = KindWords | OrganisationWords
# "Do not mitigate" and "pre-compromise" are ATT&CK's way to say that nothing inside our walls prevents the technique.
NO_PREVENTION = frozenset({"M1055", "M1056"})
SPECIFICS = 4  # instructions for single techniques under one measure
CONTROLS = 4


def prevention(
    needs: Sequence[Need], facts: Facts, kinds: Sequence[Calls], platforms: frozenset[str], whole: Sequence[str]
) -> list[Measure]:
    """Mitigations for the techniques among the needs, those that kinds of attack or organisation call for and those due in
    every case, with NIST controls and D3FEND countermeasures, not yet in order.

    What can be done on other platforms only than `platforms` is left out. `whole` are the ids that speak for the case as a
    whole: the reasons of what none of the needs calls for.
    """
    told = words.measures()
    found: dict[str, dict[str, Need]] = {}
    for need in needs:
        for mitigation in facts.by_technique.get(need.id, ()):
            if not need.is_flaw and mitigation.id not in NO_PREVENTION:
                found.setdefault(mitigation.id, {})[need.id] = need
    if whole or kinds:
        for key in (*words.floor(), *(key for kind in kinds for key in kind.adds)):
            if key in facts.mitigations or key in words.own():
                found.setdefault(key, {})
    for key, entry in told.items():
        for other in entry.also:
            if other in found:
                found.setdefault(key, {}).update(found.pop(other))
    able = [key for key in found if key not in told or not told[key].platforms or platforms.intersection(told[key].platforms)]
    return [_measure(key, found[key].values(), facts, kinds, platforms, whole) for key in sorted(able)]


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
    rows = [facts.mitigations[one] for one in (key, *(ours.also if ours else ())) if one in facts.mitigations]
    floor = key in words.floor()
    calls = [kind.name for kind in kinds if key in kind.adds and not floor]
    parts = [ours.do if ours else f"Follow ATT&CK {key} for the techniques listed."]
    if ours:
        parts += [text for platform, text in ours.there.items() if platform in platforms]
    if calls:
        parts.append(f"Called for by {listed(calls)}.")
    reasons = [reason for need in needs[:6] for reason in need.reasons[:2]] or whole
    return Measure(
        id=stable_id("measure", "mitigate", key),
        kind=MeasureKind.MITIGATE,
        title=ours.title if ours else rows[0].name,
        instruction=" ".join(parts),
        audience=Audience.IT,
        covers=tuple(need.id for need in needs),
        floor=floor,
        reasons=tuple(dict.fromkeys(reasons)),
        rank=needs[0].rank if needs else (Rank.STATED if calls else Rank.ALWAYS),
        effort=ours.effort if ours else 2,
        source=_source(key, rows, ours),
        references=(*_goals(ours), *(one for row in rows[:1] for one in _controls(row, facts))),
    )


def _source(key: str, rows: Sequence[Mitigation], ours: MitigationWords | None) -> str:
    if rows:
        return f"ATT&CK {', '.join(f'{row.id} {row.name}' for row in rows)}"
    return f"Indicia {key} {ours.name if ours else ''}".strip()


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
    told, found = words.mitigations(), dict[str, int]()
    for key, row in facts.mitigations.items():
        both = [facts.mitigations[other] for other in (told[key].also if key in told else ()) if other in facts.mitigations]
        count = len({technique for one in (row, *both) for technique in one.techniques})
        if count:
            found[stable_id("measure", "mitigate", key)] = count
    return found


def called_for(kinds: Sequence[Calls]) -> tuple[str, ...]:
    """Ids of the measures that the kinds call for: the first of each kind, then the second of each, and so on."""
    turns = zip_longest(*(kind.adds for kind in kinds))
    return tuple(dict.fromkeys(stable_id("measure", "mitigate", key) for turn in turns for key in turn if key))


def put_after(kinds: Sequence[KindWords]) -> frozenset[str]:
    """Ids of the measures of the floor that follow what the kinds call for: backups and segments stop no deceiving mail."""
    shared = frozenset[str].intersection(*(frozenset(kind.after) for kind in kinds)) if kinds else frozenset[str]()
    return frozenset(stable_id("measure", "mitigate", key) for key in shared)


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
