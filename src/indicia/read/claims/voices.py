"""Who speaks: people by the bodies they speak for, and whom "he", "we" and "the ministry" mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from indicia.read.claims.chunks import Place
from indicia.read.claims.issuers import BODIES, OPENING, Issuer
from indicia.read.claims.parties import OFFICE, POINTING, Parties, Speaker, person_in, points_back
from indicia.read.claims.proposals import Proposal
from indicia.records import MentionKind, SourceType, Stance, Voice

# "Source: X", and below it "Quote:" with the words of X, as news agencies lay out a report.
_CREDITED = re.compile(r"^[ \t]*Source:[ \t]*(?=\S)([^\n]{2,160})$", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*Quotes?:[ \t]", re.MULTILINE)
_NEXT = re.compile(r"^[ \t]*[A-Z][A-Za-z ]{2,30}:", re.MULTILINE)

# Who has the word in a transcript: "MS. PSAKI".
_TURN = re.compile(r"(?:MS|MR|MRS|DR|GEN|SECRETARY|UNDER SECRETARY|AMBASSADOR|GENERAL|ADMIRAL|DIRECTOR)\.? [A-Z][A-Z’'-]+")
_OURS = frozenset("we us our ours i my".split())
_SPEAKING = BODIES | {MentionKind.ORGANISATION}
HEARD = 0.3  # how probable what somebody says must be to tell whose official that is
INTRODUCED = 5  # places looked at for who somebody is


# The paper itself speaks for who issues it.
_PAPER = re.compile(
    r"(?:(?:the|this|our|an?|its)\s+)?(?:\w+\s+)?"
    r"(?:indictment|complaint|advisory|statement|report|alert|bulletin|affidavit|charges|filing|declaration|communiqu[eé])",
    re.IGNORECASE,
)


class ResolvedVoice(NamedTuple):
    """A voice: who it is (None: the text narrates and no issuer is known), the words that name it, and where it stands."""

    speaker: Speaker | None
    place: Place | None
    voice: Voice

    @property
    def same(self) -> str:
        return self.speaker.same if self.speaker is not None else ""


class DocumentVoices:
    """The voices of one document."""

    def __init__(self, text: str, parties: Parties, issuers: Sequence[Issuer], found: Sequence[Proposal]) -> None:
        self.text = text
        self.parties = parties
        self.issuers = issuers
        self._people: dict[str, Speaker] = {}  # the last word of a name -> who that is
        self._known: list[tuple[Place, Speaker]] = []
        self._answering: Mapping[str, str] = {}  # who does nothing but deny charges against a state -> that state
        self._charged: set[str] = set()  # states that are accused, or answer
        self._credited = tuple(_credited(text))
        self._collect(found)

    def _collect(self, found: Sequence[Proposal]) -> None:
        places = {one.speaker: one.fields["source_type"] for one in found if one.speaker is not None}
        places |= {one.speaker_led: places[one.speaker] for one in found if one.speaker_led and one.speaker in places}
        for place, type in sorted(places.items()):
            words = self.text[slice(*place)]
            if points_back(words) or _PAPER.fullmatch(words):
                continue
            speaker = self.parties.speaker(place, type)
            self._known.append((place, speaker))
            last = speaker.canonical.split()[-1].casefold() if speaker.canonical else ""
            names_person = words.rstrip("'’s").split()[-1:] != [] and words.split()[-1].casefold() not in ("said",)
            if last and names_person:
                person = words.split()[-1].strip(".,:;\"'“”’()").casefold()
                held = self._people.get(person)
                if held is None or (held.state is None and held.body is None):
                    self._people[person] = speaker
        stances = self._of_states(found)
        self._answering = {who: state for (who, state), said in stances.items() if said == {Stance.DENIES}}
        self._charged = {state for (_, state), said in stances.items() if said & {Stance.ACCUSES, Stance.DENIES}}

    def _of_states(self, found: Sequence[Proposal]) -> Mapping[tuple[str, str], set[Stance]]:
        """What each voice says of each state."""
        said: dict[tuple[str, str], set[Stance]] = defaultdict(set)
        for one in found:
            if one.speaker is not None and one.accused is not None and one.score >= HEARD:
                accused = self.parties.accused(one.accused, one.fields["accused_type"])
                if accused.state is not None:
                    said[self.parties.speaker(one.speaker, one.fields["source_type"]).same, accused.state].add(one.stance)
        return said

    def of(self, proposal: Proposal) -> tuple[ResolvedVoice, ...]:
        """Who says what is proposed: mostly one; the issuers of a joint paper each."""
        place = proposal.speaker
        if place is None:
            if self.issuers:  # what a statement or paper narrates is said by who issues it
                return tuple(ResolvedVoice(one.speaker, one.place, Voice.ISSUER) for one in self.issuers)
            for quote, source in self._credited:
                if quote[0] <= proposal.sentence[0] < quote[1]:
                    return (ResolvedVoice(self.parties.speaker(source, SourceType.GOVERNMENT), source, Voice.QUOTE),)
            return (ResolvedVoice(None, None, proposal.fields["voice"]),)
        words = self.text[slice(*place)]
        if words.lower() in _OURS and self.issuers:
            return tuple(
                ResolvedVoice(one.speaker, place if len(self.issuers) == 1 else one.place, Voice.ISSUER) for one in self.issuers
            )
        if words.lower() in _OURS and (proposal.speaker_led is None or points_back(self.text[slice(*proposal.speaker_led)])):
            return (ResolvedVoice(None, None, Voice.ISSUER),)  # whoever wrote it, and that is told nowhere
        speaker = self._speaker(place, proposal)
        voice = proposal.fields["voice"]
        if speaker.same in POINTING and proposal.stance in (Stance.ACCUSES, Stance.QUESTIONS):
            return (ResolvedVoice(None, None, voice),)  # whoever "it" is: nobody is told
        if any(one.speaker.same == speaker.same for one in self.issuers):
            voice = Voice.ISSUER
        return (ResolvedVoice(speaker, place, voice),)

    def _speaker(self, place: Place, proposal: Proposal) -> Speaker:
        type = proposal.fields["source_type"]
        words = self.text[slice(*place)]
        if len(self.issuers) == 1 and _PAPER.fullmatch(words):
            return self.issuers[0].speaker
        if not points_back(words) and not _PAPER.fullmatch(words):
            return self._settled(self.parties.speaker(place, type), words)
        led = proposal.speaker_led
        if led is not None and _PAPER.fullmatch(self.text[slice(*led)]):
            words = self.text[slice(*led)]
        elif led is not None and not points_back(self.text[slice(*led)]):
            return self._settled(self.parties.speaker(led, type), self.text[slice(*led)])
        if len(self.issuers) == 1 and OFFICE.search(words):  # "the spokesperson" of a statement is its issuer's
            return self.issuers[0].speaker
        before = [
            speaker for where, speaker in self._known if where[0] < place[0] and _fits(words, self.text[slice(*where)], speaker)
        ]
        if before:
            return self._settled(before[-1], words)
        if words.lower() in ("it", "they"):
            named = [one for one in self.parties.names.within(proposal.sentence[0], place[0]) if one.kind in _SPEAKING]
            if named:
                return self.parties.speaker((named[-1].span.start, named[-1].span.end), type)
        return Speaker(words, type)

    def _settled(self, speaker: Speaker, words: str) -> Speaker:
        """A person by the body that the document says he or she speaks for, an office by its state."""
        if speaker.state is None and speaker.body is None:
            last = speaker.canonical.split()[-1].casefold() if speaker.canonical else ""
            speaker = self._people.get(last, speaker)
        if speaker.state is None and speaker.body is None:
            speaker = self._introduced(speaker)
        if speaker.type is SourceType.GOVERNMENT and speaker.state is None and speaker.body is None:
            home = self._home() if OFFICE.search(words) else self._spoken_of() if _TURN.fullmatch(words) else None
            if home is not None:
                return Speaker(self.parties.country(home), speaker.type, home, speaker.body)
        if speaker.type is SourceType.GOVERNMENT and speaker.state is None and speaker.same in self._answering:
            return speaker._replace(state=self._answering[speaker.same])  # an official denies for the own state
        return speaker

    def _introduced(self, speaker: Speaker) -> Speaker:
        """A person whose last name alone speaks, as the document introduces him or her: "Mao Ning, of China's ministry"."""
        name = speaker.canonical
        if not re.fullmatch(r"[A-Z][\w’'-]+", name):
            return speaker
        whole = re.compile(rf"(?:[A-Z][\w’'.-]+ ){{1,3}}{re.escape(name)}\b|\b{re.escape(name)}(?: [A-Z][\w’'-]+){{1,2}}")
        for match in islice(whole.finditer(self.text), INTRODUCED):
            found = self.parties.speaker(match.span(), speaker.type)
            if found.state is not None or found.body is not None:
                return found
        return speaker

    def _home(self) -> str | None:
        """The one state whose bodies speak in the document, but for those that are accused in it."""
        states = {one.speaker.state for one in self.issuers if one.speaker.state}
        if not states:
            states = {one.state for _, one in self._known if one.type is SourceType.GOVERNMENT and one.state} - self._charged
        return states.pop() if len(states) == 1 else None

    def _spoken_of(self) -> str | None:
        """The state whose agencies a transcript names more than twice as often as those of all others that it does not accuse:
        its briefers are theirs."""
        named = (self.parties.agency_state(one) for one in self.parties.names.all)
        counted = Counter(state for state in named if state is not None and state not in self._charged)
        return next((state for state, times in counted.most_common(1) if 3 * times > 2 * counted.total()), None)


def _credited(text: str) -> Iterator[tuple[Place, Place]]:
    """What is quoted below a line that credits it to a source: (the quotation, the source)."""
    for credit in _CREDITED.finditer(text):
        quoted = _QUOTED.search(text, credit.end(), credit.end() + OPENING)
        if quoted is not None:
            after = _NEXT.search(text, quoted.end())
            yield (quoted.start(), after.start() if after else len(text)), credit.span(1)


_OFFICER = re.compile(
    r"\b(?:minister|president|secretary|chancellor|premier|ambassador|spokes(?:man|woman|person)|governor|commissioner|"
    r"prosecutor|attorney general|official|chairman|director|chief|head)\b",
    re.IGNORECASE,
)


def _fits(words: str, named: str, speaker: Speaker) -> bool:
    """Whether a pointing word may mean a speaker who is `named` so."""
    low = words.lower()
    person = _OFFICER.search(named) is not None or (person_in(named) is not None and speaker.body is None)
    if low in ("he", "she"):
        return person
    if low in ("they", "it"):
        return not person
    if "researcher" in low or "compan" in low or "firm" in low or "vendor" in low:
        return speaker.type is SourceType.COMPANY
    if "ministry" in low or "agenc" in low or "government" in low:
        return speaker.type is SourceType.GOVERNMENT
    if "group" in low or "gang" in low or "hacker" in low:
        return speaker.type is SourceType.GROUP
    if _PAPER.fullmatch(words):
        return speaker.state is not None or speaker.body is not None
    return True
