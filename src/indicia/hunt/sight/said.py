"""What a product itself says that it has detected, as a sighting."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from indicia.hunt.sight.addresses import is_inner
from indicia.hunt.sources.detections import DETECTIONS, SAID, Detection, Means, holds_all
from indicia.hunt.sources.form import values_of
from indicia.records import Event, Outcome, RuleLevel, Sighting, Stage


def is_said(rule: str) -> bool:
    """Whether the rule with that id is a product's own word."""
    return rule.startswith(SAID)


def product_of(rule: str) -> str:
    """The product that speaks in the sightings of a rule; "" where none does."""
    return rule.removeprefix(SAID).rpartition(":")[0] if is_said(rule) else ""


def name_said(rule: str, event: Event) -> str:
    """What the product calls what it detected in an event."""
    fields = values_of(event)
    return _detection(rule, event, fields).name(fields)


def judge_said(sighting: Sighting) -> Sighting:
    """The sighting with the name that the product gives it, what it says of how it went, the techniques that it names, and the
    fields in which it says so."""
    fields = values_of(sighting.event)
    detection = _detection(sighting.rule, sighting.event, fields)
    meaning = detection.meaning(fields)
    outcome = detection.outcome(fields, meaning)
    shown = {*detection.names, *detection.objects, *(name for field in detection.blocked for name in field.split())}
    matched = dict(sighting.matched) | {
        name: value[:512] for (name, value), key in zip(sighting.event.fields.items(), fields, strict=True) if key in shown
    }
    how = "turned away" if outcome is Outcome.ATTEMPT and not (meaning and meaning.tried) else "let through or not said"
    how = "an attempt" if outcome is Outcome.ATTEMPT and meaning is not None and meaning.tried else how
    return replace(
        sighting,
        title=detection.name(fields),
        event=_about(sighting.event, detection, fields, meaning),
        matched=tuple(matched.items()),
        techniques=detection.numbers(fields),
        stage=(meaning.stage if meaning is not None else None) or Stage.OTHER,
        outcome=outcome,
        note=f"said by {detection.product}; {how}",
    )


@lru_cache(256)
def _of(rule: str) -> tuple[Detection, ...]:
    return tuple(each for each in DETECTIONS if each.product == product_of(rule))


def _detection(rule: str, event: Event, fields: Mapping[str, str]) -> Detection:
    """The row of the table that made a rule match."""
    level = RuleLevel(rule.rpartition(":")[2])
    some = _of(rule)
    for each in some:
        meaning = each.meaning(fields)
        if (_is_of(event, each) or len(some) == 1) and meaning and meaning.level is level and holds_all(each.only, fields):
            return each
    return some[0]


def _is_of(event: Event, detection: Detection) -> bool:
    return event.format in detection.families or event.format.partition("-")[0] in detection.families


def _about(event: Event, detection: Detection, fields: Mapping[str, str], meaning: Means | None) -> Event:
    """The event as one of the machine that it is about, where it is told by a box between two others: the inner one, or the one
    that was called."""
    if detection.ends is None:
        return event
    source, target = (fields.get(name, "") for name in detection.ends)
    inner = [each for each in (source, target) if is_inner(each)]
    about = inner[0] if len(inner) == 1 else source if meaning is not None and meaning.stage is Stage.CONTROL else target
    return replace(event, host=about) if about else event
