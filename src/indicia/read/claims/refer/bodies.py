"""Which body speaks where a text only describes it.

"The researchers" are those of the firm that was named, a researcher speaks for her firm, "prosecutors" and "the indictment"
for the authority that charges; "the two agencies" are those named last. Who is meant may be named before or, in a lead
("Researchers have found ..."), only afterwards, so this is asked when a document has been read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from indicia.read.claims.draft.speech import Speech
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.kinds import Described, describe_source
from indicia.read.claims.parse.party import Party
from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.words.wordsets import word_set
from indicia.records import SourceType

__all__ = ["Bodies"]

_FIRM = word_set("bodies.firm")  # heads that a firm is described by, or what it wrote
_LAW = word_set("bodies.law")  # who charges, or the paper that does
_SEVERAL = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5}
_OF = frozenset({"of", "at", "from", "with", "for"})
_POINTING = frozenset({"the", "these", "this", "its", "their"})
_VAGUE = frozenset({"a", "an", "some", "several", "many", "multiple"})
_LOOKED_AT = 64  # bodies before and after a description
_WORD = re.compile(r"[A-Za-z]+")
_REACH = 9  # words between a person and the body that he is said to be of


class _Body(NamedTuple):
    """A body that the text names."""

    start: int
    is_: Described
    speaks: bool


class Bodies:
    """The bodies and their people that a document names, for what only describes them."""

    def __init__(self, text: str, states: dict[str, str]) -> None:
        self.text = text
        self.states = states
        self._firms: list[_Body] = []
        self._agencies: list[_Body] = []
        self._charging: dict[str, list[_Body]] = {"prosecutor": [], "police": []}
        self._people: dict[str, Described] = {}  # the last word of a name -> for whom that person speaks

    def meet(self, sentence: Sentence, said: Sequence[Speech], first: int = 0) -> None:
        """Remembers who is named in a sentence, from party `first` on."""
        speak = {index for speech in said for index in speech.speakers}
        for index in range(first, len(sentence.parties)):
            party = sentence.parties[index]
            if party.kinds[0] == "pronoun":
                continue
            told = describe_source(party, self.text, self.states)
            if party.person_name is not None:
                body = told if told.canonical != party.person_name else self._body_of(sentence, index)
                if body is not None and body.type in (SourceType.COMPANY, SourceType.GOVERNMENT):
                    self._people.setdefault(_last_word(party.person_name), body)
            named = _Body(party.start, told, index in speak)
            firm = _is(party, "vendor") and told.type is SourceType.COMPANY
            if firm or named.speaks and self._is_called(party, told):
                self._firms.append(named)
            elif _is(party, "agency"):
                self._agencies.append(named)
                for name in (party.name, party.owner):
                    if name is not None and name.detail in self._charging:
                        self._charging[name.detail].append(named)
                        break

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(_WORD.findall(self.text))

    def _is_called(self, party: Party, told: Described) -> bool:
        """Whether a company that nobody knows is called by a name: one that the text has again, and never writes small."""
        if told.type is not SourceType.COMPANY or party.kinds[0] not in ("unknown_name", "organisation") or party.definite:
            return False
        first = told.canonical.split()[0]
        return first[:1].isupper() and self._words[first] > 1 and first.lower() not in self._words

    def _body_of(self, sentence: Sentence, index: int) -> Described | None:
        """Whose a person is said to be: "Ann Bo of X", "Ann Bo, a researcher at X", "an X researcher, Ann Bo"."""
        row, person = sentence.row, sentence.parties[index]
        verbs = [verb.first for verb in sentence.verbs]
        for party in sentence.parties[index + 1 : index + 3]:
            gap = row[person.last : party.first]
            if len(gap) > _REACH or any(person.last <= verb < party.first for verb in verbs):
                break
            if gap and (gap[0].low == "," or gap[-1].low in _OF) and (_is(party, "vendor") or _is(party, "agency")):
                return describe_source(party, self.text, self.states)
        before = sentence.parties[index - 1] if index else None
        if before is not None and before.last + 1 == person.first and row[before.last].low == "," and _is(before, "vendor"):
            return describe_source(before, self.text, self.states)
        return None

    def named(self, found: Found) -> list[Found]:
        """A candidate with the body that its source means: mostly one, of "the two agencies" two."""
        if found.source is None or found.source_is is None or found.source_range is not None:
            return [found]
        return [found._replace(source_is=body) for body in self.meant(found.source, found.source_is)]

    def meant(self, party: Party, told: Described) -> Iterator[Described]:
        """Who speaks where `party` does, which by itself was `told`: mostly that one."""
        if (body := self._people.get(_last_word(told.canonical))) is not None and told.type is SourceType.PERSON:
            yield body
        elif not self._describes(party) or told != describe_source(party, self.text, self.states):
            yield told
        elif party.head in _FIRM and self._points(party):
            yield _nearest(self._firms, party) or told
        elif party.head in _LAW and not self._vague(party):
            yield _nearest(self._charging["prosecutor"] or self._charging["police"], party) or told
        elif party.head == "agencies" and (several := self._several(party)):
            yield from several
        else:
            yield told

    def _describes(self, party: Party) -> bool:
        """Whether a party has no name in its words."""
        if any(name is not None for name in (party.name, party.owner, party.state, party.person_name)):
            return False
        return all(word.islower() or not word.isalpha() for word in self.text[party.start : party.end].split()[1:])

    def _points(self, party: Party) -> bool:
        """Whether a description points to one that is named: "the researchers", or "Researchers" in a lead."""
        words = self.text[party.start : party.end].split()
        lead = len(words) == 1 and party.plural and not (self._firms and self._firms[0].start < party.start)
        return lead or words[0].lower() in _POINTING

    def _vague(self, party: Party) -> bool:
        return self.text[party.start : party.end].split()[0].lower() in _VAGUE

    def _several(self, party: Party) -> list[Described]:
        """The agencies of "the two agencies": so many as were named last."""
        words = self.text[party.start : party.end].lower().split()
        count = next((_SEVERAL[word] for word in words if word in _SEVERAL), 0)
        found = dict.fromkeys(body.is_ for body in reversed(_around(self._agencies, party)[0]))
        return list(found)[:count][::-1] if len(found) >= count else []


def _around(bodies: Sequence[_Body], party: Party) -> tuple[Sequence[_Body], Sequence[_Body]]:
    """Those named before a party, and those after it, as far as is looked."""
    at = bisect_left(bodies, party.start, key=lambda body: body.start)
    return bodies[max(0, at - _LOOKED_AT) : at], bodies[at : at + _LOOKED_AT]


def _nearest(bodies: Sequence[_Body], party: Party) -> Described | None:
    """The last one named before, rather one that spoke; else the first one after that speaks."""
    before, after = _around(bodies, party)
    chosen = next((body for body in reversed(before) if body.speaks), before[-1] if before else None)
    chosen = chosen or next((body for body in after if body.speaks), None)
    return chosen.is_ if chosen is not None else None


def _is(party: Party, kind: str) -> bool:
    """Whether a party is a body of that kind, or is called after one."""
    return any(name is not None and name.kind == kind for name in (party.name, party.owner))


def _last_word(name: str) -> str:
    return name.split()[-1] if name else ""
