"""Origins: the first utterance behind each claim, and the voices that are independent of one another.

Copies are told from origins by three things: a document that repeats another's text, a claim that passes on a named source
which speaks elsewhere too, and narration without a source beside a sourced claim on the same accused. Found once, when a case
is built, and kept in `Claim.origin`; who needs it later asks the claim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from zlib import crc32

import msgspec

from indicia.affairs.content import Content, content_of, ranks
from indicia.records import Claim, Document, Firmness, SourceType

_WORD = re.compile(r"\w+")
_SHINGLE = 6
MOST_ALIKE = 50  # texts that hold one sequence and are looked at: what stands in more is of no text in particular
COPY = 0.6  # share of six-word sequences from which a document counts as a copy of another

Name = TypeVar("Name")


def day_of(claim: Claim, documents: Mapping[str, Document]) -> str:
    """When the claim was made as far as is known, else when its document appeared; "9999" when neither is known."""
    document = documents.get(claim.quote.document)
    return claim.date or (document.published if document and document.published else None) or "9999"


def target_of(claim: Claim) -> str:
    """Whom a claim is about, as loosely as is needed to compare claims: the state where one is known, else the name."""
    party = claim.accused.party
    return "" if party is None else claim.accused.state or party.canonical.lower()


def shingles(text: str, limit: int = 4000) -> frozenset[int]:
    """Numbers below 2**32 for the six-word sequences of the first words of a text, the same on every machine."""
    words = _WORD.findall(text.lower())[:limit]
    return frozenset(
        crc32(" ".join(words[i : i + _SHINGLE]).encode("utf-8", "replace")) for i in range(max(1, len(words) - _SHINGLE + 1))
    )


def copies_of(texts: Iterable[tuple[Name, frozenset[int]]]) -> dict[Name, Name]:
    """Text -> the earliest text that is nearly the same (itself when there is none), from the sequences of each, the earliest
    first."""
    seen: list[tuple[Name, frozenset[int]]] = []
    index: dict[int, list[int]] = defaultdict(list)
    out: dict[Name, Name] = {}
    for document, mine in texts:
        shared: dict[int, int] = defaultdict(int)
        for shingle in mine:
            for other in index.get(shingle, ())[:MOST_ALIKE]:
                shared[other] += 1
        alike = (other for other, count in shared.items() if count >= COPY * min(len(mine), len(seen[other][1])))
        best = max(alike, key=lambda k: (shared[k], -k), default=None)
        if best is not None:
            out[document] = out[seen[best][0]]
            continue
        out[document] = document
        for shingle in mine:
            index[shingle].append(len(seen))
        seen.append((document, mine))
    return out


class SaidClaim(NamedTuple):
    """A claim with what its place among all others is told by: the document that its text is a copy of (its own where it is
    none), the day, and the order in which claims were first made."""

    claim: Claim
    place: str
    day: str
    order: tuple[str, bool, bool, Content]


class _Utterance(NamedTuple):
    first: str  # id of the claim that it leads back to
    firmness: Firmness
    day: str
    named: str


def led_back(claims: Iterable[Claim], documents: Iterable[Document]) -> tuple[Claim, ...]:
    """The claims as given, each with the first utterance that it passes on as its `origin`, so that copies add no weight.

    A source's claim leads back to its first one on the same accused that was as firm, or was made on the same day. What is told
    flatly of a source that had spoken more firmly is its words passed on, no new utterance.
    """
    claims = tuple(claims)
    known = {document.id: document for document in documents}
    place = ranks(known.values())
    copies = copies_of((each.id, shingles(each.text)) for each in sorted(known.values(), key=lambda one: place[one.id]))
    said = sorted((said_in(claim, known.get(claim.quote.document), copies) for claim in claims), key=lambda one: one.order)
    by_voice: dict[tuple[str, ...], list[SaidClaim]] = defaultdict(list)
    by_place: dict[tuple[str, ...], list[SaidClaim]] = defaultdict(list)
    for one in said:
        by_place[place_key(one)].append(one)
        if one.claim.source.party is not None:
            by_voice[voice_key(one)].append(one)
    first = {claim: origin for some in by_voice.values() for claim, origin in first_utterances(some).items()}
    for some in by_place.values():
        first |= narrated(some, first)
    return tuple(with_origin(claim, first[claim.id]) for claim in claims)


def with_origin(claim: Claim, first: str) -> Claim:
    """The claim, led back to the claim with the id `first`."""
    return msgspec.structs.replace(claim, origin=first if first != claim.id else None)


def said_in(claim: Claim, document: Document | None, copies: Mapping[str, str]) -> SaidClaim:
    """The claim of a document. `copies`: document id -> the earliest with nearly the same text."""
    place = copies.get(claim.quote.document, claim.quote.document)
    day = day_of(claim, {document.id: document} if document else {})
    return SaidClaim(claim, place, day, (day, place != claim.quote.document, not _heads(claim, document), content_of(claim)))


def voice_key(said: SaidClaim) -> tuple[str, ...]:
    """What claims have in common of which one may pass on another: who speaks, how they stand to whom, and the deed."""
    claim = said.claim
    return (*voice_of(claim, said.place), claim.stance.value, target_of(claim), claim.incident_id or "")


def place_key(said: SaidClaim) -> tuple[str, ...]:
    """What narration and the sourced claim that it tells again have in common."""
    return said.place, said.claim.stance.value, target_of(said.claim)


def first_utterances(said: Iterable[SaidClaim]) -> dict[str, str]:
    """Claim id -> id of the claim that is its first utterance (its own id for a first utterance), for all sourced claims of one
    `voice_key`, in their order."""
    utterances: list[_Utterance] = []
    return {one.claim.id: _passed_on(one.claim, one.day, utterances) for one in said}


def narrated(said: Sequence[SaidClaim], first: Mapping[str, str]) -> dict[str, str]:
    """The same for the claims of one `place_key` that name no source: the first utterance of the first that names one, else the
    first narration. `first` says it of those that name one."""
    head = next((first[one.claim.id] for one in said if one.claim.source.party is not None), said[0].claim.id)
    return {one.claim.id: head for one in said if one.claim.source.party is None}


def _passed_on(claim: Claim, day: str, said: list[_Utterance]) -> str:
    """The id of the utterance in `said` that a claim of the same voice repeats; its own, and it joins them, where it is new."""
    named = claim.accused.party.canonical if claim.accused.party else ""
    firmness = claim.said.firmness
    first = claim.id
    for one in reversed(said):
        flatter = firmness is Firmness.NONE and one.firmness.strength > firmness.strength
        if one.day == day or (one.named == named and (one.firmness is firmness or flatter)):
            first = one.first
            break
    if first == claim.id or all(one.named != named for one in said):  # on one day a voice may name a state and its group
        said.append(_Utterance(first, firmness, day, named))
    return first


def _heads(claim: Claim, document: Document | None) -> bool:
    """Whether the first line of the text names who speaks: a source's own statement comes before the day's reports of it."""
    party = claim.source.party
    return (
        document is not None and party is not None and party.canonical.lower() in document.text.partition("\n")[0][:200].lower()
    )


def voice_of(claim: Claim, place: str) -> tuple[str, str]:
    """Who speaks. Unnamed officials of two texts may be different people; those of a text and its copies are the same: `place`
    is the document, or that of the claim's first utterance."""
    party = claim.source.party
    if party is None:
        return "", place
    unnamed = claim.source.type in (SourceType.ANONYMOUS, SourceType.PERSON) and not any(
        c.isupper() for c in party.canonical[1:]
    )
    return party.canonical.lower(), place if unnamed or claim.source.type is SourceType.ANONYMOUS else ""
