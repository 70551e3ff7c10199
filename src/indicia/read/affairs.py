"""The affair behind the sentences: all claims on one incident, who holds what, what changed, and how many independent origins
there are.

Nothing is merged away: every claim stays, rows and shifts only refer to claims by id. Copies are told from origins by three
things: a
document that repeats another's text, a claim that passes on a named source which speaks elsewhere too, and narration without a
source beside a sourced claim on the same accused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.read.incidents import by_incident
from indicia.records import Affair, AffairRow, Claim, Document, Firmness, Level, Shift, SourceType, Stance

__all__ = ["join_affairs", "origins"]

_FIRMNESS = {
    Firmness.LOW: 1,
    Firmness.HEDGED: 2,
    Firmness.MODERATE: 3,
    Firmness.NONE: 4,
    Firmness.HIGH: 5,
    Firmness.CONFIRMED: 6,
}
_LEVELS = {Level.PLACE: 0, Level.STATE: 1, Level.AGENCY: 2, Level.GROUP: 3, Level.OPERATOR: 4}
_WORD = re.compile(r"\w+")
_SHINGLE = 6
COPY = 0.6  # share of six-word sequences from which a document counts as a copy of another


def _shingles(text: str, limit: int = 4000) -> frozenset[int]:
    """Hashes of six-word sequences of the first words of a text."""
    words = _WORD.findall(text.lower())[:limit]
    return frozenset(hash(tuple(words[i : i + _SHINGLE])) for i in range(max(1, len(words) - _SHINGLE + 1)))


def _date(claim: Claim, documents: Mapping[str, Document]) -> str:
    """When the claim was made as far as is known, else when its document appeared; "9999" when neither is known."""
    document = documents.get(claim.quote.document)
    return claim.date or (document.published if document and document.published else None) or "9999"


def _source(claim: Claim) -> str:
    return claim.source.party.canonical if claim.source.party else "no source named"


def _target(claim: Claim) -> str:
    """Whom a claim is about, as loosely as is needed to compare claims: the state where one is known, else the name."""
    party = claim.accused.party
    return "" if party is None else claim.accused.state or party.canonical.lower()


def _copies(documents: Sequence[Document]) -> dict[str, str]:
    """Document id -> id of the earliest document with nearly the same text (itself when there is none)."""
    ordered = sorted(documents, key=lambda d: (d.published or "9999", d.id))
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
    claim: str
    day: str
    named: str
    firmness: Firmness


def origins(claims: Iterable[Claim], documents: Iterable[Document]) -> dict[str, str]:
    """Claim id -> id of the claim that is its first utterance (its own id for a first utterance).

    A source's claim leads back to its first one on the same accused that was as firm, or was made on the same day. What is told
    flatly of a source that had spoken more firmly is its words passed on, no new utterance.
    """
    known = {document.id: document for document in documents}
    copies = _copies(list(known.values()))
    ordered = sorted(
        claims,
        key=lambda c: (
            _date(c, known),
            copies.get(c.quote.document, c.quote.document) != c.quote.document,
            not _heads(c, known.get(c.quote.document)),
            c.id,
        ),
    )
    sourced: dict[tuple[str, str, str], str] = {}
    for claim in ordered:
        if claim.source.party is not None:
            sourced.setdefault((copies.get(claim.quote.document, ""), claim.stance.value, _target(claim)), claim.id)
    first: dict[tuple[str, ...], str] = {}
    utterances: dict[tuple[str, ...], list[_Utterance]] = {}
    out: dict[str, str] = {}
    for claim in ordered:
        place = copies.get(claim.quote.document, claim.quote.document)
        if claim.source.party is None:
            other = sourced.get((place, claim.stance.value, _target(claim)))
            key: tuple[str, ...] = ("narration", place, claim.stance.value, _target(claim))
            out[claim.id] = out.get(other, other) if other else first.setdefault(key, claim.id)
            continue
        named = claim.accused.party.canonical if claim.accused.party else ""
        said = utterances.setdefault((*_voice(claim, place), claim.stance.value, _target(claim), claim.incident_id or ""), [])
        day = _date(claim, known)
        for one in reversed(said):
            passed_on = claim.said.firmness is Firmness.NONE and _FIRMNESS[one.firmness] > _FIRMNESS[Firmness.NONE]
            if one.day == day or (one.named == named and (one.firmness is claim.said.firmness or passed_on)):
                out[claim.id] = one.claim
                break
        else:
            said.append(_Utterance(claim.id, day, named, claim.said.firmness))
            out[claim.id] = claim.id
    return out


def _heads(claim: Claim, document: Document | None) -> bool:
    """Whether the first line of the text names who speaks: a source's own statement comes before the day's reports of it."""
    party = claim.source.party
    return (
        document is not None and party is not None and party.canonical.lower() in document.text.partition("\n")[0][:200].lower()
    )


def _voice(claim: Claim, place: str) -> tuple[str, str]:
    """Who speaks. Unnamed officials of two texts may be different people; those of a text and its copies are the same."""
    party = claim.source.party
    if party is None:
        return "", place
    unnamed = claim.source.type in (SourceType.ANONYMOUS, SourceType.PERSON) and not any(
        c.isupper() for c in party.canonical[1:]
    )
    return party.canonical.lower(), place if unnamed or claim.source.type is SourceType.ANONYMOUS else ""


def join_affairs(claims: Iterable[Claim], documents: Iterable[Document], knowledge: Knowledge) -> tuple[Affair, ...]:
    """One affair per incident, the one with the most claims first; see `by_incident` for which claims those are.

    `origins` counts the voices that accuse: what one source says twice, or others repeat, is one.
    """
    known = {document.id: document for document in documents}
    every = sorted(claims, key=lambda c: (_date(c, known), c.quote.document, c.quote.start, c.id))
    first = origins(every, known.values())
    copies = _copies(list(known.values()))
    incidents = {incident.id: incident for incident in knowledge.incidents}
    affairs = []
    for value, name, members in by_incident(every, known, knowledge):
        incident = incidents.get(value or "")
        accusing = [c for c in members if c.stance is Stance.ACCUSES]
        private = [_date(c, known) for c in accusing if c.source.type in (SourceType.COMPANY, SourceType.PERSON)]
        official = [
            _date(c, known)
            for c in accusing
            if c.source.type in (SourceType.GOVERNMENT, SourceType.INTERNATIONAL, SourceType.COURT)
        ]
        affairs.append(
            Affair(
                incident_id=value,
                name=name,
                rows=_rows(members),
                shifts=_shifts([c for c in members if first[c.id] == c.id], known),
                origins=len(
                    {_voice(c, copies.get(c.quote.document, "")) for c in accusing if c.source.party or first[c.id] == c.id}
                ),
                first_detected=(incident.start or incident.disclosed) if incident else None,
                first_private=min((d for d in private if d != "9999"), default=None),
                first_official=min((d for d in official if d != "9999"), default=None),
            )
        )
    return tuple(sorted(affairs, key=lambda a: (-sum(len(row.claims) for row in a.rows), a.incident_id or "", a.name)))


def _rows(members: list[Claim]) -> tuple[AffairRow, ...]:
    """One row per source in the order of its first claim."""
    by_source: dict[str, list[Claim]] = {}
    for claim in members:
        by_source.setdefault(_source(claim), []).append(claim)
    rows = []
    for source, own in by_source.items():
        endorses: dict[str, None] = {}
        denied: dict[str, None] = {}
        for claim in own:
            for other in members:
                if _source(other) == source or _target(other) != _target(claim) or not _target(claim):
                    continue
                if claim.stance is Stance.ENDORSES and other.stance is Stance.ACCUSES:
                    named = other.source.party is not None and (
                        other.source.party.canonical in claim.quote.text or other.source.party.span.text in claim.quote.text
                    )
                    if named or other.quote.document == claim.quote.document:
                        endorses[_source(other)] = None
                if claim.stance is Stance.ACCUSES and other.stance is Stance.DENIES:
                    denied[_source(other)] = None
        rows.append(
            AffairRow(source=source, claims=tuple(c.id for c in own), endorses=tuple(endorses), denied_by=tuple(denied))
        )
    return tuple(rows)


def _shifts(members: list[Claim], documents: Mapping[str, Document]) -> tuple[Shift, ...]:
    """How later claims stand to earlier ones: of the same source step by step, and between sources where they cannot both be
    right."""
    out = []
    last: dict[str, Claim] = {}
    for claim in members:
        source = _source(claim)
        earlier = last.get(source)
        if earlier is not None and claim.source.party is not None:
            shift = _compare(earlier, claim, documents)
            if shift is not None:
                out.append(shift)
        last[source] = claim
    seen: set[tuple[str, str, str]] = set()
    # one claim per source, stance and target is enough here, and keeps large affairs cheap
    stands: dict[tuple[str, Stance, str], Claim] = {}
    for claim in members:
        stands.setdefault((_source(claim), claim.stance, _target(claim)), claim)
    telling = list(stands.values())[:300]
    for i, one in enumerate(telling):
        for other in telling[i + 1 :]:
            if _source(one) == _source(other) or not _target(one) or not _target(other):
                continue
            opposed = {one.stance, other.stance}
            pair = (_source(one), _source(other), _target(one))
            if pair in seen:
                continue
            if _target(one) == _target(other) and Stance.ACCUSES in opposed and opposed & {Stance.DENIES, Stance.QUESTIONS}:
                who = other if other.stance is not Stance.ACCUSES else one
                note = f"{_source(who)} {'denies' if who.stance is Stance.DENIES else 'doubts'} it"
                out.append(Shift(earlier=one.id, later=other.id, kind="contradict", note=note))
                seen.add(pair)
            elif (
                one.stance is other.stance is Stance.ACCUSES
                and one.accused.state
                and other.accused.state
                and one.accused.state != other.accused.state
            ):
                out.append(
                    Shift(
                        earlier=one.id,
                        later=other.id,
                        kind="contradict",
                        note=f"{one.accused.state} against {other.accused.state}",
                    )
                )
                seen.add(pair)
    return tuple(out)


def _compare(earlier: Claim, later: Claim, documents: Mapping[str, Document]) -> Shift | None:
    """What a source's next claim does to its last one, or None when they do not bear on each other."""
    one, other = earlier.accused.party, later.accused.party
    if earlier.stance is not later.stance:
        pair = (earlier.stance, later.stance)
        if pair == (Stance.DECLINES, Stance.ACCUSES):
            return Shift(earlier=earlier.id, later=later.id, kind="supersede", note="names a party after it had declined to")
        if _target(earlier) == _target(later) and {Stance.ACCUSES, Stance.DENIES} == set(pair):
            return Shift(earlier=earlier.id, later=later.id, kind="contradict", note="accuses and clears the same party")
        return None
    if later.stance is not Stance.ACCUSES or one is None or other is None:
        return None
    if earlier.accused.state and later.accused.state and earlier.accused.state != later.accused.state:
        return Shift(
            earlier=earlier.id, later=later.id, kind="contradict", note=f"{earlier.accused.state}, then {later.accused.state}"
        )
    same_state = earlier.accused.state is not None and earlier.accused.state == later.accused.state
    if one.canonical == other.canonical:
        before, after = _FIRMNESS[earlier.said.firmness], _FIRMNESS[later.said.firmness]
        if before == after:
            return Shift(earlier=earlier.id, later=later.id, kind="repeat", note="")
        note = ", then ".join(
            "said flatly" if f is Firmness.NONE else f.value for f in (earlier.said.firmness, later.said.firmness)
        )
        return Shift(earlier=earlier.id, later=later.id, kind="supersede", note=note)
    if same_state and earlier.accused.level and later.accused.level:
        other_level = _LEVELS[later.accused.level] != _LEVELS[earlier.accused.level]
        if other_level or _date(earlier, documents) < _date(later, documents):
            return Shift(earlier=earlier.id, later=later.id, kind="refine", note=f"{one.canonical}, then {other.canonical}")
    return None
