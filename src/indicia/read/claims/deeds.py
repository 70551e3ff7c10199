"""What a claim is about: the words for the deed, who was hit, and the known incident that the text tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.knowledge.tables import Incident
from indicia.read.claims.chunks import Place
from indicia.read.claims.parties import Parties
from indicia.read.claims.proposals import Proposal
from indicia.records import About, Document, MentionKind

LOOK_BACK = 500  # characters before a sentence in which the deed may have been told
HEADING = 200  # characters of a document's first line
MOST = 5  # victims of a claim
_POINTING = re.compile(r"\b(?:the|this|that|these|those|its|their|such)\s+\w", re.IGNORECASE)
_STOP = re.compile(r"(?<=[.!?])\s+")
# A sentence that holds a deed against another one.
_COMPARES = re.compile(
    r"\b(?:another|previous|earlier|similar|echo(?:es|ed)|reminiscent|throwback|recall(?:s|ed)|resembl\w+|unlike|"
    r"in the past)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w&.’'-]*")
_LEADING = re.compile(
    r"^(?:(?:the|a|an|this|that|these|those|its|their|his|her|of|on|to|in|by|for|against|and)\s+)+", re.IGNORECASE
)
_PLAIN = re.compile(  # what a deed is called that the network does not mark
    r"\b(?:cyber[- ]?)?(?:attacks?|hacks?|hacking|breach|intrusions?|compromise|break-in)\s+(?:on|of|at|against|into)\s+"
    r"(?:the\s+)?[A-Z][\w’'-]+(?:\s+(?:of\s+)?[A-Z][\w’'-]+){0,4}"
)
_CALENDAR = (
    r"(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)"
)
_LINK = r"(?:(?:of|for|de|del|della|da|do|des|du|di|&)\s(?:(?:the|la|los|las)\s)?)?"  # within a name
_MORE = re.compile(rf"(?:\s{_LINK}{_CALENDAR}[A-Z][\w’'-]+){{1,3}}")
_BEFORE = re.compile(rf"(?:{_CALENDAR}\b[A-Z][\w’'-]*\s{_LINK})+\Z")
MOST_BEFORE = 3  # words with a capital: more of them are a heading rather than a name
NAMES = 80  # characters that the rest of a name may have
_SEVERAL = re.compile(
    r"(?:[\w-]+ ){0,3}(?:attacks|cyberattacks|campaigns|operations|hacks|intrusions|activities)\b", re.IGNORECASE
)
_LED = re.compile(r"\b(?:of|on|against|at|from)$", re.IGNORECASE)
_OF = re.compile(r"\b(?:hack|hacking|breach|compromise|theft|infection)$", re.IGNORECASE)
_EDGE = " \t\n.,;:“”\"'‘’()[]–—-"


class ToldDeed(NamedTuple):
    """The deed of one claim: its own words, where they stand, the incident that it is, and who was hit."""

    act: Place | None
    about: tuple[About, ...]
    victims: tuple[Place, ...]
    countries: tuple[str, ...]
    sectors: tuple[str, ...]


class Deeds:
    """The deeds of one document."""

    def __init__(self, document: Document, parties: Parties, knowledge: Knowledge) -> None:
        self.text = document.text
        self.parties = parties
        self.knowledge = knowledge
        self.until = document.published
        first = self.text[:HEADING].lstrip().partition("\n")[0]
        self._heading = first if len(first) < len(self.text.strip()) else ""

    def of(self, one: Proposal, doer: Place | None, doers_state: str | None) -> ToldDeed:
        """The deed that a proposal is about. `doer` are the words of the accused, who is no victim."""
        act = self._act(one)
        victims = tuple(place for place in self._inside(one, "victims") if not _shared(place, doer))[:MOST]
        name = self._name(act, victims, one)
        known = self._known(one.sentence, act)
        about = (About(name=name or known.name, id=known.id),) if known else (About(name=name),) if name else ()
        harmed = [self.parties.state_of(place) for place in victims]
        countries = tuple(dict.fromkeys(state for state in harmed if state and state != doers_state))
        told = (*victims, *((act,) if act else ()))
        found = (one for place in told for one in self.parties.names.inside(place) if one.kind is MentionKind.SECTOR)
        sectors = tuple(sorted({one.value for one in found}))
        return ToldDeed(act, about, victims, countries, sectors)

    def _inside(self, one: Proposal, tag: str) -> list[Place]:
        low, high = one.sentence
        found = (place for place in one.tags[tag] if low <= place[0] < high and self.text[slice(*place)].strip(_EDGE))
        out: list[Place] = []
        for start, end in sorted(self._whole(place, one.sentence, one.accused) for place in found):
            if out and start < out[-1][1]:  # parts of one name
                out[-1] = out[-1][0], max(end, out[-1][1])
            else:
                out.append((start, end))
        return out

    def _whole(self, place: Place, sentence: Place, accused: Place | None) -> Place:
        """A place with the rest of the words and of the name that it begins and ends in. Who is accused is no part of it:
        "APT41 | of the Acme hack"."""
        start, end = self._words(place, sentence)
        more = _MORE.match(self.text, end, min(sentence[1], end + NAMES))
        if more is not None and self.text[start:end].split()[-1][:1].isupper():
            end = more.end()
        lowest = accused[1] if accused is not None and accused[1] <= start else sentence[0]
        before = _BEFORE.search(self.text, max(lowest, start - NAMES), start)
        if before is None or not re.match(r"[A-Z]|of\s[A-Z]", self.text[start:end]):
            return start, end
        words = len(re.findall(r"\b[A-Z]", before.group()))
        opens = before.start() == sentence[0] and words == 1  # its capital may be that of the sentence
        return (start if opens or words > MOST_BEFORE else before.start()), end

    def _words(self, place: Place, sentence: Place) -> Place:
        """A place without the cut through a word at either end: "doping" of "anti-doping", ".S." of "U.S."."""
        start, end = place
        text = self.text
        while start > sentence[0] and (text[start].isalnum() or text[start] in ".-&’") and _joins(text, start):
            start -= 1
        while end < sentence[1] and text[end].isalnum() and text[end - 1].isalnum():
            end += 1
        return start, end

    def _act(self, one: Proposal) -> Place | None:
        """The longest run of words in the sentence that tells the deed, without what is around it."""
        found = self._inside(one, "incident")
        if not found:
            plain = _PLAIN.search(self.text, *one.sentence)
            found = [self._whole(plain.span(), one.sentence, one.accused)] if plain is not None else []
        if not found:
            return None
        start, end = max(found, key=lambda place: (place[1] - place[0], -place[0]))
        words = self.text[start:end]
        lead = _LEADING.match(words)
        if lead is not None and lead.end() < len(words):
            start += lead.end()
        while end > start and self.text[end - 1] in _EDGE:
            end -= 1
        return (start, end) if end > start else None

    def _name(self, act: Place | None, victims: Sequence[Place], one: Proposal) -> str | None:
        """What the deed is called in the text's own words: with who was hit, where the words alone hold no name."""
        words = " ".join(self.text[slice(*act)].split()) if act else ""
        hit = next((" ".join(self.text[slice(*place)].split()) for place in victims if not _shared(place, act)), "")
        if words and (_NAME.search(words) or not hit):
            if not _NAME.search(words) and (before := self._before(one)):
                return before
            return words
        if hit:
            return f"{words} {'' if _LED.search(words) else 'of ' if _OF.search(words) else 'on '}{hit}" if words else hit
        return self._before(one)

    def _before(self, one: Proposal) -> str | None:
        """The nearest words before that tell a deed by a name."""
        low = one.sentence[0]
        for start, end in reversed(one.tags["incident"]):
            words = " ".join(self.text[start:end].split()).strip(_EDGE)
            if low - LOOK_BACK <= start < low and _NAME.search(words):
                return _LEADING.sub("", words)
        return None

    def _known(self, sentence: Place, act: Place | None) -> Incident | None:
        """The incident of our tables that a sentence tells; else the one that what stands before it or the heading names."""
        own = self._found(self.text[slice(*sentence)], ("name", "words"))
        if own is not None:
            return own
        if act is not None and _POINTING.search(self.text, max(0, act[0] - 7), act[0] + 1) is None:
            words = self.text[slice(*act)]
            if _NAME.search(words) or _SEVERAL.match(words):
                return None  # it has a name of its own, which no table knows, or is told as other ones
        near = self.text[max(0, sentence[0] - LOOK_BACK) : sentence[0]]
        before = " ".join(words for words in _STOP.split(near) if not _COMPARES.search(words))
        return self._found(before, ("name",)) or self._found(self._heading, ("name",))

    def _found(self, words: str, ways: tuple[str, ...]) -> Incident | None:
        for one in self.knowledge.affairs.find(words) if words else ():
            if one.by in ways and _had_begun(one.incident, self.until):
                return one.incident
        return None


def _joins(text: str, at: int) -> bool:
    """Whether the character before a place is of the word that the place begins in."""
    return text[at - 1].isalnum() or (text[at - 1] in "-&’'" and at > 1 and text[at - 2].isalnum())


def _shared(place: Place, other: Place | None) -> bool:
    return other is not None and place[0] < other[1] and other[0] < place[1]


def _had_begun(incident: Incident, until: str | None) -> bool:
    """Whether an incident can be spoken of on a day, as far as the dates (as 2021, 2021-03 or 2021-03-02) tell."""
    begun = incident.start or incident.disclosed
    if begun is None or until is None:
        return True
    size = min(len(begun), len(until))
    return begun[:size] <= until[:size]
