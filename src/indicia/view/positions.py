"""Who says what: the claims of a case as positions, one for each source, accused and deed or tie, the firmest words first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from indicia.knowledge.articles import the
from indicia.records import Claim, Firmness, Level, Proposition, Record, SourceType, Stance
from indicia.view.words import (
    accused_words,
    adds_a_tie,
    agreed,
    source_words,
    stance_words,
    takes_credit,
    tie_words,
    tied_words,
)

LEVELS = (Level.STATE, Level.AGENCY, Level.GROUP, Level.OPERATOR, Level.PLACE)
STANCES = (Stance.ACCUSES, Stance.CLAIMS, Stance.ENDORSES, Stance.WITHDRAWS, Stance.QUESTIONS, Stance.DENIES, Stance.DECLINES)
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
    """One source's stance toward one accused, for a deed or for a tie: the claim with the firmest words, and all that say so.

    `tie` are the words for whom the accused is tied to, and empty where the position is about the deed. `says` is all of
    it in words ("ties HAFNIUM to the Chinese state"), `said` how surely the firmest claim says just this: a tie that is highly
    likely says nothing of how sure the deed is. `weakest` is how firmly the weakest of them says it.
    """

    source: str
    source_type: SourceType
    stance: Stance
    accused: str
    level: Level | None
    firmest: Claim
    says: str
    said: Proposition
    weakest: Firmness
    claims: tuple[str, ...]
    first: str | None  # ISO date of the first of them
    tie: str = ""
    state: str | None = None  # ISO code of the state that is itself accused by it
    relayed: str = ""  # who passes it on, where the source itself is in no text

    @property
    def who(self) -> str:
        """The source, and who tells of it where it does not speak for itself."""
        return f"{self.source} (according to {the(self.relayed)})" if self.relayed else self.source

    @property
    def saying(self) -> str:
        """What it says, as it follows the source's name: `name China` of "its allies"."""
        return agreed(self.source, self.says)

    @property
    def names(self) -> bool:
        """Whether it says of somebody that they did it: only this counts as an accusation of a deed."""
        return self.stance is Stance.ACCUSES and not self.tie


_Part = tuple[Claim, str, Proposition, str | None]


def positions(claims: Iterable[Claim]) -> tuple[Position, ...]:
    """Positions in the order stance, deed before tie, kind of speaker, level, source. Copies of one origin stay one claim of
    their source."""
    groups: dict[tuple[str, Stance, str, Level | None, str], list[tuple[Claim, str, Proposition, str | None]]] = defaultdict(
        list
    )
    for claim in claims:
        for says, tie, said, state in _parts(claim):
            key = (source_words(claim), _stance(claim), accused_words(claim), claim.accused.level, tie)
            groups[key].append((claim, says, said, state))
    found = []
    for (source, stance, accused, level, tie), mine in groups.items():
        mine.sort(key=lambda one: (-one[2].firmness.strength, one[0].date or "9999", one[0].id))
        firmest, says, said, _ = mine[0]
        found.append(
            Position(
                source=source,
                relayed=_relayed(source, [one[0] for one in mine]),
                source_type=firmest.source.type,
                stance=stance,
                accused=accused,
                level=level,
                firmest=firmest,
                says=says,
                said=said,
                weakest=mine[-1][2].firmness,
                claims=tuple(claim.id for claim, *_ in mine),
                first=min((claim.date for claim, *_ in mine if claim.date), default=None),
                tie=tie,
                state=next((state for *_, state in mine if state), None),
            )
        )
    # All that one source says stands together, at the place of the highest level that it names.
    highest: dict[tuple[str, Stance, bool], int] = {}
    for one in found:
        voice = (one.source, one.stance, bool(one.tie))
        highest[voice] = min(_level(one), highest.get(voice, len(LEVELS)))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                STANCES.index(one.stance),
                bool(one.tie),
                SPEAKERS.index(one.source_type),
                highest[(one.source, one.stance, bool(one.tie))],
                one.source,
                _level(one),
                one.accused,
                one.tie,
            ),
        )
    )


def _stance(claim: Claim) -> Stance:
    return Stance.CLAIMS if takes_credit(claim) else claim.stance


def _relayed(source: str, mine: Sequence[Claim]) -> str:
    """Who passes on all of it; nobody where a source only tells of itself."""
    via = mine[0].source.via
    return via[0].text if via and all(one.source.via for one in mine) and via[0].text != source else ""


def _parts(claim: Claim) -> Iterable[tuple[str, str, Proposition, str | None]]:
    """What a claim says, as (words, words of the tie, how surely, the state that just this accuses): the deed, the tie, or
    both."""
    tie = claim.tie if claim.stance is Stance.ACCUSES else None
    if claim.deed is not None or tie is None:
        itself = (
            claim.stance is Stance.ACCUSES and claim.deed is not None and claim.accused.level in {Level.STATE, Level.AGENCY}
        )
        yield " ".join(stance_words(claim)), "", claim.deed or claim.said, claim.accuses_state if itself else None
    if tie is not None and adds_a_tie(claim):
        yield " ".join(tied_words(claim, tie)), tie_words(tie), tie, tie.state if tie.kind.binds else None


def _level(position: Position) -> int:
    return LEVELS.index(position.level) if position.level else len(LEVELS)


def is_narration(position: Position) -> bool:
    """Whether the text itself speaks, without a source."""
    return position.firmest.source.party is None
