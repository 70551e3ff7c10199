"""What machine-readable files state, brought up to what is known today: STIX and MISP, and attributions as EuRepoC codes them.

A row of EuRepoC tells who attributes, of what kind and on what basis, to whom, of which country and category. How firmly it was
said it does not tell, so nothing is said of that. A row that names neither an initiator nor a country accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from indicia.knowledge import Knowledge
from indicia.knowledge.eurepoc import COLUMNS, is_told, meant
from indicia.knowledge.resolve import names_of
from indicia.read.fronts.feeds import Cell, cells_of
from indicia.read.names.lexicon import Entry, lexicon_of, lowered
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Candidate,
    Channel,
    Claim,
    Deed,
    Document,
    Level,
    Mention,
    MentionKind,
    Party,
    Relation,
    Source,
    SourceType,
    Stance,
    Tie,
    TieKind,
    stable_id,
)

_SPEAKERS = {
    Relation.ATTACKER: SourceType.GROUP,
    Relation.SECURITY_COMMUNITY: SourceType.COMPANY,
    Relation.VICTIM_GOVERNMENT: SourceType.GOVERNMENT,
    Relation.INTERNATIONAL: SourceType.INTERNATIONAL,
    Relation.MEDIA: SourceType.MEDIA,
}
_ACCUSED = {
    "state": (AccusedType.STATE, Level.STATE),
    "affiliated": (AccusedType.GROUP, Level.GROUP),
    "group": (AccusedType.GROUP, Level.GROUP),
    "person": (AccusedType.PERSON, Level.OPERATOR),
    "unknown": (AccusedType.UNKNOWN, Level.OPERATOR),
}


def claims_of_rows(document: Document, knowledge: Knowledge) -> tuple[Claim, ...]:
    """The claims in the order of the rows; none when the document is no table of attributions."""
    lines = document.text.split("\n")
    names = [cell[2] for cell in cells_of(lines[0].lstrip("\ufeff").rstrip("\r"), 0, ",")]
    if not set(COLUMNS) <= set(names):
        return ()
    found, at = {}, len(lines[0]) + 1
    for line in lines[1:]:
        row = dict(zip(names, cells_of(line.rstrip("\r"), at, ","), strict=False))
        if len(row) == len(names):
            for claim in _claim(row, document, at, at + len(line.rstrip("\r")), knowledge):
                found[claim.id] = claim
        at += len(line) + 1
    return tuple(found.values())


def _claim(row: Mapping[str, Cell], document: Document, start: int, end: int, knowledge: Knowledge) -> Iterator[Claim]:
    def told(*columns: str) -> Cell | None:
        return next((row[name] for name in columns if is_told(row[name][2])), None)

    country = told("attributed_initiator_country")
    whom = told("attributed_initiator") or country
    if whom is None:
        return
    category = meant("category", row["attributed_initiator_category"][2])
    relation = Relation(meant("basis", row["attribution_basis"][2]))
    channel = Channel(meant("type", row["attribution_type"][2]))
    state = _state(country, knowledge)
    kind, level = _ACCUSED[category]
    date, incident = told("attribution_date"), told("incident_ID")
    tied = TieKind.LINKED if category == "affiliated" else TieKind.LOCATED
    who = told("attributing_actor", "attribution_it_company", "attributing_country")
    is_state = category == "state" and whom is country
    yield Claim(
        id=stable_id("claim", document.id, row["incident_ID"][2], row["attribution_ID"][2], start),
        quote=document.span(start, end),
        source=_source(row, who, document, relation, knowledge),
        stance=Stance.CLAIMS if relation is Relation.ATTACKER else Stance.ACCUSES,
        accused=Accused(
            type=AccusedType.AGENCY if category == "state" and not is_state else kind,
            level=Level.AGENCY if category == "state" and not is_state else level,
            party=_party(whom, document),
            state_said=state if category in {"state", "affiliated"} else None,
        ),
        deed=Deed(),
        tie=Tie(kind=tied, to=country[2].strip(), state=state) if country and not is_state and category != "state" else None,
        incidents=(About(name=f"EuRepoC incident {incident[2].strip()}"),) if incident else (),
        channel=channel,
        relation=relation,
        date=date[2].strip()[:10] if date else None,
        cues=("eurepoc",),
    )


def _party(cell: Cell, document: Document) -> Party:
    return Party(span=document.span(cell[0], cell[1]), canonical=cell[2].strip())


def _source(row: Mapping[str, Cell], who: Cell | None, document: Document, relation: Relation, knowledge: Knowledge) -> Source:
    state = _state(row["attributing_country"], knowledge)
    kind = _SPEAKERS.get(relation) or (SourceType.GOVERNMENT if state else SourceType.COMPANY)
    return Source(type=kind, party=_party(who, document) if who else None, state=state)


def _state(cell: Cell | None, knowledge: Knowledge) -> str | None:
    """The code of a country by its name, also as ISO writes it ("Korea, Republic of")."""
    if cell is None or not is_told(cell[2]):
        return None
    name = cell[2].strip()
    last, _, first = name.partition(", ")
    written = (_state_named(one, knowledge) for one in (name, f"{first} {last}".strip(), last))
    return next((code for code in written if code), None)


_NAMED = frozenset({MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN})
_GROUP = re.compile(r" (?:group|team|gang)\Z")


def brought_up_to_date(mentions: Sequence[Mention], knowledge: Knowledge) -> list[Mention]:
    """The same mentions in the same order. A revoked technique has its successor as value and says so; one that this release
    does not know has no target; a name that means one thing only has its id, one that may mean several has the candidates.
    A technique that is given by a name that ATT&CK does not have is left out: it says nothing to anybody."""
    techniques = [mention for mention in mentions if mention.kind is MentionKind.TECHNIQUE]
    known = {technique.id for technique in knowledge.attack.techniques} if techniques else set()
    by_name: dict[str, list[Candidate]] = {}
    for technique in knowledge.attack.techniques if techniques else ():
        by_name.setdefault(technique.name.lower(), []).append(Candidate(id=technique.id, name=technique.name))
    kept = []
    for mention in mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.target:
            kept.append(_technique(mention, knowledge, known))
        elif mention.kind is MentionKind.TECHNIQUE:
            meant = by_name.get(mention.value.lower(), [])
            if len(meant) == 1:
                kept.append(msgspec.structs.replace(mention, value=meant[0].id, target=meant[0].id))
            elif meant:
                kept.append(msgspec.structs.replace(mention, candidates=tuple(meant), score=0.5))
        elif mention.kind in _NAMED and not mention.target:
            kept.append(_name(mention, knowledge))
        else:
            kept.append(mention)
    return kept


def _technique(mention: Mention, knowledge: Knowledge, known: set[str]) -> Mention:
    id = knowledge.attack.current(mention.value)
    if id == mention.value and id in known:
        return mention
    reason = knowledge.attack.led_on(mention.value)
    if id not in known:
        reason = f"{id} is not in ATT&CK {knowledge.attack.version}"
    return msgspec.structs.replace(mention, value=id, target=id if id in known else None, reason=mention.reason or reason)


def _name(mention: Mention, knowledge: Knowledge) -> Mention:
    low = lowered(mention.value)
    known = lexicon_of(knowledge).entries
    entries = [e for e in known.get(low) or known.get(_GROUP.sub("", low), []) if e.kind is mention.kind]
    ids = sorted({entry.id for entry in entries})
    if len(ids) == 1:
        return msgspec.structs.replace(mention, target=ids[0])
    candidates = tuple(
        Candidate(id=id, name=next(e.name for e in entries if e.id == id), according_to=_users(entries, id)) for id in ids
    )
    return msgspec.structs.replace(mention, candidates=candidates) if candidates else mention


def _users(entries: Iterable[Entry], id: str) -> tuple[str, ...]:
    return next(entry.according_to for entry in entries if entry.id == id)


def with_what_is_known(claims: Iterable[Claim], knowledge: Knowledge) -> tuple[Claim, ...]:
    """The claims in their order: an incident by its id where the name means one, a state that speaks, is accused or is tied to
    by its code. A group that an event is tagged with under two of its names is accused once."""
    names, seen, found = names_of(knowledge), set[tuple[str, str | None]](), []
    for claim in (_with_ids(claim, knowledge) for claim in claims):
        party = claim.accused.party
        if party is not None and claim.cues[:1] and claim.cues[0].startswith("misp:"):
            group = (names.group(party.canonical) or party.canonical.lower(), claim.incident)
            if group in seen:
                continue
            seen.add(group)
        found.append(claim)
    return tuple(found)


def _with_ids(claim: Claim, knowledge: Knowledge) -> Claim:
    source, accused, tie = claim.source, claim.accused, claim.tie
    state = _state_named(source.party.canonical if source.party else None, knowledge)
    if state is not None:
        source = replace(source, type=SourceType.GOVERNMENT, state=state)
    if accused.level in (Level.STATE, Level.PLACE) and accused.state_said is None and accused.party is not None:
        accused = replace(accused, state_said=_state_named(accused.party.canonical, knowledge))
    if tie is not None and tie.state is None and (state := _state_named(tie.to, knowledge)) is not None:
        tie = replace(tie, state=state)
    incidents = tuple(_incident(about, knowledge) for about in claim.incidents)
    return replace(claim, source=source, accused=accused, tie=tie, incidents=incidents)


def _state_named(name: str | None, knowledge: Knowledge) -> str | None:
    named = knowledge.states.named(name) if name else ()
    return named[0].code if named else None


def _incident(about: About, knowledge: Knowledge) -> About:
    known = {row.id for row in knowledge.incidents.named(about.name)}
    return replace(about, id=next(iter(known))) if about.id is None and len(known) == 1 else about
