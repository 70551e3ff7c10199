"""Origins: the first utterance behind each claim, and the voices that are independent of one another.

Copies are told from origins by three things: a document that repeats another's text, a claim that passes on a named source
which speaks elsewhere too, and narration without a source beside a sourced claim on the same accused. Found once, when a case
is built, and kept in `Claim.origin`; who needs it later asks the claim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from indicia.affairs.content import content_of, ranks
from indicia.records import Claim, Document, Firmness, SourceType

__all__ = ["day_of", "led_back", "target_of", "voice_of"]

_WORD = re.compile(r"\w+")
_SHINGLE = 6
COPY = 0.6  # share of six-word sequences from which a document counts as a copy of another


def day_of(claim: Claim, documents: Mapping[str, Document]) -> str:
    """When the claim was made as far as is known, else when its document appeared; "9999" when neither is known."""
    document = documents.get(claim.quote.document)
    return claim.date or (document.published if document and document.published else None) or "9999"


def target_of(claim: Claim) -> str:
    """Whom a claim is about, as loosely as is needed to compare claims: the state where one is known, else the name."""
    party = claim.accused.party
    return "" if party is None else claim.accused.state or party.canonical.lower()


def _shingles(text: str, limit: int = 4000) -> frozenset[int]:
    """Hashes of six-word sequences of the first words of a text."""
    words = _WORD.findall(text.lower())[:limit]
    return frozenset(hash(tuple(words[i : i + _SHINGLE])) for i in range(max(1, len(words) - _SHINGLE + 1)))


def _copies(documents: Sequence[Document]) -> dict[str, str]:
    """Document id -> id of the earliest document with nearly the same text (itself when there is none)."""
    place = ranks(documents)
    ordered = sorted(documents, key=lambda d: place[d.id])
    seen: list[tuple[str, frozenset[int]]] = []
    index: dict[int, list[int]] = defaultdict(list)
    out: dict[str, str] = {}
    for document in ordered:
        mine = _shingles(document.text)
        shared: dict[int, int] = defaultdict(int)
        for shingle in mine:
            for other in index.get(shingle, ())[:50]:
                shared[other] += 1
        best = max(shared, key=lambda k: (shared[k], -k), default=-1)
        if best >= 0 and shared[best] >= COPY * min(len(mine), len(seen[best][1])):
            out[document.id] = out[seen[best][0]]
            continue
        out[document.id] = document.id
        for shingle in mine:
            index[shingle].append(len(seen))
        seen.append((document.id, mine))
    return out


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
    first = _first_utterances(claims, {document.id: document for document in documents})
    return tuple(
        msgspec.structs.replace(claim, origin=first[claim.id] if first[claim.id] != claim.id else None) for claim in claims
    )


def _first_utterances(claims: Sequence[Claim], known: Mapping[str, Document]) -> dict[str, str]:
    """Claim id -> id of the claim that is its first utterance (its own id for a first utterance)."""
    copies = _copies(list(known.values()))
    ordered = sorted(
        claims,
        key=lambda c: (
            day_of(c, known),
            copies.get(c.quote.document, c.quote.document) != c.quote.document,
            not _heads(c, known.get(c.quote.document)),
            content_of(c),
        ),
    )
    out: dict[str, str] = {}
    sourced: dict[tuple[str, str, str], str] = {}
    utterances: dict[tuple[str, ...], list[_Utterance]] = {}
    for claim in ordered:
        if claim.source.party is None:
            continue
        place = copies.get(claim.quote.document, claim.quote.document)
        said = utterances.setdefault(
            (*voice_of(claim, place), claim.stance.value, target_of(claim), claim.incident_id or ""), []
        )
        out[claim.id] = _passed_on(claim, day_of(claim, known), said)
        sourced.setdefault((place, claim.stance.value, target_of(claim)), out[claim.id])
    narrated: dict[tuple[str, str, str], str] = {}
    for claim in ordered:
        if claim.source.party is None:
            place = copies.get(claim.quote.document, claim.quote.document)
            key = (place, claim.stance.value, target_of(claim))
            out[claim.id] = sourced.get(key) or narrated.setdefault(key, claim.id)
    return out


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
