"""The affair behind the sentences: all claims on one incident, who holds what, what changed, and how many independent voices
there are.

Nothing is merged away: every claim stays, rows and shifts only refer to claims by id. Which claims are copies is told by their
`origin` (see `indicia.affairs.origins`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicia.affairs.content import Content, content_of, ranks
from indicia.affairs.incidents import Together, by_incident
from indicia.affairs.origins import day_of, target_of, voice_of
from indicia.knowledge import Knowledge
from indicia.records import Affair, AffairRow, Claim, Document, Firmness, Level, Shift, SourceType, Stance

_LEVELS = {Level.PLACE: 0, Level.STATE: 1, Level.AGENCY: 2, Level.GROUP: 3, Level.OPERATOR: 4}


def _source(claim: Claim) -> str:
    return claim.source.party.canonical if claim.source.party else "no source named"


def join_affairs(claims: Iterable[Claim], documents: Iterable[Document], knowledge: Knowledge) -> tuple[Affair, ...]:
    """One affair per incident, the one with the most claims first; see `by_incident` for which claims those are.

    `origins` counts the voices that accuse: what one source says twice, or others repeat, is one.
    """
    known = {document.id: document for document in documents}
    place = ranks(known.values())
    every = sorted(claims, key=lambda c: claim_order(c, known, place))
    text_of = {claim.id: claim.quote.document for claim in every}
    affairs = [affair_of(each, known, text_of, knowledge) for each in by_incident(every, known, knowledge)]
    # Those with as many claims stay in the order of their first claim, which goes by content.
    return tuple(sorted(affairs, key=lambda a: -claims_in(a)))


def claim_order(claim: Claim, documents: Mapping[str, Document], place: Mapping[str, int]) -> tuple[str, int, int, Content]:
    """The order of claims in an affair. `place` is that of documents by date and text."""
    return day_of(claim, documents), place.get(claim.quote.document, 0), claim.quote.start, content_of(claim)


def claims_in(affair: Affair) -> int:
    """How many claims it has."""
    return sum(len(row.claims) for row in affair.rows)


def affair_of(group: Together, documents: Mapping[str, Document], text_of: Mapping[str, str], knowledge: Knowledge) -> Affair:
    """The affair of claims that are together, in their order. `text_of`: claim id -> its document, of all that they lead back
    to."""
    incident = next((one for one in knowledge.incidents if one.id == group.incident), None)
    accusing = [c for c in group.claims if c.stance is Stance.ACCUSES]
    private = [day_of(c, documents) for c in accusing if c.source.type in (SourceType.COMPANY, SourceType.PERSON)]
    official = [
        day_of(c, documents)
        for c in accusing
        if c.source.type in (SourceType.GOVERNMENT, SourceType.INTERNATIONAL, SourceType.COURT)
    ]
    voices = {
        voice_of(c, text_of.get(c.origin or c.id, c.quote.document)) for c in accusing if c.source.party or c.origin is None
    }
    return Affair(
        incident_id=group.incident,
        name=group.name,
        rows=_rows(group.claims),
        shifts=_shifts([c for c in group.claims if c.origin is None], documents),
        origins=len(voices),
        is_not=group.is_not,
        first_detected=(incident.start or incident.disclosed) if incident else None,
        first_private=min((d for d in private if d != "9999"), default=None),
        first_official=min((d for d in official if d != "9999"), default=None),
    )


def _rows(members: list[Claim]) -> tuple[AffairRow, ...]:
    """One row per source in the order of its first claim."""
    by_source: dict[str, list[Claim]] = {}
    for claim in members:
        by_source.setdefault(_source(claim), []).append(claim)
    denials: dict[str, dict[str, None]] = {}  # target -> sources
    named: dict[str, dict[tuple[str, str, str], int]] = {}  # target -> source, its names -> place of its first accusation
    beside: dict[tuple[str, str], dict[str, int]] = {}  # target, document -> source -> the same
    for place, claim in enumerate(members):
        target = target_of(claim)
        if claim.stance is Stance.DENIES:
            denials.setdefault(target, {})[_source(claim)] = None
        elif claim.stance is Stance.ACCUSES:
            beside.setdefault((target, claim.quote.document), {}).setdefault(_source(claim), place)
            if (party := claim.source.party) is not None:
                named.setdefault(target, {}).setdefault((_source(claim), party.canonical, party.span.text), place)
    rows = []
    for source, own in by_source.items():
        endorses: dict[str, None] = {}
        denied: dict[str, None] = {}
        for claim in own:
            target = target_of(claim)
            if target and claim.stance is Stance.ENDORSES:
                found = [(place, other) for other, place in beside.get((target, claim.quote.document), {}).items()]
                for (other, *names), place in named.get(target, {}).items():
                    found += [(place, other) for name in names if name in claim.quote.text]
                endorses |= dict.fromkeys(other for _, other in sorted(found) if other != source)
            if target and claim.stance is Stance.ACCUSES:
                denied |= dict.fromkeys(other for other in denials.get(target, ()) if other != source)
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
        stands.setdefault((_source(claim), claim.stance, target_of(claim)), claim)
    telling = list(stands.values())[:300]
    for i, one in enumerate(telling):
        for other in telling[i + 1 :]:
            if _source(one) == _source(other) or not target_of(one) or not target_of(other):
                continue
            opposed = {one.stance, other.stance}
            pair = (_source(one), _source(other), target_of(one))
            if pair in seen:
                continue
            if target_of(one) == target_of(other) and Stance.ACCUSES in opposed and opposed & {Stance.DENIES, Stance.QUESTIONS}:
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
        if target_of(earlier) == target_of(later) and later.stance is Stance.WITHDRAWS:
            return Shift(earlier=earlier.id, later=later.id, kind="supersede", note="takes back what it had said")
        if target_of(earlier) == target_of(later) and {Stance.ACCUSES, Stance.DENIES} == set(pair):
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
        if earlier.said.firmness is later.said.firmness:
            return Shift(earlier=earlier.id, later=later.id, kind="repeat", note="")
        note = ", then ".join(
            "said flatly" if f is Firmness.NONE else f.value for f in (earlier.said.firmness, later.said.firmness)
        )
        return Shift(earlier=earlier.id, later=later.id, kind="supersede", note=note)
    if same_state and earlier.accused.level and later.accused.level:
        other_level = _LEVELS[later.accused.level] != _LEVELS[earlier.accused.level]
        if other_level or day_of(earlier, documents) < day_of(later, documents):
            return Shift(earlier=earlier.id, later=later.id, kind="refine", note=f"{one.canonical}, then {other.canonical}")
    return None
