"""Our own words for measures: data files beside this module, each read once and checked against its shape."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec
import yaml

__all__ = [
    "Duties",
    "Duty",
    "LogWords",
    "MitigationWords",
    "Step",
    "TechniqueWords",
    "duties",
    "floor",
    "logs",
    "mitigations",
    "platforms",
    "steps",
    "techniques",
]

T = TypeVar("T")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all entries."""


class MitigationWords(Words, frozen=True, kw_only=True):
    """One ATT&CK mitigation for the person who does it, the one who decides and the one who checks."""

    title: str
    do: str
    manage: str
    check: str
    effort: int
    have: tuple[str, ...] = ()


class TechniqueWords(Words, frozen=True, kw_only=True):
    """One technique: what to change so that it fails, and what to look for when it happens."""

    do: str
    watch: str


class LogWords(Words, frozen=True, kw_only=True):
    """One log to switch on. It serves a log source of ATT&CK when its name begins with one of `sources` and, where `events` are
    given, its channel holds one of them. With `words` it also needs one of those words in the case's products."""

    id: str
    title: str
    sources: tuple[str, ...]
    do: str
    check: str
    effort: int
    events: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    have: tuple[str, ...] = ()


class Step(Words, frozen=True, kw_only=True):
    """One step of containment and recovery; `when` is `always`, a stage or a technique id that must have been sighted."""

    id: str
    when: tuple[str, ...]
    title: str
    do: str
    audience: str
    hours: int


class Duty(Words, frozen=True, kw_only=True):
    """One reporting duty: whom it binds, by when, to whom, and the name of the law. `hours` is its first deadline."""

    id: str
    region: str
    who: str
    title: str
    deadlines: tuple[str, ...]
    to: str
    source: str
    hours: int


class Duties(Words, frozen=True, kw_only=True):
    """All duties and the day on which a person last reviewed them."""

    reviewed: str
    duties: tuple[Duty, ...]


def _read(name: str, kind: type[T]) -> T:
    raw = files("indicia.advise").joinpath("data", name).read_bytes()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return msgspec.convert(yaml.load(raw, Loader=loader), kind)  # a safe loader, of our own file


@cache
def mitigations() -> dict[str, MitigationWords]:
    """Our words by mitigation id (M1013 ...), all 44 of ATT&CK enterprise 18.1."""
    return _read("mitigations.yml", dict[str, MitigationWords])


@cache
def floor() -> tuple[str, ...]:
    """Ids of the mitigations that are due in every case."""
    return _read("floor.yml", tuple[str, ...])


@cache
def platforms() -> dict[str, tuple[str, ...]]:
    """Words by which a text tells a platform, by ATT&CK's name of it."""
    return _read("platforms.yml", dict[str, tuple[str, ...]])


@cache
def techniques() -> dict[str, TechniqueWords]:
    """Our words by technique id, for the techniques that have some."""
    return _read("techniques.yml", dict[str, TechniqueWords])


@cache
def logs() -> tuple[LogWords, ...]:
    """The logs that we can tell how to switch on, from the particular to the general."""
    return _read("logging.yml", tuple[LogWords, ...])


@cache
def steps() -> tuple[Step, ...]:
    """Containment and recovery in the order in which to do it."""
    return _read("containment.yml", tuple[Step, ...])


@cache
def duties() -> Duties:
    """Reporting duties as facts with their source."""
    return _read("reporting.yml", Duties)
