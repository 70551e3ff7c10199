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

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from indicia.errors import RuleError
from indicia.hunt.rules import cache
from indicia.hunt.rules.files import PACK
from indicia.records import Outcome, Record, Stage


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
