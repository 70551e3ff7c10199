"""Which deeds are told surely enough to stand by themselves, as the campaigns of an export do, and what each is called.

A deed is one that our tables know, a campaign that a claim's sentence calls by its name ("Operation Kestrel"), or one that a
claim calls by a word for a deed together with who was hit: "the attack on Kestrel Ports". A victim, a product, a piece of
malware, a heading or a pattern of activity ("has targeted banks") is none. What a table does not know goes by the name that the
earliest claim gives it, so that texts that come later change nothing of it; a name that would fit many deeds ("attacks on
government websites") bears the month in which it was told, and is none where a profile tells it, whose month says nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indicia.affairs.content import any_deed, ranks
from indicia.affairs.incidents import common_names
from indicia.affairs.joining import claim_order
from indicia.knowledge import Knowledge
from indicia.records import (
    Case,
    Claim,
    Context,
    Document,
    Mention,
    MentionKind,
    Prominence,
    Stance,
    those_counted,
)

__all__ = ["Deed", "deeds_told"]

_DEED = re.compile(
    r"\b(?:cyber[- ]?)?(?:attacks?|activity|activities|hack(?:s|ing)?|breach(?:es)?|intrusions?|compromises?|break-ins?"
    r"|campaigns?|operations?|leaks?|heists?|thefts?|hijack(?:s|ing)?|outages?|ddos|sabotage)\b",
    re.IGNORECASE,
)
_NO_DEED = re.compile(
    r"\b(?:\w*election|\w*electoral|presidential|advertising|marketing|advocacy)\s+campaigns?\b", re.IGNORECASE
)
_DONE = re.compile(
    r"\b(?:hacked|breached|attacked|compromised|stole|stolen|infiltrated|penetrated|hijacked|defaced|sabotaged|disrupted"
    r"|(?:broke|broken|breaking|hacked|hacking|break)\s+into|knocked|crippled|paralysed|paralyzed"
    r"|accessed|(?:gain(?:ed|ing)|attempt(?:ed|ing|s)?\s+to|tried\s+to|trying\s+to)\s+(?:unauthori[sz]ed\s+)?access)\b",
    re.IGNORECASE,
)
_ATTACK_ON = re.compile(rf"(?:{_DEED.pattern})\s+(?:on|of|at|against|into)\s+(?:the\s+)?\Z", re.IGNORECASE)
_AIMED = re.compile(r"\b(?:on|of|at|against|into|across|in)\s+(?!which\b|that\b|it\b)\w{3,}", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z0-9][\w&.+’'-]*[\w+]")
_ANY = frozenset(  # words that are written with a capital in a heading, and tell of any deed
    "espionage cyberespionage global ransomware phishing spearphishing supply chain data wiper malware influence hybrid "
    "critical joint state-sponsored nation-state apt".split()
)
_LEAD = re.compile(r"^(?:(?:the|a|an|this|that|these|those|its|their|his|her|our|of|on|to|in|by|for|against|and|or)\s+)+", re.I)
_TRAIL = re.compile(
    r"(?:\s+(?:to|on|in|of|at|by|for|with|from|and|or|across|against|into|the|a|an|its|their))+$", re.IGNORECASE
)
_EDGE = " \t\n.,;:“”\"'‘’()[]–—-"
_LONGEST = 90  # characters of a name


class Deed(NamedTuple):
    """A deed by its `key`, which no other one has, what it is called, and its id where a table or ATT&CK knows it."""

    key: str
    name: str
    incident: str | None = None
    campaign: str | None = None


def deeds_told(case: Case, knowledge: Knowledge, *, every: bool = False) -> dict[str, Deed]:
    """Claim id -> the deed that it is about, of the claims that count and tell one, or of `every` claim. An affair has one
    deed."""
    documents = {document.id: document for document in case.documents}
    place = ranks(case.documents)
    taken = case.claims if every else those_counted(case.claims, case.judgements)
    counted = sorted(taken, key=lambda one: claim_order(one, documents, place))
    called = _campaigns_called(case, counted)
    affairs = {claim: number for number, affair in enumerate(case.affairs) for row in affair.rows for claim in row.claims}
    groups: dict[object, list[Claim]] = {}
    for claim in counted:
        groups.setdefault(affairs.get(claim.id, claim.id), []).append(claim)
    found: dict[str, Deed] = {}
    for group, claims in groups.items():
        known = case.affairs[group].incident_id if isinstance(group, int) else None
        own = {claim.id: _own(claim, documents.get(claim.quote.document), called.get(claim.id), knowledge) for claim in claims}
        found |= _of_affair(claims, own, _known(known, knowledge))
    return found


def _campaigns_called(case: Case, claims: Iterable[Claim]) -> dict[str, Mention]:
    """Claim id -> the campaign that its sentence calls by name, where that is only one."""
    named: dict[str, list[Mention]] = defaultdict(list)
    for one in case.mentions:
        if one.kind is MentionKind.CAMPAIGN and one.context is Context.STATED:
            named[one.span.document].append(one)
    found = {}
    for claim in claims:
        quote = claim.quote
        inside = {one.value: one for one in named[quote.document] if quote.start <= one.span.start < quote.end}
        if len(inside) == 1:
            found[claim.id] = next(iter(inside.values()))
    return found


def _of_affair(claims: Sequence[Claim], own: Mapping[str, Deed | None], known: Deed | None) -> Iterator[tuple[str, Deed]]:
    """The deeds of the claims on one affair, oldest first."""
    named = next((deed for deed in own.values() if deed is not None and not deed.incident), None)
    for claim in claims:
        deed = own[claim.id]
        if deed is not None:
            yield claim.id, deed if deed.incident or deed.campaign else named or deed
        elif (joined := known or named) is not None and _points_back(claim):
            yield claim.id, joined


def _points_back(claim: Claim) -> bool:
    """Whether a claim tells no deed of its own, so that it is on that of its affair."""
    tells = claim.incidents or claim.act or claim.victims or claim.sectors or claim.victim_countries
    if claim.stance is Stance.ACCUSES and (claim.prominence is Prominence.BACKGROUND or (claim.tie and not claim.deed)):
        return False
    return not tells


def _known(incident: str | None, knowledge: Knowledge) -> Deed | None:
    known = knowledge.incidents.get(incident) if incident else None
    return Deed(known.id, known.name, known.id) if known is not None else None


def _campaign(called: Mention, knowledge: Knowledge) -> Deed:
    """A campaign that goes by a name of its own: a known incident, ATT&CK's, or one that only the text knows."""
    theirs = knowledge.attack.campaigns.get(called.target) if called.target else None
    if theirs is None:
        return Deed(called.value.casefold(), called.value)
    incident = next((one.id for one in knowledge.incidents if theirs.id in one.campaigns), None)
    return _known(incident, knowledge) or Deed(f"attack {theirs.id}", theirs.name, campaign=theirs.id)


def _own(claim: Claim, document: Document | None, campaign: Mention | None, knowledge: Knowledge) -> Deed | None:
    """The deed that a claim itself tells."""
    if claim.incident_id is not None and _is_meant(claim, knowledge):
        return _known(claim.incident_id, knowledge)
    if campaign is not None and claim.deed is not None:
        return _campaign(campaign, knowledge)
    month = (claim.date or (document.published if document else None) or "")[:7]
    for words in _names(claim):
        name = _TRAIL.sub("", _LEAD.sub("", " ".join(words.split()))).strip(_EDGE)
        if not name or len(name) > _LONGEST or not _is_deed(name):
            continue
        called = name[:1].upper() + name[1:]
        if _is_telling(name, claim, knowledge):
            return Deed(name.casefold(), called)
        if len(month) == 7 and _AIMED.search(name) and _is_news(claim):
            return Deed(f"{name.casefold()} {month}", f"{called} ({month})")
    return None


def _is_news(claim: Claim) -> bool:
    """Whether a claim is told when its deed was: what is said in passing is of any time, and so is what a text narrates as its
    own subject, as profiles of groups do."""
    narrated = claim.source.party is None and claim.prominence is Prominence.ANNOUNCEMENT
    return claim.prominence is not Prominence.BACKGROUND and not narrated


def _is_meant(claim: Claim, knowledge: Knowledge) -> bool:
    """Whether a known incident that a sentence tells is the one that its claim is about. It is not where only the name of the
    accused leads to it, who did other things, too; where the sentence names several, the claim's own words must."""
    found = knowledge.affairs.find(claim.quote.text)
    is_told = any(one.incident.id == claim.incident_id for one in found)
    if is_told and not (claim.act and _is_deed(claim.act.text)):
        others = knowledge.affairs.find(_without_the_accused(claim))
        if all(one.incident.id != claim.incident_id for one in others):
            return False
    if len({one.incident.id for one in found if one.by == "name"}) < 2:
        return True
    told = " ".join((claim.act.text if claim.act else "", *(span.text for span in claim.victims)))
    return claim.incident_id in {one.incident.id for one in knowledge.affairs.find(told)}


def _without_the_accused(claim: Claim) -> str:
    """A claim's sentence without the names of whoever is accused."""
    party = claim.accused.party
    names = (party.canonical, party.span.text) if party is not None else ()
    return re.sub("|".join(map(re.escape, names)) or r"\Z", " ", claim.quote.text, flags=re.IGNORECASE)


def _names(claim: Claim) -> Iterator[str]:
    """What a claim may call its deed: its own words, else who was hit by what it says was done."""
    yield from (about.name for about in claim.incidents)
    if claim.act is not None:
        yield claim.act.text
    for span in claim.victims:  # "the attack on Kestrel Ports", of which the claim's own words are the end alone
        at = claim.quote.text.find(span.text)
        if at >= 0 and span.text[:1].isupper() and (told := _ATTACK_ON.search(claim.quote.text[:at])) is not None:
            yield f"{told.group()}{span.text}"
    if _DONE.search(claim.quote.text) and _is_news(claim):  # a name that no text gives it
        for span in claim.victims:
            yield f"Attack on {_LEAD.sub('', ' '.join(span.text.split()))}"


def _is_deed(name: str) -> bool:
    return _DEED.search(_NO_DEED.sub(" ", name)) is not None


def _is_telling(name: str, claim: Claim, knowledge: Knowledge) -> bool:
    """Whether the words hold a name that few deeds share: not that of a state, a vendor, an actor or who speaks."""
    parties = (party.canonical.lower() for party in (claim.accused.party, claim.source.party) if party)
    shared = common_names(knowledge) | _ANY | {word for party in parties for word in party.split()}
    words = [word.casefold().removesuffix("'s").removesuffix("’s") for word in _NAME.findall(_DEED.sub(" ", name))]
    dull = {at for size in (3, 2, 1) for start in range(len(words) - size + 1) for at in _run(words, start, size, shared)}
    return any(
        at not in dull and len(word) > 2 and word not in any_deed() and not word.isdigit() for at, word in enumerate(words)
    )


def _run(words: Sequence[str], start: int, size: int, names: Collection[str]) -> range:
    """The places of some words, where together they are one of some names."""
    return range(start, start + size) if " ".join(words[start : start + size]) in names else range(0)
