"""Who was spoken of so far in a document, and whom a pronoun or "the group" leads back to."""

from __future__ import annotations

from typing import NamedTuple

from indicia.read.claims.draft.suspects import defends, specific, suspect
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.kinds import Described, describe_accused, describe_source, on_territory
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import TITLES
from indicia.read.claims.refer.issuer import Issuer
from indicia.read.claims.score.cutting import Cut

__all__ = ["Seen", "Spoken"]

REMEMBERED = 24  # parties of either kind


class Seen(NamedTuple):
    """A party that was met earlier in the document, for what points back to it."""

    party: Party
    accused: Described
    source: Described


class Spoken:
    """Remembers the parties of a document, sentence by sentence: who may speak, and who may be accused."""

    def __init__(self, text: str, states: dict[str, str], issuer: Issuer | None) -> None:
        self.text = text
        self.states = states
        self.issuer = issuer
        self.speakers: list[Seen] = []
        self.hostile: list[Seen] = []

    def _seen(self, party: Party) -> Seen:
        return Seen(party, describe_accused(party, self.text, self.states), describe_source(party, self.text, self.states))

    def remember(self, piece: Cut) -> None:
        for party in piece.whole.parties[piece.before :]:
            if party.kinds[0] == "pronoun":
                continue
            seen = self._seen(party)
            if party.kinds[0] not in ("place", "unknown_name", "organisation") and not on_territory(party):
                self.speakers.append(seen)
            if (
                party.kinds[0] in ("actor", "criminal", "agency", "state", "capital", "named_person")
                or party.hostile
                or (party.kinds[0] == "group" and specific(party))
            ):
                self.hostile.append(seen)
        del self.speakers[:-REMEMBERED], self.hostile[:-REMEMBERED]

    def speaker_before(self, party: Party, sentence: Sentence, index: int) -> Described | None:
        """Whom a pronoun that speaks stands for."""
        head = party.head
        if head == "we" and self.issuer is not None:
            return self.issuer.described
        person = head in ("he", "she")
        earlier = [p for p in sentence.parties[:index] if p.kinds[0] != "pronoun"]
        # the subject of the sentence, which mostly stands first, before what is nearest
        ordered = [p for p in earlier if p.start >= sentence.row[0].start and p.first <= 3][:1] + earlier[::-1]
        candidates = [(p, describe_source(p, self.text, self.states)) for p in ordered]
        candidates += [(seen.party, seen.source) for seen in reversed(self.speakers)]
        if head in ("we", "i"):  # who writes mostly opens a sentence with its name, and is not what a report is about
            candidates.sort(key=lambda pair: pair[0].first > 2)
        for candidate, described in candidates:
            first = candidate.kinds[0]
            if candidate.hostile and first in ("actor", "group", "criminal") or first == "place" or on_territory(candidate):
                continue
            if person and not self._is_person(candidate):
                continue
            if head in ("we", "i") and first in ("group", "criminal", "actor"):
                continue  # whom a report is about does not write it
            if head == "it" and (
                first in ("gov_person", "person_speaker", "person", "named_person") or candidate.plural and first != "union"
            ):
                continue
            if (
                head == "they"
                and not candidate.plural
                and first not in ("gov_body", "agency", "vendor", "state", "capital", "union", "company")
            ):
                continue
            return described
        return None

    def _is_person(self, party: Party) -> bool:
        """Whether "he" or "she" may stand for a party, also for one that is known as a voice of its state."""
        words = self.text[party.start : party.end].lower().split()
        return bool(
            party.person_name
            or party.kinds[0] in ("gov_person", "person_speaker", "named_person")
            or not TITLES.isdisjoint(words)
        )

    def hostile_before(self, sentence: Sentence, index: int, pointing: Party) -> Seen | None:
        """Which actor "the group" or "it" stands for. Only a pronoun or a person leads back to what may be a person's name:
        "the threat actor" is not the "Remote System Discovery" of the heading above."""
        head = pointing.head
        persons = pointing.kinds[0] in ("pronoun", "person", "named_person", "gov_person")
        if head in ("it", "they"):
            # "Moscow rejected accusations by Berlin that it ...": the subject of the sentence
            subject = next((p for p in sentence.parties[:index] if p.kinds[0] != "pronoun"), None)
            if subject is not None and subject.kinds[0] in ("state", "capital") and suspect(subject):
                return self._seen(subject)
        for party in reversed(sentence.parties[:index]):
            if defends(party):
                continue
            if (
                party.kinds[0] == "actor"
                or (party.hostile and specific(party))
                or (party.kinds[0] in ("criminal", "group") and specific(party))
            ):
                return self._seen(party)
        for seen in reversed(self.hostile):
            first = seen.party.kinds[0]
            if first in ("actor", "criminal", "group") or (first == "named_person" and persons) or seen.party.hostile:
                return seen
        return None
