"""How surely a claim was said: the words, their class, and where they belong to a published yardstick its band.

Likelihood ("highly likely") and analytic confidence ("with moderate confidence") are two axes; where a text gives both, the
confidence
word decides the firmness of the ledger and both are kept. Yardsticks: ICD 203 (2015), PHIA probability yardstick (2018).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from indicia.records import Confidence, Firmness, Likelihood

__all__ = ["Firm", "firm_words"]


class Firm(NamedTuple):
    """A cue for firmness at text[start:end]."""

    start: int
    end: int
    firmness: Firmness
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None


_F, _L, _C = Firmness, Likelihood, Confidence
_TABLE: tuple[tuple[str, Firmness, Likelihood | None, Confidence | None], ...] = (
    (r"(?:very )?high(?:est)?(?: degrees?| levels?)?(?: of)? (?:confidence|certainty)", _F.HIGH, None, _C.HIGH),
    (r"(?:moderate|medium|moderate-to-high|reasonable|fair|some)(?: degrees?|"
        r" levels?)?(?: of)? (?:confidence|certainty)", _F.MODERATE, None, _C.MODERATE),
    (r"(?:low|limited|little|lower)(?: degrees?| levels?)?(?: of)? confidence", _F.LOW, None, _C.LOW),
    (r"confidence (?:is|was|in this (?:is|was)) high|(?:highly|very|extremely|quite|fairly) (?:confident|"
        r"certain|sure)", _F.HIGH, None, _C.HIGH),
    (r"confidence (?:is|was) (?:moderate|medium)|moderately confident|reasonably (?:confident|sure)",
     _F.MODERATE, None, _C.MODERATE),
    (r"confidence (?:is|was) low", _F.LOW, None, _C.LOW),
    (r"(?:with |is |are |was |were |remains? )confiden(?:t|ce)|\bconfident(?:ly)?\b", _F.HIGH, None, _C.HIGH),
    (r"almost certain(?:ly)?|near(?:ly)?[- ]certain(?:ly|ty)?|virtually certain|(?:almost|nearly) (?:no|"
        r"without) doubt|nearly certain", _F.HIGH, _L.ALMOST_CERTAIN, None),
    (r"(?:highly|very|extremely|overwhelmingly|most|more than) (?:likely|probabl[ey])|in all (?:likelihood|"
        r"probability)|high probability|strong likelihood", _F.HIGH, _L.VERY_LIKELY, None),
    (r"realistic possibility|even chance", _F.LOW, _L.ROUGHLY_EVEN, None),
    (r"(?:highly|very|extremely) unlikely", _F.LOW, _L.VERY_UNLIKELY, None),
    (r"\bunlikely|improbabl[ey]", _F.LOW, _L.UNLIKELY, None),
    (r"\b(?:likely|probabl[ey]|presumabl[ey]|in all likelihood|plausibl[ey])\b|balance of probabilit(?:y|"
        r"ies)|more likely than not", _F.MODERATE, _L.LIKELY, None),
    (r"\b(?:possibl[ey]|perhaps|conceivabl[ey]|may have|might have|could have|may be|might be|"
        r"could be(?! (?:linked|tied|traced|connected))|may well|might well|a possibility)\b", _F.LOW, None, None),
    (r"(?:without|beyond|no|leaves? (?:no|little)|is no)(?: a| any| all| reasonable| shadow of a| serious|"
        r" room for)* doubt|unequivocal(?:ly)?|unmistakabl[ey]|conclusive(?:ly)?|"
     r"definitive(?:ly)?|undoubtedly|indisputabl[ey]|beyond (?:dispute|question)|"
     r"with (?:absolute )?certainty|incontrovertibl[ey]|irrefutabl[ey]|smoking gun|unambiguous(?:ly)?|"
     r"\bconfirm(?:s|ed|ing)?\b(?! (?:or|nor) den)|\bconfirmation\b|pleaded guilty|pleads guilty|"
     r"plead guilty|guilty plea|pleading guilty|found guilty|guilty of|\bconvict(?:s|ed|ing|ion)\b|"
     r"\bguilty\b|enough to conclude|proved|proven|\bproves\b|admitted|confess(?:ed|es|ion)|certain that|"
     r"is certain|are certain|was certain|were certain|clear evidence|established that", _F.CONFIRMED, None, None),
    (r"could be linked|sometimes seen connections|(?:strong(?:ly)? |close(?:ly)? |clear(?:ly)? )?(?:linked|"
        r"links?|linking|tied|ties|tying|connects?|connected|connections?|connecting|associates?|"
        r"associated)\b(?: (?:to|with))?|"
     r"\w+-(?:linked|tied|nexus|aligned|affiliated|associated|connected)|"
     r"\b(?:widely |generally )?(?:believed|thought|understood|assumed|reputed|rumou?red|considered) to\b|"
     r"\b(?:believes?|thinks?|suspects?|suspected|suspecting|suspicions?|suspicious)\b|"
     r"\balleg(?:ed|edly|es|ing)\b|\breported(?:ly| to)\b|\bapparent(?:ly)?\b|\bseem(?:s|ed|ing|ingly)?\b|"
     r"\bappear(?:s|ed)?\b|\bsuggest(?:s|ed|ing|ive)?\b|"
     r"\bindicat(?:es?|ed|ions?|ing|ive)\b|\bpoint(?:s|ed|ing)? (?:to|toward|towards|at)\b|\boverlap(?:s|"
     r"ped|ping)?\b|\bresembl(?:es?|ed|ance|ing)\b|"
     r"\bconsistent with\b|\bbears? (?:the |all the )?(?:hallmarks?|marks?|fingerprints?|signature)\b|"
     r"\bhallmarks? of\b|\bsimilarit(?:y|ies)\b|\bsaid to\b|\bpurported(?:ly)?\b|\bsupposed(?:ly)?\b|"
     r"\bputative\b|\bevidence (?:points|suggests)|\bwith ties to\b|\bin (?:its|his|her|their|our|"
     r"my) (?:view|opinion|judge?ment|estimation)\b|\bnot rule out\b|\bcannot be ruled out\b|\bseen as\b|"
     r"\bclues?\b", _F.HEDGED, None, None),
)  # fmt: skip
_PATTERN = re.compile(r"\b(?:" + "|".join(f"(?P<c{i}>{pattern})" for i, (pattern, *_) in enumerate(_TABLE)) + ")")
_INDEX = {f"c{i}": row for i, row in enumerate(_TABLE)}


def firm_words(text: str, start: int, end: int) -> list[Firm]:
    """All firmness cues of `text[start:end]`, in order, not overlapping."""
    out = []
    piece = text[start:end]
    low = piece.lower()
    if len(low) != len(piece):  # a few letters grow when they are lowered; then offsets would lie
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in piece)
    for match in _PATTERN.finditer(low):
        _, firmness, likelihood, confidence = _INDEX[match.lastgroup or "c0"]
        out.append(Firm(start + match.start(), start + match.end(), firmness, likelihood, confidence))
    return out
