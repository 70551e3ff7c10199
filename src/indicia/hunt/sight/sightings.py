"""A matched rule or indicator and its event, as a sighting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from indicia.hunt.match.book import RuleHead
from indicia.hunt.names import Remembered, field_key
from indicia.hunt.rules.ir import Correlation, Refused
from indicia.hunt.sight.outcome import judge, stage_of_tags
from indicia.hunt.sight.said import is_said, judge_said
from indicia.records import Event, Place, RuleLevel, Sighting, Stage, stable_id

LONGEST_SHOWN = 512  # characters of a matched value
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_SOFTWARE = re.compile(r"attack\.(s\d{4})", re.IGNORECASE)
_CVE = re.compile(r"(?:cve|detection)[.\-_]?(?:cve[.\-_])?(\d{4})[.\-_](\d{4,7})", re.IGNORECASE)


class RuleFacts:
    """What every sighting of one rule has in common."""

    __slots__ = ("id", "level", "software", "stage", "techniques", "title", "vulnerabilities")

    def __init__(self, rule: RuleHead | Correlation, stage: Stage) -> None:
        self.id = rule_id(rule)
        self.title = rule.title
        self.level = RuleLevel(rule.level)
        self.techniques = tuple(dict.fromkeys(found.upper() for found in _found(_TECHNIQUE, rule.tags)))
        self.software = tuple(dict.fromkeys(found.upper() for found in _found(_SOFTWARE, rule.tags)))
        self.vulnerabilities = tuple(
            dict.fromkeys(f"CVE-{match[1]}-{match[2]}" for tag in rule.tags if (match := _CVE.fullmatch(tag)))
        )
        self.stage = stage


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


def facts_of(rule: RuleHead | Correlation) -> RuleFacts:
    """What the tags of a rule say: techniques, software, vulnerabilities, and the stage by ATT&CK tactic."""
    return RuleFacts(rule, stage_of_tags(rule.tags))


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
