"""Page one as slots, filled from the ledger: who names whom, who ties whom to whom, who claims it, who declines, doubts, denies
or takes back. The same rows in the brief and on the page.

A government is one voice, however many of its people speak. What the reader is not sure of stands in the same slots, marked,
and counts for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import msgspec

from indicia.affairs.origins import day_of
from indicia.knowledge.articles import capital
from indicia.records import Case, Claim, Document, Level, Record, SourceType, Stance, Tie, TieKind
from indicia.view.affair import Subject
from indicia.view.inert import clip
from indicia.view.judgements import NO_SOURCE
from indicia.view.language import colon, country, forms, joined, tell, tell_many
from indicia.view.positions import Position, is_narration, positions
from indicia.view.saying import firm_words, says_words, voice_words
from indicia.view.voices import Voices, actors_of
from indicia.view.words import by_state, several

UNSURE = 2  # rows to check of each slot
ROWS, LEAST = 9, 3  # rows in all, as long as so many are to check: page one is one sheet
QUOTE = 130  # characters of what somebody said
_SPEECH = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")


class Slot(StrEnum):
    """What a row of page one says, in the order in which it is told."""

    NAMED = "named"
    TIED = "tied"
    CREDIT = "credit"
    BACKED = "backed"
    TAKEN_BACK = "taken back"
    OPEN = "open"
    DOUBTED = "doubted"
    DENIED = "denied"


_SLOTS = {
    Stance.ACCUSES: Slot.NAMED,
    Stance.CLAIMS: Slot.CREDIT,
    Stance.ENDORSES: Slot.BACKED,
    Stance.WITHDRAWS: Slot.TAKEN_BACK,
    Stance.DECLINES: Slot.OPEN,
    Stance.QUESTIONS: Slot.DOUBTED,
    Stance.DENIES: Slot.DENIED,
}
MOST = {  # rows of each slot
    Slot.NAMED: 5, Slot.TIED: 3, Slot.CREDIT: 2, Slot.BACKED: 2, Slot.TAKEN_BACK: 2, Slot.OPEN: 3, Slot.DOUBTED: 3,
    Slot.DENIED: 3,
}  # fmt: skip
_CHARGES = frozenset({Slot.NAMED, Slot.TIED, Slot.BACKED})
ANSWERS = frozenset(Slot) - {Slot.NAMED, Slot.TIED}


class Row(Record, frozen=True, kw_only=True):
    """One thing that is said: the verb and the rest of it, by whom (one name for each voice, and `speakers`, which tell them
    apart in all rows), in which words of firmness, when first, and in which words where they are an answer. `claims` are what
    it rests on, the firmest first."""

    slot: Slot
    verb: str
    whom: str
    voices: tuple[str, ...]
    speakers: tuple[str, ...]
    firmly: str
    when: str
    quote: str = ""
    sure: bool = True
    claims: tuple[str, ...] = ()
    mine: tuple[Position, ...] = ()


def rows(case: Case, about: Subject) -> tuple[Row, ...]:
    """The rows of an affair in the order of slots, those to check last."""
    documents = {document.id: document for document in case.documents}
    actors = actors_of(case)
    sure = rows_of([one for one in about.mine if one.id in about.on_it] or about.mine, documents, actors)
    known = {(row.slot, row.whom, voice) for row in sure for voice in row.speakers}
    unsure = list(filter(None, (_without(row, known) for row in rows_of(about.unsure, documents, actors, sure=False))))
    told = _few(sure, MOST)
    left = _few(unsure, dict.fromkeys(MOST, UNSURE))
    first = {row.slot: row for row in reversed(left) if row.slot not in {one.slot for one in told}}
    chosen = sorted(left, key=lambda row: (first.get(row.slot) is not row, left.index(row)))[: max(LEAST, ROWS - len(told))]
    return (*told, *sorted(chosen, key=left.index))


def _without(row: Row, known: set[tuple[Slot, str, str]]) -> Row | None:
    """A row without the voices of whom it is sure that they say so; None where none is left."""
    left = [pair for pair in zip(row.speakers, row.voices, strict=True) if (row.slot, row.whom, pair[0]) not in known]
    if not left:
        return None
    return msgspec.structs.replace(row, speakers=tuple(key for key, _ in left), voices=tuple(name for _, name in left))


def rows_of(
    claims: Iterable[Claim],
    documents: Mapping[str, Document],
    actors: Mapping[str, str] = MappingProxyType({}),
    *,
    sure: bool = True,
) -> list[Row]:
    """All rows of some claims in the order of slots. `documents` are those of the claims by id, `actors` ids by name; `sure` is
    noted in each row."""
    found = positions(claims)
    found = tuple(one for one in found if not is_narration(one)) or found
    found = tuple(one for one in found if not one.tie or _tells_a_tie(one.firmest))
    voices = Voices(found, actors)
    groups: dict[tuple[object, ...], list[Position]] = defaultdict(list)
    for one in found:
        groups[_key(one, voices)].append(one)
    made = [_row(_named(mine, voices), documents, voices, sure=sure) for mine in groups.values()]
    order = list(Slot)
    return sorted(
        made,
        key=lambda row: (
            order.index(row.slot), row.slot is Slot.DENIED and not _official(row), -len(row.voices), -_strength(row), row.whom,
            row.voices,
        ),
    )  # fmt: skip


def _tells_a_tie(claim: Claim) -> bool:
    """Whether a tie says to whom, and more than that an agency is one of its own state's."""
    tie = claim.tie
    if tie is None or not (tie.to or tie.state):
        return tie is None
    return not (tie.kind is TieKind.ORGAN and claim.accused.level is Level.AGENCY and _country_of(tie) == claim.accused.state)


def _country_of(tie: Tie) -> str | None:
    """The state that somebody is tied to as such, rather than one of its bodies."""
    return tie.state if tie.state and tie.to in {"", tie.state, by_state(tie.state)[0]} else None


def _few(found: Sequence[Row], most: Mapping[Slot, int]) -> list[Row]:
    """The first rows of each slot."""
    out, count = [], defaultdict[Slot, int](int)
    for row in found:
        count[row.slot] += 1
        if count[row.slot] <= most[row.slot]:
            out.append(row)
    return out


def slot_of(one: Position) -> Slot:
    return Slot.TIED if one.tie else _SLOTS[one.stance]


def _key(one: Position, voices: Voices) -> tuple[object, ...]:
    """What stands in one row: the same said of the same; of answers, those of one voice."""
    slot = slot_of(one)
    if slot in (Slot.OPEN, Slot.DENIED, Slot.CREDIT):
        return slot, voices.of(one)
    verb, whom = says_words(one)
    return (slot, verb, voices.accused(one.accused)) if slot is Slot.NAMED else (slot, verb, whom)


def _named(mine: list[Position], voices: Voices) -> list[Position]:
    """Without voices that have no name, where others do: "Western officials" are of those that are named."""
    return [one for one in mine if voices.is_named(one)] or mine


def _row(mine: list[Position], documents: Mapping[str, Document], voices: Voices, *, sure: bool) -> Row:
    mine.sort(key=lambda one: (-one.said.firmness.strength, day_of(one.firmest, documents), one.source))
    first = mine[0]
    slot = slot_of(first)
    verb, whom = says_words(first)
    by_voice: dict[str, list[Position]] = defaultdict(list)
    for one in mine:
        by_voice[voices.of(one)].append(one)
    first_day = min(day_of(one.firmest, documents) for one in mine)
    return Row(
        slot=slot,
        verb=verb,
        whom=whom,
        voices=tuple(voice_words(each) for each in by_voice.values()),
        speakers=tuple(by_voice),
        firmly=firm_words(sorted(mine, key=lambda one: one.said.firmness.strength)) if slot not in ANSWERS else "",
        when=first_day if first_day != "9999" else tell("no date given"),
        quote=said_words(first.firmest) if slot in ANSWERS else "",
        sure=sure,
        claims=tuple(dict.fromkeys(claim for one in mine for claim in (one.firmest.id, *one.claims))),
        mine=tuple(mine),
    )


def _strength(row: Row) -> int:
    return max(one.said.firmness.strength for one in row.mine)


def _official(row: Row) -> bool:
    return any(one.firmest.source.state and one.firmest.source.type is SourceType.GOVERNMENT for one in row.mine)


def said_words(claim: Claim) -> str:
    """What somebody said, in their own words where the sentence quotes some."""
    quote = " ".join(claim.quote.text.split())
    speeches = [match[1].strip(" ,.;") for match in _SPEECH.finditer(quote)]
    enough = 2 * sum(map(len, speeches)) > len(quote) or claim.stance is not Stance.QUESTIONS
    told = " … ".join(speeches) if enough else ""
    return clip(told or quote, QUOTE)


_COUNTED = (
    (Slot.NAMED, forms("{count} voice names who did it", "{count} voices name who did it")),
    (Slot.CREDIT, forms("{count} claims it", "{count} claim it")),
    (Slot.TAKEN_BACK, forms("{count} takes a charge back", "{count} take a charge back")),
    (Slot.OPEN, forms("{count} declines to name anyone", "{count} decline to name anyone")),
    (Slot.DOUBTED, forms("{count} doubts or clears", "{count} doubt or clear")),
    (Slot.DENIED, forms("{count} denies", "{count} deny")),
)
_ANSWERED = (
    (Slot.CREDIT, forms("{who} claims responsibility for it.", "{who} claim responsibility for it.")),
    (Slot.TAKEN_BACK, forms("{who} takes back a charge.", "{who} take back a charge.")),
    (Slot.DOUBTED, forms("{who} doubts a charge or clears somebody.", "{who} doubt a charge or clear somebody.")),
    (Slot.OPEN, forms("{who} declines to name anyone.", "{who} decline to name anyone.")),
    (Slot.DENIED, forms("{who} denies it.", "{who} deny it.")),
)
TOLD = 3  # voices in a sentence


def counted(found: Sequence[Row]) -> str:
    """How many voices take which side: `3 voices name who did it, 1 denies`."""
    parts = []
    for slot, words in _COUNTED:
        voices = {voice for row in found if row.sure and row.slot is slot for voice in row.speakers}
        if voices:
            parts.append(tell_many(*words, len(voices)))
    return ", ".join(parts) or tell("No voice found that names who did it")


def gist(found: Sequence[Row]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The affair in a few sentences, each with the ids that it rests on: who names whom, and who answers."""
    sure = [row for row in found if row.sure]
    named = next((row for row in sure if row.slot is Slot.NAMED), None)
    tied = next((row for row in sure if row.slot is Slot.TIED), None)
    out = []
    if named is not None:
        words = forms("{who} names {accused}.", "{who} name {accused}.")
        out.append((capital(_sentence(words, named, accused=named.whom)), named.claims[:TOLD]))
        if (other := _other_state(sure, named)) is not None:
            words = forms("They do not agree: {who} names {accused}.", "They do not agree: {who} name {accused}.")
            out.append((_sentence(words, other, accused=other.whom), other.claims[:TOLD]))
    elif tied is not None:
        out.append((capital(f"{_who(tied)}{colon()}{tied.verb[:1].lower()}{tied.verb[1:]} {tied.whom}."), tied.claims[:TOLD]))
    elif found:
        waiting = len({claim for row in found if not row.sure for claim in row.claims})
        unsure = forms(
            "The reader is not sure that anybody is accused; {count} claim needs checking.",
            "The reader is not sure that anybody is accused; {count} claims need checking.",
        )
        told = tell_many(*unsure, waiting) if waiting else tell(NO_SOURCE)
        out.append((told, tuple(claim for row in found for claim in row.claims[:1])[:TOLD]))
    for slot, words in _ANSWERED:
        mine = [row for row in sure if row.slot is slot and (slot is not Slot.DENIED or _is_accused(row, sure))]
        if mine:
            voices = {key: voice for row in reversed(mine) for key, voice in zip(row.speakers, row.voices, strict=True)}
            together = msgspec.structs.replace(mine[0], voices=tuple(reversed(voices.values())))
            out.append((capital(_sentence(words, together)), tuple(row.claims[0] for row in mine)[:TOLD]))
    return tuple(out)


def _is_accused(denial: Row, found: Sequence[Row]) -> bool:
    """Whether who denies is accused by another row: what others deny stands in their own words in the table alone."""
    charged = [one for row in found if row.slot in _CHARGES for one in row.mine]
    accused = {name for one in charged for name in (one.firmest.accused.state, one.accused.casefold()) if name}
    return any(not accused.isdisjoint((one.firmest.source.state, one.source.casefold())) for one in denial.mine)


def _other_state(found: Sequence[Row], named: Row) -> Row | None:
    """The first row that names somebody of another state."""
    states = {one.firmest.accused.state for one in named.mine} - {None}
    rest = (row for row in found if row.slot is Slot.NAMED and states and not set(row.speakers) <= set(named.speakers))
    return next(
        (row for row in rest if (mine := {one.firmest.accused.state for one in row.mine}) - {None} and not mine & states), None
    )


def _sentence(words: tuple[str, str], row: Row, **names: object) -> str:
    """The sentence whose verb agrees with those who speak."""
    plural = len(row.voices) > 1 or several(row.voices[0]) or ((state := country(row.mine[0].source)) and state.plural)
    return tell_many(words[0], words[1], 2 if plural else 1, who=_who(row), **names)


def _who(row: Row) -> str:
    names = list(row.voices[:TOLD])
    if len(row.voices) > TOLD:
        names.append(tell("{count} more", count=len(row.voices) - TOLD))
    return joined(names)
