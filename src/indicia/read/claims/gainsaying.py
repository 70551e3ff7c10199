"""What a sentence says against a claim that somebody reads out of it: that it is not so, that it takes another stance.

For readers of whom it is not known how they read. The tables know English; of other languages they know nothing, and what one
reader offers of them is left to a person or to a second reader.
"""

from __future__ import annotations

import re

from indicia.read.claims.chunks import Place
from indicia.read.claims.language import foreign_parts
from indicia.records import Stance

__all__ = ["is_negated", "points_somewhere", "says"]

_ACCUSING = (
    r"attribut|blam|accus|nam(?:e|ed|ing)\b|link|tie[ds]?\b|connect|point|identif|behind|responsib|evidence|proof|"
    r"prove|indication|"
    r"involve|carr(?:y|ied)\b|conduct|the work of|sponsor|direct|order|hack|attack|breach|launch|target|steal|stole|"
    r"commit|did it|"
    r"part\b|role|perpetrat|culprit|compromis|infiltrat|done\b|do (?:this|it|so)\b|to do with|reason to (?:believe|"
    r"suspect|think)"
)
_NOT = (
    r"\bnot\b|\w+n['’]t\b|\bcannot\b|\bnever\b|\bno (?:longer|one|party|state|country|group|evidence|proof|sign|"
    r"indication|link|"
    r"role|reason|part)\b|\bnone of\b|\bwithout\b|\bnothing\b|\bneither\b|\bnor\b|"
    r"\b(?:declin|refus|hesitat)\w* to\b|\bstop\w* short of\b|\bunable to\b|\byet to\b|\bfail\w* to\b|"
    r"\brather than\b|\binstead of\b|"
    r"\brul\w+ out\b|\bfar from\b|\bunlikely\b"
)
_NEGATED = re.compile(
    rf"(?:{_NOT})(?:[\s,]+[\w'’-]+){{0,6}}?[\s,]+(?:\w+[- ])?(?:{_ACCUSING})|(?:{_NOT})[\s,]+(?:(?:by|from|to)\s+)?\Z|"
    r"\bwhether\b|"
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es?|ed|ing)|disavow(?:s|ed)?|"
    r"clear(?:s|ed) of|exonerat(?:es?|ed)|acquit(?:s|ted)|wrongly|falsely|mistakenly)\b|"
    r"\b(?:false|baseless|groundless|unfounded|fabricated|untrue)\b",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(
    r"\b(?:not|nor|neither|never|without|rather than|instead of)\s+(?:the\s+|by\s+(?:the\s+)?|from\s+)?\Z", re.IGNORECASE
)
_FAR = 140  # characters to either side of the accused in which its clause may begin and end
_CLAUSE = re.compile(
    r"[;:—–]|,(?=\s)|\s(?:but|while|whereas|although|though|even as|and (?:he|she|it|they|we|that))\s", re.IGNORECASE
)
# The words that some stances cannot do without.
_WORDS: dict[Stance, re.Pattern[str]] = {
    Stance.DENIES: re.compile(
        r"\b(?:den(?:y|ies|ied|ying|ials?)|reject\w*|refut\w*|rebut\w*|dismiss\w*|disput\w*|repudiat\w*|disavow\w*|"
        r"not|no|never|nothing|"
        r"none|neither|nor|false\w*|disinformation|misinformation|distort\w*|propaganda|rumou?rs?|"
        r"baseless|groundless|unfounded|untrue|fabricat\w*|fiction\w*|smear\w*|slander\w*|"
        r"absurd\w*|nonsense|"
        r"ridiculous|lies?|lying|oppos\w*|myth|fake|unwarranted|unsubstantiated|without (?:evidence|basis|proof)|"
        r"provocati\w*|"
        r"accus\w+ .{1,80} of (?:lying|fabricat\w*|slander\w*|spreading)|innocen\w*|malicious\w*|far-?fetched|"
        r"hysteri\w*|\w+n['’]t)\b",
        re.IGNORECASE,
    ),
    Stance.DECLINES: re.compile(
        r"\b(?:declin\w*|refus\w*|not|no|never|nothing|unclear|unknown|too (?:early|soon)|premature|yet|cannot|"
        r"unable|without|stop\w* short|"
        r"neither|nor|unidentified|unattributed|remains? to be seen|\w+n['’]t|avoid\w*|wait|speculat\w*|"
        r"under investigation|"
        r"investigat\w*|determin\w*|leave (?:it|that) to|ask|refer)\b",
        re.IGNORECASE,
    ),
    Stance.WITHDRAWS: re.compile(
        r"\b(?:withdr\w+|retract\w*|correct\w*|wrong\w*|mistak\w*|in error|erroneous\w*|no longer|revis\w*|"
        r"revers\w*|rescind\w*|"
        r"t(?:ook|akes?|aken) (?:it )?back|disown\w*|walk\w* back|amend\w*|updat\w*|apologi[sz]\w*)\b",
        re.IGNORECASE,
    ),
    Stance.QUESTIONS: re.compile(
        r"\b(?:doubt\w*|question\w*|not|no|never|nothing|none|unlikely|improbable|unclear|sceptic\w*|skeptic\w*|"
        r"false flag|wary|caution\w*|"
        r"challeng\w*|disput\w*|unconvinc\w*|without|too (?:early|soon)|prematur\w*|\w+n['’]t|neither|nor|"
        r"inconclusive|insufficient|"
        r"lack\w*|wrong\w*|clear(?:s|ed)|instead|rather|misattribut\w*|inconsistent|weak|thin)\b|\?",
        re.IGNORECASE,
    ),
}
_POINTS = re.compile(
    r"\b(?:he|she|it|they|we|i|him|them|us|me|his|her|hers|its|their|theirs|our|ours|who|whom|whose|which|itself|"
    r"himself|herself|"
    r"themselves|ourselves|both)\b|"
    r"\b(?:the|this|that|these|those|such|its|their|any|all|an?)\s+(?:[\w’'-]+\s+){0,3}(?:groups?|gang|actors?|hackers?|"
    r"attackers?|"
    r"adversar(?:y|ies)|crew|collective|unit|threat|operators?|cluster|country|state|government|regime|agency|service|"
    r"ministry|company|firm|men|man|women|woman|pair|duo|trio|suspects?|defendants?|officers?|officials?|nationals?|"
    r"accusations?|allegations?|claims?|charges?|assessments?|findings?|attributions?|conclusions?|statements?|reports?)\b|"
    r"\b(?:involvement|responsibility|the campaign|the operation|the attacks?|the intrusions?)\b",
    re.IGNORECASE,
)


# Who speaks without a name is no denial.
_WITHOUT_NAME = re.compile(
    r"\b(?:not|never)\s+(?:to\s+)?(?:be(?:en)?\s+)?(?:publicly\s+)?(?:named|identified|authori[sz]ed)\b|"
    r"\b(?:declin|refus)\w+ to be (?:named|identified)\b|\bwithout (?:giving|being) (?:a|their|his|her)? ?(?:names?|named)\b",
    re.IGNORECASE,
)


def is_negated(text: str, sentence: Place, accused: Place | None, stance: Stance) -> bool:
    """Whether a sentence says of the accused that it was not so, in the clause that names it; in all of it where it names
    nobody. Only for stances that say it was.

    >>> text = "The agency has not attributed the theft to Ruritania."
    >>> is_negated(text, (0, len(text)), (44, 53), Stance.ACCUSES)
    True
    """
    if stance not in (Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS):
        return False
    if accused is None:
        return _NEGATED.search(text, *sentence) is not None
    if _BEFORE_NAME.search(text, sentence[0], accused[0]):
        return True
    low, high = _clause(text, sentence, accused)
    return _NEGATED.search(_WITHOUT_NAME.sub(" ", text[low:high])) is not None


def _clause(text: str, sentence: Place, accused: Place) -> Place:
    """The clause around the accused, as commas and conjunctions tell."""
    low, high = max(sentence[0], accused[0] - _FAR), min(sentence[1], accused[1] + _FAR)
    for match in _CLAUSE.finditer(text, low, accused[0]):
        low = match.end()
    after = _CLAUSE.search(text, accused[1], high)
    return low, after.start() if after else high


def says(text: str, quote: Place, stance: Stance) -> bool:
    """Whether a quote in English has words for a stance that cannot do without; always true of other stances and languages."""
    wanted = _WORDS.get(stance)
    return wanted is None or wanted.search(text, *quote) is not None or not _in_english(text[slice(*quote)])


def points_somewhere(words: str) -> bool:
    """Whether words in English point to somebody who is named elsewhere; always true of other languages."""
    return _POINTS.search(words) is not None or not _in_english(words)


def _in_english(words: str) -> bool:
    return not foreign_parts(words).places
