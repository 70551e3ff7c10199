"""Which parties can speak, which can be accused, and which are of a kind that mostly is."""

from __future__ import annotations

import re

from indicia.read.claims.grammar import Sentence
from indicia.read.claims.party import Party
from indicia.read.claims.wordsets import word_set

__all__ = [
    "OFTEN_ACCUSED",
    "accusable",
    "can_be_accused",
    "can_speak",
    "defends",
    "is_actor",
    "specific",
    "suspect",
    "technical",
]

_DEFENDERS = frozenset(
    {"cyber agency", "police", "regulator", "prosecutor", "international", "alliance", "court", "parliament"}
)
# identifiers of flaws, techniques and updates, paths, domains, and short abbreviations ("C2", "HKLM"): reports are full of them
_TECHNICAL = re.compile(r"(?:the )?(?:(?:CVE|CWE|KB|MS|TA00)-?\d.*|T\d{4}(?:\.\d+)?|.*[_\\/.].*|[A-Z]{2,4}\d?)")
_ACCUSED_NO = word_set("rules.accused_no")
_SPYING = word_set("rules.spying")
OFTEN_ACCUSED = word_set("rules.often_accused")


def can_speak(party: Party) -> bool:
    """Whether a party of this kind can be the source of a claim."""
    first = party.kinds[0]
    if first in ("place", "malware"):
        return False
    if first in ("person", "group", "criminal"):
        return (
            any(k in party.kinds for k in ("gov_body", "gov_person", "company", "anonymous", "person_speaker"))
            or first != "person"
        )
    return True


def can_be_accused(party: Party) -> bool:
    """Whether a party of this kind can be accused of an attack."""
    first = party.kinds[0]
    if first in _ACCUSED_NO:
        return False
    if first == "gov_person":
        return party.head not in ("spokesman", "spokeswoman", "spokesperson", "spokespeople", "reporters")
    if first in ("gov_body", "company"):
        return (
            "agency" in party.kinds
            or "person" in party.kinds
            or party.hostile
            or "group" in party.kinds
            or party.state is not None
        )
    return True


def accusable(sentence: Sentence, index: int) -> bool:
    return index >= 0 and can_be_accused(sentence.parties[index])


def suspect(party: Party) -> bool:
    """Whether the party is of a kind that is accused rather than harmed: an actor, criminals, a state, spies, hostile
    groups."""
    first = party.kinds[0]
    if first == "agency":
        return party.name is not None or party.head in _SPYING
    if first in ("actor", "criminal", "state", "capital"):
        return True
    return first in ("group", "person") and (party.hostile or "criminal" in party.kinds or party.state is not None)


def defends(party: Party) -> bool:
    """Whether the party is one that finds, warns or defends: a security vendor, a cyber agency, police. It may be accused,
    but in "seen by CISA" it is not."""
    first = party.kinds[0]
    return first == "vendor" or (first == "agency" and party.name is not None and party.name.detail in _DEFENDERS)


def technical(party: Party, surface: str) -> bool:
    """Whether a name that nobody knows looks like a thing of computers rather than like anybody."""
    return party.kinds[0] == "unknown_name" and _TECHNICAL.fullmatch(surface) is not None


def specific(party: Party) -> bool:
    """Whether the party says who: a known or capitalised name, a state, or a phrase with a state in it."""
    return (
        party.state is not None
        or party.name is not None
        or party.person_name is not None
        or party.kinds[0] in ("unknown_name", "organisation", "actor")
    )


def is_actor(party: Party) -> bool:
    return (
        party.kinds[0] in ("actor", "named_person", "person", "criminal")
        or (party.kinds[0] == "group" and party.hostile)
        or party.kinds[0] == "unknown_name"
    )
