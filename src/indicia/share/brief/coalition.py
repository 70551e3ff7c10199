"""Who says what: the claims of a case as positions, one for each source and accused, the firmest words first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from indicia.records import Affair, Case, Claim, Firmness, Judgement, Level, Record, SourceType, Stance, incidents_of

__all__ = [
    "Position",
    "is_narration",
    "main_affair",
    "of_main_affair",
    "rejected",
    "accused_words",
    "firmness_words",
    "positions",
    "source_words",
    "stance_words",
]

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


def source_words(claim: Claim) -> str:
    """The source's canonical name; narration without a source is called so."""
    party = claim.source.party
    if party is None:
        return "the text itself (no source named)"
    # A canonical name alone would turn an unnamed official into the government that employs them.
    unnamed = claim.source.type is SourceType.ANONYMOUS and "official" not in party.canonical.lower()
    return f"{party.canonical} (unnamed official)" if unnamed else party.canonical


def accused_words(claim: Claim) -> str:
    """Whom the claim names, never more than it does: a place is called a place."""
    accused = claim.accused
    if accused.party is None:
        return "nobody by name"
    name = accused.party.canonical
    # "actors operating from China" says already that it is about a place.
    told = any(word in f" {name} " for word in ("territory", " from ", " in "))
    return f"the territory of {name}" if accused.level is Level.PLACE and not told else name


def stance_words(claim: Claim) -> tuple[str, str]:
    """The verb and its object: (`denies`, `the charge against China`), (`declines`, `to name anyone`) ..."""
    name = accused_words(claim)
    party = claim.accused.party is not None
    if claim.stance is Stance.ACCUSES and claim.deed is None and claim.tie is not None:
        return "ties", f"{name} to {claim.tie.to or 'a state'}"
    return {
        Stance.ACCUSES: ("names", name),
        Stance.CLAIMS: ("takes credit", "for it"),
        Stance.ENDORSES: ("endorses", f"what others say of {name}" if party else "what others said"),
        Stance.QUESTIONS: ("questions", f"the charge against {name}" if party else "what others said"),
        Stance.DENIES: ("denies", f"the charge against {name}" if party else "the charge"),
        Stance.DECLINES: ("declines", f"to name {name}" if party else "to name anyone"),
    }[claim.stance]


def firmness_words(claim: Claim) -> str:
    """How surely it was said, in the ledger's word."""
    return "flat statement" if claim.said.firmness is Firmness.NONE else claim.said.firmness.value


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


def main_affair(case: Case) -> tuple[str | None, str]:
    """Id and name of the affair that most sources speak about; (None, "") where there is none.

    An affair that no table knows has no id; it is one where more than one text speaks of it.
    """
    speakers: dict[str, set[str]] = defaultdict(set)
    for claim in case.claims:
        if claim.incident_id:
            speakers[claim.incident_id].add(source_words(claim))
    unlisted = _unlisted(case)
    if unlisted is not None and len(unlisted.rows) > max(map(len, speakers.values()), default=0):
        return None, unlisted.name
    if not speakers:
        return None, ""
    main = min(speakers, key=lambda key: (-len(speakers[key]), key))
    names = [affair.name for affair in case.affairs if affair.incident_id == main]
    names += [claim.incident for claim in case.claims if claim.incident_id == main and claim.incident]
    return main, names[0] if names else main


def _unlisted(case: Case) -> Affair | None:
    """The affair without an id that most sources speak about, in more than one text."""
    text_of = {claim.id: claim.quote.document for claim in case.claims}
    shared = [
        affair
        for affair in case.affairs
        if affair.incident_id is None and len({text_of.get(one) for row in affair.rows for one in row.claims}) > 1
    ]
    return max(shared, key=lambda affair: len(affair.rows), default=None)


def of_main_affair(case: Case) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """The claims on the main affair, and those on others; without those that a person rejected.

    A claim that is tied to no known affair counts here unless it tells of victims of its own: "APT40 targeted shipyards", said
    on the same day, is not said of this affair.
    """
    main, name = main_affair(case)
    about = incidents_of(case.claims, case.affairs)
    unlisted = _unlisted(case) if main is None and name else None
    members = {one for row in unlisted.rows for one in row.claims} if unlisted else set()
    out = rejected(case)
    kept = [claim for claim in case.claims if claim.id not in out]

    def belongs(claim: Claim) -> bool:
        if not name or claim.id in members:
            return True
        if main is not None and about.get(claim.id) == main:
            return True
        return claim.incident_id is None and not (claim.victims or claim.sectors)

    return tuple(claim for claim in kept if belongs(claim)), tuple(claim for claim in kept if not belongs(claim))


def rejected(case: Case) -> dict[str, Judgement]:
    """What people rejected and did not take back, by the id of the record: the last word on each counts."""
    last: dict[str, Judgement] = {}
    for one in case.judgements:
        if one.action in {"reject", "confirm"}:
            last[one.subject] = one
    return {subject: one for subject, one in last.items() if one.action == "reject"}


def is_narration(position: Position) -> bool:
    """Whether the text itself speaks, without a source."""
    return position.firmest.source.party is None


def origins(case: Case) -> int:
    """How many independent first utterances the claims go back to, as far as the reader could tell."""
    return len({claim.origin or claim.id for claim in case.claims})
