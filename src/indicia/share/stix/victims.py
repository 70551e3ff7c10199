"""Who was attacked, as those say who accuse somebody of it or take credit: `targets` from the campaign, else from whoever is
accused.

A victim that goes by a name is an organisation, others a class of such. What the reader cut out of a longer name, and what says
only that there were victims ("dozens of organisations"), is no object. A sentence on a known deed may tell of others beside it:
whom our table does not know as hit by that one, the accused targets. A claim that names nobody who was hit has the victims that
the same source names of the same deed elsewhere in its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indicia.affairs.content import any_deed
from indicia.knowledge.tables import Incident
from indicia.records import Case, Claim, Document, MentionKind, Span, Stance, Tlp, those_counted
from indicia.share.redact import marking_of_texts
from indicia.share.stix.ids import moments_of_claims
from indicia.share.stix.objects import Objects
from indicia.share.stix.parties import Campaigns, accused_object, country, identity, source_object
from indicia.view.words import by_state, source_words

_LEAD = re.compile(
    r"^(?:(?:the|a|an|its|their|his|her|our|and|or|of|on|in|against|some|many|several|various|numerous|other|dozens|"
    r"hundreds|thousands|(?:at|more) (?:least|than)|approximately|about|around|over|nearly|\d[\d,.]*|two|three|four|five|six|"
    r"seven|eight|nine|ten)\s+)+",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"(?:\s+(?:of|in|on|at|and|or|the|a|an|to|for|by|with|from|its|their|across))+$", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w&’'-]+")
_ANYBODY = frozenset(
    "victims victim individuals targets target targeted users entities organizations organisations organization organisation "
    "customers computers computer people persons systems system networks network victims others firms company companies "
    "institutions devices accounts sites website websites site services service parties party sectors sector industries "
    "industry industrial related global multiple worldwide world countries country government authorities officials".split()
)
_LONGEST = 80  # characters of a name


def target_objects(case: Case, objects: Objects, campaigns: Campaigns) -> list[str]:
    """Adds who was hit, and the relationships, in the name of who says so. Returns the ids, each once."""
    documents = {document.id: document for document in case.documents}
    sectors = [one for one in case.mentions if one.kind is MentionKind.SECTOR]
    places = {(one.span.document, one.span.start, one.span.end): one.value for one in sectors}
    whole = marking_of_texts(case)
    moments = moments_of_claims(case)
    elsewhere = _told_elsewhere(case.claims)
    added: list[str] = []
    for claim in those_counted(case.claims, case.judgements):
        document = documents.get(claim.quote.document)
        marking = case.counts_as(document) if document else whole
        if claim.stance in (Stance.ACCUSES, Stance.CLAIMS) and claim.deed is not None:
            campaign, doer = campaigns.of(claim), _doer(claim, objects, marking)
            known = objects.knowledge.incidents.get(campaigns.incident(claim) or "")
            for victim in dict.fromkeys(_victims(elsewhere.get(claim.id, claim), document, places, objects, marking)):
                hit_by = campaign if known is None or _is_hit_by(known, victim, objects) else doer
                if (source := hit_by or doer) is not None:
                    added += _hit(claim, source, victim, moments[claim.id], objects, marking)
    return list(dict.fromkeys(added))


def _told_elsewhere(claims: Iterable[Claim]) -> dict[str, Claim]:
    """Claim id -> the claim of its text whose victims are its own, too, as it names none."""
    told: dict[tuple[str, str | None, str], Claim] = {}
    for claim in claims:
        if claim.incident and claim.victims:
            told.setdefault(_deed_of(claim), claim)
    return {one.id: told[_deed_of(one)] for one in claims if one.incident and not one.victims and _deed_of(one) in told}


def _deed_of(claim: Claim) -> tuple[str, str | None, str]:
    """A text, who speaks there, and what they call a deed."""
    source = claim.source.party
    return claim.quote.document, source.canonical if source else None, (claim.incident or "").casefold()


def _is_hit_by(known: Incident, victim: str, objects: Objects) -> bool:
    """Whether our table knows of an incident that somebody was hit by it: the country, the sector, or a telling word of who."""
    place, name = objects.field(victim, "country"), (objects.called(victim) or "").casefold()
    if place is not None:
        return place in known.victim_countries
    words = set(re.findall(r"[^\W\d_]{4,}", " ".join((known.name, *known.names, *known.victims, *known.products)).casefold()))
    telling = words - any_deed()
    return name in known.sectors or not telling.isdisjoint(re.findall(r"[^\W\d_]{4,}", name))


def _doer(claim: Claim, objects: Objects, marking: Tlp) -> str | None:
    accused = accused_object(claim, objects, marking)
    return accused if accused is not None and not accused.startswith("location--") else None


def _hit(claim: Claim, doer: str, victim: str, moment: str, objects: Objects, marking: Tlp) -> tuple[str, str]:
    who = source_words(claim) if claim.source.party else "a source that is not named"
    relation = objects.relate(
        doer,
        "targets",
        victim,
        objects.key(claim.id),
        marking=marking,
        created=moment,
        start_time=moment,
        created_by_ref=source_object(claim, objects, marking),
        description=f"Said by {who}: “{claim.quote.text}”",
    )
    return victim, relation


def _victims(
    claim: Claim, document: Document | None, sectors: dict[tuple[str, int, int], str], objects: Objects, marking: Tlp
) -> Iterator[str]:
    """Who was hit, each as an object: by name, else by sector; and by country. Nobody is their own victim."""
    parties = (claim.accused.party, claim.source.party)
    own = {party.canonical.casefold() for party in parties if party} | {
        party.span.text.casefold() for party in parties if party
    }
    countries = {by_state(code)[0] for code in claim.victim_countries}  # told as places
    told = set[str]()
    for span in claim.victims:
        name = victim_name(span, document)
        if not name:
            told.update(
                value
                for (place, start, end), value in sectors.items()
                if span.document == place and span.start <= start and end <= span.end
            )
        elif name.casefold() not in own and name not in countries:
            named = _NAME.search(name) is not None and not objects.knowledge.states.named(name)
            yield identity(objects, name, "organization" if named else "class", marking)
    for sector in sorted(told & set(claim.sectors)):
        yield identity(objects, sector, "class", marking)
    for code in claim.victim_countries:
        if code != claim.accused.state and (place := country(objects, code)):
            yield place


def victim_name(span: Span, document: Document | None) -> str:
    """What a victim is called, without what leads to it; empty where the words are cut from longer ones or name nobody."""
    name = _TRAIL.sub("", _LEAD.sub("", " ".join(span.text.split()))).strip(" .,;:“”\"'‘’()[]–—-")
    if document is not None and _is_cut(span, document.text):
        return ""
    words = [word.casefold() for word in re.findall(r"[\w&’'-]+", name)]
    tells = [word for word in words if word not in _ANYBODY and word not in any_deed()]
    if not tells or len(name) > _LONGEST:
        return ""
    return name if _NAME.search(name) or len(words) > 1 or (words[0].endswith("s") and len(words[0]) > 4) else ""


def _is_cut(span: Span, text: str) -> bool:
    """Whether a place begins or ends within a word, or within a name."""
    before, after = text[max(0, span.start - 20) : span.start], text[span.end : span.end + 20]
    if re.search(r"[\w.&’'-]$", before) or re.match(r"[\w&-]", after):
        return True
    return span.text[:1].isupper() and re.search(r"\b[A-Z][\w’'-]+ $", before) is not None
