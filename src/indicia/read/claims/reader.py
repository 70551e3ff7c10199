"""The claims of a document, in one pass: chunks, the network, parties and voices, one claim for each, records."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from indicia.knowledge import Knowledge
from indicia.read.claims.calibration import calibrated as probability
from indicia.read.claims.deeds import Deeds
from indicia.read.claims.issuers import issuers_of
from indicia.read.claims.language import Foreign, foreign_parts, without_parts
from indicia.read.claims.making import Maker
from indicia.read.claims.network import Network, network
from indicia.read.claims.never import (
    addresses_the_reader,
    denies_nothing,
    disputes,
    is_asked,
    is_of_another,
    is_of_its_own,
    lists_references,
    only_gives_a_name,
    takes_back,
)
from indicia.read.claims.parties import POINTING, AccusedParty, NamesByPlace, Parties, Speaker, points_back
from indicia.read.claims.pooling import Resolved, pooled
from indicia.read.claims.proposals import Proposal, hear
from indicia.read.claims.voices import DocumentVoices, ResolvedVoice
from indicia.read.names import find_names
from indicia.read.text.banners import without_banners
from indicia.read.text.mentioning import mention
from indicia.records import (
    NOT_READ,
    AccusedType,
    Claim,
    Document,
    Level,
    Mention,
    MentionKind,
    Problem,
    Severity,
    SourceType,
    Stance,
    Voice,
)

__all__ = ["THRESHOLD", "WhatIsSaid", "claims_of", "read_claims", "read_said"]

_OWN = re.compile(r"(?:its|their|our|his|her|my)\s", re.IGNORECASE)  # whose they are is who denies it
OTHER_LANGUAGE = "our own reader reads English; let a language model read it (--reader), or translate it"
THRESHOLD = 0.35  # the score from which a claim is given
DOUBTFUL = 0.6  # the most that an answer scores which was heard as a charge


class WhatIsSaid(NamedTuple):
    """The claims of a document in the order of their quotes, the sentences that tell what happened, and what could not be
    read."""

    claims: tuple[Claim, ...] = ()
    facts: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_said(
    document: Document,
    knowledge: Knowledge,
    *,
    names: Sequence[Mention] | None = None,
    threshold: float = THRESHOLD,
    model: Network | None = None,
    calibrated: bool = True,
) -> WhatIsSaid:
    """All that a document says of who did it, and what it tells of the deed.

    Claims whose `score` (the probability that the text makes them) is below `threshold` are left out. `names` are those found
    in the document, where the caller has them; `model` is another network than the one that the program brings; where not
    `calibrated`, scores are the network's own. Raises nothing for any text. Paragraphs in other languages than English are
    left out, and a problem says so.
    """
    other = foreign_parts(document.text)
    if other.places:
        document = msgspec.structs.replace(document, text=without_parts(document.text, other))
    if "TLP" in document.text.upper():
        document = msgspec.structs.replace(document, text=without_banners(document.text))
    mentions = find_names(document, knowledge) if names is None else names
    heard = hear(document.text, model or network())
    facts = (
        mention(document, MentionKind.FACT, *one.sentence, one.what, type=one.what, method="network", score=one.score)
        for one in heard.facts
    )
    proposals = heard.proposals
    if calibrated:
        proposals = [one._replace(score=probability(one.stance, one.score)) for one in proposals]
    claims = _Reading(document, knowledge, mentions).claims(proposals, threshold)
    return WhatIsSaid(claims, tuple(facts), tuple(_unread(document, heard.until, other)))


def _unread(document: Document, until: int | None, other: Foreign) -> Iterator[Problem]:
    if other.places:
        what = f"{NOT_READ}: {other}"
        yield Problem(where=document.name, what=what, severity=Severity.SKIPPED, hint=OTHER_LANGUAGE)
    if until is not None:
        what = f"claims were read in the first {until:,} characters only"
        yield Problem(where=document.name, what=what, severity=Severity.SKIPPED, hint="split the file")


def read_claims(
    document: Document, knowledge: Knowledge, *, threshold: float = THRESHOLD, model: Network | None = None
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """The claims of a document and what could not be read: see `read_said`."""
    said = read_said(document, knowledge, threshold=threshold, model=model)
    return said.claims, said.problems


def claims_of(
    document: Document, knowledge: Knowledge, proposals: Iterable[Proposal], names: Sequence[Mention]
) -> tuple[Claim, ...]:
    """The claims that proposals come to, whoever made them: their parties, deeds and dates resolved, one for each that is the
    same. `names` are those found in the document."""
    return _Reading(document, knowledge, names).claims(list(proposals), 0.0)


class _Reading:
    """What is known of one document while its claims are put together."""

    def __init__(self, document: Document, knowledge: Knowledge, mentions: Sequence[Mention]) -> None:
        self.text = document.text
        names = NamesByPlace(mentions)
        self.parties = Parties(document.text, names, knowledge)
        publisher = msgspec.structs.replace(document, text=document.publisher or "")
        self.issuers = issuers_of(document, names, self.parties, find_names(publisher, knowledge) if document.publisher else ())
        self.deeds = Deeds(document, self.parties, knowledge)
        self.maker = Maker(document, self.parties)

    def claims(self, heard: list[Proposal], threshold: float) -> tuple[Claim, ...]:
        voices = DocumentVoices(self.text, self.parties, self.issuers, heard)
        found = [one for proposal in _withdrawn(self.text, heard) for one in self._resolved(proposal, voices)]
        out = []
        statements: dict[object, int] = {}
        for one, others in pooled(found, self.text):
            if one.heard.score < threshold:
                continue
            number = statements.setdefault((one.heard.sentence, one.heard.stance), len(statements) + 1)
            out.append(self.maker.claim(one, others, one.heard.score, number))
        return tuple(sorted(out, key=lambda claim: (claim.quote.start, claim.quote.end, claim.id)))

    def _resolved(self, proposal: Proposal, voices: DocumentVoices) -> Iterator[Resolved]:
        if is_asked(self.text, proposal.sentence, proposal.stance):
            return
        words = self.text[slice(*proposal.sentence)]
        if (
            addresses_the_reader(words)
            or lists_references(words)
            or (proposal.stance is Stance.DENIES and denies_nothing(words))
        ):
            return
        if proposal.speaker is not None and only_gives_a_name(self.text, proposal.speaker):
            proposal = proposal._replace(speaker=None, speaker_led=None)
        for said in voices.of(proposal):
            accused = self._accused(proposal, said)
            if accused is None and proposal.stance is not Stance.DECLINES:
                continue
            if said.speaker is None and said.voice is Voice.ISSUER and proposal.stance is Stance.DENIES and accused is not None:
                said = self._answering(said, accused)
            heard = self._as_meant(proposal, said, accused)
            doer = proposal.accused if accused is not None else None
            yield Resolved(heard, said, accused, self.deeds.of(heard, doer, accused.state if accused else None))

    def _as_meant(self, proposal: Proposal, said: ResolvedVoice, accused: AccusedParty | None) -> Proposal:
        """A statement as what it is where it sounds like another: a denial, by a state of a charge against itself, or by a firm
        or body that disputes one."""
        own = is_of_its_own(said.speaker, accused)
        if own and proposal.stance is Stance.QUESTIONS:
            return proposal._replace(stance=Stance.DENIES)
        disputed = proposal.stance is Stance.CLAIMS and _is_no_group(said) and disputes(self.text[slice(*proposal.sentence)])
        if disputed or (own and proposal.stance is Stance.ACCUSES):
            return proposal._replace(stance=Stance.DENIES, score=min(proposal.score, DOUBTFUL))
        return proposal

    def _accused(self, proposal: Proposal, said: ResolvedVoice) -> AccusedParty | None:
        """Who is accused: words that only point to somebody by whom they lead back to; who takes credit or denies for itself
        is who speaks."""
        place = proposal.accused
        if place is None:
            return None
        type = proposal.fields["accused_type"]
        if (home := self.parties.the_country(place)) is not None:
            return home
        home = self.parties.state(self.issuers[0].speaker.state) if len(self.issuers) == 1 else None
        if home is not None and self.parties.is_our_country(place):
            return home
        words = self.text[slice(*place)]
        itself = words.lower() in POINTING and proposal.accused_led is None
        if proposal.stance is Stance.DENIES and said.speaker is not None and (itself or _OWN.match(words)):
            return self._itself(said.speaker, type)
        if not points_back(words):
            found = self.parties.accused(place, type)
            if said.speaker and proposal.stance is Stance.DENIES and is_of_another(said.speaker, found):
                return self.parties.state(said.speaker.state)  # it answers for itself
            return found
        led = proposal.accused_led
        if led is not None and not points_back(self.text[slice(*led)]):
            return self.parties.accused(led, type)
        if proposal.accused == proposal.speaker and said.speaker is not None:
            return self._itself(said.speaker, type)
        return self.parties.accused(self.parties.group_before(place) or place, type)

    def _answering(self, said: ResolvedVoice, accused: AccusedParty) -> ResolvedVoice:
        """Who denies in the first person what a state is accused of, where nothing else tells who writes: that state."""
        state = self.parties.of_office(accused.state, "") if accused.level is Level.STATE and accused.state else None
        return said._replace(speaker=state)

    def _itself(self, speaker: Speaker, type: AccusedType) -> AccusedParty:
        """Who speaks, as the accused: an official denies for the state."""
        state = self.parties.state(speaker.state) if speaker.type is SourceType.GOVERNMENT else None
        return state or AccusedParty(speaker.canonical, type, None, speaker.state, speaker.state is not None)


def _withdrawn(text: str, heard: Sequence[Proposal]) -> Iterator[Proposal]:
    """What is heard, where all that a sentence which takes a charge back may say of somebody is that it does."""
    taken = {sentence for sentence in {one.sentence for one in heard} if takes_back(text, sentence)}
    back: dict[tuple[object, ...], list[Proposal]] = defaultdict(list)
    for one in heard:
        if one.sentence in taken:
            back[one.sentence, one.accused, one.speaker].append(one)
        else:
            yield one
    for mine in back.values():
        surest = max(mine, key=lambda one: one.score)
        yield surest._replace(stance=Stance.WITHDRAWS, score=1 - math.prod(1 - one.score for one in mine))


def _is_no_group(said: ResolvedVoice) -> bool:
    """Whether a voice is that of a firm or a body, which takes credit for nothing."""
    return said.speaker is not None and said.speaker.type in (
        SourceType.COMPANY,
        SourceType.GOVERNMENT,
        SourceType.INTERNATIONAL,
    )
