"""Mitigations: one measure for each ATT&CK mitigation that acts on a technique of the case, told in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.knowledge.tables import Countermeasure, Mitigation
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

__all__ = ["NO_PREVENTION", "breadth", "prevention", "with_specifics"]

# "Do not mitigate" and "pre-compromise" are ATT&CK's way to say that nothing inside our walls prevents the technique.
NO_PREVENTION = frozenset({"M1055", "M1056"})
SPECIFICS = 4  # instructions for single techniques under one measure
CONTROLS = 4


def prevention(needs: Sequence[Need], facts: Facts) -> list[Measure]:
    """Mitigations for the techniques among the needs and those that are due in every case, with NIST controls and D3FEND
    countermeasures, not yet in order."""
    by_id = {need.id: need for need in needs if not need.is_flaw}
    found: dict[str, list[Need]] = {}
    for need in by_id.values():
        for mitigation in facts.by_technique.get(need.id, ()):
            if mitigation.id not in NO_PREVENTION:
                found.setdefault(mitigation.id, []).append(need)
    if needs:
        for key in words.floor():
            if key in facts.mitigations:
                found.setdefault(key, [])
    return [_measure(facts.mitigations[key], covered, facts, needs) for key, covered in sorted(found.items())]


def _measure(mitigation: Mitigation, needs: list[Need], facts: Facts, every: Sequence[Need]) -> Measure:
    """One mitigation. One of the floor that acts on none of the needs is called for by the case as a whole."""
    ours = words.mitigations().get(mitigation.id)
    needs = sorted(needs, key=lambda need: (-need.weight, need.id))
    return Measure(
        id=stable_id("measure", "mitigate", mitigation.id),
        kind=MeasureKind.MITIGATE,
        title=ours.title if ours else mitigation.name,
        instruction=ours.do if ours else f"Follow ATT&CK {mitigation.id} for the techniques listed.",
        audience=Audience.IT,
        covers=tuple(need.id for need in needs),
        floor=mitigation.id in words.floor(),
        reasons=tuple(dict.fromkeys(reason for need in (needs or every)[:6] for reason in need.reasons[:2])),
        rank=needs[0].rank if needs else Rank.ALWAYS,
        effort=ours.effort if ours else 2,
        source=f"ATT&CK {mitigation.id} {mitigation.name}",
        references=(*_closest(mitigation, facts.nist, "NIST"), *_closest(mitigation, facts.d3fend, "D3FEND")),
    )


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
    """Measure id -> how many techniques its mitigation acts on in all of ATT&CK."""
    return {
        stable_id("measure", "mitigate", row.id): len(row.techniques) for row in facts.mitigations.values() if row.techniques
    }


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
