"""How a passage speaks of a technique: as used, denied, possible, or as something to do about it. Only the first counts as use.

The cues are our own words. A capability ("can inject", "is able to") counts as use, as it does in ATT&CK's own examples.
"""

from __future__ import annotations

import re

from indicia.records import BlockKind, Context

__all__ = ["Sections", "context_of", "without"]

_NEGATED = re.compile(
    r"\b(?:(?:did|do|does|has|have|had)(?: not|n['’]t)(?: been)?(?: (?:yet|ever|actually))?"
    r" (?:use|used|using|observe|observed|see|seen|find|found|attempt|attempted|try|tried|employ|employed|deploy"
    r"|deployed|rely|leverage|leveraged|abuse"
    r"|establish|modify|inject|encrypt|steal|stole|exfiltrate|download|dump|spread|move|exploit|exploited|disable"
    r"|delete|persist|communicate|drop|log)"
    r"|(?:was|were) (?:not|never) (?:used|observed|seen|found|exploited|deployed|employed|stolen|exfiltrated|encrypted)"
    r"|no (?:evidence|signs?|indications?|traces?) (?:of|that|for)|never (?:been )?(?:used|saw|seen|observed)"
    r"|nor (?:did|does|do|was|were|has|have)"
    r"|ruled out|there (?:is|was|were|are) no (?:evidence|sign|indication|use|trace)|rather than|instead of"
    r"|without (?:using|the use of))\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:could(?! not| have been seen| be (?:an indicat|seen|observed))|might|would (?:allow|enable|let|permit"
    r"|give|be able)|may (?:allow|enable|let)"
    r"|hypothetical(?:ly)?|theoretical(?:ly)?|in theory|if (?:exploited|left unpatched|an attacker|attackers"
    r"|a threat actor)"
    r"|it is possible (?:that|to)|was likely planning|planned to)\b",
    re.IGNORECASE,
)
_RECOMMENDED = re.compile(
    r"\b(?:(?:we|cisa|fbi|nsa|ncsc|microsoft|acsc|agencies|authors|authoring agencies) (?:strongly |also "
    r"|further )?(?:recommends?|advises?|urges?|encourages?|suggests?)"
    r"|(?:is|are|it is) (?:strongly |highly )?(?:recommended|advised|advisable|encouraged)|recommendations?\b"
    r"|(?:organi[sz]ations?|administrators?|admins|users?|defenders|companies|customers|businesses|enterprises"
    r"|security teams?|network owners|operators|you)"
    r" (?:should|must|need to|are advised|are encouraged|can (?:protect|mitigate|detect|prevent|block|hunt|limit|reduce))"
    r"|should (?:be (?:blocked|disabled|restricted|monitored|limited|patched|enforced|reviewed|enabled|logged"
    r"|isolated|updated|removed)|consider|ensure|monitor"
    r"|review|apply|implement|enforce|restrict|disable|block|patch|look for|hunt)"
    r"|(?:to|help) (?:mitigate|defend against|protect against|guard against|reduce the risk|prevent (?:this|these"
    r"|such|attacks|lateral|credential))"
    r"|best practi[cs]es?|mitigations?\b|countermeasures?\b|(?:can be used to|helps?|opportunit(?:y"
    r"|ies) to) (?:detect|hunt for)"
    r"|detection (?:rules?|opportunit|logic|guidance)|monitor(?:ing)? for)",
    re.IGNORECASE,
)
# Orders, as lists of measures give them: "Disable ...", "Ensure that ..."
_ORDER = re.compile(
    r"\W{0,4}(?:disable|enable|ensure|block|restrict|monitor|implement|enforce|require|consider|limit|apply"
    r"|patch (?:all|your|known)|update (?:all|your|anti)|install(?: and)? (?:vendor|updates?|patches|antivirus|security)"
    r"|review|audit (?:all|your)|deploy (?:mfa|multi|endpoint|edr)|segment|configure|maintain (?:up|offline"
    r"|regular|current|backups)|keep (?:all|your|systems|software)|avoid|reset|change (?:all|default|passwords)"
    r"|isolate|train|educate|hunt|look for|search for|watch for|investigate|verify|prohibit|prevent|use (?:multi"
    r"|mfa|strong|unique|application|network|least|a password|antivirus)"
    r"|turn (?:on|off)|report|back ?up)\b",
    re.IGNORECASE,
)
_ADVICE_HEADING = re.compile(
    r"\W*(?:[\d.]+\s+)?(?:(?:[\w’'&/-]+\s+){0,4}(?:mitigations?|mitigation (?:measures|steps|strategies|guidance"
    r"|recommendations)|recommendations?|recommended actions"
    r"|remediation|hardening|best practi[cs]es|countermeasures|prevention|security (?:measures|advice|tips))"
    r"|detections?|detection (?:guidance|opportunities)"
    r"|how to (?:protect|stay|defend|detect|prevent|mitigate).{0,50}|what (?:you|organi[sz]ations) can do.{0,40}"
    r"|(?:protecting|defending) (?:yourself|your|against).{0,50})\s*:?",
    re.IGNORECASE,
)
# What only a narrative says: the section of advice is over, whatever its heading was.
_NARRATIVE = re.compile(
    r"\b(?:we (?:observed|saw|identified|discovered|analy[sz]ed)|(?:the|these|this) (?:threat actors?|attackers?"
    r"|actors?|adversary|adversaries|group|malware"
    r"|sample|backdoor|ransomware|loader|implant|dropper|payload|script)\b.{0,60}?\b(?:\w+ed|uses|runs|drops"
    r"|downloads|injects|sends|creates|executes|ran|sent)"
    r"|\w+ (?:is|was|were|are) (?:dropped|downloaded|executed|injected|decrypted|decoded|launched|loaded|sent|stolen))\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;,:]\s|\s[–—-]\s|\b(?:but|while|whereas|however|although|though|instead)\b", re.IGNORECASE)

_CUES = ((Context.RECOMMENDED, _RECOMMENDED), (Context.NEGATED, _NEGATED), (Context.HYPOTHETICAL, _HYPOTHETICAL))


class Sections:
    """Remembers, while a document is read from its start, whether the current section gives advice."""

    def __init__(self) -> None:
        self.advice = False

    def read(self, text: str, kind: BlockKind) -> bool:
        """Whether this passage belongs to a section of advice. It ends with the next heading, or where the text tells a
        story."""
        if kind in {BlockKind.ROW, BlockKind.CODE}:
            return self.advice
        short = len(text) <= 80 and text[:1].isupper() and text[-1:] not in ".!?,;" and len(text.split()) <= 9
        if kind is not BlockKind.LIST_ITEM and (kind is BlockKind.HEADING or short):
            self.advice = _ADVICE_HEADING.fullmatch(text) is not None
        elif self.advice and not is_advice(text) and _NARRATIVE.search(text[:400]):
            self.advice = False
        return self.advice


def is_advice(text: str) -> bool:
    """Whether the passage by itself gives advice."""
    return _ORDER.match(text) is not None or _RECOMMENDED.search(text) is not None


def clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a passage: half-open ranges that cover it."""
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text)), len(text)]
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if b > a]


def without(text: str, cue: re.Match[str]) -> str:
    """The passage without what the cue governs: its clause, or what follows "rather than" in it."""
    word = cue[0].lower()
    low = cue.start() if word in {"rather than", "instead of"} or word.startswith("without") else 0
    return " ".join(text[a : max(a, low)] if a <= cue.start() < b else text[a:b] for a, b in clauses(text)).strip()


def context_of(text: str, advice: bool) -> tuple[Context, str, str]:
    """The context that the passage's cues suggest, the cue, and the rest of the passage, which the cue does not touch. What the
    rest describes by itself is stated; an empty rest means that the cue governs it all."""
    if advice:
        return Context.RECOMMENDED, "in a section of advice", ""
    order = _ORDER.match(text)
    if order:
        return Context.RECOMMENDED, order[0].strip(), ""
    for context, pattern in _CUES:
        cue = pattern.search(text)
        if cue:
            return context, cue[0], "" if context is Context.RECOMMENDED else without(text, cue)
    return Context.STATED, "", ""
