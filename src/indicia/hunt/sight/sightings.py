"""A matched rule or indicator and its event, as a sighting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from indicia.hunt.match.book import RuleHead
from indicia.hunt.names import Remembered, field_key
from indicia.hunt.rules.ir import Correlation, Refused
from indicia.hunt.sight.notes import is_said, judge_said, note_of
from indicia.hunt.sources import DONE, FAILED, PRESENT, Answer, source_named
from indicia.records import Event, Outcome, Place, RuleLevel, Sighting, Stage, stable_id

LONGEST_SHOWN = 512  # characters of a matched value
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_SOFTWARE = re.compile(r"attack\.(s\d{4})", re.IGNORECASE)
_CVE = re.compile(r"(?:cve|detection)[.\-_]?(?:cve[.\-_])?(\d{4})[.\-_](\d{4,7})", re.IGNORECASE)


class RuleFacts:
    """What every sighting of one rule has in common, as its tags say: techniques, software, vulnerabilities, the stage."""

    __slots__ = ("id", "level", "software", "stage", "techniques", "title", "vulnerabilities")

    def __init__(self, rule: RuleHead | Correlation) -> None:
        self.id = rule_id(rule)
        self.title = rule.title
        self.level = RuleLevel(rule.level)
        self.techniques = tuple(dict.fromkeys(found.upper() for found in _found(_TECHNIQUE, rule.tags)))
        self.software = tuple(dict.fromkeys(found.upper() for found in _found(_SOFTWARE, rule.tags)))
        self.vulnerabilities = tuple(
            dict.fromkeys(f"CVE-{match[1]}-{match[2]}" for tag in rule.tags if (match := _CVE.fullmatch(tag)))
        )
        self.stage = stage_of_tags(rule.tags)


def _found(pattern: re.Pattern[str], tags: Iterable[str]) -> Iterable[str]:
    return (match[1] for tag in tags if (match := pattern.fullmatch(tag)))


def rule_id(rule: RuleHead | Correlation | Refused) -> str:
    """What a rule is known by: its own id, or one made of its title and place."""
    return rule.id or stable_id("rule", rule.title, rule.file)


def identity(rule: str, indicator: str | None, place: Place) -> str:
    """The id of a sighting: the same wherever and whenever the same rule or indicator is seen in the same record."""
    who = (rule,) if indicator is None else (rule.partition(":")[2], indicator)
    return stable_id("sighting", *who, place.file, str(place.position))


def moved(sighting: Sighting, file: str) -> Sighting:
    """The sighting as one in a log of another name."""
    place = replace(sighting.event.place, file=file)
    event = replace(sighting.event, place=place)
    return replace(sighting, id=identity(sighting.rule, sighting.indicator, place), event=event)


def own_names(event: Event) -> Mapping[str, str]:
    """How the event itself spells each of its fields, by the key that fields are found by."""
    return _by_key(tuple(event.fields))


@Remembered
def _by_key(names: tuple[str, ...]) -> Mapping[str, str]:
    return {field_key(name): name for name in names}


@Remembered
def _pairs(told: tuple[str, ...]) -> tuple[str, str]:
    """A field and its value, held once for many sightings."""
    name, value = told
    return name, value


def sighting_of(facts: RuleFacts, event: Event, fields: Iterable[str]) -> Sighting:
    """The sighting of a rule in an event, judged; `fields` are those whose tests passed, as the event spells them."""
    values = event.fields
    sighting = Sighting(
        id=identity(facts.id, None, event.place),
        rule=facts.id,
        title=facts.title,
        level=facts.level,
        event=event,
        matched=tuple([_pairs[name, values[name][:LONGEST_SHOWN]] for name in fields]),
        techniques=facts.techniques,
        software=facts.software,
        vulnerabilities=facts.vulnerabilities,
        stage=facts.stage,
    )
    return judge_said(sighting) if is_said(facts.id) else judge(sighting)


# Did it work? The stage and the outcome of each sighting by itself, from the log line's own answer.
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
AUDIT_FAILURE = 1 << 52  # in the keywords of the Security log: what was asked for was refused
_TOLD_IDS = frozenset().union(*DONE.values(), *FAILED.values())
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
    return _by_event(event.fields)


def _by_event(fields: Mapping[str, str]) -> Outcome:
    """What a Windows event's own number says, and in the Security log whether it was recorded as a failure."""
    number = fields.get("EventID", "")
    if not number:
        return Outcome.UNKNOWN
    channel = fields.get("Channel", "").lower()
    if channel == "security" and _refused(fields.get("Keywords", "")):
        return Outcome.ATTEMPT
    if number not in _TOLD_IDS:
        return Outcome.UNKNOWN
    if number in FAILED.get(channel, ()):
        # Since Windows 2000 one number tells of both: a check of a password that was right has the status 0.
        right = number == "4776" and fields.get("Status", "").lower() == "0x0"
        return Outcome.SUCCESS if right else Outcome.ATTEMPT
    return Outcome.SUCCESS if number in DONE.get(channel, ()) else Outcome.UNKNOWN


def _refused(keywords: str) -> bool:
    """Whether the keywords of the Security log say failure: as a number (0x8010000000000000), or in words."""
    try:
        return bool(int(keywords, 0) & AUDIT_FAILURE)
    except ValueError:
        return "audit failure" in keywords.lower()
