"""Who says what: the claims of a case as positions, one for each source and accused, the firmest words first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from indicia.records import Claim, Firmness, Level, Record, SourceType, Stance
from indicia.view.words import accused_words, source_words

__all__ = ["FIRMEST", "LEVELS", "Position", "is_narration", "positions"]

# From what was said most surely to what was only hinted at; a flat statement ("none") stands between moderate and high.
FIRMEST = (Firmness.CONFIRMED, Firmness.HIGH, Firmness.NONE, Firmness.MODERATE, Firmness.LOW, Firmness.HEDGED)
LEVELS = (Level.STATE, Level.AGENCY, Level.GROUP, Level.OPERATOR, Level.PLACE)
STANCES = (Stance.ACCUSES, Stance.CLAIMS, Stance.ENDORSES, Stance.QUESTIONS, Stance.DENIES, Stance.DECLINES)
SPEAKERS = (
    SourceType.GOVERNMENT,
    SourceType.INTERNATIONAL,
    SourceType.COURT,
    SourceType.ANONYMOUS,
    SourceType.COMPANY,
    SourceType.GROUP,
    SourceType.PERSON,
    SourceType.MEDIA,
)


class Position(Record, frozen=True, kw_only=True):
    """One source's stance toward one accused: the claim with the firmest words, and all claims that say so."""

    source: str
    source_type: SourceType
    stance: Stance
    accused: str
    level: Level | None
    firmest: Claim
    claims: tuple[str, ...]
    first: str | None  # ISO date of the first of them


def positions(claims: Iterable[Claim]) -> tuple[Position, ...]:
    """Positions in the order stance, kind of speaker, level, source. Copies of one origin stay one claim of their source."""
    groups: dict[tuple[str, Stance, str, Level | None], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[(source_words(claim), claim.stance, accused_words(claim), claim.accused.level)].append(claim)
    found = []
    for (source, stance, accused, level), mine in groups.items():
        mine.sort(key=lambda claim: (FIRMEST.index(claim.said.firmness), claim.date or "9999", claim.id))
        found.append(
            Position(
                source=source,
                source_type=mine[0].source.type,
                stance=stance,
                accused=accused,
                level=level,
                firmest=mine[0],
                claims=tuple(claim.id for claim in mine),
                first=min((claim.date for claim in mine if claim.date), default=None),
            )
        )
    # All that one source says stands together, at the place of the highest level that it names.
    highest: dict[tuple[str, Stance], int] = {}
    for one in found:
        key = (one.source, one.stance)
        highest[key] = min(_level(one), highest.get(key, len(LEVELS)))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                STANCES.index(one.stance),
                SPEAKERS.index(one.source_type),
                highest[(one.source, one.stance)],
                one.source,
                _level(one),
                one.accused,
            ),
        )
    )


def _level(position: Position) -> int:
    return LEVELS.index(position.level) if position.level else len(LEVELS)


def is_narration(position: Position) -> bool:
    """Whether the text itself speaks, without a source."""
    return position.firmest.source.party is None
