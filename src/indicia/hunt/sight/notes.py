"""What our own rules say about their sightings beyond Sigma: the stage, what counts as success, and how to tell it.

A rule of our pack may carry a block `indicia:`

    stage: web shell              # a records.Stage
    success: {HttpStatus: ['200']}  # every field named has one of these values; or: always, never
    proof: true                   # a success of this rule alone shows a compromise
    around: true                  # told only within an hour of something grave on the same machine, by the same principal
    software: [S0020]
    tells: had the server write a web shell     # completes "198.51.100.23 ..." where it succeeded
    tries: asked for a reset                    # the same where it did not; else `tells`
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from indicia.errors import RuleError
from indicia.hunt.rules import cache
from indicia.hunt.rules.files import PACK
from indicia.hunt.sources import values_of
from indicia.hunt.sources.detections import DETECTIONS, SAID, Detection, Means, holds_all
from indicia.records import Event, Outcome, Record, RuleLevel, Sighting, Stage


class RuleNote(Record, frozen=True, kw_only=True):
    """The `indicia:` block of one rule. `success` None: it cannot be told; (): always; a field with no values: never."""

    stage: Stage
    tells: str
    tries: str = ""
    success: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    proof: bool = False
    around: bool = False
    software: tuple[str, ...] = ()

    def told(self, outcome: Outcome) -> str:
        """What was done, or what was tried where the outcome is an attempt."""
        return self.tries if outcome is Outcome.ATTEMPT and self.tries else self.tells


NEVER: tuple[tuple[str, tuple[str, ...]], ...] = (("", ()),)


def read_note(block: Mapping[str, Any]) -> RuleNote:
    """The note in a rule's `indicia:` block. Raises: RuleError for what is none."""
    unknown = set(block) - {"stage", "success", "proof", "around", "software", "tells", "tries"}
    if unknown:
        raise RuleError(f"the block indicia: has the unknown keys {sorted(unknown)}")
    given = block.get("success")
    success: tuple[tuple[str, tuple[str, ...]], ...] | None
    match given:
        case None:
            success = None
        case "always":
            success = ()
        case "never":
            success = NEVER
        case dict():
            success = tuple((str(field), tuple(str(value) for value in values)) for field, values in given.items())
        case _:
            raise RuleError(f"success: {given!r} is neither always, never nor fields with lists of values")
    try:
        return RuleNote(
            stage=Stage(block.get("stage", "other")),
            tells=str(block.get("tells", "")),
            tries=str(block.get("tries", "")),
            success=success,
            proof=bool(block.get("proof", False)),
            around=bool(block.get("around", False)),
            software=tuple(str(item) for item in block.get("software", ())),
        )
    except ValueError as error:
        raise RuleError(str(error)) from error


@lru_cache(1)
def notes() -> Mapping[str, RuleNote]:
    """The notes of our own pack by rule id, read once, and kept on disk like compiled rules."""
    pack = sorted((item.name, item.read_bytes()) for item in PACK.iterdir() if item.name.endswith(".yml"))
    key = f"{cache.key_of(pack)}.notes"
    kept = cache.load(key, dict[str, RuleNote])
    if kept is not None:
        return kept
    import yaml  # needed once after each change of the pack

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, RuleNote] = {}
    for _, content in pack:
        for rule in yaml.load_all(content, loader):
            if isinstance(rule, dict) and isinstance(rule.get("indicia"), dict):
                found[str(rule["id"])] = read_note(rule["indicia"])
    cache.store(key, found)
    return found


@lru_cache(16_384)
def note_of(rule: str) -> RuleNote | None:
    """The note of the rule with that id; None for indicators and for rules that are not ours."""
    return None if rule.startswith("indicator:") else notes().get(rule)


def tells_success(rule: str) -> bool:
    """Whether the rule with that id tells successes from attempts by the event's own fields."""
    note = note_of(rule)
    return note is not None and bool(note.success) and note.success != NEVER


# What a product itself says that it has detected, as a sighting.
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


# Addresses of a network of one's own, which are a different machine in every network.
_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


@lru_cache(16_384)
def is_inner(address: str) -> bool:
    """Whether a text is an address of a private network; those that documentation uses stand for public ones."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_private and not any(found in network for network in _EXAMPLES)
