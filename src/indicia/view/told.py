"""Stated, known, concluded: the three words with their meaning, and which of them a thing bears."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from indicia.records import Case, Context, Measure, Rank, Told

__all__ = ["MEANINGS", "TONES", "legend", "measure_told", "typical"]

MEANINGS: Mapping[Told, str] = MappingProxyType(
    {
        Told.STATED: "a text that was read says it",
        Told.KNOWN: "our tables say it, not these texts",
        Told.CONCLUDED: "Indicia infers it",
    }
)
TONES: Mapping[Told, str] = MappingProxyType({Told.STATED: "blue", Told.KNOWN: "quiet", Told.CONCLUDED: "violet"})
SEEN = "seen in our logs"


def legend() -> str:
    """The three words in one line."""
    return "; ".join(f"{word.value}: {meaning}" for word, meaning in MEANINGS.items())


def measure_told(measure: Measure, case: Case) -> str:
    """`seen in our logs`, `stated` or `known`: what calls for a measure. A flaw that no text names is known of the affair,
    whatever the measure says of itself."""
    if measure.rank is Rank.SEEN:
        return SEEN
    return Told.KNOWN.value if measure.rank is Rank.TYPICAL or not _stated(measure, case) else Told.STATED.value


def _stated(measure: Measure, case: Case) -> bool:
    """Whether a text names a flaw that the measure covers; true of what covers none."""
    flaws = {cover for cover in measure.covers if cover.upper().startswith("CVE-")}
    named = {one.value.upper() for one in case.mentions if one.context is Context.STATED}
    return not flaws or any(flaw.upper() in named for flaw in flaws)


def typical(case: Case) -> tuple[str, ...]:
    """ATT&CK ids that advice holds for typical of the accused: known, whatever the texts say."""
    measures = case.advice.measures if case.advice else ()
    found = (value for one in measures if one.rank is Rank.TYPICAL for value in one.covers if value.startswith("T"))
    return tuple(dict.fromkeys(found))
