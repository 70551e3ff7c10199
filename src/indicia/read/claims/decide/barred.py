"""What no claim can be, whatever rules and networks make of it.

Each bar was held against the annotated real documents (`corpora/real`); its comment says how
many of their claims it would lose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from indicia.read.claims.decide.deciding import leads_back
from indicia.read.claims.draft.speech import speakers_at
from indicia.read.claims.draft.suspects import can_speak
from indicia.read.claims.parse.party import Party
from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.words.topic import is_of_other_affairs, line_speaks_of_computers, speaks_of_computers
from indicia.records import Stance

__all__ = ["BARS", "barred", "may_accuse", "only_names"]

_HEAD = 240  # characters of a document that tell what it is
_NAMED_BY = re.compile(r"\b(?:tracked|dubbed|named|called|designated)(?: as [^,.;]{1,40})? by (?:the )?$", re.IGNORECASE)
_TRACKS = re.compile(
    r"(?: \([^)]*\))? (?:tracks?|tracked|calls?|dubs?|dubbed|refers to)(?: (?:it|them|this|these|the)\b[^.;,]{0,30})? as\b"
)
_WITHDRAWS = re.compile(
    r"\b(?:withdr(?:aws?|ew|awn|awing)|retract(?:s|ed|ing)?|rescind(?:s|ed|ing)?|revok(?:es?|ed|ing)|"
    r"(?:tak(?:es?|ing)|took) back|walk(?:s|ed|ing)? back)\b"
    r"[^.;]{0,60}?\b(?:assessments?|attributions?|accusations?|allegations?|claims?|charges?|findings?|statements?|words?)\b",
    re.IGNORECASE,
)
# "(and its allies) (today) exposed a campaign of attacks"
_BRINGS_TO_LIGHT = re.compile(
    r"(?:,? (?:and|with|together with) (?:its|their|the|several|other) [\w-]+(?: [\w-]+)?)?"
    r"(?: (?:has|have|had|also|today|yesterday|on \w+day|jointly|publicly|now|this week|last week|later|recently|first)){0,3} "
    r"(?:expos(?:ed?|es)|uncover(?:s|ed)?|reveal(?:s|ed)?|unmask(?:s|ed)?|disclos(?:ed?|es)|detect(?:s|ed)?|discover(?:s|ed)?|"
    r"thwart(?:s|ed)?|foil(?:s|ed)?|condemn(?:s|ed)?|denounc(?:ed?|es)|investigat(?:ed?|es))\b[^.;:]{0,80}?\b"
    r"(?:campaigns?|attacks?|cyber-?attacks?|intrusions?|operations?|hack(?:s|ing)?|breach(?:es)?|botnets?|espionage|"
    r"activit(?:y|ies))\b"
)
# "Fuxnet is malware", "KONNI (also NOKKI) is a remote access tool"; not ransomware: its name is its gang's as well
_IS_MALWARE = re.compile(
    r"\b(?P<name>[A-Z][\w.-]{0,30}(?: [A-Z][\w.-]{0,30}){0,3})(?: \([^)\n]{1,60}\))?,? (?:is|was) "
    r"(?:(?:an? |the )(?:(?!that|which|who|actor|group|gang)[\w’'/-]+(?<!ing)(?<!ed),? (?:and )?){0,5}?)?"
    r"(?:malware|backdoor|trojan|RAT|remote access (?:trojan|tool)|wiper|worm|loader|downloader|dropper|implant|rootkit|"
    r"bootkit|spyware|keylogger|(?:info-?)?stealer|exploit kit|web ?shell|malicious (?:software|program|code)|computer virus)\b"
    r"(?! (?:groups?|gangs?|operat\w*|crews?|cartels?|collectives?|actors?|affiliates?|teams?|syndicates?|brand|developers?|"
    r"authors?|providers?|vendor|distribut\w*|firm|company|maker|campaign))"
)
_ITEM = re.compile(r"[ \t]*[-*•][ \t]+\S")
_BODIES = frozenset({"state", "capital", "demonym", "agency", "gov_person", "gov_body"})
_ACCUSED = frozenset({"state", "capital", "demonym", "agency", "gov_person", "gov_body", "actor", "group"})


def barred(found: Found, text: str) -> str | None:
    """The name of the bar that a claim meets, None where it may stand."""
    return next((name for name, bar in BARS.items() if bar(found, text)), None)


def only_names(source: Party, text: str) -> bool:
    """Whether a party is told of only as who gave a name: "tracked by SentinelLABS", "which Google tracks as BLACKATOM"."""
    before, after = text[max(0, source.start - 60) : source.start], text[source.end : source.end + 40]
    return _NAMED_BY.search(before) is not None or _TRACKS.match(after) is not None


def may_accuse(source: Party, accused: Party) -> bool:
    """Whether `source` can be who accuses `accused`: a thing says nothing, and a government does not accuse its own."""
    if not can_speak(source):
        return False
    own = source.state is not None and source.state == accused.state
    return not (own and source.kinds[0] in _BODIES and accused.kinds[0] in _ACCUSED)


def _asks(found: Found, text: str) -> bool:
    """A question accuses nobody: "Does the White House believe that X did it?" """
    sentence = text[slice(*found.piece.own)].rstrip().rstrip("\"”’')*]")
    return found.draft.stance is Stance.ACCUSES and sentence.endswith("?")


def _taken_back(found: Found, text: str) -> bool:
    """Who withdraws an accusation does not make it: "Estonia withdraws its assessment that X did it"."""
    source, accused = found.source, found.accused
    if found.draft.stance is not Stance.ACCUSES or accused is None:
        return False
    start = source.end if source is not None else found.piece.own[0]
    return _WITHDRAWS.search(text, start, max(start, accused.start)) is not None


def _not_said(found: Found, text: str) -> bool:
    """Who is not said or not believed to have done it is not accused: "We do not judge that X has been behind this"."""
    if found.draft.stance is not Stance.ACCUSES or found.accused is None:
        return False
    inside = speakers_at(found.piece.said, found.accused.first)
    return bool(inside) and inside[0].negated


def _another_matter(found: Found, text: str) -> bool:
    """Nothing is said of computers: in the item of a list of news, whose text does not begin with them; or in the whole text,
    which speaks of other affairs."""
    start, end = found.piece.own
    if line_speaks_of_computers(text, start, end) or speaks_of_computers(text, 0, _HEAD):
        return False
    if _ITEM.match(text, text.rfind("\n", 0, start) + 1) is not None:
        return True
    known = found.accused is not None and found.accused.kinds[0] == "actor"
    return not known and is_of_other_affairs(text)


def _cannot_speak(found: Found, text: str) -> bool:
    """A government that accuses its own bodies or groups, a thing that accuses, or somebody who only gave a name."""
    source, accused = found.source, found.accused
    if found.draft.stance is not Stance.ACCUSES or source is None or accused is None or source == accused:
        return False
    return not may_accuse(source, accused) or only_names(source, text)


def _brings_to_light(found: Found, text: str) -> bool:
    """A government or a firm that brings an attack to light is not who did it: "The UK and its allies exposed a campaign"."""
    accused = found.accused
    if found.draft.stance is not Stance.ACCUSES or accused is None or accused.kinds[0] not in _BODIES | {"vendor"}:
        return False
    return _BRINGS_TO_LIGHT.match(text, accused.end) is not None


def _stands_for_nobody(found: Found, text: str) -> bool:
    """A pronoun that leads back to nobody: "the agency says that it repelled attacks"."""
    if found.draft.stance is not Stance.ACCUSES or found.accused is None or found.accused_is is None:
        return False
    return found.accused.kinds[0] == "pronoun" and not leads_back(found, text)


def _only_malware(found: Found, text: str) -> bool:
    """What the text itself calls malware did nothing: somebody used it."""
    if found.draft.stance not in (Stance.ACCUSES, Stance.CLAIMS) or found.accused is None:
        return False
    return text[found.accused.start : found.accused.end].removeprefix("the ").removeprefix("The ") in _malware_of(text)


@lru_cache(maxsize=2)
def _malware_of(text: str) -> frozenset[str]:
    """The names that a text explains as malware."""
    return frozenset(found["name"] for found in _IS_MALWARE.finditer(text))


# name -> whether a claim meets it. Of the 1,683 annotated claims (995 of them required) they lose:
BARS: Mapping[str, Callable[[Found, str], bool]] = {
    "asks": _asks,  # 1 required claim, 13 optional ones (what a reporter presupposes)
    "taken back": _taken_back,  # none
    "not said": _not_said,  # none of ten
    "another matter": _another_matter,  # 1
    "brings to light": _brings_to_light,  # none of 8,174, now that more are annotated; of groups it would lose two
    "stands for nobody": _stands_for_nobody,  # of four such readings in 2,466 documents none was right
    "only malware": _only_malware,  # none of 8,803
    "cannot speak": _cannot_speak,  # of 7 whose source only gives a name all; no government accuses its own
}
