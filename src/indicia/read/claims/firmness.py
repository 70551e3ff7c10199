"""How surely a claim was said: the words, their class, and where they belong to a published yardstick its band.

Likelihood ("highly likely") and analytic confidence ("with moderate confidence") are two axes; where a text gives both, the
confidence
word decides the firmness of the ledger and both are kept. Yardsticks: ICD 203 (2015), PHIA probability yardstick (2018).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from indicia.read.names.lexicon import lowered
from indicia.records import Confidence, Firmness, Likelihood


class Firm(NamedTuple):
    """A cue for firmness at text[start:end]."""

    start: int
    end: int
    firmness: Firmness
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None


_F, _L, _C = Firmness, Likelihood, Confidence
_Q = "[\"“”‘’']?"  # a grade may stand in quotes: with "moderate" confidence
_UNSURE = r"(?<!not )(?<!n't )(?<!n’t )(?<!yet to )(?<!never )(?<!cannot )(?<!declined to )(?<!unable to )(?<!refused to )"
_TABLE: tuple[tuple[str, Firmness, Likelihood | None, Confidence | None], ...] = (
    (r"(?:moderate|medium|reasonable)[- ]to[- ]high (?:confidence|certainty)", _F.MODERATE, None, _C.MODERATE),
    (r"low[- ]to[- ](?:moderate|medium)(?: confidence)?", _F.MODERATE, None, _C.MODERATE),
    (r"(?:moderate|medium)[- ]to[- ]low(?: confidence)?|"
     r"without (?:much|great|full) (?:confidence|certainty)", _F.LOW, None, _C.LOW),
    (rf"(?:very )?high(?:est)?{_Q}(?: degrees?| levels?)?(?: of)? (?:confidence|certainty)", _F.HIGH, None, _C.HIGH),
    (rf"(?:moderate|medium|reasonable|fair|some){_Q}(?: degrees?| levels?)?(?: of)? (?:confidence|certainty)",
     _F.MODERATE, None, _C.MODERATE),
    (rf"(?:low|limited|little|lower){_Q}(?: degrees?| levels?)?(?: of)? confidence", _F.LOW, None, _C.LOW),
    (r"confidence (?:level )?(?:is|was|in this (?:is|was)) high|(?:highly|very|extremely|quite|fairly|pretty) (?:confident|"
     r"certain|sure)|almost surely|as (?:sure|certain) as possible", _F.HIGH, None, _C.HIGH),
    (r"confidence (?:level )?(?:is|was) (?:moderate|medium)|moderately confident|reasonably (?:confident|certain|sure)",
     _F.MODERATE, None, _C.MODERATE),
    (r"confidence (?:level )?(?:is|was) low", _F.LOW, None, _C.LOW),
    (rf"(?:with |is |are |was |were |remains? )confiden(?:t|ce)|{_UNSURE}\bconfident(?:ly)?\b", _F.HIGH, None, _C.HIGH),
    (r"almost certain(?:ly|ty)?|near(?:ly)?[- ]certain(?:ly|ty)?|(?:virtually|all but) certain|(?:almost|nearly) (?:no|"
     r"without) doubt|little (?:or no )?doubt", _F.HIGH, _L.ALMOST_CERTAIN, None),
    (r"(?:highly|very|extremely|overwhelmingly|more than) (?:likely|probabl[ey])|"
     r"(?:high|highest) (?:probability|likelihood|level of probability)|strong likelihood", _F.HIGH, _L.VERY_LIKELY, None),
    (r"\bconvinced\b|could only (?:be|have)|pretty clearly|strong(?:ly)? confidence", _F.HIGH, None, None),
    (r"roughly even(?: chance| odds)?|even (?:chance|odds)|realistic possibility|fifty-fifty|50[-/ ]50|as likely as not",
     _F.LOW, _L.ROUGHLY_EVEN, None),
    (r"almost no chance|remote(?: chance| possibility)", _F.LOW, _L.ALMOST_NO_CHANCE, None),
    (r"(?:highly|very|extremely) (?:unlikely|improbabl[ey])", _F.LOW, _L.VERY_UNLIKELY, None),
    (r"\bunlikely|improbabl[ey]", _F.LOW, _L.UNLIKELY, None),
    (r"\b(?:likely|probabl[ey]|in all (?:likelihood|probability))\b|balance of probabilit(?:y|"
     r"ies)|more likely than not|better than even", _F.MODERATE, _L.LIKELY, None),
    (r"\b(?:possibl[ey]|perhaps|maybe|potentially|conceivabl[ey]|plausibl[ey]|may have|might have|could have|may be|might be|"
     r"could be(?! (?:linked|tied|traced|connected))|may well|might well|a possibility)\b|"
     r"(?:not|n't|n’t|cannot|unable to|able to) (?:be )?(?:rule out|ruled out|exclude|excluded)\b", _F.LOW, None, None),
    (rf"(?:without|beyond|no|not in|does not|do not|never|no reason to|leaves? no|is no)(?: a| any| all| reasonable| rational| "
     r"shadow of a| serious| room for)* doubt\b(?! whether)|no question|unequivocal(?:ly)?|unmistakabl[ey]|conclusive(?:ly)?|"
     r"definitive(?:ly)?|definitely|undoubtedly|indisputabl[ey]|beyond (?:dispute|question)|"
     r"with (?:absolute )?certainty|incontrovertibl[ey]|irrefutabl[ey]|smoking gun|unambiguous(?:ly)?|"
     rf"{_UNSURE}\bconfirm(?:s|ed|ing)?\b(?! (?:or|nor) den)|\bconfirmation\b|pleaded guilty|pleads guilty|"
     r"plead guilty|guilty plea|pleading guilty|found guilty|guilty of|\bconvict(?:s|ed|ing|ion)\b|"
     rf"\bguilty\b|enough to conclude|{_UNSURE}proved|{_UNSURE}proven|\bproves\b|admitted|confess(?:ed|es|ion)|"
     rf"{_UNSURE}certain that|(?:is|are|was|were|feels?|felt) (?:certain|sure)\b|"
     rf"{_UNSURE}\bsure (?:that|it|of)\b|\bcertainly\b(?! (?:appears?|seems?|looks?))|(?:ironclad|hard|clear) (?:evidence|"
     r"proof)|established with", _F.CONFIRMED, None, None),
    (r"could be linked|sometimes seen connections|(?:strong(?:ly)? |close(?:ly)? |clear(?:ly)? )?(?:linked|"
     r"links?|linking|tied|ties|tying|connects?|connected|connections?|connecting|associates?|"
     r"associated)\b(?: (?:to|with))?|"
     r"\w+(?<!state)-(?:linked|tied|nexus|aligned|affiliated|associated|connected)|\baligned with\b|"
     r"\b(?:strongly |widely |generally )?(?:believe[sd]?|thinks?|suspects?|suspected|suspecting|suspicions?|suspicious)\b|"
     r"\b(?:widely |generally )?(?:thought|understood|reputed|rumou?red|considered) to\b|"
     r"\b(?:is|are|was|were|been|widely) (?:thought|understood)\b|\b(?:assum(?:es?|ed)|presum(?:es?|ed|ably))\b|"
     r"\balleg(?:e|ed|edly|es|ing)\b|\breported(?:ly| to)\b|\bapparent(?:ly)?\b|\bseem(?:s|ed|ing|ingly)?\b|"
     r"\bappear(?:s|ed)?\b|\blooks? (?:to be|like|as (?:if|though))\b|\bsuggest(?:s|ed|ing|ive)?\b|"
     r"\bindicat(?:es?|ed|ions?|ing|ive)\b|\bpoint(?:s|ed|ing)? (?:to|toward|towards|at)\b|\bhint(?:s|ed|ing)? (?:at|that)\b|"
     r"\b(?:leads?|led) (?:to|back to|towards?)(?= (?:russia|china|iran|north korea|moscow|beijing|tehran|pyongyang)\b)|"
     r"\blean(?:s|ed|ing)? (?:to|towards?|that way)\b|\btentative(?:ly)?\b|\bprovisional(?:ly)?\b|\bostensibl[ey]\b|"
     r"\boverlap(?:s|ped|ping)?\b|\bresembl(?:es?|ed|ance|ing)\b|\bsimilar to\b|\breminiscent of\b|"
     r"\bconsistent with\b|\bfits? (?:the|a) (?:pattern|profile|description)\b|"
     r"\bbears? (?:the |all the )?(?:hallmarks?|marks?|fingerprints?|signature)\b|"
     r"\bhallmarks?\b|\b(?:signature|handwriting|fingerprints|characteristics) of\b|\bsimilarit(?:y|ies)\b|\bsaid to\b|"
     r"\bpurported(?:ly)?\b|\bsupposed(?:ly)?\b|\bputative(?:ly)?\b|\bsigns? (?:that|of|point)\b|\ball the signs\b|"
     r"\bstrong signs\b|\bwith ties to\b|\breason to believe\b|\bas far as (?:we|anyone) knows?\b|"
     r"\bin (?:its|his|her|their|our|my) (?:view|opinion|judge?ment|estimation)\b|\bseen as\b|\bclues?\b",
     _F.HEDGED, None, None),
)  # fmt: skip
_PERCENT = re.compile(
    r"\b(\d{1,3})(?:\.\d+)?\s?(?:%|per ?cent) (?:certain|sure|confident|likely|likelihood|probability|chance|probable)\b"
)
# lower bounds of the bands of ICD 203, in per cent, and the firmness that they amount to
_BANDS = (
    (95, _F.HIGH, _L.ALMOST_CERTAIN), (80, _F.HIGH, _L.VERY_LIKELY), (55, _F.MODERATE, _L.LIKELY),
    (45, _F.LOW, _L.ROUGHLY_EVEN), (20, _F.LOW, _L.UNLIKELY), (5, _F.LOW, _L.VERY_UNLIKELY), (0, _F.LOW, _L.ALMOST_NO_CHANCE),
)  # fmt: skip
_PATTERN = re.compile(r"\b(?:" + "|".join(f"(?P<c{i}>{pattern})" for i, (pattern, *_) in enumerate(_TABLE)) + ")")
_INDEX = {f"c{i}": row for i, row in enumerate(_TABLE)}


def firm_words(text: str, start: int, end: int) -> list[Firm]:
    """All firmness cues of `text[start:end]`, in order, not overlapping."""
    out = []
    piece = text[start:end]
    low = lowered(piece)
    for match in _PATTERN.finditer(low):
        _, firmness, likelihood, confidence = _INDEX[match.lastgroup or "c0"]
        out.append(Firm(start + match.start(), start + match.end(), firmness, likelihood, confidence))
    if "%" in low or "cent" in low:
        for match in _PERCENT.finditer(low):
            number = int(match.group(1))
            firmness, likelihood = next((f, band) for bound, f, band in _BANDS if number >= bound)
            where = (start + match.start(), start + match.end())
            out = [firm for firm in out if firm.end <= where[0] or firm.start >= where[1]]
            out.append(Firm(*where, Firmness.CONFIRMED if number >= 100 else firmness, likelihood))
        out.sort()
    return out
