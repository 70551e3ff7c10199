"""When a compromise was sighted: containment and recovery in order, and the reporting duties to think of."""

from __future__ import annotations

from indicia.advise import words
from indicia.knowledge.articles import capital
from indicia.records import Audience, Case, HuntVerdict, Measure, MeasureKind, Outcome, Rank, Sighting, stable_id

COMPROMISE = {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY, HuntVerdict.SIGNS}


def _worked(case: Case) -> list[Sighting]:
    return [sighting for sighting in case.hunt.sightings if sighting.outcome is not Outcome.ATTEMPT] if case.hunt else []


def containment(case: Case) -> list[Measure]:
    """The steps that this compromise calls for, in the order in which to take them; empty without a compromise."""
    if not case.hunt or case.hunt.verdict not in COMPROMISE:
        return []
    sightings = _worked(case)
    # A chain names the machine once; its logs may know it by several names.
    broken = [chain.host for chain in case.hunt.chains if chain.outcome is not Outcome.ATTEMPT and chain.host]
    hosts = (
        ", ".join(dict.fromkeys(broken or [one.event.host for one in sightings if one.event.host])) or "all that were sighted"
    )
    result = []
    for step in words.steps():
        fitting = [
            sighting.id
            for sighting in sightings
            if "always" in step.when or sighting.stage.value in step.when or set(step.when).intersection(sighting.techniques)
        ]
        if not fitting:
            continue
        result.append(
            Measure(
                id=stable_id("measure", "contain", step.id),
                kind=MeasureKind.CONTAIN,
                title=step.title,
                instruction=f"Machines: {hosts}. {step.do}" if step.id in {"preserve", "isolate", "rebuild"} else step.do,
                audience=Audience(step.audience),
                reasons=tuple(fitting[:5]),
                rank=Rank.SEEN,
                effort=1 if step.hours <= 24 else 2,
                within_hours=step.hours,
                source="Indicia",
            )
        )
    return result


def reporting(case: Case) -> list[Measure]:
    """Reporting duties as a checklist, the shortest first deadline first. Only with a compromise: a text about others is no
    incident."""
    if not case.hunt or case.hunt.verdict not in COMPROMISE:
        return []
    book = words.duties()
    reasons = tuple(sighting.id for sighting in _worked(case)[:3])
    return [
        Measure(
            id=stable_id("measure", "report", duty.id),
            kind=MeasureKind.REPORT,
            title=f"{duty.region}: {duty.title}" if duty.region != "any" else duty.title,
            instruction=f"{capital('; '.join(duty.deadlines))}. To {duty.to}. Binds {duty.who}.",
            audience=Audience.MANAGEMENT,
            reasons=reasons,
            rank=Rank.SEEN,
            effort=1,
            within_hours=duty.hours,
            source=duty.source,
            references=(f"reviewed {book.reviewed}",),
        )
        for duty in sorted(book.duties, key=lambda duty: (duty.hours, duty.id))
    ]
