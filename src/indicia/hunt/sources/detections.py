"""What products say that they have detected, as `detections.yml` declares it: how it is known, what it says, how grave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from indicia.hunt.sources import PRESENT
from indicia.records import Outcome, RuleLevel, Stage
from indicia.rulefile import Declared, declared

SAID = "said:"  # how the rule of a sighting begins that a product speaks for: said:Suricata:high
LONGEST_NAME = 200  # characters of what a product calls its detection
_TECHNIQUE = re.compile(r"\b[Tt]\d{4}(?:\.\d{3})?\b")


class Means(Declared, frozen=True):
    """What a detection is worth in whose fields these values stand (all of `where`; none: any detection).

    A value is a word in lower case (`word*`: what begins so, `*word`: what ends so, `*word*`: what holds it), a bound such as
    `>=7`, PRESENT, or "" for a field that is missing. The name of a field may be several, parted by a blank: any of them.
    `tried`: the words say that something was attempted, not that it worked.
    """

    level: RuleLevel
    where: Mapping[str, tuple[str, ...]] = {}
    tried: bool = False
    stage: Stage | None = None


class Detection(Declared, frozen=True):
    """How the records of one product say that it has detected something.

    They are of one of `families`, and hold what `only` asks (as `Means.where`). `names` are the fields that say what it was,
    `objects` those that say in what, the most telling first; all of both are shown. The first of `means` that fits counts;
    where none fits, nothing was detected. `blocked` are the fields and values that say that it was turned away. `techniques`
    name fields in which ATT&CK's numbers stand, `ends` the two addresses of a connection: the inner one is the machine that
    it is about.
    """

    product: str
    families: tuple[str, ...]
    names: tuple[str, ...]
    means: tuple[Means, ...]
    only: Mapping[str, tuple[str, ...]] = {}
    blocked: Mapping[str, tuple[str, ...]] = {}
    objects: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    ends: tuple[str, str] | None = None

    def meaning(self, fields: Mapping[str, str]) -> Means | None:
        """What the fields of a record (by folded names) say of its gravity."""
        return next((each for each in self.means if holds_all(each.where, fields)), None)

    def outcome(self, fields: Mapping[str, str], meaning: Means | None) -> Outcome:
        """Whether it was turned away or only tried; unknown where it was let through: that says nothing of what came of it."""
        stopped = any(_holds(field, values, fields) for field, values in self.blocked.items())
        return Outcome.ATTEMPT if stopped or (meaning is not None and meaning.tried) else Outcome.UNKNOWN

    def name(self, fields: Mapping[str, str]) -> str:
        """What was detected, in the product's words."""
        told = next((text for name in self.names if (text := " ".join(fields.get(name, "").split())) not in _NOTHING), "")
        told = told or next((text for name in self.objects if (text := fields.get(name, "").strip()) not in _NOTHING), "")
        return f"{self.product}: {told[:LONGEST_NAME]}" if told else f"{self.product}: a detection without a name"

    def numbers(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """The techniques that it names."""
        texts = (fields.get(name, "") for name in self.techniques)
        return tuple(dict.fromkeys(found.upper() for text in texts for found in _TECHNIQUE.findall(text)))


_NOTHING = frozenset({"", "-", "n/a", "none", "null", "unknown", "0"})


def holds_all(where: Mapping[str, Iterable[str]], fields: Mapping[str, str]) -> bool:
    """Whether the fields (by folded names) hold one of the values of each."""
    return all(_holds(field, values, fields) for field, values in where.items())


def _holds(field: str, values: Iterable[str], fields: Mapping[str, str]) -> bool:
    held = [value for name in field.split() if (value := fields.get(name, "").lower())]
    return any(any(_fits(each, value) for value in held) if each else not held for each in values)


def _fits(asked: str, value: str) -> bool:
    if asked == PRESENT:
        return True
    if asked[:2] == ">=":
        return (number := number_in(value)) is not None and number >= float(asked[2:])
    if asked[0] == asked[-1] == "*":
        return asked[1:-1] in value
    if asked[0] == "*":
        return value.endswith(asked[1:])
    return value.startswith(asked[:-1]) if asked[-1] == "*" else value == asked


def number_in(text: str) -> float | None:
    """The number that a text is; None where it is none."""
    try:
        return float(text)
    except ValueError:
        return None


class _Table(Declared, frozen=True):
    """`detections.yml`; `names` hold what several products share, `scales` what the words and numbers of several mean."""

    names: Mapping[str, Any]
    scales: Mapping[str, tuple[Mapping[str, Any], ...]]
    detections: tuple[dict[str, Any], ...]


def _all_detections() -> tuple[Detection, ...]:
    table = declared("indicia.hunt.sources", "detections.yml", _Table)
    rows = [row | {"means": [means for each in row["means"] for means in _spelled(each, table)]} for row in table.detections]
    return msgspec.convert(rows, tuple[Detection, ...])


def _spelled(row: dict[str, Any], table: _Table) -> list[dict[str, Any]]:
    """A row of `means`; where it names a scale, the rows of that for the fields and bounds that it is `of`."""
    if "scale" not in row:
        return [row]
    of, more = row["of"], {"tried": True} if row.get("tried") else {}
    return [{**each, "where": _filled(each.get("where", {}), of), **more} for each in table.scales[row["scale"]]]


def _filled(where: Mapping[str, Iterable[str]], of: Iterable[object]) -> dict[str, list[str]]:
    return {name.format(*of): [value.format(*of) for value in values] for name, values in where.items()}


DETECTIONS = _all_detections()
