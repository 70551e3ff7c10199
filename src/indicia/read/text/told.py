"""A claim in plain text, as our exports write it into a note: what comes back from a platform that keeps no extensions.

The form is that of `indicia.share.stix.told`; `tests/share/test_told_again.py` holds the two together.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from indicia.records import Confidence, Deed, DeedKind, Firmness, Level, Likelihood, Stance, Tie, TieKind

_LEVEL = re.compile(r"(.*) \((place|operator|group|agency|state)\)", re.DOTALL)
_SAID = re.compile(
    r"(?P<kind>\w+)(?: (?P<to>.+?))?, firmness (?P<firmness>\w+)(?:, likelihood (?P<likelihood>[a-z ]+?))?"
    r"(?:, confidence (?P<confidence>\w+))?"
)
_SCORE = re.compile(r"read with a score of (0\.\d{2})")
_NAMES = ("Source", "Accused", "Stance", "Deed", "Tie", "About", "Said", "Please check")


class Told(NamedTuple):
    """What a note tells. `source` and `accused` are None where nobody is named."""

    quote: str
    source: str | None
    accused: str | None
    level: Level | None
    stance: Stance
    deed: Deed | None
    tie: Tie | None
    about: str | None
    date: str | None
    score: float = 1.0  # below that where the note asks to check it


def read_note(text: str) -> Told | None:
    """The claim of a note, None for a note of anybody else."""
    _, opened, rest = text.partition("\n\n“")
    quote, closed, below = rest.rpartition("”\n\nSource: ")
    if not (opened and closed):
        return None
    lines: dict[str, str] = {}
    for line in f"Source: {below}".split("\n"):
        name, _, value = line.partition(": ")
        if name in _NAMES:
            lines.setdefault(name, value.strip())
    try:
        accused = _LEVEL.fullmatch(lines["Accused"])
        name = accused[1] if accused else lines["Accused"]
        return Told(
            quote=quote,
            source=None if lines["Source"] == "not named" else lines["Source"],
            accused=None if name == "nobody by name" else name,
            level=Level(accused[2]) if accused else None,
            stance=Stance(lines["Stance"]),
            deed=_deed(lines["Deed"]) if "Deed" in lines else None,
            tie=_tie(lines["Tie"]) if "Tie" in lines else None,
            about=lines["About"].split("; ")[0] if lines.get("About") else None,
            date=lines.get("Said"),
            score=_score(lines.get("Please check")),
        )
    except (KeyError, ValueError):
        return None


def _score(line: str | None) -> float:
    if line is None:
        return 1.0
    match = _SCORE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    return float(match[1])


def _deed(line: str) -> Deed:
    said = _said(line)
    return Deed(kind=DeedKind(said["kind"] or ""), **_surely(said))


def _tie(line: str) -> Tie:
    said = _said(line)
    return Tie(kind=TieKind(said["kind"] or ""), to=said["to"] or "", **_surely(said))


def _said(line: str) -> dict[str, str | None]:
    match = _SAID.fullmatch(line)
    if match is None:
        raise ValueError(line)
    return match.groupdict()


def _surely(said: dict[str, str | None]) -> dict[str, Any]:
    likelihood, confidence = said["likelihood"], said["confidence"]
    return {
        "firmness": Firmness(said["firmness"] or ""),
        "likelihood": Likelihood(likelihood) if likelihood else None,
        "confidence": Confidence(confidence) if confidence else None,
    }
