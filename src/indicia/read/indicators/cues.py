"""The words by which a text says what an indicator is to it: legitimate, a victim's, imitated, a reference, an example, denied.

Each family of cues has the expressions that decide and, for speed, what each match of those before a hit begins with and
stems of which one is in every match of those after it. One pass over the sentences of the hits finds them all (see `stems`):
the expressions are tried only there. `tests/read/indicators` holds stems and expressions together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from indicia.read.indicators import handling
from indicia.read.indicators.handling import before, joined

_POSSESSIVE = r"(?:'s|s'|’s|s’)?"
_OPENING = r"[\s,(:\"'`“‘<]{0,3}"

_IMITATED = before(
    r"\b(?:impersonat|mimic|spoof|imitat|masquerad|resembl|typo-?squat)\w*(?: on| of| as| as if from)?",
    r"\blook-?alikes?(?: domains?| sites?| names?)*(?: of| for)?",
    r"\btimestamps?\b[^.;\n]{0,30} (?:that|those)(?= of)",
    r"\b(?:homoglyphs?|misspellings?) of",
    r"\b(?:pos(?:es?|ed|ing)|disguis(?:es?|ed|ing)(?: itself)?) as",
    r"\bpretend(?:s|ed|ing)? to be",
    r"\bin imitation of",
    r"\bthe (?:true|real|right|correct|actual) (?:[\w-]+ ){1,6}is",
    r"\bthe real(?: one is| one,)?",
    r"\bconfus(?:ed|able) with",
    tail=r"\s+(?:(?:the|an?|that|those|of|legitimate|real|genuine|official|domains?|sites?|website|address|portal|file|"
    r"process|names?|windows|binary|"
    r"and|or|as|well|too|also|here|[\w.-]+\.[a-z]{2,9},?)\s+|\((?=[\w-]+\.)){0,7}[\"'`“(]?",
)
_RESEMBLES = before(
    r"\b(?:very|closely|confusingly|deceptively) similar to", r"\bclose to", tail=r"\s+(?:the |that of |those of )?[\"'`“(]?"
)
_VICTIM = before(
    rf"\b(?:victim|customer|ministry|universit(?:y|ies)|bank|agency|hospital|institute|municipality|recipients?|addressees?|"
    rf"targeted (?:\w+\s)?(?:organi[sz]ation|company|entity|"
    rf"site|portal|domain|website)s?){_POSSESSIVE}",
    r"\b(?:compan(?:y|ies)|organi[sz]ation|firm|employer|target|government|department)(?:'s|s'|’s|s’)",
    r"\bour(?: own)?(?: (?-i:[A-Z]{2,8}\b))?",
    r"\b(?:its|their) (?:own |public |corporate )?(?=(?:vpn|exchange|citrix|office|corporate|mail|web) (?:gateway|"
    r"appliance|server|"
    r"concentrator|portal|network)|domain (?-i:[\w-]+\.))",
    r"\bours (?:is|are)",
    r"\btargets? in (?:its|the|their)",
    tail=r"(?:\s+(?:own|public|official|internal|legitimate|e?-?mail|"
    r"mail|web|website|site|domains?|servers?|portal|network|range|address(?:es)?|pages?|"
    r"home ?page|vendor|scanner|office|"
    r"exchange|vpn|gateway|hosts?|name|intranet|corporate|at|was|is|are|were|only|real|of|had|used|the|organi[sz]ation|itself|"
    r"pen-?test\w*|red team|auditors?|provider|partner|supplier))*"
    r"(?:,? (?:such as|like|including|namely))?(?: \([\w.-]{3,60},)?" + _OPENING,
)
_VICTIM_AFTER = re.compile(
    r"[\"'`”’)]{0,2}\s*+(?:[,(–—-]\s*+)?(?:(?:which|that)\s+)?"
    r"(?:(?:is |was )?(?:owned|operated|run) by the (?:victim|target|customer)|belong(?:s|ing|ed)? to (?:the|a|"
    r"one) (?:victim|target|customer)|"
    r"(?:is|was|were) (?:itself |themselves |also |only )?(?:the |an? |another )?(?:victims?|targets?)(?:'s|’s)?\b|"
    r"(?:is|are|was) (?:obviously |of course )?our(?:s| own)?\b|(?:but |and )?(?:that['’]?s|those are|this is|it is|"
    r"it['’]s) (?:one of )?our(?:s)?\b|"
    r"(?:the )?victim\b)",
    re.IGNORECASE,
)
_CLEAN = (
    r"\b(?:legitimate(?!-)|benign|harmless|genuine|clean|trusted|official|unmodified|legit|built-in|non-malicious|"
    r"not malicious|innocuous|well-known)\b"
    # What stands between words is in no word: else a row of dashes could be cut in millions of ways.
    r"(?:[\s,/-]++(?!(?:not|but|which|that|malicious|was|is|loads?|to|of|from|by|like)\b)[\w.()']{1,24}){0,6}"
)
_BENIGN = before(
    _CLEAN + r"[\s\"'(:`“,]{1,3}",
    r"\b(?:false positives?|(?:allow|white)-?list(?:ed|s)?(?:[^;)\n]{0,60}?(?=[\s(]))?|exclu(?:de[ds]?|ding|sions?)|"
    r"ignore[ds]?)(?:[\s:(]+(?:\w+\s+){0,3}|\s)[\"'`“]?",
    r"\b(?:genuine|legitimate|real|authentic) (?:[\w-]+ ){1,2}(?:are |is |come |comes )?(?:always |only )?(?:sent )?from ",
    r"\bfalse (?:leads?|alarms?)\s*:[^.;\n]{0,80}?[\s\"'(]",
    r"\breal (?:web ?)?(?:site|page|domain|address|portal),?\s",
    r"\bunrelated (?:[\w-]+ ){0,2}(?:tenants?|hosts?|domains?|sites?|servers?|infrastructure|operators?|actors?|campaigns?|"
    r"customers?)\b[^.;:\n]{0,80}?[\s\"'(`]",
    r"\b(?:is|are|was|were) (?:fine|normal|harmless|expected),? and so (?:is|are|was|were) ",
    r"\bturn(?:s|ed|ing)? away\b[^.!?;\n]{0,100}?[\s\"'(]",
    r"\b(?:checks?|tests?|check(?:ed|ing)|test(?:ed|ing)|pings?) (?:for )?(?:(?:its |the |"
    r"for )?(?:internet )?(?:connectivity|connection|access) "
    r"(?:with|to|by contacting|via|against|through|at) |whether it can reach )(?:the )?[\"'`“]?",
)
_BENIGN_AFTER = re.compile(
    r"(?!\s+and (?:an?|the|its) |[\"'`”’]?\s*\(?the (?:genuine|legitimate|real|official) (?:one|site|page|domain|address)\b)"
    r"[\"'`”’)]{0,2}(?:\s+(?:from|in|of)\s[^,.;\n]{1,40}(?=,\s*which))?\s*+(?:[,(–—-]\s*+)?(?:and\s+)?(?:(?:which|that|"
    r"it|this|all|both|they|these)\s+(?:[^,.;\n]{0,50},\s*)?)?"
    r"(?:(?:is|are|was|were|being|turned out to be|turns out to be|proved(?: to be)?)\s+)?(?:itself\s+|themselves\s+)?"
    r"(?:contacted by (?:an?|the) |used by (?:an?|the) |needed by (?:an?|the) )?(?:an?\s+|the\s+|"
    r"(?:the )?vendor's\s+)?(?:(?:entirely|completely|perfectly|known|otherwise|itself|signed and)\s+)?"
    r"(?:legitimate|benign|harmless|innocuous|unmodified|unaltered|(?:never|not) (?:compromised|affected|hacked)|"
    r"(?:normal|ordinary|standard|regular) (?:windows|system|linux|part|"
    r"component)|not malicious|non-malicious|not an? (?:ioc|indicator)|"
    r"not (?:an )?indicators?|(?:a )?false positives?|clean\b|genuine|"
    r"allow-?listed|white-?listed|safe\b|harmless|ha(?:s|ve|d) (?:nothing|no (?:part|role|connection|relation|"
    r"link)s?) (?:to do )?(?:with|in)\b|"
    r"and not (?:to |at |on )?(?:an? |the |its )?(?:look-?alike|fake|copy|imitation|spoofed)|"
    r"\([^()\n]{0,80}\b(?:unrelated|co-?ten\w+|co-?host\w*|shared[- ]host\w*|noise)\b|"
    r"[^.;\n]{0,60}\b(?:is|are|was|were) (?:not related|unrelated|not connected) to\b|"
    r"[^.;\n]{0,60}\bbelongs? to (?:an?|the) [^.;\n]{0,40}\b(?:scanner|universit|research|school|crawler|monitoring)|"
    r"official|(?:is )?not (?:part of|related to|associated with) (?:the|this|any) (?:attack|campaign|intrusion|activity)|"
    r"(?:for|as) (?:an? )?(?:internet )?connectivity (?:check|test))",
    re.IGNORECASE,
)
_REFERENCE = before(
    r"\b(?:see(?: also)?|read(?: more)?(?: at| here)?|visit|consult|refer to|learn more(?: at| about)?|according to|via|cf\.?)",
    r"\b(?:available|published|documented|described|reported|found|hosted by us|"
    r"cited)(?: for download)?(?: online)? (?:at|from|here|on|in|by)",
    r"\b(?:more|further|additional) (?:information|details?|info|reading)(?: (?:is|are|can be|may be|available|found|at|"
    r"on|here|about \w+))*",
    r"\bdetails?(?: (?:are|can be found))?(?: at| on| in| here)?",
    r"\b(?:sources?|references?|ref|links?|advisor(?:y|ies)|blog(?: ?post)?|article|report|(?!(?-i:POST))post|write-?up|"
    r"guidance|"
    r"documentation|website|home ?page|reported by)",
    r"\bdownload (?:our|the) (?:full )?(?:report|tool|script|guide|rules?|ioc list|indicators|patch|update|"
    r"hotfix)s?(?: from| at| here)?",
    r"\b(?:use|fill in|fill out|complete) (?:the|our|this) (?:\w+ )?form",
    r"\b(?:wrote|said|reported|announced|confirmed|stated)(?: \w+){0,2} (?:on|at|via|in)",
    r"\bspokes\w+ (?:pointed|referred) to",
    r"\b(?:or|and) (?:later|newer|above)",
    r"\boriginally published(?: at| on)?",
    r"\b(?:accessed|retrieved from)",
    r"\b(?:patch|update|fix)(?:es)? (?:is |are )?available (?:at|from)",
    r"\b(?:the following|at this|at these) (?:URL|link|page|web ?site)s?",
    r"\bmore info(?:rmation)? on [\w ]{2,40} at",
    tail=r"\s*+(?:(?:is|are) )?(?::|\bat\b|\bon\b|\bhere\b|-|–|\()?\s*+(?:https?://\S{1,300},?\s+(?:and|or)\s+|"
    r"the\s+)?[\"'`“(<]{0,2}",
)
_PUBLISHER = before(
    r"\b(?:our|the vendor's|its own) (?:website|site|blog|page|repository|repo|github|newsletter|mailing list|podcast|webinar)",
    r"\bfollow us(?: on| at)?(?: https?://\S{1,200} (?:and|or))?",
    r"\bsubscribe (?:to [\w ]{1,60} )?",
    r"\bthank(?:s|ed|ful)?\b[^.!?;\n]{0,60}?",
    tail=r"\s*+(?:(?:is|are) )?(?::|\bat\b|\bon\b|\bhere\b|-|–|\()?\s*+(?:the\s+)?[\"'`“(<]{0,2}",
)
_FOOTNOTE = re.compile(r"(?:\A|\n)[ \t]*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\d{1,3}[.)]|[¹²³⁴⁵⁶⁷⁸⁹]+)[ \t]{0,3}[^\n]{0,160}\Z")
_CONTACT = before(
    r"\b(?:contact|report|reach|write|questions?|get in touch|send(?!er)|media enquir|press(?: office| contact)|call us|"
    r"subscribe|"
    r"hotline|notify|forward|inquiries|enquiries|"
    r"(?:e-?)?mail us)\w*\b(?:[^.!?\n]|\.(?=\S)){0,60}"
)
_NEGATED = before(
    r"\bno (?:evidence|indication|sign|trace|reason|connections?|traffic|contact)s?\b(?: that\b)?",
    r"\b(?:did|does|do|was|were|is|are|has|have|could) not\b",
    r"\b(?:did|does|was|is|are|has)n['’]t\b",
    r"\bnot (?:been )?(?:affected|vulnerable|exploit\w+|impacted|susceptible)\b",
    r"\b(?:never|nothing|nobody|neither)\b",
    r"\b(?:ruled out|(?:wrongly|mistakenly|erroneously|incorrectly) (?:listed|named|included|reported|attributed|flagged))\b",
    r"\bcould not (?:confirm|verify|establish|determine|tell):?",
    r"\b(?:unaffected by|unrelated to|rather than|without|not vulnerable to)\b",
    tail=r"\s[^.!?;:,(\n]{0,50}",
)
_NEGATED_AFTER = re.compile(
    r"[^.;\n]{0,60}\b(?:but|although|though|yet) (?:there|we) (?:is|was|are|were|have|found|saw|see) no "
    r"(?:evidence|indication|sign|proof|trace)"
    r"|(?:,? (?:and )?CVE-[\d-]{9,12})*(?:(?!CVE-)[^.;\n]){0,120}\b(?:"
    r"(?:is|are|was|were) (?:not|never) (?:connected|related|linked|used|exploited|involved)|"
    r"(?:but|yet|and) (?:was |were |is |are )?never (?:used|exploited))\b",
    re.IGNORECASE,
)
_RECOVERS = re.compile(
    r"\b(?:but|instead|however|only|until|yet|rather|before|because|when|after|which|who|that)\b[^.!?\n]*\Z", re.IGNORECASE
)
_RANSOM = re.compile(
    r"\b(?:ransom\w*|extort\w*|(?:older|ransom|the|its|their) notes?|decrypt\w*|negotiat\w*|attackers?|intruders?|"
    r"operators?|actors?|gangs?|crew|"
    r"victims? (?:are|is|were|was) (?:told|asked|instructed)|payment|malware|phish\w*)\b",
    re.IGNORECASE,
)
_HACKED_AFTER = re.compile(
    r"[\"'`”’)]{0,2},?\s*+(?:which\s+|that\s+)?(?:is|was|were|had been|has been)\s+(?:itself\s+|also\s+|probably\s+)?"
    r"(?:compromised|hacked|breached|defaced|broken into)\b(?!\s+(?:and|to)\s+(?:\w+\s+)?(?:use|abus|host|serv|"
    r"deliver|distribut|act)\w*)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|e\.g\.|such as|placeholders?|documentation|in the examples?|example (?:address|domain|"
    r"host|configuration|range)|replace|"
    r"your[- ](?:domain|server|own)|reserved for|(?:lab|test|sandbox)(?:[\s,]|oratory)|configur\w+|administrators?|"
    r"fictitious|dummy)\b",
    re.IGNORECASE,
)
# One of these is in every match of `_EXAMPLE`.
_EXAMPLE_STEMS = (
    "for example", "for instance", "e.g.", "such as", "placeholder", "documentation", "in the example", "example ", "replace",
    "your", "reserved for", "lab", "test", "sandbox", "configur", "administrator", "fictitious", "dummy",
)  # fmt: skip
_BAD = re.compile(
    r"\b(?:malicious|attacker|adversar|threat|actors?\b|intruder|c2\b|c&c|cnc|command[- ]and[- ]control|beacon|exfil|"
    r"payload|phish|backdoor|implant|trojan|malware|"
    r"ransom|web ?shell|dropper|loader|download|compromis|exploit|callback|staging|hosted|resolv|drop|attack|infect|"
    r"operator|scan|botnet|observed|indicator|"
    r"iocs?\b|block|sinkhol|campaign|tunnel|stole|steal|contacted|connect|communicat|sent|post(?:s|ed)? |register|wallet|"
    r"spam|spear|lure|sample|hash|listen|fetch|"
    r"certificate|request|quer|used by|serv(?:ed|er)|persist|creat|writes|wrote|written|copie)\w*",
    re.IGNORECASE,
)
# One of these is in every match of `_BAD`.
_BAD_STEMS = (
    "malicious", "attack", "adversar", "threat", "actor", "intruder", "c2", "c&c", "cnc", "command", "beacon", "exfil",
    "payload", "phish", "backdoor", "implant", "trojan", "malware", "ransom", "webshell", "web shell", "dropper", "load",
    "compromis", "exploit", "callback", "staging", "hosted", "resolv", "drop", "infect", "operator", "scan", "botnet",
    "observed", "indicator", "ioc", "block", "sinkhol", "campaign", "tunnel", "stole", "steal", "contacted", "connect",
    "communicat", "sent", "post ", "posts ", "posted ", "register", "wallet", "spam", "spear", "lure", "sample", "hash",
    "listen", "fetch", "certificate", "request", "quer", "used by", "serv", "persist", "creat", "writes", "wrote",
    "written", "copie",
)  # fmt: skip
_ABUSED = re.compile(
    r"\b(?:abus\w+|misus\w+|using|used|uses|leverag\w+|weaponi[sz]\w+|trojani[sz]ed|backdoored|compromis\w+|"
    r"hijack\w+)\b[^.;:]{0,40}\Z",
    re.IGNORECASE,
)


class Family(NamedTuple):
    """Expressions that stand before a hit with all that a match of them begins with, and expressions that stand after one
    with stems of which one is in every match."""

    before: tuple[re.Pattern[str], ...] = ()
    begins: tuple[str, ...] = ()
    after: tuple[re.Pattern[str], ...] = ()
    after_stems: tuple[str, ...] = ()


FAMILIES: dict[str, Family] = {
    "imitated": Family(
        (_IMITATED, _RESEMBLES),
        ("impersonat", "mimic", "spoof", "imitat", "masquerad", "resembl", "typosquat", "typo-squat", "lookalike", "look-alike",
         "timestamp", "homoglyph", "misspelling", *joined(("pose", "poses", "posed", "posing"), ("as",)), "disguis", "pretend",
         "in imitation", *joined(("the",), ("true", "real", "right", "correct", "actual")), "confus",
         *joined(("very", "closely", "confusingly", "deceptively"), ("similar",)), "close to"),
    ),
    "victim": Family(
        (_VICTIM,),
        ("victim", "customer", "ministry", "universit", "bank", "agency", "hospital", "institute", "recipient", "addressee",
         "municipality", "target", "its ", "their ", "compan", "organi", "firm", "employer", "government", "department", "our"),
        (_VICTIM_AFTER,),
        ("victim", "customer", "target", "our"),
    ),
    "hacked": Family((), (), (_HACKED_AFTER,), ("compromised", "hacked", "breached", "defaced", "broken into")),
    "benign": Family(
        (_BENIGN,),
        ("legit", "benign", "harmless", "genuine", "clean", "trusted", "official", "unmodified", "built-in", "non-malicious",
         "not malicious", "innocuous", "well-known", "real ", "authentic", "false positive", "false lead", "false alarm",
         "allowlist", "allow-list", "whitelist", "white-list", "exclu", "ignore", "turn", "check", "test", "ping",
         "unrelated", *joined(("is", "are", "was", "were"), ("fine", "normal", "harmless", "expected"))),
        (_BENIGN_AFTER,),
        ("legit", "benign", "harmless", "genuine", "clean", "official", "unmodified", "malicious", "innocuous",
         "false positive", "indicator", "ioc", "listed", "safe", "nothing", "has no", "have no", "had no", "normal",
         "ordinary", "standard",
         "compromised", "affected", "related", "connected", "not part of", "associated", "alike", "unaltered", "regular",
         "and not", "connectivity", "hacked", "belong",
         "co-ten", "coten", "co-host", "cohost", "shared-host", "shared host", "noise"),
    ),
    "reference": Family(
        (_REFERENCE,),
        ("see", "read", "visit", "consult", "ref", "learn more", "according", "via", "cf", "available", "published",
         "documented", "described", "report", "found", "hosted by us", "cited", "detail", "source", "link", "advisor", "blog",
         "article", "post", "writeup", "write-up", "guidance", "documentation", "website", "homepage", "home page",
         *joined(("more", "further", "additional"), ("info", "detail", "reading")),
         *joined(("download",), ("our", "the")), *joined(("use", "complete"), ("the", "our", "this")), "fill in", "fill out",
         "wrote", "said", "announced", "confirmed", "stated", "spokes", *joined(("or", "and"), ("later", "newer", "above")),
         "originally", "accessed", "retrieved", "patch", "update", "fix", "the following", "at this", "at these", "more info"),
    ),
    "publisher": Family((_PUBLISHER,), ("our ", "the vendor", "its own", "follow us", "subscribe", "thank")),
    "contact": Family(
        (_CONTACT,),
        ("contact", "report", "reach", "write", "question", "get in touch", "send", "media", "press", "call us", "subscribe",
         "hotline", "notify", "forward", "inquiries", "enquiries", "mail us", "email us", "e-mail us"),
    ),
    "stays": Family(
        (handling.LEFT_ALONE,),
        handling.LEFT_ALONE_BEGINS,
        (handling.STAYS, handling.ROW_VERDICT),
        handling.STAYS_STEMS,
    ),
    "service": Family((handling.SERVICE,), handling.SERVICE_BEGINS),
    "sinkhole": Family((handling.SINKHOLE,), ("sinkhol", "seized", "taken over"), (handling.SINKHOLE_AFTER,), ("sinkhole",)),
    "negated": Family(
        (_NEGATED,),
        (*joined(("no",), ("evidence", "indication", "sign", "trace", "reason", "connection", "traffic", "contact")),
         *joined(("did", "does", "do", "was", "were", "is", "are", "has", "have", "could"), ("not",)),
         *(verb + end for verb in ("did", "does", "was", "is", "are", "has") for end in ("n't", "n’t")),
         *joined(("not",), ("been", "affected", "vulnerable", "exploit", "impacted", "susceptible")),
         "never", "nothing", "nobody", "neither", "ruled out", "wrongly", "mistakenly", "erroneously", "incorrectly",
         "unaffected", "unrelated", "rather than", "without"),
        (_NEGATED_AFTER,),
        (" no ", "not ", "never"),
    ),
    # What is asked for some types alone.
    "inspected": Family((handling.INSPECTED,), handling.INSPECTED_BEGINS),
    "handed out": Family((handling.HANDED_OUT,), handling.HANDED_OUT_BEGINS),
    "recipient": Family((handling.RECIPIENT,), handling.RECIPIENT_BEGINS),
    "spared": Family((handling.SPARED,), handling.SPARED_BEGINS),
    "read only": Family((handling.READ_ONLY,), handling.READ_ONLY_BEGINS),
    "correct": Family((handling.CORRECT,), handling.CORRECT_BEGINS),
}  # fmt: skip


def after_matches(family: str, text: str, low: int, high: int) -> bool:
    """Whether a cue of the family stands right after `low`, in [low, high)."""
    return any(pattern.match(text, low, high) for pattern in FAMILIES[family].after)


def is_abused(before: str) -> bool:
    """Whether the sentence says that something legitimate was put to bad use: it is then a trace all the same."""
    return bool(_ABUSED.search(before))


def is_taken_back(denial: re.Match[str], start: int) -> bool:
    """Whether something between a denial and the hit at `start` takes it back."""
    return _RECOVERS.search(denial.string, max(denial.end(1), start - 60), start) is not None


def is_example(sentence: str) -> bool:
    return bool(_any_of(_EXAMPLE_STEMS).find_matches_as_indexes(sentence.lower())) and _EXAMPLE.search(sentence) is not None


def speaks_of_attack(sentence: str) -> bool:
    return bool(_any_of(_BAD_STEMS).find_matches_as_indexes(sentence.lower())) and _BAD.search(sentence) is not None


@lru_cache(maxsize=2)
def _any_of(stems: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(stems, matchkind=MatchKind.LeftmostFirst)


def speaks_of_ransom(sentence: str) -> bool:
    """Whether those who are to be written to are the extortioners."""
    return bool(_RANSOM.search(sentence))


def is_footnote(before: str) -> bool:
    """Whether the line before the hit begins as a numbered footnote does."""
    return bool(_FOOTNOTE.search(before))
