"""What any reader offers, held to the document: every word must stand there, and the quote must say what it is offered for.

One check for all readers. What passes becomes a `Proposal`, as the network makes them, and is resolved like one: names, states,
deeds, dates and how surely are told by our tables. What does not is given back with its reason, and never comes near a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indicia.read.claims.chunks import Place
from indicia.read.claims.firmness import firm_words
from indicia.read.claims.gainsaying import is_negated, points_somewhere, says
from indicia.read.claims.network import FIELDS, TAGS
from indicia.read.claims.never import addresses_the_reader, is_asked
from indicia.read.claims.parties import points_back
from indicia.read.claims.proposals import Proposal
from indicia.read.claims.quoting import Words
from indicia.read.text.sentences import sentences
from indicia.records import (
    AccusedType,
    Document,
    Fallen,
    Fault,
    Firmness,
    Mention,
    MentionKind,
    ProposedClaim,
    ProposedReading,
    SourceType,
    Stance,
    Voice,
)

__all__ = ["ALONE", "Grounded", "ground"]

ALONE = 0.7  # the score of what one reader offers, until another one says it too: below what counts unasked
SURE = 10.0  # log odds of what a reader says outright
SHORTEST, LONGEST = 12, 1200  # characters of a quote
MOST_SENTENCES = 3  # that a quote may run over
MOST_CLAIMS = 500  # of one reader and document
_NOTHING_NAMED = frozenset("none null nobody unknown unnamed narrator narration text document author issuer".split())


class Grounded(NamedTuple):
    """The proposals that hold, and what fell."""

    proposals: tuple[Proposal, ...]
    fallen: tuple[Fallen, ...]


class _FallenError(Exception):
    def __init__(self, fault: Fault, words: str = "") -> None:
        super().__init__(fault)
        self.fault, self.words = fault, words


def ground(document: Document, reading: ProposedReading, names: Sequence[Mention] = ()) -> Grounded:
    """What of a reading holds in the document that it is of; `names` are those found in it. Raises nothing for any reading."""
    check = _Check(document, names)
    proposals: list[Proposal] = []
    fallen: list[Fallen] = []
    seen: set[object] = set()
    for number, claim in enumerate(reading.claims):
        try:
            if number >= MOST_CLAIMS:
                raise _FallenError(Fault.FORM, f"more than {MOST_CLAIMS} claims")
            proposal = check.held(claim)
            key = (proposal.stance, proposal.accused, proposal.speaker, proposal.sentence)
            if key in seen:
                raise _FallenError(Fault.AGAIN)
        except _FallenError as error:
            quote = " ".join(claim.quote.split())[:300]
            fallen.append(Fallen(reader=reading.reader, fault=error.fault, quote=quote, words=error.words[:200]))
        else:
            seen.add(key)
            proposals.append(proposal)
    return Grounded(tuple(proposals), tuple(fallen))


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


class _Check:
    """One document, to which claims are held."""

    def __init__(self, document: Document, names: Sequence[Mention]) -> None:
        self.text = document.text
        self.publisher = (document.publisher or "").casefold()
        self.words = Words(document.text)
        self.actors = tuple(one.span for one in names if one.kind is MentionKind.ACTOR)
        self.sentences = tuple(sentences(document.text))

    def held(self, claim: ProposedClaim) -> Proposal:
        quote = self._quote(claim)
        inside = list(self._spanned(quote))
        accused = self._accused(claim, quote)
        speaker = self._speaker(claim, quote)
        at = accused if accused is not None and quote[0] <= accused[0] < quote[1] else None
        told = next((one for one in inside if at is not None and one[0] <= at[0] < one[1]), inside[0])
        if is_asked(self.text, told, claim.stance):
            raise _FallenError(Fault.ASKED)
        if claim.stance is not Stance.WITHDRAWS and is_negated(self.text, told, at, claim.stance):
            raise _FallenError(Fault.NEGATED)
        if not says(self.text, quote, claim.stance):
            raise _FallenError(Fault.OTHER_STANCE, claim.stance.value)
        tags = self._tags(claim, quote)
        return Proposal(claim.stance, ALONE, accused, speaker, quote, self._odds(claim, tags), tags, None, None)

    # -- the quote

    def _quote(self, claim: ProposedClaim) -> Place:
        """The whole sentences that the quote stands in: what was cut off may change what it says."""
        bare = " ".join(claim.quote.split())
        if len(bare) < SHORTEST:
            raise _FallenError(Fault.SHORT_QUOTE, bare)
        if len(bare) > LONGEST:
            raise _FallenError(Fault.LONG_QUOTE, bare)
        places = list(self.words.places(claim.quote))
        if not places:
            raise _FallenError(Fault.NO_QUOTE)
        wholes = [self._whole(place) for place in places[:50]]
        named = (one for one in wholes if claim.accused and any(self.words.places(claim.accused, one, fold=True)))
        whole = next(named, wholes[0])
        if sum(1 for _ in self._spanned(whole)) > MOST_SENTENCES or whole[1] - whole[0] > 2 * LONGEST:
            raise _FallenError(Fault.LONG_QUOTE, bare)
        if addresses_the_reader(self.text[slice(*whole)]):
            raise _FallenError(Fault.ORDERS)
        return whole

    def _whole(self, place: Place) -> Place:
        spanned = list(self._spanned(place))
        return (spanned[0][0], spanned[-1][1]) if spanned else place

    def _spanned(self, place: Place) -> Iterable[Place]:
        return (one for one in self.sentences if one[0] < place[1] and place[0] < one[1])

    # -- parties

    def _accused(self, claim: ProposedClaim, quote: Place) -> Place | None:
        if claim.stance is Stance.DECLINES:
            return None
        if not claim.accused or claim.accused.strip().lower() in _NOTHING_NAMED:
            raise _FallenError(Fault.NOBODY)
        if claim.source and claim.stance in (Stance.ACCUSES, Stance.ENDORSES) and _same(claim.source, claim.accused):
            raise _FallenError(Fault.ITSELF, claim.accused)
        place = self._named(claim.accused, quote)
        if place is None:
            raise _FallenError(Fault.NO_ACCUSED, claim.accused)
        if not (quote[0] <= place[0] < quote[1]) and not self._points_to(claim, quote):
            raise _FallenError(Fault.NO_ACCUSED, claim.accused)
        return place

    def _points_to(self, claim: ProposedClaim, quote: Place) -> bool:
        """Whether a quote may mean somebody whom it does not name: it points to somebody, and names no other group but those
        that speak, were hit or are who the accused belongs to."""
        aside = " ".join((claim.source or "", claim.tie_to or "", claim.accused or "", *claim.victims)).casefold()
        named = {one.text.casefold() for one in self.actors if quote[0] <= one.start < quote[1]}
        return points_somewhere(self.text[slice(*quote)]) and all(name in aside for name in named)

    def _speaker(self, claim: ProposedClaim, quote: Place) -> Place | None:
        if not claim.source or claim.source.strip().lower() in _NOTHING_NAMED:
            return None
        place = self._named(claim.source, quote)
        if place is None:
            if self.publisher and claim.source.casefold() in self.publisher:
                return None
            raise _FallenError(Fault.NO_SOURCE, claim.source)
        return place

    def _named(self, words: str, quote: Place) -> Place | None:
        """Where a party is named: in the quote, else the nearest place before it, else the first after it."""
        inside = next(self.words.places(words, quote, fold=True), None)
        if inside is not None:
            return inside
        if points_back(words):
            return None
        before = list(self.words.places(words, (0, quote[0]), fold=True))
        return before[-1] if before else next(self.words.places(words, (quote[1], len(self.text)), fold=True), None)

    # -- what is said of them

    def _tags(self, claim: ProposedClaim, quote: Place) -> dict[str, tuple[Place, ...]]:
        """The words that the claim rests on, by what they tell. Those for how surely and for the tie must be there; who was
        hit and what it is called are left out where they are not."""

        def must(words: str | None, fault: Fault) -> tuple[Place, ...]:
            if not words or not words.strip():
                return ()
            place = next(self.words.places(words, quote, fold=True), None)
            if place is None:
                raise _FallenError(fault, words)
            return (place,)

        def may(*words: str | None) -> tuple[Place, ...]:
            found = (next(self.words.places(one, quote, fold=True), None) for one in words if one)
            return tuple(place for place in found if place is not None)

        firm = must(claim.firmness_words, Fault.NO_FIRMNESS)
        tied = must(claim.tie_firmness_words, Fault.NO_FIRMNESS)
        tie = must(claim.tie_words, Fault.NO_TIE)
        told = {
            "firmness_cue": firm,
            "tie_cue": tuple(dict.fromkeys((*tie, *tied, *may(claim.tie_to)))),
            "basis_cue": may(claim.basis_words),
            "victims": may(*claim.victims),
            "via": may(*claim.via),
            "not_accused": may(claim.not_accused),
            "incident": may(claim.incident),
        }
        return {name: told[name] for name in TAGS}

    def _odds(self, claim: ProposedClaim, tags: dict[str, tuple[Place, ...]]) -> npt.NDArray[np.float32]:
        """What the claim says of each field, as the network says it: odds of each value, all but none for the others."""
        tie = claim.tie if tags["tie_cue"] or claim.tie_to is None else None
        told: dict[str, Any] = {
            "deed": claim.deed,
            "tie": tie,
            "firmness": self._firmness(tags["firmness_cue"], claim.firmness),
            "tie_firmness": self._firmness(tags["tie_cue"], claim.tie_firmness),
            "basis": claim.basis,
            "channel": claim.channel,
            "voice": claim.voice if claim.source is not None or claim.voice is not Voice.QUOTE else Voice.TEXT,
            "source_type": claim.source_type or SourceType.PERSON,
            "accused_type": claim.accused_type or AccusedType.GROUP,
            "prominence": claim.prominence,
            "repeated": False,
        }
        return np.array([SURE if value == told[name] else -SURE for name in FIELDS for value in FIELDS[name]], np.float32)

    def _firmness(self, places: Sequence[Place], offered: Firmness) -> Firmness:
        """The class of the words that were given, by our table; what the reader says of them only where no table knows them.
        Without words nothing is said of how surely."""
        known = [word.firmness for word in chain.from_iterable(firm_words(self.text, *place) for place in places)]
        if known:
            return min(known, key=lambda one: one.strength)
        return offered if places else Firmness.NONE
