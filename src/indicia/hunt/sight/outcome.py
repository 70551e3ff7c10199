"""Did it work? The stage and the outcome of each sighting by itself, from the log line's own answer."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from indicia.hunt.names import field_key
from indicia.hunt.sight.notes import note_of
from indicia.hunt.sources import PRESENT, Answer, source_named
from indicia.records import Event, Outcome, Sighting, Stage

__all__ = ["judge", "stage_of_tags", "status_of"]

# ATT&CK tactics, as Sigma tags write them. Where a rule has several, the first of this order counts: what was done
# tells more than what it was good for.
TACTICS: tuple[tuple[str, Stage], ...] = (
    ("impact", Stage.IMPACT),
    ("exfiltration", Stage.EXFILTRATION),
    ("credential-access", Stage.CREDENTIALS),
    ("lateral-movement", Stage.LATERAL),
    ("collection", Stage.COLLECTION),
    ("command-and-control", Stage.CONTROL),
    ("initial-access", Stage.EXPLOIT),
    ("persistence", Stage.PERSISTENCE),
    ("privilege-escalation", Stage.PRIVILEGE),
    ("execution", Stage.EXECUTION),
    ("discovery", Stage.DISCOVERY),
    ("defense-evasion", Stage.EVASION),
    ("stealth", Stage.EVASION),
    ("defense-impairment", Stage.EVASION),
    ("reconnaissance", Stage.PROBE),
    ("resource-development", Stage.OTHER),
)
FAILED_EVENTS = {("security", "4625"), ("security", "4771"), ("security", "4776"), ("msexchange management", "6")}
# What Windows records only once it is so: a log is cleared, an account made or let into a group, a service or a task installed.
DONE_EVENTS = {
    *(("security", number) for number in ("1102", "4720", "4728", "4732", "4756", "4697", "4698")),
    *(("system", number) for number in ("104", "7045")),
}
_TOLD_IDS = frozenset(number for _, number in FAILED_EVENTS | DONE_EVENTS)
_STATUSES = ("HttpStatus", "sc-status", "status")


def stage_of_tags(tags: Iterable[str]) -> Stage:
    """The stage that a rule's tags name (`attack.credential-access`, also with underscores); OTHER where they name none.

    >>> stage_of_tags(["attack.execution", "attack.t1003.001", "attack.credential_access"])
    <Stage.CREDENTIALS: 'credential access'>
    """
    named = {tag.lower().replace("_", "-").removeprefix("attack.") for tag in tags if tag.lower().startswith("attack.")}
    if "t1505.003" in named:
        return Stage.WEB_SHELL
    return next((stage for tactic, stage in TACTICS if tactic in named), Stage.OTHER)


def status_of(event: Event) -> str:
    """The HTTP status of a web log's line, "" for other events."""
    fields = event.fields
    if fields.keys().isdisjoint(_STATUSES):
        return ""
    return next((value for name in _STATUSES if len(value := fields.get(name, "")) == 3 and value.isdigit()), "")


def judge(sighting: Sighting) -> Sighting:
    """`sighting` with its stage, outcome and software as our notes on its rule say, or else as its answer tells.

    Without a note: an answer that turns the client away is an attempt, a failed logon or cmdlet too; what Windows records
    once it is done is a success; anything else is unknown.
    """
    note = note_of(sighting.rule)
    if note is None:
        if sighting.outcome is not Outcome.UNKNOWN:
            return sighting
        outcome = _by_answer(sighting.event)
        return sighting if outcome is Outcome.UNKNOWN else replace(sighting, outcome=outcome)
    software = tuple(dict.fromkeys((*sighting.software, *note.software)))
    outcome = _by_note(sighting.event, note.success) if note.success is not None else _by_answer(sighting.event)
    return replace(sighting, stage=note.stage, outcome=outcome, software=software, note=sighting.note or note.told(outcome))


def _by_note(event: Event, success: tuple[tuple[str, tuple[str, ...]], ...]) -> Outcome:
    for field, values in success:
        value = event.fields.get(field)
        if value is None and field and "" not in values:
            return Outcome.UNKNOWN  # this log does not say
        if (value or "") not in values:
            return Outcome.ATTEMPT
    return Outcome.SUCCESS


def _by_declared(event: Event, answers: Iterable[Answer]) -> Outcome:
    fields = {field_key(name): value.lower() for name, value in event.fields.items()}
    for answer in answers:
        value = fields.get(answer.field, "")
        if value in answer.done:
            return Outcome.SUCCESS
        if _is_among(value, answer.failed):
            return Outcome.ATTEMPT
        if _is_among(value, answer.done):
            return Outcome.SUCCESS
    return Outcome.UNKNOWN


def _is_among(value: str, told: Iterable[str]) -> bool:
    """Whether a field holds one of some values, or of some beginnings, or anything."""
    return any(
        value == each or (bool(value) and (each == PRESENT or (each.endswith("*") and value.startswith(each[:-1]))))
        for each in told
    )


def _by_answer(event: Event) -> Outcome:
    source = source_named(event.format)
    if source is not None and source.answers:
        return _by_declared(event, source.answers)
    status = status_of(event)
    if status:
        return Outcome.ATTEMPT if status[0] in "34" else Outcome.UNKNOWN
    fields = event.fields
    if fields.get("EventID", "") in _TOLD_IDS:
        kind = fields.get("Channel", "").lower(), fields["EventID"]
        if kind in FAILED_EVENTS:
            return Outcome.ATTEMPT
        if kind in DONE_EVENTS:
            return Outcome.SUCCESS
    return Outcome.UNKNOWN
