"""Who is meant: pronouns, "the group", a speaker's own state, names that an apposition explains."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import speakers_at
from indicia.read.claims.draft.suspects import specific
from indicia.read.claims.known.incidents import Incidents
from indicia.read.claims.known.names import Names
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.kinds import Described, as_place, describe_accused, describe_source, owner_unit
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import TITLES
from indicia.read.claims.refer.issuer import Issuer, Voice
from indicia.read.claims.refer.spoken import Spoken
from indicia.read.claims.refer.ties import Lands, lands_of, tied_state
from indicia.read.claims.score.cutting import Cut, Gate
from indicia.read.claims.score.judge import Verdict
from indicia.read.claims.score.scorer import Scored
from indicia.records import (
    AccusedType,
    SourceType,
    Stance,
)

__all__ = ["Found", "Resolver", "Tools", "tools_of"]


class Tools(NamedTuple):
    """What reading needs of the knowledge, built once."""

    names: Names
    states: dict[str, str]
    incidents: Incidents
    gate: Gate
    lands: Lands
    sectors: tuple[tuple[re.Pattern[str], str], ...]  # in small letters
    any_sector: re.Pattern[str]


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b")


@cache
def tools_of(knowledge: Knowledge) -> Tools:
    told = [(sector.name, [word.lower() for word in (sector.name, *sector.words)]) for sector in knowledge.sectors]
    sectors = tuple((_any_of(called), name) for name, called in told)
    any_sector = _any_of([word for _, called in told for word in called])
    states = {state.code: state.name for state in knowledge.states}
    return Tools(Names(knowledge), states, Incidents(knowledge), Gate(knowledge), lands_of(knowledge), sectors, any_sector)


class Found(NamedTuple):
    """A draft with its parties resolved, before it becomes a record."""

    draft: Draft
    piece: Cut
    source: Party | None
    source_is: Described | None
    accused: Party | None
    accused_is: Described | None
    accused_range: tuple[int, int] | None
    via: tuple[Party, ...]
    score: float = 0.0
    scored: Scored | None = None
    pair: tuple[int, int] = (0, 0)  # in `scored`
    features: tuple[float, ...] = ()  # what spoke for the pair
    judged: Verdict | None = None
    source_range: tuple[int, int] | None = None  # the source's words where they are not a party's: in the heading


_CATCHERS = frozenset("police detectives prosecutor prosecutors court judge tribunal jury".split())
_OWN = frozenset({"his", "her", "its", "their", "our", "my"})
_ROLES = frozenset({"gov_person", "person_speaker", "person", "company"})
_BODIES = frozenset({"agency", "company", "directorate", "firm", "ministry", "organisation", "organization", "service", "unit"})
_GANGS = frozenset({"actor", "actors", "attackers", "collective", "cybercriminals", "gang", "group", "hackers", "operators"})
_LANDS = frozenset({"country", "nation", "republic", "kingdom", "homeland"})


def _name_before(sentence: Sentence, index: int) -> Party | None:
    """The person whom party `index` only describes: Ann Bo in "Ann Bo, a security researcher, said"."""
    row, at, party = sentence.row, sentence.at, sentence.parties[index]
    if party.first < 2 or row[party.first - 1].low != "," or at[party.first - 2] < 0:
        return None
    first = row[party.first].low
    if party.plural or not row[party.first].text[0].islower() or not (first in ("a", "an", "the") or first in TITLES):
        return None
    name = sentence.parties[at[party.first - 2]]
    person = name.kinds[0] == "named_person" or name.kinds[0] == "agency" and first in TITLES
    return name if person and party.kinds[0] in _ROLES and name.last == party.first - 1 else None


def _named_after(party: Party, sentence: Sentence) -> Party | None:
    """The name in apposition to who speaks: "a former governor, Deepak Karki, said", "a rival firm, TeamT5, is"."""
    row, at = sentence.row, sentence.at
    k = party.last
    if party.name is not None or party.person_name is not None or k + 2 >= len(row) or row[k].low != "," or at[k + 1] < 0:
        return None
    name = sentence.parties[at[k + 1]]
    closed = name.first == k + 1 and name.last < len(row) and row[name.last].low == ","
    if not closed or name.last + 1 < len(row) and row[name.last + 1].low in ("and", "or"):
        return None
    person = name.kinds[0] == "named_person" and any(
        kind in ("gov_person", "person_speaker", "person", "company") for kind in party.kinds
    )
    firm = name.kinds[0] == "vendor" and "company" in party.kinds
    return name if person or firm else None


def _is_named_person(party: Party) -> bool:
    """Whether a party is one person, by a name of its own."""
    return party.kinds[0] == "named_person" or party.name is not None and party.name.detail == "person"


class Resolver:
    """Says whom a draft means, by who was spoken of before it in the document.

    `trusted`: the drafts passed the learned scorer, so that weak references are followed too.
    """

    def __init__(self, text: str, tools: Tools, issuer: Issuer | None = None, *, trusted: bool) -> None:
        self.issuer = issuer
        self.text = text
        self.tools = tools
        self.trusted = trusted
        self.spoken = Spoken(text, tools.states, issuer)

    def resolve(self, draft: Draft, piece: Cut, *, voice: Voice | None = None) -> Found | None:
        """The claim with its parties resolved; None where they cannot stand in a claim. `voice`: who speaks where no party
        of the sentence does."""
        sentence, said = piece.whole, piece.said
        states = self.tools.states
        trusted = self.trusted
        source = sentence.parties[draft.source] if draft.source >= 0 else None
        source_is: Described | None = None
        if source is not None:
            if source.kinds[0] == "pronoun":
                source_is = self.spoken.speaker_before(source, sentence, draft.source)
                if source_is is None:
                    if source.head in ("we", "i"):
                        source_is = Described("we", SourceType.COMPANY if source.head == "we" else SourceType.PERSON, None)
                    else:
                        source_is = Described(source.head, SourceType.GOVERNMENT, None)
                elif source.head in ("we", "i") and source_is.type == SourceType.MEDIA:
                    source_is = Described("we", SourceType.COMPANY, None)
            else:
                source_is = self._led_back(source, sentence, draft.source)
                source_is = source_is or self._in_office(source, describe_source(source, self.text, states))
                if (name := _name_before(sentence, draft.source)) is not None:
                    called = describe_source(name, self.text, states)
                    source, source_is = name, source_is._replace(canonical=called.canonical)
        source_range = None
        if voice is not None:
            source_is, source_range = voice
        elif source is None and self.issuer is not None and self.issuer.start is not None and not self._asked(piece):
            source_is, source_range = self.issuer.described, (self.issuer.start, self.issuer.end or self.issuer.start)
        if source is not None and source_is is not None and (name := _named_after(source, sentence)) is not None:
            source_range = (source.start, name.end)
            told = describe_source(name, self.text, states)
            if source_is.type == SourceType.PERSON or name.kinds[0] == "vendor" and source_is.type == SourceType.COMPANY:
                source_is = source_is._replace(canonical=told.canonical)
        accused = sentence.parties[draft.accused] if draft.accused >= 0 else None
        accused_is: Described | None = None
        accused_range = (accused.start, accused.end) if accused is not None else None
        if draft.self_reference and source is not None:
            accused_is, accused_range = self._own(source, source_is, sentence)
        elif draft.rule == "denied-accusation" and accused is not None and accused.kinds[0] != "actor":
            accused_is, accused_range = self._own(accused, describe_source(accused, self.text, states), sentence)
        elif accused is not None:
            first = accused.kinds[0]
            if first == "pronoun" or (accused.definite and not specific(accused)):
                seen = self.spoken.hostile_before(sentence, draft.accused, accused)
                if seen is None:
                    if first == "pronoun" and not trusted:
                        return None
                    accused_is = describe_accused(accused, self.text, states)
                    if draft.source < 0 and not trusted:
                        return None
                else:
                    accused_is = seen.accused
                    if first == "pronoun" and draft.stance is Stance.ACCUSES and source is None and not trusted:
                        return None
            else:
                accused_is = describe_accused(accused, self.text, states)
                if draft.place:
                    accused_is = as_place(accused_is, states)
                elif (
                    accused.name is None
                    and accused.state is None
                    and accused.kinds[0]
                    in ("named_person", "person", "unknown_name", "organisation", "group", "criminal", "company")
                ):
                    accused_is = self._apposed(accused, accused_is, sentence)
        if accused_is is not None and accused_is.state is None:
            accused_is = self._with_state(accused, accused_is, source, source_is, draft, sentence)
        if draft.stance is not Stance.DECLINES and accused_is is None:
            return None
        if draft.stance is Stance.ACCUSES and source is not None and source_is is not None and accused_is is not None:
            own = source_is.same == accused_is.same and accused_is.state == source_is.state and draft.source != draft.accused
            if own and source.kinds[0] in ("state", "capital", "agency", "vendor", "gov_body", "gov_person"):
                return None  # "shrugged off the charge that it had": nobody accuses itself but by a confession
        if (
            draft.stance is Stance.DENIES
            and source is None
            and (source_is is None or accused_is is None or source_is.state is None or source_is.state != accused_is.state)
        ):  # "groundless accusations against China", unless China's own statement says so
            return None
        if source is None and accused is not None and not specific(accused) and not accused.definite and not trusted:
            return None
        # relays: outer speakers of the place where the claim is made
        via: list[Party] = []
        if draft.source >= 0:
            for speech in speakers_at(said, draft.cue):
                if draft.source in speech.speakers:
                    continue  # who speaks beside it passes nothing on
                for s in speech.speakers:
                    if sentence.parties[s].kinds[0] != "pronoun" and sentence.parties[s] not in via:
                        via.append(sentence.parties[s])
        return Found(
            draft, piece, source, source_is, accused, accused_is, accused_range, tuple(reversed(via)), source_range=source_range
        )

    def _with_state(
        self,
        accused: Party | None,
        accused_is: Described,
        source: Party | None,
        source_is: Described | None,
        draft: Draft,
        sentence: Sentence,
    ) -> Described:
        """An accused whose own words tell no state with the one that what stands beside it tells, or who speaks: the first that
        does."""
        if accused is not None:
            if accused.kinds[0] != "pronoun":
                accused_is = accused_is._replace(state=tied_state(accused, sentence, self.text, self.tools.lands))
            if accused_is.state is None and source_is is not None:
                accused_is = self._of_speaker(accused, accused_is, source, source_is, draft, sentence)
            if accused_is.state is None and draft.stance is Stance.ACCUSES:
                accused_is = accused_is._replace(state=_caught(accused, source, source_is))
        if accused_is.state is None and draft.stance is Stance.DENIES and source_is is not None:
            accused_is = accused_is._replace(state=_at_home(source, source_is))
        return accused_is

    def _of_speaker(
        self,
        accused: Party,
        accused_is: Described,
        source: Party | None,
        source_is: Described,
        draft: Draft,
        sentence: Sentence,
    ) -> Described:
        """Whom words without a state mean that point back to who speaks: "his country", "its services", the "it" of a denial;
        and "the country" of which another state accuses the one that denies it."""
        own = sentence.row[accused.first].low in _OWN
        denies = draft.stance is Stance.DENIES
        if accused.head in _LANDS and (own or accused.definite):
            state = source_is.state if own or denies else None
            earlier = (p.state for p in sentence.parties if p.first < accused.first and p.state not in (None, source_is.state))
            state = state or next(earlier, None)
            return Described(self.tools.states[state], AccusedType.STATE, state) if state else accused_is
        if own and denies and accused.head in _BODIES and source is not None:
            return describe_accused(source, self.text, self.tools.states)  # "his agency"
        if own and accused.kinds[0] != "person":
            return accused_is._replace(state=source_is.state)
        if denies and accused.kinds[0] == "pronoun" and source is not None and source is not accused:
            return self._own(source, source_is, sentence)[0] or accused_is
        return accused_is

    def _led_back(self, source: Party, sentence: Sentence, index: int) -> Described | None:
        """Which actor speaks as "the gang" or "the hackers"."""
        if source.head not in _GANGS or not source.definite or specific(source):
            return None
        seen = self.spoken.hostile_before(sentence, index, source)
        if seen is None or seen.accused.type not in (AccusedType.GROUP, AccusedType.CRIMINAL):
            return None
        return Described(seen.accused.canonical, SourceType.GROUP, seen.accused.state, id=seen.accused.id)

    def _in_office(self, party: Party, described: Described) -> Described:
        """An office or a paper that says not whose it is ("the spokesperson", "this advisory") is the issuer's, and in a
        company's own statement it is "the company"."""
        nobody = party.name is None and party.owner is None and party.state is None and party.person_name is None
        if self.issuer is None or not (nobody and party.definite):
            return described
        if party.head in ("company", "firm") and not party.plural and self.issuer.described.type is SourceType.COMPANY:
            return self.issuer.described
        if party.kinds[0] not in ("gov_person", "report"):
            return described
        return described if party.plural and party.kinds[0] == "gov_person" else self.issuer.described

    def _asked(self, piece: Cut) -> bool:
        """Whether the words are those of somebody who asks the issuer."""
        return self.text[piece.own[0] : piece.own[0] + 9].lower().startswith(("question:", "q:"))

    def _own(
        self, source: Party, described: Described | None, sentence: Sentence
    ) -> tuple[Described | None, tuple[int, int] | None]:
        """Whom a speaker clears who denies for itself: its state, itself, or the one that was accused before."""
        states = self.tools.states
        unit = owner_unit(sentence.row, source)
        if source.kinds[0] in ("state", "capital", "demonym") or (
            unit is not None and unit.name is not None and unit.name.kind in ("state", "capital", "demonym")
        ):
            state = source.state or (unit.name.state if unit is not None and unit.name is not None else None)
            where = (unit.start, unit.end) if unit is not None else (source.start, source.end)
            return Described(states.get(state or "", ""), AccusedType.STATE, state), where
        person = source.kinds[0] == "person" and source.definite and not specific(source)
        voice = described is not None and described.state is not None  # a spokesperson's "he" clears the state
        if person and not source.plural or source.kinds[0] == "pronoun" and source.head in ("he", "she") and not voice:
            # "the defendant denied all charges"
            named = next((seen for seen in reversed(self.spoken.hostile) if _is_named_person(seen.party)), None)
            if named is not None:
                return named.accused, (source.start, source.end)
        if source.kinds[0] in ("actor", "criminal", "group", "vendor", "named_person", "person", "company", "unknown_name"):
            return describe_accused(source, self.text, states), (source.start, source.end)
        if described is not None and described.state is not None:
            return Described(states.get(described.state, described.canonical), AccusedType.STATE, described.state), (
                source.start,
                source.end,
            )
        for seen in reversed(self.spoken.hostile):
            if seen.accused.state is not None:
                return Described(
                    states.get(seen.accused.state, seen.accused.canonical), AccusedType.STATE, seen.accused.state
                ), (source.start, source.end)
        return describe_accused(source, self.text, states), (source.start, source.end)

    def _apposed(self, party: Party, described: Described, sentence: Sentence) -> Described:
        """State and type of a name that the words right after or before it tell: "Park Jin Hyok, a North Korean programmer"."""
        row, at = sentence.row, sentence.at
        k = party.last
        if k + 1 < len(row) and row[k].low in (",", "(") and at[k + 1] >= 0:
            other = sentence.parties[at[k + 1]]
            if (
                other.first == k + 1
                and other.kinds[0] in ("person", "group", "criminal", "gov_person", "company", "agency")
                and (other.state or described.type == AccusedType.GROUP)
            ):
                told = describe_accused(other, self.text, self.tools.states)
                kind = described.type if party.person_name else told.type
                return Described(described.canonical, kind, other.state or described.state, told.level)
        return described


def _at_home(source: Party | None, described: Described) -> str | None:
    """The state of a speaker, also of a company whose state is known: who denies speaks for its own."""
    if described.state is not None or source is None:
        return described.state
    names = (source.name, source.owner)
    return next((name.state for name in names if name is not None and name.state and name.kind in ("vendor", "actor")), None)


def _caught(accused: Party, source: Party | None, described: Described | None) -> str | None:
    """The state of a court that tells of a person, or of police that tell of one without a name: mostly one of its own, who was
    caught. American prosecutors charge people anywhere."""
    if source is None or described is None or described.state in (None, "US") or accused.name is not None:
        return None
    if described.type == SourceType.COURT and accused.kinds[0] in ("person", "named_person"):
        return described.state
    held = source.head in _CATCHERS or source.name is not None and source.name.detail in ("police", "prosecutor")
    return described.state if held and accused.kinds[0] == "person" and accused.person_name is None else None
