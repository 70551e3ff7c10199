"""Which claims speak of one incident: by the known incident that they tell, else by the names of those who were hit.

On the morning of an affair no table knows it yet. What the texts have in common then is who or what was attacked: "the attack
on Kestrel Ports", "Kestrel Ports was broken into". Names that stand in many affairs (states, agencies, vendors, actors) tell
nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple

from indicia.affairs.content import any_deed, content_of
from indicia.affairs.own_words import set_apart
from indicia.knowledge import Knowledge
from indicia.records import Claim, Document

__all__ = [
    "MANY",
    "Spell",
    "Together",
    "Trait",
    "accused_on",
    "by_incident",
    "can_be_alike",
    "common_names",
    "is_nameless",
    "keyed",
    "names_told",
    "near_ones",
    "only_one",
    "parts_of",
    "together",
    "traits_of",
    "words_of",
]

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
    wanted = {claim.incident_id for claim in claims if claim.incident_id}
    of_document: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_document[claim.quote.document].append(claim)
    parts = parts_of(names for some in of_document.values() for names in names_told(some, knowledge).values())
    key: dict[str, str] = {}
    for place, some in of_document.items():
        key |= keyed(some, documents.get(place), parts, wanted, knowledge)
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[key[claim.id]].append(claim)
    for group, other in _told_alike(groups, documents).items():
        groups[other] += groups.pop(group)
    order = {claim.id: number for number, claim in enumerate(claims)}
    out = []
    for members in groups.values():
        members.sort(key=lambda claim: order[claim.id])
    for group, members in sorted(groups.items(), key=lambda one: order[one[1][0].id]):
        out.append(together(group, members, documents, knowledge))
    return out


def names_told(claims: Iterable[Claim], knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """Claim id -> the names in small letters that tell which deed it is about, of claims on no known incident."""
    common = common_names(knowledge)
    return {claim.id: _telling(claim, common) for claim in claims if not claim.incident_id}


def parts_of(told: Iterable[frozenset[str]]) -> dict[str, str]:
    """Name -> the first, in the alphabet, of all names that one deed goes by, from the names that each claim tells."""
    telling = {names for names in told if names}
    return joined([*telling, *_shortened(frozenset().union(*telling))])


def keyed(
    claims: Sequence[Claim],
    document: Document | None,
    parts: Mapping[str, str],
    wanted: Collection[str],
    knowledge: Knowledge,
) -> dict[str, str]:
    """Claim id -> its group, for all claims of one document. `wanted` are the known incidents that any claim tells."""
    apart = _set_apart(claims, document, wanted, knowledge)
    names = names_told(claims, knowledge)
    key = {}
    for claim in claims:
        if claim.incident_id and claim.incident_id not in apart.get(claim.id, ()):
            key[claim.id] = f"known:{claim.incident_id}"
        elif names.get(claim.id):
            key[claim.id] = f"named:{parts[min(names[claim.id])]}"
    told = [claim for claim in claims if claim.id in key]
    out = {}
    for claim in claims:
        place = claim.quote.document
        if claim.id in key:
            out[claim.id] = key[claim.id]
        elif claim.id in apart:
            out[claim.id] = f"apart:{' '.join(apart[claim.id])}:{place}"
        else:
            near = told if len({key[one.id] for one in told}) == 1 else _of_paragraph(claim, told, document)
            out[claim.id] = key[near[0].id] if near else f"document:{place}"
    return out


def together(group: str, members: list[Claim], documents: Mapping[str, Document], knowledge: Knowledge) -> Together:
    """The claims of one group, in their order, with what it is called."""
    kind, _, value = group.partition(":")
    if kind == "known":
        known = next((incident.name for incident in knowledge.incidents if incident.id == value), value)
        return Together(value, known, members)
    if kind == "named":
        return Together(None, _called(members, value), members)
    if kind == "apart":
        others, _, place = value.partition(":")
        act = next((claim.act.text for claim in members if claim.act), None)
        heading = _heading(documents[place]) if place in documents else place
        return Together(None, " ".join(act.split()) if act else heading, members, tuple(others.split()))
    return Together(None, _heading(documents[value]) if value in documents else value, members)


def _set_apart(
    claims: Sequence[Claim], document: Document | None, wanted: Collection[str], knowledge: Knowledge
) -> dict[str, tuple[str, ...]]:
    """Claim id -> the known incidents that it is not about, by its text's own word, unless the claim itself names them."""
    spoken = set_apart(document, knowledge, wanted) if document is not None else ()
    out: dict[str, tuple[str, ...]] = {}
    for claim in claims if spoken else ():
        found = {one.incident for one in spoken if one.start <= claim.quote.start < one.end}
        if found:
            found -= {one.incident.id for one in knowledge.affairs.find(claim.quote.text)}
        if found:
            out[claim.id] = tuple(sorted(found))
    return out


class Trait(NamedTuple):
    """That a group accuses a state and, somewhere, uses a word: what groups are told alike by."""

    state: str
    word: str


class Spell(NamedTuple):
    """Days, from the first to the last, on which something told of a group may be about it."""

    first: int
    last: int
    group: str


MANY = "*"  # no group: more than one
_EVER = (0, date.max.toordinal())


def is_nameless(group: str) -> bool:
    """Whether a group is only what a document holds beside its named affairs."""
    return group.startswith("document:")


def can_be_alike(group: str) -> bool:
    """Whether a group can be told alike with others; what a text sets apart cannot."""
    return not group.startswith("apart:")


def words_of(group: str, claim: Claim) -> frozenset[str]:
    """Words of a claim that tell which deed is meant."""
    deed = claim.act.text if claim.act else claim.incident or ""
    return frozenset(_words(deed if is_nameless(group) else claim.quote.text))


def accused_on(claim: Claim, published: str | None) -> frozenset[tuple[str, int | None]]:
    """The state that a claim accuses, and the day of its text as a number where that is known."""
    return frozenset([(claim.accused.state, day_number(published))] if claim.accused.state else ())


def day_number(published: str | None) -> int | None:
    """The day of a text as a number; None where it is not known to the day, or no day at all."""
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return None


def traits_of(
    group: str, words: Collection[str], accused: Iterable[tuple[str, int | None]]
) -> Iterator[tuple[Trait, tuple[Spell, ...]]]:
    """What a group is told alike by, each once: of a nameless one with its days, of others with the days that are near."""
    by_state: dict[str, set[int | None]] = defaultdict(set)
    for state, day in accused:
        by_state[state].add(day)
    for state, days in by_state.items():
        spells = tuple(Spell(*some, group) for some in _spells(days, 0 if is_nameless(group) else DAYS))
        for word in words:
            yield Trait(state, word), spells


def _spells(days: Collection[int | None], margin: int) -> list[tuple[int, int]]:
    if None in days:
        return [_EVER]
    out: list[tuple[int, int]] = []
    for day in sorted(day for day in days if day is not None):
        if margin and out and day - margin <= out[-1][1] + 1:
            out[-1] = out[-1][0], day + margin
        else:
            out.append((day - margin, day + margin))
    return out


def near_ones(asked: Iterable[Spell], named: Iterable[Spell]) -> Iterator[tuple[str, str]]:
    """Groups without a name, each with the only named one whose days theirs fall into, or with MANY; of one trait."""
    coming = sorted(set(named))
    every = {each.group for each in coming}
    now: list[tuple[int, str]] = []  # a heap of the last day and the group
    place = 0
    for each in sorted(set(asked)):
        if (each.first, each.last) == _EVER:
            found = every
        else:
            while place < len(coming) and coming[place].first <= each.first:
                heappush(now, (coming[place].last, coming[place].group))
                place += 1
            while now and now[0][0] < each.first:
                heappop(now)
            found = set(islice(dict.fromkeys(group for _, group in now), 2))
        if found:
            yield each.group, next(iter(found)) if len(found) == 1 else MANY


def only_one(found: Collection[str]) -> str | None:
    """The group that all of `found` are."""
    return next(iter(found)) if len(found) == 1 and MANY not in found else None


def _told_alike(groups: Mapping[str, list[Claim]], documents: Mapping[str, Document]) -> dict[str, str]:
    """A document's claims without a name -> the one group with a name that they are about: "it had hacked a satellite network",
    Moscow's denial says, and the day before others had accused it over "the satellite network KA-SAT"."""
    named: dict[Trait, list[Spell]] = defaultdict(list)
    asked: dict[Trait, list[Spell]] = defaultdict(list)
    for group, claims in groups.items():
        if not can_be_alike(group):
            continue
        texts = [documents.get(claim.quote.document) for claim in claims]
        words = frozenset().union(*(words_of(group, claim) for claim in claims))
        accused = frozenset().union(
            *(accused_on(claim, text.published if text else None) for claim, text in zip(claims, texts, strict=True))
        )
        for trait, spells in traits_of(group, words, accused):
            (asked if is_nameless(group) else named)[trait] += spells
    fits: dict[str, set[str]] = defaultdict(set)
    for trait, some in asked.items():
        for group, other in near_ones(some, named.get(trait, ())):
            fits[group].add(other)
    return {group: only for group, found in fits.items() if (only := only_one(found)) is not None}


def _words(text: str) -> list[str]:
    """Words in small letters that tell which deed is meant: not those of any attack, and not those of any victim."""
    return [word.removesuffix("s") for word in _WORD.findall(text) if word not in any_deed()]


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


def joined(groups: Iterable[frozenset[str]]) -> dict[str, str]:
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
def common_names(knowledge: Knowledge) -> frozenset[str]:
    """Names that stand in many affairs, in small letters."""
    out = set(_DULL)
    for tabled in (*knowledge.states, *knowledge.agencies, *knowledge.vendors):
        out |= {tabled.name.lower(), *(name.lower() for name in tabled.names)}
    for state in knowledge.states:
        out |= {name.lower() for name in (state.capital, *state.capitals, *state.demonyms) if name}
    for actor in knowledge.actors:
        out |= {actor.name.lower(), *(alias.name.lower() for alias in actor.aliases)}
    return frozenset(out)
