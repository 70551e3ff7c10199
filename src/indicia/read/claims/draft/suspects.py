"""Which parties can speak, which can be accused, and which are of a kind that mostly is."""

from __future__ import annotations

import re

from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.party import Party
from indicia.read.claims.words.wordsets import word_set

__all__ = [
    "OFTEN_ACCUSED",
    "accusable",
    "can_be_accused",
    "can_speak",
    "clears_another",
    "defends",
    "feared",
    "is_actor",
    "is_label",
    "is_thing",
    "same_side",
    "specific",
    "suspect",
    "technical",
]

_DEFENDERS = frozenset(
    {"cyber agency", "police", "regulator", "prosecutor", "international", "alliance", "court", "parliament"}
)
# identifiers of flaws, techniques and updates, paths, domains, and short abbreviations ("C2", "HKLM"): reports are full of them
_TECHNICAL = re.compile(r"(?:the )?(?:(?:CVE|CWE|KB|MS|TA00)-?\d.*|T\d{4}(?:\.\d+)?|[^_\\/.\n]*[_\\/.].*|[A-Z]{2,4}\d?)")
# what heads a table, a figure, a list of references or a row of techniques
_LABEL = re.compile(
    r"(?:TLP|T\d{4}|Table|Figure|Fig|Appendix|Annex|Section|Chapter|Phase|Step|Screenshot|Image|Note|References?|Advisor(?:y|ies)|Framework)\b.*"
    r"|.*T\d{4}(?:\.\d{3})?\D.*|.*ATT&CK.*",
    re.DOTALL,
)
_ACCUSED_NO = word_set("rules.accused_no")
_SOFTWARE = word_set("rules.software")
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
    if first in _ACCUSED_NO or first == "anonymous" and party.head in ("source", "sources"):
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


def same_side(speaker: Party, accused: Party) -> bool:
    """Whether both are of one state: who clears the other denies for its own."""
    return speaker.state is not None and speaker.state == accused.state


def clears_another(speaker: Party, accused: Party) -> bool:
    """Whether who rejects an accusation is plainly not on the accused's side: another state, a known firm or a union of states.
    It doubts; a denial is the accused's own."""
    if accused.state is None or speaker.state == accused.state:
        return False
    return speaker.state is not None or speaker.kinds[0] in ("vendor", "union", "intl")


def feared(sentence: Sentence, party: Party) -> bool:
    """Whether a party is one that is suspected at once: "a foreign service", "hostile states", "hackers"."""
    if party.kinds[0] not in ("agency", "group", "state", "gov_body"):
        return False
    words = {unit.low for unit in sentence.row[party.first : party.last]}
    return bool(words & {"foreign", "hostile", "hackers", "outsiders", "outsider", "attackers"})


def defends(party: Party) -> bool:
    """Whether the party is one that finds, warns or defends: a security vendor, a cyber agency, police. It may be accused,
    but in "seen by CISA" it is not."""
    first = party.kinds[0]
    return first == "vendor" or (first == "agency" and party.name is not None and party.name.detail in _DEFENDERS)


def technical(party: Party, surface: str) -> bool:
    """Whether a name that nobody knows looks like a thing of computers rather than like anybody."""
    if party.kinds[0] not in ("unknown_name", "organisation"):
        return False
    return party.head in _SOFTWARE or (party.kinds[0] == "unknown_name" and _TECHNICAL.fullmatch(surface) is not None)


def is_label(party: Party, surface: str) -> bool:
    """Whether what stands as a name is a label of the document ("Table IV", "T1566 Phishing"), which says nothing."""
    return party.kinds[0] in ("unknown_name", "named_person", "organisation") and _LABEL.fullmatch(surface) is not None


def is_thing(party: Party, surface: str) -> bool:
    """Whether a phrase that no word of the lexicon explains is a common noun ("that policy", "an instance"): in a text's own
    voice that is what was used or hit, hardly ever who did it."""
    plain = party.kinds[0] == "organisation" and party.state is None and party.name is None and not party.hostile
    return plain and not any(word[0].isupper() for word in surface.split()[1:]) and not surface[0].isupper()


def specific(party: Party) -> bool:
    """Whether the party says who: a known or capitalised name, a state, or a phrase with a state in it."""
    return (
        party.state is not None
        or party.name is not None
        or party.person_name is not None
        or party.proper
        or party.kinds[0] in ("unknown_name", "organisation", "actor")
    )


def is_actor(party: Party) -> bool:
    return (
        party.kinds[0] in ("actor", "named_person", "person", "criminal")
        or (party.kinds[0] == "group" and party.hostile)
        or party.kinds[0] == "unknown_name"
    )
