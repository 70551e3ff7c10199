"""Attributions as EuRepoC codes them, one in a row, as claims of whoever made them.

A row tells who attributes, of what kind and on what basis, to whom, of which country and category. How firmly it was said it
does not tell, so nothing is said of that. A row that names neither an initiator nor a country accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indicia.knowledge import Knowledge
from indicia.knowledge.eurepoc import COLUMNS, is_told, meant
from indicia.read.fronts.feeds import Cell, cells_of
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Channel,
    Claim,
    Deed,
    Document,
    Level,
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
    for one in (name, f"{first} {last}".strip(), last):
        if found := knowledge.states.named(one):
            return found[0].code
    return None
