"""Which claims speak of one incident: by the known incident that they tell, else by the names of those who were hit.

On the morning of an affair no table knows it yet. What the texts have in common then is who or what was attacked: "the attack
on Kestrel Ports", "Kestrel Ports was broken into". Names that stand in many affairs (states, agencies, vendors, actors) tell
nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from indicia.affairs.content import content_of
from indicia.affairs.own_words import set_apart
from indicia.knowledge import Knowledge
from indicia.read.claims.words.lexicon import FUNCTION
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Claim, Document

__all__ = ["Together", "by_incident"]

_NAME = re.compile(r"\b[A-Z][\w&’'-]*(?:\s+(?:(?:of|the|for|de|la)\s+)*[A-Z][\w&’'-]*)*")
_LEAD = re.compile(r"^(?:the|a|an|its|their|his|her)\s+", re.IGNORECASE)
_PHRASE = re.compile(r"\b(?:the|a|an)\s.+", re.DOTALL)
_POSSESSIVE = re.compile(r"['’]s?\b(?![a-z])")
_DULL = frozenset(
    "the a an january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday it they these this those we he she such "
    "europe asia africa america oceania eurasia western eastern internet".split()
) | {"north america", "south america", "latin america", "middle east", "eastern europe", "western europe", "southeast asia"}
_FIRM = re.compile(r"(?<=\w)\W+(?:corp|corporation|inc|incorporated|ltd|limited|llc|plc|gmbh|ag|sa|nv|company|co)$")
_WORD = re.compile(r"\b[a-z]{5,}\b")
_ANY_DEED = word_set("incidents.dull") | word_set("incidents.any_deed")
DAYS = 31  # between texts on one affair that call it differently
_LONGEST_HEADING = 120  # characters; a longer first line is a paragraph
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


class Together(NamedTuple):
    """Claims on one incident. `incident` is the id of a known one; `name` is what the texts or the table call it."""

    incident: str | None
    name: str
    claims: list[Claim]
    is_not: tuple[str, ...] = ()  # known incidents that the texts say it is not


def by_incident(claims: Sequence[Claim], documents: Mapping[str, Document], knowledge: Knowledge) -> list[Together]:
    """The claims in groups, in the order of their first claim.

    A claim that tells no incident and names nobody who was hit joins the only group of its document; where there is more than
    one, that of the claim nearest before it (else after it) in its paragraph. What is left stays with the others of its
    document, unless their deed is told in words of the only group of that time that accuses the same state. What a text says of
    itself goes before all that: a deed that "is not the compromise of ..." joins no claim on that one.
    """
    known = {incident.id: incident for incident in knowledge.incidents}
    apart = _set_apart(claims, documents, knowledge)
    common = _common(knowledge)
    names = {claim.id: _telling(claim, common) for claim in claims if not claim.incident_id}
    telling = [group for group in names.values() if group]
    parts = _joined([*telling, *_shortened(frozenset().union(*telling))])
    key = {}
    for claim in claims:
        if claim.incident_id and claim.incident_id not in apart.get(claim.id, ()):
            key[claim.id] = f"known:{claim.incident_id}"
        elif names.get(claim.id):
            key[claim.id] = f"named:{parts[min(names[claim.id])]}"
    of_document: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in key:
            of_document[claim.quote.document].append(claim)
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in key:
            groups[key[claim.id]].append(claim)
            continue
        place = claim.quote.document
        if claim.id in apart:
            groups[f"apart:{' '.join(apart[claim.id])}:{place}"].append(claim)
            continue
        told = of_document[place]
        near = told if len({key[one.id] for one in told}) == 1 else _of_paragraph(claim, told, documents.get(place))
        groups[key[near[0].id] if near else f"document:{place}"].append(claim)
    for group, other in _told_alike(groups, documents).items():
        groups[other] += groups.pop(group)
    order = {claim.id: number for number, claim in enumerate(claims)}
    out = []
    for members in groups.values():
        members.sort(key=lambda claim: order[claim.id])
    for group, members in sorted(groups.items(), key=lambda one: order[one[1][0].id]):
        kind, _, value = group.partition(":")
        if kind == "known":
            out.append(Together(value, known[value].name if value in known else value, members))
        elif kind == "named":
            out.append(Together(None, _called(members, value), members))
        elif kind == "apart":
            others, _, place = value.partition(":")
            act = next((claim.act.text for claim in members if claim.act), None)
            heading = _heading(documents[place]) if place in documents else place
            out.append(Together(None, " ".join(act.split()) if act else heading, members, tuple(others.split())))
        else:
            document = documents.get(value)
            out.append(Together(None, _heading(document) if document else value, members))
    return out


def _set_apart(claims: Sequence[Claim], documents: Mapping[str, Document], knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """Claim id -> the known incidents that it is not about, by its text's own word, unless the claim itself names them."""
    wanted = {claim.incident_id for claim in claims if claim.incident_id}
    spoken = {place: set_apart(documents[place], knowledge, wanted) for place in documents} if wanted else {}
    out: dict[str, tuple[str, ...]] = {}
    for claim in claims:
        found = {one.incident for one in spoken.get(claim.quote.document, ()) if one.start <= claim.quote.start < one.end}
        if found:
            found -= {one.incident.id for one in knowledge.affairs.find(claim.quote.text)}
        if found:
            out[claim.id] = tuple(sorted(found))
    return out


def _told_alike(groups: Mapping[str, list[Claim]], documents: Mapping[str, Document]) -> dict[str, str]:
    """A document's claims without a name -> the one group with a name that they are about: "it had hacked a satellite network",
    Moscow's denial says, and the day before others had accused it over "the satellite network KA-SAT"."""
    named = {
        group: {word for claim in claims for word in _words(claim.quote.text)}
        for group, claims in groups.items()
        if not group.startswith(("document:", "apart:"))
    }
    out = {}
    for group in (group for group in groups if group not in named and not group.startswith("apart:")):
        mine = groups[group]
        words = {word for claim in mine for word in _words(claim.act.text if claim.act else claim.incident or "")}
        fits = [
            other
            for other, told in named.items()
            if not words.isdisjoint(told)
            and any(
                one.accused.state == claim.accused.state and _near(one, claim, documents)
                for one in mine
                if one.accused.state
                for claim in groups[other]
            )
        ]
        if len(fits) == 1:
            out[group] = fits[0]
    return out


def _words(text: str) -> list[str]:
    """Words in small letters that tell which deed is meant: not those of any attack, and not those of any victim."""
    return [word.removesuffix("s") for word in _WORD.findall(text) if word not in _ANY_DEED and word not in FUNCTION]


def _near(one: Claim, other: Claim, documents: Mapping[str, Document]) -> bool:
    """Whether two claims stand in texts of one month, as far as their dates are known."""
    dates = [documents[claim.quote.document].published if claim.quote.document in documents else None for claim in (one, other)]
    days = [date.fromisoformat(told[:10]) for told in dates if told and len(told) >= 10]
    return len(days) < 2 or abs((days[0] - days[1]).days) <= DAYS


def _of_paragraph(claim: Claim, others: Sequence[Claim], document: Document | None) -> list[Claim]:
    """Those in the paragraph of a claim, the nearest before it first, then the nearest after it."""
    if document is None:
        return []
    at = claim.quote.start
    near = []
    for one in others:
        first, last = sorted((at, one.quote.start))
        if not _PARAGRAPH.search(document.text, first, last):
            near.append(one)
    return sorted(near, key=lambda one: (one.quote.start > at, abs(at - one.quote.start), content_of(one)))


def _heading(document: Document) -> str:
    """What a text calls itself: its title, else its first line, else its file's name."""
    first = document.text.lstrip().partition("\n")[0].strip()
    return document.title or (first if 0 < len(first) <= _LONGEST_HEADING else document.file_name)


def _telling(claim: Claim, common: frozenset[str]) -> frozenset[str]:
    """Names in the act and of its victims that are told of few affairs, in small letters."""
    own = {party.span.text for party in (claim.accused.party, claim.source.party) if party is not None}
    texts = [span.text for span in claim.victims if any(c.isupper() for c in span.text)]
    texts += _NAME.findall(_POSSESSIVE.sub(",", claim.act.text if claim.act else claim.incident or ""))
    found = {_FIRM.sub("", _LEAD.sub("", " ".join(text.split())).lower()) for text in texts if text not in own}
    return frozenset(name for name in found if len(name) > 2 and name not in common and not name.isdigit())


def _shortened(names: Collection[str]) -> list[frozenset[str]]:
    """Each single word with the only longer name that begins with it: "the Kestrel hack" is that of Kestrel Ports."""
    longer: dict[str, set[str]] = defaultdict(set)
    for name in names:
        first, _, rest = name.partition(" ")
        if rest and first in names:
            longer[first].add(name)
    return [frozenset({first, *full}) for first, full in sorted(longer.items()) if len(full) == 1]


def _joined(groups: Sequence[frozenset[str]]) -> dict[str, str]:
    """Name -> the first, in the alphabet, of all names that are told together with it, directly or through others."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group in groups:
        first = root(min(group))
        for name in group:
            other = root(name)
            first, last = min(first, other), max(first, other)
            parent[last] = first
    return {name: root(name) for name in list(parent)}


def _called(claims: Sequence[Claim], name: str) -> str:
    """What most of the claims call their incident, the shortest of equals: "Attack on Kestrel Ports"."""
    said: Counter[str] = Counter()
    for claim in claims:
        if claim.act is not None:
            phrase = _PHRASE.search(" ".join(claim.act.text.split()))
            if phrase and name in phrase.group().lower():
                said[_LEAD.sub("", phrase.group())] += 1
    called = min(said, key=lambda text: (-said[text], len(text), text)) if said else _written(claims, name)
    return called[:1].upper() + called[1:]


def _written(claims: Sequence[Claim], name: str) -> str:
    """A name in small letters as most of the claims write it: "CBI"."""
    own = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    spans = [span.text for claim in claims for span in (*claim.victims, claim.act, claim.quote) if span is not None]
    found = Counter(match.group() for text in spans for match in own.finditer(" ".join(text.split())))
    return min(found, key=lambda text: (-found[text], text), default=name)


@lru_cache(maxsize=2)
def _common(knowledge: Knowledge) -> frozenset[str]:
    """Names that stand in many affairs, in small letters."""
    out = set(_DULL)
    for tabled in (*knowledge.states, *knowledge.agencies, *knowledge.vendors):
        out |= {tabled.name.lower(), *(name.lower() for name in tabled.names)}
    for state in knowledge.states:
        out |= {name.lower() for name in (state.capital, *state.capitals, *state.demonyms) if name}
    for actor in knowledge.actors:
        out |= {actor.name.lower(), *(alias.name.lower() for alias in actor.aliases)}
    return frozenset(out)
