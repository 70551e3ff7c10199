"""How a text says what its reader or its author is to do with something that is no trace: what not to block, where to look,
what to download, whom a mail went to, who runs a service.

Expressions with what they begin with, and stems, as in `cues`, which joins them to its families.
"""

from __future__ import annotations

import re
from itertools import product


def before(*phrases: str, tail: str = "") -> re.Pattern[str]:
    """An expression of what stands right before a hit. Group 1 is the cue itself, without what may stand between it and the
    hit. A blank in the phrases stands for any white space: lines break anywhere."""
    return re.compile((r"((?:" + "|".join(phrases) + r"))" + tail + r"\Z").replace(" ", r"\s"), re.IGNORECASE)


def joined(*words: tuple[str, ...]) -> tuple[str, ...]:
    """Every first word with every second one and so on, a blank between them."""
    return tuple(" ".join(choice) for choice in product(*words))


_QUOTE = r"[\s\"'`“‘(<]{0,3}"
# "do not block a.example, b.example or ..."
LEFT_ALONE = before(
    r"\b(?:(?:do|should|must|shall) not|don['’]t|shouldn['’]t|never)(?: be)? (?:\w+ly )?(?:block|alert on|flag|delete|remove|"
    r"quarantine|hunt for|report|blocklist|blacklist)(?:ed)?\b",
    r"\b(?:no longer|does not|do not|will not) (?:fires?|alerts?|triggers?)(?: on)?",
    tail=r"[^.;:\n]{0,60}?" + _QUOTE,
)
LEFT_ALONE_BEGINS = (
    *joined(("do", "should", "must", "shall", "does", "will"), ("not",)), "don't", "don’t", "shouldn't", "shouldn’t", "never",
    "no longer",
)  # fmt: skip
# What is said after something that may stay: "belongs to the product", "should not be blocked", "are part of normal operation".
STAYS = re.compile(
    r"[\"'`”’)]{0,2}(?:\s*\([^()\n]{1,60}\))?,?\s*(?:[^.;,\n]{0,50}\s(?:and|but)\s)?(?:(?:which|that|they|both|these)\s)?"
    r"(?:(?:should|must|need|do|does) not (?:to )?be (?:blocked|removed|deleted|flagged|alerted on|reported)"
    r"|belongs? to (?:the|our|every|any) (?:\w+ )?(?:product|installation|system|operating system|software|appliance|company|"
    r"vendor|package|distribution|standard)\b"
    r"|[^.;\n]{0,60}; (?:that|this) is (?:normal|fine|expected|harmless|legitimate)\b"
    r"|(?:has|had|have) (?:the |an? )?(?:expected|valid|good|right) signatures?\b"
    r"|concerns? (?:another|a different|other)\b"
    r"|looks? (?:clean|fine|legit\w*|benign|normal|ok|okay)\b"
    r"|(?:is|are) (?:all |both )?(?:ours|our own|yours|expected|part of (?:the )?(?:normal|regular|ordinary|standard|every|"
    r"each|any|product|system|operating system)|needed for|required by|used by (?:the )?(?:product|legitimate|normal)|intact|"
    r"unchanged|untouched|a copy of the original)\b"
    r"|(?:is|are|was|were) (?:those |that )?(?:of|from|run by|operated by|owned by) (?:the |an? )?(?:[\w-]+ ){0,4}"
    r"(?:scanning|scanner|research|monitoring|universit|crawl)\w*)",
    re.IGNORECASE,
)
STAYS_STEMS = (
    "blocked", "removed", "deleted", "flagged", "alerted", "reported", "belong", "ours", "our own", "yours", "expected",
    "part of",
    "needed for", "required by", "used by", "intact", "unchanged", "untouched", "a copy of", "scanning", "scanner", "research",
    " is normal", " is fine", "signature", "concern", "looks", "look ", "monitoring", "universit", "crawl", "clean",
    "benign", "legit", "harmless", "listed",
    "known", "malicious",
    "false positive",
    "unrelated", "separate", "different", "trusted", "public tool", "source tool", "upstream", "looks", "look ",
)  # fmt: skip
# "search /var/log/x for ...", "compare /opt/x with the original": what follows is asked for by `WHERE_AFTER`.
INSPECTED = before(
    r"\b(?:logs?|files?|folders?|places?) to (?:check|search|look (?:at|in)|review) (?:is|are)",
    r"\b(?:search|check|review|examine|inspect|compare|grep|look (?:in|at|into|through)|go through|scan)",
    tail=r" (?:the |your |its |all )?(?:(?:log|logs|file|files|folder|directory|event log|contents? of) )?(?:in |of )?"
    + _QUOTE,
)
INSPECTED_BEGINS = (
    *joined(("log", "logs", "file", "files", "folder", "folders", "place", "places"), ("to",)), "search", "check", "review",
    "examine", "inspect", "compare", "grep", "look", "go through", "scan",
)  # fmt: skip
WHERE_AFTER = re.compile(r"[\"'`”’)]{0,2}\s(?:for|with|against)\s", re.IGNORECASE)
# Files and their hashes that the author gives to the reader, and files kept as evidence.
HANDED_OUT = before(
    r"\b(?:download|install|apply|get|fetch|run|use|see|open|import|edit)(?! and\b) (?:our |the |this |your )(?:[\w-]+ ){0,2}"
    r"(?:update|patch|hotfix|lists?|tool|script|rules?|report|file|cleaner|scanner|feed|installer|image|config(?:uration)?)"
    r"(?: as| in| file| from|,| named| called)?",
    r"\bdownload (?:the|our) (?:list|indicators|iocs|rules?|feed)? ?as",
    r"\b(?:slides|annex(?:es)?|appendix|supplement|evidence|exhibits?|lock ?files?|logs?|config(?:uration)? files?"
    r"|changes|changelog|licen[cs]e)(?: \(|: ?| in | as )(?:[\w.-]+\.\w{2,5}(?:, | and |, and )){0,6}",
    r"\b(?:as|in) (?:stix|misp|csv|json|openioc|yara)(?: format| form| bundle| file)? \(",
    r"\b(?:PDF|full|printable|HTML|print) (?:version|copy|edition)\b:?",
    r"\b(?:timeline|notes|details|minutes)(?: is| are)? in",
    r"\b(?:output|results?|errors?|reports?) (?:goes|go|is written|are written) to",
    r"\bsee(?: also)?[ :(]",
    r"\blogs? (?:are|is) (?:kept |written |stored |found )?(?:in|at|under|to)",
    r"\b(?:rules?|settings?|options?) [\w-]{1,20} (?:in|of)",
    tail=_QUOTE,
)
HANDED_OUT_BEGINS = (
    *joined(
        ("download", "install", "apply", "get", "fetch", "run", "use", "see", "open", "import", "edit"),
        ("our", "the", "this", "your"),
    ),
    "slides", "annex", "appendix", "supplement", "evidence", "exhibit", "lock file", "lockfile", "log", "config", "changes",
    "changelog", "licence", "license", *joined(("as", "in"), ("stix", "misp", "csv", "json", "openioc", "yara")),
    *joined(("pdf", "full", "printable", "html", "print"), ("version", "copy", "edition")), "timeline", "notes", "details",
    "minutes",
    *joined(
        ("output", "result", "results", "error", "errors", "report", "reports"), ("goes", "go", "is written", "are written")
    ),
    "see ", "see:", "see(", "rule", "setting", "option",
)  # fmt: skip
# "phishing mails were sent to a@... and b@..."
RECIPIENT = before(
    r"\b(?:e-?mails?|mails?|messages?|lures?|phish\w*|invitations?|letters?)\b[^.;:\n]{0,40}\b(?:sent|addressed|delivered|"
    r"went|directed|forwarded) (?:to|at)(?: the| our)?(?: address(?:es)?| mailbox(?:es)?| accounts?)?(?: of)?",
    r"\b(?:received|opened|reported) by(?: our| the)?(?: user| colleague| employee)?",
    tail=r" " + _QUOTE + r"(?:[\w.+-]+@[\w.-]+(?:, | and |, and ))*",
)
RECIPIENT_BEGINS = (
    "email", "mail", "message", "lure", "phish", "invitation", "letter", *joined(("received", "opened", "reported"), ("by",)),
    "e-mail",
)  # fmt: skip
# Who sells names or room: "registered with Namewell Inc. (namewell.example)"; what anybody may use: "the public endpoint x".
SERVICE = before(
    r"\b(?:registered|bought|leased|rented|hosted)(?: \w+){0,3} (?:with|through|via|from|by) (?:the )?"
    r"(?:registrar |hoster |provider |reseller )?(?-i:[A-Z][\w&-]+)(?: (?-i:[A-Z])[\w&.-]+){0,3} \(",
    # The blanks are blanks here: the name of a firm does not go on in the next cell or line.
    r"\b(?:registrar|hoster|hosting (?:provider|company)|isp|provider),?\x20(?:(?-i:[A-Z])[\w&.-]+\x20){0,3}\(?",
    r"\bproject,? (?:at |on )?",
    r"\bpublic (?:[\w-]+ )?(?:endpoint|resolver|api|service|gateway|node|instance|dns|mirror|website)s? ",
    r"\b(?:plaintiff|claimant|the company|the bank|the vendor|complainant)s? (?:also )?(?:owns?|operates?|uses?|runs?) "
    r"(?:the )?(?:domains? |sites? )?",
    tail=_QUOTE,
)
SERVICE_BEGINS = (
    "registered", "bought", "leased", "rented", "hosted", "registrar", "hoster", "hosting", "isp", "provider", "project",
    "public", "plaintiff", "claimant", *joined(("the",), ("company", "bank", "vendor")), "complainant",
)  # fmt: skip
SINKHOLE = before(
    r"\bsinkhol(?:e|es|ed|ing)\b(?: [A-Z]\w++)*",  # whatever the case: "to the", "operated by Larkspur"
    r"\b(?:sinkholed|seized|taken over)\b[^.\n]{0,30}\b(?:since then|now|it|they|which)(?: \w+)? (?:resolves?|points?|"
    r"redirects?) to",
    tail=r"[\s:,]{0,2}" + _QUOTE,
)
SINKHOLE_AFTER = re.compile(
    r"[\"'`”’)]{0,2}\s?[,(–—-]?\s?(?:(?:which|that) )?(?:(?:is|are|was|were) )?(?:now )?(?:an? |our |the |their |its )?"
    r"(?:[\w-]+(?:['’]s)? ){0,2}sinkholes?\b",
    re.IGNORECASE,
)
# What the malware ends or leaves out: "stops services such as a.exe, b.exe", "skips the files ntldr, c.ini".
SPARED = before(
    r"\b(?:stop|kill|terminat|end|skip|exclud|avoid|spare|ignor|omit|shut)(?:s|e|es|ed|ing)?\b(?: down| out)?(?: encrypting)?",
    tail=r"(?:[ :,]+(?:the|all|any|of|running|following|services?|process(?:es)?|folders?|files?|director(?:y|ies)|extensions?|"
    r"programs?|such|as|like|including|e\.g\.|named|with|names?|these|and|or|if|whose|[\w$-]+\.\w{2,5}(?:\.\w{2,5}){0,2}|"
    r"[\w$-]+,)){1,30}[ :,]+" + _QUOTE,
)
SPARED_BEGINS = ("stop", "kill", "terminat", "end", "skip", "exclud", "avoid", "spare", "ignor", "omit", "shut")
# A key of the system that is only looked at.
READ_ONLY = before(
    r"\b(?:reads?|reading|quer(?:y|ies|ied|ying)|QueryValue|RegQueryValue\w*|checks?|checking|looks? up|retrieves?|obtains?)\b",
    tail=r"(?: (?:the|from|of|in|below|under|at|whether|if|values?|keys?|data|entry|entries|contents?|\w{3,30}|"
    r"[\"'`“]\w{3,30}[\"'`”])){0,6}\s" + _QUOTE,
)
READ_ONLY_BEGINS = ("read", "quer", "regqueryvalue", "check", "look", "retrieve", "obtain")
# "the correct file has the SHA-256 ...", "the real x.whl is ...", "the original (MD5 ...)"
CORRECT = before(
    r"\((?:public|legitimate|open[- ]source|benign|clean|known) (?:tool|file|binary|software|program)\)",
    r"\b(?:correct|authentic|real|unmodified|stock|upstream|genuine|vendor['’]s|untouched|right|"
    r"official)(?: [\w.+()-]{1,60}){0,4}?",
    r"\bfor comparison\b[^;\n]{0,80}?",
    r"\boriginal(?: (?:file|installer|package|version|program|binary|one))?",
    tail=r"[ ,(]{0,3}(?:(?:has|have|had|is|with|the|of|an?|its|hash|MD5|SHA-?\d{1,3})[\s(:=]{1,3}){0,6}" + _QUOTE,
)
CORRECT_BEGINS = (
    *("(" + kind for kind in ("public ", "legitimate ", "open-source ", "open source ", "benign ", "clean ", "known ")),
    "correct", "authentic", "real", "unmodified", "stock", "upstream", "genuine", "vendor", "untouched", "right", "official",
    "for comparison", "original",
)  # fmt: skip
# How a paragraph begins that is about what is no trace: "False positives this week: ...", "What was not touched: ...".
LEAD_FINE = re.compile(
    r"[ \t]*+(?:[-*•–#]+|\d{1,2}[.)])?[ \t]*+(?:\w+ )?(?:false (?:positives?|alarms?|leads?)|what (?:was|is|"
    r"were) not (?:touched|affected|involved|"
    r"compromised)|not (?:touched|affected|involved|malicious|compromised)|unaffected|known[- ]good|allow-?list|"
    r"white-?list|exclusions?|"
    r"benign|legitimate)\b[^:.\n]{0,40}:",
    re.IGNORECASE,
)
# And of one that tells the reader whom to thank, ask or read: names in it are theirs.
LEAD_NAMES = re.compile(
    r"[ \t]*+(?:[-*•–#]+|\d{1,2}[.)])?[ \t]*+(?:partners?|credits?|thanks|sources?|references?|contacts?|support|media|"
    r"from the press|press|"
    r"recommend(?:ations?|ed reading)|mitigations?|remediation|tools? of the (?:week|month)|further reading|acknowledge?ments?|"
    r"authors?|participants?|what (?:you|customers|users|operators|to) (?:should |can |must )?do)\b[^:.\n]{0,40}[:.?]",
    re.IGNORECASE,
)
# Who is credited: "Copperline (copperline.example) reported these".
CREDITED = re.compile(
    r"[\"'`”’]?\)?,? (?:first |responsibly |independently |also )?(?:reported|found|discovered|disclosed|published|described|"
    r"contributed)\b",
    re.IGNORECASE,
)
# The first word of a row of a scanner's result.
ROW_FINE = re.compile(r"[ \t]*[\[(](?:OK|INFO|PASS(?:ED)?|CLEAN|GOOD)[\])]")
# The last word of a row: "203.0.113.5 (whitelisted)", "a.dll - PE32, clean".
ROW_VERDICT = re.compile(
    r"[^.;\n]{0,80}?(?:[-–—|,:\t(]|->)\s*+(?:clean|benign|legitimate|harmless|white-?listed|allow-?listed|known[- ]good|"
    r"public tool|open[- ]source tool|"
    r"matches upstream|not malicious|non-malicious|false positive|trusted|(?:likely |probably |an? )?(?:unrelated|"
    r"separate|different)(?: (?:operator|actor|campaign|investigation|activity|cluster|intrusion))?)\)?[ \t|.]*+(?=\n|\Z)",
    re.IGNORECASE,
)
